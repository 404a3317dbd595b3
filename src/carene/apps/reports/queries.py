# SPDX-License-Identifier: EUPL-1.2
"""Gathers what a document says of one establishment, through the queries of the other apps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils import timezone

from carene.apps.assessments import queries as assessments
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.apps.reports import carried
from carene.apps.reports.rendering.dossier import Dossier, TrendPoint
from carene.apps.risks import queries as risks
from carene.apps.roadmaps import queries as roadmaps
from carene.core.access.actor import Actor
from carene.engines import french
from carene.engines.planner.model import Plan, Problem
from carene.engines.referential.catalogue import CARE
from carene.engines.referential.model import Referential
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Judgement

if TYPE_CHECKING:
    from carene.apps.assessments.models import Assessment
    from carene.apps.roadmaps.models import Action, Scenario

NONE = "aucun"  # asked for as a scenario: the document says nothing of a roadmap


@dataclass(frozen=True)
class Choice:
    """What a document may be made from, and what was chosen; ``scenarios`` are those of the chosen referential."""

    assessments: Sequence[Assessment] = field(default_factory=list)
    scenarios: Sequence[Scenario] = field(default_factory=list)
    assessment: Assessment | None = None
    scenario: Scenario | None = None


def choice(organisation: Organisation, assessment: str = "", scenario: str = "") -> Choice:
    """Reads ids as an address gives them. Unknown or empty ones fall back on what people expect: the last validated
    assessment, else the one under way; the adopted scenario, else the latest. Three queries at most."""
    node = organisation.node
    rows = list(assessments.of(node))
    chosen = next((row for row in rows if str(row.pk) == assessment), None) or _usual(rows)
    if chosen is None:
        return Choice()
    scenarios = [row for row in roadmaps.scenarios(node) if row.referential == chosen.referential]
    picked = None
    if scenario != NONE and scenarios:
        picked = next((row for row in scenarios if str(row.pk) == scenario), None) or _adopted(scenarios)
    return Choice(rows, scenarios, chosen, roadmaps.scenario(node, picked.pk) if picked else None)


def _usual(rows: Sequence[Assessment]) -> Assessment | None:
    ours = [row for row in rows if row.referential == CARE] or list(rows)
    return next((row for row in ours if row.state == row.State.VALIDATED), ours[0] if ours else None)


def _adopted(scenarios: Sequence[Scenario]) -> Scenario:
    return next((row for row in scenarios if is_adopted(row)), scenarios[0])


def is_adopted(scenario: Scenario) -> bool:
    return scenario.adopted_at is not None and scenario.retired_at is None


def dossier(
    actor: Actor,
    organisation: Organisation,
    assessment: Assessment,
    scenario: Scenario | None,
    *,
    simulated: bool = False,
) -> Dossier:
    """Everything that the documents say. ``scenario`` was read with its plan; None leaves the roadmap out.

    ``simulated``: with what attacks may cost, half a second more; for those documents that tell it.

    Raises PermissionDenied without « report.make ». Seven queries at most.
    """
    node = organisation.node
    actor.require("report.make", node)
    today = timezone.localdate()
    previous = assessment.previous
    sheet, *before = assessments.sheets(organisation, [row for row in (assessment, previous) if row is not None])
    plan = roadmaps.plan_of(scenario) if scenario else None
    found = Dossier(
        organisation=organisation.name,
        key=organisation.finess or f"carene-{organisation.pk}",
        subtitle=subtitle(organisation, sheet.referential),
        evaluated=evaluated(assessment),
        referential=sheet.referential,
        profile=sheet.profile,
        judgement=sheet.judgement,
        previous=_judged_then(before[0]) if before else None,
        plan=plan,
        scenario=scenario.name if scenario and plan else "",
        prepared_on=today,
        assumptions=_assumptions(organisation, assessment, today),
        history=_history(organisation, sheet),
        answers={key: assessments.to_engine(row) for key, row in sheet.answers.items()},
        overridden=frozenset(roadmaps.overrides(node)) if plan else frozenset(),
        risk=risks.board_of(organisation, sheet, plan) if simulated and actor.can("risk.view", node) else None,
    )
    if plan is None or scenario is None or not is_adopted(scenario):
        return found
    done = carried.carried(plan, roadmaps.actions(node), assessment.referential)
    found = replace(
        found,
        plan=done.plan,
        follow_ups=done.follow_ups,
        assumptions=(*found.assumptions, *done.remarks),
        outside=done.outside,
    )
    return replace(found, decisions=carried.decisions(found))


def action_dossier(organisation: Organisation, action: Action, referential: Referential) -> Dossier:
    """What the calendar of one action needs, and nothing more."""
    start = action.start_on.replace(day=1)
    problem = Problem(start, 12, {}, {}, (carried.candidate(action),), {}, {}, {})
    plan = Plan(problem, (carried.alone(action, start),), (), (), (), (), 0.0, "")
    profile = profile_of(organisation, referential)
    return Dossier(
        organisation=organisation.name,
        key=organisation.finess or f"carene-{organisation.pk}",
        referential=referential,
        profile=profile,
        judgement=judge(referential, profile, {}, {}, timezone.localdate()),
        prepared_on=timezone.localdate(),
        plan=plan,
        roadmap_title=action.title,
        follow_ups={carried.key_of(action): carried.follow_up(action)},
    )


def subtitle(organisation: Organisation, referential: Referential) -> str:
    """« Centre hospitalier, 412 lits et places, 1 180 postes »."""
    parts = [referential.types.get(organisation.type, "")]
    if organisation.beds:
        parts.append(french.counted(organisation.beds, "lit et place", "lits et places"))
    if organisation.workstations:
        parts.append(french.counted(organisation.workstations, "poste"))
    return ", ".join(part for part in parts if part)


def evaluated(assessment: Assessment) -> str:
    """« Évaluation validée le 14 novembre 2026 par Denise Duval. »."""
    if assessment.validated_at is not None:
        by = f" par {assessment.validated_by}" if assessment.validated_by else ""
        return f"Évaluation validée le {_day(assessment.validated_at)}{by}."
    if assessment.submitted_at is not None:
        return f"Évaluation soumise à la direction le {_day(assessment.submitted_at)}, pas encore validée."
    return f"Évaluation commencée le {_day(assessment.started_at)}, pas encore validée."


def _day(moment: dt.datetime) -> str:
    return french.long_date(timezone.localtime(moment).date())


def _judged_then(sheet: assessments.Sheet) -> Judgement:
    """The previous assessment as declared, on the day of its validation: the measures of that day are not known."""
    row = sheet.assessment
    day = timezone.localtime(row.validated_at or row.started_at).date()
    answers = {key: assessments.to_engine(answer) for key, answer in sheet.answers.items()}
    return judge(sheet.referential, sheet.profile, answers, {}, day, groups=sheet.groups)


def _history(organisation: Organisation, sheet: assessments.Sheet) -> tuple[TrendPoint, ...]:
    """Results kept at each validation before this one, then this judgement."""
    row = sheet.assessment
    points = [
        TrendPoint(
            timezone.localtime(past.validated_at).date(), past.result.get("overall"), past.result.get("axes") or {}
        )
        for past in assessments.history(organisation.node, row.referential)
        if past.pk != row.pk
        and past.result
        and past.validated_at is not None
        and past.validated_at < (row.validated_at or timezone.now())
    ]
    judgement = sheet.judgement
    day = timezone.localtime(row.validated_at).date() if row.validated_at else judgement.judged_on
    now = TrendPoint(day, judgement.overall.score, {axis.id: axis.score for axis in judgement.axes})
    return (*points, now)


def _assumptions(organisation: Organisation, assessment: Assessment, today: dt.date) -> tuple[str, ...]:
    said = []
    if organisation.workstations is None:
        said.append(
            "Le nombre de postes n'est pas renseigné : les coûts sont ceux d'un établissement de taille moyenne."
        )
    if not organisation.type:
        said.append("Le type d'établissement n'est pas renseigné : aucune question n'a été écartée pour cette raison.")
    if assessment.validated_at is not None and timezone.localtime(assessment.validated_at).date() < today:
        said.append(
            f"Les réponses sont celles validées le {_day(assessment.validated_at)} ; les indicateurs et l'âge des "
            f"réponses sont ceux du {french.long_date(today)}."
        )
    return tuple(said)
