# SPDX-License-Identifier: EUPL-1.2
"""Regions and departments, as data: ``packs/territories.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict, model_validator

from carene.engines.referential.catalogue import PACKS
from carene.engines.registers.text import fold
from carene.engines.sources.yaml_source import read_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    title: str
    date: object
    confidence: str


class Region(_Strict):
    name: str


class Department(_Strict):
    name: str
    region: str
    finess: str = ""
    source: str = ""


class Territories(BaseModel):
    """Codes are those of the official list; every region that a department names exists."""

    model_config = ConfigDict(extra="forbid")
    sources: Mapping[str, Source]
    source: str
    regions: Mapping[str, Region]
    departments: Mapping[str, Department]

    @model_validator(mode="after")
    def _regions_exist(self) -> Territories:
        absent = {d.region for d in self.departments.values()} - set(self.regions)
        if absent:
            message = f"unknown regions {sorted(absent)}"
            raise ValueError(message)
        return self

    @cached_property
    def _by_finess(self) -> Mapping[str, str]:
        return {d.finess or code: code for code, d in self.departments.items()}

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return {fold(region.name): code for code, region in self.regions.items()}

    def department_of_finess(self, code: str) -> str:
        """« 9A » → « 971 », « 1 » → « 01 »; empty when unknown."""
        code = code.strip().upper()
        return self._by_finess.get(code) or self._by_finess.get(code.zfill(2), "")

    def department_of_town(self, code: str) -> str:
        """From the code of a town or a postcode: « 01053 » → « 01 », « 97306 » → « 973 »; empty when unknown."""
        head = code[:3] if code[:2] in {"97", "98"} else code[:2]
        return head if head in self.departments else ""

    def region_of(self, department: str) -> str:
        """Code of the region; empty when the department is unknown."""
        found = self.departments.get(department)
        return found.region if found else ""

    def region_named(self, name: str) -> str:
        """Code of the region called so, accents and capitals forgiven, with or without « Région »; else empty."""
        words = fold(name)
        for prefix in ("", "region ", "ars ", "agence regionale de sante "):
            if words.startswith(prefix):
                bare = words.removeprefix(prefix)
                found = self._by_name.get(bare) or self._by_name.get(bare.removeprefix("de ").removeprefix("d "))
                if found:
                    return found
        return ""


@lru_cache(maxsize=1)
def territories() -> Territories:
    path = PACKS / "territories.yaml"
    return Territories.model_validate(read_yaml(path.read_bytes(), path.name).data)
