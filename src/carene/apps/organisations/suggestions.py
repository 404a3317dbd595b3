# SPDX-License-Identifier: EUPL-1.2
"""What is offered while one types the name of an establishment."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from carene.apps.organisations import queries
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.search import search
from carene.apps.organisations.tree_views import LONGEST_SEARCH, described
from carene.engines import french

OFFERED = 8
SHORTEST = 2  # letters


@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """``q``: what was typed; ``dans``: id of the organisation to search below. Only what the actor may see."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    if len(text) < SHORTEST:
        return JsonResponse({"items": [], "said": ""})
    rows = queries.visible(request.actor)  # type: ignore[attr-defined]
    scope = _scope(request)
    page = "home:home"
    if scope is not None:
        rows, page = rows & Organisation.objects.below(scope.node).exclude(pk=scope.pk), "organisations:tree"
    answer = search(rows, text)
    found = rows.in_bulk(answer.ids[:OFFERED])
    items = [
        {"name": row.name, "detail": described(row), "url": reverse(page, args=[row.pk])}
        for row in (found[pk] for pk in answer.ids[:OFFERED])
    ]
    count = french.counted(len(items), "proposition")
    return JsonResponse(
        {
            "items": items,
            "said": count if items else "Rien encore : finir le mot, ou chercher par la commune ou le FINESS.",
        }
    )


def _scope(request: HttpRequest) -> Organisation | None:
    """The organisation below which one searches; None when none is asked, or when it is not visible."""
    asked = request.GET.get("dans", "")
    return queries.seen(request.actor, int(asked)) if asked.isdecimal() else None  # type: ignore[attr-defined]
