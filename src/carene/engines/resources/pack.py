# SPDX-License-Identifier: EUPL-1.2
"""The folder ``packs/resources``: scarce skills, services that may be shared, steps of a convergence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt, TypeAdapter, model_validator

from carene.engines.governance.pack import Source, governance
from carene.engines.referential.catalogue import PACKS, care
from carene.engines.sources.yaml_source import read_yaml


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Shape):
    """A kind of shared service. ``a``, ``own``, ``the``: how a sentence names it. ``posts``: kinds of posts that hold
    it; ``on_call``: an on-call duty does; ``known_by``: an observation of these, above zero, says that it exists.
    ``measure``: what it costs alone and shared, empty when no measure says it."""

    label: str
    a: str
    own: str
    the: str
    posts: tuple[str, ...] = ()
    on_call: bool = False
    known_by: tuple[str, ...] = ()
    skill: str = ""
    measure: str = ""
    measures: tuple[str, ...] = ()  # others that it helps with
    criteria: tuple[str, ...] = ()
    overlap: str
    gap: str
    hole: str

    @property
    def all_measures(self) -> tuple[str, ...]:
        return (*((self.measure,) if self.measure else ()), *self.measures)


class Scattered(_Shape):
    """Below ``below_fte`` full-time equivalents, someone who holds a skill alone has nobody behind."""

    below_fte: PositiveFloat
    source: str
    reasoning: str
    todo: str


class Freed(_Shape):
    months: PositiveInt
    days_per_fte: PositiveInt
    source: str
    reasoning: str


class Step(_Shape):
    """A step of a convergence. ``service``: a shared service of that kind says that a member has joined."""

    id: str
    title: str
    why: str
    proof: tuple[str, ...]
    after: tuple[str, ...] = ()
    service: str = ""
    measure: str = ""
    source: str = ""  # empty: that of the whole list
    reference: str = ""


class Convergence(_Shape):
    months_between_reviews: PositiveInt
    source: str
    reasoning: str
    steps: tuple[Step, ...]


class Resources(_Shape):
    sources: Mapping[str, Source]
    skills: tuple[str, ...]
    skills_source: str
    skills_reasoning: str
    scattered: Scattered
    hole_todo: str
    vacant_todo: str
    freed: Freed
    services: Mapping[str, Service]
    convergence: Convergence

    @model_validator(mode="after")
    def _everything_named_exists(self) -> Resources:
        referential, services, steps = care(), list(self.services.values()), self.convergence.steps
        known: dict[str, tuple[set[str], set[str]]] = {
            "sources": (
                {self.skills_source, self.scattered.source, self.freed.source, self.convergence.source}
                | {step.source for step in steps if step.source},
                set(self.sources),
            ),
            "skills": ({*self.skills, *(one.skill for one in services if one.skill)}, set(referential.skills)),
            "measures": (
                {key for one in services for key in one.all_measures} | {s.measure for s in steps if s.measure},
                set(referential.measure),
            ),
            "criteria": ({key for one in services for key in one.criteria}, set(referential.criterion)),
            "indicators": ({key for one in services for key in one.known_by}, set(referential.indicator)),
            "posts": ({key for one in services for key in one.posts}, set(governance().staff.posts)),
            "services": ({step.service for step in steps if step.service}, set(self.services)),
            "steps": ({key for step in steps for key in step.after}, {step.id for step in steps}),
        }
        for what, (named, existing) in known.items():
            if missing := named - existing:
                raise ValueError(f"unknown {what}: {sorted(missing)}")
        if len(self.step) != len(steps):
            raise ValueError("two steps have the same id")
        return self

    @cached_property
    def step(self) -> Mapping[str, Step]:
        return {step.id: step for step in self.convergence.steps}

    @cached_property
    def sharing(self) -> tuple[str, ...]:
        """Services of which a measure says what sharing them costs."""
        measures = care().measure
        return tuple(
            key for key, one in self.services.items() if one.measure and measures[one.measure].sharing.scope != "none"
        )

    def source_of(self, step: Step) -> Source:
        return self.sources[step.source or self.convergence.source]


@lru_cache(maxsize=1)
def resources() -> Resources:
    folder = PACKS / "resources"

    def read(name: str) -> Any:
        return read_yaml((folder / name).read_bytes(), name).data

    data = {"sources": read("sources.yaml"), "convergence": read("convergence.yaml"), **read("map.yaml")}
    return TypeAdapter(Resources).validate_python(data)
