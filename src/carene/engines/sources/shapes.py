# SPDX-License-Identifier: EUPL-1.2
"""Does a document have the shape that we expect? Pydantic decides; what it found is said in French, with the line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from carene.engines.sources.document import Document, Trail, shown
from carene.engines.sources.errors import InputError, InputErrors

Shape = TypeVar("Shape", bound=BaseModel)
KEY = "[key]"  # pydantic's mark of an error on a key rather than on its value


def read_shape(
    model: type[Shape], document: Document, path: Trail = (), patterns: Mapping[str, str] | None = None
) -> Shape:
    """The value at ``path`` as a ``model``.

    ``patterns`` explains each regular expression of the model in French (« des minuscules et des tirets… »).
    Raises InputErrors with every fault found.
    """
    value = at(document, path)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InputErrors(
            [_translate(found, model, document, path, patterns or {}) for found in error.errors(include_url=False)]
        ) from error


def at(document: Document, path: Trail) -> Any:
    value = document.data
    for step in path:
        value = value[step]
    return value


def subject(document: Document, path: Trail) -> tuple[str, list[str]]:
    """Identifier of the nearest enclosing item that has one (« GOV.2.1 »), and the keys that lead from it to ``path``.

    The rank of an item in a list is said from 1. ``path`` may end at a key that does not exist.
    """
    value: Any = document.data
    name, steps = "", list[str]()
    for step in path:
        steps.append(f"n° {int(step) + 1}" if isinstance(value, list) and isinstance(step, int) else str(step))
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            name, steps = shown(value["id"]), []
    return name, steps


def describe(document: Document, path: Trail) -> str:
    """« GOV.2.1, « levels › 2 » », as the beginning of a sentence."""
    name, steps = subject(document, path)
    label = f"« {shown(' › '.join(steps))} »" if steps else ""
    return ", ".join(part for part in (name, label) if part)


def _translate(
    found: ErrorDetails, model: type[BaseModel], document: Document, base: Trail, patterns: Mapping[str, str]
) -> InputError:
    kind = found["type"]
    path: Trail = (*base, *(step for step in found["loc"] if step != KEY))
    if kind in {"missing", "extra_forbidden"}:
        return _about_key(kind, path, model, document)
    context: dict[str, Any] = dict(found.get("ctx") or {})
    what, remedy = _about_value(kind, found["input"], context, patterns)
    about = describe(document, path)
    return document.error(f"{about} : {what}" if about else what, path=path, remedy=remedy)


def _about_key(kind: str, path: Trail, model: type[BaseModel], document: Document) -> InputError:
    name, _ = subject(document, path)
    start = f"{name} : " if name else ""
    key = shown(path[-1])
    if kind == "missing":
        return document.error(f"{start}la rubrique « {key} » manque", path=path, remedy="l'ajouter")
    if " " in key:  # a comma cut a text in two inside braces
        remedy = "mettre entre guillemets le texte dont elle est la fin"
        return document.error(f"{start}la rubrique « {key} » n'existe pas", path=path, remedy=remedy)
    close = difflib.get_close_matches(key, sorted(set(_names(model))), n=1)
    remedy = f"écrire « {close[0]} », ou la retirer" if close else "la retirer"
    return document.error(f"{start}la rubrique « {key} » n'existe pas", path=path, remedy=remedy)


def _names(model: type[BaseModel]) -> Iterator[str]:
    """Every key that a model and the models inside it know."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        waiting = [field.annotation]
        while waiting:
            annotation = waiting.pop()
            waiting.extend(get_args(annotation))
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from _names(annotation)


# Pydantic's type of error → (what, remedy). Those that speak of a bound or of the value are built below.
EXPECTED: dict[str, tuple[str, str]] = {
    "string_type": ("un texte est attendu", "l'écrire entre guillemets"),
    "int_type": ("un nombre entier est attendu", "corriger la valeur"),
    "int_from_float": ("un nombre entier est attendu", "corriger la valeur"),
    "int_parsing": ("un nombre entier est attendu", "corriger la valeur"),
    "float_type": ("un nombre est attendu", "corriger la valeur"),
    "float_parsing": ("un nombre est attendu", "corriger la valeur"),
    "finite_number": ("un nombre fini est attendu", "corriger la valeur"),
    "bool_type": ("« true » ou « false » est attendu", "écrire l'un des deux, sans guillemets"),
    "bool_parsing": ("« true » ou « false » est attendu", "écrire l'un des deux, sans guillemets"),
    "date_type": ("une date est attendue", "l'écrire sous la forme 2026-11-23"),
    "date_from_datetime_parsing": ("une date est attendue", "l'écrire sous la forme 2026-11-23"),
    "list_type": ("une liste est attendue", "l'écrire entre crochets, ou avec un tiret par ligne"),
    "tuple_type": ("une liste est attendue", "l'écrire entre crochets, ou avec un tiret par ligne"),
    "dict_type": ("des rubriques sont attendues", "écrire une rubrique et sa valeur par ligne"),
    "model_type": ("des rubriques sont attendues", "écrire une rubrique et sa valeur par ligne"),
    "model_attributes_type": ("des rubriques sont attendues", "écrire une rubrique et sa valeur par ligne"),
    "string_too_short": ("le texte est vide", "l'écrire, ou retirer la rubrique si elle est facultative"),
}


def _about_value(kind: str, value: object, context: dict[str, Any], patterns: Mapping[str, str]) -> tuple[str, str]:
    if kind in EXPECTED:
        return EXPECTED[kind]
    build = BUILT.get(kind)
    if build is not None:
        return build(value, context)
    if kind == "string_pattern_mismatch":
        help_text = patterns.get(context.get("pattern", ""), "corriger la forme de cette valeur")
        return f"« {shown(value)} » n'a pas la bonne forme", help_text
    if kind == "value_error":
        return str(context.get("error", "la valeur n'est pas admise")), "la corriger"
    return f"« {shown(value)} » n'est pas une valeur admise", "la corriger"


def _literal(value: object, context: dict[str, Any]) -> tuple[str, str]:
    choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    return f"« {shown(value)} » n'est pas admis", f"choisir parmi {', '.join(choices)}"


def _number(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return shown(value).replace(".", ",")


BUILT: dict[str, Callable[[object, dict[str, Any]], tuple[str, str]]] = {
    "literal_error": _literal,
    "string_too_long": lambda value, context: (
        f"le texte compte {len(str(value))} caractères et la limite est de {context['max_length']}",
        "le raccourcir",
    ),
    "too_short": lambda _, context: (
        f"la liste compte {context['actual_length']} élément(s) et il en faut au moins {context['min_length']}",
        "la compléter",
    ),
    "too_long": lambda _, context: (
        f"la liste compte {context['actual_length']} éléments et la limite est de {context['max_length']}",
        "la raccourcir",
    ),
    "greater_than_equal": lambda value, context: (
        f"{_number(value)} est trop petit", f"donner au moins {_number(context['ge'])}"
    ),
    "greater_than": lambda value, context: (
        f"{_number(value)} est trop petit", f"donner plus de {_number(context['gt'])}"
    ),
    "less_than_equal": lambda value, context: (
        f"{_number(value)} est trop grand", f"donner au plus {_number(context['le'])}"
    ),
    "less_than": lambda value, context: (
        f"{_number(value)} est trop grand", f"donner moins de {_number(context['lt'])}"
    ),
}  # fmt: skip
