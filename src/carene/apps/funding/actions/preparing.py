# SPDX-License-Identifier: EUPL-1.2
"""What a candidate does: opens a file, says, proves, weighs its members, counts its expenses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from carene.apps.evidence import actions as evidence_actions
from carene.apps.evidence import queries as evidence_queries
from carene.apps.funding import queries
from carene.apps.funding.holding import editable, target, titled, touch
from carene.apps.funding.models import Application, Document, Event, Expense, Member, Said
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.stale import require_unchanged
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.funding.circuit import STATES
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import Domain, ItemShape
from carene.engines.sources import InputError
from carene.engines.sources.days import require_plausible

PREPARE = "funding.prepare"
LARGEST = 10**12  # euros or activity: beyond, a figure is a slip of the keyboard


def candidate_of(organisation: Organisation, domain: Domain) -> tuple[str, Organisation | None]:
    """As what an organisation may apply to a domain, and for which GHT. Raises InputError when it may not."""
    if organisation.kind != Organisation.Kind.ENTITY:
        raise InputError("une candidature se porte par une entité juridique", remedy="ouvrir celle de l'établissement")
    if organisation.closed_on is not None:
        raise InputError("cet établissement est fermé", remedy="ouvrir celui qui lui succède")
    if domain.announced and not domain.windows:
        raise InputError(
            f"aucun texte n'ouvre encore le domaine « {domain.code} »", remedy="attendre que ses dates soient connues"
        )
    allowed = domain.candidates.value if domain.candidates else ["ght", "outside", "entity"]
    parent: Any = organisation.node.parent
    above: Organisation | None = parent.organisation if parent else None
    group = above if above is not None and above.kind == Organisation.Kind.GHT else None
    if group is None and "outside" in allowed:
        return "outside", None
    if group is not None and "ght" in allowed:
        support = queries.support_of(group)
        if support is not None and support.pk == organisation.pk:
            return "ght", group
        if "entity" not in allowed:
            who = f"par « {support} »" if support else "par son établissement support, qu'aucun profil ne désigne"
            raise InputError(f"« {group} » candidate pour tous ses membres, {who}", remedy="s'adresser à lui")
    if "entity" in allowed:
        return "entity", None
    raise InputError("ce domaine est ouvert aux GHT seulement", remedy="choisir un autre domaine")


def start(actor: Actor, organisation: Organisation, domain_id: str, *, family: str = "") -> Application:
    """Opens a file, with its members as the tree knows them today.

    Raises InputError: not a candidate of this domain, an unknown family, a file that is already open; LookupError.
    """
    actor.require(PREPARE, organisation.node)
    domain = queries.domain_at(organisation.node, domain_id)
    candidate, group = candidate_of(organisation, domain)
    family = "ght" if candidate == "ght" else family
    if family not in shipped().pack.family or (family == "ght") != (candidate == "ght"):
        raise InputError("la famille du candidat n'est pas connue", remedy="en choisir une dans la liste")
    now = timezone.now()
    with atomic_write():
        Node.hold(organisation.pk)
        open_ = Application.objects.of(organisation.node).filter(domain=domain_id)
        again = any(objective.apart for objective in domain.objectives)
        over = ["rejected", "withdrawn", "paid"] if again else ["rejected", "withdrawn"]
        if open_.exclude(state__in=over).exists():
            raise InputError("un dossier est déjà ouvert pour ce domaine", remedy="le compléter")
        application = Application.objects.create(
            node=organisation.node,
            group=group.node if group else None,
            domain=domain_id,
            candidate=candidate,
            family=family,
            created_at=now,
            changed_at=now,
            changed_by=actor.label,
        )
        sync(application, organisation, group)
        Event.objects.create(application=application, at=now, by=actor.label, said="a ouvert le dossier")
        after = titled(application, stage=STATES["draft"])
        record(actor, "funding.start", organisation.node, target(application), None, after)
    return application


def sync(application: Application, organisation: Organisation, group: Organisation | None) -> None:
    """Rows of the members as the tree is now: those who came, with the activity of their profile; those who left."""
    rows = {row.unit_id: row for row in application.members.order_by("id")}
    today = timezone.localdate()
    for unit in queries.units_now(organisation, group):
        row = rows.pop(unit.pk, None)
        if row is None:
            Member.objects.create(application=application, unit=unit.node, name=str(unit), activity=unit.activity)
        elif row.left_on is not None or row.name != str(unit):
            row.left_on, row.name = None, str(unit)
            row.save(update_fields=["left_on", "name"])
    for row in rows.values():
        if row.left_on is None:
            row.left_on = today
            row.save(update_fields=["left_on"])


def fill(
    actor: Actor,
    organisation: Organisation,
    application_id: int,
    item_id: str,
    *,
    declared: str,
    comment: str,
    facts: Mapping[str, bool | float],
    seen: str | None = None,
) -> Said:
    """What the candidate says of an item. Raises InputError, LookupError for an item that is not of the domain.

    ``seen``: the mark of what the page showed (``said_state``); raises Overtaken when somebody saved it since.
    """
    actor.require(PREPARE, organisation.node)
    with atomic_write():
        application = editable(organisation, application_id)
        item = _item(application, item_id)
        if declared not in Said.Declared.values:
            raise InputError(f"« {declared} » n'est pas un état connu", remedy="en choisir un dans la liste")
        kinds = {fact.id: fact.kind for fact in item.facts}
        for key, value in facts.items():
            if key not in kinds or isinstance(value, bool) != (kinds[key] == "yes_no"):
                raise InputError(f"« {key} » n'est pas une donnée de {item.id}", remedy="recharger la page")
            if not isinstance(value, bool) and not 0 <= value < LARGEST:
                raise InputError("un nombre est hors de ce qui se mesure", remedy="le corriger")
        row = Said.objects.filter(application=application, item=item_id).first() or Said(
            application=application, item=item_id
        )
        before = said_state(row)
        require_unchanged(seen, before)
        row.declared, row.comment, row.facts = declared, comment.strip()[:2000], dict(facts)
        row.save()
        if said_state(row) != before:
            after = titled(application, item=item_id, **said_state(row))
            record(actor, "funding.fill", organisation.node, target(application), before, after)
    return row


def said_state(row: Said) -> dict[str, Any]:
    return {"declared": row.get_declared_display(), "comment": row.comment, "facts": row.facts}


def _item(application: Application, item_id: str) -> ItemShape:
    item = queries.domain_at(application.node, application.domain).item(item_id)
    if item is None or (item.for_ is not None and application.candidate not in item.for_):
        raise LookupError(item_id)
    return item


def attach_new(
    actor: Actor,
    organisation: Organisation,
    application_id: int,
    item_id: str,
    place: str,
    *,
    title: str,
    upload: UploadedFile[Any] | None = None,
    url: str = "",
    effective_on: dt.date | None = None,
    expires_on: dt.date | None = None,
) -> Document:
    """A new piece of evidence of the organisation, put at once in its place. Raises InputError as evidence does."""
    actor.require(PREPARE, organisation.node)
    with atomic_write():
        piece = evidence_actions.add(
            actor,
            organisation,
            title=title,
            upload=upload,
            url=url,
            effective_on=effective_on,
            expires_on=expires_on,
        )
        return attach(actor, organisation, application_id, item_id, place, evidence_id=piece.pk)


def attach(
    actor: Actor, organisation: Organisation, application_id: int, item_id: str, place: str, *, evidence_id: int
) -> Document:
    """Puts a piece of evidence that the organisation already has in one place of an item."""
    actor.require(PREPARE, organisation.node)
    with atomic_write():
        application = editable(organisation, application_id)
        item = _item(application, item_id)
        if place not in {document.id for document in item.documents}:
            raise LookupError(place)
        piece = evidence_queries.of(organisation.node).filter(pk=evidence_id).first()
        if piece is None:
            raise InputError("cette preuve n'existe plus", remedy="en choisir une autre, ou joindre un fichier")
        row, created = Document.objects.get_or_create(
            application=application,
            item=item_id,
            place=place,
            evidence=piece,
            defaults={"added_at": timezone.now()},
        )
        if created:
            after = titled(application, item=item_id, document=piece.title)
            record(actor, "funding.document", organisation.node, target(application), None, after)
    return row


def detach(actor: Actor, organisation: Organisation, application_id: int, document_id: int) -> Document:
    """Takes a document out of the file; the evidence itself stays. Raises Document.DoesNotExist."""
    actor.require(PREPARE, organisation.node)
    with atomic_write():
        application = editable(organisation, application_id)
        row = Document.objects.select_related("evidence").get(application=application, pk=document_id)
        before = titled(application, item=row.item, document=row.evidence.title)
        record(actor, "funding.document", organisation.node, target(application), before, None)
        row.delete()
    return row


def set_members(
    actor: Actor,
    organisation: Organisation,
    application_id: int,
    values: Mapping[int, tuple[int | None, Mapping[str, bool]]],
    seen: str | None = None,
) -> None:
    """Activity of each member, and the items with which it complies. Keys are ids of their nodes.

    Members who have left weigh no more; those who came appear. Raises InputError for someone who is not a member,
    Overtaken when the grid was saved since the page showed it (``grid_state``).
    """
    actor.require(PREPARE, organisation.node)
    with atomic_write():
        application = editable(organisation, application_id)
        group: Any = application.group.organisation if application.group else None
        sync(application, organisation, group)
        rows = {row.unit_id: row for row in application.members.filter(left_on=None).order_by("id")}
        require_unchanged(seen, grid_state(rows.values()))
        weighed = {i.id for i in queries.domain_at(application.node, application.domain).items() if i.weighs}
        before, after = {}, {}
        for unit, (activity, complies) in values.items():
            row = rows.get(unit)
            if row is None:
                raise InputError("un des membres a quitté le groupe", remedy="recharger la page et recommencer")
            if activity is not None and not 0 <= activity < LARGEST:
                raise InputError(f"l'activité de {row.name} n'est pas un nombre possible", remedy="la corriger")
            old = {"activity": row.activity, **row.complies}
            row.activity, row.complies = activity, {key: bool(v) for key, v in complies.items() if key in weighed}
            new = {"activity": row.activity, **row.complies}
            if new != old:
                row.save(update_fields=["activity", "complies"])
                before[row.name], after[row.name] = old, new
        if after:
            told = titled(application, **after)
            record(actor, "funding.members", organisation.node, target(application), before, told)


def grid_state(members: Iterable[Member]) -> list[list[Any]]:
    return sorted([row.unit_id, row.activity, row.complies] for row in members)


def set_measure(actor: Actor, organisation: Organisation, application_id: int, measure: int | None) -> None:
    """What the ceiling is counted in, where it is not the combined activity (agents)."""
    actor.require(PREPARE, organisation.node)
    with atomic_write():
        application = editable(organisation, application_id)
        if measure is not None and not 0 < measure < LARGEST:
            raise InputError("ce nombre n'est pas possible", remedy="donner un nombre plus grand que zéro")
        before, application.measure = application.measure, measure
        if before != measure:
            touch(actor, application, "measure")
            told = titled(application, measure=measure)
            record(actor, "funding.members", organisation.node, target(application), {"measure": before}, told)


def add_expense(
    actor: Actor, organisation: Organisation, application_id: int, *, label: str, amount: int, committed_on: dt.date
) -> Expense:
    """An expense that was really committed, euros. Raises InputError: no label, not above zero, in the future."""
    actor.require(PREPARE, organisation.node)
    if not label.strip():
        raise InputError("la dépense n'a pas d'objet", remedy="dire en quelques mots ce qui a été acheté")
    if not 0 < amount < LARGEST:
        raise InputError("le montant n'est pas plus grand que zéro", remedy="le corriger")
    require_plausible(committed_on, "La dépense")
    if committed_on > timezone.localdate():
        raise InputError("la dépense est datée de demain ou plus tard", remedy="attendre qu'elle soit engagée")
    with atomic_write():
        application = editable(organisation, application_id)
        row = Expense.objects.create(
            application=application, label=label.strip()[:200], amount=amount, committed_on=committed_on
        )
        after = titled(application, label=row.label, amount=amount, committed_on=committed_on)
        record(actor, "funding.expense", organisation.node, target(application), None, after)
    return row


def remove_expense(actor: Actor, organisation: Organisation, application_id: int, expense_id: int) -> None:
    """Raises Expense.DoesNotExist."""
    actor.require(PREPARE, organisation.node)
    with atomic_write():
        application = editable(organisation, application_id)
        row = Expense.objects.get(application=application, pk=expense_id)
        before = titled(application, label=row.label, amount=row.amount, committed_on=row.committed_on)
        record(actor, "funding.expense", organisation.node, target(application), before, None)
        row.delete()
