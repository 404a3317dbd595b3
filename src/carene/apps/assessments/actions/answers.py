# SPDX-License-Identifier: EUPL-1.2
"""Answering: one question, many at once, and taking an answer back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils import timezone

from carene.apps.assessments import queries, referentials, slots
from carene.apps.assessments.actions.writing import (
    ANSWER,
    KEEP,
    Keep,
    Stated,
    check,
    fill,
    journal,
    must_be_open,
    next_state,
    write,
)
from carene.apps.assessments.models import Answer, Assessment
from carene.apps.assessments.targets import answer_target
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.models import Entry
from carene.core.journal.writer import record_many
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors

IMPORT = "assessment.import"


class Row(NamedTuple):
    """One line of ``answer_many``; ``justification`` and ``comment`` None leave what is stored."""

    criterion: str
    level: int | None = None
    not_applicable: bool = False
    justification: str | None = None
    comment: str | None = None


class Conflict(InputError):
    """Someone answered in the meantime. ``stored`` is what stands now, with its author; nothing was changed."""

    def __init__(self, stored: Answer) -> None:
        self.stored = stored
        super().__init__(
            f"{queries.author(stored)} a répondu {queries.spoken(stored)} {queries.spoken_when(stored)}",
            remedy="garder cette réponse ou mettre la vôtre",
        )


def answer(
    actor: Actor,
    organisation: Organisation,
    assessment: Assessment | int,
    criterion: str,
    *,
    level: int | Keep | None = KEEP,
    not_applicable: bool | Keep = KEEP,
    justification: str | None = None,
    comment: str | None = None,
    version: int | None = None,
    confirm: bool = False,
) -> Answer:
    """States the answer to one question; what is not given stays as it is.

    ``assessment`` may be its id: the row is read again anyway, locked. ``version`` is the one that the writer saw, 0
    when there was no answer; None skips the check. A level or « non applicable » that changes is dated of today, one
    that does not is only when ``confirm`` says that it still holds; a comment alone never dates anything. What is
    already stored is not written twice: a request sent again after a lost reply is harmless.

    Raises Assessment.DoesNotExist, Conflict, or InputError (closed assessment, unknown question, level outside its
    scale, « non applicable » without a justification, text too long).
    """
    actor.require(ANSWER, organisation.node)
    today = timezone.localdate()
    with atomic_write():
        slot = slots.locked_slot(organisation.node, assessment, criterion, actor.user)
        referential = referentials.of(slot.assessment)
        must_be_open(slot.assessment)
        before = Stated.of(slot.answer)
        after = next_state(before, level, not_applicable, justification, comment, today=today, confirm=confirm)
        check(referential, criterion, after)
        if after != before:
            if version is not None and version != slot.answer.version:
                raise Conflict(slot.answer)
            write(actor, organisation, slot.answer, before, after, head=slot.head)
        if slot.assigned and (level is not KEEP or not_applicable is not KEEP or confirm):
            slot.assessment.assignments.filter(criterion=criterion, user=actor.user, done_at=None).update(
                done_at=timezone.now()
            )
    return slot.answer


def undo(
    actor: Actor, organisation: Organisation, assessment: Assessment | int, criterion: str, *, version: int
) -> Answer:
    """Gives back what stood before the last change of this question, made by this very person, its date included.

    Raises Conflict when someone wrote since ``version``, InputError when there is nothing of theirs to undo.
    """
    actor.require(ANSWER, organisation.node)
    with atomic_write():
        slot = slots.locked_slot(organisation.node, assessment, criterion, actor.user)
        must_be_open(slot.assessment)
        if version != slot.answer.version:
            raise Conflict(slot.answer)
        last = Entry.objects.filter(target=answer_target(slot.assessment.pk, criterion)).order_by("-id").first()
        if last is None or actor.user is None or last.user_id != actor.user.pk:
            raise InputError("Il n'y a rien à annuler ici", remedy="choisir directement la réponse voulue")
        before = Stated.of(slot.answer)
        write(actor, organisation, slot.answer, before, Stated.from_journal(last.before), head=slot.head)
    return slot.answer


def answer_many(
    actor: Actor,
    organisation: Organisation,
    assessment: Assessment | int,
    rows: Iterable[Row | tuple[Any, ...]],
    *,
    confirm: bool = False,
) -> list[str]:
    """States many answers in one transaction: all of them, or none. Returns the questions whose answer changed.

    ``rows`` are ``Row`` or tuples in the same order. An answer that does not change keeps its date, unless ``confirm``
    says that each row was looked at again. Raises InputErrors naming every line that cannot be taken (unknown
    question, level outside its scale, question given twice, « non applicable » without a justification).
    """
    actor.require(IMPORT, organisation.node)
    today = timezone.localdate()
    with atomic_write():
        locked = slots.locked(organisation.node, assessment)
        must_be_open(locked)
        referential = referentials.of(locked)
        stored = queries.answers(locked)
        created: list[Answer] = []
        updated: list[Answer] = []
        entries: list[Entry] = []
        for row, after in _checked(referential, stored, [Row(*row) for row in rows], today, confirm=confirm):
            target = stored.get(row.criterion) or Answer(assessment=locked, criterion=row.criterion, version=0)
            before = Stated.of(target)
            if after == before:
                continue
            (updated if target.pk else created).append(target)
            fill(actor, target, after)
            entries.append(journal(actor, organisation, target, before, after, IMPORT))
        Answer.objects.bulk_create(created, batch_size=200)
        # Ten times quicker than ``bulk_update``, whose CASE names every row of every column.
        Answer.objects.bulk_create(
            updated,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=[*Stated._fields, "version", "updated_at", "updated_by"],
        )
        record_many(entries)
    return [row.criterion for row in (*created, *updated)]


def _checked(
    referential: Referential, stored: dict[str, Answer], rows: list[Row], today: dt.date, *, confirm: bool
) -> list[tuple[Row, Stated]]:
    """Each row with what it leads to; every error of the rows at once."""
    errors: list[InputError] = []
    seen: set[str] = set()
    found = []
    for row in rows:
        try:
            if row.criterion in seen:
                raise InputError(
                    "cette question est donnée deux fois", where=row.criterion, remedy="garder une seule ligne"
                )
            seen.add(row.criterion)
            before = Stated.of(stored[row.criterion]) if row.criterion in stored else Stated()
            after = next_state(
                before, row.level, row.not_applicable, row.justification, row.comment, today=today, confirm=confirm
            )
            check(referential, row.criterion, after)
            found.append((row, after))
        except InputError as error:
            errors.append(error)
    if errors:
        raise InputErrors(errors)
    return found
