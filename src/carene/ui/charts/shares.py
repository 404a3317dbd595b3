# SPDX-License-Identifier: EUPL-1.2
"""A share of money, year by year, against its target: a bar for what was spent, striped where only voted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from carene.engines import french
from carene.ui.charts.charts import NARROW, empty_chart
from carene.ui.charts.svg import LIGHT, Drawing, Palette
from carene.ui.charts.text import text_width


@dataclass(frozen=True, slots=True)
class ShareRow:
    """``value`` in percent, None when it cannot be computed; ``promised``: voted, not spent yet."""

    label: str
    value: float | None
    promised: bool = False
    why: str = ""

    @property
    def said(self) -> str:
        if self.value is None:
            return self.why or french.UNKNOWN
        return f"{french.with_unit(self.value, '%')}{' voté' if self.promised else ''}"


def shares_chart(
    rows: Sequence[ShareRow],
    *,
    target: float,
    title: str,
    width: float = 720,
    palette: Palette = LIGHT,
    ident: str = "",
) -> str:
    """One line a year, in the order given; ``target`` in percent. See ``charts`` for the other arguments."""
    if not rows:
        sentence = "La part s'affichera quand un premier budget sera saisi."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    largest = max([target * 1.25, *(row.value or 0 for row in rows)]) or 1
    narrow = width < NARROW
    start = 0.0 if narrow else 64.0
    length = width - start - (0 if narrow else 150)
    y = 0.0
    for row in rows:
        foot = y + (58 if narrow else 40)
        middle = foot - 20
        drawing.text(0, y + 20 if narrow else middle + 5, row.label, size=14, role="ink", bold=True)
        drawing.text(
            width, y + 20 if narrow else middle + 5, row.said if row.value is not None else "non calculable",
            size=14, role="ink" if row.value is not None else "second", bold=row.value is not None, anchor="end",
        )  # fmt: skip
        drawing.rect(start, middle - 7, length, 14, "track", radius=4)
        if row.value:
            end = row.value / largest * length
            if row.promised:
                drawing.hatched(start, middle - 7, end, 14, radius=4)
            else:
                drawing.rect(start, middle - 7, end, 14, "accent", radius=4)
        tick = start + target / largest * length
        drawing.line(tick, middle - 12, tick, middle + 12, "ink", thickness=2.2)
        y = foot
    y = _legend(drawing, y, rows, target)
    desc = " ".join(f"{row.label} : {row.said}." for row in rows) + f" Cible : {french.percent(target)}."
    return drawing.render(y, kind="shares", title=title, desc=desc, ident=ident)


def _legend(drawing: Drawing, y: float, rows: Sequence[ShareRow], target: float) -> float:
    x, foot = 0.0, y + 20
    if any(row.value is not None and not row.promised for row in rows):
        drawing.rect(x, foot - 8, 22, 8, "accent", radius=4)
        drawing.text(x + 30, foot, "exécuté", size=13)
        x += 30 + text_width("exécuté", 13) + 24
    if any(row.value is not None and row.promised for row in rows):
        drawing.hatched(x, foot - 8, 22, 8, radius=4)
        drawing.text(x + 30, foot, "voté", size=13)
        x += 30 + text_width("voté", 13) + 24
    drawing.line(x + 2, foot - 12, x + 2, foot + 3, "ink", thickness=2.2)
    drawing.text(x + 11, foot, f"cible, {french.percent(target)}", size=13)
    return foot + 12
