# SPDX-License-Identifier: EUPL-1.2
"""What is hashed of a journal entry: one text, the same whatever the database gave the row back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# Every column but the key and the hash itself, in no particular order: the text is sorted.
FIELDS = (
    "node_id",
    "seq",
    "at",
    "user_id",
    "actor",
    "verb",
    "target",
    "before",
    "after",
    "origin",
    "address",
    "previous",
)


def plain(value: Any) -> Any:
    """``value`` as it comes back from JSON, numbers in one form.

    PostgreSQL keeps numbers as decimals: 1e16 comes back as an integer and -0.0 as 0.0. A whole number is therefore
    always an ``int`` here. Raises TypeError or ValueError for what JSON does not know (dates, NaN).
    """
    return one_form(json.loads(json.dumps(value, allow_nan=False)))


def one_form(value: Any) -> Any:
    """Numbers of a JSON value in one form."""
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return int(exact) if exact == exact.to_integral_value() else value
    if isinstance(value, dict):
        return {key: one_form(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [one_form(inner) for inner in value]
    return value


def moment(at: dt.datetime) -> str:
    """UTC, with microseconds: what both databases keep."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def digest(fields: Mapping[str, Any]) -> str:
    """SHA-256 in hexadecimal of ``FIELDS``; ``at`` is already a text (``moment``), JSON already ``plain``."""
    text = json.dumps({name: fields[name] for name in FIELDS}, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
