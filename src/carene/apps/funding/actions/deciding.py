# SPDX-License-Identifier: EUPL-1.2
"""What the controls decide of each item, one after the other: the region, then the nation."""

from __future__ import annotations

from django.utils import timezone

from carene.apps.funding.dossier import read
from carene.apps.funding.holding import check_version, held, target, titled, touch
from carene.apps.funding.models import Application, Decision
from carene.apps.funding.outdated import decision_state
from carene.apps.funding.turns import require
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines.funding.circuit import CONTROLS, STATES
from carene.engines.sources import InputError


def decide(
    actor: Actor,
    organisation: Organisation,
    application_id: int,
    item_id: str,
    *,
    accepted: bool,
    reason: str = "",
    version: int,
) -> Decision:
    """Accepts or refuses an item, for the control that is under way. A refusal says why.

    Raises InputError: no control under way, an item that is not declared reached, somebody was quicker;
    PermissionDenied; Application.DoesNotExist.
    """
    reason = reason.strip()
    with atomic_write():
        application, level = _under_control(actor, organisation, application_id, version)
        dossier = read(actor, application, timezone.localdate())
        rows = {row.item.id: row for row in dossier.controlled}
        if item_id not in rows:
            raise InputError("ce point n'est pas déclaré atteint", remedy="ne décider que de ce qui est déclaré")
        if not accepted and not reason:
            raise InputError("le motif du refus manque", remedy="dire pourquoi en une phrase, le candidat la lira")
        known = rows[item_id].decisions.get(level)
        before = decision_state(known) if known else None
        row = known or Decision(application=application, item=item_id, level=level)
        row.accepted, row.reason, row.at, row.by = accepted, reason[:2000], timezone.now(), actor.label
        row.judged = dossier.judged(rows[item_id])
        row.save()
        touch(actor, application)
        after = titled(application, item=item_id, **decision_state(row))
        record(actor, "funding.decide", organisation.node, target(application), before, after)
    return row


def undecide(actor: Actor, organisation: Organisation, application_id: int, item_id: str, *, version: int) -> None:
    """Takes back a decision of the control that is under way; without effect when there is none."""
    with atomic_write():
        application, level = _under_control(actor, organisation, application_id, version)
        row = Decision.objects.filter(application=application, item=item_id, level=level).first()
        if row is not None:
            before = titled(application, item=item_id, **decision_state(row))
            record(actor, "funding.decide", organisation.node, target(application), before, None)
            row.delete()
            touch(actor, application)


def _under_control(
    actor: Actor, organisation: Organisation, application_id: int, version: int
) -> tuple[Application, str]:
    application = held(organisation, application_id)
    level = CONTROLS.get(application.state)
    if level is None:
        # The right first: a stranger to the controls learns nothing of the state.
        require(actor, application, "region")
        raise InputError(f"aucun contrôle n'est en cours : {STATES[application.state]}", remedy="recharger la page")
    require(actor, application, level)
    check_version(application, version)
    return application, level
