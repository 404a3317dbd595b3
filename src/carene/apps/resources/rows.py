# SPDX-License-Identifier: EUPL-1.2
"""Filling a row and telling it to the journal, for all the actions of resources."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

from carene.engines.exchange.values import clean
from carene.engines.resources.pack import resources

KEPT = frozenset({"id", "node", "node_id", "removed_at", "created_at"})
# In the journal a few words are those of other things already.
NAMES = {"document": "proof", "measure": "measures", "step": "milestone"}
UNTOLD = KEPT | {"need", "offer", "group", "made_at", "answered_at"}


def fill(row: models.Model, values: dict[str, Any]) -> None:
    """Unknown names are a bug (KeyError)."""
    known = {name for field in row._meta.concrete_fields for name in (field.name, field.attname)}
    if unknown := set(values) - known | set(values) & KEPT:
        raise KeyError(sorted(unknown))
    for key, value in values.items():
        setattr(row, key, clean(value) if isinstance(value, str) else value)


def target_of(row: models.Model) -> str:
    return f"{row._meta.model_name}:{row.pk}"


def told(row: models.Model) -> dict[str, Any]:
    """For the journal: what is not empty, in the words of the pages."""
    found: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name not in UNTOLD and value not in (None, "", []):
            found[NAMES.get(field.attname, field.attname)] = _spoken(field, value)
    return found


def _spoken(field: Any, value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if field.choices:
        return str(dict(field.choices).get(value, value))
    if field.name == "step" and value in resources().step:
        return resources().step[value].title
    if field.name == "service" and value in resources().services:
        return resources().services[value].label
    return value
