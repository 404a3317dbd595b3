# SPDX-License-Identifier: EUPL-1.2
"""Frameworks brought by an organisation, usable by it and below it."""

from __future__ import annotations

import dataclasses

from carene.apps.assessments.models import ImportedReferential
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines.referential.ciso_assistant import Imported
from carene.engines.referential.serialise import to_data
from carene.engines.sources import InputError


def import_referential(actor: Actor, organisation: Organisation, imported: Imported) -> ImportedReferential:
    """Keeps the framework of a library, with its correspondences and what was not understood of it.

    The same file brought twice gives the row of the first time. Raises InputError when the library has no framework, or
    when another content of the same version is here already: assessments speak of it, it does not change under them.
    """
    actor.require("referential.import", organisation.node)
    content = imported.referential
    if content is None:
        raise InputError(
            "Cette bibliothèque ne contient que des correspondances entre référentiels",
            remedy="importer une bibliothèque qui porte un référentiel",
        )
    with atomic_write():
        rows = ImportedReferential.objects.of(organisation.node)
        existing = rows.filter(key=content.id[:120], version=content.version[:30]).first()
        if existing is not None and existing.digest == content.digest:
            return existing
        if existing is not None:
            raise InputError(
                f"« {existing.name} » est déjà ici en version {existing.version}, avec un autre contenu",
                remedy="importer un fichier dont le numéro de version est différent",
            )
        row = ImportedReferential.objects.create(
            node=organisation.node,
            key=content.id[:120],
            version=content.version[:30],
            name=content.name[:300],
            digest=content.digest,
            content=to_data(content),
            mappings=[dataclasses.asdict(mapping) for mapping in imported.mappings],
            not_understood=list(imported.not_understood),
            created_by=actor.user,
        )
        record(
            actor,
            "referential.import",
            organisation.node,
            f"referential:{row.pk}",
            None,
            {"name": row.name, "version": row.version, "digest": row.digest, "counts": dict(imported.counts)},
        )
    return row
