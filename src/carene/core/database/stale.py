# SPDX-License-Identifier: EUPL-1.2
"""Two people with the same form open: the second to save is told, and nothing of the first one is lost.

A form carries the mark of what it showed; the action compares it, inside its transaction, with what is there now.
"""

from __future__ import annotations

import hashlib
import json

from carene.engines.sources import InputError

FIELD = "vu"  # name of the hidden field


class Overtaken(InputError):
    """What was shown is no longer what is there; nothing was written."""


def mark(told: object) -> str:
    """Of what a form shows, JSON-ready; None: nothing was there yet."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def require_unchanged(seen: str | None, told: object) -> None:
    """Raises Overtaken. ``seen`` None: whoever calls shows nothing (command line, import)."""
    if seen is not None and seen != mark(told):
        raise Overtaken(
            "quelqu'un d'autre a enregistré cette page depuis que vous l'avez ouverte, rien n'a été remplacé",
            remedy="comparer, puis enregistrer de nouveau",
        )
