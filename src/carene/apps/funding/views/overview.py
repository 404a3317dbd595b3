# SPDX-License-Identifier: EUPL-1.2
"""The domains and the files of a place, one domain, one file, what it lacks."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from carene.apps.funding import actions, daily, queries
from carene.apps.funding.actions.preparing import candidate_of
from carene.apps.funding.actions.ruling import rules_here
from carene.apps.funding.dossier import Dossier
from carene.apps.funding.forms import ExpenseForm, MeasureForm, StartForm, WaiverForm
from carene.apps.funding.money import COLUMNS, Board
from carene.apps.funding.turns import may, obstacles
from carene.apps.funding.views.common import domain_of, dossier_of
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.letters import queries as letters
from carene.engines.exchange.table_files import MEDIA_TYPES
from carene.engines.exchange.table_files import render as render_table
from carene.engines.funding.circuit import COMMITTED, STATES, Move, moves_from, span, standing
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import CANDIDATES, STEPS, Domain
from carene.engines.sources import InputError

PAGE = 100
OFFICERS = ("funding.control", "funding.pay")


@require_GET
@organisation_view("funding.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    board = Board(organisation, today)
    domains = [(domain, standing(domain, "application", today)) for domain in queries.domains_at(organisation.node)]
    context: dict[str, Any] = {"organisation": organisation, "domains": domains}
    if organisation.kind in {Organisation.Kind.REGION, Organisation.Kind.NATION}:
        return render(request, "funding/above.html", context | _above(request, board))
    group = organisation.kind == Organisation.Kind.GHT
    context |= {"files": board.files(board.rows), "support": queries.support_of(organisation) if group else None}
    return render(request, "funding/list.html", context | {"group": group})


def _above(request: OrganisationRequest, board: Board) -> dict[str, Any]:
    state, domain = request.GET.get("etat", ""), request.GET.get("domaine", "")
    rows = [row for row in board.rows if (not state or row.state == state) and (not domain or row.domain == domain)]
    page = Paginator(board.files(rows), PAGE).get_page(request.GET.get("page"))
    tally = {key: sum(row.state == key for row in board.rows) for key in STATES}
    filters = {"etat": state, "domaine": domain}
    actor, node = request.actor, request.organisation.node
    return {
        "page": page,
        "files": page.object_list,
        "total": len(board.rows),
        "states": [(key, label, tally[key]) for key, label in STATES.items() if tally[key] or key == state],
        "filters": filters,
        "address": urlencode({key: value for key, value in filters.items() if value}),
        "budgets": board.budgets(),
        "several": request.organisation.kind == Organisation.Kind.NATION,
        "letters": letters.latest(node, daily.CONTROLS) if any(actor.can(v, node) for v in OFFICERS) else [],
    }


@require_GET
@organisation_view("funding.view")
def export(request: OrganisationRequest, kind: str) -> HttpResponse:
    if kind not in MEDIA_TYPES:
        raise Http404
    today = timezone.localdate()
    content = render_table(kind, "Financements", COLUMNS, Board(request.organisation, today).cells())
    response = HttpResponse(content, content_type=MEDIA_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="financements-{request.organisation.pk}-{today}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@organisation_view("funding.view")
def domain_page(request: OrganisationRequest, domain: str) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    found = domain_of(request, domain)
    sources = Counter(item.source for item in found.items())
    context = {
        "domain": found,
        "usual_source": sources.most_common(1)[0][0] if sources else "",
        "steps": [(label, found.window(step), span(found.window(step))) for step, label in STEPS.items()],
        "standing": standing(found, "application", today),
        "who": [CANDIDATES[one] for one in found.candidates.value] if found.candidates else [],
        "rules": shipped().pack.rules,
        "sources": found.sources | shipped().pack.sources,
        "may_set": rules_here(organisation) and request.actor.can("funding.set", organisation.node),
        "ceilings": queries.ceilings_at(organisation.node, domain),
        "families": shipped().pack.family,
    }
    return render(request, "funding/domain.html", context | _start_form(request, found))


def _start_form(request: OrganisationRequest, domain: Domain) -> dict[str, Any]:
    """Whether one may open a file here, or why not, or the file that is already open."""
    organisation = request.organisation
    if not organisation.assessable:
        return {"form": None, "refusal": "", "opened": None}
    rows = queries.of_place(organisation).filter(domain=domain.id).exclude(state__in=["rejected", "withdrawn"])
    again = any(objective.apart for objective in domain.objectives)  # a step was paid, the next one begins
    opened = (rows.exclude(state="paid") if again else rows).first()
    if opened is not None or not request.actor.can("funding.prepare", organisation.node):
        return {"form": None, "refusal": "", "opened": opened}
    try:
        candidate, group = candidate_of(organisation, domain)
    except InputError as error:
        return {"form": None, "refusal": error.sentence, "opened": None}
    kinds = {kind: one.id for one in shipped().pack.families for kind in one.types}
    parent: Any = organisation.node.parent
    member = parent is not None and parent.organisation.kind == Organisation.Kind.GHT
    form = StartForm(proposed="public_ght" if member else kinds.get(organisation.type, ""))
    return {"form": form, "candidate": candidate, "for_group": group, "refusal": "", "opened": None}


@require_POST
@organisation_view("funding.prepare")
def start(request: OrganisationRequest, domain: str) -> HttpResponse:
    found = domain_of(request, domain)
    application = actions.start(request.actor, request.organisation, found.id, family=request.POST.get("family", ""))
    messages.success(request, "Le dossier est ouvert.")
    return redirect("funding:application", request.organisation.pk, application.pk)


@require_GET
@organisation_view("funding.view")
def application(request: OrganisationRequest, application_id: int) -> HttpResponse:
    dossier = dossier_of(request, application_id)
    actor, node = request.actor, request.organisation.node
    asked = {who: may(actor, dossier.application, who) for who in ("candidate", "region", "nation")}
    moves = [
        (move, obstacles(dossier, move), _asks(dossier, move))
        for move in moves_from(dossier.application.state)
        if asked[move.who]
    ]
    context = {
        "dossier": dossier,
        "family": shipped().pack.family.get(dossier.application.family, ""),
        "timeline": _timeline(dossier),
        "moves": [one for one in moves if not one[0].back],
        "undo": [one for one in moves if one[0].back and not one[1]],
        "may_write": dossier.editable and actor.can("funding.prepare", node),
        "may_waive": asked["region"] and dossier.application.state in {"draft", "operating"},
        "waiver_form": WaiverForm(
            initial={"step": "application" if dossier.application.state == "draft" else "declaration"}
        ),
        "expense_form": ExpenseForm(),
        "measure_form": MeasureForm(initial={"measure": dossier.application.measure}),
        "committed": dossier.application.state in COMMITTED,
        "rules": shipped().pack.rules,
        "letters": letters.latest(node, daily.KIND) if dossier.inside else [],
    }
    return render(request, "funding/application.html", context)


def _asks(dossier: Dossier, move: Move) -> dict[str, Any]:
    """Which figures a move asks for, and what is proposed."""
    if move.id == "retain":
        return {
            "label": "Plafond notifié (€)",
            "value": dossier.table_ceiling.euros,
            "help": "Vide s'il n'est pas connu.",
        }
    if move.id == "approve":
        return {"label": "Montant accordé (€)", "value": dossier.payable.euros, "help": dossier.payable.reason}
    if move.id == "pay":
        return {"label": "Montant payé (€)", "value": dossier.application.granted, "help": "", "paid": True}
    return {}


def _timeline(dossier: Dossier) -> list[dict[str, Any]]:
    """The six steps: when each was done, or its window as it stands."""
    row = dossier.application
    done = {"application": row.applied_on, "declaration": row.declared_on, "payment": row.paid_on}
    order = list(STEPS)
    at = {"draft": 0, "applied": 0, "rejected": 0, "withdrawn": 0, "operating": 1, "declared": 3, "asked_by_region": 3,
          "national": 4, "asked_by_nation": 4, "approved": 5, "paid": 6}[row.state]  # fmt: skip
    return [
        {
            "label": STEPS[step],
            "span": span(dossier.domain.window(step)) or "dates non publiées à notre connaissance",
            "note": dossier.domain.window(step).note,
            "done": done.get(step),
            "past": order.index(step) < at,
            "current": order.index(step) == at,
        }
        for step in order
    ]


@require_GET
@organisation_view("evidence.view")
def missing(request: OrganisationRequest, application_id: int) -> HttpResponse:
    """What the next transmission lacks, to be printed and shared out."""
    dossier = dossier_of(request, application_id)
    return render(request, "funding/missing.html", {"dossier": dossier})
