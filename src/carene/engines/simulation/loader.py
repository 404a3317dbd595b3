# SPDX-License-Identifier: EUPL-1.2
"""A simulation pack's folder → a model, or every fault that it has, each with its file and line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from carene.engines.referential.catalogue import PACKS, care
from carene.engines.referential.model import Referential
from carene.engines.simulation.build import build
from carene.engines.simulation.checks import check
from carene.engines.simulation.draft import Draft, Part
from carene.engines.simulation.model import Model
from carene.engines.simulation.schema import PATTERNS, AttackShape, DefenceShape, PackShape
from carene.engines.sources.document import Document
from carene.engines.sources.errors import InputError, InputErrors
from carene.engines.sources.pack_folder import PackFolder
from carene.engines.sources.shapes import read_shape

DEFENCES = "defences.yaml"


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model shipped with Carène, for its own referential, read once."""
    return load(PACKS / "simulation")


def load(folder: Path, referential: Referential | None = None) -> Model:
    """The model of a pack, whose criteria are those of ``referential`` (ours by default).

    Raises InputErrors with every fault of the pack, or InputError when the folder is not one.
    """
    referential = referential or care()
    files = PackFolder(folder, "de simulation", "simulation")
    pack = _pack(files.head())
    names = [f"{key}.yaml" for key in pack.shape.attacks]
    documents = {name: files.read(name) for name in (DEFENCES, *names)}
    errors: list[InputError] = []
    draft = Draft(pack, _defences(documents[DEFENCES], errors), _attacks(documents, names, errors))
    errors += check(draft, referential)
    if errors:
        raise InputErrors(errors)
    return build(draft, referential, files.digest)


def _pack(document: Document) -> Part[PackShape]:
    return Part(read_shape(PackShape, document, patterns=PATTERNS), document)


def _defences(document: Document, errors: list[InputError]) -> list[Part[DefenceShape]]:
    if not isinstance(document.data, list) or not document.data:
        errors.append(
            document.error("une liste est attendue", remedy="écrire un tiret « - » au début de chaque élément")
        )
        return []
    found = []
    for rank in range(len(document.data)):
        try:
            found.append(Part(read_shape(DefenceShape, document, (rank,), PATTERNS), document, (rank,)))
        except InputErrors as error:
            errors += error.errors
    return found


def _attacks(documents: Mapping[str, Document], names: list[str], errors: list[InputError]) -> list[Part[AttackShape]]:
    found = []
    for name in names:
        try:
            found.append(Part(read_shape(AttackShape, documents[name], patterns=PATTERNS), documents[name]))
        except InputErrors as error:
            errors += error.errors
    return found
