# SPDX-License-Identifier: EUPL-1.2
"""A map drawn from coordinates alone: points by type, the name of each department among its points. No map service."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from carene.apps.organisations.queries_tree import Spot
from carene.engines import french
from carene.ui.charts.svg import Drawing, Role

Project = Callable[[float, float], tuple[float, float]]  # latitude, longitude → x, y
WIDTH, TALLEST, MARGIN = 720.0, 820.0, 28.0
CELL = 9.0  # points nearer than this are one larger point
KILOMETRES = 111.32  # of one degree of latitude
FAR = 3.0  # interquartile ranges beyond which a point is not drawn: a mistake of the register, said beside the map
COLOURS: tuple[Role, ...] = ("accent", "measured", "late", "good", "second", "ink", "done", "soon_tint")


def colours(types: Sequence[str]) -> dict[str, Role]:
    """The colour of each type: as many as we can tell apart, then the last one for the others."""
    return {kind: COLOURS[min(rank, len(COLOURS) - 1)] for rank, kind in enumerate(types)}


def draw(spots: Sequence[Spot], departments: Mapping[str, str], roles: Mapping[str, Role], title: str) -> str:
    """The SVG; ``departments`` gives names by code. Needs at least one spot."""
    drawing = Drawing(WIDTH)
    project, height, scale = _projection(spots)
    cells: dict[tuple[str, int, int], list[tuple[float, float]]] = defaultdict(list)
    for spot in spots:
        x, y = project(spot.latitude, spot.longitude)
        cells[spot.type, int(x // CELL), int(y // CELL)].append((x, y))
    for (kind, _, _), points in sorted(cells.items(), key=lambda item: -len(item[1])):
        x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
        drawing.dot(x, y, roles[kind], radius=min(11.0, 2.6 + 1.3 * math.log2(len(points))))
    _name_departments(drawing, spots, departments, project)
    _scale_bar(drawing, scale, height)
    desc = f"{french.counted(len(spots), 'point', 'points')} ; le tableau à côté donne les mêmes nombres."
    return drawing.render(height, kind="map", title=title, desc=desc)


def far_away(spots: Sequence[Spot]) -> tuple[list[Spot], list[Spot]]:
    """(drawn, left out): a point very far from all others would make the map a dot."""
    if len(spots) < 8:
        return list(spots), []
    bounds = []
    for values in (sorted(s.latitude for s in spots), sorted(s.longitude for s in spots)):
        low, high = values[len(values) // 4], values[3 * len(values) // 4]
        reach = FAR * max(high - low, 0.2)
        bounds.append((low - reach, high + reach))
    (south, north), (west, east) = bounds
    near = [s for s in spots if south <= s.latitude <= north and west <= s.longitude <= east]
    kept = set(near)
    return near, [s for s in spots if s not in kept]


def _projection(spots: Sequence[Spot]) -> tuple[Project, float, float]:
    """Degrees → page, one kilometre the same in both directions; the height of the page; units of one kilometre."""
    south, north = min(s.latitude for s in spots), max(s.latitude for s in spots)
    west, east = min(s.longitude for s in spots), max(s.longitude for s in spots)
    shrink = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * KILOMETRES * shrink, 5.0)
    tall = max((north - south) * KILOMETRES, 5.0)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 3 * MARGIN) / tall)
    left = (WIDTH - wide * scale) / 2

    def project(latitude: float, longitude: float) -> tuple[float, float]:
        x = left + (longitude - west) * KILOMETRES * shrink * scale
        return x, MARGIN + (north - latitude) * KILOMETRES * scale

    return project, tall * scale + 3 * MARGIN, scale


def _name_departments(
    drawing: Drawing, spots: Sequence[Spot], departments: Mapping[str, str], project: Project
) -> None:
    sizes = Counter(spot.department for spot in spots)
    for code in sorted(sizes):
        if code not in departments or len(sizes) == 1:
            continue
        mine = [project(s.latitude, s.longitude) for s in spots if s.department == code]
        x, y = (sorted(axis)[len(axis) // 2] for axis in zip(*mine, strict=True))
        drawing.text(x, y, departments[code], size=14, role="ink", bold=True, anchor="middle")


def _scale_bar(drawing: Drawing, scale: float, height: float) -> None:
    length = next((n for n in (100, 50, 20, 10, 5, 2, 1) if n * scale <= 140), 1)
    x, y = MARGIN, height - MARGIN / 2
    drawing.line(x, y, x + length * scale, y, "second", thickness=2)
    drawing.text(x + length * scale + 8, y + 4, f"{length} km", size=13)
