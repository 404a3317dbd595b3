# SPDX-License-Identifier: EUPL-1.2
"""Campaigns, for machines: those of a place, and where each establishment of one of them stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from ninja import Router, Schema

from carene.apps.campaigns import progress
from carene.apps.campaigns import queries as campaigns
from carene.apps.exchange.api_schemas import Refusal
from carene.apps.organisations import queries as organisations
from carene.core.access.middleware import ActorRequest
from carene.engines.sources import InputError

router = Router()
REFUSALS = dict.fromkeys((400, 401, 403, 404, 422, 429), Refusal)
VERB = "campaign.view"


class CampaignOut(Schema):
    """``state``: draft, open or closed."""

    id: int
    node: int
    title: str
    referential: str
    version: str
    starts_on: dt.date
    ends_on: dt.date
    state: str


class ParticipantOut(Schema):
    """``state``: none, begun, submitted or validated. ``coverage``: share of the questions answered, on 0–1."""

    node: int
    name: str
    type: str
    due_on: dt.date
    state: str
    late: bool
    coverage: float | None
    handed_on: dt.date | None


class CampaignProgressOut(CampaignOut):
    asked: int
    handed: int
    late: int
    participants: list[ParticipantOut]


@router.get(
    "/organisations/{node_id}/campaigns", response={200: list[CampaignOut], **REFUSALS}, operation_id="list_campaigns"
)
def list_campaigns(request: ActorRequest, node_id: int) -> list[dict[str, Any]]:
    """Those of a place, or those that ask something of an establishment."""
    organisation = organisations.find(request.actor, node_id, VERB)
    if organisation.assessable:
        return [_campaign(one.campaign) for one in campaigns.asked_of(organisation, opened=False)]
    return [_campaign(row) for row in campaigns.at(organisation.node)]


@router.get(
    "/organisations/{node_id}/campaigns/{campaign_id}",
    response={200: CampaignProgressOut, **REFUSALS},
    operation_id="get_campaign_progress",
)
def get_campaign_progress(request: ActorRequest, node_id: int, campaign_id: int) -> dict[str, Any]:
    """Where those asked below this place stand: their state and how much is answered, never an answer."""
    organisation = organisations.find(request.actor, node_id, VERB)
    if not 0 < campaign_id <= organisations.LARGEST_KEY:
        raise InputError("Ce numéro de campagne n'existe pas", remedy="le lire dans la liste")
    row = campaigns.find(organisation.node, campaign_id)
    if organisation.assessable and campaigns.participation(row, organisation.node) is None:
        raise row.DoesNotExist
    board = progress.board(row, timezone.localdate(), node=organisation.node)
    lines = progress.covered(row, board.lines)
    whole = board.whole
    return {
        **_campaign(row),
        "asked": whole.total,
        "handed": whole.handed,
        "late": whole.late,
        "participants": [_participant(line) for line in lines],
    }


def _campaign(row: Any) -> dict[str, Any]:
    names = ("title", "referential", "version", "starts_on", "ends_on", "state")
    return {name: getattr(row, name) for name in names} | {"id": row.pk, "node": row.node_id}


def _participant(line: progress.Line) -> dict[str, Any]:
    names = ("node", "name", "type", "state", "late", "coverage", "handed_on")
    return {name: getattr(line, name) for name in names} | {"due_on": line.due}
