# SPDX-License-Identifier: EUPL-1.2
"""Who counts in a month, as columns: one row a unit, and the groups to which each belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from carene.engines.observatory.model import Population
from carene.engines.observatory.strata import WHOLE, Unit, department_stratum, size_stratum, type_stratum

Ids = NDArray[np.int64]
NONE = -1  # no area, no group


@dataclass(frozen=True)
class Grouping:
    """``keys[group]`` is (area, stratum); ``of`` gives the group of each unit, ``NONE`` where it has none."""

    keys: list[tuple[int, str]]
    of: NDArray[np.int32]


@dataclass
class Units:
    """Sorted by node. ``of(population)`` is a mask over them, made once."""

    rows: Sequence[Unit]
    _masks: dict[Population, NDArray[np.bool_]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = sorted(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def node(self) -> Ids:
        return np.fromiter((row.node for row in self.rows), np.int64, len(self.rows))

    @cached_property
    def activity(self) -> NDArray[np.float64]:
        """NaN where it is not known."""
        given = (np.nan if row.activity is None else row.activity for row in self.rows)
        return np.fromiter(given, np.float64, len(self.rows))

    def of(self, population: Population) -> NDArray[np.bool_]:
        if population not in self._masks:
            known: dict[tuple[str, str, str], bool] = {}
            mask = np.zeros(len(self.rows), bool)
            for rank, row in enumerate(self.rows):
                key = (row.kind, row.type, row.ght_role)
                if key not in known:
                    known[key] = population.accepts(*key)
                mask[rank] = known[key]
            self._masks[population] = mask
        return self._masks[population]

    @cached_property
    def groupings(self) -> list[Grouping]:
        """The whole of each area; for a nation and a region, also its departments, types, types by size."""
        found = []
        for area in ("nation", "region", "ght"):
            above = [getattr(row, area) for row in self.rows]
            found.append(_grouping(above, [WHOLE] * len(above)))
            if area != "ght":
                found += [
                    _grouping(
                        above, [department_stratum(row.department) if row.department else None for row in self.rows]
                    ),
                    _grouping(above, [type_stratum(row.type) for row in self.rows]),
                    _grouping(above, [size_stratum(row.type, row.size) for row in self.rows]),
                ]
        return [one for one in found if one.keys]


def _grouping(areas: Sequence[int | None], names: Sequence[str | None]) -> Grouping:
    ranks: dict[tuple[int, str], int] = {}
    of = np.full(len(areas), NONE, np.int32)
    for row, (area, name) in enumerate(zip(areas, names, strict=True)):
        if area is not None and name is not None:
            of[row] = ranks.setdefault((area, name), len(ranks))
    return Grouping(list(ranks), of)
