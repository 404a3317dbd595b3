# SPDX-License-Identifier: EUPL-1.2
"""From a judged establishment to what the simulation reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from carene.engines.referential.model import Profile
from carene.engines.scoring.model import Judgement
from carene.engines.simulation.model import Establishment


@dataclass(frozen=True, slots=True)
class Case:
    """``levels``: criterion → level that counts (declared, else measured), None when nobody evaluated it."""

    levels: Mapping[str, int | None]
    targets: Mapping[str, int]
    establishment: Establishment


def case_of(judgement: Judgement, profile: Profile, budget: float | None) -> Case:
    """``budget``: operating budget, euros a year, None when unknown."""
    out = frozenset(r.criterion for r in judgement.criteria if r.state == "not_applicable")
    kept = [r for r in judgement.criteria if r.criterion not in out]
    return Case(
        levels={r.criterion: r.level for r in kept},
        targets={r.criterion: r.target for r in kept},
        establishment=Establishment(profile, budget, out),
    )
