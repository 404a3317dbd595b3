# SPDX-License-Identifier: EUPL-1.2
"""A checked draft → the objects that the rest of Carène reads."""

from __future__ import annotations

from carene.engines.observatory.draft import Draft
from carene.engines.observatory.model import (
    Confidentiality,
    Figure,
    Formula,
    Goal,
    Observatory,
    Operator,
    Point,
    Population,
    Series,
    Target,
)
from carene.engines.observatory.schema import FigureShape, FormulaShape, SeriesShape
from carene.engines.referential.model import Indicator, Referential, Source

EVERYONE = Population(frozenset({"entity", "site"}))


def build(draft: Draft, referential: Referential, digest: str) -> Observatory:
    """The figures of the pack, then one for each indicator of the referential that none of them has already."""
    sources = {
        key: Source(key, shape.title, shape.date, shape.confidence, shape.url)
        for key, shape in draft.shape.sources.items()
    }
    figures = [_figure(entry.shape, referential, draft.shape.goal_level) for entry in draft.figures]
    read = {figure.formula.of for figure in figures} | {figure.id for figure in figures}
    figures += [
        _plain(indicator, referential, draft.shape.goal_level)
        for indicator in referential.indicators
        if indicator.id not in read
    ]
    return Observatory(
        version=draft.shape.version,
        close_after_days=draft.shape.close_after_days,
        smallest_cell=draft.shape.smallest_cell,
        figures=tuple(figures),
        series=tuple(_series(entry.shape, sources) for entry in draft.series),
        sources=sources,
        digest=digest,
    )


def _figure(shape: FigureShape, referential: Referential, level: int) -> Figure:
    indicator = referential.indicator[shape.formula.of]
    wanted, target = shape.population, shape.target
    formula = _formula(shape.formula)
    if shape.goal is not None:
        goal: Goal | None = Goal(shape.goal.value, shape.goal.op)
    elif formula.kind == "share":
        goal = Goal(formula.threshold, formula.op)
    else:
        goal = _goal(indicator, referential, level) if formula.kind == "mean" else None
    return Figure(
        id=shape.id,
        theme=shape.theme,
        title=shape.title,
        question=shape.question,
        unit=shape.unit,
        direction=shape.direction,
        validity_months=shape.validity_months,
        formula=formula,
        population=Population(
            frozenset(wanted.kinds),
            frozenset(wanted.types) if wanted.types else None,
            frozenset(wanted.ght) if wanted.ght else None,
        ),
        weighting=shape.weighting,
        goal=goal,
        target=Target(target.value, target.op, target.confidence, target.source, target.by) if target else None,
        confidentiality=shape.confidentiality,
        series=tuple(shape.series),
        note=shape.note,
        minimum=indicator.minimum,
        maximum=indicator.maximum,
    )


def _formula(shape: FormulaShape) -> Formula:
    return Formula(shape.kind, shape.of, shape.over or "", shape.op or ">=", shape.threshold or 0.0, shape.factor)


def _plain(indicator: Indicator, referential: Referential, level: int) -> Figure:
    """The mean of an indicator of the referential, under its own name."""
    criteria = referential.criteria_for_indicator.get(indicator.id, ())
    axis = referential.objective[criteria[0].objective].axis.lower() if criteria else "autres"
    levels: dict[str, Confidentiality] = {name: name for name in ("indicateur", "synthese", "detail", "secret")}
    return Figure(
        id=indicator.id,
        theme=axis,
        title=indicator.title,
        question=indicator.title,
        unit=indicator.unit,
        direction=indicator.direction,
        validity_months=indicator.validity_months,
        formula=Formula("mean", indicator.id),
        population=EVERYONE,
        goal=_goal(indicator, referential, level),
        confidentiality=levels[indicator.confidentiality],
        minimum=indicator.minimum,
        maximum=indicator.maximum,
    )


def _goal(indicator: Indicator, referential: Referential, level: int) -> Goal | None:
    """The value that ``level`` of its first criterion asks for, or the next level that has one."""
    op: Operator = ">=" if indicator.direction == "higher" else "<="
    for criterion in referential.criteria_for_indicator.get(indicator.id, ()):
        if criterion.thresholds:
            wanted = [one for one in sorted(criterion.thresholds.bounds) if one >= level]
            if wanted:
                found = criterion.thresholds
                return Goal(found.bounds[wanted[0]], op, found.confidence, found.source)
    return None


def _series(shape: SeriesShape, sources: dict[str, Source]) -> Series:
    points = tuple(Point(p.date, p.value, sources[p.source], p.note) for p in shape.points)
    return Series(shape.id, shape.title, shape.unit, points, tuple(shape.beside))
