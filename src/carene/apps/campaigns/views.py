# SPDX-License-Identifier: EUPL-1.2
"""The campaigns of a place, one of them as each side sees it, what its closing found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from carene.apps.assessments import referentials
from carene.apps.campaigns import audience, calendar, progress, queries, reading
from carene.apps.campaigns.daily import KIND
from carene.apps.campaigns.forms import ExtendForm, MessageForm, ReasonForm
from carene.apps.campaigns.models import Campaign, Outcome, Participant
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.core.letters import queries as letters
from carene.engines.campaigns.dates import STATES
from carene.engines.exchange.table_files import MEDIA_TYPES
from carene.engines.exchange.table_files import render as render_table
from carene.engines.referential.catalogue import care

PAGE = 50
SHOWN = 12  # of those to be added, by name


def found(request: OrganisationRequest, pk: int, *, own: bool = False) -> Campaign:
    """404 for a campaign that is not read here."""
    node = request.organisation.node
    try:
        row = queries.own(node, pk) if own else queries.find(node, pk)
    except Campaign.DoesNotExist as error:
        raise Http404 from error
    return row


def asked(request: OrganisationRequest, campaign: Campaign) -> queries.Asked:
    """404 for an establishment that the campaign does not ask."""
    every = queries.asked_of(request.organisation, opened=False)
    one = next((one for one in every if one.campaign.pk == campaign.pk), None)
    if one is None:
        raise Http404
    return one


@require_GET
@organisation_view("campaign.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    organisation, actor = request.organisation, request.actor
    today = timezone.localdate()
    if organisation.assessable:
        rows = [(one, one.late(today)) for one in queries.asked_of(organisation, opened=False)]
        return render(request, "campaigns/mine.html", {"organisation": organisation, "rows": rows, "states": STATES})
    context = {
        "organisation": organisation,
        "rows": list(queries.at(organisation.node)),
        "below": list(queries.below(organisation.node)[:PAGE]),
        "may_run": actor.can("campaign.run", organisation.node),
    }
    return render(request, "campaigns/list.html", context)


@require_GET
@organisation_view("campaign.view")
def campaign(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id)
    if request.organisation.assessable:
        return _establishment(request, row)
    return _preparation(request, row) if row.state == Campaign.State.DRAFT else _place(request, row)


def _establishment(request: OrganisationRequest, row: Campaign) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    one = asked(request, row)
    may_answer = request.actor.can("campaign.answer", organisation.node)
    closing = queries.closing(row) if row.state == Campaign.State.CLOSED else None
    context = {
        "organisation": organisation,
        "campaign": row,
        "one": one,
        "late": one.late(today) and row.is_open,
        "words": STATES[one.state],
        "whole": progress.whole(row, today) if row.is_open else None,
        "thread": queries.thread(row, [row.node_id, organisation.pk]),
        "may_answer": may_answer and row.is_open,
        "message_form": MessageForm(),
        "outcome": Outcome.objects.of(organisation.node).filter(closing=closing).first() if closing else None,
        "result": reading.result(request.actor, organisation.node, closing) if closing else None,
        "letters": letters.latest(organisation.node, KIND)
        if request.actor.can("campaign.answer", organisation.node)
        else [],
    }
    return render(request, "campaigns/asked.html", context)


def _preparation(request: OrganisationRequest, row: Campaign) -> HttpResponse:
    wanted = audience.of(row)
    names = dict(audience.groups(row.node).values_list("pk", "name"))
    apart = {one.node_id: one for one in queries.participants(row)}
    concerned = audience.concerned(row.node, wanted)
    context = {
        "organisation": request.organisation,
        "campaign": row,
        "said": audience.said(wanted, names),
        "concerned": [one for one in concerned if one.pk not in apart],
        "apart": list(apart.values()),
        "overlaps": overlapping(row),
        "may_run": request.actor.can("campaign.run", row.node),
        "past": row.ends_on < timezone.localdate(),
        "referential": referentials.get(row.referential).name,
        "reason_form": ReasonForm(),
    }
    return render(request, "campaigns/preparation.html", context)


def overlapping(row: Campaign) -> list[Campaign]:
    """Others that ask the same referential of somebody here at the same time: they are said, and forbid nothing."""
    others = queries.at(row.node) | queries.below(row.node)
    return list(
        others.filter(
            state=Campaign.State.OPEN,
            referential=row.referential,
            starts_on__lte=row.ends_on,
            ends_on__gte=row.starts_on,
        ).exclude(pk=row.pk)
    )


def _place(request: OrganisationRequest, row: Campaign) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    here = row.node_id == organisation.pk
    board = progress.board(row, today, node=organisation.node)
    kept = {name: request.GET.get(name, "")[:100] for name in ("q", "etat", "groupe", "type", "tri")}
    lines = board.chosen(
        text=kept["q"], state=kept["etat"], group=kept["groupe"], type_=kept["type"], order=kept["tri"]
    )
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    types = care().types
    context: dict[str, Any] = {
        "organisation": organisation,
        "campaign": row,
        "here": here,
        "whole": board.whole,
        "groups": board.by_group(),
        "types": board.by_type(),
        "board": board,
        "page": page,
        "lines": progress.covered(row, list(page.object_list)),
        "kept": kept,
        "address": urlencode({name: value for name, value in kept.items() if value}),
        "states": [*STATES.items(), ("late", "en retard")],
        "state_names": list(STATES.values()),
        "group_choices": sorted({(str(line.group), line.group_name) for line in board.lines if line.group}),
        "type_choices": sorted({(line.type, types.get(line.type, line.type)) for line in board.lines if line.type}),
        "orders": [(key, label) for key, (label, _) in progress.ORDER.items()],
        "moves": progress.moves(row, board) if here and row.is_open else None,
        "overlaps": overlapping(row) if here and row.is_open else [],
        "may_run": here and request.actor.can("campaign.run", row.node),
        "thread": queries.thread(row, [row.node_id]),
        "message_form": MessageForm(),
        "reason_form": ReasonForm(),
        "past": row.ends_on < today,
        "closed": row.state == Campaign.State.CLOSED,
    }
    return render(request, "campaigns/campaign.html", context)


@require_GET
@organisation_view("campaign.view")
def results(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id)
    closing = queries.closing(row)
    if request.organisation.assessable:
        raise Http404
    context: dict[str, Any] = {"organisation": request.organisation, "campaign": row}
    if closing is None:
        return render(request, "campaigns/no_results.html", context)
    node = request.organisation.node
    outcomes = Outcome.objects.below(node).filter(closing=closing).defer("levels").order_by("name", "pk")
    context |= {
        "closing": closing,
        "result": reading.result(request.actor, node, closing),
        "page": Paginator(outcomes, PAGE).get_page(request.GET.get("page")),
        "titles": closing.figures["axis_titles"],
        "states": STATES,
    }
    return render(request, "campaigns/results.html", context)


@require_GET
@organisation_view("campaign.view")
def export(request: OrganisationRequest, campaign_id: int, kind: str) -> HttpResponse:
    row = found(request, campaign_id)
    if kind not in MEDIA_TYPES or request.organisation.assessable:
        raise Http404
    today = timezone.localdate()
    board = progress.board(row, today, node=request.organisation.node)
    cells = progress.cells(progress.covered(row, board.lines))
    content = render_table(kind, "Campagne", progress.COLUMNS, cells)
    return _file(content, MEDIA_TYPES[kind], f"campagne-{row.pk}-{today}.{kind}")


@require_GET
@organisation_view("campaign.view")
def dates(request: OrganisationRequest, campaign_id: int) -> HttpResponse:
    row = found(request, campaign_id)
    due = asked(request, row).due if request.organisation.assessable else row.ends_on
    content = calendar.file(row, due, timezone.localdate())
    return _file(content, "text/calendar; charset=utf-8", f"campagne-{row.pk}.ics")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@organisation_view("campaign.view")
def participant(request: OrganisationRequest, campaign_id: int, participant_id: int) -> HttpResponse:
    row = found(request, campaign_id, own=True)
    try:
        one = queries.participants(row).get(pk=participant_id)
    except Participant.DoesNotExist as error:
        raise Http404 from error
    board = progress.board(row, timezone.localdate(), node=one.node)
    lines = [line for line in (*board.lines, *board.apart, *board.shut) if line.participant == one.pk]
    context = {
        "organisation": request.organisation,
        "campaign": row,
        "one": one,
        "line": progress.covered(row, lines)[0],
        "thread": queries.thread(row, [row.node_id, one.node_id]),
        "letters": letters.latest(one.node, KIND),
        "may_run": request.actor.can("campaign.run", row.node) and row.state != Campaign.State.CLOSED,
        "extend_form": ExtendForm(),
        "reason_form": ReasonForm(),
        "message_form": MessageForm(),
    }
    return render(request, "campaigns/participant.html", context)
