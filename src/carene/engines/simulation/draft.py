# SPDX-License-Identifier: EUPL-1.2
"""A simulation pack being read: each part that has the right shape, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from carene.engines.simulation.schema import AttackShape, BarrierShape, DefenceShape, ListShape, PackShape
from carene.engines.sources.document import Document, Key, Trail
from carene.engines.sources.errors import InputError
from carene.engines.sources.shapes import describe

S = TypeVar("S", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Part(Generic[S]):
    shape: S
    document: Document
    trail: Trail = ()

    def error(self, what: str, *steps: Key, remedy: str) -> InputError:
        """A fault at ``steps`` inside this part."""
        path = (*self.trail, *steps)
        about = describe(self.document, path)
        return self.document.error(f"{about} : {what}" if about else what, path=path, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of barriers, wherever it is written; ``id`` is that of its place in the model."""

    id: str
    title: str
    shape: ListShape
    part: Part[BaseModel]
    steps: tuple[Key, ...]

    def barriers(self) -> Iterator[tuple[BarrierShape, tuple[Key, ...]]]:
        for rank, barrier in enumerate(self.shape.barriers):
            yield barrier, (*self.steps, "barriers", rank)


@dataclass(frozen=True, slots=True)
class Draft:
    pack: Part[PackShape]
    defences: list[Part[DefenceShape]]
    attacks: list[Part[AttackShape]]

    def lists(self) -> Iterator[Listed]:
        """Every list of barriers that holds one, shared ones first."""
        for defence in self.defences:
            yield Listed(defence.shape.id, defence.shape.title, defence.shape, defence, ())
        for attack in self.attacks:
            for own in lists_of(attack):
                if own.shape.barriers:
                    yield own

    def uses(self) -> Iterator[tuple[Part[AttackShape], tuple[Key, ...], str]]:
        """Every reference to a shared list, with its place."""
        for attack in self.attacks:
            shape = attack.shape
            groups: list[tuple[tuple[Key, ...], list[str]]] = [(("recovery",), shape.recovery.use)]
            groups += [(("channels", rank), one.use) for rank, one in enumerate(shape.channels)]
            groups += [(("stages", rank), one.use) for rank, one in enumerate(shape.stages)]
            if shape.exposure is not None:
                groups.append((("exposure",), shape.exposure.use))
            for steps, names in groups:
                for rank, name in enumerate(names):
                    yield attack, (*steps, "use", rank), name


def lists_of(attack: Part[AttackShape]) -> Iterator[Listed]:
    """The lists that an attack writes itself: by channel, by stage, recovery, exposure."""
    shape = attack.shape
    for rank, channel in enumerate(shape.channels):
        yield Listed(f"{shape.id}.{channel.id}", channel.title, channel, attack, ("channels", rank))
    for rank, stage in enumerate(shape.stages):
        yield Listed(f"{shape.id}.{stage.id}", stage.title, stage, attack, ("stages", rank))
    yield Listed(f"{shape.id}.recovery", "Reconstruction", shape.recovery, attack, ("recovery",))
    if shape.exposure is not None:
        yield Listed(f"{shape.id}.exposure", "Données exposées", shape.exposure, attack, ("exposure",))
