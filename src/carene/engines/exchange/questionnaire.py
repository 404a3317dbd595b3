# SPDX-License-Identifier: EUPL-1.2
"""The assess file: one establishment, what it answers, what was measured, the means it has. Everything is optional.

``where`` fields say where a value was read (« hopital.yaml, ligne 12 », « feuille Questions, cellule D14 »), so that a
later check can say it too; they are not part of the value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from carene.engines.months import first_of_next_month
from carene.engines.referential.model import Confidence, Profile, Referential
from carene.engines.sources import InputError

FORMAT = 1
HORIZON = 36  # months, when the file does not say
LONGEST_TEXT = 10_000  # characters of a justification or a comment

GhtRole = Literal["support", "membre", "hors_ght"]


@dataclass(frozen=True, slots=True)
class Card:
    """The establishment. Amounts in euros a year; unknown stays None, never 0. ``group`` is the name of its GHT.

    ``activity``: combined activity, as the programme notified it; no unit.
    """

    name: str = ""
    type: str | None = None
    ght: str | None = None
    group: str = ""
    finess: str = ""
    town: str = ""
    beds: int | None = None
    staff: int | None = None
    workstations: int | None = None
    servers: int | None = None
    sites: int | None = None
    operating_budget: int | None = None
    digital_budget: int | None = None
    activity: int | None = None

    def profile(self, referential: Referential) -> Profile:
        return Profile(type=self.type, size=referential.size_of(self.workstations), ght=self.ght)


@dataclass(frozen=True, slots=True)
class Origin:
    """The referential that the file speaks of; empty strings when it does not say."""

    id: str = ""
    version: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer. ``level`` None with ``not_applicable`` False: nothing said about the level.

    ``version`` is that of the stored answer when the file was written (0: there was none), None when the file does not
    come from a stored assessment. Empty texts say nothing: they never erase.
    """

    criterion: str
    level: int | None = None
    not_applicable: bool = False
    justification: str = ""
    comment: str = ""
    source: str = ""
    version: int | None = None
    where: str = field(default="", compare=False)

    @property
    def says_nothing(self) -> bool:
        return self.level is None and not self.not_applicable and not (self.justification or self.comment)


@dataclass(frozen=True, slots=True)
class Measured:
    """One observation as a file gives it."""

    indicator: str
    value: float
    observed_on: dt.date
    source: str = ""
    note: str = ""
    where: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class WishEntry:
    """What is imposed on a measure; ``start`` and ``not_before`` are first days of months, ``deadline`` a last day."""

    mandatory: bool = False
    excluded: bool = False
    start: dt.date | None = None
    not_before: dt.date | None = None
    deadline: dt.date | None = None
    reason: str = ""
    where: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class OverrideEntry:
    """What the establishment knows better than our estimates: euros, euros a year, months, person-days by skill."""

    investment: float | None = None
    yearly: float | None = None
    months: int | None = None
    effort: Mapping[str, float] | None = None
    reason: str = ""
    where: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Means:
    """What the roadmap may use. ``team``: person-days a month by skill; a skill that is absent is not limited.

    ``budgets``: euros by calendar year. ``stated`` is False when the file says nothing of money: the roadmap then
    holds only what costs nothing, and says so.
    """

    start: dt.date | None = None
    months: int = HORIZON
    budgets: Mapping[int, float] = field(default_factory=dict)
    team: Mapping[str, float] = field(default_factory=dict)
    wishes: Mapping[str, WishEntry] = field(default_factory=dict)
    overrides: Mapping[str, OverrideEntry] = field(default_factory=dict)
    done: tuple[str, ...] = ()

    @property
    def stated(self) -> bool:
        return bool(self.budgets)

    def begins(self, today: dt.date) -> dt.date:
        """First month of the plan: the one asked for, else the month after ``today``."""
        return self.start or first_of_next_month(today)


@dataclass(frozen=True, slots=True)
class Note:
    """Where a figure of the file comes from."""

    id: str
    title: str
    date: str = ""
    url: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True)
class Questionnaire:
    card: Card = Card()
    origin: Origin = Origin()
    date: dt.date | None = None
    assessment: int | None = None  # id of the stored assessment that was exported
    answers: Mapping[str, Entry] = field(default_factory=dict)
    observations: tuple[Measured, ...] = ()
    means: Means = Means()
    sources: tuple[Note, ...] = ()
    about: str = ""  # what the file is, for its reader
    places: Mapping[str, str] = field(default_factory=dict, compare=False)  # « type », « ght », « team »… → where

    def latest(self) -> dict[str, Measured]:
        """Indicator → its latest observation."""
        found: dict[str, Measured] = {}
        for item in self.observations:
            known = found.get(item.indicator)
            if known is None or item.observed_on >= known.observed_on:
                found[item.indicator] = item
        return found


@dataclass(frozen=True)
class Reading:
    """What could be read of a file, and each problem with its place; ``notices`` are sentences that stop nothing."""

    questionnaire: Questionnaire
    problems: tuple[InputError, ...] = ()
    notices: tuple[str, ...] = ()
