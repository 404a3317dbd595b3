# SPDX-License-Identifier: EUPL-1.2
"""Who expects the assessment of an establishment, and for when: said on its page by whoever asks for it.

An app registers in ``AppConfig.ready``; the assessment knows none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from carene.apps.organisations.models import Organisation


@dataclass(frozen=True)
class Expected:
    """``by``: who asks. ``referential``: of what."""

    by: str
    title: str
    on: dt.date
    late: bool
    url: str
    referential: str


Find = Callable[[Organisation, dt.date], list[Expected]]
_asking: dict[str, Find] = {}


def register(name: str, find: Find) -> None:
    """``find`` gives what is still expected of an establishment, in a query or two."""
    _asking[name] = find


def expected(organisation: Organisation, today: dt.date) -> list[Expected]:
    """The first day first."""
    found = [one for find in _asking.values() for one in find(organisation, today)]
    return sorted(found, key=lambda one: (one.on, one.title))
