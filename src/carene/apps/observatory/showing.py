# SPDX-License-Identifier: EUPL-1.2
"""Figures as people read them: words beside values, charts with their table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from carene.apps.observatory.queries import AREAS
from carene.apps.observatory.reading import Child, Detail, Line, Peers, Reading, Table
from carene.apps.organisations.models import Organisation
from carene.engines import french
from carene.engines.observatory.explain import CONFIDENCE, written, written_of_one
from carene.engines.observatory.model import Figure, Goal, Series
from carene.engines.referential.catalogue import care
from carene.ui.charts.beside import Dated, beside_chart
from carene.ui.charts.follow import Followed, follow_chart, spark
from carene.ui.charts.ranges import RangeRow, Scale, ranges_chart, round_ends

HIDDEN = "trop peu de réponses"
WIDE, NARROW = 720, 330
SMALL_SHARE = 25  # percent: under it a scale that goes to 100 would show nothing


def themes() -> dict[str, str]:
    """Theme → its title, in the order of the page."""
    axes = {axis.id.lower(): axis.title for axis in care().axes}
    return {
        "programme": "Les chiffres du programme CaRE",
        "maturite": "La maturité, selon les évaluations validées",
        **axes,
        "incidents": "Les incidents",
        "autres": "Autres mesures",
    }


def said_by(figure: Figure, own: bool, value: float) -> str:
    """The value of a whole, or of one establishment."""
    return written_of_one(figure, value, care()) if own else written(figure, value)


def aim(figure: Figure, goal: Goal, own: bool) -> str:
    """« au moins 70 % », « oui »."""
    said = said_by(figure, own, goal.value)
    if own and figure.formula.kind != "ratio" and care().indicator[figure.formula.of].kind == "boolean":
        return said
    return f"{'au moins' if goal.op == '>=' else 'au plus'} {said}"


@dataclass(frozen=True)
class Row:
    """A line of the table, in words. ``reached``: None where nothing is aimed at, or nothing is known."""

    line: Line
    spark: SafeString
    aimed: str
    each: bool  # is it what each one aims at, not the whole?
    reached: bool | None
    share: str
    answers: str


@dataclass(frozen=True)
class Theme:
    key: str
    title: str
    known: list[Row] = field(default_factory=list)
    never: list[Line] = field(default_factory=list)


def by_theme(table: Table, searched: str) -> list[Theme]:
    """Those that hold something; ``searched``: words that the titles must hold."""
    wanted = french.sort_key(searched.strip())
    found = []
    for key, title in themes().items():
        theme = Theme(key, title)
        for line in table.themes.get(key, ()):
            if wanted and wanted not in french.sort_key(line.figure.title):
                continue
            if line.now is not None and line.now.answered:
                theme.known.append(_row(line))
            else:
                theme.never.append(line)
        if theme.known or theme.never:
            found.append(theme)
    return found


def _row(line: Line) -> Row:
    figure, now = line.figure, line.now
    assert now is not None
    drawn = spark(
        line.trend, lambda value: said_by(figure, line.own, value),
        title=f"Douze mois : {figure.title}", ident=f"s-{figure.id}",
    )  # fmt: skip
    goal = figure.goal if line.own else figure.target or figure.goal
    each = not line.own and figure.target is None
    one = line.own or each
    reached = line.on_target
    if line.own and figure.goal is not None and now.value is not None:
        reached = figure.goal.met(now.value)
    share = now.share_at_target
    counted = share is not None and not line.own and not line.hidden
    return Row(
        line,
        mark_safe(drawn),  # nosec B308 - built element by element
        aim(figure, goal, one) if goal is not None else "",
        each,
        reached,
        f"{french.percent(share, 0)}" if counted and share is not None else "",
        answers(now),
    )


def answers(reading: Reading) -> str:
    """« 12 sur 45 »."""
    return f"{french.number(reading.answered)} sur {french.number(reading.population)}"


def value_of(figure: Figure, reading: Reading | None, hidden: bool = False) -> str:
    """Of an area: its value, or why there is none."""
    if reading is None or not reading.answered:
        return "non évalué"
    return HIDDEN if hidden else written(figure, reading.value)


@dataclass(frozen=True)
class Chart:
    wide: SafeString
    narrow: SafeString


def _both(draw: Any, ident: str) -> Chart:
    wide = draw(width=WIDE, ident=ident)
    return Chart(mark_safe(wide), mark_safe(draw(width=NARROW, ident=f"{ident}-n")))  # nosec B308


def trend(found: Detail, own: bool) -> Chart:
    """Thirty-six months, what was restated, the target."""
    figure = found.figure
    goal = figure.goal if own else figure.target
    moments = [
        Followed(
            one.month,
            one.now.value if one.now else None,
            one.closed.value if one.restated and one.closed else None,
        )
        for one in found.moments
    ]

    seen = [one.value for one in moments if one.value is not None] + ([goal.value] if goal else [])
    scale = scale_for(figure, seen).ticks

    def draw(**shape: Any) -> str:
        return follow_chart(
            moments, lambda value: said_by(figure, own, value), title=figure.question,
            target=goal.value if goal else None, aimed="objectif" if own else "cible",
            ends=(scale[0][0], scale[-1][0]), **shape,
        )  # fmt: skip

    return _both(draw, "serie")


def spread(found: Detail) -> Chart | None:
    """How values spread: here, then in each area right below. None where the figure has only yes and no."""
    figure, now = found.figure, found.now
    if figure.formula.kind == "share" or now is None or now.median is None or found.hidden:
        return None
    named = [("Ensemble", now), *((child.label, child.reading) for child in found.children)]
    rows = [
        _range(figure, label, reading, found.ranked) for label, reading in named if reading and reading.q1 is not None
    ]
    scale = scale_for(figure, [row.low for row in rows] + [row.high for row in rows])
    legend = "La bande foncée va du premier au troisième quart, le point est la médiane."
    if found.ranked:
        legend = f"La bande claire va de la plus petite à la plus grande valeur. {legend}"

    def draw(**shape: Any) -> str:
        return ranges_chart(rows, scale, title="Répartition des valeurs", legend=legend, **shape)

    return _both(draw, "repartition")


def _range(figure: Figure, label: str, reading: Reading, ranked: bool) -> RangeRow:
    """Without the extremes for who may not read each one: they are the values of somebody."""
    q1, median, q3 = reading.q1 or 0.0, reading.median or 0.0, reading.q3 or 0.0
    low = reading.minimum if ranked and reading.minimum is not None else q1
    high = reading.maximum if ranked and reading.maximum is not None else q3
    said = f"médiane {said_by(figure, True, median)}"
    return RangeRow(label, low, median, high, said, (q1, q3), french.counted(reading.answered, "réponse"))


def scale_for(figure: Figure, values: Sequence[float]) -> Scale:
    """Percentages from 0 to 100 unless they are all small, the rest from 0 to what is seen."""
    low, top = min([0.0, *values]), max([0.0, *values])
    ends = round_ends(low, 100.0 if figure.unit == "%" and top > SMALL_SHARE else top)
    return Scale(tuple((step, french.number(step)) for step in ends))


def peers_chart(found: Peers) -> Chart | None:
    if found.q1 is None or found.median is None or found.q3 is None:
        return None
    figure = found.figure
    rows = [
        RangeRow(
            "Établissements semblables", found.q1, found.median, found.q3,
            f"médiane {said_by(figure, True, found.median)}", (found.q1, found.q3),
            french.counted(found.answered, "réponse"),
        )
    ]  # fmt: skip
    if found.own is not None:
        rows.insert(0, RangeRow("Ici", found.own, found.own, found.own, said_by(figure, True, found.own)))
    scale = scale_for(figure, [row.high for row in rows])

    def draw(**shape: Any) -> str:
        legend = "La bande va du premier au troisième quart, le point est la médiane."
        return ranges_chart(rows, scale, title="Ici et chez les établissements semblables", legend=legend, **shape)

    return _both(draw, "semblables")


def published(found: Detail, organisation: Organisation) -> list[dict[str, Any]]:
    """Series that others published, each point in words with its source; drawn, with ours where both are national."""
    return [
        {
            "title": one.title,
            "chart": _beside(found, one, organisation),
            "points": [
                {
                    "date": point.date,
                    "said": french.with_unit(point.value, one.unit),
                    "note": point.note,
                    "source": point.source,
                    "confidence": CONFIDENCE[point.source.confidence],
                }
                for point in sorted(one.points, key=lambda point: point.date)
            ],
        }
        for one in found.public
    ]


def _beside(found: Detail, series: Series, organisation: Organisation) -> Chart | None:
    """None for a single date: the table says it all. Of two sources of one day, the first is drawn."""
    points = {point.date: point.value for point in reversed(series.points)}
    if len(points) < 2:
        return None
    same = organisation.kind == Organisation.Kind.NATION and series.unit == found.figure.unit and not found.hidden
    counted = [Dated(one.month, one.now.value) for one in found.moments if one.now and one.now.value is not None]

    def draw(**shape: Any) -> str:
        return beside_chart(
            [Dated(*point) for point in sorted(points.items())],
            counted if same and series.id in found.figure.series else [],
            lambda value: french.with_unit(value, "%") if series.unit == "%" else french.number(value),
            title=series.title,
            **shape,
        )

    return _both(draw, f"publie-{series.id}")


def ordered(figure: Figure, children: Sequence[Child], ranked: bool) -> list[Child]:
    """Best first for who may read each one's value, else as they come; those without a value last."""
    if not ranked:
        return list(children)
    sign = -1 if figure.direction == "higher" else 1

    def rank(child: Child) -> tuple[bool, float]:
        value = child.reading.value if child.reading else None
        return value is None, sign * (value or 0.0)

    return sorted(children, key=rank)


def is_area(organisation: Organisation) -> bool:
    return organisation.kind in AREAS


def months_back(table_months: Sequence[dt.date]) -> list[tuple[str, str]]:
    """Choices of the page, latest first."""
    return [(f"{day:%Y-%m}", french.month_and_year(day)) for day in reversed(table_months)]
