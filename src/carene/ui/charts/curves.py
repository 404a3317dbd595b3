# SPDX-License-Identifier: EUPL-1.2
"""Curves of the planner: a search under way against what no plan can exceed; what each budget buys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from carene.engines import french
from carene.ui.charts.charts import NARROW, empty_chart
from carene.ui.charts.svg import LIGHT, Drawing, Palette
from carene.ui.charts.text import text_width

Said = Callable[[float], str]  # « 412 points », « 84 k€ »

HEAD, FOOT, PLOT = 28.0, 26.0, 150.0


@dataclass(frozen=True, slots=True)
class Found:
    """The best value known ``seconds`` after the start; ``bound``: no plan is worth more, None when not known."""

    seconds: float
    value: float
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """What ``budget`` euros buy; ``here`` is the one that people have now; ``href``: where its mark leads."""

    budget: float
    value: float
    here: bool = False
    href: str = ""


def search_chart(
    found: Sequence[Found], said: Said, *, title: str, width: float = 720, palette: Palette = LIGHT, ident: str = ""
) -> str:
    """The best plan as stairs, under the dashes of the bound. The scale does not begin at zero, and says where."""
    if len(found) < 2:
        sentence = "La courbe s'affichera dès qu'un premier plan sera trouvé."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    bounds = [one.bound for one in found if one.bound is not None]
    values = [one.value for one in found]
    top = max(values + bounds)
    low = max(0.0, min(values) - 0.15 * ((top - min(values)) or top or 1.0))
    base, span = HEAD + PLOT, (top - low) or 1.0
    last = found[-1]
    ends = [said(last.value), f"au plus {said(last.bound)}" if last.bound is not None else ""]
    right = width - (0 if width < NARROW else max(text_width(words, 14, bold=True) for words in ends) + 14)
    seconds = last.seconds or 1.0

    def place(one: float, value: float) -> tuple[float, float]:
        return one / seconds * right, base - (value - low) / span * PLOT

    stairs: list[tuple[float, float]] = []
    for one in found:
        x, y = place(one.seconds, one.value)
        if stairs:
            stairs.append((x, stairs[-1][1]))
        stairs.append((x, y))
    drawing.line(0, base, right, base, "strong")
    drawing.area(stairs, base, "tint")
    for before, after in pairwise(found):
        if before.bound is not None:
            (x1, y), (x2, _) = place(before.seconds, before.bound), place(after.seconds, before.bound)
            drawing.line(x1, y, x2, y, "ink", dash="2 4", thickness=1.6)
    drawing.path(stairs, "accent", thickness=2.4)
    height = _ends(drawing, ends, stairs[-1][1], base, right)
    drawing.text(0, base + 18, f"départ de l'échelle : {said(low)}", size=12.5)
    drawing.text(right, base + 18, _duration(last.seconds), size=12.5, anchor="end")
    desc = f"Meilleur plan : {said(values[0])} au départ, {ends[0]} après {_duration(last.seconds)}."
    if ends[1]:
        desc += f" Le meilleur plan possible vaut {ends[1]}."
    return drawing.render(height, kind="search", title=title, desc=desc, ident=ident)


def _ends(drawing: Drawing, ends: list[str], value_y: float, base: float, right: float) -> float:
    """The last figures, at the end of their lines or, on a phone, below; gives the height of the whole."""
    if right < drawing.width:
        drawing.text(drawing.width, max(value_y + 5, HEAD + 20), ends[0], size=14, role="ink", bold=True, anchor="end")
        drawing.text(drawing.width, HEAD - 8, ends[1], size=14, role="second", anchor="end")
        return base + FOOT
    drawing.text(0, base + 42, ends[0], size=14, role="ink", bold=True)
    drawing.text(drawing.width, base + 42, ends[1], size=14, anchor="end")
    return base + FOOT + 24


def frontier_chart(
    spots: Sequence[Spot], said: Said, *, title: str, width: float = 720, palette: Palette = LIGHT, ident: str = ""
) -> str:
    """What each budget buys, by ascending budget; the present one is a ring with its figures."""
    if len(spots) < 2:
        sentence = "La courbe s'affichera quand plusieurs budgets auront été essayés."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    most, top, base = spots[-1].budget or 1.0, max(spot.value for spot in spots) or 1.0, HEAD + PLOT
    edge = 8.0
    places = [(edge + spot.budget / most * (width - 2 * edge), base - spot.value / top * PLOT) for spot in spots]
    drawing.line(0, base, width, base, "strong")
    drawing.area(places, base, "tint")
    drawing.path(places, "accent", thickness=2.4)
    for spot, (x, y) in zip(spots, places, strict=True):
        words = f"{french.compact_euros(spot.budget)} : {said(spot.value)}"
        if spot.here:
            drawing.ring(x, y, "measured", radius=6, said=words, href=spot.href)
            half = text_width(words, 13, bold=True) / 2
            drawing.text(
                min(max(x, half), width - half), max(y - 12, 14), words, role="ink", bold=True, anchor="middle"
            )
        else:
            drawing.dot(x, y, "accent", radius=4.5, said=words, href=spot.href)
    drawing.text(0, base + 18, french.compact_euros(0), size=12.5)
    drawing.text(width, base + 18, french.compact_euros(most), size=12.5, anchor="end")
    desc = " ".join(f"{french.compact_euros(spot.budget)} : {said(spot.value)}." for spot in spots)
    return drawing.render(base + FOOT, kind="frontier", title=title, desc=desc, ident=ident)


def _duration(seconds: float) -> str:
    return f"{french.number(seconds, 0)} s" if seconds < 120 else f"{french.number(seconds / 60, 0)} min"
