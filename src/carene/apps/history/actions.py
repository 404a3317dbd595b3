# SPDX-License-Identifier: EUPL-1.2
"""Taking the journal away is itself told in the journal."""

from __future__ import annotations

from carene.apps.history import queries, rendering
from carene.apps.history.queries import Filters
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record

VIEW = "journal.view"


def export(actor: Actor, organisation: Organisation, kind: str, filters: Filters) -> bytes:
    """A file of one of ``rendering.MEDIA_TYPES``. Raises InputError when there is too much for a sheet."""
    actor.require(VIEW, organisation.node)
    content = rendering.render(kind, queries.every_line(queries.entries(organisation.node, filters)))
    told = {"kind": kind, "bytes": len(content)}
    with atomic_write():
        record(actor, "journal.export", organisation.node, f"journal:{organisation.pk}", None, told)
    return content
