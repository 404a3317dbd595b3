# SPDX-License-Identifier: EUPL-1.2
"""Pages of the risks: they read, compute and show; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.risks import board as boards
from carene.apps.risks import figures, queries, rows, tables, trials
from carene.apps.roadmaps import queries as roadmaps
from carene.engines import french
from carene.engines.simulation import wording
from carene.engines.simulation.loader import shipped

VERB = "risk.view"
MOST_COMPARED = 4


def _page(request: OrganisationRequest, tab: str, **more: Any) -> dict[str, Any]:
    return {"organisation": request.organisation, "tab": tab, **more}


def _nothing(request: OrganisationRequest) -> HttpResponse:
    """No assessment was begun: there is nothing to compute from."""
    organisation = request.organisation
    can = organisation.assessable and request.actor.can("assessment.start", organisation.node)
    return render(request, "risks/nothing.html", _page(request, "overview", can_start=can))


@require_GET
@organisation_view(VERB)
def overview(request: OrganisationRequest) -> HttpResponse:
    found = queries.situation(request.organisation)
    if found is None:
        return _nothing(request)
    outcome, unit = found.outcome, request.GET.get("par", "")
    unit = unit if unit in rows.UNITS else "jours"
    context = _page(
        request,
        "overview",
        assessment=found.sheet.assessment,
        headline=figures.headline(outcome),
        board=_drawn(boards.board(found.model, outcome)),
        euros_chart=_pair(figures.euros_chart(outcome)),
        figures=_figures(found),
        rests=_rests(found),
        certainty=next(wording.certainty(outcome)),
        holding=rows.holding(found, unit),
        to_raise=rows.to_raise(found, unit),
        shown=rows.SHOWN,
        unit=unit,
        units=rows.UNITS,
        notes=[french.typeset(note) for note in outcome.notes],
        draws=outcome.draws,
        model=found.model,
    )
    return render(request, "risks/overview.html", context)


def _figures(found: queries.Situation) -> list[tuple[str, str, str]]:
    """CaRE's two aims, and what the three attacks cost a year."""
    outcome = found.outcome
    recover, total = outcome.recover, outcome.total
    passing = 1 - outcome.prevent.mean
    low, high = 1000 * (1 - outcome.prevent.high), 1000 * (1 - outcome.prevent.low)
    few = wording.plain(wording.significant(1000 * passing, 1))
    return [
        (
            "Empêcher",
            f"{few} sur 1{french.NARROW}000",
            f"tentatives sérieuses {french.plural(1000 * passing, 'aboutit', 'aboutissent')} (entre "
            f"{wording.plain(wording.significant(low, 1))} et {wording.plain(wording.significant(high, 1))})",
        ),
        (
            "Redémarrer",
            wording.days(recover.quantiles[0.5]),
            f"de soins dégradés une fois sur deux ; {wording.days(recover.quantiles[0.95])} dans les cas graves",
        ),
        (
            "En moyenne, chaque année",
            figures.yearly(total.euros).partition(" (")[0],
            f"et {figures.yearly(total.days, 'jour')} de soins dégradés, toutes attaques",
        ),
    ]


def _rests(found: queries.Situation) -> str:
    """« 48 critères sur 108 n'ont pas été évalués : 37 % … »; empty when it hardly matters."""
    return next(iter(list(wording.certainty(found.outcome))[1:]), "")


@require_GET
@vary_on_headers("HX-Request")
@organisation_view(VERB)
def trial(request: OrganisationRequest) -> HttpResponse:
    found = queries.situation(request.organisation)
    if found is None:
        return _nothing(request)
    asked = trials.read(found, request.GET)
    context = _page(request, "trial", trial=asked, assessment=found.sheet.assessment)
    template = "risks/_trial_result.html" if getattr(request, "htmx", False) else "risks/trial.html"
    return render(request, template, context)


@require_GET
@organisation_view(VERB)
def plan(request: OrganisationRequest, scenario_id: int) -> HttpResponse:
    request.actor.require("roadmap.view", request.organisation.node)
    row = roadmaps.scenarios(request.organisation.node).defer(None).filter(pk=scenario_id).first()
    if row is None:
        raise Http404
    found, known = queries.situation(request.organisation), roadmaps.plan_of(row)
    if found is None:
        return _nothing(request)
    context = _page(request, "plan", scenario=row, computed=known is not None, ours=queries.applies(row.referential))
    context["moments"] = []
    if known is not None and context["ours"]:
        moments = queries.along(found, known)
        told = boards.board(found.model, found.outcome, moments)
        context |= {
            "headline": boards.saved_headline(moments),
            "moments": moments,
            "board": _drawn(told),
            "days_chart": _pair(boards.days_chart(moments)),
            "spent": french.compact_euros(sum(year.spent for year in known.years)),
            "raised": moments[-1].raised,
        }
    return render(request, "risks/plan.html", context)


@require_GET
@vary_on_headers("HX-Request")
@organisation_view(VERB)
def compare(request: OrganisationRequest) -> HttpResponse:
    """What each of up to four scenarios takes away; a fragment inside the comparison of the roadmaps."""
    node = request.organisation.node
    request.actor.require("roadmap.view", node)
    keys = [key for key in map(roadmaps.as_key, request.GET.getlist("s")) if key]
    chosen = list(dict.fromkeys(keys))[:MOST_COMPARED]
    scenarios = {row.pk: row for row in roadmaps.with_plans(node).filter(pk__in=chosen)}
    found = queries.situation(request.organisation)
    columns = []
    for row in (scenarios[key] for key in chosen if key in scenarios):
        known = roadmaps.plan_of(row)
        if found is not None and known is not None and queries.applies(row.referential):
            lines = boards.plan_lines(queries.along(found, known))
            columns.append((row, lines[0], lines[-1]))
    context = _page(request, "plan", columns=columns)
    template = "risks/_compared.html" if getattr(request, "htmx", False) else "risks/compare.html"
    return render(request, template, context)


@require_GET
@organisation_view(VERB)
def board(request: OrganisationRequest) -> HttpResponse:
    found = queries.situation(request.organisation)
    if found is None:
        return _nothing(request)
    node = request.organisation.node
    adopted = roadmaps.adopted(node) if request.actor.can("roadmap.view", node) else None
    known = roadmaps.plan_of(adopted) if adopted is not None and queries.applies(adopted.referential) else None
    moments = queries.along(found, known) if known is not None else ()
    context = _page(
        request,
        "board",
        board=_drawn(boards.board(found.model, found.outcome, moments)),
        scenario=adopted if moments else None,
        assessment=found.sheet.assessment,
        notes=[french.typeset(note) for note in found.outcome.notes],
    )
    return render(request, "risks/board.html", context)


@require_GET
@organisation_view(VERB)
def parameters(request: OrganisationRequest) -> HttpResponse:
    """Every figure of the model, where it comes from and how sure it is."""
    text = request.GET.get("q", "").strip()[: tables.LONGEST]
    groups = tables.groups(shipped(), tables.referential(), text)
    context = _page(
        request,
        "parameters",
        groups=groups,
        count=sum(len(group.lines) for group in groups),
        text=text,
        model=shipped(),
        sources=tables.sources(shipped()),
    )
    return render(request, "risks/parameters.html", context)


def _pair(pair: figures.Pair) -> dict[str, SafeString]:
    return {"wide": _svg(pair.wide), "narrow": _svg(pair.narrow), "paper": _svg(pair.paper)}


def _drawn(told: boards.Board) -> Mapping[str, Any]:
    """The board with its charts marked as what they are: drawn by us, every text escaped."""
    found = {name: getattr(told, name) for name in told.__dataclass_fields__}
    for name in ("chances", "lasting", "plan_chart"):
        if found[name] is not None:
            found[name] = _pair(found[name])
    return found


def _svg(text: str) -> SafeString:
    return mark_safe(text)  # drawn by our charts, which escape every text # nosec B308
