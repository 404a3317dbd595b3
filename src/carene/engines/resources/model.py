# SPDX-License-Identifier: EUPL-1.2
"""What is known of the means of the members of a group, before anything is said of it. Ids are those of nodes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

State = Literal["provides", "receives", "alone", "vacant", "none"]

# In the order of a legend; « none » says what is described, not what exists.
STATES: Mapping[State, str] = {
    "provides": "fournit aux autres",
    "receives": "reçoit d'un autre",
    "alone": "tient seul",
    "vacant": "poste vacant",
    "none": "rien de décrit",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A member. ``group``: the GHT that it stands in, None outside of one."""

    id: int
    name: str
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """``state``: named, shared, vacant or provider. ``employer``: who employs the person, when shared; ``percent``: the
    part of their time."""

    unit: int
    kind: str
    skill: str
    state: str
    fte: float
    employer: int | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """``provider`` does ``kind`` for ``unit``, for an agreed part of the cost (percent, or euros a year). ``coming``:
    the day to come on which it begins."""

    kind: str
    provider: int
    provider_name: str
    unit: int
    percent: float | None = None
    euros: int | None = None
    coming: dt.date | None = None


@dataclass(frozen=True)
class Facts:
    """``on_call``: units that describe an on-call duty; ``measured``: unit → indicators seen above zero."""

    units: Sequence[Unit]
    posts: Sequence[Post] = ()
    ties: Sequence[Tie] = ()
    on_call: frozenset[int] = frozenset()
    measured: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a member has of a service. ``others``: whom it provides, or who provides it."""

    state: State
    others: tuple[str, ...] = ()
    part: str = ""  # « 15 % », « 9 400 € par an »
    measured: bool = False  # only an indicator says that it exists
    coming: dt.date | None = None  # the day on which it begins

    @property
    def words(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class Hands:
    """What a member has of a skill, in FTE."""

    own: float = 0.0
    shared: float = 0.0
    bought: float = 0.0
    vacant: float = 0.0

    @property
    def held(self) -> float:
        return self.own + self.shared + self.bought


@dataclass(frozen=True, slots=True)
class Row:
    unit: Unit
    services: Mapping[str, Cell]
    skills: Mapping[str, Hands]
    described: bool  # someone described a post here
