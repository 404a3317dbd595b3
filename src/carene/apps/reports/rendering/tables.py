# SPDX-License-Identifier: EUPL-1.2
"""The rows that several documents share, so that the PDF, the workbook and the summary say the same things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from carene.apps.reports.rendering.dossier import STATE_WORDS, ActionLine, Dossier
from carene.engines import french
from carene.engines.planner.model import Plan, Step
from carene.engines.planner.outlook import Moment, moments, regret
from carene.engines.referential.model import Criterion, Referential
from carene.engines.scoring.measured import explain_disagreement
from carene.engines.scoring.model import CriterionResult, NodeResult
from carene.ui.charts.charts import Bar, BarGroup, Series, YearBar
from carene.ui.charts.gantt import GanttRow, LoadBar

CONFIDENCES: Mapping[str, str] = {
    "official": "officiel",
    "secondary": "repris d'un tiers",
    "inferred": "estimation",
    "to_check": "à vérifier",
}
STATES: Mapping[str, str] = {
    "declared": "déclaré",
    "measured": "mesuré",
    "stale": "à revoir",
    "unanswered": "non évalué",
    "not_applicable": "non applicable",
}

_FULL = 0.95  # from this share of its capacity on, a skill has no room left


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion with its place in the referential and what was answered."""

    criterion: Criterion
    axis: str
    objective: str
    result: CriterionResult
    comment: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A strength or a weakness, in words. ``measures`` are titles; ``attacks`` is empty for a strength."""

    id: str
    title: str
    axis: str
    socle: bool
    level: int
    target: int
    top: int
    text: str  # what the level reached says
    reason: str
    attacks: tuple[str, ...]
    aims: tuple[str, ...]
    measures: tuple[str, ...]


def label_of(names: Mapping[str, str], key: str) -> str:
    """The French name of a key of a vocabulary, or the key itself when the referential does not name it."""
    return names.get(key, key)


def criterion_rows(dossier: Dossier) -> list[CriterionRow]:
    """Every judged criterion, in the order of the referential."""
    referential = dossier.referential
    rows = []
    for result in dossier.judgement.criteria:
        criterion = referential.criterion[result.criterion]
        objective = referential.objective[criterion.objective]
        answer = dossier.answers.get(criterion.id)
        said = [answer.justification, answer.comment] if answer else []
        comment = "\n".join(text for text in said if text.strip())
        rows.append(CriterionRow(criterion, referential.axis[objective.axis].title, objective.title, result, comment))
    return rows


def strength_rows(dossier: Dossier) -> list[FindingRow]:
    """Strengths, best first."""
    return [
        _finding(dossier.referential, item.criterion, item.level, item.target, item.reason)
        for item in dossier.judgement.strengths
    ]


def weakness_rows(dossier: Dossier) -> list[FindingRow]:
    """Weaknesses, most urgent first."""
    referential = dossier.referential
    return [
        replace(
            _finding(referential, item.criterion, item.level, item.target, item.reason),
            attacks=tuple(label_of(referential.attacks, key) for key in item.attacks),
            aims=tuple(label_of(referential.aims, key) for key in item.aims),
            measures=tuple(referential.measure[key].title for key in item.measures if key in referential.measure),
        )
        for item in dossier.judgement.weaknesses
    ]


def _finding(referential: Referential, key: str, level: int, target: int, reason: str) -> FindingRow:
    criterion = referential.criterion[key]
    axis = referential.axis[referential.objective[criterion.objective].axis].title
    return FindingRow(
        key,
        criterion.title,
        axis,
        criterion.socle,
        level,
        target,
        criterion.top,
        criterion.levels[level],
        reason,
        (),
        (),
        (),
    )


def unanswered(dossier: Dossier) -> list[CriterionRow]:
    return [row for row in criterion_rows(dossier) if row.result.state == "unanswered"]


def disagreements(dossier: Dossier) -> list[tuple[str, str, str]]:
    """Identifier, title and sentence of each criterion that a measure contradicts, those declared too high first."""
    referential = dossier.referential
    found = []
    for result in dossier.judgement.criteria:
        criterion = referential.criterion[result.criterion]
        if result.disagrees and criterion.thresholds is not None:
            indicator = referential.indicator[criterion.thresholds.indicator]
            too_low = (result.measured or 0) > (result.declared or 0)
            sentence = explain_disagreement(criterion, indicator, result)
            found.append((too_low, criterion.id, criterion.title, sentence))
    return [(key, title, sentence) for _, key, title, sentence in sorted(found, key=lambda one: one[0])]


def axis_bars(dossier: Dossier) -> list[Bar]:
    """One bar an axis, with its coverage as note."""
    titles = {axis.id: axis.title for axis in dossier.referential.axes}
    return [_bar(node, titles[node.id], _coverage(node)) for node in dossier.judgement.axes if node.applicable]


def objective_groups(dossier: Dossier) -> list[BarGroup]:
    """The objectives that concern the establishment, by axis."""
    groups = []
    for axis in dossier.referential.axes:
        nodes = [dossier.judgement.objective.get(o.id) for o in dossier.referential.objectives_of[axis.id]]
        titles = {o.id: o.title for o in dossier.referential.objectives_of[axis.id]}
        bars = tuple(_bar(node, titles[node.id], "") for node in nodes if node is not None and node.applicable)
        if bars:
            groups.append(BarGroup(axis.title, bars))
    return groups


def _bar(node: NodeResult, title: str, note: str) -> Bar:
    known = node.score is not None and node.previous is not None
    delta = (node.score or 0) - (node.previous or 0) if known else None
    return Bar(title, node.score, node.target, node.measured, delta, note)


def _coverage(node: NodeResult) -> str:
    """« 18 critères sur 24 évalués » only when some are missing."""
    if node.answered == node.applicable:
        return french.counted(node.applicable, "critère")
    evaluated = french.plural(node.answered, "évalué")
    return f"{node.answered} {evaluated} sur {french.counted(node.applicable, 'critère')}"


def history_series(dossier: Dossier) -> tuple[list[Series], list[dt.date]]:
    """The whole, then each axis, over the judgements that had something to judge."""
    points = sorted((one for one in dossier.history if one.overall is not None), key=lambda point: point.on)
    targets = {node.id: node.target for node in dossier.judgement.axes}
    series = [Series("Ensemble", tuple(point.overall for point in points), dossier.judgement.overall.target)]
    for axis in dossier.referential.axes:
        values = tuple(point.axes.get(axis.id) for point in points)
        if any(value is not None for value in values):
            series.append(Series(axis.title, values, targets.get(axis.id)))
    return series, [point.on for point in points]


def projection(dossier: Dossier) -> tuple[Moment, ...]:
    """Where the plan leads: before it, then at the end of each quarter; empty without plan."""
    return moments(dossier.referential, dossier.judgement, dossier.plan) if dossier.plan else ()


def projection_series(dossier: Dossier) -> tuple[list[Series], list[str]]:
    """The same, as series of a chart: the whole, then each axis that concerns the establishment."""
    found = projection(dossier)
    if not found:
        return [], []
    now = dossier.judgement
    series = [Series("Ensemble", tuple(moment.overall for moment in found), now.overall.target)]
    for axis in dossier.referential.axes:
        node = now.axis[axis.id]
        if node.applicable:
            series.append(Series(axis.title, tuple(moment.axes[axis.id] for moment in found), node.target))
    return series, ["avant", *(french.quarter(moment.on) for moment in found[1:])]


def gantt_rows(dossier: Dossier) -> list[GanttRow]:
    return [
        GanttRow(line.title, line.start, line.end, action_note(dossier, line), line.state, line.shared, line.deadline)
        for line in dossier.actions
        if line.state != "dropped"
    ]


def action_note(dossier: Dossier, line: ActionLine) -> str:
    """Who, how long, how much, in a few words: « Systèmes, réseau, 18 jours, 14 k€ »."""
    days = sum(line.planned.person_days.values())
    parts = [owners(dossier, line)] if owners(dossier, line) else []
    if days:
        parts.append(french.person_days(days))
    parts.append(french.compact_euros(line.planned.cost))
    return ", ".join(parts)


def owners(dossier: Dossier, line: ActionLine) -> str:
    """The named owner, else the two skills that work most on it."""
    if line.owner:
        return line.owner
    skills = sorted(line.planned.person_days, key=lambda key: -line.planned.person_days[key])
    named = [label_of(dossier.referential.skills, key) for key in skills if line.planned.person_days[key] > 0][:2]
    return " et ".join(named)


def effort_words(dossier: Dossier, person_days: Mapping[str, float]) -> str:
    """« Systèmes 12, réseau 6 », most first; skills without work are not named."""
    ordered = sorted(person_days.items(), key=lambda item: -item[1])
    return ", ".join(
        f"{label_of(dossier.referential.skills, key)}{french.SPACE}{french.number(days, None if days < 10 else 0)}"
        for key, days in ordered
        if days > 0
    )


def raises_words(dossier: Dossier, steps: tuple[Step, ...]) -> str:
    """« RSSI nommé 0 → 2 ; Comités 1 → 3 »."""
    titles = {key: criterion.title for key, criterion in dossier.referential.criterion.items()}
    arrow = f"{french.SPACE}→{french.SPACE}"
    return " ; ".join(f"{label_of(titles, step.criterion)} {step.start}{arrow}{step.end}" for step in steps)


def state_word(line: ActionLine) -> str:
    return STATE_WORDS[line.state]


def loads(plan: Plan) -> list[LoadBar]:
    """The work of the whole team, quarter by quarter; tight when one limited skill is nearly full."""
    days: dict[int, float] = dict.fromkeys(range(-(-plan.problem.months // 3)), 0.0)
    tight: set[int] = set()
    for load in plan.loads:
        days[load.quarter] = days.get(load.quarter, 0.0) + load.used
        if load.available is not None and load.used > 0 and load.used >= load.available * _FULL:
            tight.add(load.quarter)
    return [LoadBar(quarter, used, quarter in tight) for quarter, used in sorted(days.items())]


def year_bars(plan: Plan) -> list[YearBar]:
    return [YearBar(year.year, year.budget, year.spent) for year in plan.years]


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A measure that the plan does not hold; ``idle`` when it would have changed nothing here."""

    title: str
    reason: str
    brief: str  # the reason in one line
    idle: bool
    regret: float  # what it could still have brought


def left_out_rows(dossier: Dossier) -> list[LeftOutRow]:
    """What was left out and why: the most regretted first, those that had nothing to change here last."""
    if dossier.plan is None:
        return []
    titles = {key: measure.title for key, measure in dossier.referential.measure.items()}
    titles.update({candidate.id: candidate.title for candidate in dossier.plan.problem.candidates})
    known = {candidate.id: candidate for candidate in dossier.plan.problem.candidates}
    rows = [
        LeftOutRow(
            title=label_of(titles, item.measure),
            reason=item.reason,
            brief=item.short,
            idle=item.code in ("no_effect", "not_applicable"),
            regret=regret(dossier.plan, known[item.measure]) if item.measure in known else 0.0,
        )
        for item in dossier.plan.left_out
    ]
    return sorted(rows, key=lambda row: (row.idle, -row.regret))
