# SPDX-License-Identifier: EUPL-1.2
"""A pack being read: every part that has the right shape, where it stands, and what was wrong with the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from carene.engines.referential.schema import (
    PATTERNS,
    AxisShape,
    CriterionShape,
    IndicatorShape,
    MeasureShape,
    PackShape,
)
from carene.engines.sources.document import Document, Key, Trail, shown
from carene.engines.sources.errors import InputError, InputErrors
from carene.engines.sources.files import read_bytes
from carene.engines.sources.shapes import describe, read_shape
from carene.engines.sources.yaml_source import read_yaml

Kind = Literal["pack", "axes", "criteria", "indicators", "measures"]
S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Entry(Generic[S]):
    """One part of the pack that has the right shape, and where it was read."""

    shape: S
    document: Document
    trail: Trail = ()

    def where(self, *steps: Key) -> str:
        return self.document.where((*self.trail, *steps))

    def error(self, what: str, *steps: Key, remedy: str) -> InputError:
        """A fault at ``steps`` inside this part."""
        trail = (*self.trail, *steps)
        about = describe(self.document, trail)
        return self.document.error(f"{about} : {what}" if about else what, path=trail, remedy=remedy)


@dataclass
class Draft:
    """``named`` holds the ids of every item, well shaped or not, so that one fault does not cause ten others."""

    pack: Entry[PackShape] | None = None
    axes: list[Entry[AxisShape]] = field(default_factory=list)
    criteria: list[Entry[CriterionShape]] = field(default_factory=list)
    indicators: list[Entry[IndicatorShape]] = field(default_factory=list)
    measures: list[Entry[MeasureShape]] = field(default_factory=list)
    named: dict[Kind, set[str]] = field(default_factory=dict)
    unread: dict[Kind, set[str]] = field(default_factory=dict)  # names, without suffix, of files that could not be read
    faulty: set[Kind] = field(default_factory=set)
    errors: list[InputError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    digest: str = ""

    def knows_criterion(self, key: str) -> bool:
        """False only when we are sure that no file meant to define it."""
        lost = self.unread.get("criteria", set())
        return key in self.named.get("criteria", set()) or key.rpartition(".")[0] in lost

    def knows(self, kind: Kind, key: str) -> bool:
        return key in self.named.get(kind, set()) or kind in self.unread


def read_draft(folder: Path) -> Draft:
    """Read every file of a pack. Never raises for what is inside: the faults are in ``errors``.

    Raises InputError when the folder itself cannot be read.
    """
    try:
        names = sorted(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and not _hidden(path)
        )
    except OSError as error:
        raise InputError("ce dossier ne peut pas être lu", where=str(folder), remedy="vérifier ses droits") from error
    if not folder.is_dir() or "pack.yaml" not in names:
        raise InputError(
            "ce dossier n'est pas un paquet : il n'a pas de fichier « pack.yaml »",
            where=str(folder),
            remedy="donner le dossier d'un paquet, comme « care »",
        )
    draft = Draft()
    digest = hashlib.sha256()
    for name in names:
        kind = _kind(name)
        if kind is None:
            draft.warnings.append(f"{name} : ce fichier n'est pas lu ; le renommer en « .yaml » au bon endroit.")
            continue
        try:
            content = read_bytes(folder / name, name)
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            document = read_yaml(content, name)
        except InputError as error:
            _lost(draft, kind, name, [error])
            continue
        _read_document(draft, kind, document)
    if "axes.yaml" not in names:
        _lost(draft, "axes", "axes.yaml", [InputError("ce fichier manque", where="axes.yaml", remedy="l'ajouter")])
    draft.digest = digest.hexdigest()
    return draft


def _hidden(path: Path) -> bool:
    return path.name.startswith(".") or "__pycache__" in path.parts


def _kind(name: str) -> Kind | None:
    whole: dict[str, Kind] = {"pack.yaml": "pack", "axes.yaml": "axes"}
    if name in whole:
        return whole[name]
    folder, _, rest = name.partition("/")
    folders: dict[str, Kind] = {"criteria": "criteria", "indicators": "indicators", "measures": "measures"}
    return folders.get(folder) if rest.endswith(".yaml") and "/" not in rest else None


def _lost(draft: Draft, kind: Kind, name: str, errors: Iterable[InputError]) -> None:
    draft.errors.extend(errors)
    draft.faulty.add(kind)
    draft.unread.setdefault(kind, set()).add(Path(name).stem)


def _read_document(draft: Draft, kind: Kind, document: Document) -> None:
    if kind == "pack":
        try:
            draft.pack = Entry(read_shape(PackShape, document, patterns=PATTERNS), document)
        except InputErrors as error:
            _lost(draft, kind, document.name, error.errors)
        return
    if not isinstance(document.data, list) or not document.data:
        fault = document.error("une liste est attendue", remedy="écrire un tiret « - » au début de chaque élément")
        _lost(draft, kind, document.name, [fault])
        return
    for rank, item in enumerate(document.data):
        _name(draft, kind, document, rank, item)
        try:
            _keep(draft, kind, document, rank)
        except InputErrors as error:
            draft.errors.extend(error.errors)
            draft.faulty.add(kind)


def _keep(draft: Draft, kind: Kind, document: Document, rank: int) -> None:
    trail: Trail = (rank,)
    if kind == "axes":
        draft.axes.append(Entry(read_shape(AxisShape, document, trail, PATTERNS), document, trail))
    elif kind == "criteria":
        draft.criteria.append(Entry(read_shape(CriterionShape, document, trail, PATTERNS), document, trail))
    elif kind == "indicators":
        draft.indicators.append(Entry(read_shape(IndicatorShape, document, trail, PATTERNS), document, trail))
    else:
        draft.measures.append(Entry(read_shape(MeasureShape, document, trail, PATTERNS), document, trail))


def _name(draft: Draft, kind: Kind, document: Document, rank: int, item: Any) -> None:
    """Remember the id of an item, and refuse it when it was already taken."""
    key = item.get("id") if isinstance(item, dict) else None
    if not isinstance(key, str):
        return
    taken = draft.named.setdefault(kind, set())
    if key in taken:
        draft.errors.append(
            document.error(
                f"l'identifiant « {shown(key)} » est déjà pris", path=(rank, "id"), remedy="en choisir un autre"
            )
        )
        draft.faulty.add(kind)
    taken.add(key)
