# SPDX-License-Identifier: EUPL-1.2
"""A map of the departments as tiles, one square each, where one looks for them: drawn by us, it needs no outline.

Same conventions as ``carene.ui.charts.charts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from carene.ui.charts.charts import empty_chart
from carene.ui.charts.svg import LIGHT, Drawing, Palette, Role
from carene.ui.charts.text import text_width

# North at the head; the departments overseas stand on the left, in the order of their numbers.
GRID = """
 .   .   .   .   .   .   .   .  62  59   .   .   .
 .   .   .   .   .   .   .  76  80  02  08   .   .
 .   .   .   .  50  14  27  95  60  51  55  57  67
 .  29  22  35  53  61  78  92  93  77  52  54  88
 .   .  56  44  49  72  28  75  94  10  70  90  68
 .   .   .   .  85  37  41  91  45  89  21  25   .
 .   .   .   .  79  86  36  18  58  71  39   .   .
 .   .   .  17  16  87  23  03  42  69  01  74   .
 .   .   .   .  33  24  19  63  43  38  73   .   .
971  .   .   .  40  47  46  15  48  07  26  05   .
972  .   .   .  64  32  82  12  30  84  04  06   .
973  .   .   .   .  65  31  81  34  13  83   .   .
974  .   .   .   .   .  09  11   .   .   .   .  2B
976  .   .   .   .   .   .  66   .   .   .   .  2A
"""
STEPS: tuple[tuple[Role, Role], ...] = (("load", "ink"), ("done", "ink"), ("accent", "paper"))


@dataclass(frozen=True, slots=True)
class Tile:
    """``step`` 0–2 chooses the shade, from the lightest; None: nothing to show. ``said``: the value, or why not."""

    code: str
    label: str
    said: str
    step: int | None = None
    href: str = ""


@lru_cache(maxsize=1)
def places() -> dict[str, tuple[int, int]]:
    """Code → column, row."""
    found = {}
    for row, line in enumerate(GRID.strip("\n").splitlines()):
        for column, code in enumerate(line.split()):
            if code != ".":
                found[code] = (column, row)
    return found


def tiles_chart(
    tiles: Sequence[Tile], legend: Sequence[str], *, title: str, width: float = 720, palette: Palette = LIGHT,
    ident: str = "",
) -> str:  # fmt: skip
    """Tiles at their place, those without one in a row below. ``legend``: a word for each shade, then for nothing."""
    if not tiles:
        sentence = "La carte se dessinera quand les établissements auront un département."
        return empty_chart(title, sentence, width=width, palette=palette, ident=ident)
    at = _layout(tiles)
    across = max(column for column, _ in at.values()) + 1
    side = min(46.0, width / max(across, 6))
    drawing = Drawing(width, palette)
    left = max(0.0, (width - side * across) / 2)
    for tile in tiles:
        column, row = at[tile.code]
        _tile(drawing, tile, left + column * side, row * side, side)
    y = (max(row for _, row in at.values()) + 1) * side + 26
    y = _legend(drawing, legend, y)
    desc = " ".join(f"{tile.label} : {tile.said}." for tile in tiles)
    return drawing.render(y, kind="tiles", title=title, desc=desc, ident=ident)


def _layout(tiles: Sequence[Tile]) -> dict[str, tuple[int, int]]:
    """Cut to what is shown, so that a region fills its map."""
    known = {tile.code: places()[tile.code] for tile in tiles if tile.code in places()}
    west = min((column for column, _ in known.values()), default=0)
    north = min((row for _, row in known.values()), default=0)
    at = {code: (column - west, row - north) for code, (column, row) in known.items()}
    foot = max((row for _, row in at.values()), default=-1) + 1
    others = [tile.code for tile in tiles if tile.code not in at]
    return at | {code: (rank % 8, foot + rank // 8) for rank, code in enumerate(others)}


def _tile(drawing: Drawing, tile: Tile, x: float, y: float, side: float) -> None:
    shade, ink = STEPS[tile.step] if tile.step is not None else ("track", "second")
    drawing.tile(
        x + 1.5, y + 1.5, side - 3, side - 3, shade, radius=6, said=f"{tile.label} : {tile.said}", href=tile.href
    )
    drawing.text(
        x + side / 2, y + side / 2 + 5, tile.code, size=max(12, min(15, side / 2.6)), role=ink, bold=True,
        anchor="middle",
    )  # fmt: skip


def _legend(drawing: Drawing, legend: Sequence[str], y: float) -> float:
    x = 0.0
    shades: list[Role] = [*(shade for shade, _ in STEPS), "track"]
    for shade, words in zip(shades, legend, strict=True):
        wide = 26 + text_width(words, 13) + 20
        if x and x + wide > drawing.width:
            x, y = 0.0, y + 24
        drawing.rect(x, y - 12, 18, 14, shade, radius=3)
        drawing.text(x + 26, y, words, size=13)
        x += wide
    return y + 12
