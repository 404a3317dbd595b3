# SPDX-License-Identifier: EUPL-1.2
"""What people take away."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from carene.apps.observatory import exporting, queries
from carene.apps.observatory.forms import month_of
from carene.apps.observatory.queries_open import published
from carene.apps.observatory.views import known, opens
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines.observatory.loader import shipped


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@organisation_view(queries.VERB)
def table(request: OrganisationRequest, kind: str) -> HttpResponse:
    if kind not in exporting.MEDIA:
        raise Http404
    organisation = request.organisation
    found = queries.table(request.actor, organisation, month_of(request.GET.get("mois", "")))
    month = f"{found.month:%Y-%m}" if found.month else "vide"
    about = {"area": organisation.name, "kind": organisation.kind, "month": month}
    content = exporting.write(kind, "Observatoire", exporting.TABLE, exporting.table_rows(found), about)
    return _file(content, exporting.MEDIA[kind], f"observatoire-{organisation.pk}-{month}.{kind}")


@require_GET
@organisation_view(queries.VERB)
def figure(request: OrganisationRequest, figure: str, kind: str) -> HttpResponse:
    if kind not in exporting.MEDIA:
        raise Http404
    organisation = request.organisation
    found = queries.detail(request.actor, organisation, known(figure), month_of(request.GET.get("mois", "")))
    rows = exporting.figure_rows(organisation.name, organisation.kind, found)
    about = {
        "id": found.figure.id,
        "title": found.figure.title,
        "unit": found.figure.unit,
        "explained": found.explained,
    }
    content = exporting.write(kind, "Indicateur", exporting.FIGURE, rows, about)
    return _file(content, exporting.MEDIA[kind], f"{found.figure.id}-{organisation.pk}.{kind}")


@require_GET
@organisation_view(queries.VERB)
def open_data(request: OrganisationRequest) -> HttpResponse:
    if not opens(request.organisation):
        raise Http404
    rows = published(request.actor, request.organisation, month_of(request.GET.get("mois", "")))
    return _file(exporting.open_csv(rows), exporting.MEDIA["csv"], "observatoire-donnees-ouvertes.csv")


@require_GET
@organisation_view(queries.VERB)
def open_schema(request: OrganisationRequest) -> HttpResponse:
    content = exporting.open_schema(shipped().smallest_cell)
    return _file(content, exporting.MEDIA["json"], "observatoire-donnees-ouvertes.schema.json")
