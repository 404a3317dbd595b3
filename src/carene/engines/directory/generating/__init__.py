# SPDX-License-Identifier: EUPL-1.2
"""Invented forests, written as collectors write real ones: for tests whose oracle is known, and for measures.

Nothing of it exists. The same seed gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from carene.engines.directory.generating.configuration import configured
from carene.engines.directory.generating.crowd import PER_USER, Crowd
from carene.engines.directory.generating.faults import FAULTS, ROOT_ONLY, plant
from carene.engines.directory.generating.land import Land
from carene.engines.directory.generating.made import Made, Planted

COLLECTED = 1_793_656_800  # 2 November 2026, 22:00 UTC


@dataclass(frozen=True)
class Forest:
    name: str
    collected_at: int
    lands: tuple[Land, ...]
    crowds: tuple[Crowd, ...]
    planted: tuple[Planted, ...]

    def objects(self, land: Land) -> Iterator[Made]:
        """Those of a domain, its heart first; the root has those of the configuration and of the schema."""
        yield from land.objects.values()
        yield from self.crowds[self.lands.index(land)]


def invent(
    count: int = 300,
    *,
    seed: int = 1,
    domains: Sequence[str] = ("ght-orme.invalid",),
    faults: Sequence[str] = (),
    collected_at: int = COLLECTED,
    stale: float = 0.02,
    unending: float = 0.01,
    per_user: int = PER_USER,
) -> Forest:
    """``count``: objects of the crowd, all domains together. ``faults``: names of ``FAULTS``.

    The first domain is the root of the forest; faults are planted there. Raises KeyError for one that does not exist.
    """
    root = Land(domains[0], 0, collected_at)
    lands = [root, *(Land(name, number, collected_at, root) for number, name in enumerate(domains[1:], 1))]
    configured(root, lands)
    planted = plant(root, list(faults))
    share = count // len(lands)
    crowds = [Crowd(land, share, seed, stale=stale, unending=unending, per_user=per_user) for land in lands]
    return Forest(domains[0], collected_at, tuple(lands), tuple(crowds), tuple(planted))


__all__ = ["COLLECTED", "FAULTS", "ROOT_ONLY", "Forest", "Planted", "invent"]
