# SPDX-License-Identifier: EUPL-1.2
"""What every way of answering shares: what an answer becomes, whether it may be, and how it is written down."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any, Final, NamedTuple

from django.utils import timezone

from carene.apps.assessments.models import Answer, Assessment
from carene.apps.assessments.targets import answer_target
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.journal.models import Entry, Head
from carene.core.journal.writer import entry, record_many
from carene.engines.exchange.values import clean
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError

ANSWER = "assessment.answer"
LONGEST_TEXT = 10_000


class Keep(enum.Enum):
    KEEP = "keep"


KEEP: Final = Keep.KEEP  # « leave this as it is », where None already means « no level »


class Stated(NamedTuple):
    """What an answer says, apart from who wrote it."""

    level: int | None = None
    not_applicable: bool = False
    justification: str = ""
    comment: str = ""
    answered_on: dt.date | None = None

    @classmethod
    def of(cls, row: Answer) -> Stated:
        return cls(row.level, row.not_applicable, row.justification, row.comment, row.answered_on)

    @classmethod
    def from_journal(cls, data: dict[str, Any] | None) -> Stated:
        if data is None:
            return cls()
        day = data["answered_on"]
        return cls(**{**data, "answered_on": dt.date.fromisoformat(day) if day else None})

    def for_journal(self) -> dict[str, Any]:
        return {**self._asdict(), "answered_on": self.answered_on.isoformat() if self.answered_on else None}


def next_state(
    before: Stated,
    level: int | Keep | None,
    not_applicable: bool | Keep,
    justification: str | None,
    comment: str | None,
    *,
    today: dt.date,
    confirm: bool = False,
) -> Stated:
    """What the answer becomes. A level given alone takes the question back among those that apply."""
    if not_applicable is KEEP:
        not_applicable = before.not_applicable and (level is KEEP or level is None)
    if not_applicable:
        level = None
    elif level is KEEP:
        level = before.level
    answered_on = before.answered_on
    if level is None and not not_applicable:
        answered_on = None
    elif confirm or (level, not_applicable) != (before.level, before.not_applicable):
        answered_on = today
    return Stated(
        level,
        not_applicable,
        before.justification if justification is None else clean(justification),
        before.comment if comment is None else clean(comment),
        answered_on,
    )


def check(referential: Referential, key: str, stated: Stated) -> None:
    criterion = referential.criterion.get(key)
    if criterion is None:
        raise InputError(
            f"La question « {key} » n'existe pas dans le référentiel « {referential.name} »",
            remedy="reprendre l'identifiant dans le questionnaire",
        )
    if stated.level is not None and not 0 <= stated.level <= criterion.top:
        raise InputError(
            f"le niveau {stated.level} n'existe pas pour cette question",
            where=key,
            remedy=f"choisir un niveau de 0 à {criterion.top}",
        )
    if stated.not_applicable and not stated.justification:
        raise InputError(
            "« non applicable » demande une justification",
            where=key,
            remedy="écrire en une phrase pourquoi cette question ne concerne pas l'établissement",
        )
    if max(len(stated.comment), len(stated.justification)) > LONGEST_TEXT:
        raise InputError(
            f"le texte dépasse {LONGEST_TEXT} caractères", where=key, remedy="le raccourcir, ou joindre un document"
        )


def must_be_open(assessment: Assessment) -> None:
    if assessment.is_open:
        return
    if assessment.state == Assessment.State.VALIDATED:
        raise InputError(
            "Cette auto-évaluation est validée, ses réponses ne changent plus",
            remedy="en commencer une nouvelle, ou rouvrir celle-ci",
        )
    raise InputError(
        "Cette auto-évaluation est soumise à la direction, ses réponses ne changent plus",
        remedy="la rouvrir pour la modifier",
    )


def fill(actor: Actor, row: Answer, after: Stated) -> None:
    for name, value in after._asdict().items():
        setattr(row, name, value)
    row.version += 1
    row.updated_by = actor.user
    row.updated_at = timezone.now()  # bulk writes do not set it by themselves


def write(
    actor: Actor,
    organisation: Organisation,
    row: Answer,
    before: Stated,
    after: Stated,
    verb: str = ANSWER,
    *,
    head: Head | None = None,
) -> None:
    """One statement for the answer, one for the journal, and one for its head unless the caller holds it."""
    created = row.pk is None
    fill(actor, row, after)
    row.save(force_insert=created, force_update=not created)
    record_many([journal(actor, organisation, row, before, after, verb)], head)


def journal(
    actor: Actor, organisation: Organisation, row: Answer, before: Stated, after: Stated, verb: str = ANSWER
) -> Entry:
    """The unsaved journal entry of a change already made to ``row``."""
    return entry(
        actor,
        verb,
        organisation.node,
        answer_target(row.assessment_id, row.criterion),
        before.for_journal() if row.version > 1 else None,
        after.for_journal(),
    )
