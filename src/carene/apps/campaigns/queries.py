# SPDX-License-Identifier: EUPL-1.2
"""Reading campaigns: those of a place, those that concern an establishment, and its dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from carene.apps.assessments import queries_campaign as assessments
from carene.apps.assessments.queries_campaign import Standing
from carene.apps.campaigns.models import Campaign, Closing, Comment, Participant
from carene.apps.organisations.models import Organisation
from carene.core.tenancy.models import Node
from carene.engines.campaigns.dates import HANDED, State, is_late

PLACES = (Organisation.Kind.GHT, Organisation.Kind.REGION, Organisation.Kind.NATION)
ABOVE = "campaigns of those above, that a place below reads"
BEGUN: dict[str, State] = {"draft": "begun", "submitted": "submitted", "validated": "validated"}


def at(node: Node) -> QuerySet[Campaign]:
    """Those of this place and of those above it, in preparation only at their own; ``count``: who is asked."""
    rows = Campaign.objects.unscoped(ABOVE).filter(node_id__in=node.ancestor_ids)
    return _counted(rows.filter(~Q(state=Campaign.State.DRAFT) | Q(node=node)))


def below(node: Node) -> QuerySet[Campaign]:
    """Those that places below have opened."""
    rows = Campaign.objects.below(node).exclude(node=node).exclude(state=Campaign.State.DRAFT)
    return _counted(rows)


def _counted(rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
    asked = Count("participants", filter=Q(participants__excluded=""))
    return rows.select_related("node__organisation").annotate(count=asked).order_by("-starts_on", "-id")


def find(node: Node, pk: int) -> Campaign:
    """A campaign read from its own place, or from one below it. Raises Campaign.DoesNotExist."""
    return at(node).get(pk=pk)


def own(node: Node, pk: int) -> Campaign:
    """The same, from its own place alone: what changes it begins here. Raises Campaign.DoesNotExist."""
    return Campaign.objects.of(node).select_related("node__organisation").get(pk=pk)


def participants(campaign: Campaign) -> QuerySet[Participant]:
    """Those that stand below the place of the campaign today, kept apart included."""
    rows = Participant.objects.below(campaign.node).filter(campaign=campaign)
    return rows.select_related("node__organisation").order_by("node__organisation__search", "node_id")


def participation(campaign: Campaign, node: Node) -> Participant | None:
    """What is asked of one establishment; None when it is not, or is kept apart."""
    rows = Participant.objects.of(node).filter(campaign=campaign, excluded="")
    return rows.select_related("node__organisation").first()


def due(campaign: Campaign, extended_to: dt.date | None) -> dt.date:
    """The last day of one participant. A later end for all holds for it too."""
    return max(campaign.ends_on, extended_to) if extended_to else campaign.ends_on


def thread(campaign: Campaign, nodes: Sequence[int]) -> list[Comment]:
    """What was said there, oldest first; one query."""
    rows = Comment.objects.unscoped("of a campaign in scope, at places in scope").filter(
        campaign=campaign, node_id__in=list(nodes)
    )
    return list(rows.order_by("at", "id"))


def closing(campaign: Campaign) -> Closing | None:
    """The last one."""
    return Closing.objects.filter(campaign=campaign).order_by("-number").first()


@dataclass(frozen=True)
class Asked:
    """What one establishment is asked, and where it stands. ``standing`` None: nothing begun."""

    campaign: Campaign
    participant: Participant
    standing: Standing | None

    @property
    def due(self) -> dt.date:
        return due(self.campaign, self.participant.extended_to)

    @property
    def state(self) -> State:
        return BEGUN[self.standing.state] if self.standing else "none"

    @property
    def handed(self) -> bool:
        return self.state in HANDED

    def late(self, today: dt.date) -> bool:
        return is_late(self.state, self.standing.handed_on if self.standing else None, self.due, today)


def asked_of(organisation: Organisation, *, opened: bool = True) -> list[Asked]:
    """The campaigns that concern one establishment, the first to end first; ``opened`` False: the closed ones too.

    One query, and one more for each of them: an establishment is asked by two or three at once.
    """
    states = [Campaign.State.OPEN] if opened else [Campaign.State.OPEN, Campaign.State.CLOSED]
    rows = Participant.objects.of(organisation.node).filter(excluded="", campaign__state__in=states)
    found = list(
        rows.select_related("campaign__node__organisation").order_by(
            "-campaign__state", "campaign__ends_on", "campaign_id"
        )
    )
    result = []
    for row in found:
        standing = assessments.since([organisation.pk], row.campaign.referential, row.campaign.starts_on)
        result.append(Asked(row.campaign, row, standing.get(organisation.pk)))
    return result
