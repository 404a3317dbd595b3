# SPDX-License-Identifier: EUPL-1.2
"""Safe JSON, with the same care and the same sentences as YAML. JSON gives no lines, except for syntax errors."""

from __future__ import annotations

import json
import math
from typing import NoReturn

from carene.engines.sources.document import Data, Document, Limits, Trail, decode, place, shown, too_deep, too_many
from carene.engines.sources.errors import InputError

PROBLEMS = (
    ("Expecting property name", "un nom de rubrique entre guillemets est attendu", "vérifier la virgule qui précède"),
    ("Expecting ',' delimiter", "une virgule manque entre deux valeurs", "l'ajouter"),
    ("Expecting ':' delimiter", "il manque « : » après le nom d'une rubrique", "l'ajouter"),
    ("Expecting value", "une valeur est attendue", "vérifier les virgules et les guillemets"),
    ("Unterminated string", "un guillemet ouvert n'est jamais fermé", "le fermer"),
    ("Extra data", "du texte suit la fin des données", "le retirer"),
    ("Invalid control character", "un texte contient un saut de ligne ou une tabulation", "écrire « \\n » ou « \\t »"),
    ("Invalid \\", "une barre oblique inverse est mal employée", "la doubler (« \\\\ »)"),
)


def read_json(source: str | bytes, name: str, limits: Limits | None = None) -> Document:
    """Read one JSON value.

    Raises InputError (French): too big, too deep, too many values, wrong encoding, syntax (with its line), repeated
    key, number that is not finite, incomplete character.
    """
    limits = limits or Limits()
    text = decode(source, name, limits, "JSON")

    def pairs(found: list[tuple[str, Data]]) -> dict[str, Data]:
        items = dict(found)
        if len(items) != len(found):
            seen: set[str] = set()
            key = next(key for key, _ in found if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise InputError(
                f"la rubrique « {shown(key)} » est écrite deux fois au même endroit", where=name, remedy="en garder une"
            )
        return items

    def constant(word: str) -> NoReturn:
        raise InputError(f"« {word} » n'est pas un nombre utilisable", where=name, remedy="écrire un nombre fini")

    try:
        data: Data = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise _syntax_error(error, name) from error
    except RecursionError as error:
        raise too_deep(name, None, limits) from error
    except ValueError as error:  # an integer of thousands of digits
        raise InputError("un nombre est démesuré", where=name, remedy="le corriger") from error
    document = Document(name, data)
    _check(document, limits)
    return document


def _syntax_error(error: json.JSONDecodeError, name: str) -> InputError:
    what, remedy = next(
        ((what, remedy) for start, what, remedy in PROBLEMS if error.msg.startswith(start)),
        ("la syntaxe JSON est incorrecte", "vérifier les virgules et les guillemets"),
    )
    return InputError(what, where=place(name, error.lineno), remedy=remedy)


def _check(document: Document, limits: Limits) -> None:
    """Depth, number of values, and values that no other part of the house could store."""
    count = 0
    waiting: list[tuple[Trail, Data]] = [((), document.data)]
    while waiting:
        path, value = waiting.pop()
        count += 1
        if count > limits.values:
            raise too_many(document.name, None, limits)
        if isinstance(value, dict | list):
            if len(path) >= limits.depth:
                raise too_deep(document.name, None, limits)
            if isinstance(value, dict):
                for key, item in value.items():
                    _check_text(document, path, str(key))
                    waiting.append(((*path, key), item))
            else:
                waiting.extend(((*path, rank), item) for rank, item in enumerate(value))
        elif isinstance(value, str):
            _check_text(document, path, value)
        elif isinstance(value, float) and not math.isfinite(value):
            raise document.error("un nombre est démesuré", path=path, remedy="le corriger")


def _check_text(document: Document, path: Trail, text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise document.error("un texte contient un caractère incomplet", path=path, remedy="le retirer") from error
    if "\0" in text:
        raise document.error("un texte contient un caractère nul", path=path, remedy="le retirer")
