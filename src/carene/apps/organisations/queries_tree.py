# SPDX-License-Identifier: EUPL-1.2
"""Reading the tree: roots of an import, children of a node with what stands below them."""

from __future__ import annotations

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import visible
from carene.core.access.actor import Actor
from carene.engines.registers.text import fold

RECEIVING = (Organisation.Kind.NATION, Organisation.Kind.REGION)


def nations(actor: Actor) -> list[Organisation]:
    return list(visible(actor).filter(kind=Organisation.Kind.NATION))


def named(actor: Actor, name: str) -> list[Organisation]:
    """Nations and regions that answer to this number or to this name, accents and capitals forgiven."""
    rows = visible(actor).filter(kind__in=RECEIVING)
    if name.isdecimal():
        return list(rows.filter(pk=int(name)))
    return [row for row in rows if fold(name) in {fold(row.name), fold(row.short_name)}]
