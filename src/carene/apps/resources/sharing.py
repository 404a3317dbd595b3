# SPDX-License-Identifier: EUPL-1.2
"""What sharing one thing would free for the members of a group, in euros and in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.apps.resources.queries import Map
from carene.engines.planner.candidates import candidates_from
from carene.engines.planner.model import Candidate
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Measure, Profile
from carene.engines.resources.freed import Part, Sharing, sharing
from carene.engines.resources.pack import Service, resources

SHARED = frozenset({"provides", "receives"})


@dataclass(frozen=True)
class Line:
    organisation: Organisation
    part: Part


@dataclass(frozen=True)
class Freed:
    """``lines``: those that could join; ``joined``: those that share it already; ``apart``: those whom the measure does
    not concern, or whose size nobody gave."""

    service: Service
    measure: Measure
    found: Sharing
    lines: Sequence[Line]
    joined: Sequence[Organisation]
    apart: Sequence[Organisation]

    @property
    def fte(self) -> float:
        return self.found.fte(resources().freed.days_per_fte)


def freed(group: Organisation, drawn: Map, kind: str) -> Freed:
    """Of one service of ``resources().sharing``, among the members of this GHT. No query."""
    pack, referential = resources(), care()
    service = pack.services[kind]
    measure = referential.measure[service.measure]
    joined, apart, alone = [], [], {}
    for row in drawn.rows:
        if row.unit.group != group.pk:
            continue
        organisation = drawn.units[row.unit.id]
        candidate = _alone(organisation, measure)
        if row.services[kind].state in SHARED and row.services[kind].coming is None:
            joined.append(organisation)
        elif candidate is None:
            apart.append(organisation)
        else:
            alone[row.unit.id] = candidate
    found = sharing(alone, measure.sharing.member_share, pack.freed.months)
    lines = [Line(drawn.units[part.unit], part) for part in found.parts]
    if not lines:
        apart += [drawn.units[pk] for pk in alone]
    return Freed(service, measure, found, lines, joined, apart)


def _alone(organisation: Organisation, measure: Measure) -> Candidate | None:
    """At full price; None when the measure does not concern it, or when its size is not known."""
    referential = care()
    profile = profile_of(organisation, referential)
    if profile.size is None or not measure.applies.accepts(profile):
        return None
    return _sized(profile).get(measure.id)


@lru_cache(maxsize=64)
def _sized(profile: Profile) -> dict[str, Candidate]:
    """Every measure at its full price, for establishments of one type, size and place in the GHT."""
    return {one.id: one for one in candidates_from(care(), profile, False, {})}
