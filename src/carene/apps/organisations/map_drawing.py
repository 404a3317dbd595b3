# SPDX-License-Identifier: EUPL-1.2
"""A map drawn from coordinates alone: points by type or by step, the name of each department among its points. No map
service."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from carene.apps.organisations.queries_tree import Spot
from carene.engines import french
from carene.ui.charts.svg import Drawing, Role

Project = Callable[[float, float], tuple[float, float]]  # latitude, longitude → x, y
WIDTH, TALLEST, MARGIN = 600.0, 560.0, 32.0
SMALLEST = 4.5  # radius of one establishment
NAMED = 12  # points that bear the name of their town: more would hide each other
CELL = 9.0  # points nearer than this are one larger point
KILOMETRES = 111.32  # of one degree of latitude
FAR = 3.0  # interquartile ranges beyond which a point is not drawn: a mistake of the register, said beside the map
COLOURS: tuple[Role, ...] = ("accent", "soon", "ink", "good", "late", "second", "done", "soon_tint")


def colours(kinds: Sequence[str]) -> dict[str, Role]:
    """The colour of each type: as many as we can tell apart, then the last one for the others."""
    return {kind: COLOURS[min(rank, len(COLOURS) - 1)] for rank, kind in enumerate(kinds)}


@dataclass(frozen=True)
class Map:
    """``places``: id of an establishment → where its point is on the drawing."""

    svg: str
    places: dict[int, tuple[float, float]]
    width: float
    height: float


def draw(
    spots: Sequence[Spot],
    departments: Mapping[str, str],
    roles: Mapping[str, Role],
    title: str,
    groups: Mapping[int, str] | None = None,
) -> Map:
    """``departments`` gives names by code; ``groups``, the key of ``roles`` by id (its type by default). Needs at least
    one spot."""
    drawing = Drawing(WIDTH)
    project, height, scale = _projection(spots)
    places = {spot.pk: project(spot.latitude, spot.longitude) for spot in spots}
    cells: dict[tuple[str, int, int], list[Spot]] = defaultdict(list)
    for spot in spots:
        x, y = places[spot.pk]
        cells[groups[spot.pk] if groups else spot.type, int(x // CELL), int(y // CELL)].append(spot)
    for (kind, _, _), near in sorted(cells.items(), key=lambda item: -len(item[1])):
        x, y = (sum(axis) / len(near) for axis in zip(*(places[spot.pk] for spot in near), strict=True))
        said = near[0].name if len(near) == 1 else french.counted(len(near), "établissement")
        drawing.dot(x, y, roles[kind], radius=min(12.0, SMALLEST + 1.3 * math.log2(len(near))), said=said)
    if len(spots) <= NAMED:
        _name_towns(drawing, spots, places)
    else:
        _name_departments(drawing, spots, departments, project)
    _scale_bar(drawing, scale, height)
    desc = f"{french.counted(len(spots), 'point', 'points')} ; la liste et le tableau donnent les mêmes."
    return Map(drawing.render(height, kind="map", title=title, desc=desc), places, WIDTH, height)


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


def _name_towns(drawing: Drawing, spots: Sequence[Spot], places: Mapping[int, tuple[float, float]]) -> None:
    """Beside the first point of each town, towards the middle of the page."""
    for town in sorted({spot.town for spot in spots if spot.town}):
        x, y = min(places[spot.pk] for spot in spots if spot.town == town)
        left = x > WIDTH / 2
        drawing.text(x - 10 if left else x + 10, y + 5, town, size=15, anchor="end" if left else "start")


def _name_departments(
    drawing: Drawing, spots: Sequence[Spot], departments: Mapping[str, str], project: Project
) -> None:
    sizes = Counter(spot.department for spot in spots)
    for code in sorted(sizes):
        if code not in departments or len(sizes) == 1:
            continue
        mine = [project(s.latitude, s.longitude) for s in spots if s.department == code]
        x = sorted(place[0] for place in mine)[len(mine) // 2]
        y = max(15.0, min(place[1] for place in mine) - 10)  # above its points: a name hides none
        drawing.text(x, y, departments[code], size=16, role="ink", bold=True, anchor="middle")


def _scale_bar(drawing: Drawing, scale: float, height: float) -> None:
    length = next((n for n in (100, 50, 20, 10, 5, 2, 1) if n * scale <= 140), 1)
    x, y = MARGIN, height - MARGIN / 2
    drawing.line(x, y, x + length * scale, y, "second", thickness=2)
    drawing.text(x + length * scale + 8, y + 4, f"{length} km", size=15)
