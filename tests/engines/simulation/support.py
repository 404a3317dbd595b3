# SPDX-License-Identifier: EUPL-1.2
"""Establishments and levels for the tests of the simulation."""

from __future__ import annotations

from hypothesis import strategies as st

from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Profile
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Establishment

CHU = Establishment(Profile("chu", "xl", "support"), 900_000_000)
CH = Establishment(Profile("ch", "m", "support"), 118_000_000)
SMALL = Establishment(Profile("ch_proximite", "s", "membre"), 17_500_000)
EHPAD = Establishment(Profile("ehpad", "xs", "hors_ght"), 5_100_000)
EVERYONE = (CHU, CH, SMALL, EHPAD)

CRITERIA = shipped().criteria
some_levels = st.fixed_dictionaries({key: st.sampled_from([None, 0, 1, 2, 3, 4]) for key in CRITERIA})
known_levels = st.fixed_dictionaries({key: st.integers(0, 4) for key in CRITERIA})
establishments = st.sampled_from(EVERYONE)


def everywhere(level: int) -> dict[str, int | None]:
    return dict.fromkeys(CRITERIA, level)


def targets(establishment: Establishment) -> dict[str, int]:
    return {c.id: care().target(c, establishment.profile) for c in care().criteria}
