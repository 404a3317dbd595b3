# SPDX-License-Identifier: EUPL-1.2
"""Which questions of a version of a referential answer which questions of another one.

What a pack declares (``packs/<referential>-versions.yaml``) is taken as it is. Where nothing is declared, only a
question that kept its identifier and its title is compared: the rest is said not to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carene.engines.referential.catalogue import PACKS
from carene.engines.sources.yaml_source import read_yaml

Questions = Mapping[str, str]  # id → title


class Change(BaseModel):
    """From one version to the next one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    older: str = Field(alias="from")
    newer: str = Field(alias="to")
    renamed: dict[str, str] = {}  # old → new
    merged: dict[str, list[str]] = {}  # new → the old ones
    split: dict[str, list[str]] = {}  # old → the new ones
    dropped: list[str] = []  # old
    new: list[str] = []
    changed: dict[str, str] = {}  # kept its identifier, not its meaning: why

    @model_validator(mode="after")
    def _once(self) -> Change:
        old = [*self.renamed, *(one for many in self.merged.values() for one in many), *self.split, *self.dropped]
        new = [*self.renamed.values(), *self.merged, *(one for many in self.split.values() for one in many), *self.new]
        for side in (old, new):
            twice = sorted({one for one in side if side.count(one) > 1})
            if twice:
                message = f"named twice: {', '.join(twice)}"
                raise ValueError(message)
        return self


class Changes(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    referential: str
    changes: list[Change]


@dataclass(frozen=True)
class Link:
    """Old questions that say together what the new ones say together. ``kind``: same, renamed, merged or split."""

    kind: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class Crossing:
    """From one version to another. ``changed``: question → why it is not compared."""

    links: tuple[Link, ...]
    dropped: tuple[str, ...]
    new: tuple[str, ...]
    changed: Mapping[str, str]
    declared: bool

    @property
    def compared(self) -> int:
        """How many of the new questions have something before them."""
        return sum(len(link.new) for link in self.links)


def read(path: Path) -> Changes:
    """Raises InputError for what is not YAML, pydantic's ValidationError for what is not of this shape."""
    return Changes.model_validate(read_yaml(path.read_bytes(), path.name).data)


@lru_cache(maxsize=8)
def declared(referential: str) -> tuple[Change, ...]:
    """What is declared of one of our referentials; nothing for one that was imported."""
    path = PACKS / f"{referential}-versions.yaml"
    return tuple(read(path).changes) if path.name.count(":") == 0 and path.exists() else ()


def crossing(old: Questions, new: Questions, change: Change | None) -> Crossing:
    """Every question of both sides is in one link, or dropped, new or changed."""
    found = Change.model_validate({"from": "", "to": ""}) if change is None else change
    links = [Link("renamed", (a,), (b,)) for a, b in found.renamed.items()]
    links += [Link("merged", tuple(many), (one,)) for one, many in found.merged.items()]
    links += [Link("split", (one,), tuple(many)) for one, many in found.split.items()]
    links = [link for link in links if set(link.old) <= old.keys() and set(link.new) <= new.keys()]
    taken_old = {one for link in links for one in link.old} | set(found.dropped) | set(found.changed)
    taken_new = {one for link in links for one in link.new} | set(found.new) | set(found.changed)
    changed = {one: why for one, why in found.changed.items() if one in new}
    for one in (key for key in new if key in old and key not in taken_old and key not in taken_new):
        if change is None and old[one] != new[one]:
            changed[one] = "l'intitulé a changé, et aucune correspondance n'est déclarée"
        else:
            links.append(Link("same", (one,), (one,)))
    linked_old = {one for link in links for one in link.old}
    linked_new = {one for link in links for one in link.new}
    order = {key: rank for rank, key in enumerate(new)}
    return Crossing(
        tuple(sorted(links, key=lambda link: order[link.new[0]])),
        tuple(key for key in old if key not in linked_old and key not in changed),
        tuple(key for key in new if key not in linked_new and key not in changed),
        changed,
        change is not None,
    )


def change_between(referential: str, older: str, newer: str) -> Change | None:
    """What is declared from one version to another. The same version: nothing changed. None: nothing is declared."""
    if older == newer:
        return Change.model_validate({"from": older, "to": newer})
    return next((one for one in declared(referential) if (one.older, one.newer) == (older, newer)), None)
