# SPDX-License-Identifier: EUPL-1.2
"""One value followed month by month: large with its target and what was restated, or small beside a figure.

Same conventions as ``carene.ui.charts.charts``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from carene.engines import french
from carene.ui.charts.charts import NARROW, empty_chart
from carene.ui.charts.svg import LIGHT, Drawing, Palette
from carene.ui.charts.text import text_width

Said = Callable[[float], str]
Place = tuple[float, float]

HEAD, PLOT, FOOT = 22.0, 170.0, 28.0


@dataclass(frozen=True, slots=True)
class Followed:
    """The value of a month, None where nothing is known; ``before``: what was first published, when it differs."""

    month: dt.date
    value: float | None
    before: float | None = None


def follow_chart(
    moments: Sequence[Followed],
    said: Said,
    *,
    title: str,
    target: float | None = None,
    aimed: str = "cible",
    ends: tuple[float, float] | None = None,
    width: float = 720,
    palette: Palette = LIGHT,
    ident: str = "",
) -> str:
    """A line that stops where nothing is known, rings on what was restated, dashes on the target (named ``aimed``).

    ``ends``: the values at the foot and the head of the plot; without it those of the values, zero included.
    """
    known = [one for one in moments if one.value is not None]
    if len(moments) < 2 or not known:
        sentence = "La courbe s'affichera quand deux mois auront une valeur."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    low, high = ends or _ends(moments, target)
    last = known[-1]
    words = said(last.value or 0.0)
    right = width if width < NARROW else width - max(text_width(words, 15, bold=True), _wide(said, target, aimed)) - 16
    base, span = HEAD + PLOT, (high - low) or 1.0

    def place(rank: int, value: float) -> Place:
        return 8 + rank / (len(moments) - 1) * (right - 16), base - (min(max(value, low), high) - low) / span * PLOT

    drawing.line(0, base, right, base, "strong")
    runs = list(
        _runs([(place(rank, one.value) if one.value is not None else None) for rank, one in enumerate(moments)])
    )
    for run in runs:
        if len(run) > 1:
            drawing.area(run, base, "tint")
            drawing.path(run, "accent", thickness=2.4)
        else:
            drawing.dot(*run[0], "accent")
    if target is not None:
        _target(drawing, place(0, target)[1], f"{aimed} {said(target)}", right)
    for rank, one in enumerate(moments):
        if one.before is not None:
            x, y = place(rank, one.before)
            drawing.ring(
                x, y, "measured", said=f"{french.month_and_year(one.month)}, d'abord publié : {said(one.before)}"
            )
    x, y = runs[-1][-1]
    drawing.dot(x, y, "accent", radius=5, said=f"{french.month_and_year(last.month)} : {words}")
    if right < width:
        drawing.text(right + 10, y + 5, words, size=15, role="ink", bold=True)
    else:
        drawing.text(right, max(y - 12, 14), words, size=15, role="ink", bold=True, anchor="end")
    drawing.text(0, base + 20, _short(moments[0].month), size=12.5)
    drawing.text(right, base + 20, _short(moments[-1].month), size=12.5, anchor="end")
    desc = f"{french.month_and_year(known[0].month)} : {said(known[0].value or 0.0)}. "
    desc += f"{french.month_and_year(last.month)} : {words}."
    if target is not None:
        desc += f" {french.capitalised(aimed)} : {said(target)}."
    return drawing.render(base + FOOT, kind="follow", title=title, desc=desc, ident=ident)


def _ends(moments: Sequence[Followed], target: float | None) -> tuple[float, float]:
    values = [one.value for one in moments if one.value is not None]
    values += [one.before for one in moments if one.before is not None]
    values += [target] if target is not None else []
    return min(0.0, *values), max(values) * 1.08 or 1.0


def _wide(said: Said, target: float | None, aimed: str) -> float:
    return 0.0 if target is None else text_width(f"{aimed} {said(target)}", 12.5)


def _target(drawing: Drawing, y: float, words: str, right: float) -> None:
    drawing.line(0, y, right, y, "ink", dash="2 4", thickness=1.6)
    if right < drawing.width:
        drawing.text(right + 10, y - 8, words, size=12.5)
    else:
        drawing.text(0, y - 6, words, size=12.5)


def _runs(places: Iterable[Place | None]) -> Iterable[list[Place]]:
    """Neighbours that are known, together."""
    run: list[Place] = []
    for one in places:
        if one is not None:
            run.append(one)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _short(day: dt.date) -> str:
    return f"{french.SHORT_MONTHS[day.month - 1]} {day.year}"


def spark(values: Sequence[float | None], said: Said, *, title: str, ident: str, palette: Palette = LIGHT) -> str:
    """A small line for a cell of a table, on its own scale; empty when fewer than two values are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    width, height = 96.0, 26.0
    drawing = Drawing(width, palette)
    low, span = min(known), max(known) - min(known)

    def place(rank: int, value: float) -> Place:
        level = (value - low) / span if span else 0.5
        return 4 + rank / (len(values) - 1) * (width - 8), height - 5 - level * (height - 10)

    runs = list(_runs([None if value is None else place(rank, value) for rank, value in enumerate(values)]))
    for run in runs:
        if len(run) > 1:
            drawing.path(run, "accent", thickness=1.8)
    drawing.dot(*runs[-1][-1], "accent", radius=3)
    desc = f"De {said(known[0])} à {said(known[-1])} en {len(values)} mois."
    return drawing.render(height, kind="spark", title=title, desc=desc, ident=ident)
