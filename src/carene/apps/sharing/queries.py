# SPDX-License-Identifier: EUPL-1.2
"""Reading shares and the requests for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.shape import roles_on
from carene.core.access.actor import Actor
from carene.core.access.models import Share, ShareRequest, open_on
from carene.core.access.policy import OFFICERS, READS, shared
from carene.core.tenancy.models import Node

PAST_SHOWN = 50
OPENED_SHOWN = 10  # of a group, beside its list


def shares_here(organisation: Organisation) -> bool:
    """Does such a node have somebody who decides what is shared? Not a region, nor the nation."""
    return "rssi" in roles_on(organisation.kind)


def holders(organisation: Organisation) -> list[Organisation]:
    """Organisations above with whose officers one may share, the nearest first; one query."""
    above = organisation.node.ancestor_ids[:-1]
    rows = Organisation.objects.unscoped("names of what stands above a node in scope").filter(pk__in=above)
    kept = [row for row in rows.order_by("pk") if set(OFFICERS) & set(roles_on(row.kind))]
    return sorted(kept, key=lambda row: -above.index(row.pk))


def shares(node: Node) -> QuerySet[Share]:
    """Every share of this node and of those above it, which opens it too; with names, the latest first."""
    rows = Share.objects.unscoped("shares of the nodes above open this one too").filter(node_id__in=node.ancestor_ids)
    return rows.select_related("node__organisation", "holder__organisation", "user", "given_by", "revoked_by").order_by(
        "-given_at", "-id"
    )


def open_shares(node: Node, today: dt.date) -> list[Share]:
    """What is open here, what ends first before the rest."""
    return list(shares(node).filter(open_on(today)).order_by("ends_on", "id"))


def past_shares(node: Node, today: dt.date) -> list[Share]:
    return list(shares(node).exclude(open_on(today))[:PAST_SHOWN])


def requests(node: Node) -> QuerySet[ShareRequest]:
    """Requests made to this node, with names, the latest first."""
    rows = ShareRequest.objects.of(node).select_related("holder__organisation", "asked_by", "decided_by", "share")
    return rows.order_by("-asked_at", "-id")


def pending(node: Node) -> QuerySet[ShareRequest]:
    return requests(node).filter(state=ShareRequest.State.PENDING)


def offices(actor: Actor, node: Node) -> list[int]:
    """Nodes for which this actor is an officer here, the nearest first."""
    paths = {grant.path for grant in actor.grants_on(node) if grant.role in OFFICERS}
    return [int(path.rstrip("/").rpartition("/")[2]) for path in sorted(paths, key=len, reverse=True)]


def office(actor: Actor, node: Node) -> int | None:
    """The nearest of ``offices``: on whose behalf they ask."""
    return next(iter(offices(actor, node)), None)


def last_request(actor: Actor, node: Node) -> ShareRequest | None:
    """The latest request made for the officers whom this actor is one of; None when there is none."""
    holder = office(actor, node)
    return requests(node).filter(holder_id=holder).first() if holder is not None else None


def shared_until(actor: Actor, node: Node) -> dt.date | None:
    """Last day on which this actor reads the detail here, when only a share gives it to them. No query."""
    levels = [shared(level) for level in dict.fromkeys(READS.values())]
    ends = [grant.until for grant in actor.grants_on(node) if grant.role in levels and grant.until]
    own = Actor(actor.user, tuple(grant for grant in actor.grants if grant.role not in levels))
    return max(ends) if ends and not own.can("assessment.view", node) and not actor.everywhere else None


@dataclass(frozen=True)
class Opened:
    """What an officer follows in a group: the detail that is open to them, what they asked for and nobody answered.

    ``more``: there is more than what these lists hold.
    """

    shares: list[Share]
    waiting: list[ShareRequest]
    more: bool


def opened_below(actor: Actor, node: Node, today: dt.date) -> Opened | None:
    """None for someone who is no officer here. Two queries, whatever the number of establishments."""
    holder = office(actor, node)
    if holder is None:
        return None
    open_here = Q(holder_id=holder) | Q(user=actor.user)
    rows = Share.objects.below(node).filter(open_on(today), open_here).select_related("node__organisation")
    asked = ShareRequest.objects.below(node).filter(holder_id=holder, state=ShareRequest.State.PENDING)
    asked = asked.select_related("node__organisation")
    shares_, waiting = (
        list(rows.order_by("ends_on", "id")[: OPENED_SHOWN + 1]),
        list(asked.order_by("asked_at", "id")[: OPENED_SHOWN + 1]),
    )
    more = len(shares_) > OPENED_SHOWN or len(waiting) > OPENED_SHOWN
    return Opened(shares_[:OPENED_SHOWN], waiting[:OPENED_SHOWN], more)


@dataclass(frozen=True)
class Ended:
    """What is over: a share that was revoked or has expired, a request that was refused or withdrawn."""

    on: dt.date
    share: Share | None = None
    request: ShareRequest | None = None


def history(shares_: Sequence[Share], requests_: Sequence[ShareRequest]) -> list[Ended]:
    """Shares that are over, requests that were refused or withdrawn, by the day on which it was so, latest first."""
    found = [Ended(_day(row.revoked_at) if row.revoked_at else row.ends_on, share=row) for row in shares_]
    found += [
        Ended(_day(row.decided_at), request=row)
        for row in requests_
        if row.state in {ShareRequest.State.REFUSED, ShareRequest.State.WITHDRAWN} and row.decided_at
    ]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()
