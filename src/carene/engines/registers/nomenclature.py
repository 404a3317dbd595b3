# SPDX-License-Identifier: EUPL-1.2
"""How FINESS codes are understood, as data: ``packs/finess.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from carene.engines.referential.catalogue import PACKS
from carene.engines.registers.territories import Source
from carene.engines.registers.text import fold
from carene.engines.sources.yaml_source import read_yaml

Confidence = Literal["official", "secondary", "inferred", "to_check"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Category(_Strict):
    label: str
    type: str = ""  # key of the referential's types; empty: none of them
    source: str
    confidence: Confidence | None = None  # of the type


class Status(_Strict):
    words: str
    instead_of: frozenset[str]
    type: str
    confidence: Confidence


class Groups(_Strict):
    ght: str
    support: str
    member: str
    source: str


class Grid(_Strict):
    word: str
    epsg: int


class Projections(_Strict):
    source: str
    grids: tuple[Grid, ...]


class Nomenclature(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sources: Mapping[str, Source]
    categories: Mapping[str, Category]
    status: Status
    groups: Groups
    projections: Projections

    @model_validator(mode="after")
    def _sources_exist(self) -> Nomenclature:
        named = {c.source for c in self.categories.values()} | {self.groups.source, self.projections.source}
        if named - set(self.sources):
            message = f"unknown sources {sorted(named - set(self.sources))}"
            raise ValueError(message)
        return self

    def type_of(self, category: str, status: str = "") -> str:
        """Our type of a FINESS category and of the words that tell its status; empty when none of ours fits."""
        found = self.categories.get(category)
        kind = found.type if found else ""
        if kind in self.status.instead_of and fold(self.status.words) in fold(status):
            return self.status.type
        return kind

    def label_of(self, category: str) -> str:
        found = self.categories.get(category)
        return found.label if found else ""

    def grid_of(self, description: str) -> int | None:
        """EPSG number of the grid that the register describes; None when it says none that we know."""
        words = description.upper()
        return next((grid.epsg for grid in self.projections.grids if grid.word in words), None)


@lru_cache(maxsize=1)
def nomenclature() -> Nomenclature:
    path = PACKS / "finess.yaml"
    return Nomenclature.model_validate(read_yaml(path.read_bytes(), path.name).data)
