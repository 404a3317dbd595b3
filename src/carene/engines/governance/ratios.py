# SPDX-License-Identifier: EUPL-1.2
"""Shares of money and time. What cannot be computed is None, and ``why`` says so in French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carene.engines.governance.pack import Governance


@dataclass(frozen=True, slots=True)
class Money:
    """Euros of one year at one stage (voted, executed); None: not known."""

    operating: float | None = None
    digital_operating: float | None = None
    digital_investment: float | None = None
    cyber_operating: float | None = None
    cyber_investment: float | None = None

    @property
    def digital(self) -> float | None:
        return _sum(self.digital_operating, self.digital_investment)

    @property
    def cyber(self) -> float | None:
        return _sum(self.cyber_operating, self.cyber_investment)


@dataclass(frozen=True, slots=True)
class Ratio:
    """``value`` in percent, or None and ``why``."""

    value: float | None
    why: str = ""


def digital_share(money: Money) -> Ratio:
    """Operating expenses of the digital ÷ operating expenses."""
    return _share(money.digital_operating, money.operating, "le budget numérique", "le budget d'exploitation")


def cyber_share(money: Money) -> Ratio:
    """Cybersecurity ÷ digital, operating and investment together."""
    return _share(money.cyber, money.digital, "le budget cyber", "le budget numérique")


def _share(part: float | None, whole: float | None, of: str, by: str) -> Ratio:
    if whole is None:
        return Ratio(None, f"non calculable : {by} manque")
    if part is None:
        return Ratio(None, f"non calculable : {of} manque")
    if whole == 0:
        return Ratio(None, f"non calculable : {by} est à zéro")
    return Ratio(100 * part / whole)


def _sum(*parts: float | None) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Held:
    """A post: its kind (``Governance.staff.posts``), its skill, its FTE, and whether someone holds it."""

    kind: str
    skill: str
    fte: float
    vacant: bool


@dataclass(frozen=True, slots=True)
class Team:
    rssi_named: bool
    rssi_fte: float
    security_fte: float
    vacant_fte: float
    digital_fte: float
    by_skill: Mapping[str, float]  # held only
    vacant_by_skill: Mapping[str, float]

    @property
    def vacancies(self) -> Ratio:
        if not self.digital_fte:
            return Ratio(None, "non calculable : aucun poste informatique n'est décrit")
        return Ratio(100 * self.vacant_fte / self.digital_fte)


def team(posts: Iterable[Held], pack: Governance) -> Team:
    rows = [(post, pack.staff.posts[post.kind]) for post in posts if post.kind in pack.staff.posts]
    held = [(post, kind) for post, kind in rows if not post.vacant]
    by_skill: dict[bool, dict[str, float]] = {False: {}, True: {}}  # vacant or not → skill → FTE
    for post, _ in rows:
        if post.skill:
            found = by_skill[post.vacant]
            found[post.skill] = found.get(post.skill, 0.0) + post.fte
    return Team(
        rssi_named=any(post.kind == "rssi" for post, _ in held),
        rssi_fte=sum(post.fte for post, kind in held if kind.head),
        security_fte=sum(post.fte for post, kind in held if kind.security),
        vacant_fte=sum(post.fte for post, kind in rows if kind.digital and post.vacant),
        digital_fte=sum(post.fte for post, kind in rows if kind.digital),
        by_skill=by_skill[False],
        vacant_by_skill=by_skill[True],
    )


def rssi_time(found: Team, size: str | None, pack: Governance) -> Ratio:
    """Time of RSSI ÷ the reference of its size."""
    reference = pack.staff.reference_fte.get(size or "")
    if reference is None:
        return Ratio(None, "non calculable : le nombre de postes de travail manque au profil")
    return Ratio(100 * found.rssi_fte / reference)


def security_per_thousand(found: Team, workstations: int | None) -> Ratio:
    """FTE of security for 1,000 workstations (``value`` is not a percent here)."""
    if not workstations:
        return Ratio(None, "non calculable : le nombre de postes de travail manque au profil")
    return Ratio(1000 * found.security_fte / workstations)
