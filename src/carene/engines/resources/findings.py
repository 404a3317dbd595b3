# SPDX-License-Identifier: EUPL-1.2
"""What the map says: what two do alone, what nobody does, who is left out; each with what could be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from carene.engines import french
from carene.engines.resources.model import Row, State
from carene.engines.resources.pack import Resources

Kind = Literal["hole", "gap", "overlap", "vacant", "scattered"]
KINDS: Mapping[Kind, str] = {
    "hole": "Trou",
    "gap": "À étendre",
    "overlap": "Doublon",
    "vacant": "Poste vacant",
    "scattered": "Temps éparpillé",
}
MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """``group``: the GHT of which it is said. ``subject``: key of a service, or of a skill."""

    kind: Kind
    group: int
    subject: str
    label: str
    sentence: str
    todo: str
    units: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        return KINDS[self.kind]


def findings(rows: Sequence[Row], pack: Resources, skills: Mapping[str, str]) -> list[Finding]:
    """Of each GHT that has two members at least, in the order of ``KINDS`` then of the pack. ``skills``: their labels.

    « Nobody » means nobody who said so: a member of which nothing is described is not accused of having nothing.
    """
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.unit.group is not None:
            groups[row.unit.group].append(row)
    rank = {kind: n for n, kind in enumerate(KINDS)}
    found = [
        one
        for group, members in groups.items()
        if len(members) > 1
        for one in [*_services(group, members, pack), *_skills(group, members, pack, skills)]
    ]
    return sorted(found, key=lambda one: rank[one.kind])


def _services(group: int, members: Sequence[Row], pack: Resources) -> Iterator[Finding]:
    for key, service in pack.services.items():
        by_state: dict[State, list[Row]] = defaultdict(list)
        for row in members:
            by_state[row.services[key].state].append(row)
        alone, without = by_state["alone"], [*by_state["vacant"], *by_state["none"]]
        shared = [*by_state["provides"], *by_state["receives"]]

        def said(kind: Kind, sentence: str, todo: str, about: Sequence[Row]) -> Finding:
            return Finding(kind, group, key, service.label, sentence, todo, _ids(about))  # noqa: B023 - used at once

        if not alone and not shared:
            yield said("hole", f"Personne ne décrit {service.a}.", service.hole, members)
        if shared and without:
            yield said("gap", f"{_shared_by(by_state, key, service.the)} ; rien n'est décrit pour {_names(without)}.",
                       service.gap, without)  # fmt: skip
        if len(alone) > 1:
            yield said("overlap", f"{_names(alone)} ont chacun {_their(service.own)}.", service.overlap, alone)
        elif alone and by_state["provides"]:
            sentence = f"{_names(alone)} garde {service.own} ; {_shared_by(by_state, key, service.the)}."
            yield said("overlap", sentence, service.overlap, alone)


def _shared_by(by_state: Mapping[State, Sequence[Row]], key: str, the: str) -> str:
    """« CH de Valmont fournit déjà le RSSI à 4 membres », or who it comes from when they stand elsewhere."""
    provider = next(iter(by_state.get("provides", ())), None)
    if provider is not None:
        cell = provider.services[key]
        when = f"fournira {the} dès le {french.long_date(cell.coming)}" if cell.coming else f"fournit déjà {the}"
        return f"{provider.unit.name} {when} à {french.counted(len(cell.others), 'membre')}"
    receiving = by_state["receives"]
    verb = "reçoivent" if len(receiving) > 1 else "reçoit"
    return f"{_names(receiving)} {verb} {the} de {receiving[0].services[key].others[0]}"


def _skills(group: int, members: Sequence[Row], pack: Resources, skills: Mapping[str, str]) -> Iterator[Finding]:
    if not any(row.described for row in members):
        return
    for skill in pack.skills:
        label = skills[skill]
        held = [row for row in members if skill in row.skills and row.skills[skill].held > 0]
        vacant = [row for row in members if skill in row.skills and row.skills[skill].vacant > 0]
        if not held:
            yield Finding(
                "hole", group, skill, label, f"{label} : aucun temps n'est décrit chez les membres.", pack.hole_todo,
                _ids(members),
            )  # fmt: skip
        if vacant:
            total = french.with_unit(sum(row.skills[skill].vacant for row in vacant), "ETP")
            where = french.listing(_short([_with(row, row.skills[skill].vacant) for row in vacant]))
            sentence = f"{label} : {total} à pourvoir, {where}."
            yield Finding("vacant", group, skill, label, sentence, pack.vacant_todo, _ids(vacant))
        parts = [row for row in held if 0 < row.skills[skill].own < pack.scattered.below_fte]
        if len(parts) > 1:
            where = french.listing(_short([_with(row, row.skills[skill].own) for row in parts]))
            sentence = f"{label} : moins d'un temps plein chez plusieurs, {where}."
            yield Finding("scattered", group, skill, label, sentence, pack.scattered.todo, _ids(parts))


def _with(row: Row, fte: float) -> str:
    return f"{row.unit.name} ({french.number(fte)})"


def _their(own: str) -> str:
    """« leur annuaire », from « son annuaire »."""
    return f"leur {own.partition(' ')[2]}"


def _names(rows: Sequence[Row]) -> str:
    return french.listing(_short([row.unit.name for row in rows]))


def _short(names: Sequence[str]) -> list[str]:
    """The first of them, then how many others."""
    if len(names) <= MOST_NAMES + 1:
        return list(names)
    return [*names[:MOST_NAMES], french.counted(len(names) - MOST_NAMES, "autre")]


def _ids(rows: Sequence[Row]) -> tuple[int, ...]:
    return tuple(row.unit.id for row in rows)
