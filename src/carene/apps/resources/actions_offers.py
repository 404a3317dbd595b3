# SPDX-License-Identifier: EUPL-1.2
"""What is done to offers and needs: said, changed, put before each other, answered, closed."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.apps.resources import checks, queries_offers
from carene.apps.resources.models import TAKING, WAITING, Need, Offer, Pairing
from carene.apps.resources.rows import fill, target_of, told
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import entry, record, record_many
from carene.core.tenancy.models import Node
from carene.engines.referential.catalogue import care
from carene.engines.resources.matching import refusal
from carene.engines.sources import InputError

WRITE, OFFER = "resource.write", "resource.offer"
GROUPS = frozenset({Organisation.Kind.NATION, Organisation.Kind.REGION, Organisation.Kind.GHT})
State = Pairing.State
M = TypeVar("M", bound=models.Model)


def save_offer(actor: Actor, group: Organisation, pk: int | None = None, **values: Any) -> Offer:
    """What a region or a GHT offers. Raises Offer.DoesNotExist, InputError."""
    actor.require(OFFER, group.node)
    if group.kind not in GROUPS:
        raise InputError("une offre est celle d'un GHT ou d'une région", remedy="ouvrir le GHT ou la région")
    with atomic_write():
        row = Offer(node=group.node) if pk is None else _offer(group, pk)
        before = told(row) if pk is not None else None
        fill(row, values)
        checks.texts(row)
        checks.offer(row)
        if pk is not None and row.capacity is not None and row.capacity < _taken(row):
            raise InputError(
                f"{_taken(row)} établissements ont déjà cette offre, ou se la sont vu proposer",
                remedy="garder au moins autant de places",
            )
        row.save()
        after = told(row)
        if after != before:
            record(actor, OFFER, group.node, target_of(row), before, after)
    return row


def remove_offer(actor: Actor, group: Organisation, pk: int) -> Offer:
    """Takes it off the lists; what waited for an answer is declined, what was accepted stays so."""
    actor.require(OFFER, group.node)
    with atomic_write():
        row = _offer(group, pk)
        waiting = list(Pairing.objects.below(group.node).filter(offer=row, state__in=WAITING).select_for_update())
        for one in waiting:
            _settle(actor, group, one, State.DECLINED, "l'offre est retirée")
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
        record(actor, OFFER, group.node, target_of(row), told(row), None)
    return row


def restore_offer(actor: Actor, group: Organisation, pk: int) -> Offer:
    actor.require(OFFER, group.node)
    with atomic_write():
        row = Offer.objects.of(group.node).select_for_update().exclude(removed_at=None).get(pk=pk)
        row.removed_at = None
        row.save(update_fields=["removed_at"])
        record(actor, OFFER, group.node, target_of(row), None, told(row))
    return row


def save_need(actor: Actor, organisation: Organisation, pk: int | None = None, **values: Any) -> Need:
    """What an establishment asks for. Raises Need.DoesNotExist, InputError."""
    actor.require(WRITE, organisation.node)
    _establishment(organisation)
    with atomic_write():
        row = Need(node=organisation.node) if pk is None else _need(organisation, pk)
        before = told(row) if pk is not None else None
        fill(row, values)
        checks.texts(row)
        checks.need(row)
        row.save()
        after = told(row)
        if after != before:
            record(actor, WRITE, organisation.node, target_of(row), before, after)
    return row


def close_need(actor: Actor, organisation: Organisation, pk: int, reason: str) -> Need:
    """It is no longer needed, or was met otherwise; what waited is withdrawn."""
    actor.require(WRITE, organisation.node)
    with atomic_write():
        row = _need(organisation, pk)
        before = told(row)
        row.state, row.reason = Need.State.CLOSED, reason.strip()[:300]
        row.save(update_fields=["state", "reason"])
        record(actor, WRITE, organisation.node, target_of(row), before, told(row))
        _withdraw_others(actor, organisation, row)
    return row


def ask(actor: Actor, organisation: Organisation, need_pk: int, offer_pk: int) -> Pairing:
    """The establishment asks for an offer; who offers answers. Raises Need or Offer.DoesNotExist, InputError."""
    actor.require(WRITE, organisation.node)
    _establishment(organisation)
    with atomic_write():
        need = _need(organisation, need_pk)
        offer = queries_offers.offer_seen(organisation, offer_pk)
        _may_have(organisation, offer)
        if queries_offers.room(offer) == 0:
            raise InputError("cette offre est complète", remedy="écrire à son contact, ou en choisir une autre")
        row = _pair(organisation, need, offer, State.ASKED)
        record(actor, WRITE, organisation.node, target_of(row), None, _said(row, need, offer))
    return row


def propose(actor: Actor, group: Organisation, offer_pk: int, need_pk: int) -> Pairing:
    """Who offers proposes it for a need, and keeps the place until the establishment answers."""
    actor.require(OFFER, group.node)
    with atomic_write():
        offer = _offer(group, offer_pk)
        need = Need.objects.below(group.node).select_for_update(of=("self",)).select_related("node").get(pk=need_pk)
        organisation = Organisation.objects.of(need.node).get()
        if need.state != Need.State.OPEN:
            raise InputError("cette demande n'est plus en attente", remedy="recharger la page")
        _may_have(organisation, offer)
        _has_room(offer)
        row = _pair(organisation, need, offer, State.PROPOSED)
        _tell_both(actor, group, row, None, _said(row, need, offer))
    return row


def answer(actor: Actor, place: Organisation, pk: int, *, accept: bool, reason: str = "") -> Pairing:
    """The other side answers: who offers, what was asked; the establishment, what was proposed.

    An accepted offer meets the need; what else waited for it is withdrawn. Raises Pairing.DoesNotExist, InputError.
    """
    row = _waiting(place, pk)
    by_offerer = row.state == State.ASKED
    actor.require(OFFER if by_offerer else WRITE, place.node)
    with atomic_write():
        offer = _offer(place, row.offer_id) if by_offerer else row.offer
        row = _waiting(place, pk, lock=True)
        if accept and by_offerer:
            _has_room(offer)
        _settle(actor, place, row, State.ACCEPTED if accept else State.DECLINED, reason)
        if accept:
            need = row.need
            before = told(need)
            need.state = Need.State.MET
            need.save(update_fields=["state"])
            record(actor, WRITE if not by_offerer else OFFER, row.node, target_of(need), before, told(need))
            _withdraw_others(actor, place, need)
    return row


def withdraw(actor: Actor, place: Organisation, pk: int) -> Pairing:
    """Who asked, or proposed, takes it back before the other has answered."""
    rows = Pairing.objects.below(place.node).filter(pk=pk, state__in=WAITING).select_related("offer", "need")
    row = rows.get()
    mine = row.offer.node_id == place.pk if row.state == State.PROPOSED else row.node_id == place.pk
    if not mine:
        raise InputError("cette proposition n'est pas la vôtre", remedy="la refuser plutôt")
    actor.require(OFFER if row.state == State.PROPOSED else WRITE, place.node)
    with atomic_write():
        row = rows.select_for_update(of=("self",)).get()
        _settle(actor, place, row, State.WITHDRAWN, "")
    return row


# Parts --------------------------------------------------------------------------------------------------------------


def _offer(group: Organisation, pk: int) -> Offer:
    return Offer.objects.of(group.node).select_for_update().filter(removed_at=None).get(pk=pk)


def _need(organisation: Organisation, pk: int) -> Need:
    row = Need.objects.of(organisation.node).select_for_update().get(pk=pk)
    if row.state != Need.State.OPEN:
        raise InputError("cette demande n'est plus en attente", remedy="en faire une autre")
    return row


def _waiting(place: Organisation, pk: int, *, lock: bool = False) -> Pairing:
    """One that this place must answer. Raises Pairing.DoesNotExist."""
    mine = models.Q(node=place.node, state=State.PROPOSED) | models.Q(offer__node=place.node, state=State.ASKED)
    rows = Pairing.objects.below(place.node).filter(mine).select_related("offer", "need", "node")
    return (rows.select_for_update(of=("self",)) if lock else rows).get(pk=pk)


def _establishment(organisation: Organisation) -> None:
    if not organisation.assessable:
        raise InputError(f"{organisation.name} regroupe des établissements", remedy="choisir celui qui demande")


def _may_have(organisation: Organisation, offer: Offer) -> None:
    today, referential = timezone.localdate(), care()
    if organisation.closed_on is not None:
        raise InputError(f"{organisation.name} est fermé", remedy="rien n'est à faire")
    why = refusal(offer.offered, profile_of(organisation, referential), referential, today)
    if why:
        raise InputError(f"{organisation.name} ne peut pas avoir cette offre : {why}", remedy="en choisir une autre")


def _taken(offer: Offer) -> int:
    return Pairing.objects.below(offer.node).filter(offer=offer, state__in=TAKING).count()


def _has_room(offer: Offer) -> None:
    """The offer is locked: two answers at once never take the same last place."""
    if offer.capacity is not None and _taken(offer) >= offer.capacity:
        raise InputError("toutes les places de cette offre sont prises", remedy="en ajouter, ou refuser")


def _pair(organisation: Organisation, need: Need, offer: Offer, state: str) -> Pairing:
    known = Pairing.objects.of(organisation.node).filter(need=need, offer=offer)
    if known.filter(state__in=[*WAITING, State.ACCEPTED]).exists():
        raise InputError("cette offre répond déjà à cette demande", remedy="attendre la réponse")
    now = timezone.now()
    return Pairing.objects.create(node=organisation.node, need=need, offer=offer, state=state, made_at=now)


def _settle(actor: Actor, place: Organisation, row: Pairing, state: str, reason: str) -> None:
    before = {"state": row.get_state_display()}
    row.state, row.reason, row.answered_at = state, reason.strip()[:300], timezone.now()
    row.save(update_fields=["state", "reason", "answered_at"])
    _tell_both(actor, place, row, before, _said(row, row.need, row.offer))


def _withdraw_others(actor: Actor, place: Organisation, need: Need) -> None:
    rows = Pairing.objects.of(need.node).filter(need=need, state__in=WAITING).select_related("offer", "need", "node")
    for row in rows.order_by("id"):
        _settle(actor, place, row, State.WITHDRAWN, "la demande n'est plus en attente")


def _said(row: Pairing, need: Need, offer: Offer) -> dict[str, Any]:
    return {"offer": offer.title, "need": need.title, **told(row)}


def _tell_both(actor: Actor, place: Organisation, row: Pairing, before: Any, after: Any) -> None:
    """In the journal of the establishment, and in that of the group when it is the one that acts."""
    nodes: list[Node] = [row.node, *([place.node] if place.pk != row.node_id else [])]
    verb = OFFER if len(nodes) > 1 else WRITE
    record_many([entry(actor, verb, node, target_of(row), before, after) for node in nodes])
