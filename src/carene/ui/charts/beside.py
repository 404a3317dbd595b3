# SPDX-License-Identifier: EUPL-1.2
"""A figure that others published, year after year, with ours beside it where both count the same whole.

Same conventions as ``carene.ui.charts.charts``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from carene.engines import french
from carene.ui.charts.charts import NARROW, empty_chart
from carene.ui.charts.svg import LIGHT, Drawing, Palette
from carene.ui.charts.text import text_width

HEAD, PLOT, FOOT = 24.0, 130.0, 52.0
CLOSE = 46.0  # units between two labels


class Dated(NamedTuple):
    day: dt.date
    value: float


def beside_chart(
    published: Sequence[Dated],
    ours: Sequence[Dated],
    said: Callable[[float], str],
    *,
    title: str,
    width: float = 720,
    palette: Palette = LIGHT,
    ident: str = "",
) -> str:
    """``published``, oldest first, as rings on a line with their values; ``ours`` (may be empty) as a plain line."""
    if len({one.day for one in published}) < 2:
        return empty_chart(
            title, "Une seule date est publiée : le tableau la donne.", width=width, palette=palette, ident=ident
        )
    drawing = Drawing(width, palette)
    every = [*published, *ours]
    first, last = (end(one.day for one in every).toordinal() for end in (min, max))
    top = max(one.value for one in every) * 1.1 or 1.0
    low = min(0.0, *(one.value for one in every))
    base = HEAD + PLOT
    left, right = 24.0, width - 24.0

    def place(one: Dated) -> tuple[float, float]:
        x = left + (one.day.toordinal() - first) / (last - first) * (right - left)
        return x, base - (one.value - low) / (top - low) * PLOT

    drawing.line(0, base, width, base, "strong")
    drawing.path([place(one) for one in published], "measured", thickness=1.8)
    if len(ours) > 1:
        drawing.path([place(one) for one in ours], "accent", thickness=2.4)
    if ours:
        drawing.dot(*place(ours[-1]), "accent", radius=5, said=_words("ici", ours[-1], said))
    free = -CLOSE
    for one in published:
        x, y = place(one)
        drawing.ring(x, y, "measured", said=_words("publié", one, said))
        if x - free >= CLOSE:
            drawing.text(x, y - 10, said(one.value), size=12.5, role="ink", anchor="middle")
            drawing.text(x, base + 18, str(one.day.year), size=12.5, anchor="middle")
            free = x
    _legend(drawing, base + 42, bool(ours))
    desc = " ; ".join(f"{one.day.year} : {said(one.value)}" for one in published)
    if ours:
        desc += f". {french.capitalised(_words('ici', ours[-1], said))}"
    return drawing.render(base + FOOT, kind="beside", title=title, desc=f"{desc}.", ident=ident)


def _words(who: str, one: Dated, said: Callable[[float], str]) -> str:
    return f"{who}, {french.month_and_year(one.day)} : {said(one.value)}"


def _legend(drawing: Drawing, y: float, ours: bool) -> None:
    drawing.ring(8, y - 4, "measured")
    drawing.text(20, y, "publié au niveau national", size=12.5)
    if ours:
        x = 20 + text_width("publié au niveau national", 12.5) + (24 if drawing.width >= NARROW else 14)
        drawing.dot(x, y - 4, "accent", radius=4)
        drawing.text(x + 12, y, "nos figures", size=12.5)
