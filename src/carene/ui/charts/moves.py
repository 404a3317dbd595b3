# SPDX-License-Identifier: EUPL-1.2
"""Where each one stands, where each would go alone, where all go together: one row each, on one common scale.

Same conventions as ``carene.ui.charts.charts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from carene.ui.charts.charts import NARROW, empty_chart
from carene.ui.charts.ranges import At, Scale, on_scale
from carene.ui.charts.svg import LIGHT, Drawing, Palette
from carene.ui.charts.text import text_width

CLOSE = 1.0  # units: below, nothing moves


@dataclass(frozen=True, slots=True)
class MoveRow:
    """From ``before`` to ``after``, with ``other``, what it would have been otherwise, if known. ``said``: in words."""

    label: str
    before: float
    after: float
    said: str
    other: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What the marks are; ``other`` is empty when no row has one."""

    before: str
    after: str
    other: str = ""


def moves_chart(
    rows: Sequence[MoveRow], scale: Scale, names: Names, *, title: str, width: float = 720, palette: Palette = LIGHT,
    ident: str = "",
) -> str:  # fmt: skip
    """A ring before, a dot after, a line between them, a tick for what would have been otherwise."""
    if not rows:
        return empty_chart(title, "Rien n'est encore à comparer.", width=width, palette=palette, ident=ident)
    drawing = Drawing(width, palette)
    foot = _legend(drawing, on_scale(drawing, rows, scale, _marks, ""), names)
    desc = " ".join(f"{row.label} : {row.said}." for row in rows)
    return drawing.render(foot, kind="moves", title=title, desc=desc, ident=ident)


def _marks(drawing: Drawing, row: MoveRow, at: At, y: float) -> None:
    before, after = at(row.before), at(row.after)
    if abs(before - after) > CLOSE:
        drawing.line(before, y, after, y, "accent", thickness=3)
    if row.other is not None:
        _tick(drawing, at(row.other), y)
    drawing.ring(before, y, "accent", radius=6)
    drawing.dot(after, y, "accent", radius=6.5, said=f"{row.label} : {row.said}")


def _tick(drawing: Drawing, x: float, y: float) -> None:
    drawing.line(x, y - 11, x, y + 11, "ink", thickness=2.2)


def _legend(drawing: Drawing, top: float, names: Names) -> float:
    """One line, or one each where they have no room; returns the foot."""
    x, y, narrow = 8.0, top + 8, drawing.width < NARROW
    for rank, name in enumerate(shown := [name for name in (names.before, names.other, names.after) if name]):
        if name == names.before:
            drawing.ring(x, y - 4, "accent", radius=6)
        elif name == names.after:
            drawing.dot(x, y - 4, "accent", radius=6.5)
        else:
            _tick(drawing, x, y - 4)
        drawing.text(x + 14, y, name, size=13)
        if narrow and rank < len(shown) - 1:
            y += 24
        elif not narrow:
            x += 14 + text_width(name, 13) + 28
    return y + 12
