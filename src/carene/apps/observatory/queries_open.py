# SPDX-License-Identifier: EUPL-1.2
"""What may be published: wholes, regions, departments and types of at least the smallest cell, nobody deducible."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from carene.apps.observatory.models import Rollup
from carene.apps.observatory.numbers import read
from carene.apps.observatory.queries import AREAS, VERB, _month, months
from carene.apps.observatory.reading import COLUMNS, Reading
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.model import Figure
from carene.engines.observatory.small import shown
from carene.engines.observatory.strata import WHOLE
from carene.engines.referential.catalogue import care
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError

PUBLIC = frozenset({"indicateur", "synthese"})  # what an establishment keeps to itself is not published as a mean


class Published(NamedTuple):
    figure: Figure
    label: str
    kind: str  # ensemble, region, departement, type
    code: str
    reading: Reading


Cells = dict[tuple[str, str, str], Reading]  # kind, code, label


def published(actor: Actor, organisation: Organisation, month: dt.date | None = None) -> list[Published]:
    """One month of the highest area, by figure. Six queries.

    Raises InputError below the top: files of areas within one another would give the difference between them.
    """
    actor.require(VERB, organisation.node)
    if organisation.kind not in AREAS or organisation.node.parent_id is not None:
        raise InputError(
            "Les données ouvertes se publient pour l'ensemble", remedy="les prendre au sommet de l'arborescence"
        )
    chosen = _month(months(), month)
    if chosen is None:
        return []
    names, known = read().figure, shipped().figure
    cells: dict[str, Cells] = {}
    for number, key, reading in _cells(organisation, chosen):
        name = names.get(number, "")
        if name in known and known[name].confidentiality in PUBLIC:
            cells.setdefault(name, {})[key] = reading
    found: list[Published] = []
    for figure in shipped().figures:
        kept = _kept(cells.get(figure.id, {}))
        found += [Published(figure, label, kind, code, one) for (kind, code, label), one in kept.items()]
    return found


def _cells(organisation: Organisation, month: dt.date) -> list[tuple[int, tuple[str, str, str], Reading]]:
    departments, types = territories().departments, care().types
    rows = Rollup.objects.of(organisation.node).filter(month=month).exclude(stratum__startswith="s:")
    found = []
    for number, stratum, *said in rows.order_by("figure_no", "stratum").values_list("figure_no", "stratum", *COLUMNS):
        code = stratum[2:]
        if stratum == WHOLE:
            key = ("ensemble", "", organisation.name)
        elif stratum.startswith("d:"):
            key = ("departement", code, departments[code].name if code in departments else code)
        else:
            key = ("type", code, types.get(code, "type non renseigné"))
        found.append((number, key, Reading(*said)))
    regions = Organisation.objects.below(organisation.node).filter(kind=Organisation.Kind.REGION)
    labels = dict(regions.order_by("search", "pk").values_list("pk", "name"))
    below = Rollup.objects.below(organisation.node).filter(node_id__in=labels, month=month, stratum=WHOLE)
    columns = below.order_by("figure_no", "node_id").values_list("figure_no", "node_id", *COLUMNS)
    found += [(number, ("region", "", labels[node]), Reading(*said)) for number, node, *said in columns]
    return found


def _kept(cells: Cells) -> Cells:
    """The whole when it is large enough, then of each kind those that neither are small nor give a small rest."""
    smallest = shipped().smallest_cell
    if not any(key[0] == "ensemble" and one.answered >= smallest for key, one in cells.items()):
        return {}
    found = {key: one for key, one in cells.items() if key[0] == "ensemble"}
    for kind in ("region", "departement", "type"):
        counts = {key: one.answered for key, one in cells.items() if key[0] == kind}
        kept = shown(counts, smallest)
        found |= {key: one for key, one in cells.items() if key in kept}
    return found
