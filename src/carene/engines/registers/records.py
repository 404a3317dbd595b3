# SPDX-License-Identifier: EUPL-1.2
"""The one contract of every register: records in file order, what is wrong with its line, what was unknown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from carene.engines.sources import InputError


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. ``department`` is the official code (« 971 », « 2A »), empty when unknown."""

    address: str = ""  # lines separated by line feeds
    postcode: str = ""
    town: str = ""
    department: str = ""
    latitude: float | None = None  # WGS 84, degrees
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class LegalEntity:
    finess: str
    name: str
    short_name: str
    place: Place
    opened_on: dt.date | None
    closed_on: dt.date | None
    active: bool
    line: int


@dataclass(frozen=True, slots=True)
class Establishment:
    """``entity`` is the FINESS number of its legal entity; ``category`` the FINESS code; ``rank`` orders the
    establishments of one entity, the most hospital-like first (the aggregate of categories, or the category)."""

    finess: str
    entity: str
    name: str
    short_name: str
    siret: str
    category: str
    status: str  # words of the register about its public or private status
    rank: str
    place: Place
    opened_on: dt.date | None
    closed_on: dt.date | None
    active: bool
    line: int


@dataclass(frozen=True, slots=True)
class Location:
    """Coordinates that come apart from the establishment itself (legacy file)."""

    finess: str
    latitude: float
    longitude: float
    line: int


@dataclass(frozen=True, slots=True)
class Ght:
    code: str
    name: str
    region: str  # its name, empty when the register does not say
    line: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A member of a GHT, by the FINESS number of its legal entity (or of one of its establishments)."""

    ght: str
    finess: str
    role: str  # « support », « membre », or empty when the register does not say
    name: str
    place: Place
    line: int


Record = LegalEntity | Establishment | Location | Ght | Membership

# What the longest real values leave far behind; beyond, the line is not what it seems.
WIDTHS = {"name": ("le nom", 200), "code": ("le code du GHT", 30), "category": ("la catégorie", 4)}
PLACE_WIDTHS = {"address": ("l'adresse", 400), "postcode": ("le code postal", 5), "town": ("la commune", 100)}


def too_long(record: Record) -> str:
    """What is wrong with the size of a value of this record, in French; empty when all are plausible."""
    for holder, widths in ((record, WIDTHS), (getattr(record, "place", None), PLACE_WIDTHS)):
        for name, (said, most) in widths.items():
            size = len(getattr(holder, name, ""))
            if size > most:
                return f"{said} est trop long ({size} caractères, {most} au plus)"
    return ""


@dataclass
class Account:
    """What a reading found besides records; filled while the records are drawn.

    ``unknown`` counts, by what it is about (« colonne », « ligne », « catégorie »…) and by value, what the register
    holds and we do not know. ``unread`` are the FINESS numbers of faulty lines: nothing may be concluded of them.
    """

    errors: list[InputError] = field(default_factory=list)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    unread: set[str] = field(default_factory=set)
    lost: int = 0  # faulty lines whose number could not be read
    dated: dt.date | None = None  # the day the register was made
    share: float = 0.0  # of the file, read so far, 0–1

    def fault(self, error: InputError, finess: str = "") -> None:
        self.errors.append(error)
        if finess:
            self.unread.add(finess)
        else:
            self.lost += 1


class Register(Protocol):
    """A file of a known kind. ``whole`` tells that what it does not hold no longer exists."""

    @property
    def title(self) -> str: ...

    @property
    def whole(self) -> bool: ...

    @property
    def path(self) -> Path: ...

    def records(self, account: Account) -> Iterator[Record]:
        """One pass over the file. Faulty lines go to ``account.errors``; raises InputError when nothing can be read."""
        ...
