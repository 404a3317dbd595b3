# SPDX-License-Identifier: EUPL-1.2
"""Once a day: those who hold the governance of an establishment learn what comes near, then what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from carene.apps.governance import calendar
from carene.apps.governance.models import Commitment, Decision, DutyRecord, PolicyDocument
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import colleagues
from carene.core.access.actor import Actor
from carene.core.letters.actions import Notice, possible, post
from carene.core.tenancy.models import Membership, in_force
from carene.engines import french
from carene.engines.governance.pack import governance

KIND = "governance.calendar"
HOLDERS = frozenset({"rssi", "direction"})
LATE, SOON = "late", "soon"
WHY = "reminders of every establishment"


def remind(today: dt.date) -> str:
    """One letter to each of the RSSI and the management, for what was not told them yet."""
    posted = 0
    if not possible():
        return ""
    for organisation in _establishments(today):
        items = [_item(one, today) for one in _near(organisation, today)]
        if items:
            people = colleagues(organisation.node, verb_roles=HOLDERS)
            posted += post(Actor.system(), organisation.node, _notice(organisation), people, items)
    return french.counted(posted, "rappel préparé", "rappels préparés") if posted else ""


def _establishments(today: dt.date) -> Iterator[Organisation]:
    """Those open that somebody of theirs could be told of, and that have something with a day."""
    dated = Q(pk__in=[])
    for model in (DutyRecord, PolicyDocument, Decision, Commitment):
        rows = model.objects.unscoped(WHY).filter(node_id=OuterRef("pk"))
        dated |= Q(Exists(rows))
    held = Membership.objects.filter(in_force(today), role__in=HOLDERS).order_by("pk")
    places = set(held.values_list("node_id", flat=True))
    known = Organisation.objects.unscoped(WHY).filter(dated, closed_on=None).select_related("node").order_by("pk")
    for organisation in known.iterator():
        if organisation.assessable and not places.isdisjoint(organisation.node.ancestor_ids):
            yield organisation


def _near(organisation: Organisation, today: dt.date) -> list[calendar.Dated]:
    horizon = today + dt.timedelta(days=governance().remind_days)
    items = calendar.dated(organisation, today, detailed=True)
    return [one for one in items if one.on <= horizon and one.kind != calendar.MEETING]


def _item(one: calendar.Dated, today: dt.date) -> str:
    return f"{one.key}:{one.on}:{LATE if one.on < today else SOON}"


def _notice(organisation: Organisation) -> Notice:
    def sentence(items: Sequence[str]) -> str:
        late = sum(item.endswith(LATE) for item in items)
        soon = len(items) - late
        days, parts = governance().remind_days, []
        if late:
            parts.append(french.counted(late, "échéance est dépassée", "échéances sont dépassées"))
        if soon:
            one, many = ("autre tombe", "autres tombent") if late else ("échéance tombe", "échéances tombent")
            parts.append(f"{french.counted(soon, one, many)} dans les {days} jours à venir")
        return f"{organisation}, gouvernance : {', '.join(parts)}."

    return Notice(
        KIND, "governance.write", reverse("governance:duties", args=[organisation.pk]),
        f"Carène : des échéances approchent ({organisation})", sentence,
    )  # fmt: skip
