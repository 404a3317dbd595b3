# SPDX-License-Identifier: EUPL-1.2
"""A referential and its measures, as validated immutable objects.

Built by ``loader`` from a pack or by ``ciso_assistant`` from a library file. Levels are integers from 0 to
``Criterion.top`` (4 in our pack, another number in imported frameworks); scores are always on 0–4.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Confidence = Literal["official", "secondary", "inferred", "to_check"]
Direction = Literal["higher", "lower"]
Scope = Literal["none", "ght", "region"]

SCALE = 4  # every score is expressed on 0–4, whatever the number of levels of a criterion


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    title: str
    date: dt.date | None
    confidence: Confidence
    url: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """A condition on an establishment; an absent list accepts everything, an unknown value of the establishment too."""

    types: frozenset[str] | None = None
    sizes: frozenset[str] | None = None
    ght: frozenset[str] | None = None

    def accepts(self, profile: Profile) -> bool:
        """Nothing known of the establishment speaks against it: for applicability, where doubt keeps the question."""
        return (
            (self.types is None or profile.type is None or profile.type in self.types)
            and (self.sizes is None or profile.size is None or profile.size in self.sizes)
            and (self.ght is None or profile.ght is None or profile.ght in self.ght)
        )

    def matches(self, profile: Profile) -> bool:
        """Everything that it asks for is known and true: for weights and targets, where doubt keeps the rule."""
        return (
            (self.types is None or profile.type in self.types)
            and (self.sizes is None or profile.size in self.sizes)
            and (self.ght is None or profile.ght in self.ght)
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """What applicability, weights, targets and costs depend on. ``size`` is a band id (see ``Referential.size_of``)."""

    type: str | None = None
    size: str | None = None
    ght: str | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Which value of an indicator means which level. ``bounds`` maps level → value, read with the direction."""

    indicator: str
    bounds: Mapping[int, float]
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    title: str
    unit: str
    kind: str
    direction: Direction
    definition: str
    validity_months: int
    minimum: float | None = None
    maximum: float | None = None
    confidentiality: str = "indicateur"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    id: str
    objective: str
    title: str
    question: str
    levels: tuple[str, ...]  # index = level
    hint: str = ""
    why: str = ""
    evidence: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    applies: When = When()
    weight: int = 1
    weights: tuple[tuple[When, int], ...] = ()
    socle: bool = False
    attacks: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()
    thresholds: Thresholds | None = None
    review_months: int = 12
    refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()  # implementation groups of an imported framework

    @property
    def top(self) -> int:
        return len(self.levels) - 1

    def weight_for(self, profile: Profile) -> int:
        """Weight for this establishment; a conditional weight needs its facets to be known."""
        for when, weight in self.weights:
            if when.matches(profile):
                return weight
        return self.weight


@dataclass(frozen=True, slots=True)
class Objective:
    id: str
    axis: str
    title: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    id: str
    title: str
    purpose: str = ""
    color: int = 0  # rank in the palette of charts, from 1; 0 = by position


@dataclass(frozen=True, slots=True)
class Raise:
    criterion: str
    start: int  # the level that must be reached before
    end: int  # the level reached after


@dataclass(frozen=True, slots=True)
class Sharing:
    scope: Scope = "none"
    member_share: float = 1.0  # what a member pays of the cost, 0–1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """Costs in euros and efforts in person-days, by size band; all estimates unless an organisation overrides them."""

    id: str
    title: str
    summary: str
    raises: tuple[Raise, ...]
    investment: Mapping[str, int]
    yearly: Mapping[str, int]
    reasoning: str
    effort: Mapping[str, Mapping[str, float]]  # skill → band → person-days
    months: Mapping[str, int]
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()  # measures that do the same in another way: one of them at most, said once for both
    sharing: Sharing = Sharing()
    quick_win: bool = False
    how: tuple[str, ...] = ()
    applies: When = When()


@dataclass(frozen=True, slots=True)
class SizeBand:
    id: str
    label: str
    up_to: int | None  # workstations, inclusive; None = no limit


@dataclass(frozen=True, slots=True)
class TargetProfile:
    id: str
    label: str
    when: When
    socle: int
    other: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class MaturityStep:
    """Holds when every applicable socle criterion is at ``socle_level`` at least, and a share of the others too.

    The share is ``others_share`` (0–1) and the level that it must reach ``others_level``.
    """

    id: int
    label: str
    title: str
    meaning: str
    socle_level: int = 0
    others_level: int = 0
    others_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One correspondence of an imported mapping set: criterion ids (or URNs) and strength 0–100."""

    source: str
    target: str
    relationship: str
    strength: int | None = None


@dataclass(frozen=True, slots=True)
class CorrespondenceSet:
    """Correspondences between two frameworks, both named by their URN (``Referential.id`` of an imported one).

    Criteria are named by their URN, which an imported criterion keeps in ``refs["urn"]``.
    """

    id: str
    name: str
    source: str
    target: str
    pairs: tuple[Correspondence, ...]


@dataclass(frozen=True)
class Referential:
    id: str
    version: str
    name: str
    description: str
    locale: str
    publisher: str
    licence: str
    date: dt.date | None
    axes: tuple[Axis, ...]
    objectives: tuple[Objective, ...]
    criteria: tuple[Criterion, ...]
    indicators: tuple[Indicator, ...] = ()
    measures: tuple[Measure, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    bands: tuple[SizeBand, ...] = ()
    ght_roles: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    skills: Mapping[str, str] = field(default_factory=dict)
    attacks: Mapping[str, str] = field(default_factory=dict)
    aims: Mapping[str, str] = field(default_factory=dict)
    profiles: tuple[TargetProfile, ...] = ()
    steps: tuple[MaturityStep, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    default_groups: tuple[str, ...] = ()  # those that an imported framework proposes at the start
    strength_at_least: int = 3
    sizes_source: str = ""  # where the size bands come from: key of ``sources``
    maturity_source: str = ""  # where the rule of the maturity steps comes from
    digest: str = ""  # SHA-256 of the files it was read from: two readings of the same content agree

    @cached_property
    def criterion(self) -> Mapping[str, Criterion]:
        return {c.id: c for c in self.criteria}

    @cached_property
    def objective(self) -> Mapping[str, Objective]:
        return {o.id: o for o in self.objectives}

    @cached_property
    def axis(self) -> Mapping[str, Axis]:
        return {a.id: a for a in self.axes}

    @cached_property
    def indicator(self) -> Mapping[str, Indicator]:
        return {i.id: i for i in self.indicators}

    @cached_property
    def measure(self) -> Mapping[str, Measure]:
        return {m.id: m for m in self.measures}

    @cached_property
    def criteria_of(self) -> Mapping[str, tuple[Criterion, ...]]:
        """Objective id → its criteria, in order."""
        found: dict[str, list[Criterion]] = {o.id: [] for o in self.objectives}
        for criterion in self.criteria:
            found[criterion.objective].append(criterion)
        return {key: tuple(value) for key, value in found.items()}

    @cached_property
    def objectives_of(self) -> Mapping[str, tuple[Objective, ...]]:
        """Axis id → its objectives, in order."""
        return {a.id: tuple(o for o in self.objectives if o.axis == a.id) for a in self.axes}

    @cached_property
    def measures_for(self) -> Mapping[str, tuple[Measure, ...]]:
        """Criterion id → the measures that raise it, lowest starting level first."""
        found: dict[str, list[tuple[int, int, Measure]]] = {}
        for measure in self.measures:
            for step in measure.raises:
                found.setdefault(step.criterion, []).append((step.start, step.end, measure))
        return {
            key: tuple(m for _, _, m in sorted(value, key=lambda item: (item[0], item[1], item[2].id)))
            for key, value in found.items()
        }

    @cached_property
    def criteria_for_indicator(self) -> Mapping[str, tuple[Criterion, ...]]:
        found: dict[str, list[Criterion]] = {}
        for criterion in self.criteria:
            if criterion.thresholds:
                found.setdefault(criterion.thresholds.indicator, []).append(criterion)
        return {key: tuple(value) for key, value in found.items()}

    def size_of(self, workstations: int | None) -> str | None:
        """Size band of a number of workstations; None when unknown."""
        if workstations is None:
            return None
        for band in self.bands:
            if band.up_to is None or workstations <= band.up_to:
                return band.id
        return None

    def applicable(self, profile: Profile, groups: frozenset[str] | None = None) -> tuple[Criterion, ...]:
        """Criteria that concern this establishment, in order; ``groups`` keeps those of the chosen groups."""
        return tuple(
            c
            for c in self.criteria
            if c.applies.accepts(profile) and (groups is None or not c.groups or groups.intersection(c.groups))
        )

    def target_profile(self, profile: Profile) -> TargetProfile | None:
        return next((p for p in self.profiles if p.when.matches(profile)), None)

    def target(self, criterion: Criterion, profile: Profile) -> int:
        """Level aimed at for this criterion by this kind of establishment (3/4 of the scale when none says it)."""
        chosen = self.target_profile(profile)
        if chosen is None:
            return max(1, round(criterion.top * 3 / SCALE))
        return min(criterion.top, chosen.socle if criterion.socle else chosen.other)
