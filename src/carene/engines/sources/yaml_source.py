# SPDX-License-Identifier: EUPL-1.2
"""Safe YAML: plain data with the line of every value, and nothing that a hostile file could ask us to build.

The events come from PyYAML's C parser. The values are made here, one event after another, because the library's own
composer recurses in C without a depth limit and expands aliases without a bound. Scalars follow the core schema of
YAML 1.2: ``non`` and ``on`` are words, ``010000024`` and ``12:30`` are texts, ``2026-11-23`` is a date.
"""

from __future__ import annotations

import copy
import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from carene.engines.sources.document import (
    Data,
    Document,
    Key,
    Limits,
    Scalar,
    Trail,
    decode,
    place,
    shown,
    too_deep,
    too_many,
)
from carene.engines.sources.errors import InputError
from carene.engines.sources.json_source import read_json

__all__ = ["read_json", "read_yaml"]

WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,16}")
DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_yaml(source: str | bytes, name: str, limits: Limits | None = None) -> Document:
    """Read one YAML document.

    ``name`` is how the user knows the file. Empty text gives None as data. Raises InputError (French, with the line):
    too big, too deep, too many values once aliases are expanded, wrong encoding, syntax, repeated key, tag, merge key,
    number that is not finite, several documents.
    """
    limits = limits or Limits()
    text = decode(source, name, limits, "YAML")
    try:
        return _Reader(text, name, limits).document()
    except yaml.YAMLError as error:
        raise syntax_error(error, text, name) from error


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Data
    size: int  # values that one alias to it adds
    height: int  # levels of nesting below it


class _Reader:
    """Turns the parser's events into data; ``values`` counts what the file means, aliases expanded."""

    def __init__(self, text: str, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.lines: dict[Trail, int] = {}
        self.anchors: dict[str, _Anchored] = {}
        self.values = 0

    def document(self) -> Document:
        next(self.events)  # start of stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return Document(self.name, None, {(): 1})
        data, _ = self.value(next(self.events), (), 1)
        next(self.events)  # end of document
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise self.error(following, "le fichier contient plusieurs documents (« --- »)", "n'en garder qu'un")
        return Document(self.name, data, self.lines)

    def value(self, event: Any, path: Trail, depth: int) -> tuple[Data, int]:
        """Data of the value that starts with ``event``, and the height of its nesting."""
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, depth)
        if event.tag is not None and event.tag != "!":
            raise self.error(event, "les étiquettes YAML (« ! ») ne sont pas admises", "retirer l'étiquette")
        self.count(event)
        before = self.values
        data: Data
        if isinstance(event, yaml.ScalarEvent):
            data, height = self.scalar(event), 0
        else:
            if depth > self.limits.depth:
                raise too_deep(self.name, event.start_mark.line + 1, self.limits)
            read = self.sequence if isinstance(event, yaml.SequenceStartEvent) else self.mapping
            data, height = read(path, depth + 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(data, self.values - before + 1, height)
        return data, height

    def sequence(self, path: Trail, depth: int) -> tuple[Data, int]:
        items: list[Data] = []
        height = 0
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            item, below = self.value(event, (*path, len(items)), depth)
            items.append(item)
            height = max(height, below)
        return items, height + 1

    def mapping(self, path: Trail, depth: int) -> tuple[Data, int]:
        items: dict[Key, Data] = {}
        height = 0
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event)
            if key in items:
                raise self.error(
                    event, f"la rubrique « {shown(key)} » est écrite deux fois au même endroit", "en garder une"
                )
            here = (*path, key)
            self.lines[here] = event.start_mark.line + 1
            items[key], below = self.value(next(self.events), here, depth)
            height = max(height, below)
        return items, height + 1

    def key(self, event: Any) -> Key:
        self.count(event)
        if isinstance(event, yaml.ScalarEvent) and event.tag in (None, "!"):
            if event.value == "<<" and event.implicit[0]:
                raise self.error(event, "la fusion « << » n'est pas admise", "recopier les valeurs")
            key = self.scalar(event)
            if isinstance(key, str | int | dt.date) and not isinstance(key, bool):
                if event.anchor is not None:
                    self.anchors[event.anchor] = _Anchored(key, 1, 0)
                return key
        raise self.error(
            event, "le nom d'une rubrique doit être un mot, un nombre entier ou une date", "l'écrire entre guillemets"
        )

    def scalar(self, event: Any) -> Scalar:
        text: str = event.value
        if "\0" in text:
            raise self.error(event, "le texte contient un caractère nul", "le retirer")
        if not event.implicit[0]:  # quoted or block: a text, whatever it looks like
            return text
        if text in WORDS:
            return WORDS[text]
        if INTEGER.fullmatch(text):
            return int(text)
        if HEXADECIMAL.fullmatch(text):
            return int(text, 16)
        if DATE.fullmatch(text):
            return self.date(event, text)
        if DECIMAL.fullmatch(text) or NOT_FINITE.fullmatch(text):
            return self.decimal(event, text)
        return text

    def date(self, event: Any, text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise self.error(event, f"la date « {text} » n'existe pas", "corriger le jour ou le mois") from None

    def decimal(self, event: Any, text: str) -> float:
        number = math.inf if NOT_FINITE.fullmatch(text) else float(text)
        if not math.isfinite(number):
            raise self.error(event, f"« {text[:30]} » n'est pas un nombre utilisable", "écrire un nombre fini")
        return number

    def alias(self, event: Any, depth: int) -> tuple[Data, int]:
        found = self.anchors.get(event.anchor)
        if found is None:
            raise self.error(
                event,
                f"l'alias « *{shown(event.anchor)} » ne désigne rien, ou se contient lui-même",
                "définir l'ancre « & » avant, ou recopier la valeur",
            )
        self.count(event, found.size)
        if depth + found.height > self.limits.depth + 1:
            raise too_deep(self.name, event.start_mark.line + 1, self.limits)
        return copy.deepcopy(found.value), found.height

    def count(self, event: Any, size: int = 1) -> None:
        self.values += size
        if self.values > self.limits.values:
            raise too_many(self.name, event.start_mark.line + 1, self.limits)

    def error(self, event: Any, what: str, remedy: str) -> InputError:
        return InputError(what, where=place(self.name, event.start_mark.line + 1), remedy=remedy)


INDENT = "le retrait (les espaces en début de ligne) ne correspond pas aux lignes voisines"
ALIGN = "aligner cette ligne sur ses voisines, avec des espaces"
# What the library says (beginning of its problem) → what, remedy. The opening line is the one to show for ``OPENED``.
PROBLEMS: tuple[tuple[str, str, str], ...] = (
    ("found a tab character", "une tabulation sert de retrait", "la remplacer par des espaces"),
    (
        "mapping values are not allowed",
        "un « : » est à une place inattendue",
        "corriger le retrait, ou mettre le texte entre guillemets",
    ),
    ("could not find expected ':'", "il manque « : » après le nom d'une rubrique", "l'ajouter, suivi d'une espace"),
    ("did not find expected key", INDENT, ALIGN),
    ("did not find expected '-' indicator", INDENT, ALIGN),
    ("did not find expected ',' or ']'", "un crochet ouvert « [ » n'est pas bien fermé", "vérifier « , » et « ] »"),
    ("did not find expected ',' or '}'", "une accolade ouverte « { » n'est pas bien fermée", "vérifier « , » et « } »"),
    ("found unexpected end of stream", "un guillemet ouvert n'est jamais fermé", "le fermer"),
    ("found unknown escape", "une barre oblique inverse est mal employée entre guillemets", "la doubler (« \\\\ »)"),
    ("found invalid Unicode", "un code de caractère « \\u… » est incorrect", "écrire le caractère lui-même"),
    ("did not find expected <document start>", "du texte se trouve hors de la structure", "vérifier le retrait"),
    ("did not find expected node content", "une valeur manque ou un signe est de trop", "vérifier cette ligne"),
)
OPENED = ("did not find expected ',' or", "found unexpected end of stream")


def syntax_error(error: yaml.YAMLError, text: str, name: str) -> InputError:
    """French sentence for an error of the parser, with its line."""
    if isinstance(error, yaml.reader.ReaderError):
        before = text.encode("utf-8")[: error.position]
        return InputError(
            "un caractère de contrôle invisible est interdit",
            where=place(name, before.count(b"\n") + 1),
            remedy="le supprimer",
        )
    problem = str(getattr(error, "problem", None) or "")
    mark = getattr(error, "problem_mark", None)
    if problem.startswith(OPENED):
        mark = getattr(error, "context_mark", None) or mark
    lines = text.split("\n")
    line = min(mark.line + 1, len(lines)) if mark is not None else None
    if problem.startswith("found character that cannot start any token"):
        what, remedy = _forbidden_start(lines, mark)
    else:
        what, remedy = next(
            ((what, remedy) for start, what, remedy in PROBLEMS if problem.startswith(start)),
            ("la syntaxe YAML est incorrecte", "vérifier le retrait, les « : » et les guillemets"),
        )
    return InputError(what, where=place(name, line), remedy=remedy)


def _forbidden_start(lines: list[str], mark: Any) -> tuple[str, str]:
    found = lines[mark.line][mark.column : mark.column + 1] if mark is not None and mark.line < len(lines) else ""
    if found == "\t":
        return "une tabulation sert de retrait", "la remplacer par des espaces"
    return f"une valeur ne peut pas commencer par « {found} »", "la mettre entre guillemets"
