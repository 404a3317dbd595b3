# SPDX-License-Identifier: EUPL-1.2
"""A measure that several do together: a common part, done once, and an own part for each.

The pack says what a member pays (``member_share``, s) in a group of usual size (n₀). With a common share K of the price
alone, n₀ like members each pay their own part and a part of the common one: 1 − K + K/n₀ = s, so that
K = (1 − s)·n₀/(n₀ − 1), and 1 at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carene.engines.planner.group.keys import fair_shares, shares
from carene.engines.planner.group.model import COMMON, Group
from carene.engines.planner.model import Candidate


@dataclass(frozen=True, slots=True)
class Part:
    """The common part of a measure, sized for the largest of its members. Shares sum to 1: by the key and fairly."""

    measure: str
    title: str
    members: tuple[str, ...]
    investment: float
    yearly: float
    effort: Mapping[str, float]  # skill → person-days, whoever does them
    months: int
    money: Mapping[str, float]
    fair_money: Mapping[str, float]
    work: Mapping[str, float]  # of the carrier when there is one
    fair_work: Mapping[str, float]

    @property
    def key(self) -> str:
        return common_key(self.measure)


def common_key(measure: str) -> str:
    return f"{COMMON}/{measure}"


def common_share(member_share: float, usual_members: float) -> float:
    """Part of the price alone, of the work and of the months that is common, 0–1."""
    return min(1.0, (1 - member_share) * usual_members / (usual_members - 1))


def split_months(months: int, share: float) -> tuple[int, int]:
    """(common, own), a month at least each: what lasted one month alone takes two."""
    common = max(1, min(months - 1, round(months * share)))
    return common, max(1, months - common)


def own_part(candidate: Candidate, share: float) -> Candidate:
    """What is left to a member when the common part is done by all."""
    rest = 1 - share
    return replace(
        candidate,
        investment=candidate.investment * rest,
        yearly=candidate.yearly * rest,
        effort={skill: days * rest for skill, days in candidate.effort.items() if days * rest > 0},
        months=split_months(candidate.months, share)[1],
        shared=True,
    )


def common_part(group: Group, measure: str, alone: Mapping[str, Candidate]) -> Part:
    """``alone``: member → the measure at its full price. The largest in money, and in work, size the common part."""
    share = common_share(group.sharing[measure], group.usual_members)
    years = group.members[0].problem.months / 12
    money = {name: share * (one.investment + one.yearly * years) for name, one in alone.items()}
    work = {name: share * sum(one.effort.values()) for name, one in alone.items()}
    dearest = alone[max(sorted(money), key=lambda name: money[name])]
    hardest = alone[max(sorted(work), key=lambda name: work[name])]
    return Part(
        measure=measure,
        title=dearest.title,
        members=tuple(sorted(alone)),
        investment=dearest.investment * share,
        yearly=dearest.yearly * share,
        effort={skill: days * share for skill, days in hardest.effort.items()},
        months=max(split_months(one.months, share)[0] for one in alone.values()),
        money=shares(group, money),
        fair_money=fair_shares(money),
        work=shares(group, work) if group.carrier is None else {group.carrier: 1.0},
        fair_work=fair_shares(work),
    )
