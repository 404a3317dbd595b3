# SPDX-License-Identifier: EUPL-1.2
"""What every write of an application begins with: one at a time, and in a state that allows it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from carene.apps.funding.models import Application
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.funding.circuit import EDITABLE, STATES
from carene.engines.funding.loader import shipped
from carene.engines.sources import InputError

CLOSED = "cet établissement est fermé"
SUCCESSOR = "voir avec l'ARS ce que devient son dossier"


def held(organisation: Organisation, application_id: int) -> Application:
    """The application, which nobody else writes until the end of the transaction. Raises Application.DoesNotExist."""
    Node.hold(organisation.pk)
    rows = Application.objects.of(organisation.node).select_related("node__organisation", "group__organisation")
    return rows.get(pk=application_id)


def editable(organisation: Organisation, application_id: int) -> Application:
    """The same, while the candidate may write in it."""
    application = held(organisation, application_id)
    if application.node.organisation.closed_on is not None:
        raise InputError(CLOSED, remedy=SUCCESSOR)
    if application.state not in EDITABLE:
        raise InputError(
            f"ce dossier ne se modifie plus : {STATES[application.state]}",
            remedy="attendre qu'il revienne, ou reprendre ce qui a été transmis",
        )
    return application


def check_version(application: Application, version: int) -> None:
    """Raises InputError when somebody moved the file, or decided, since the page was opened."""
    if application.version == version:
        return
    when = french.clock_time(timezone.localtime(application.changed_at))
    raise InputError(
        f"{application.changed_by} a fait avancer ce dossier entre-temps, à {when}",
        remedy="relire le dossier, puis décider de nouveau",
    )


def touch(actor: Actor, application: Application, *fields: str) -> None:
    """Saves these fields and says who was last there."""
    application.version += 1
    application.changed_at, application.changed_by = timezone.now(), actor.label
    application.save(update_fields=[*fields, "version", "changed_at", "changed_by"])


def target(application: Application) -> str:
    return f"funding:{application.pk}"


def titled(application: Application, **more: Any) -> dict[str, Any]:
    """What the journal keeps of a change: the name of the file first."""
    plain = {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in more.items()}
    return {"title": title(application), **plain}


def title(application: Application) -> str:
    domain = shipped().get(application.domain)
    who: Any = application.group.organisation if application.group else application.node.organisation
    return f"{domain.code if domain else application.domain}, {who}"
