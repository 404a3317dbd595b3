# SPDX-License-Identifier: EUPL-1.2
"""New levels proposed by something else than an answer: a finished action says « this is now a 3 », a person decides.

Where an accepted level goes: into the assessment being answered; when the last one is validated, a new one is started
from its answers, since a validated assessment never changes. While one waits for the management, nothing is accepted.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from carene.apps.assessments import queries, referentials, slots
from carene.apps.assessments.actions.lifecycle import begin
from carene.apps.assessments.actions.writing import Stated, check, must_be_open, next_state, write
from carene.apps.assessments.models import LevelProposal
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError

ACCEPT = "level.accept"


def propose_levels(
    actor: Actor, node: Node, referential: str, origin: str, origin_key: str, raises: Iterable[tuple[str, int]]
) -> list[LevelProposal]:
    """Proposes ``(criterion, level)`` pairs; those already stated at that level or above are left out, as are questions
    that the referential no longer has. Proposing again from the same ``origin_key`` renews what is still pending and
    leaves alone what was decided. ``origin`` is French and shown: « Action « … » terminée le … ».
    """
    actor.require("action.update", node)
    known = referentials.get(referential).criterion
    wanted = {key: min(level, known[key].top) for key, level in raises if key in known}
    with atomic_write():
        assessment = queries.current(node, referential)
        stated = queries.answers(assessment) if assessment else {}
        proposals = []
        for key, level in wanted.items():
            row = stated.get(key)
            if row is not None and (row.not_applicable or (row.level is not None and row.level >= level)):
                continue
            proposal, created = LevelProposal.objects.of(node).get_or_create(
                origin_key=origin_key,
                criterion=key,
                defaults={"node": node, "referential": referential, "level": level, "origin": origin[:200]},
            )
            if not created and proposal.state == LevelProposal.State.PENDING:
                proposal.level, proposal.origin = level, origin[:200]
                proposal.save(update_fields=["level", "origin"])
            if proposal.state == LevelProposal.State.PENDING:
                proposals.append(proposal)
        if proposals:
            levels = {proposal.criterion: proposal.level for proposal in proposals}
            record(actor, "action.update", node, f"proposals:{origin_key}", None, levels)
    return proposals


def withdraw_proposals(actor: Actor, node: Node, origin_key: str) -> int:
    """Takes back what is still pending, when the action is not done after all. Returns how many."""
    actor.require("action.update", node)
    with atomic_write():
        rows = LevelProposal.objects.of(node).filter(origin_key=origin_key, state=LevelProposal.State.PENDING)
        before = {row.criterion: row.level for row in rows.order_by("id")}
        if before:
            rows.delete()
            record(actor, "action.update", node, f"proposals:{origin_key}", before, None)
    return len(before)


def accept_proposal(actor: Actor, organisation: Organisation, proposal_id: int) -> LevelProposal:
    """Writes the proposed level as an answer of today; a higher level already stated is kept and confirmed.

    Raises LevelProposal.DoesNotExist, or InputError when it was decided already or the assessment is submitted.
    """
    actor.require(ACCEPT, organisation.node)
    with atomic_write():
        proposal = _pending(organisation.node, proposal_id)
        assessment = queries.open_one(organisation.node, proposal.referential) or begin(
            actor, organisation, referential=proposal.referential
        )
        must_be_open(assessment)
        slot = slots.locked_slot(organisation.node, assessment, proposal.criterion, actor.user)
        before = Stated.of(slot.answer)
        level = proposal.level if before.level is None else max(before.level, proposal.level)
        after = next_state(before, level, False, None, None, today=timezone.localdate(), confirm=True)
        check(referentials.of(slot.assessment), proposal.criterion, after)
        if after != before:
            write(actor, organisation, slot.answer, before, after, ACCEPT)
        _decide(actor, proposal, LevelProposal.State.ACCEPTED, "")
    return proposal


def refuse_proposal(actor: Actor, organisation: Organisation, proposal_id: int, *, reason: str) -> LevelProposal:
    """Keeps the level as it is, for a reason. Raises LevelProposal.DoesNotExist or InputError."""
    actor.require(ACCEPT, organisation.node)
    if not reason.strip():
        raise InputError("Le refus demande un motif", remedy="l'écrire en une phrase")
    with atomic_write():
        proposal = _pending(organisation.node, proposal_id)
        _decide(actor, proposal, LevelProposal.State.REFUSED, reason.strip()[:300])
    return proposal


def _pending(node: Node, proposal_id: int) -> LevelProposal:
    proposal = LevelProposal.objects.of(node).select_for_update().get(pk=proposal_id)
    if proposal.state != LevelProposal.State.PENDING:
        raise InputError(f"Cette proposition est déjà {proposal.get_state_display()}", remedy="recharger la page")
    return proposal


def _decide(actor: Actor, proposal: LevelProposal, state: LevelProposal.State, reason: str) -> None:
    proposal.state, proposal.reason = state, reason
    proposal.decided_at, proposal.decided_by = timezone.now(), actor.user
    proposal.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    record(
        actor,
        ACCEPT,
        proposal.node,
        f"proposal:{proposal.pk}",
        {"state": LevelProposal.State.PENDING},
        {"state": state, "criterion": proposal.criterion, "level": proposal.level, "reason": reason},
    )
