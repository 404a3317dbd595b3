# SPDX-License-Identifier: EUPL-1.2
"""The folder ``packs/funding`` → domains, or every fault that it has, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from carene.engines.funding.model import PATTERNS, Domain, ItemShape, Pack, RuleShape
from carene.engines.referential.catalogue import PACKS
from carene.engines.sources.document import Document, Trail
from carene.engines.sources.errors import InputError, InputErrors
from carene.engines.sources.pack_folder import HEAD, PackFolder
from carene.engines.sources.shapes import read_shape

# What each kind of rule needs, each group by one of its words at least.
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "said": (("fact",),),
    "dated": (("document",), ("not_before", "not_after")),
    "fresh": (("document",), ("max_days",), ("before",)),
    "gap": (("document",), ("min_days", "max_days")),
    "at_least": (("fact",), ("min",)),
    "less_than": (("fact",), ("max",)),
    "coverage": (("min",),),
}


@dataclass(frozen=True)
class Domains:
    """The pack and its domains, in its order."""

    pack: Pack
    all: tuple[Domain, ...]

    def get(self, domain_id: str) -> Domain | None:
        return next((one for one in self.all if one.id == domain_id), None)


@lru_cache(maxsize=1)
def shipped() -> Domains:
    """The domains shipped with Carène, read once."""
    return load(PACKS / "funding")


def load(folder: Path) -> Domains:
    """Raises InputErrors with every fault of the pack, or InputError when the folder is not one."""
    files = PackFolder(folder, "de financement", "funding")
    head = files.head()
    pack = read_shape(Pack, head, patterns=PATTERNS)
    errors: list[InputError] = list(_unsourced(head, set(pack.sources)))
    found = []
    for name in (f"{key}.yaml" for key in pack.domains):
        document = files.read(name)
        try:
            domain = read_shape(Domain, document, patterns=PATTERNS)
        except InputErrors as error:
            errors += error.errors
            continue
        errors += [*_unsourced(document, set(pack.sources)), *_check(domain, document)]
        found.append(domain.model_copy(update={"sources": pack.sources}))
    if errors:
        raise InputErrors(errors)
    return Domains(pack, tuple(found))


def _unsourced(document: Document, known: set[str]) -> Iterator[InputError]:
    """Every source that is named and that the pack does not describe."""
    for path, key in _named(document.data, ()):
        if key not in known:
            yield document.error(
                f"la source « {key} » n'est pas décrite", path=path, remedy=f"la décrire sous « sources » de {HEAD}"
            )


def _named(data: Any, path: Trail) -> Iterator[tuple[Trail, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in {"source", "announced"} and isinstance(value, str):
                yield (*path, key), value
            elif key == "texts" and isinstance(value, list):
                yield from (((*path, key, rank), str(one)) for rank, one in enumerate(value))
            else:
                yield from _named(value, (*path, key))
    elif isinstance(data, list):
        for rank, value in enumerate(data):
            yield from _named(value, (*path, rank))


def _check(domain: Domain, document: Document) -> Iterator[InputError]:
    for rank, window in enumerate(domain.windows):
        if window.start and window.end and window.end.day < window.start.day:
            yield document.error(
                f"l'étape « {window.step} » finit avant de commencer",
                path=("windows", rank),
                remedy="vérifier les deux dates",
            )
    seen: set[str] = set()
    for item, path in _placed(domain):
        if item.id in seen:
            yield document.error(f"« {item.id} » est écrit deux fois", path=path, remedy="en renommer un")
        seen.add(item.id)
        yield from _check_item(item, document, path)


def _placed(domain: Domain) -> Iterator[tuple[ItemShape, Trail]]:
    for rank, item in enumerate(domain.prerequisites):
        yield item, ("prerequisites", rank)
    for first, objective in enumerate(domain.objectives):
        for second, item in enumerate(objective.items):
            yield item, ("objectives", first, "items", second)


def _check_item(item: ItemShape, document: Document, path: Trail) -> Iterator[InputError]:
    documents, facts = {one.id for one in item.documents}, {one.id: one.kind for one in item.facts}
    for rank, rule in enumerate(item.rules):
        where: Trail = (*path, "rules", rank)
        for words in NEEDS[rule.kind]:
            if all(getattr(rule, word) is None for word in words):
                yield document.error(
                    f"la règle « {rule.kind} » n'a pas de « {' » ni « '.join(words)} »", path=where, remedy="l'ajouter"
                )
        yield from _check_names(rule, documents, facts, document, where)
    asked = [*((one.when, "facts") for one in item.facts), *((one.when, "documents") for one in item.documents)]
    for when, part in asked:
        if when is not None and facts.get(when) != "yes_no":
            yield document.error(f"« {when} » n'est pas une question à oui ou non", path=(*path, part), remedy="l'ôter")


def _check_names(
    rule: RuleShape, documents: set[str], facts: Mapping[str, str], document: Document, where: Trail
) -> Iterator[InputError]:
    if rule.document is not None and rule.document not in documents:
        yield document.error(f"le document « {rule.document} » n'existe pas ici", path=where, remedy="le décrire")
    if rule.fact is not None and facts.get(rule.fact) != ("yes_no" if rule.kind == "said" else "number"):
        yield document.error(f"« {rule.fact} » n'est pas une donnée de cette règle", path=where, remedy="la décrire")
    if rule.when is not None and facts.get(rule.when) != "yes_no":
        yield document.error(f"« {rule.when} » n'est pas une question à oui ou non", path=where, remedy="l'ôter")
