# SPDX-License-Identifier: EUPL-1.2
"""Pages of exchanges: the questionnaire leaves, comes back, is read again, is applied."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.apps.assessments import queries as assessments
from carene.apps.assessments import referentials
from carene.apps.exchange import actions, drafts, queries
from carene.apps.exchange.forms import FORMATS, ExportForm, UploadForm
from carene.apps.exchange.models import Draft
from carene.apps.exchange.preview import preview
from carene.apps.exchange.xlsx_write import Questions, write_questionnaire
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.exchange.structured import to_json, to_yaml
from carene.engines.exchange.values import folded
from carene.engines.sources import InputError

ANSWERS_ACCEPT = ".xlsx,.yaml,.yml,.json"
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


@require_http_methods(["GET", "POST"])
@organisation_view("assessment.view")
def index(request: OrganisationRequest) -> HttpResponse:
    """What leaves, and what comes back: sending a file leads to its preview."""
    sheet = _sheet(request)
    upload = UploadForm(*given(request), accept=ANSWERS_ACCEPT)
    may_import = sheet is not None and request.actor.can(actions.IMPORT, request.organisation.node)
    if request.method == "POST":
        if sheet is None:
            raise Http404
        if upload.is_valid():
            try:
                content, name = content_of(upload.cleaned_data["file"])
                draft = actions.read_answers(request.actor, request.organisation, sheet.assessment.pk, content, name)
                return redirect("exchange:preview", request.organisation.pk, draft.pk)
            except InputError as error:
                upload.add_error("file", drafts.shown(error))
    return render(
        request,
        "exchange/index.html",
        {
            "sheet": sheet,
            "others": _others(request, sheet),
            "export": ExportForm(sheet=sheet) if sheet else None,
            "upload": upload,
            "may_import": may_import and sheet is not None and sheet.assessment.is_open,
            "closed": may_import and sheet is not None and not sheet.assessment.is_open,
            "may_observe": request.actor.can(actions.OBSERVE, request.organisation.node),
            "drafts": list(queries.drafts(request.actor, request.organisation.node)[:8]),
        },
        status=400 if upload.errors else 200,
    )


def given(request: OrganisationRequest) -> tuple[Any, Any]:
    """What a form is bound to: nothing on a first visit, even an empty sending otherwise."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _sheet(request: OrganisationRequest) -> assessments.Sheet | None:
    """The assessment asked for, else the one being answered; 404 for one of another organisation."""
    node = request.organisation.node
    asked = request.GET.get("evaluation", "")
    if asked.isascii() and asked.isdigit():
        try:
            found = assessments.find(node, int(asked[:18]))
        except ObjectDoesNotExist as error:
            raise Http404 from error
    else:
        current = assessments.current(node) or assessments.of(node).first()
        if current is None:
            return None
        found = current
    return assessments.sheet(request.organisation, found)


def _others(request: OrganisationRequest, sheet: assessments.Sheet | None) -> list[tuple[int, str, bool]]:
    """Every assessment of the organisation, when there is a choice."""
    if sheet is None:
        return []
    rows = list(assessments.of(request.organisation.node))
    if len(rows) < 2:
        return []
    return [(row.pk, f"{row.title} ({row.get_state_display()})", row.pk == sheet.assessment.pk) for row in rows]


def content_of(upload: UploadedFile[Any]) -> tuple[bytes, str]:
    """Bytes and name of a file that a form has already measured."""
    return upload.read(), re.sub(r"[\x00-\x1f\x7f]", "", upload.name or "fichier")[:200]


@require_GET
@organisation_view("assessment.view")
def export(request: OrganisationRequest) -> HttpResponse:
    sheet = _sheet(request)
    kind = request.GET.get("format", "xlsx")
    if sheet is None or kind not in dict(FORMATS):
        raise Http404
    scope = request.GET.get("portee", "tout")
    criteria = queries.portion(sheet, scope)
    if not criteria:
        raise InputError("Aucune question ne répond à ce choix", remedy="en faire un autre")
    whole = len(criteria) == len(sheet.criteria)
    content = queries.questionnaire_of(sheet, criteria, whole=whole)
    today = timezone.localdate()
    if kind == "xlsx":
        title = sheet.assessment.title
        data = write_questionnaire(Questions(sheet.referential, tuple(criteria), content, title, today, whole))
    else:
        data = (to_yaml if kind == "yaml" else to_json)(content).encode("utf-8")
    response = HttpResponse(data, content_type=MEDIA[kind])
    name = f"questionnaire-{_slug(request.organisation.label)}-{today.isoformat()}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _slug(text: str) -> str:
    return (
        "-".join(filter(None, (folded(word) for word in re.split(r"[\W_]+", text)))).encode("ascii", "ignore").decode()
    )


def draft_of(request: OrganisationRequest, draft_id: int, kind: str) -> Draft:
    try:
        return queries.drafts(request.actor, request.organisation.node).get(pk=draft_id, kind=kind)
    except Draft.DoesNotExist as error:
        raise Http404 from error


@require_http_methods(["GET", "POST"])
@organisation_view("assessment.import")
def answers(request: OrganisationRequest, draft_id: int) -> HttpResponse:
    """The preview of a file of answers, and its application."""
    draft = draft_of(request, draft_id, Draft.Kind.ANSWERS)
    if draft.applied_at is not None:
        messages.info(request, "Ce fichier a déjà été repris.")
        return redirect("exchange:index", request.organisation.pk)
    sentence, chosen = "", None
    if request.method == "POST":
        chosen = {key: _version(request.POST.get(f"version:{key}", "")) for key in request.POST.getlist("take")}
        try:
            changed = actions.apply_answers(request.actor, request.organisation, draft_id, chosen)
        except InputError as error:
            sentence = french.capitalised(error.sentence)
        else:
            words = french.plural(len(changed), "réponse reprise", "réponses reprises")
            messages.success(request, f"{len(changed)} {words} de « {draft.name} ».")
            return redirect("assessments:questions", request.organisation.pk, draft.assessment_id)
    return _preview_page(request, draft, sentence, chosen)


def _version(text: str) -> int:
    """What the page said of a line; −1, which no answer ever has, when it said nothing understandable."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1


def _preview_page(
    request: OrganisationRequest, draft: Draft, sentence: str, chosen: dict[str, int] | None
) -> HttpResponse:
    """``chosen`` are the boxes that were ticked before something went wrong: they stay so, unless that line moved."""
    assessment = assessments.find(request.organisation.node, draft.assessment_id or 0)
    kept = drafts.to_answers(draft.content)
    shown = preview(
        kept.entries,
        assessments.answers(assessment),
        referentials.of(assessment),
        same_assessment=kept.assessment == assessment.pk,
    )
    rows = [
        {
            "line": line,
            "author": assessments.author(line.stored) if line.stored else "",
            "when": assessments.spoken_when(line.stored) if line.stored else "",
            "taken": line.kind != "conflict" if chosen is None else chosen.get(line.criterion.id) == line.version,
            "moved": chosen is not None and chosen.get(line.criterion.id, line.version) != line.version,
        }
        for line in shown.lines
    ]
    context = {
        "draft": draft,
        "assessment": assessment,
        "kept": kept,
        "foreign": kept.assessment is not None and kept.assessment != assessment.pk,
        "preview": shown,
        "sections": [
            (
                "conflict",
                "Quelqu'un a répondu depuis la préparation du fichier",
                [r for r in rows if _is(r, "conflict")],
            ),
            ("changed", "Ces réponses changent", [r for r in rows if _is(r, "changed")]),
            ("new", "Ces questions reçoivent une réponse", [r for r in rows if _is(r, "new")]),
        ],
        "sentence": sentence,
    }
    return render(request, "exchange/preview.html", context, status=409 if sentence else 200)


def _is(row: dict[str, object], kind: str) -> bool:
    return getattr(row["line"], "kind", "") == kind


@require_POST
@organisation_view("organisation.view")
def drop(request: OrganisationRequest, draft_id: int) -> HttpResponse:
    try:
        actions.drop(request.actor, request.organisation, draft_id)
    except Draft.DoesNotExist as error:
        raise Http404 from error
    messages.info(request, "Fichier abandonné : rien n'a changé.")
    return redirect(reverse("exchange:index", args=[request.organisation.pk]))
