# SPDX-License-Identifier: EUPL-1.2
"""The map of a region: where its establishments are, by type or by step; the list beside it, the table behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from carene.apps.assessments import queries as assessments
from carene.apps.organisations import map_drawing, queries_tree
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries_tree import Spot
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines.referential.catalogue import care
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError
from carene.ui.charts.svg import Role

PAGE = 25
HEALTH = ("chu", "ch", "ch_proximite", "epsm", "clinique", "espic", "smr", "had")  # on the map unless asked otherwise
BY_STEP, BY_TYPE = "palier", "type"
NO_STEP = "sans"
STEP_COLOURS: tuple[Role, ...] = ("late", "soon", "done", "accent", "good")


@dataclass(frozen=True)
class Key:
    """One line of the legend."""

    label: str
    colour: Role
    count: int


@require_GET
@organisation_view("organisation.view")
def map_of(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    if organisation.kind == Organisation.Kind.NATION:
        raise InputError("la carte se dessine région par région", remedy="ouvrir une région")
    names = care().types
    counts, untyped, unplaced = queries_tree.types_below(organisation.node)
    types = [kind for kind in names if kind in counts]
    asked = [kind for kind in request.GET.getlist("type") if kind in types]
    chosen = asked or [kind for kind in types if kind in HEALTH] or types
    near, far = map_drawing.far_away(queries_tree.spots(organisation.node, chosen))
    can_steps = request.actor.can("summary.view", organisation.node)
    by = BY_STEP if request.GET.get("par") == BY_STEP and can_steps else BY_TYPE
    groups, legend = _by_step(organisation, near) if by == BY_STEP else _by_type(near, chosen)
    roles = {key: line.colour for key, line in legend.items()}
    departments = {code: department.name for code, department in territories().departments.items()}
    title = f"{organisation.name} : établissements par {by}"
    drawn = map_drawing.draw(near, departments, roles, title, groups) if near else None
    page = Paginator([*near, *far], PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "drawn": drawn,
        "svg": mark_safe(drawn.svg) if drawn else "",
        "legend": [line for line in legend.values() if line.count],
        "types": [(kind, names[kind], counts[kind], kind in chosen) for kind in types],
        "chosen": len(chosen),
        "by": by,
        "can_steps": can_steps,
        "query": urlencode([*(("type", kind) for kind in asked), ("par", by)]),
        "far": far,
        "untyped": untyped,
        "unplaced": unplaced,
        "page": page,
        "rows": [_row(spot, names, departments, drawn, groups, legend) for spot in page.object_list],
    }
    return render(request, "organisations/map.html", context)


def _row(
    spot: Spot,
    names: Any,
    departments: dict[str, str],
    drawn: map_drawing.Map | None,
    groups: dict[int, str],
    legend: dict[str, Key],
) -> dict[str, Any]:
    """One line of the list and of the table; its place on the drawing when it is drawn."""
    x, y = drawn.places.get(spot.pk, ("", "")) if drawn else ("", "")
    key = legend.get(groups.get(spot.pk, ""))
    return {
        "spot": spot,
        "type": names[spot.type],
        "department": departments.get(spot.department, ""),
        "x": f"{x:.1f}" if x != "" else "",
        "y": f"{y:.1f}" if y != "" else "",
        "key": key,
    }


def _by_type(spots: Sequence[Spot], chosen: Sequence[str]) -> tuple[dict[int, str], dict[str, Key]]:
    counts = Counter(spot.type for spot in spots)
    roles = map_drawing.colours(chosen)
    legend = {kind: Key(care().types[kind], roles[kind], counts[kind]) for kind in chosen}
    return {spot.pk: spot.type for spot in spots}, legend


def _by_step(organisation: Organisation, spots: Sequence[Spot]) -> tuple[dict[int, str], dict[str, Key]]:
    """Steps from the last validated assessments; an establishment without one follows its legal entity."""
    standings = assessments.standings_below(organisation.node)
    parents = queries_tree.parents_of(spot.pk for spot in spots)
    groups: dict[int, str] = {}
    for spot in spots:
        own = standings.get(spot.pk) or standings.get(parents.get(spot.pk, 0))
        groups[spot.pk] = NO_STEP if own is None or own.step is None else str(own.step)
    counts = Counter(groups.values())
    steps = sorted(care().steps, key=lambda step: step.id)
    legend = {
        str(step.id): Key(
            f"{step.label} : {step.title}", STEP_COLOURS[min(rank, len(STEP_COLOURS) - 1)], counts[str(step.id)]
        )
        for rank, step in enumerate(steps)
    }
    legend[NO_STEP] = Key("Sans évaluation validée", "second", counts[NO_STEP])
    return groups, legend
