# SPDX-License-Identifier: EUPL-1.2
"""What a control is: a small function that names what is wrong, and what it must have read to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from carene.engines.directory.controls.case import CONFIGURATION, Case


@dataclass(frozen=True)
class Fault:
    """One object that breaks the control. ``said``: French, what is wrong with it (« mot de passe de 2011 »)."""

    index: int  # object of the collection; -1: the domain as a whole
    said: str
    level: int  # the level that it holds the directory at
    domain: int


@dataclass(frozen=True)
class Unknown:
    """What could not be looked at, in a domain. ``said``: French; ``remedy``: the collection that would settle it."""

    domain: int
    said: str
    remedy: str


Look = Callable[[Case, int], Iterable[Fault | Unknown]]  # the case, a domain


@dataclass(frozen=True)
class Control:
    """``needs``: structural class → attributes (or « descriptor », « members », « sysvol ») that decide.

    A class that starts with « ? » is needed only where the domain holds such objects.
    """

    key: str
    needs: Mapping[str, tuple[str, ...]]
    look: Look


CONTROLS: dict[str, Control] = {}


def control(key: str, needs: Mapping[str, tuple[str, ...]]) -> Callable[[Look], Look]:
    """Registers a control under the identifier of the pack. ``needs`` as in ``Control``."""

    def keep(look: Look) -> Look:
        if key in CONTROLS:
            raise ValueError(f"two controls {key}")
        CONTROLS[key] = Control(key, needs, look)
        return look

    return keep


def forest_control(key: str, needs: Mapping[str, tuple[str, ...]]) -> Callable[[Look], Look]:
    """As ``control``, for what is counted once a forest: ``look`` gets its first collected domain alone.

    Objects of the configuration are told by any of its domains, the others by every one.
    """

    def keep(look: Look) -> Look:
        def once(case: Case, domain: int) -> Iterator[Fault | Unknown]:
            forest = case.forest(domain)
            if domain != forest[0]:
                return
            absent = list(_missing_in_forest(case, needs, forest))
            if absent:
                yield unread(case, domain, absent)
            else:
                yield from look(case, domain)

        control(key, {})(once)
        return look

    return keep


def _missing_in_forest(case: Case, needs: Mapping[str, tuple[str, ...]], forest: tuple[int, ...]) -> Iterator[str]:
    for structural, attributes in needs.items():
        known = any if structural.lstrip("?") in CONFIGURATION else all
        for attribute in attributes:
            if not known(case.knows(one, structural, attribute) for one in forest):
                yield f"{structural}.{attribute}"


def missing(case: Case, needed: Control, domain: int) -> Iterator[str]:
    """The attributes that this control needs and that no collection of the domain reads, as « class.attribute »."""
    for structural, attributes in needed.needs.items():
        for attribute in attributes:
            if not case.knows(domain, structural, attribute):
                yield f"{structural}.{attribute}"


def unread(case: Case, domain: int, absent: Iterable[str]) -> Unknown:
    """What to say of attributes (« class.attribute ») that no collection of the domain reads."""
    found = case.collection.domains[domain]
    collectors = ", ".join(sorted({source.collector for source in found.sources}))
    names = ", ".join(sorted({one.partition(".")[2] for one in absent}))
    said = f"la collecte {collectors} de {found.name} ne donne pas {names}"
    return Unknown(domain, said, "une collecte ORADAD du domaine")
