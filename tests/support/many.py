# SPDX-License-Identifier: EUPL-1.2
"""Establishments by the thousand, written as imports write them."""

from __future__ import annotations

from carene.apps.organisations.models import Organisation
from carene.core.database.bulk import insert_rows
from carene.core.tenancy.bulk import insert_nodes, reserve_ids

_EMPTY = ["short_name", "finess", "town", "type", "ght_role", "finess_ej", "finess_et", "siret", "address"]
_EMPTY += ["postcode", "department", "category", "register_key", "register_parent", "register_digest"]


def many_below(parent: Organisation, count: int) -> list[int]:
    """Ids of ``count`` new ones, « Établissement 12 », right below ``parent``."""
    ids = list(reserve_ids(count))
    insert_nodes([(pk, parent.pk, f"{parent.node.path}{pk}/") for pk in ids])
    rows = [(pk, "entity", f"Établissement {pk}", f" etablissement {pk} ", *([""] * len(_EMPTY))) for pk in ids]
    insert_rows(Organisation, ("node_id", "kind", "name", "search", *_EMPTY), rows)
    return ids
