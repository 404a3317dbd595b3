# SPDX-License-Identifier: EUPL-1.2
"""The observatory's folder → what it follows, or every fault that it has, each with its file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from carene.engines.observatory.build import build
from carene.engines.observatory.draft import Draft, Entry
from carene.engines.observatory.model import Observatory
from carene.engines.observatory.schema import PATTERNS, FigureShape, PackShape, SeriesShape
from carene.engines.referential.catalogue import PACKS, care
from carene.engines.referential.model import Referential
from carene.engines.sources.document import Document, Key, shown
from carene.engines.sources.errors import InputError, InputErrors
from carene.engines.sources.pack_folder import PackFolder
from carene.engines.sources.shapes import describe, read_shape

SERIES = "series.yaml"
S = TypeVar("S", bound=BaseModel)


@lru_cache(maxsize=1)
def shipped() -> Observatory:
    """What is shipped with Carène, read once."""
    return load(PACKS / "observatory")


def load(folder: Path, referential: Referential | None = None) -> Observatory:
    """What a pack says, over the indicators of ``referential`` (ours by default).

    Raises InputErrors with every fault of the pack, or InputError when the folder is not one.
    """
    referential = referential or care()
    files = PackFolder(folder, "de l'observatoire", "observatory")
    errors: list[InputError] = []
    pack = files.head()
    shape = read_shape(PackShape, pack, patterns=PATTERNS)
    figures: list[Entry[FigureShape]] = []
    series: list[Entry[SeriesShape]] = []
    for name in files.others():
        if name == SERIES:
            series += _entries(SeriesShape, files.read(name), errors)
        else:
            figures += _entries(FigureShape, files.read(name), errors)
    draft = Draft(shape, pack, figures, series)
    errors += _check(draft, referential)
    if errors:
        raise InputErrors(errors)
    return build(draft, referential, files.digest)


def _entries(model: type[S], document: Document, errors: list[InputError]) -> list[Entry[S]]:
    if not isinstance(document.data, list) or not document.data:
        errors.append(
            document.error("une liste est attendue", remedy="écrire un tiret « - » au début de chaque élément")
        )
        return []
    found = []
    for rank in range(len(document.data)):
        try:
            found.append(Entry(read_shape(model, document, (rank,), PATTERNS), document, rank))
        except InputErrors as error:
            errors += error.errors
    return found


def _check(draft: Draft, referential: Referential) -> Iterator[InputError]:
    """What binds the files together: identifiers, indicators, types, sources, formulas that stand."""
    if draft.shape.referential != referential.id:
        yield draft.pack.error(
            f"ce paquet est fait pour le référentiel « {draft.shape.referential} », non pour « {referential.id} »",
            path=("referential",),
            remedy="prendre le paquet du référentiel employé",
        )
    sources = draft.shape.sources
    if draft.shape.settings_source not in sources:
        yield _unknown(draft.pack, ("settings_source",), draft.shape.settings_source, sources, "la source")
    for rows in (draft.figures, draft.series):
        yield from _twice(rows)
    series = {entry.shape.id for entry in draft.series}
    for figure in draft.figures:
        yield from _formula(figure, referential)
        at = figure.document
        shape = figure.shape
        if shape.target is not None and shape.target.source not in sources:
            yield _unknown(at, (figure.rank, "target", "source"), shape.target.source, sources, "la source")
        for n, key in enumerate(shape.series):
            if key not in series:
                yield _unknown(at, (figure.rank, "series", n), key, series, "la série")
        for name, known in (("types", referential.types), ("ght", referential.ght_roles)):
            for n, key in enumerate(getattr(shape.population, name) or ()):
                if key not in known:
                    yield _unknown(at, (figure.rank, "population", name, n), key, known, "la valeur")
    figures = {entry.shape.id for entry in draft.figures} | referential.indicator.keys()
    for row in draft.series:
        for n, key in enumerate(row.shape.beside):
            if key not in figures:
                yield _unknown(row.document, (row.rank, "beside", n), key, figures, "l'indicateur")
        for n, point in enumerate(row.shape.points):
            if point.source not in sources:
                yield _unknown(row.document, (row.rank, "points", n, "source"), point.source, sources, "la source")


def _formula(figure: Entry[FigureShape], referential: Referential) -> Iterator[InputError]:
    formula = figure.shape.formula
    for name in ("of", "over"):
        key = getattr(formula, name)
        if key is not None and key not in referential.indicator:
            path = (figure.rank, "formula", name)
            yield _unknown(figure.document, path, key, referential.indicator, "l'indicateur")
    wanted = {"share": {"op", "threshold"}, "ratio": {"over"}}.get(formula.kind, set())
    given = {name for name in ("op", "threshold", "over") if getattr(formula, name) is not None}
    if given != wanted:
        words = {"share": "« op » et « threshold »", "ratio": "« over »"}.get(formula.kind, "aucune autre rubrique")
        yield _error(
            figure.document,
            (figure.rank, "formula"),
            f"la formule « {formula.kind} » se donne avec {words}",
            "corriger la formule",
        )


def _twice(entries: Iterable[Entry[FigureShape] | Entry[SeriesShape]]) -> Iterator[InputError]:
    seen: dict[str, str] = {}
    for entry in entries:
        path = (entry.rank, "id")
        if entry.shape.id in seen:
            what = f"l'identifiant « {entry.shape.id} » est déjà celui de {seen[entry.shape.id]}"
            yield entry.document.error(what, path=path, remedy="en choisir un autre")
        seen.setdefault(entry.shape.id, entry.document.where(path))


def _unknown(document: Document, path: tuple[Key, ...], key: str, known: Iterable[str], what: str) -> InputError:
    close = difflib.get_close_matches(key, sorted(known), n=1)
    remedy = f"écrire « {close[0]} »" if close else "la corriger, ou l'ajouter"
    return _error(document, path, f"{what} « {shown(key)} » n'existe pas", remedy)


def _error(document: Document, path: tuple[Key, ...], what: str, remedy: str) -> InputError:
    about = describe(document, path)
    return document.error(f"{about} : {what}" if about else what, path=path, remedy=remedy)
