# SPDX-License-Identifier: EUPL-1.2
"""Metres of a national grid → degrees; the geodesy is PROJ's."""

from __future__ import annotations

import math
from functools import lru_cache

from pyproj import Transformer

WORLD = 4326


@lru_cache(maxsize=16)
def _to_degrees(epsg: int) -> Transformer:
    return Transformer.from_crs(epsg, WORLD, always_xy=True)


def degrees(x: float, y: float, epsg: int) -> tuple[float, float] | None:
    """(latitude, longitude) in WGS 84 to the nearest metre; None when the point is outside the grid."""
    longitude, latitude = _to_degrees(epsg).transform(x, y)
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    return round(latitude, 5), round(longitude, 5)


def plausible(latitude: float, longitude: float) -> bool:
    """Degrees of this world, and not the null island that an empty field gives."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0, 0)
