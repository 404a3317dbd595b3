# SPDX-License-Identifier: EUPL-1.2
"""The API: the same verbs and the same scopes as the pages. A stranger gets 404, a colleague without the right 403."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils import timezone
from ninja import NinjaAPI, Status
from ninja.errors import HttpError, ValidationError
from pydantic import Field

import carene
from carene.apps.assessments import actions as assessment_actions
from carene.apps.assessments import queries as assessments
from carene.apps.assessments.summary import summary, summary_data
from carene.apps.exchange.api_auth import Key, Session
from carene.apps.exchange.api_campaigns import router as campaigns_router
from carene.apps.exchange.api_observatory import router as observatory_router
from carene.apps.exchange.api_schemas import (
    ActionOut,
    AnswerIn,
    AnswerOut,
    AssessmentOut,
    BatchIn,
    ConflictOut,
    Day,
    IndicatorOut,
    JudgementOut,
    ObservationIn,
    ObservationOut,
    ObservationsOut,
    OrganisationOut,
    RecordedOut,
    Refusal,
    RisksOut,
    SummaryOut,
)
from carene.apps.indicators import actions as indicator_actions
from carene.apps.indicators import queries as indicators
from carene.apps.organisations import queries as organisations
from carene.apps.organisations.models import Organisation
from carene.apps.risks import queries as risks
from carene.apps.roadmaps import queries as roadmaps
from carene.core.access.middleware import ActorRequest
from carene.engines.exchange.questionnaire import Measured
from carene.engines.exchange.result import judgement_data, referential_data
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors

LARGEST_PAGE = 1_000
# What each operation may answer when it does nothing: openapi.json says it, tests/api holds it.
CLOSED = {401: Refusal, 403: Refusal, 429: Refusal}
REFUSALS = CLOSED | {400: Refusal, 404: Refusal, 422: Refusal}
WRITES = REFUSALS | {413: Refusal}

api = NinjaAPI(
    title="Carène",
    version="1",
    description=f"Auto-évaluation, indicateurs et feuille de route (Carène {carene.__version__.partition('.')[0]}).",
    docs_url=None,  # its pages load scripts from elsewhere: our content security policy refuses them
    auth=[Key(), Session()],
    urls_namespace="api",
)


# What went wrong -----------------------------------------------------------------------------------------------------


@api.exception_handler(assessment_actions.Conflict)
def _conflict(request: HttpRequest, error: assessment_actions.Conflict) -> HttpResponse:
    data = {"detail": error.sentence, "errors": [], "stored": _answer(error.stored.criterion, error.stored)}
    return api.create_response(request, data, status=409)


@api.exception_handler(InputError)
def _input_error(request: HttpRequest, error: InputError) -> HttpResponse:
    errors = [one.sentence for one in error.errors] if isinstance(error, InputErrors) else []
    return api.create_response(request, {"detail": error.sentence, "errors": errors}, status=400)


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return api.create_response(request, {"detail": str(error), "errors": []}, status=403)


@api.exception_handler(ObjectDoesNotExist)
def _absent(request: HttpRequest, error: ObjectDoesNotExist) -> HttpResponse:
    return api.create_response(request, {"detail": "Rien ne répond à cette adresse.", "errors": []}, status=404)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [f"{'.'.join(str(step) for step in one['loc'])}: {one['msg']}" for one in error.errors]
    data = {"detail": "La demande n'a pas la forme attendue ; voir openapi.json.", "errors": errors}
    return api.create_response(request, data, status=422)


@api.exception_handler(HttpError)
@api.exception_handler(RawPostDataException)
def _unreadable(request: HttpRequest, error: HttpError | RawPostDataException) -> HttpResponse:
    """The refusals of the framework, which speaks English of a body that is not JSON and of a missing key."""
    status = error.status_code if isinstance(error, HttpError) else 400
    said = {
        400: "Le corps de la demande n'est pas du JSON lisible ; voir openapi.json.",
        401: "Cette adresse demande une clé valable ; en créer une dans « Échanges ».",
    }.get(status, str(error))
    return api.create_response(request, {"detail": said, "errors": []}, status=status)


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_048_576
    data = {"detail": f"La demande dépasse {most} Mo ; l'envoyer en plusieurs fois.", "errors": []}
    return api.create_response(request, data, status=413)


# Organisations -------------------------------------------------------------------------------------------------------


def _organisation(request: ActorRequest, node_id: int, verb: str) -> Organisation:
    return organisations.find(request.actor, node_id, verb)


@api.get("/organisations", response={200: list[OrganisationOut], **CLOSED}, operation_id="list_organisations")
def list_organisations(request: ActorRequest) -> list[dict[str, Any]]:
    """Every organisation that one may see, in the order of the tree."""
    return [_organisation_data(row) for row in organisations.visible(request.actor)]


@api.get("/organisations/{node_id}", response={200: OrganisationOut, **REFUSALS}, operation_id="get_organisation")
def get_organisation(request: ActorRequest, node_id: int) -> dict[str, Any]:
    return _organisation_data(_organisation(request, node_id, "organisation.view"))


def _organisation_data(row: Organisation) -> dict[str, Any]:
    names = set(OrganisationOut.model_fields) - {"id", "parent"}
    return {"id": row.pk, "parent": row.node.parent_id, **{name: getattr(row, name) for name in names}}


@api.get("/organisations/{node_id}/summary", response={200: SummaryOut, **REFUSALS}, operation_id="get_summary")
def get_summary(request: ActorRequest, node_id: int) -> dict[str, Any]:
    """What an establishment has submitted or validated, without a question or a comment, and how far its roadmap is."""
    organisation = _organisation(request, node_id, "summary.view")
    return {
        "assessment": summary_data(summary(organisation)),
        "roadmap": roadmaps.progress(organisation.node, timezone.localdate()),
    }


# Assessments ---------------------------------------------------------------------------------------------------------


@api.get(
    "/organisations/{node_id}/assessments",
    response={200: list[AssessmentOut], **REFUSALS},
    operation_id="list_assessments",
)
def list_assessments(request: ActorRequest, node_id: int) -> list[Any]:
    """Assessments of an organisation, latest first."""
    return list(assessments.of(_organisation(request, node_id, "assessment.view").node))


@api.get(
    "/organisations/{node_id}/assessments/{assessment_id}",
    response={200: AssessmentOut, **REFUSALS},
    operation_id="get_assessment",
)
def get_assessment(request: ActorRequest, node_id: int, assessment_id: int) -> Any:
    return assessments.find(_organisation(request, node_id, "assessment.view").node, assessment_id)


@api.get(
    "/organisations/{node_id}/assessments/{assessment_id}/answers",
    response={200: list[AnswerOut], **REFUSALS},
    operation_id="list_answers",
)
def list_answers(request: ActorRequest, node_id: int, assessment_id: int) -> list[dict[str, Any]]:
    """One line for each question that concerns the establishment, answered or not, in order."""
    sheet = _sheet(request, node_id, assessment_id)
    return [_answer(criterion.id, sheet.answers.get(criterion.id)) for criterion in sheet.criteria]


@api.put(
    "/organisations/{node_id}/assessments/{assessment_id}/answers/{path:criterion}",
    response={200: AnswerOut, 409: ConflictOut, **WRITES},
    operation_id="put_answer",
)
def put_answer(
    request: ActorRequest, node_id: int, assessment_id: int, criterion: str, payload: AnswerIn
) -> dict[str, Any]:
    """Answers one question. 409 when someone answered since the version given; nothing is changed then."""
    organisation = _organisation(request, node_id, "assessment.answer")
    given: dict[str, Any] = payload.dict(exclude_unset=True)
    row = assessment_actions.answer(
        request.actor,
        organisation,
        assessment_id,
        criterion,
        **given,
    )
    return _answer(criterion, row)


@api.get(
    "/organisations/{node_id}/assessments/{assessment_id}/judgement",
    response={200: JudgementOut, **REFUSALS},
    operation_id="get_judgement",
)
def get_judgement(request: ActorRequest, node_id: int, assessment_id: int) -> dict[str, Any]:
    """Levels, coverage, strengths and weaknesses, computed now."""
    sheet = _sheet(request, node_id, assessment_id)
    return {
        "date": sheet.judgement.judged_on,
        "referential": referential_data(sheet.referential),
        **judgement_data(sheet.judgement, sheet.referential),
    }


def _sheet(request: ActorRequest, node_id: int, assessment_id: int) -> assessments.Sheet:
    organisation = _organisation(request, node_id, "assessment.view")
    return assessments.sheet(organisation, assessments.find(organisation.node, assessment_id))


def _answer(criterion: str, row: Any) -> dict[str, Any]:
    if row is None or row.pk is None:
        return {"criterion": criterion}
    names = set(AnswerOut.model_fields)
    return {name: getattr(row, name) for name in names}


# Risks ---------------------------------------------------------------------------------------------------------------


@api.get("/organisations/{node_id}/risks", response={200: RisksOut, **REFUSALS}, operation_id="get_risks")
def get_risks(request: ActorRequest, node_id: int) -> dict[str, Any]:
    """What attacks may cost a year, as distributions, from the last validated assessment, else from the one under way.

    The same as ``carene simulate``; null while no assessment was begun.
    """
    found = risks.situation(_organisation(request, node_id, "risk.view"))
    return {"simulation": None if found is None else risks.simulation_data(found)}


# Observations --------------------------------------------------------------------------------------------------------


@api.get("/indicators", response={200: list[IndicatorOut], **CLOSED}, operation_id="list_indicators")
def list_indicators(request: HttpRequest) -> list[Any]:
    """What can be measured, with units and bounds."""
    return list(care().indicators)


@api.get(
    "/organisations/{node_id}/observations",
    response={200: ObservationsOut, **REFUSALS},
    operation_id="list_observations",
)
def list_observations(
    request: ActorRequest,
    node_id: int,
    indicator: str = "",
    since: Day | None = None,
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE,
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """Observations in force, latest first. Their notes are of the level of the detail: empty for who reads less."""
    node = _organisation(request, node_id, "observation.view").node
    rows = indicators.listing(node, indicator, since)
    found = [_observation(row) for row in rows[offset : offset + limit]]
    if not request.actor.can("assessment.view", node):
        found = [one | {"note": ""} for one in found]
    return {"count": rows.count(), "observations": found}


@api.post(
    "/organisations/{node_id}/observations",
    response={200: ObservationOut, 201: ObservationOut, **WRITES},
    operation_id="record_observation",
)
def record_observation(request: ActorRequest, node_id: int, payload: ObservationIn) -> Status[dict[str, Any]]:
    """Records one value. 201 when it is new, 200 when this very value was already there: sending twice is harmless."""
    organisation = _organisation(request, node_id, "observation.write")
    recorded = indicator_actions.record_many(request.actor, organisation, [_measured(payload, "")])
    if recorded.known:
        return Status(200, _observation(recorded.known[0]))
    return Status(201, _observation(recorded.created[0]))


@api.post(
    "/organisations/{node_id}/observations/batch",
    response={200: RecordedOut, **WRITES},
    operation_id="record_observations",
)
def record_observations(request: ActorRequest, node_id: int, payload: BatchIn) -> dict[str, Any]:
    """Records many values in one transaction: all of them, or none. Values already recorded are left as they are."""
    organisation = _organisation(request, node_id, "observation.write")
    items = [_measured(one, f"observations, n° {rank}") for rank, one in enumerate(payload.observations, start=1)]
    recorded = indicator_actions.record_many(
        request.actor,
        organisation,
        items,
        replace=payload.replace,
    )
    return {
        "created": [_observation(row) for row in recorded.created],
        "known": len(recorded.known),
        "replaced": recorded.replaced,
    }


def _measured(given: ObservationIn, where: str) -> Measured:
    return Measured(given.indicator, given.value, given.date, given.source, given.note, where)


def _observation(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "indicator": row.indicator,
        "value": row.value,
        "date": row.observed_on,
        "source": row.source,
        "note": row.note,
    }


# Actions -------------------------------------------------------------------------------------------------------------


@api.get("/organisations/{node_id}/actions", response={200: list[ActionOut], **REFUSALS}, operation_id="list_actions")
def list_actions(request: ActorRequest, node_id: int, late: bool = False) -> list[dict[str, Any]]:
    """Actions of the roadmap, by start; ``late`` keeps those whose due date has gone by."""
    node = _organisation(request, node_id, "roadmap.view").node
    rows = roadmaps.late(node, timezone.localdate()) if late else roadmaps.actions(node)
    names = set(ActionOut.model_fields) - {"owner"}
    return [
        {"owner": str(row.owner) if row.owner else None, **{name: getattr(row, name) for name in names}} for row in rows
    ]


# Observatory ---------------------------------------------------------------------------------------------------------

api.add_router("", observatory_router)
api.add_router("", campaigns_router)


def openapi_text() -> str:
    """The description of the API as it is committed in docs/reference/openapi.json."""
    return json.dumps(api.get_openapi_schema(path_prefix="/api/"), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
