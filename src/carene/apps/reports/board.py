# SPDX-License-Identifier: EUPL-1.2
"""One page for those who decide: where we stand, what it costs, what we decide today. The same on screen and in PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from carene.apps.governance import figures
from carene.apps.governance import queries as governance
from carene.apps.organisations.models import Organisation
from carene.apps.reports import queries
from carene.apps.reports.rendering import narrative, tables
from carene.apps.reports.rendering.dossier import ActionLine, Dossier
from carene.core.access.actor import Actor
from carene.engines import french
from carene.engines.governance.pack import governance as pack
from carene.engines.months import add_months

MOST_DECISIONS, MOST_LATE, MOST_ACTIONS = 5, 5, 3
AHEAD = 6  # months within which an action is one to engage today
UNKNOWN_COST = "coût à dire en séance"


@dataclass(frozen=True)
class Proposed:
    """One thing to decide; nothing is left to format."""

    title: str
    cost: str
    effect: str


@dataclass(frozen=True)
class Page:
    organisation: str
    subtitle: str
    prepared_on: dt.date
    headline: str
    standing: list[str]
    risk: list[str] = field(default_factory=list)
    money: list[tuple[str, str, str]] = field(default_factory=list)  # what, figure, beside its target
    costs: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    more_late: int = 0
    undated: int = 0
    decisions: list[Proposed] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def page(actor: Actor, organisation: Organisation) -> Page:
    """What is known today, and nothing else. Raises PermissionDenied without « report.make »."""
    actor.require("report.make", organisation.node)
    today, node = timezone.localdate(), organisation.node
    picked = queries.choice(organisation)
    found = (
        queries.dossier(actor, organisation, picked.assessment, picked.scenario, simulated=True)
        if picked.assessment
        else None
    )
    years = governance.years(node)
    late, undated = _late(organisation, today)
    adopted = picked.scenario is not None and queries.is_adopted(picked.scenario)
    return Page(
        organisation=organisation.name,
        subtitle=found.subtitle if found else "",
        prepared_on=today,
        headline=_headline(found),
        standing=_standing(found),
        risk=_risk(found),
        money=_money(years),
        costs=narrative.costs(found) if found and found.plan else [],
        late=late[:MOST_LATE],
        more_late=max(0, len(late) - MOST_LATE),
        undated=undated,
        decisions=_decisions(organisation, found, years, today, adopted=adopted),
        sources=_sources(found, years),
    )


def _headline(found: Dossier | None) -> str:
    if found is None:
        return "Pas encore évalué"
    title = narrative.headline_title(found)
    return f"{narrative.headline(found)} : {title[:1].lower()}{title[1:]}" if title else narrative.headline(found)


def _standing(found: Dossier | None) -> list[str]:
    if found is None:
        return ["L'auto-évaluation n'a pas commencé : on ne sait pas encore où se tient l'établissement."]
    return [*narrative.standing(found), found.evaluated]


def _risk(found: Dossier | None) -> list[str]:
    """CaRE's two aims."""
    if found is None or found.risk is None:
        return []
    return [one for one in (found.risk.headline + ".", found.risk.prevent, found.risk.recover) if one.strip(".")]


def _money(years: list[governance.Year]) -> list[tuple[str, str, str]]:
    if not years:
        return []
    when = f"{years[0].year}, {years[0].best.get_stage_display()}"
    return [(f"{one.label} ({when})", one.value, one.note) for one in figures.shares(years[0])]


def _late(organisation: Organisation, today: dt.date) -> tuple[list[str], int]:
    """Late duties, documents and decisions in words, and how many duties were never given a day."""
    dues = governance.duties(organisation, today)
    carried = {due.duty.document for due in dues if due.duty.document}
    found = [(due.due_on, due.duty.title) for due in dues if due.state == "late" and due.due_on is not None]
    found += [
        (row.next_on, f"Relire : {row.title}")
        for row in governance.policies(organisation.node)
        if row.next_on is not None and row.next_on < today and row.kind not in carried
    ]
    rows = sorted(found)
    return [f"{title}, {french.due(day, today)}" for day, title in rows], sum(due.state == "undated" for due in dues)


def _decisions(
    organisation: Organisation, found: Dossier | None, years: list[governance.Year], today: dt.date, *, adopted: bool
) -> list[Proposed]:
    """Three to five, what cannot wait first: money, people, actions to engage, decisions that were not carried out."""
    proposed = [
        *_of_plan(found, today, adopted=adopted),
        *_of_people(organisation),
        *_of_committees(organisation, today),
        *_of_money(years),
    ]
    return proposed[:MOST_DECISIONS]


def _of_plan(found: Dossier | None, today: dt.date, *, adopted: bool) -> list[Proposed]:
    if found is None:
        return [Proposed("Commencer l'auto-évaluation", "aucun euro, quelques heures", "savoir par où commencer")]
    if found.plan is None or not found.plan.actions:
        asked = narrative.decisions(found)[:1]
        return [Proposed(one.rstrip("."), "aucun euro à ce stade", "un plan chiffré à adopter") for one in asked]
    if not adopted:
        cost = sum(action.cost for action in found.plan.actions)
        effect = narrative.gains(found).rstrip(".")
        return [Proposed(f"Adopter la feuille de route « {found.scenario} »", french.compact_euros(cost), effect)]
    until = add_months(today, AHEAD)
    waiting = [line for line in found.actions if line.state in {"planned", "late"} and line.start <= until]
    waiting.sort(key=lambda line: (line.state != "late", -len(line.planned.raises), line.start))
    return [_of_action(found, line) for line in waiting[:MOST_ACTIONS]]


def _of_action(found: Dossier, line: ActionLine) -> Proposed:
    verb = "Débloquer" if line.state == "late" else "Engager"
    cost = french.compact_euros(line.planned.cost) if line.planned.cost else "aucun euro, du temps des équipes"
    if line.planned.yearly:
        cost += f", puis {french.compact_euros(line.planned.yearly)} par an"
    effect = tables.raises_words(found, line.planned.raises) or "voir la feuille de route"
    return Proposed(f"{verb} : {line.title}", cost, effect)


def _of_people(organisation: Organisation) -> list[Proposed]:
    posts = list(governance.posts(organisation.node))
    if not posts or governance.team(posts).rssi_named:
        return []
    return [
        Proposed("Nommer un RSSI, ici ou partagé dans le groupement", UNKNOWN_COST, "la feuille de route est conduite")
    ]  # fmt: skip


def _of_committees(organisation: Organisation, today: dt.date) -> list[Proposed]:
    """What was decided, and that nothing carries: to confirm with a new day, or to give up."""
    rows = [row for row in governance.open_decisions(organisation.node) if row.late_on(today) and row.action_id is None]
    return [
        Proposed(
            f"Confirmer ou abandonner : {row.text.rstrip('.')}",
            UNKNOWN_COST,
            f"décidé en {row.meeting.committee.title} le {french.long_date(row.meeting.held_on)}, "
            f"échue {french.due(row.due_on or today, today)}",
        )
        for row in rows[:2]
    ]


def _of_money(years: list[governance.Year]) -> list[Proposed]:
    lacking = figures.lacking(years[0]) if years else 0.0
    if not lacking:
        return []
    target = french.percent(pack().budget.digital.target)
    return [
        Proposed(
            f"Tracer le chemin vers {target} de l'exploitation au numérique",
            f"{french.compact_euros(lacking)} par an à terme",
            "la cible du programme",
        )
    ]


def _sources(found: Dossier | None, years: list[governance.Year]) -> list[str]:
    said = []
    if found is not None:
        said.append(
            "Risque : calcul de Carène à partir des réponses ; il compare des choix, il ne prédit pas une année."
        )
    if found is not None and found.plan is not None:
        said.append("Coûts : estimations de Carène, sauf ceux que l'établissement a corrigés.")
    if years:
        source = pack().sources[pack().budget.digital.source]
        said.append(f"Cible budgétaire : {source.title} ({source.sure}).")
    return said
