# SPDX-License-Identifier: EUPL-1.2
"""Once a day: those who have not handed over their assessment learn that a campaign began, ends, or has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from carene.apps.campaigns import progress
from carene.apps.campaigns.models import Campaign
from carene.apps.campaigns.progress import Line
from carene.apps.organisations.queries import colleagues
from carene.core.access.actor import Actor
from carene.core.letters.actions import Notice, post
from carene.core.tenancy.models import Membership, Node, in_force
from carene.engines import french
from carene.engines.campaigns.dates import step_due

KIND = "campaigns.reminder"
VERB = "campaign.answer"
HOLDERS = frozenset({"rssi", "direction"})
WHY = "reminders of every campaign"


def remind(today: dt.date) -> str:
    """One letter at most for each campaign, establishment and person, at each step; the system acts."""
    posted = 0
    told = Membership.objects.filter(in_force(today), role__in=HOLDERS).order_by("pk")
    places = set(told.values_list("node_id", flat=True))
    opened = Campaign.objects.unscoped(WHY).filter(state=Campaign.State.OPEN, starts_on__lte=today)
    for campaign in opened.select_related("node__organisation").order_by("pk"):
        for line, step in _due(campaign, today):
            node = Node.objects.get(pk=line.node)
            if not places.isdisjoint(node.ancestor_ids):
                people = colleagues(node, verb_roles=HOLDERS)
                item = f"campaign:{campaign.pk}:{line.due}:{step}"
                posted += post(Actor.system(), node, _notice(campaign, line, today), people, [item])
    return french.counted(posted, "rappel préparé", "rappels préparés") if posted else ""


def _due(campaign: Campaign, today: dt.date) -> list[tuple[Line, str]]:
    lines = progress.board(campaign, today).lines
    steps = [(line, step_due(campaign.starts_on, line.due, campaign.reminders, today)) for line in lines]
    return [(line, step) for line, step in steps if step is not None and not line.handed]


def _notice(campaign: Campaign, line: Line, today: dt.date) -> Notice:
    def sentence(_items: Sequence[str]) -> str:
        who, day = campaign.node.organisation, french.long_date(line.due)
        if line.due < today:
            return f"{who} attendait pour le {day} l'auto-évaluation de {line.name}, qui n'est pas encore soumise."
        return f"{who} attend pour le {day} l'auto-évaluation de {line.name}."

    subject = "une auto-évaluation est en retard" if line.due < today else "une auto-évaluation est attendue"
    path = reverse("campaigns:campaign", args=[line.node, campaign.pk])
    return Notice(KIND, VERB, path, f"Carène : {subject} ({line.name})", sentence)
