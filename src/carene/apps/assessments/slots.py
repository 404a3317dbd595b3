# SPDX-License-Identifier: EUPL-1.2
"""Reading before a write: the assessment locked until the end of the transaction, and the place of one answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery

from carene.apps.assessments.models import Answer, Assessment, Assignment
from carene.apps.assessments.queries import of, with_digest
from carene.core.accounts.models import User
from carene.core.journal.models import Head
from carene.core.journal.writer import open_chains
from carene.core.tenancy.models import Node


def locked(node: Node, assessment: Assessment | int) -> Assessment:
    """The assessment read again, locked until the end of the transaction. Raises Assessment.DoesNotExist."""
    pk = assessment if isinstance(assessment, int) else assessment.pk
    return of(node).select_for_update(of=("self",), no_key=True).get(pk=pk)


@dataclass(frozen=True)
class Slot:
    """The place of one answer: a new row at version 0 when nothing was answered. ``assigned`` to the reader, or not."""

    assessment: Assessment
    answer: Answer
    assigned: bool
    head: Head  # of the journal of the organisation, locked too


_SLOT = (
    "id",
    "level",
    "not_applicable",
    "justification",
    "comment",
    "version",
    "answered_on",
    "updated_at",
    "updated_by_id",
)


def locked_slot(node: Node, assessment: Assessment | int, criterion: str, user: User | None) -> Slot:
    """An assessment, its answer to one question and the head of the journal in one query, the assessment and the head
    locked: answers queue behind them.

    Raises Assessment.DoesNotExist.
    """
    pk = assessment if isinstance(assessment, int) else assessment.pk
    try:
        slot, seen = _locked_slot(node, pk, criterion, user)
    except Assessment.DoesNotExist:  # perhaps only because nothing was ever told of this organisation
        open_chains([node.pk])
        slot, seen = _locked_slot(node, pk, criterion, user)
    if seen != slot.head.seq:
        # PostgreSQL, after waiting for a lock, reads again the rows that it locks and no other: the answer is the one
        # of before the wait, while someone wrote. Now that the locks are held, a second reading tells the truth.
        slot, _ = _locked_slot(node, pk, criterion, user)
    return slot


def _locked_slot(node: Node, pk: int, criterion: str, user: User | None) -> tuple[Slot, int]:
    """With the end of the journal as it stood when the statement began, even if it then waited for the locks."""
    mine = Assignment.objects.filter(assessment=OuterRef("pk"), criterion=criterion, user=user, done_at=None)
    row = (
        with_digest(Assessment.objects.of(node))
        .annotate(
            slot=FilteredRelation("answers", condition=Q(answers__criterion=criterion)),
            slot_author=F("slot__updated_by__name"),
            slot_assigned=Exists(mine),
            seen=Subquery(Head.objects.filter(node=node.pk).order_by("id").values("seq")[:1]),
            **{f"slot_{name}": F(f"slot__{name}") for name in _SLOT},
        )
        .select_related("node__journal_head")
        .select_for_update(of=("self", "node__journal_head"), no_key=True)
        .get(pk=pk, node__journal_head__seq__gte=0)
    )
    head = row.node.journal_head
    found = {name: getattr(row, f"slot_{name}") for name in _SLOT}
    if found["id"] is None:
        return Slot(row, Answer(assessment=row, criterion=criterion, version=0), row.slot_assigned, head), row.seen
    answer = Answer(assessment=row, criterion=criterion, **found)
    answer._state.adding = False
    if answer.updated_by_id is not None:
        answer.updated_by = User(pk=answer.updated_by_id, name=row.slot_author)
    return Slot(row, answer, row.slot_assigned, head), row.seen
