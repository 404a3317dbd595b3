# SPDX-License-Identifier: EUPL-1.2
"""What is done to shared services: described, changed, taken off the list, brought back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from carene.apps.organisations.models import Beneficiary, Organisation, SharedService
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.models import Entry
from carene.core.journal.writer import entry, record_many
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.sources import InputError

VERB = "service.share"
GROUPS = frozenset({Organisation.Kind.GHT, Organisation.Kind.REGION})
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Share:
    """The part of the cost that one beneficiary bears: a percentage, or euros a year, or nothing agreed."""

    percent: Decimal | None = None
    euros: int | None = None


@dataclass(frozen=True)
class Draft:
    """A shared service as someone describes it. ``provider`` and the keys of ``shares`` are ids of organisations."""

    kind: str
    provider: int
    shares: Mapping[int, Share]
    title: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    contact: str = ""
    note: str = ""


@dataclass
class _Scene:
    """Everyone whom one write is about, for the journal of each: the group tells all, the others what touches them."""

    actor: Actor
    service: SharedService
    nodes: dict[int, Node]
    entries: list[Entry] = field(default_factory=list)

    def tell(self, pk: int, before: Any, after: Any) -> None:
        self.entries.append(entry(self.actor, VERB, self.nodes[pk], f"service:{self.service.pk}", before, after))


def share_service(actor: Actor, group: Organisation, draft: Draft, service_id: int | None = None) -> SharedService:
    """Describes a service shared in a GHT or a region, or (``service_id``) says anew what it is.

    Raises InputError when it cannot be so, SharedService.DoesNotExist, PermissionDenied.
    """
    actor.require(VERB, group.node)
    if group.kind not in GROUPS:
        raise InputError("un service se mutualise dans un GHT ou une région", remedy="ouvrir le GHT, puis recommencer")
    with atomic_write():
        Node.hold(group.pk)
        rows = _people(group, {draft.provider, *draft.shares})
        _check(group, draft, rows)
        service = SharedService(node=group.node) if service_id is None else _held(group, service_id)
        before = None if service_id is None else state(service)
        for name in ("kind", "title", "starts_on", "ends_on", "contact", "note"):
            setattr(service, name, getattr(draft, name))
        service.provider = rows[draft.provider].node
        service.save()
        gone, come = _write_shares(service, draft.shares)
        after = state(service)
        if after != before:
            scene = _scene(actor, group, service, {draft.provider, *gone, *come})
            scene.tell(group.pk, before, after)
            said = {"name": str(service), "provider": str(rows[draft.provider])}
            for pk in sorted(gone - {group.pk}):
                scene.tell(pk, said, None)
            for pk in sorted(come - {group.pk}):
                scene.tell(pk, None, said)
            if before is None and draft.provider != group.pk:
                scene.tell(draft.provider, None, {**said, "beneficiaries": after["beneficiaries"]})
            record_many(scene.entries)
    return service


def remove_service(actor: Actor, group: Organisation, service_id: int) -> SharedService:
    """Takes it off the lists of all; ``restore_service`` brings it back. Raises SharedService.DoesNotExist."""
    return _toggle(actor, group, service_id, removed=True)


def restore_service(actor: Actor, group: Organisation, service_id: int) -> SharedService:
    """Undoes ``remove_service``; without effect on what was not removed."""
    return _toggle(actor, group, service_id, removed=False)


def _toggle(actor: Actor, group: Organisation, service_id: int, *, removed: bool) -> SharedService:
    actor.require(VERB, group.node)
    with atomic_write():
        service = _held(group, service_id, even_removed=True)
        if (service.removed_at is not None) == removed:
            return service
        service.removed_at = timezone.now() if removed else None
        service.save(update_fields=["removed_at"])
        told = state(service)
        touched = {service.provider_id, *Beneficiary.lines_of(service).values_list("node_id", flat=True)}
        scene = _scene(actor, group, service, touched)
        short = {"name": str(service), "provider": told["provider"]}
        scene.tell(group.pk, told if removed else None, None if removed else told)
        for pk in sorted(touched - {group.pk}):
            scene.tell(pk, short if removed else None, None if removed else short)
        record_many(scene.entries)
    return service


def state(service: SharedService) -> dict[str, Any]:
    """The service as the journal keeps it."""
    lines = (
        Beneficiary.lines_of(service).select_related("node__organisation").order_by("node__organisation__name", "pk")
    )
    provider: Any = service.provider
    return {
        "service": service.get_kind_display(),
        "name": str(service),
        "provider": str(provider.organisation),
        "starts_on": service.starts_on.isoformat() if service.starts_on else None,
        "ends_on": service.ends_on.isoformat() if service.ends_on else None,
        "contact": service.contact,
        "note": service.note,
        "beneficiaries": [_spoken(line) for line in lines],
    }


def _spoken(line: Beneficiary) -> str:
    name = str(line.node.organisation)
    return f"{name} ({line.part})" if line.part else name


def _held(group: Organisation, service_id: int, *, even_removed: bool = False) -> SharedService:
    rows = SharedService.objects.of(group.node).select_for_update(of=("self",)).select_related("provider__organisation")
    if not even_removed:
        rows = rows.filter(removed_at=None)
    return rows.get(pk=service_id)


def _people(group: Organisation, ids: set[int]) -> dict[int, Organisation]:
    """Those of ``ids`` that stand in the group, by id."""
    rows = Organisation.objects.below(group.node).filter(pk__in=ids).select_related("node")
    return {row.pk: row for row in rows.order_by("pk")}


def _check(group: Organisation, draft: Draft, rows: Mapping[int, Organisation]) -> None:
    if draft.kind not in SharedService.Kind.values:
        raise InputError(f"« {draft.kind} » n'est pas un service connu", remedy="en choisir un dans la liste")
    if draft.kind == SharedService.Kind.OTHER and not draft.title.strip():
        raise InputError("un service « Autre » n'a pas de nom", remedy="dire lequel c'est")
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        raise InputError("le service finit avant de commencer", remedy="vérifier les deux dates")
    provider = rows.get(draft.provider)
    if provider is None or not (provider.assessable or provider.pk == group.pk):
        raise InputError(f"qui fournit ce service n'est pas dans « {group} »", remedy="choisir un de ses membres")
    if not draft.shares:
        raise InputError("ce service n'est pour personne", remedy="cocher au moins un établissement bénéficiaire")
    if draft.provider in draft.shares:
        raise InputError(f"« {provider} » se fournirait à lui-même", remedy="le décocher : il fournit le service")
    if any(pk not in rows or not rows[pk].assessable for pk in draft.shares):
        raise InputError(f"un bénéficiaire n'est pas dans « {group} »", remedy="choisir parmi ses membres")
    total = sum((share.percent for share in draft.shares.values() if share.percent is not None), Decimal(0))
    if total > WHOLE:
        raise InputError(f"les parts font {french.number(float(total), 1)} % en tout", remedy="rester à 100 % au plus")


def _write_shares(service: SharedService, shares: Mapping[int, Share]) -> tuple[set[int], set[int]]:
    """Gives who is no longer a beneficiary, and who has become one."""
    there = {line.node_id: line for line in Beneficiary.lines_of(service)}
    gone, come = there.keys() - shares.keys(), shares.keys() - there.keys()
    Beneficiary.lines_of(service).filter(node_id__in=gone).delete()
    Beneficiary.objects.unscoped("lines of a service in scope, for members of its group").bulk_create(
        Beneficiary(service=service, node_id=pk, share_percent=shares[pk].percent, share_euros=shares[pk].euros)
        for pk in sorted(come)
    )
    for pk in sorted(shares.keys() & there.keys()):
        line, share = there[pk], shares[pk]
        if (line.share_percent, line.share_euros) != (share.percent, share.euros):
            line.share_percent, line.share_euros = share.percent, share.euros
            line.save(update_fields=["share_percent", "share_euros"])
    return set(gone), set(come)


def _scene(actor: Actor, group: Organisation, service: SharedService, ids: set[int]) -> _Scene:
    rows = Organisation.objects.unscoped("nodes of those whom a service in scope is or was for").filter(pk__in=ids)
    nodes = {row.pk: row.node for row in rows.select_related("node").order_by("pk")}
    return _Scene(actor, service, nodes | {group.pk: group.node})
