# SPDX-License-Identifier: EUPL-1.2
"""The roadmap under way: what is late, what comes next, what was spent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from carene.apps.assessments import queries as assessments
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import figures, gantt, plans, queries, stored
from carene.apps.roadmaps.models import Action, Scenario
from carene.apps.roadmaps.views.common import page
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.planner.outlook import Moment

State = Action.State
ORDER = {"late": 0, State.DOING: 1, State.TODO: 2, State.DONE: 3, State.DROPPED: 4}
FILTERS = [
    ("", "Toutes, sauf abandonnées"),
    ("late", "En retard"),
    (State.TODO.value, "À faire"),
    (State.DOING.value, "En cours"),
    (State.DONE.value, "Terminées"),
    (State.DROPPED.value, "Abandonnées"),
]
NEXT = 5
LATE_SHOWN = 8
NOBODY = "0"


@require_GET
@organisation_view("roadmap.view")
def overview(request: OrganisationRequest) -> HttpResponse:
    if request.organisation.kind == Organisation.Kind.GHT:
        return redirect("roadmaps:group", request.organisation.pk)
    node, today = request.organisation.node, timezone.localdate()
    rows = list(queries.actions(node))
    roadmap = queries.adopted(node)
    if roadmap is None and not rows:
        return _nothing_yet(request)
    state, owner = request.GET.get("etat", ""), request.GET.get("responsable", "")
    shown = _ordered([row for row in rows if _matches(row, state, owner, today)], today)
    late = [
        (row, french.due(row.due_on, today), _who(row))
        for row in sorted(rows, key=lambda row: (row.due_on, row.pk))
        if row.late_on(today)
    ]
    coming = [row for row in rows if row.state == State.TODO and not row.late_on(today)][:NEXT]
    years = queries.yearly_of(rows, roadmap, today)
    context = page(
        request,
        "overview",
        roadmap=roadmap,
        proposed=queries.proposed_parts(node),
        title=figures.plan_title(roadmap.start, roadmap.months) if roadmap else "Feuille de route",
        figures=_figures(node, rows, roadmap, years, today),
        late=late[:LATE_SHOWN],
        late_rest=late[LATE_SHOWN:],
        coming=[(row, _when(row, today), _who(row)) for row in coming],
        today=today,
        shown=[(row, _kind(row, today)) for row in shown],
        total=len(rows),
        gantt=_gantt(request, shown, roadmap, today),
        years=years,
        bars=_bars(years),
        filters=FILTERS,
        state=state,
        owner=owner,
        owners=sorted(
            {(str(row.owner_id), str(row.owner)) for row in rows if row.owner_id}, key=lambda o: (o[1], o[0])
        ),
        nobody=NOBODY,
    )
    return render(request, "roadmaps/overview.html", context)


def _nothing_yet(request: OrganisationRequest) -> HttpResponse:
    node = request.organisation.node
    scenarios = queries.scenarios(node).count()
    assessed = bool(scenarios) or plans.situation(request.organisation, actions=()) is not None
    context = page(request, "overview", assessed=assessed, scenarios=scenarios,
                   proposed=queries.proposed_parts(node))  # fmt: skip
    return render(request, "roadmaps/nothing.html", context)


def _matches(row: Action, state: str, owner: str, today: dt.date) -> bool:
    if owner == NOBODY and row.owner_id is not None:
        return False
    if owner not in {"", NOBODY} and str(row.owner_id) != owner:
        return False
    if state == "late":
        return row.late_on(today)
    return row.state == state if state in State.values else row.state != State.DROPPED


def _kind(row: Action, today: dt.date) -> str:
    return "late" if row.late_on(today) else row.state


def _ordered(rows: Sequence[Action], today: dt.date) -> list[Action]:
    """Late first, then what is under way, to do, done."""
    return sorted(rows, key=lambda row: (ORDER[_kind(row, today)], row.start_on, row.due_on, row.pk))


def _gantt(
    request: OrganisationRequest, rows: Sequence[Action], roadmap: Scenario | None, today: dt.date
) -> gantt.Gantt:
    lanes = [
        gantt.Row(
            label=row.title,
            note=f"{_who(row)}, {french.compact_euros(row.planned_cost) if row.planned_cost else 'sans dépense'}",
            url=reverse("roadmaps:action", args=[request.organisation.pk, row.pk]),
            start=row.start_on,
            end=max(row.due_on, row.start_on),
            kind=_lane_kind(row, today),
            shared=row.shared,
        )
        for row in rows
    ]
    start, months = gantt.period(lanes, today)
    if roadmap is not None:
        start, months = _widest(start, months, roadmap)
    return gantt.draw(lanes, start, months, today=today)


def _lane_kind(row: Action, today: dt.date) -> str:
    if row.late_on(today):
        return "late"
    return {State.DONE: "done", State.DOING: "doing", State.DROPPED: "done"}.get(State(row.state), "plan")


def _widest(start: dt.date, months: int, roadmap: Scenario) -> tuple[dt.date, int]:
    """A period that holds the actions and the roadmap."""
    first = min(start, roadmap.start)
    ends = [(day.year * 12 + day.month + count) for day, count in ((start, months), (roadmap.start, roadmap.months))]
    return first, max(ends) - (first.year * 12 + first.month)


def _figures(
    node: Node, rows: Sequence[Action], roadmap: Scenario | None, years: Sequence[queries.Year], today: dt.date
) -> list[tuple[str, str, str, str]]:
    """(label, value, note, tone)."""
    counting = [row for row in rows if row.state != State.DROPPED]
    done = sum(1 for row in counting if row.state == State.DONE)
    doing = sum(1 for row in counting if row.state == State.DOING)
    late = sum(1 for row in counting if row.late_on(today))
    year = next((y for y in years if y.year == today.year), None)
    found = [
        (
            "Avancement",
            f"{french.counted(done, 'action')} sur {french.number(len(counting))}",
            f"{french.plural(done, 'terminée')} ; {french.number(doing)} en cours",
            "",
        ),
        ("En retard", french.counted(late, "action"), "à reprendre d'abord" if late else "rien n'est en retard",
         "late" if late else "good"),
        (
            f"Dépensé en {today.year}",
            french.compact_euros(year.spent if year else 0),
            f"sur {french.compact_euros(year.planned)} prévus" if year and year.planned else "rien n'y était prévu",
            "late" if year and year.planned and year.spent > year.planned else "",
        ),
    ]  # fmt: skip
    computed = stored.read(roadmap) if roadmap else None
    if computed and any(moment.step is not None for moment in computed.moments):
        found.append(_aimed(computed.moments, assessments.standings_below(node).get(node.pk)))
    return found


def _aimed(moments: Sequence[Moment], standing: assessments.Standing | None) -> tuple[str, str, str, str]:
    """The highest step of the roadmap: when it is aimed at, or that the last assessment already found it reached."""
    step = max(moment.step for moment in moments if moment.step is not None)
    if standing is not None and standing.step is not None and standing.step >= step and standing.validated_on:
        return "Palier", str(standing.step), f"atteint, jugé le {french.long_date(standing.validated_on)}", "good"
    day = next(moment.on for moment in moments if moment.step == step)
    return "Palier visé", f"{step} au {french.long_quarter(day)}", "si le plan est tenu", ""


def _bars(years: Sequence[queries.Year]) -> list[tuple[queries.Year, str, str]]:
    """Each year with the length of what is spent and the place of what is planned, in percent of the longest."""
    most = max([1.0, *(max(year.spent, year.planned) for year in years)])
    return [(year, f"{year.spent / most * 100:.1f}%", f"{year.planned / most * 99:.1f}%") for year in years]


def _who(row: Action) -> str:
    return str(row.owner) if row.owner_id else "sans responsable"


def _when(row: Action, today: dt.date) -> tuple[str, str]:
    """(words, tone) of the start: « dans 12 j », « à commencer »."""
    days = (row.start_on - today).days
    if days <= 0:
        return "à commencer", "soon"
    if days <= 45:
        return french.due(row.start_on, today), ""
    return french.SHORT_MONTHS[row.start_on.month - 1] + f" {row.start_on.year}", ""
