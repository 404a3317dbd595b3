# SPDX-License-Identifier: EUPL-1.2
"""Where each establishment of a place stands by axis, and how all of them spread by objective."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from carene.apps.assessments.queries_group import Handed, handed_below
from carene.apps.observatory.queries import AREAS, VERB
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines import french
from carene.engines.observatory.spread import Spread, spread
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError

READ = "summary.view"
MOST = 500  # establishments of one page: beyond, one chooses a GHT or a department
Order = Literal["name", "worst", "best"]


@dataclass(frozen=True)
class Standing:
    """``scores``: overall, then each axis, on 0–4; None where nothing was evaluated."""

    node: int
    name: str
    town: str
    step: int | None
    scores: tuple[float | None, ...]
    validated_on: dt.date

    @property
    def marks(self) -> list[tuple[str, float | None]]:
        """Each score under its heading."""
        return list(zip(headings(), self.scores, strict=True))


def headings() -> tuple[str, ...]:
    return ("Ensemble", *(axis.title for axis in care().axes))


@dataclass(frozen=True)
class Part:
    """An axis, or an objective of it: how the levels of those that were evaluated spread."""

    title: str
    spread: Spread


@dataclass(frozen=True)
class Axis:
    whole: Part
    objectives: tuple[Part, ...]


@dataclass(frozen=True)
class Maturity:
    """``total``: establishments of the place, ``rows`` those that validated an assessment, in the order asked for."""

    total: int
    rows: tuple[Standing, ...]
    axes: tuple[Axis, ...]


def maturity(actor: Actor, organisation: Organisation, *, department: str = "", order: Order = "name") -> Maturity:
    """What was validated, nothing of what people are typing. Two queries.

    Raises PermissionDenied for who may not read the summary of each one, InputError where there are more than ``MOST``.
    """
    actor.require(VERB, organisation.node)
    actor.require(READ, organisation.node)
    places = _places(organisation, department)
    found = handed_below(organisation.node, [place[0] for place in places])
    rows = [_standing(place, found[place[0]]) for place in places if place[0] in found]
    return Maturity(len(places), tuple(_ordered(rows, order)), tuple(_axes(list(found.values()))))


def _places(organisation: Organisation, department: str) -> list[tuple[int, str, str]]:
    """(id, name, town) by name."""
    rows = Organisation.objects.below(organisation.node).filter(closed_on=None).exclude(kind__in=AREAS)
    if department:
        rows = rows.filter(department=department)
    places = list(rows.order_by("search", "pk").values_list("pk", "name", "town")[: MOST + 1])
    if len(places) > MOST:
        raise InputError(
            f"Il y a ici plus de {french.number(MOST)} établissements", remedy="choisir un GHT ou un département"
        )
    return places


def _standing(place: tuple[int, str, str], found: Handed) -> Standing:
    scores = tuple(found.scores.get(axis.id) for axis in care().axes)
    return Standing(*place, found.step, (found.overall, *scores), found.validated_on)


def _ordered(rows: list[Standing], order: Order) -> list[Standing]:
    """They come by name; those without a level last."""
    if order == "name":
        return rows
    sign = 1 if order == "worst" else -1
    return sorted(rows, key=lambda row: (row.scores[0] is None, sign * (row.scores[0] or 0.0)))


def _axes(found: list[Handed]) -> list[Axis]:
    referential = care()

    def part(key: str, title: str) -> Part:
        return Part(title, spread([score for one in found if (score := one.scores.get(key)) is not None]))

    return [
        Axis(part(axis.id, axis.title), tuple(part(one.id, one.title) for one in referential.objectives_of[axis.id]))
        for axis in referential.axes
    ]
