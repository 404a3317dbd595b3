# SPDX-License-Identifier: EUPL-1.2
"""What a closed campaign says as a whole, and what changed since the one before."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from carene.engines.campaigns.versions import Crossing, Link

Levels = Mapping[str, int]  # question → level of one establishment; a question without a level is absent


@dataclass(frozen=True)
class Spread:
    """Of ``count`` values; quartiles by linear interpolation, all None without a value."""

    count: int
    mean: float | None = None
    q1: float | None = None
    median: float | None = None
    q3: float | None = None


def spread(values: Sequence[float]) -> Spread:
    if not values:
        return Spread(0)
    quarters = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    return Spread(len(values), statistics.fmean(values), *quarters)


def counts_by_level(answers: Iterable[Levels]) -> dict[str, dict[int, int]]:
    """Question → level → how many establishments stand there."""
    found: dict[str, Counter[int]] = {}
    for levels in answers:
        for key, level in levels.items():
            found.setdefault(key, Counter())[level] += 1
    return {key: dict(sorted(counter.items())) for key, counter in found.items()}


@dataclass(frozen=True)
class Moved:
    """What some questions became, over the establishments that answered them both times; means of levels."""

    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    count: int
    before: float
    after: float


def side(levels: Levels, keys: Sequence[str]) -> int | None:
    """Several questions count as their lowest level: one reaches a level when all of it is there. None: not all were
    answered."""
    found = [levels[key] for key in keys if key in levels]
    return min(found) if len(found) == len(keys) else None


def moved(before: Mapping[int, Levels], after: Mapping[int, Levels], crossing: Crossing) -> tuple[list[Moved], int]:
    """What can be compared, link by link, and how many establishments are in both; each is compared with itself."""
    both = [key for key in after if key in before]
    found = []
    for link in crossing.links:
        pairs = [pair for key in both if (pair := _pair(before[key], after[key], link)) is not None]
        if pairs:
            old, new = (statistics.fmean(column) for column in zip(*pairs, strict=True))
            found.append(Moved(link.kind, link.old, link.new, len(pairs), old, new))
    return found, len(both)


def _pair(before: Levels, after: Levels, link: Link) -> tuple[int, int] | None:
    old, new = side(before, link.old), side(after, link.new)
    return None if old is None or new is None else (old, new)
