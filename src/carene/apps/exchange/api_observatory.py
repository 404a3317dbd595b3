# SPDX-License-Identifier: EUPL-1.2
"""The figures of the observatory, for machines: the table of a place, one figure of it with its months and areas."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from carene.apps.exchange.api_schemas import Day, Refusal
from carene.apps.observatory import queries as observatory
from carene.apps.observatory.reading import Child, Detail, Reading
from carene.apps.organisations import queries as organisations
from carene.core.access.middleware import ActorRequest
from carene.engines.observatory.calendar import first_day, month_of

router = Router()
REFUSALS = dict.fromkeys((400, 401, 403, 404, 422, 429), Refusal)
Month = Annotated[Day | None, Field(description="Any day of the month; the last one followed.")]


class ReadingOut(Schema):
    """Values are null where nobody answered, where one would divide by zero, and where they are hidden."""

    population: int
    answered: int
    value: float | None
    at_target: int | None
    q1: float | None
    median: float | None
    q3: float | None
    oldest: dt.date | None


class FigureOut(Schema):
    id: str
    title: str
    theme: str
    unit: str
    direction: str
    target: float | None
    hidden: bool
    now: ReadingOut | None


class TableOut(Schema):
    """``month``: first day of the month; null while nothing is counted."""

    month: dt.date | None
    figures: list[FigureOut]


class MomentOut(Schema):
    """``first_value``: what was published when the month was closed, where it differs from what is known today."""

    month: dt.date
    restated: bool
    first_value: float | None
    now: ReadingOut | None


class AreaOut(Schema):
    node: int | None
    code: str
    label: str
    kind: str
    hidden: bool
    now: ReadingOut | None


class DetailOut(FigureOut):
    month: dt.date | None
    explained: list[str]
    months: list[MomentOut]
    areas: list[AreaOut]


@router.get(
    "/organisations/{node_id}/observatory", response={200: TableOut, **REFUSALS}, operation_id="get_observatory"
)
def get_observatory(request: ActorRequest, node_id: int, month: Month = None) -> dict[str, Any]:
    """Every figure of a place in one month; ``hidden`` ones keep their counts only."""
    organisation = organisations.find(request.actor, node_id, observatory.VERB)
    table = observatory.table(request.actor, organisation, _first(month))
    return {
        "month": table.month,
        "figures": [_figure(line.figure, line.now, line.hidden) for line in table.lines],
    }


@router.get(
    "/organisations/{node_id}/observatory/{figure}",
    response={200: DetailOut, **REFUSALS},
    operation_id="get_observatory_figure",
)
def get_observatory_figure(request: ActorRequest, node_id: int, figure: str, month: Month = None) -> dict[str, Any]:
    """One figure: three years of it, the areas right below and the departments, how it is made (in French)."""
    organisation = organisations.find(request.actor, node_id, observatory.VERB)
    found = observatory.detail(request.actor, organisation, figure, _first(month))
    return {
        **_figure(found.figure, found.now, found.hidden),
        "month": found.month,
        "explained": found.explained,
        "months": _moments(found),
        "areas": [_area(child) for child in (*found.children, *found.departments)],
    }


def _first(month: dt.date | None) -> dt.date | None:
    return first_day(month_of(month)) if month else None


def _figure(figure: Any, now: Reading | None, hidden: bool) -> dict[str, Any]:
    names = ("id", "title", "theme", "unit", "direction")
    target = figure.target.value if figure.target else None
    return {name: getattr(figure, name) for name in names} | {"target": target, "hidden": hidden, "now": _said(now)}


def _said(reading: Reading | None) -> dict[str, Any] | None:
    return None if reading is None else {name: getattr(reading, name) for name in ReadingOut.model_fields}


def _moments(found: Detail) -> list[dict[str, Any]]:
    return [
        {
            "month": one.month,
            "restated": one.restated,
            "first_value": one.closed.value if one.restated and one.closed else None,
            "now": _said(one.now),
        }
        for one in found.moments
    ]


def _area(child: Child) -> dict[str, Any]:
    names = ("node", "code", "label", "kind", "hidden")
    return {name: getattr(child, name) for name in names} | {"now": _said(child.reading)}
