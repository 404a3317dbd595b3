# SPDX-License-Identifier: EUPL-1.2
"""The map: each department in a shade, the third of the largest values in the strongest one."""

from __future__ import annotations

from django.utils.safestring import mark_safe

from carene.apps.observatory.reading import Child, Detail
from carene.apps.observatory.showing import NARROW, WIDE, Chart, value_of
from carene.engines.observatory.explain import written
from carene.ui.charts.tiles import Tile, tiles_chart


def tiles(found: Detail, address: str) -> Chart:
    """``address``: of the list of establishments, for who may read it; else empty."""
    values = sorted(
        {child.reading.value for child in found.departments if child.reading and child.reading.value is not None}
    )
    rank = {value: min(2, 3 * place // len(values)) for place, value in enumerate(values)}
    drawn = [_tile(found, child, rank, address) for child in found.departments]
    legend = [_words(found, values, rank, step) for step in range(3)] + ["rien à montrer"]

    def draw(width: float, ident: str) -> str:
        return tiles_chart(drawn, legend, title=found.figure.question, width=width, ident=ident)

    return Chart(mark_safe(draw(WIDE, "carte")), mark_safe(draw(NARROW, "carte-n")))  # nosec B308


def _tile(found: Detail, child: Child, rank: dict[float, int], address: str) -> Tile:
    value = child.reading.value if child.reading else None
    step = None if value is None else rank[value]
    href = f"{address}?departement={child.code}" if address and value is not None else ""
    return Tile(child.code, child.label, value_of(found.figure, child.reading, child.hidden), step, href)


def _words(found: Detail, values: list[float], rank: dict[float, int], step: int) -> str:
    own = [value for value in values if rank[value] == step]
    if not own:
        return "aucun"
    low, high = written(found.figure, own[0]), written(found.figure, own[-1])
    return low if low == high else f"de {low} à {high}"
