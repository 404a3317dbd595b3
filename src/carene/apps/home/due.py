# SPDX-License-Identifier: EUPL-1.2
"""What is late, and what soon will be: actions, evidence, answers of the socle, questions given to colleagues, duties
that come back, documents to read again, decisions of committees, files of funding to send."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse

from carene.apps.assessments.queries import Sheet
from carene.apps.evidence.queries import state_words
from carene.apps.home.queries import SOON_DAYS, Situation
from carene.engines import french
from carene.engines.funding.circuit import STATES
from carene.engines.months import add_months
from carene.engines.referential.model import Criterion

SHOWN = 5
ONE_BY_ONE = 2  # stale answers told each on its line; beyond, they are told together

KINDS = {
    "action": ("autre action", "autres actions", "roadmaps:overview"),
    "evidence": ("autre preuve", "autres preuves", "evidence:list"),
    "answer": ("autre réponse du socle", "autres réponses du socle", "assessments:overview"),
    "question": ("autre question confiée", "autres questions confiées", "assessments:overview"),
    "duty": ("autre obligation", "autres obligations", "governance:duties"),
    "policy": ("autre document à relire", "autres documents à relire", "governance:policies"),
    "campaign": ("autre campagne", "autres campagnes", "campaigns:list"),
    "decision": ("autre décision", "autres décisions", "governance:committees"),
    "funding": ("autre dossier de financement", "autres dossiers de financement", "funding:list"),
}


@dataclass(frozen=True)
class Due:
    """One thing with its day; ``label`` is the one button, which leads to ``url``."""

    kind: str
    on: dt.date
    title: str
    about: str
    url: str
    label: str
    late: bool = False


@dataclass(frozen=True)
class Deadlines:
    """The first ones, late before soon, oldest first; the others are counted in words, with where to see them."""

    rows: list[Due]
    late: int
    others: list[tuple[str, str]]  # (« 3 autres preuves », address)


def deadlines(situation: Situation, *, may_answer: bool, may_prove: bool) -> Deadlines:
    found = sorted(
        [
            *_actions(situation),
            *_evidence(situation, may_prove=may_prove),
            *_answers(situation, may_answer=may_answer),
            *_questions(situation),
            *_governance(situation),
            *_funding(situation),
            *_expected(situation),
        ],
        key=lambda due: (due.on, due.title),
    )
    counts = Counter(due.kind for due in found[SHOWN:])
    others = [
        (french.counted(counts[kind], one, many), reverse(view, args=[situation.organisation.pk]))
        for kind, (one, many, view) in KINDS.items()
        if counts[kind]
    ]
    rows = [replace(due, about=french.typeset(due.about), late=due.on < situation.today) for due in found]
    return Deadlines(rows[:SHOWN], sum(due.late for due in rows), others)


def _is_near(situation: Situation, day: dt.date) -> bool:
    return day <= situation.today + dt.timedelta(days=SOON_DAYS)


def _actions(situation: Situation) -> Iterator[Due]:
    for action in situation.actions:
        if action.active and _is_near(situation, action.due_on):
            who = f"Confiée à {action.owner}" if action.owner else "Sans responsable"
            yield Due(
                "action",
                action.due_on,
                action.title,
                f"{who}, {action.get_state_display()}, échéance le {french.long_date(action.due_on)}.",
                reverse("roadmaps:action", args=[situation.organisation.pk, action.pk]),
                "Ouvrir",
            )


def _evidence(situation: Situation, *, may_prove: bool) -> Iterator[Due]:
    pk = situation.organisation.pk
    for row in situation.expiring:
        assert row.expires_on is not None
        if not _is_near(situation, row.expires_on):
            continue
        words = french.capitalised(state_words(row, situation.today))
        yield Due(
            "evidence",
            row.expires_on,
            row.title,
            f"Preuve à renouveler. {words}, le {french.long_date(row.expires_on)}.",
            reverse("evidence:edit", args=[pk, row.pk]) if may_prove else reverse("evidence:list", args=[pk]),
            "Renouveler" if may_prove else "Voir",
        )


def _answers(situation: Situation, *, may_answer: bool) -> Iterator[Due]:
    """Answers of the socle given longer ago than the question allows, and that nothing measured confirms.

    A few are told one by one; many, as they are when a questionnaire is taken up again, in one line.
    """
    sheet = situation.current
    if sheet is None:
        return
    args = [situation.organisation.pk]
    open_one = sheet is situation.opened and sheet.assessment.is_open
    label = "Confirmer" if open_one and may_answer else "Ouvrir"
    stale = [(criterion, given) for criterion in sheet.socle if (given := _stale_since(sheet, criterion)) is not None]
    stale.sort(key=lambda pair: add_months(pair[1], pair[0].review_months))
    if len(stale) > ONE_BY_ONE:
        criterion, given = stale[0]
        listing = reverse("assessments:questions", args=[*args, sheet.assessment.pk])
        yield Due(
            "answer",
            add_months(given, criterion.review_months),
            f"{len(stale)} réponses du socle à confirmer",
            f"La plus en retard, « {criterion.title} », date du {french.long_date(given)}.",
            f"{listing}?montrer=anciennes" if open_one else reverse("assessments:overview", args=args),
            label,
        )
        return
    for criterion, given in stale:
        yield Due(
            "answer",
            add_months(given, criterion.review_months),
            criterion.title,
            f"Répondu le {french.long_date(given)}, à confirmer {french.every(criterion.review_months)}.",
            reverse("assessments:question", args=[*args, sheet.assessment.pk, criterion.id])
            if open_one
            else reverse("assessments:overview", args=args),
            label,
        )


def _stale_since(sheet: Sheet, criterion: Criterion) -> dt.date | None:
    """The day of a stale answer; None when the answer still holds, or there is none."""
    return sheet.answers[criterion.id].answered_on if sheet.is_stale(criterion) else None


def _questions(situation: Situation) -> Iterator[Due]:
    sheet = situation.opened
    if sheet is None or not sheet.assessment.is_open:
        return
    for row in situation.assignments:
        criterion = sheet.referential.criterion.get(row.criterion)
        if criterion is None or row.due_on is None or not _is_near(situation, row.due_on):
            continue
        yield Due(
            "question",
            row.due_on,
            criterion.title,
            f"Question confiée à {row.user}, réponse attendue le {french.long_date(row.due_on)}.",
            reverse("assessments:question", args=[situation.organisation.pk, sheet.assessment.pk, criterion.id]),
            "Ouvrir",
        )


def _governance(situation: Situation) -> Iterator[Due]:
    args = [situation.organisation.pk]
    for due in situation.duties:
        if due.due_on is not None and _is_near(situation, due.due_on):
            last = f"Fait le {french.long_date(due.last_on)}. " if due.last_on else ""
            url = reverse("governance:duty", args=[*args, due.duty.id])
            yield Due("duty", due.due_on, due.duty.title, f"{last}{due.duty.todo}", url, "Ouvrir")
    for policy in situation.policies:
        if policy.next_on is not None and _is_near(situation, policy.next_on):
            about = f"Document à relire le {french.long_date(policy.next_on)}."
            yield Due("policy", policy.next_on, policy.title, about, reverse("governance:policies", args=args), "Voir")
    for decision in situation.decisions:
        if decision.due_on is not None and _is_near(situation, decision.due_on):
            meeting = decision.meeting
            by = f", portée par {decision.carrier}" if decision.carrier else ""
            about = f"Décision : {meeting.committee.title} du {french.long_date(meeting.held_on)}{by}."
            url = reverse("governance:committees", args=args)
            yield Due("decision", decision.due_on, decision.text, about, url, "Voir")


def _funding(situation: Situation) -> Iterator[Due]:
    for application, domain, last in situation.to_send:
        if _is_near(situation, last):
            state = STATES[application.state]
            about = f"Dossier de financement, {state} : la fenêtre se ferme le {french.long_date(last)}."
            url = reverse("funding:application", args=[situation.organisation.pk, application.pk])
            yield Due("funding", last, f"{domain.code} : {domain.title}", about, url, "Ouvrir")


def _expected(situation: Situation) -> Iterator[Due]:
    for one in situation.expected:
        if _is_near(situation, one.on):
            about = f"{one.by} attend votre auto-évaluation pour le {french.long_date(one.on)}."
            yield Due("campaign", one.on, one.title, about, one.url, "Voir")
