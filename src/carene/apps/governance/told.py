# SPDX-License-Identifier: EUPL-1.2
"""What a row says, for the journal and for the mark of a form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models

UNSAID = {"id", "node", "removed_at", "recorded_at", "recorded_by"}


def told(row: models.Model) -> dict[str, Any]:
    """What is not empty, by column; JSON-ready."""
    found = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name in UNSAID or value is None or value == "":
            continue
        if isinstance(value, dt.date):
            value = value.isoformat()
        found[field.attname] = float(value) if isinstance(value, Decimal) else value
    return found
