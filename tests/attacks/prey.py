# SPDX-License-Identifier: EUPL-1.2
"""An establishment where everything exists once, every text of which is ``word``: something to attack."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from carene.apps.assessments import actions as assessments
from carene.apps.assessments.models import Assessment, LevelProposal
from carene.apps.evidence import actions as evidence
from carene.apps.exchange import actions as exchange
from carene.apps.funding.models import Application, Ceiling, Setting
from carene.apps.governance import actions as governance
from carene.apps.indicators import actions as indicators
from carene.apps.organisations.models import Organisation
from carene.apps.resources import actions_offers as resources
from carene.apps.roadmaps import actions as roadmaps
from carene.apps.roadmaps.means import Means
from carene.apps.sharing import actions as sharing
from carene.core.access.actor import Actor
from carene.core.access.models import ShareRequest
from carene.core.accounts.models import User
from carene.engines.exchange.questionnaire import Measured
from carene.engines.referential.catalogue import care
from carene.engines.referential.ciso_assistant import read_library
from tests.engines.exchange.xlsx import workbook
from tests.isolation.test_every_url import CONVERTER, SAMPLES
from tests.support.factories import give, make_assessment

LIBRARY = """
urn: urn:carene:risk:library:{key}
locale: fr
ref_id: {key}
name: '{word}'
description: '{word}'
copyright: '{word}'
version: 1
provider: '{word}'
packager: carene
objects:
  framework:
    urn: urn:carene:risk:framework:{key}
    ref_id: {key}
    name: '{word}'
    description: '{word}'
    min_score: 0
    max_score: 4
    scores_definition:
      - {{score: 0, name: '{word}', description: '{word}'}}
      - {{score: 4, name: '{word}', description: '{word}'}}
    requirement_nodes:
      - {{urn: 'urn:carene:risk:req_node:{key}:a', assessable: false, depth: 1, ref_id: A, name: '{word}'}}
      - urn: urn:carene:risk:req_node:{key}:a.1
        parent_urn: urn:carene:risk:req_node:{key}:a
        assessable: true
        depth: 2
        ref_id: 'A/1 {word}'
        name: '{word}'
        description: '{word}'
        annotation: '{word}'
"""


@dataclass(frozen=True)
class Prey:
    """What was made in one establishment, by its primary keys."""

    organisation: Organisation
    owner: User
    colleague: User
    assessment: int
    imported: int
    imported_assessment: int
    imported_criterion: str
    evidence: int
    file: int
    library: int
    observation: int
    scenario: int
    adopted: int
    measure: str
    action: int
    proposal: int
    draft: int
    observations_draft: int
    token: int
    secret: str
    assignment: int
    membership: int
    share: int
    request: int
    application: int
    funding_document: int
    expense: int
    ceiling: int
    setting: int
    post: int
    oncall: int
    committee: int
    meeting: int
    decision: int
    commitment: int
    policy: int
    need: int

    @property
    def node(self) -> int:
        return self.organisation.pk

    def address(self, route: str, **other: Any) -> str:
        """The address of a route for these things; ``other`` replaces some of them."""
        values = {
            "node_id": self.node,
            "criterion": "GOV.1.1",
            "proposal_id": self.proposal,
            "file_id": self.library,
            "digest": care().digest[:16] or "0",
            "assignment_id": self.assignment,
            "draft_id": self.observations_draft if "echanges/indicateurs/" in route else self.draft,
            "kind": "csv" if "modele" in route else "xlsx",
            "token_id": self.token,
            "evidence_id": self.evidence,
            "observation_id": self.observation,
            "indicator": care().indicators[0].id,
            "membership_id": self.membership,
            "share_id": self.share,
            "request_id": self.request,
            "action_id": self.action,
            "measure_id": self.measure,
            "year": "2025",
            "stage": "executed",
            "duty": "exercice-crise",
            "step": "rssi",
            "need_id": self.need,
            "post_id": self.post,
            "oncall_id": self.oncall,
            "committee_id": self.committee,
            "meeting_id": self.meeting,
            "decision_id": self.decision,
            "commitment_id": self.commitment,
            "policy_id": self.policy,
            "domain": "d2",
            "item": "D2.P1",
            "move": "withdraw",
            "figure": "rssi_nomme",
            "application_id": self.application,
            "document_id": self.funding_document,
            "expense_id": self.expense,
            "ceiling_id": self.ceiling,
            "setting_id": self.setting,
            "pk": self.action if "/actions/" in route else self.scenario if "scenarios" in route else self.assessment,
        } | other
        return fill(route, values)


def fill(route: str, values: dict[str, Any]) -> str:
    """The address of a route; a parameter that we know nothing of gets a sample of its kind."""

    def value(found: re.Match[str]) -> str:
        return quote(str(values.get(found[2], SAMPLES.get(found[1] or "str", "1"))), safe="")

    return "/" + CONVERTER.sub(value, route).rstrip("$").replace("\\Z", "")


@cache
def library(word: str, key: str) -> bytes:
    return LIBRARY.format(word=word.replace("'", "''"), key=key).encode()


def populate(organisation: Organisation, owner: User, word: str, key: str) -> Prey:
    """Everything that a hospital can hold. ``word`` stands in every text that a person writes."""
    now, today = timezone.now(), timezone.localdate()
    actor = Actor.of(owner)
    colleague = User.objects.create_user(f"collegue-{key}@exemple.invalid", None, name=word[:120], function=word[:120])
    membership = give(colleague, organisation, "contributeur")
    type(organisation).objects.of(organisation.node).update(name=word[:200], short_name=word[:60], town=word[:100])
    organisation.refresh_from_db(from_queryset=type(organisation).objects.of(organisation.node))
    criteria = care().criteria
    past = make_assessment(
        organisation, {c.id: 1 for c in criteria}, state="validated", started_at=now - dt.timedelta(days=400)
    )
    Assessment.objects.of(organisation.node).filter(pk=past.pk).update(title=word[:160])
    row = assessments.start(actor, organisation, title=word[:160])
    for rank, criterion in enumerate(criteria[:6]):
        assessments.answer(
            actor, organisation, row.pk, criterion.id, level=None if rank == 5 else rank % 3,
            not_applicable=rank == 5, justification=word, comment=word,
        )  # fmt: skip
    assigned = assessments.assign(actor, organisation, row.pk, criteria[0].id, user_id=colleague.pk, message=word)
    kept = assessments.import_referential(actor, organisation, read_library(library(word, key), "a.yaml"))
    content = f"imported:{kept.pk}"
    imported = assessments.start(actor, organisation, referential=content, title=word[:160])
    from carene.apps.assessments import referentials
    from carene.core.files.store import accept, store

    question = referentials.get(content).criteria[0].id
    assessments.answer(actor, organisation, imported.pk, question, level=1, comment=word)
    upload = SimpleUploadedFile("preuve.txt", b"une preuve")
    proof = evidence.add(
        actor, organisation, title=word[:200], upload=upload, url="https://exemple.invalid/?a=" + "%22x",
        effective_on=today - dt.timedelta(days=30), expires_on=today + dt.timedelta(days=30), note=word[:500],
        links=[("care", "GOV.1.1"), (content, question)],
    )  # fmt: skip
    given = SimpleUploadedFile(word[:80], library(word, f"{key}2"))
    sent = store(actor, organisation.node, accept(actor, organisation.node, given))
    indicator = next(c.thresholds.indicator for c in criteria if c.thresholds)
    observed = indicators.record_many(
        actor, organisation, [Measured(indicator, 1.0, today - dt.timedelta(days=3), word[:200], word[:300])]
    ).created[0]
    means = Means(
        name=word[:100], start=dt.date(today.year + 1, 1, 1), months=12, budgets={today.year + 1: 12_000.0},
        team={"rssi": 5.0, "systemes": 5.0},
    )  # fmt: skip
    adopted = roadmaps.create_scenario(actor, organisation, means)
    roadmaps.adopt(actor, organisation, adopted.pk, version=adopted.version)
    scenario = roadmaps.duplicate_scenario(actor, organisation, adopted)
    measure = next(m.id for m in care().measures if m.id in str(adopted.plan))
    action = roadmaps.create_action(
        actor, organisation, title=word[:200], start_on=today, due_on=today, owner_id=colleague.pk
    )
    roadmaps.comment(actor, organisation, action.pk, word)
    proposal = LevelProposal.objects.create(
        node=organisation.node, referential="care", criterion="GOV.1.2", level=2, origin=word[:200],
        origin_key=f"action:{action.pk}",
    )  # fmt: skip
    answers = workbook([["Identifiant", "Niveau choisi", "Commentaire"], ["GOV.1.1", 3, word], [word, 9, word]])
    draft = exchange.read_answers(actor, organisation, row.pk, answers, f"{word[:90]}.xlsx")
    quoted = word.replace('"', '""')[:200]
    table = f'indicateur;valeur;date;source\r\n{indicator};2;{today.isoformat()};"{quoted}"\r\n'
    measured = exchange.read_observations(actor, organisation, table.encode(), f"{word[:90]}.csv")
    token, secret = exchange.create_token(actor, organisation, name=word[:80], days=30, read_only=False)
    guest = User.objects.create_user(f"invite-{key}@exemple.invalid", "mot-de-passe-de-test", name=word[:120])
    share = sharing.give(
        actor, organisation, email=guest.email, ends_on=today + dt.timedelta(days=30), reason=word[:300]
    )
    request = ShareRequest.objects.create(
        node=organisation.node, level="detail", holder=organisation.node.parent or organisation.node,
        reason=word[:300], asked_at=now, asked_by=guest,
    )  # fmt: skip
    return Prey(
        organisation=organisation, owner=owner, colleague=colleague, assessment=row.pk, imported=kept.pk,
        imported_assessment=imported.pk, imported_criterion=question, evidence=proof.pk, file=proof.file_id or 0,
        library=sent.pk, observation=observed.pk, scenario=scenario.pk, adopted=adopted.pk, measure=measure,
        action=action.pk, proposal=proposal.pk, draft=draft.pk, observations_draft=measured.pk, token=token.pk,
        secret=secret, assignment=assigned[0].pk, membership=membership.pk,
        share=share.pk, request=request.pk,
        **_funding(organisation, proof, word),
        **_governance(actor, organisation, proof.pk, word),
        **_resources(actor, organisation, word),
    )  # fmt: skip


def _funding(organisation: Organisation, proof: Any, word: str) -> dict[str, int]:
    """A file that asks for money, as rows: whoever the organisation is."""
    now, today = timezone.now(), timezone.localdate()
    application = Application.objects.create(
        node=organisation.node, domain="d2", candidate="outside", family="public", created_at=now, changed_at=now,
        changed_by=word[:150], state="operating",
    )  # fmt: skip
    application.members.create(unit=organisation.node, name=word[:200], activity=12)
    application.said.create(item="D2.P1", comment=word[:2000], facts={"approved": True})
    application.events.create(at=now, by=word[:150], said=word[:200], reason=word)
    sent = {"title": word, "url": "", "effective_on": today.isoformat(), "expires_on": None}
    document = application.documents.create(
        item="D2.P1", place="pssi", evidence_id=proof.pk, added_at=now, sent_at=now, sent=sent, sent_file=proof.file
    )
    expense = application.expenses.create(label=word[:200], amount=12, committed_on=today)
    ceiling = Ceiling.objects.create(
        node=organisation.node, domain="d2", family="public", low=0, amount=12, source=word[:300]
    )
    setting = Setting.objects.create(
        node=organisation.node, domain="d2", key="envelope", value={"euros": 12}, source=word[:300],
        confidence="to_check",
    )  # fmt: skip
    return {
        "application": application.pk, "funding_document": document.pk, "expense": expense.pk,
        "ceiling": ceiling.pk, "setting": setting.pk,
    }  # fmt: skip


def _governance(actor: Actor, organisation: Organisation, proof: int, word: str) -> dict[str, int]:
    """One of each thing that governance holds."""
    today = timezone.localdate()
    before = today - dt.timedelta(days=9)
    governance.save_budget(
        actor, organisation, year=today.year - 1, stage="executed", operating=10**7, digital_operating=10**5,
        note=word[:300],
    )  # fmt: skip
    post = governance.save_post(
        actor, organisation, kind="dsi", title=word[:120], state="named", holder=word[:120], fte=Decimal(1),
        skill="systemes", reports_to=word[:120],
    )  # fmt: skip
    oncall = governance.save_on_call(
        actor, organisation, title=word[:120], days=7, hours=24, provider=word[:120], note=word[:300]
    )
    committee = governance.save_committee(
        actor, organisation, kind="comite_ssi", title=word[:120], chair=word[:120], every_months=3
    )
    meeting = governance.save_meeting(
        actor, organisation, committee_id=committee.pk, held_on=before, agenda=word[:2000], management=True,
        evidence_id=proof,
    )  # fmt: skip
    decision = governance.save_decision(
        actor, organisation, meeting_id=meeting.pk, text=word[:500], carrier=word[:120], due_on=today
    )
    commitment = governance.save_commitment(
        actor, organisation, kind="cpom", title=word[:200], target=word[:300], progress=word[:500], progress_on=before,
        owner=word[:120], due_on=today,
    )  # fmt: skip
    policy = governance.save_policy(
        actor, organisation, kind="pssi", title=word[:160], version=word[:40], approved_on=before,
        approved_by=word[:120], review_months=12, evidence_id=proof,
    )  # fmt: skip
    governance.record_duty(
        actor, organisation, "exercice-crise", kind="done", on=before, reason=word[:300], evidence_id=proof
    )
    return {
        "post": post.pk, "oncall": oncall.pk, "committee": committee.pk, "meeting": meeting.pk,
        "decision": decision.pk, "commitment": commitment.pk, "policy": policy.pk,
    }  # fmt: skip


def _resources(actor: Actor, organisation: Organisation, word: str) -> dict[str, int]:
    """What it asks of those above it."""
    need = resources.save_need(actor, organisation, title=word[:160], text=word[:2000], service="soc")
    return {"need": need.pk}
