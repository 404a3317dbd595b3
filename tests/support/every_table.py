# SPDX-License-Identifier: EUPL-1.2
"""One row of an organisation in every protected table, whatever the models are: a new one is tried without a word."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from django.db import models

from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.journal.models import Entry, Head
from carene.core.journal.writer import record
from carene.core.row_security.policies import protected
from carene.core.tenancy.models import Node

_serial = count(1)
# What a constraint asks for, beyond the types of the columns.
ASKED: dict[str, dict[str, Any]] = {
    "access.share": {"holder": "node"},
    "evidence.evidence": {"url": "https://a.invalid"},
}


def fill(organisation: Organisation, user: User) -> dict[type[models.Model], int]:
    """Model → key of its row for this organisation. The organisation and its node are there already."""
    made: dict[type[models.Model], Any] = {Node: organisation.node, Organisation: organisation}
    with atomic_write():
        record(Actor(user), "essai.fait", organisation.node, "chose", None, {"secret": organisation.name})
    made[Head] = Head.objects.get(node=organisation.node)
    made[Entry] = Entry.objects.filter(node=organisation.node).order_by("-id")[0]
    for model in protected():
        _make(model, made, user)
    return {model: row.pk for model, row in made.items()}


def _make(model: type[models.Model], made: dict[type[models.Model], Any], user: User) -> None:
    """What it hangs from first: a table may be held by its node alone and name another one."""
    if model in made:
        return
    for field in model._meta.concrete_fields:
        if field.is_relation and not field.null and field.related_model in protected():
            _make(field.related_model, made, user)
    row = model(**_values(model, made, user))
    models.Model.save(row, force_insert=True)
    made[model] = row


def _values(model: type[models.Model], made: dict[type[models.Model], Any], user: User) -> dict[str, Any]:
    asked = ASKED.get(model._meta.label_lower, {})
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key and not field.is_relation:
            continue
        if field.name in asked:
            values[field.name] = made[Node] if asked[field.name] == "node" else asked[field.name]
        elif not field.null:
            values[field.name] = _value(field, made, user)
    return values


def _value(field: models.Field[Any, Any], made: dict[type[models.Model], Any], user: User) -> Any:
    if field.is_relation:
        return user if field.related_model is User else made[field.related_model]  # type: ignore[index]
    if field.has_default():
        return field.get_default()
    number = next(_serial)
    if isinstance(field, models.CharField | models.TextField):
        return field.choices[0][0] if field.choices else f"essai {number}"[: field.max_length or None]  # type: ignore[index]
    if isinstance(field, models.DateTimeField):
        return dt.datetime.now(dt.UTC)
    if isinstance(field, models.DateField):
        return dt.date(2026, 1, 1) + dt.timedelta(days=number)
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.SmallIntegerField | models.PositiveSmallIntegerField):
        return number % 30_000
    if isinstance(field, models.DecimalField):
        return number % 100  # few digits before the point
    return number if isinstance(field, models.IntegerField | models.FloatField) else False
