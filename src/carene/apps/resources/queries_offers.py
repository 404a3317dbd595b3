# SPDX-License-Identifier: EUPL-1.2
"""Reading offers and needs: what each side sees of the other, and which offer may answer which need."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.apps.resources.models import TAKING, Need, Offer, Pairing
from carene.core.row_security import scope
from carene.core.tenancy.models import Node
from carene.engines.referential.catalogue import care
from carene.engines.resources.matching import match, refusal
from carene.engines.resources.pack import resources

ABOVE = "offers are made by the groups above for those who stand below them"


@dataclass(frozen=True)
class Answer:
    """An offer that may answer a need. ``refusal``: why this establishment may not take it, empty when it may."""

    need: Need
    offer: Offer
    rank: int
    why: Sequence[str]
    refusal: str


# Offers -------------------------------------------------------------------------------------------------------------


def offers_of(group: Node) -> QuerySet[Offer]:
    """What this very group offers, with how many asked for it and how many have it or were proposed it."""
    return (
        Offer.objects.of(group)
        .filter(removed_at=None)
        .annotate(
            asked=Count("pairings", filter=Q(pairings__state=Pairing.State.ASKED)),
            taken=Count("pairings", filter=Q(pairings__state__in=TAKING)),
        )
        .order_by("title", "pk")
    )


def offers_for(organisation: Organisation, today: dt.date) -> list[Offer]:
    """What those above offer and that has not ended, whoever it is for; one query."""
    rows = Offer.objects.unscoped(ABOVE).filter(node_id__in=organisation.node.ancestor_ids[:-1], removed_at=None)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    return list(rows.select_related("node__organisation").order_by("title", "pk"))


def offer_seen(organisation: Organisation, pk: int) -> Offer:
    """One of this group, or of a group above. Raises Offer.DoesNotExist."""
    rows = Offer.objects.unscoped(ABOVE).filter(node_id__in=organisation.node.ancestor_ids, removed_at=None)
    return rows.select_related("node__organisation").get(pk=pk)


def takers(group: Node) -> dict[int, list[str]]:
    """Offer of this group → names of those that have it; one query."""
    rows = Pairing.objects.below(group).filter(offer__node=group, state=Pairing.State.ACCEPTED).order_by("id")
    found: dict[int, list[str]] = defaultdict(list)
    for offer, name in rows.values_list("offer_id", "node__organisation__name"):
        found[offer].append(name)
    return dict(found)


def room(offer: Offer) -> int | None:
    """Places that are left; None without a limit. A number, of which an establishment sees no name."""
    if offer.capacity is None:
        return None
    with scope.everything("how many have taken an offer: a number, and nobody's name"):
        taken = Pairing.objects.unscoped("the same").filter(offer=offer, state__in=TAKING).count()
    return max(0, offer.capacity - taken)


# Needs --------------------------------------------------------------------------------------------------------------


def needs_of(node: Node) -> QuerySet[Need]:
    """Those of one establishment, the latest first, each with what was put before it."""
    return Need.objects.of(node).prefetch_related(_pairings()).order_by("-id")


def need_of(node: Node, pk: int) -> Need:
    """Raises Need.DoesNotExist."""
    return needs_of(node).get(pk=pk)


def needs_below(group: Node) -> QuerySet[Need]:
    """Open ones of the establishments below a group, the oldest first."""
    rows = Need.objects.below(group).filter(state=Need.State.OPEN, node__organisation__closed_on=None)
    return rows.select_related("node__organisation").prefetch_related(_pairings()).order_by("id")


def _pairings() -> Prefetch[str]:
    rows = Pairing.objects.unscoped("what was put before needs in scope").select_related("offer__node__organisation")
    return Prefetch("pairings", rows.order_by("-id"))


def answers(organisation: Organisation, need: Need, offers: Iterable[Offer], today: dt.date) -> list[Answer]:
    """Offers that have something in common with the need, the nearest first. No query."""
    referential, known = care(), resources()
    profile = profile_of(organisation, referential)
    found = []
    for offer in offers:
        common = match(need.wanted, offer.offered, known, referential)
        if common.rank:
            found.append(
                Answer(need, offer, common.rank, common.why, refusal(offer.offered, profile, referential, today))
            )
    return sorted(found, key=lambda one: (bool(one.refusal), -one.rank, one.offer.title, one.offer.pk))


# Who must answer ----------------------------------------------------------------------------------------------------


def proposed_to(node: Node) -> list[Pairing]:
    """Offers that were proposed to this establishment and that it has not answered; one query."""
    rows = Pairing.objects.of(node).filter(state=Pairing.State.PROPOSED, need__state=Need.State.OPEN)
    return list(rows.select_related("need", "offer__node__organisation").order_by("id"))


def asked_of(group: Node) -> QuerySet[Pairing]:
    """Establishments that asked for an offer of this very group and wait for its answer."""
    rows = Pairing.objects.below(group).filter(offer__node=group, state=Pairing.State.ASKED)
    return rows.select_related("node__organisation", "need", "offer").order_by("id")
