# SPDX-License-Identifier: EUPL-1.2
"""The folder ``packs/governance``: targets, posts, committees, documents and duties, each with its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveInt, TypeAdapter, model_validator

from carene.engines import french
from carene.engines.referential.catalogue import PACKS
from carene.engines.referential.model import Profile
from carene.engines.sources.yaml_source import read_yaml

Status = Literal["in_force", "recommended", "draft"]
Confidence = Literal["official", "secondary", "inferred", "to_check"]

CONFIDENCES: Mapping[str, str] = {
    "official": "source officielle",
    "secondary": "source secondaire",
    "inferred": "notre lecture",
    "to_check": "à vérifier",
}
STATUSES: Mapping[str, str] = {
    "in_force": "demandé par un texte",
    "recommended": "recommandé",
    "draft": "texte en projet, pas en vigueur",
}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Shape):
    title: str
    url: str = ""
    date: dt.date | None = None
    confidence: Confidence
    note: str = ""

    @property
    def sure(self) -> str:
        return CONFIDENCES[self.confidence]


class Target(_Shape):
    """A share in percent, and why."""

    target: NonNegativeFloat
    source: str
    reasoning: str

    @property
    def said(self) -> str:
        return french.percent(self.target)


class Budget(_Shape):
    digital: Target
    cyber: Target
    usual: NonNegativeFloat
    usual_source: str


class Post(_Shape):
    """``security``: counted in the security staff; ``head``: in the time of RSSI; ``digital``: a post of the DSI."""

    label: str
    security: bool = False
    head: bool = False
    digital: bool = False


class Staff(_Shape):
    reference_fte: Mapping[str, NonNegativeFloat]
    source: str
    reasoning: str
    posts: Mapping[str, Post]


class Named(_Shape):
    label: str


class Document(_Shape):
    """``review_months`` None: no text that was found gives a period."""

    label: str
    review_months: PositiveInt | None = None
    source: str = ""


class Applies(_Shape):
    """An absent list accepts everything. What is unknown of an establishment speaks against nothing, NIS2 apart: those
    duties are proposed only to who said what it is."""

    types: frozenset[str] | None = None
    sizes: frozenset[str] | None = None
    ght: frozenset[str] | None = None
    nis2: frozenset[str] | None = None

    def accepts(self, profile: Profile, nis2: str) -> bool:
        known = ((self.types, profile.type), (self.sizes, profile.size), (self.ght, profile.ght))
        return all(wanted is None or value is None or value in wanted for wanted, value in known) and (
            self.nis2 is None or nis2 in self.nis2
        )


class Duty(_Shape):
    id: str
    title: str
    why: str
    todo: str
    months: PositiveInt | None = None
    document: str = ""
    applies: Applies
    status: Status
    source: str
    reference: str = ""
    evidence: tuple[str, ...] = ()
    who: tuple[str, ...] = ()

    @property
    def status_words(self) -> str:
        return STATUSES[self.status]


class Governance(_Shape):
    sources: Mapping[str, Source]
    budget: Budget
    staff: Staff
    committees: Mapping[str, Named]
    commitments: Mapping[str, Named]
    documents: Mapping[str, Document]
    nis2: Mapping[str, str]
    nis2_source: str
    nis2_reasoning: str
    soon_days: PositiveInt
    remind_days: PositiveInt
    calendar_months: PositiveInt
    duties: tuple[Duty, ...]

    @model_validator(mode="after")
    def _everything_named_exists(self) -> Governance:
        named = {self.budget.digital.source, self.budget.cyber.source, self.budget.usual_source, self.staff.source}
        named |= {self.nis2_source, *(duty.source for duty in self.duties)}
        named |= {one.source for one in self.documents.values() if one.source}
        documents = {duty.document for duty in self.duties if duty.document}
        if missing := (named - set(self.sources)) | (documents - set(self.documents)):
            raise ValueError(f"unknown sources or documents: {sorted(missing)}")
        if len(self.duty) != len(self.duties):
            raise ValueError("two duties have the same id")
        return self

    @cached_property
    def duty(self) -> Mapping[str, Duty]:
        return {duty.id: duty for duty in self.duties}

    def for_whom(self, profile: Profile, nis2: str) -> tuple[Duty, ...]:
        """Duties proposed to such an establishment, in the order of the file; ``nis2`` empty when it is not known."""
        return tuple(duty for duty in self.duties if duty.applies.accepts(profile, nis2))


@lru_cache(maxsize=1)
def governance() -> Governance:
    folder = PACKS / "governance"

    def read(name: str) -> Any:
        return read_yaml((folder / name).read_bytes(), name).data

    data = {"sources": read("sources.yaml"), "duties": read("duties.yaml"), **read("steering.yaml")}
    return TypeAdapter(Governance).validate_python(data)
