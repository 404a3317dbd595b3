# SPDX-License-Identifier: EUPL-1.2
"""The life of a campaign: prepared, opened, closed, opened again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from carene.apps.assessments import referentials
from carene.apps.campaigns import audience, freezing, progress, queries
from carene.apps.campaigns.audience import Audience
from carene.apps.campaigns.models import Campaign, Closing, Outcome, Participant
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.campaigns.pack import proposed
from carene.engines.sources import InputError


@dataclass(frozen=True)
class Wanted:
    """What one asks for. ``reminders``: days from the last one, negative before it."""

    title: str
    starts_on: dt.date
    ends_on: dt.date
    message: str = ""
    referential: str = referentials.BUILT_IN
    reminders: Sequence[int] = ()
    audience: Audience = field(default_factory=Audience)


def create(actor: Actor, organisation: Organisation, wanted: Wanted) -> Campaign:
    """A campaign in preparation. Raises InputError where none can be opened, and for dates that are reversed."""
    actor.require("campaign.run", organisation.node)
    if organisation.kind not in queries.PLACES:
        raise InputError(
            f"{organisation.name} répond aux campagnes et n'en ouvre pas",
            remedy="l'ouvrir depuis son GHT, sa région ou la nation",
        )
    values, now = _values(actor, organisation, wanted), timezone.now()
    with atomic_write():
        campaign = Campaign.objects.create(
            node=organisation.node, created_at=now, changed_at=now, changed_by=actor.label, **values
        )
        record(actor, "campaign.prepare", organisation.node, target(campaign), None, _told(campaign))
    return campaign


def _values(actor: Actor, organisation: Organisation, wanted: Wanted) -> dict[str, Any]:
    if not wanted.title.strip():
        raise InputError("La campagne n'a pas de titre", remedy="en donner un")
    if wanted.ends_on < wanted.starts_on:
        raise InputError("La campagne finit avant de commencer", remedy="corriger l'une des deux dates")
    versions = {key: version for key, _, version in referentials.available(actor, organisation.node)}
    if wanted.referential not in versions:
        raise InputError("Ce référentiel n'est pas disponible ici", remedy="en choisir un de la liste")
    days = sorted(set(wanted.reminders))
    if len(days) > proposed().most:
        raise InputError(f"Une campagne rappelle {proposed().most} fois au plus", remedy="en retirer")
    return {
        "title": wanted.title.strip(),
        "message": wanted.message.strip(),
        "referential": wanted.referential,
        "version": versions[wanted.referential],
        "audience": audience.plain(wanted.audience),
        "starts_on": wanted.starts_on,
        "ends_on": wanted.ends_on,
        "reminders": days,
    }


FIXED = ("referential", "version", "audience", "starts_on")  # once it is open: people have begun


def change(actor: Actor, organisation: Organisation, pk: int, wanted: Wanted, *, revision: int) -> Campaign:
    """Of an open campaign: its title, its message, its last day, its reminders. Raises Campaign.DoesNotExist."""
    actor.require("campaign.run", organisation.node)
    with atomic_write():
        campaign = held(organisation, pk, revision)
        if campaign.state == Campaign.State.CLOSED:
            raise InputError("Cette campagne est close", remedy="la rouvrir avant de la modifier")
        before, values = _told(campaign), _values(actor, organisation, wanted)
        if campaign.is_open:
            values = {key: value for key, value in values.items() if key not in FIXED}
            if values["ends_on"] < campaign.starts_on:
                raise InputError("La campagne finirait avant d'avoir commencé", remedy="choisir une date plus tardive")
        for key, value in values.items():
            setattr(campaign, key, value)
        _touch(actor, campaign, *values)
        record(actor, "campaign.prepare", organisation.node, target(campaign), before, _told(campaign))
    return campaign


def remove(actor: Actor, organisation: Organisation, pk: int, *, revision: int) -> None:
    """A campaign that was never opened. Raises InputError for another one: nothing is destroyed."""
    actor.require("campaign.run", organisation.node)
    with atomic_write():
        campaign = held(organisation, pk, revision)
        _must_be(campaign, Campaign.State.DRAFT)
        record(actor, "campaign.prepare", organisation.node, target(campaign), _told(campaign), None)
        Participant.objects.below(organisation.node).filter(campaign=campaign).delete()
        campaign.comments.all().delete()
        campaign.delete()


def launch(actor: Actor, organisation: Organisation, pk: int, *, revision: int) -> Campaign:
    """Opens it: who is concerned is found now, and kept. Raises InputError when its last day has gone by, or when it
    concerns nobody."""
    actor.require("campaign.run", organisation.node)
    with atomic_write():
        campaign = held(organisation, pk, revision)
        _must_be(campaign, Campaign.State.DRAFT)
        if campaign.ends_on < timezone.localdate():
            raise InputError(
                f"Le dernier jour, le {french.long_date(campaign.ends_on)}, est passé",
                remedy="choisir une date à venir",
            )
        asked = join(campaign, audience.concerned(organisation.node, audience.of(campaign)))
        if not Participant.objects.below(organisation.node).filter(campaign=campaign, excluded="").exists():
            raise InputError("Personne n'est concerné par cette campagne", remedy="élargir le choix des établissements")
        campaign.state, campaign.opened_at = Campaign.State.OPEN, timezone.now()
        campaign.version = referentials.get(campaign.referential).version
        _touch(actor, campaign, "state", "opened_at", "version")
        record(actor, "campaign.open", organisation.node, target(campaign), None, _told(campaign, participants=asked))
    return campaign


def close(actor: Actor, organisation: Organisation, pk: int, *, revision: int) -> Closing:
    """Keeps for ever where each participant stands, the figures of the whole, and what changed since the last one."""
    actor.require("campaign.run", organisation.node)
    with atomic_write():
        campaign = held(organisation, pk, revision)
        _must_be(campaign, Campaign.State.OPEN)
        now = timezone.now()
        rows = freezing.outcomes(Closing(), progress.board(campaign, timezone.localdate()))
        found = freezing.figures(campaign, rows)
        closing = Closing.objects.create(
            campaign=campaign,
            number=campaign.closings.count() + 1,
            at=now,
            by=actor.label,
            figures=found,
            comparison=freezing.comparison(campaign, rows, found, organisation.node),
        )
        for row in rows:
            row.closing = closing
        Outcome.objects.unscoped("of this closing").bulk_create(rows, batch_size=freezing.BATCH)
        campaign.state, campaign.closed_at = Campaign.State.CLOSED, now
        _touch(actor, campaign, "state", "closed_at")
        told = _told(campaign, asked=found["asked"], handed=found["handed"])
        record(actor, "campaign.close", organisation.node, target(campaign), None, told)
    return closing


def reopen(actor: Actor, organisation: Organisation, pk: int, *, revision: int, reason: str) -> Campaign:
    """Opened again, for a reason; what was kept at its closing stays."""
    actor.require("campaign.run", organisation.node)
    if not reason.strip():
        raise InputError("La réouverture demande un motif", remedy="l'écrire en une phrase")
    with atomic_write():
        campaign = held(organisation, pk, revision)
        _must_be(campaign, Campaign.State.CLOSED)
        campaign.state = Campaign.State.OPEN
        _touch(actor, campaign, "state")
        told = _told(campaign, reason=reason.strip()[:300])
        record(actor, "campaign.reopen", organisation.node, target(campaign), None, told)
    return campaign


def join(campaign: Campaign, rows: Sequence[Organisation]) -> int:
    """Asks those who are not yet in; how many."""
    known = set(
        Participant.objects.below(campaign.node)
        .filter(campaign=campaign)
        .order_by("pk")
        .values_list("node_id", flat=True)
    )
    now = timezone.now()
    fresh = [Participant(campaign=campaign, node_id=row.pk, joined_at=now) for row in rows if row.pk not in known]
    Participant.objects.unscoped("of this campaign").bulk_create(fresh, batch_size=freezing.BATCH)
    return len(fresh)


def held(organisation: Organisation, pk: int, revision: int | None) -> Campaign:
    """The campaign, which nobody else changes until the end of the transaction; ``revision``: what the page showed."""
    Node.hold(organisation.pk)
    campaign = queries.own(organisation.node, pk)
    if revision is not None and campaign.revision != revision:
        when = french.clock_time(timezone.localtime(campaign.changed_at))
        raise InputError(
            f"{campaign.changed_by} a modifié cette campagne entre-temps, à {when}",
            remedy="relire la page, puis décider de nouveau",
        )
    return campaign


def _must_be(campaign: Campaign, state: Campaign.State) -> None:
    if campaign.state != state:
        raise InputError(f"Cette campagne est {campaign.get_state_display()}", remedy="relire la page")


def _touch(actor: Actor, campaign: Campaign, *fields: str) -> None:
    """Saves these fields and says who was last there."""
    campaign.revision += 1
    campaign.changed_at, campaign.changed_by = timezone.now(), actor.label
    campaign.save(update_fields=[*fields, "revision", "changed_at", "changed_by"])


def target(campaign: Campaign) -> str:
    return f"campaign:{campaign.pk}"


def _told(campaign: Campaign, **more: Any) -> dict[str, Any]:
    return {
        "title": campaign.title,
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat(),
        "state": campaign.get_state_display(),
        "reminders": campaign.reminders,
        **more,
    }
