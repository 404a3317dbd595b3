# SPDX-License-Identifier: EUPL-1.2
"""The folder ``packs/directory``: what each kind of edge is worth, and what the heart of a directory (tier 0) is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carene.engines.directory.model import EdgeKind
from carene.engines.referential.catalogue import PACKS
from carene.engines.sources.shapes import read_shape
from carene.engines.sources.yaml_source import read_yaml

EASIEST = 5


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EdgeText(_Shape):
    """``ease`` 1 (an expert, some luck) to 5 (no effort). ``only_on``: structural classes of the target on which it
    leads further; none: all. ``cut`` empty: nothing that one removes (the group « Tout le monde »)."""

    name: str
    traversable: bool
    ease: int | None = Field(default=None, ge=1, le=EASIEST)
    reason: str  # of the ease, or of what it does not lead further
    prerequisite: str = ""  # empty: no major one
    attacker: str = ""
    cut: str = ""
    only_on: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> EdgeText:
        if self.traversable != (self.ease is not None):
            raise ValueError("an edge that leads further has an ease, the others have none")
        if self.traversable and not self.attacker:
            raise ValueError("what does an attacker do with it?")
        return self

    @property
    def cost(self) -> int:
        """Of a step in a path: 1 for the easiest; 0: it does not lead further."""
        return 0 if self.ease is None else EASIEST + 1 - self.ease


class EdgeTexts(_Shape):
    source: str
    edges: Mapping[EdgeKind, EdgeText]

    @model_validator(mode="after")
    def _every_kind(self) -> EdgeTexts:
        if missing := sorted(set(EdgeKind) - set(self.edges)):
            raise ValueError(f"kinds that nothing describes: {missing}")
        return self


class Rule(_Shape):
    """What is of tier 0: all that any of these finds. ``members``: with members, members of members…"""

    id: str
    name: str
    reason: str
    rids: tuple[int, ...] = ()  # of each domain
    built_in: tuple[int, ...] = ()  # « BUILTIN » of each domain
    sids: tuple[str, ...] = ()  # well-known identities
    classes: tuple[str, ...] = ()  # structural classes
    first_component: tuple[str, ...] = ()  # beginnings of a DN, lower case, below the head of a domain
    heads: bool = False
    controllers: bool = False
    certificate_hosts: bool = False
    members: bool = False


class Tier0Rules(_Shape):
    source: str
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _distinct(self) -> Tier0Rules:
        if len({rule.id for rule in self.rules}) != len(self.rules):
            raise ValueError("two rules have the same id")
        return self


@lru_cache(maxsize=1)
def edge_texts() -> EdgeTexts:
    """Raises InputError when the file is wrong."""
    return read_shape(EdgeTexts, read_yaml((PACKS / "directory" / "edges.yaml").read_bytes(), "edges.yaml"))


@lru_cache(maxsize=1)
def tier0_rules() -> Tier0Rules:
    """Raises InputError when the file is wrong."""
    return read_shape(Tier0Rules, read_yaml((PACKS / "directory" / "tier0.yaml").read_bytes(), "tier0.yaml"))
