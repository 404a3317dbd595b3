# SPDX-License-Identifier: EUPL-1.2
"""Which referential an assessment speaks of: our pack, read once from its files, or a framework brought by someone."""

from __future__ import annotations

from functools import lru_cache

from carene.apps.assessments.models import Assessment, ImportedReferential
from carene.core.access.actor import Actor
from carene.core.tenancy.models import Node
from carene.engines.referential.catalogue import CARE as BUILT_IN
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Referential
from carene.engines.referential.serialise import from_data

__all__ = ["BUILT_IN", "IMPORTED", "available", "care", "get", "of"]

IMPORTED = "imported:"


@lru_cache(maxsize=64)
def _imported(pk: int, digest: str) -> Referential:
    row = ImportedReferential.objects.unscoped("read by id, through an assessment already in scope").get(pk=pk)
    return from_data(row.content)


def get(key: str) -> Referential:
    """Referential of a key: ``care`` or ``imported:<pk>``. Costs no query for our own."""
    if not key.startswith(IMPORTED):
        if key != BUILT_IN:
            raise LookupError(key)
        return care()
    pk = int(key.removeprefix(IMPORTED))
    digest = (
        ImportedReferential.objects.unscoped("digest of one row, by id").values_list("digest", flat=True).get(pk=pk)
    )
    return _imported(pk, digest)


def of(assessment: Assessment) -> Referential:
    """Referential of an assessment; no query when the row carries ``referential_digest`` (see ``queries.of``)."""
    digest = getattr(assessment, "referential_digest", None)
    if digest and assessment.referential.startswith(IMPORTED):
        return _imported(int(assessment.referential.removeprefix(IMPORTED)), digest)
    return get(assessment.referential)


def available(actor: Actor, node: Node) -> list[tuple[str, str, str]]:
    """``(key, name, version)`` of the referentials that this node may use: ours, and those brought at or above it."""
    ours = care()
    found = [(BUILT_IN, ours.name, ours.version)]
    rows = (
        ImportedReferential.objects.unscoped("filtered on the ancestors of a node already in scope")
        .filter(node_id__in=node.ancestor_ids)
        .order_by("name", "-id")
    )
    found += [(f"{IMPORTED}{pk}", name, version) for pk, name, version in rows.values_list("pk", "name", "version")]
    return found
