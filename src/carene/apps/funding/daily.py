# SPDX-License-Identifier: EUPL-1.2
"""Once a day: whose turn it is in a file of funding learns that its window closes soon."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse

from carene.apps.funding import letters, queries
from carene.apps.funding.models import Application
from carene.apps.funding.turns import VERBS
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import colleagues
from carene.core.access.actor import Actor
from carene.core.letters.actions import Notice, possible, post
from carene.engines import french
from carene.engines.funding.circuit import EDITABLE, OVER, STEP_OF, deadline
from carene.engines.funding.loader import shipped

KIND = "funding.deadline"
CONTROLS = "funding.controls"
WHY = "reminders of every candidate and every officer"


def remind(today: dt.date) -> str:
    """A letter to the candidate for each file to transmit, one to the officers of a place for all those they hold."""
    posted = 0
    if not possible():
        return ""
    waiting: dict[Organisation, list[str]] = defaultdict(list)
    rows = Application.objects.unscoped(WHY).exclude(state__in=OVER)
    rows = rows.select_related("node__organisation", "group__organisation").order_by("pk")
    for application in rows.iterator():
        last = deadline(queries.domain_at(application.node, application.domain), application.state)
        if last is None or not 0 <= (last - today).days <= shipped().pack.remind_days:
            continue
        item = f"{application.pk}:{STEP_OF[application.state]}:{last}"
        if application.state in EDITABLE:
            people = colleagues(application.node, verb_roles=letters.CANDIDATES)
            posted += post(Actor.system(), application.node, _to_candidate(application), people, [item])
            continue
        place = queries.places_above(application.node).get(letters.TURN[application.state])
        if place is not None:
            waiting[place].append(item)
    for place, items in waiting.items():
        people = colleagues(place.node, verb_roles=letters.OFFICERS[place.kind])
        posted += post(Actor.system(), place.node, _to_officers(place), people, items)
    return french.counted(posted, "rappel préparé", "rappels préparés") if posted else ""


def _to_candidate(application: Application) -> Notice:
    organisation: Organisation = application.node.organisation
    domain = shipped().get(application.domain)
    code = domain.code if domain else application.domain

    def sentence(items: Sequence[str]) -> str:
        last = french.long_date(dt.date.fromisoformat(items[-1].rpartition(":")[2]))
        return f"{organisation} : le dossier de financement {code} est à transmettre au plus tard le {last}."

    path = reverse("funding:application", args=[organisation.pk, application.pk])
    subject = f"Carène : le dossier {code} est à transmettre ({organisation})"
    return Notice(KIND, VERBS["candidate"], path, subject, sentence)


def _to_officers(place: Organisation) -> Notice:
    def sentence(items: Sequence[str]) -> str:
        first = min(dt.date.fromisoformat(item.rpartition(":")[2]) for item in items)
        count = french.counted(len(items), "dossier de financement attend", "dossiers de financement attendent")
        return f"{count} votre contrôle ({place}) ; la première échéance est le {french.long_date(first)}."

    verb = VERBS["nation" if place.kind == Organisation.Kind.NATION else "region"]
    path = reverse("funding:list", args=[place.pk])
    return Notice(CONTROLS, verb, path, f"Carène : des dossiers de financement attendent ({place})", sentence)
