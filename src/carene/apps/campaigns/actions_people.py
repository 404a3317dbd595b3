# SPDX-License-Identifier: EUPL-1.2
"""What is decided of one participant, and what is said to and by it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from carene.apps.campaigns import audience, queries
from carene.apps.campaigns.actions import held, join, target
from carene.apps.campaigns.models import Campaign, Comment, Participant
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines import french
from carene.engines.sources import InputError


def welcome(actor: Actor, organisation: Organisation, pk: int) -> int:
    """Asks those who came since the opening and answer its conditions; how many."""
    actor.require("campaign.run", organisation.node)
    with atomic_write():
        campaign = held(organisation, pk, None)
        _open(campaign)
        count = join(campaign, audience.concerned(organisation.node, audience.of(campaign)))
        if not count:
            raise InputError("Personne n'est à ajouter à cette campagne", remedy="rien n'est à faire")
        told = {"title": campaign.title, "participants": count}
        record(actor, "campaign.participant", organisation.node, target(campaign), None, told)
    return count


def extend(actor: Actor, organisation: Organisation, pk: int, participant: int, *, until: dt.date, reason: str) -> None:
    """More time for one of them. Raises InputError when it is not more, Participant.DoesNotExist."""
    actor.require("campaign.run", organisation.node)
    if not reason.strip():
        raise InputError("Une prolongation demande un motif", remedy="l'écrire en une phrase")
    with atomic_write():
        campaign, row = _one(organisation, pk, participant)
        if until <= campaign.ends_on or until < timezone.localdate():
            raise InputError(
                f"Le {french.long_date(until)} ne donne pas plus de temps",
                remedy=f"choisir un jour à venir, après le {french.long_date(campaign.ends_on)}",
            )
        before = _told(row)
        row.extended_to, row.extension_reason = until, reason.strip()[:300]
        row.save(update_fields=["extended_to", "extension_reason"])
        record(actor, "campaign.participant", organisation.node, target(campaign), before, _told(row))


def exclude(actor: Actor, organisation: Organisation, pk: int, participant: int, *, reason: str) -> None:
    """Keeps one of them apart, for a reason that it reads."""
    actor.require("campaign.run", organisation.node)
    if not reason.strip():
        raise InputError("Écarter un établissement demande un motif", remedy="l'écrire en une phrase")
    _set_apart(actor, organisation, pk, participant, reason.strip()[:300])


def include(actor: Actor, organisation: Organisation, pk: int, participant: int) -> None:
    """Asks again one that was kept apart."""
    actor.require("campaign.run", organisation.node)
    _set_apart(actor, organisation, pk, participant, "")


def _set_apart(actor: Actor, organisation: Organisation, pk: int, participant: int, reason: str) -> None:
    with atomic_write():
        campaign, row = _one(organisation, pk, participant)
        before = _told(row)
        row.excluded = reason
        row.save(update_fields=["excluded"])
        record(actor, "campaign.participant", organisation.node, target(campaign), before, _told(row))


def set_aside(actor: Actor, organisation: Organisation, pk: int, node: int, *, reason: str) -> None:
    """Before the opening: this establishment will not be asked."""
    actor.require("campaign.run", organisation.node)
    if not reason.strip():
        raise InputError("Écarter un établissement demande un motif", remedy="l'écrire en une phrase")
    with atomic_write():
        campaign = held(organisation, pk, None)
        if campaign.state != Campaign.State.DRAFT:
            raise InputError("Cette campagne n'est plus en préparation", remedy="passer par la page du participant")
        concerned = {row.pk: row for row in audience.concerned(organisation.node, audience.of(campaign))}
        if node not in concerned:
            raise InputError("Cet établissement n'est pas concerné", remedy="en choisir un de la liste")
        row, _ = Participant.objects.below(organisation.node).update_or_create(
            campaign=campaign,
            node_id=node,
            defaults={"excluded": reason.strip()[:300], "joined_at": timezone.now()},
        )
        record(actor, "campaign.participant", organisation.node, target(campaign), None, _told(row))


def say(actor: Actor, organisation: Organisation, pk: int, text: str, *, participant: int | None = None) -> Comment:
    """From the place of the campaign: to everyone it asks, or to one of them."""
    actor.require("campaign.run", organisation.node)
    words = _words(text)
    with atomic_write():
        campaign = queries.own(organisation.node, pk)
        node = organisation.node
        if participant is not None:
            node = queries.participants(campaign).get(pk=participant).node
        comment = _said(actor, campaign, node.pk, words, answers=False)
        record(
            actor, "campaign.say", organisation.node, target(campaign), None, {"title": campaign.title, "text": words}
        )
    return comment


def answer(actor: Actor, organisation: Organisation, pk: int, text: str) -> Comment:
    """From an establishment, to the place of the campaign. Raises Campaign.DoesNotExist when it is not asked."""
    actor.require("campaign.answer", organisation.node)
    words = _words(text)
    with atomic_write():
        campaign = queries.find(organisation.node, pk)
        if queries.participation(campaign, organisation.node) is None:
            raise Campaign.DoesNotExist
        comment = _said(actor, campaign, organisation.pk, words, answers=True)
        record(
            actor, "campaign.say", organisation.node, target(campaign), None, {"title": campaign.title, "text": words}
        )
    return comment


def _words(text: str) -> str:
    if not text.strip():
        raise InputError("Le message est vide", remedy="l'écrire")
    return text.strip()[:2000]


def _said(actor: Actor, campaign: Campaign, node: int, text: str, *, answers: bool) -> Comment:
    return Comment.objects.create(
        campaign=campaign, node_id=node, text=text, at=timezone.now(), by=actor.label, answers=answers
    )


def _one(organisation: Organisation, pk: int, participant: int) -> tuple[Campaign, Participant]:
    campaign = held(organisation, pk, None)
    if campaign.state == Campaign.State.CLOSED:
        raise InputError("Cette campagne est close", remedy="la rouvrir avant de la modifier")
    return campaign, queries.participants(campaign).get(pk=participant)


def _open(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise InputError(f"Cette campagne est {campaign.get_state_display()}", remedy="relire la page")


def _told(row: Participant) -> dict[str, str]:
    return {
        "name": str(row.node.organisation.name),
        "until": row.extended_to.isoformat() if row.extended_to else "",
        "reason": row.excluded or row.extension_reason,
        "excluded": "oui" if row.excluded else "non",
    }
