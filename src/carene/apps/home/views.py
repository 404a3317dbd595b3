# SPDX-License-Identifier: EUPL-1.2
"""Where do we stand, what is late, what should I do next."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from carene.apps.assessments.summary import summary as read_summary
from carene.apps.home import due, group, queries, standing, steps
from carene.apps.organisations import queries as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.resources import queries_offers as resources
from carene.apps.roadmaps import queries as roadmaps
from carene.apps.sharing import queries as sharing
from carene.core.access.policy import LEVEL_HELP
from carene.engines.planner.candidates import band_of

LAST_SEEN = "organisation"  # session key
PAGE = 100
LONGEST_SEARCH = 200  # no name is longer, and SQLite refuses endless patterns
SEARCHED_FROM = 10  # establishments: below, one sees them all

_VERBS = (
    "assessment.start",
    "assessment.answer",
    "assessment.submit",
    "assessment.validate",
    "roadmap.plan",
    "action.update",
    "evidence.write",
    "members.manage",
    "share.manage",
    "resource.write",
)


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Opens the organisation seen last, else the first one."""
    actor = request.actor  # type: ignore[attr-defined]
    last = request.session.get(LAST_SEEN)
    if last is not None and organisations.seen(actor, last, lineage=False) is not None:
        return redirect("home:home", last)
    organisation = organisations.default_for(actor)
    if organisation is None:
        return render(request, "home/nothing.html")
    return redirect("home:home", organisation.pk)


@require_GET
@organisation_view("organisation.view")
def home(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    if request.session.get(LAST_SEEN) != organisation.pk:
        request.session[LAST_SEEN] = organisation.pk
    if not organisation.assessable:
        return _group(request)
    if not request.actor.can("assessment.view", organisation.node):
        return _summary(request)
    return _establishment(request)


@require_GET
@organisation_view("summary.view")
def summary(request: OrganisationRequest) -> HttpResponse:
    """What those above read of an establishment; for itself, to see what they see."""
    return _summary(request) if request.organisation.assessable else _group(request)


def _summary(request: OrganisationRequest) -> HttpResponse:
    organisation, actor = request.organisation, request.actor
    actor.require("summary.view", organisation.node)
    detailed = actor.can("assessment.view", organisation.node)
    asked = sharing.last_request(actor, organisation.node) if not detailed else None
    waiting = asked is not None and asked.state == asked.State.PENDING
    context = {
        "organisation": organisation,
        "summary": read_summary(organisation),
        "progress": roadmaps.progress(organisation.node, timezone.localdate()),
        "detailed": detailed,
        "above": _above(request),
        "asked": asked,
        "waiting": waiting,
        "can_ask": not detailed and not waiting and actor.can("share.ask", organisation.node),
        "help": LEVEL_HELP["summary"],
    }
    return render(request, "home/summary.html", context)


def _above(request: OrganisationRequest) -> Organisation | None:
    """The nearest group that this reader may open: the way back from one establishment to the others."""
    parent = request.organisation.node.parent
    return parent.organisation if parent and request.actor.can("organisation.view", parent) else None


def _establishment(request: OrganisationRequest) -> HttpResponse:
    organisation, actor = request.organisation, request.actor
    can = {verb: actor.can(verb, organisation.node) for verb in _VERBS}
    situation = queries.situation(actor, organisation, timezone.localdate())
    sheet = situation.reference
    following = steps.next_steps(situation)
    work = standing.work(situation, request.user.pk, can) if sheet else None
    context = {
        "organisation": organisation,
        "subtitle": standing.subtitle(situation),
        "position": standing.position(situation, sheet) if sheet else None,
        "sheet": sheet,
        "work": work,
        "work_first": situation.opened is not None and bool(work and work.label),
        "deadlines": due.deadlines(situation, may_answer=can["assessment.answer"], may_prove=can["evidence.write"]),
        "following": following,
        "band": _band(situation) if sheet and not following.from_roadmap else "",
        "can_start": can["assessment.start"],
        "can_give": can["members.manage"],
        "can_plan": can["roadmap.plan"],
        "can_act": can["action.update"],
        "asked": list(sharing.pending(organisation.node)) if can["share.manage"] else [],
        "offered": resources.proposed_to(organisation.node) if can["resource.write"] else [],
        "shared_until": sharing.shared_until(actor, organisation.node),
    }
    return render(request, "home/home.html", context)


def _band(situation: queries.Situation) -> str:
    """The size for which costs are estimated, in words."""
    sheet = situation.reference
    assert sheet is not None
    band = band_of(sheet.referential, sheet.profile)
    label = next((one.label for one in sheet.referential.bands if one.id == band), "")
    return label if sheet.profile.size else f"{label}, faute de connaître le vôtre"


def _group(request: OrganisationRequest) -> HttpResponse:
    board = queries.board(request.actor, request.organisation, timezone.localdate())
    sort, text = request.GET.get("tri", "nom"), request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    ranked = group.Ranked(board, sort, text)
    page = Paginator(ranked, PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": request.organisation,
        "page": page,
        "rows": page.object_list,
        "total": board.total,
        "text": text,
        "wide": ranked.wide,
        "searchable": board.total > SEARCHED_FROM,
        "address": urlencode({"q": text, "tri": sort}),
        "summary": group.summary(board) if board.total else "",
        "steps": group.by_step(board),
        "sort": sort if sort in group.SORTS else "nom",
        "sorts": [(key, label) for key, (label, _) in group.SORTS.items()],
        "can_manage": request.actor.can("organisation.manage", request.organisation.node),
        "awaited": resources.asked_of(request.organisation.node).count()
        if request.actor.can("resource.offer", request.organisation.node)
        else 0,
        "opened": sharing.opened_below(request.actor, request.organisation.node, timezone.localdate()),
    }
    return render(request, "home/group.html", context)
