# SPDX-License-Identifier: EUPL-1.2
"""What is done to observations: record one, record many, withdraw. A measured value is never changed nor destroyed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from carene.apps.indicators.models import Observation
from carene.apps.indicators.signals import observed
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.models import Entry
from carene.core.journal.writer import entry
from carene.core.journal.writer import record_many as write_journal
from carene.engines import french
from carene.engines.exchange.check import checked_observations
from carene.engines.exchange.questionnaire import Measured
from carene.engines.exchange.values import clean
from carene.engines.referential.catalogue import care
from carene.engines.scoring.measured import format_value
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors

VERB = "observation.write"
SOURCE_LENGTH, NOTE_LENGTH, REASON_LENGTH = 200, 300, 200


@dataclass(frozen=True, slots=True)
class Recorded:
    """``created`` in the order given; ``known`` were stored already with this very value; ``replaced`` withdrawn."""

    created: tuple[Observation, ...]
    known: tuple[Observation, ...]
    replaced: int


def record(
    actor: Actor,
    organisation: Organisation,
    *,
    indicator: str,
    value: float,
    observed_on: dt.date,
    source: str,
    note: str = "",
) -> Observation:
    """A value measured on a day.

    Raises InputError: unknown indicator, value out of its bounds, day to come, no source, or a value already recorded
    for that day (said with that value).
    """
    item = Measured(indicator, value, observed_on, source, note)
    try:
        recorded = record_many(actor, organisation, [item])
    except InputErrors as errors:
        raise errors.errors[0] from errors
    if recorded.known:
        raise InputError(
            f"La valeur du {french.long_date(observed_on)} est déjà enregistrée", remedy="rien n'est à faire"
        )
    return recorded.created[0]


def record_many(
    actor: Actor, organisation: Organisation, items: Sequence[Measured], *, replace: bool = False
) -> Recorded:
    """Many observations in one transaction: all of them, or none. Sent twice, they are recorded once.

    ``replace`` withdraws what was recorded for the same indicator and day with another value; without it, that is an
    error. Raises InputErrors naming every observation that cannot be recorded.
    """
    actor.require(VERB, organisation.node)
    _check(organisation, items)
    with atomic_write():
        return _write(actor, organisation, items, replace=replace)


def publish(actor: Actor, organisation: Organisation, items: Sequence[Measured]) -> Recorded:
    """What a capability has measured or judged, as a part of its own action, which has asked for its own right. What
    was published for the same indicator and day is replaced.

    Raises InputErrors, for a bug of the capability: an unknown indicator, a value out of its bounds.
    """
    _check(organisation, items)
    with atomic_write():
        return _write(actor, organisation, items, replace=True)


def retract(actor: Actor, organisation: Organisation, source: str, indicators: Collection[str]) -> int:
    """Withdraws what a capability published from ``source``; gives how many. As ``publish``, part of an action."""
    with atomic_write():
        rows = list(
            Observation.objects.of(organisation.node)
            .filter(withdrawn=False, source=clean(source), indicator__in=indicators)
            .order_by("id")
        )
        Observation.objects.of(organisation.node).filter(pk__in=[row.pk for row in rows]).update(withdrawn=True)
        _tell(rows)
        write_journal(_entries(actor, organisation, [], rows))
    return len(rows)


def withdraw(actor: Actor, organisation: Organisation, observation: int, *, reason: str = "") -> Observation:
    """Takes a wrong value out of every figure; it stays in the history, struck out. Raises Observation.DoesNotExist."""
    actor.require(VERB, organisation.node)
    with atomic_write():
        row = Observation.objects.of(organisation.node).select_for_update().get(pk=observation)
        if not row.withdrawn:
            row.withdrawn = True
            row.save(update_fields=["withdrawn"])
            _tell([row])
            after = {"withdrawn": True, "reason": reason.strip()[:REASON_LENGTH]}
            write_journal(
                [entry(actor, VERB, organisation.node, _target(row), _state(row) | {"withdrawn": False}, after)]
            )
    return row


def _check(organisation: Organisation, items: Sequence[Measured]) -> None:
    if not organisation.assessable:
        raise InputError(
            f"{organisation.name} regroupe des établissements et ne se mesure pas", remedy="choisir l'un d'eux"
        )
    errors = []
    for item, problem in checked_observations(items, care(), timezone.localdate()):
        if problem is None and not clean(item.source):
            problem = InputError("la source manque", where=item.where, remedy="dire d'où vient cette valeur")
        if problem is None and (len(item.source) > SOURCE_LENGTH or len(item.note) > NOTE_LENGTH):
            problem = InputError("la source ou la remarque est trop longue", where=item.where, remedy="la raccourcir")
        if problem:
            errors.append(problem)
    if errors:
        raise InputErrors(errors)


def _write(actor: Actor, organisation: Organisation, items: Sequence[Measured], *, replace: bool) -> Recorded:
    stored = _stored(organisation, items)
    fresh: list[Measured] = []
    known: list[Observation] = []
    replaced: list[Observation] = []
    errors: list[InputError] = []
    for item in items:
        row = stored.get((item.indicator, item.observed_on))
        if row is None:
            fresh.append(item)
        elif row.value == item.value:
            known.append(row)
        elif replace:
            replaced.append(row)
            fresh.append(item)
        else:
            errors.append(_already(item, row))
    if errors:
        raise InputErrors(errors)
    Observation.objects.of(organisation.node).filter(pk__in=[row.pk for row in replaced]).update(withdrawn=True)
    created = Observation.objects.unscoped("rows made for this node").bulk_create(
        [_row(actor, organisation, item) for item in fresh], batch_size=200
    )
    _tell([*created, *replaced])
    write_journal(_entries(actor, organisation, created, replaced))
    return Recorded(tuple(created), tuple(known), len(replaced))


def _tell(rows: Sequence[Observation]) -> None:
    observed.send(Observation, changes=[(row.node_id, row.indicator, row.observed_on) for row in rows])


def _stored(organisation: Organisation, items: Sequence[Measured]) -> dict[tuple[str, dt.date], Observation]:
    """What stands for these indicators between the first and the last day, in one query."""
    if not items:
        return {}
    days = [item.observed_on for item in items]
    rows = Observation.objects.of(organisation.node).filter(
        withdrawn=False,
        indicator__in={item.indicator for item in items},
        observed_on__gte=min(days),
        observed_on__lte=max(days),
    )
    return {(row.indicator, row.observed_on): row for row in rows.order_by("id")}


def _already(item: Measured, row: Observation) -> InputError:
    indicator = care().indicator[item.indicator]
    return InputError(
        f"« {indicator.title} » vaut déjà {format_value(indicator, row.value)} au {french.long_date(row.observed_on)}",
        where=item.where,
        remedy="retirer cette première valeur si elle est fausse",
    )


def _row(actor: Actor, organisation: Organisation, item: Measured) -> Observation:
    return Observation(
        node=organisation.node,
        indicator=item.indicator,
        observed_on=item.observed_on,
        value=item.value,
        source=clean(item.source),
        note=clean(item.note),
        recorded_by=actor.user,
    )


def _entries(
    actor: Actor, organisation: Organisation, created: Sequence[Observation], replaced: Sequence[Observation]
) -> list[Entry]:
    entries = [
        entry(actor, VERB, organisation.node, _target(row), _state(row) | {"withdrawn": False}, {"withdrawn": True})
        for row in replaced
    ]
    entries += [entry(actor, VERB, organisation.node, _target(row), None, _state(row)) for row in created]
    return entries


def _target(row: Observation) -> str:
    return f"observation:{row.pk}"


def _state(row: Observation) -> dict[str, Any]:
    return {
        "indicator": row.indicator,
        "observed_on": row.observed_on.isoformat(),
        "value": row.value,
        "source": row.source,
        "note": row.note,
    }
