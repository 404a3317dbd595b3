# SPDX-License-Identifier: EUPL-1.2
"""What every reader of structured text shares: limits, decoding, and the place of each value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carene.engines.sources.errors import InputError

Key = str | int | dt.date
Trail = tuple[Key, ...]  # keys and indices that lead to a value
Scalar = str | int | float | bool | dt.date | None
Data = Any  # a Scalar, a list of Data, or a mapping from Key to Data


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost us. ``size`` in bytes, ``depth`` in nested lists and mappings, ``values`` after aliases."""

    size: int = 5_000_000
    depth: int = 40
    values: int = 200_000


@dataclass(frozen=True, slots=True)
class Document:
    """Plain Python data and the line (from 1) where each path of keys and indices stands; JSON gives no lines."""

    name: str
    data: Data
    lines: Mapping[Trail, int] = field(default_factory=dict)

    def line(self, path: Trail = ()) -> int | None:
        """Line of ``path``, or of its nearest ancestor that has one; None when the format gives no lines."""
        for end in range(len(path), -1, -1):
            found = self.lines.get(path[:end])
            if found is not None:
                return found
        return None

    def where(self, path: Trail = ()) -> str:
        """Place of ``path`` as the user reads it: « fichier, ligne 12 », or the keys that lead there."""
        line = self.line(path)
        if line is not None:
            return place(self.name, line)
        if not path:
            return self.name
        steps = [f"n° {step + 1}" if isinstance(step, int) else str(step) for step in path]
        return f"{self.name}, {' › '.join(steps)}"

    def error(self, what: str, *, path: Trail = (), remedy: str = "") -> InputError:
        return InputError(what, where=self.where(path), remedy=remedy)


def shown(value: object, width: int = 60) -> str:
    """A value of the user's file, on one line and short enough for a sentence; cut at a word when there is one."""
    text = " ".join(str(value).split())
    if len(text) <= width:
        return text
    cut = text[: width - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > width // 2 else cut).rstrip(" ,;:") + "…"


def place(name: str, line: int | None) -> str:
    return name if line is None else f"{name}, ligne {line}"


WRONG_KINDS = (
    (b"PK\x03\x04", "ce fichier est une archive ou un classeur (XLSX, DOCX, ZIP)"),
    (b"%PDF", "ce fichier est un PDF"),
    (b"\xd0\xcf\x11\xe0", "ce fichier est un ancien document Office"),
    (b"\x89PNG", "ce fichier est une image"),
    (b"\xff\xd8\xff", "ce fichier est une image"),
    (b"\x1f\x8b", "ce fichier est compressé"),
)


def decode(source: str | bytes, name: str, limits: Limits, kind: str) -> str:
    """Text of ``source``: UTF-8 with or without byte order mark. ``kind`` (« YAML »…) is what the user should send.

    Raises InputError when it is too big, of another kind, or in another encoding.
    """
    if isinstance(source, str):
        try:
            size = len(source.encode("utf-8"))
        except UnicodeEncodeError as error:
            line = source[: error.start].count("\n") + 1
            raise InputError("un caractère est incomplet", where=place(name, line), remedy="le retaper") from error
    else:
        size = len(source)
    if size > limits.size:
        raise InputError(
            f"le fichier pèse {megabytes(size)} et la limite est de {megabytes(limits.size)}",
            where=name,
            remedy="le scinder ou retirer ce qui ne sert pas",
        )
    text = source if isinstance(source, str) else _decode_bytes(source, name, kind)
    text = text.removeprefix("\ufeff")
    nul = text.find("\0")
    if nul >= 0:
        raise InputError(
            "le fichier contient des octets nuls : ce n'est pas du texte",
            where=place(name, text.count("\n", 0, nul) + 1),
            remedy=f"envoyer un fichier {kind} en UTF-8",
        )
    return text


def _decode_bytes(source: bytes, name: str, kind: str) -> str:
    for signature, sentence in WRONG_KINDS:
        if source.startswith(signature):
            raise InputError(sentence, where=name, remedy=f"envoyer un fichier {kind}")
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("le fichier est en UTF-16", where=name, remedy="l'enregistrer en UTF-8")
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "le texte n'est pas en UTF-8",
            where=place(name, source.count(b"\n", 0, error.start) + 1),
            remedy="enregistrer le fichier en UTF-8 depuis l'éditeur ou le tableur",
        ) from error


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}".replace(".", ",") + " Mo"


def too_deep(name: str, line: int | None, limits: Limits) -> InputError:
    return InputError(
        f"plus de {limits.depth} listes ou rubriques sont imbriquées les unes dans les autres",
        where=place(name, line),
        remedy="simplifier la structure",
    )


def too_many(name: str, line: int | None, limits: Limits) -> InputError:
    count = f"{limits.values:,}".replace(",", "\u202f")
    return InputError(
        f"le fichier contient plus de {count} valeurs, alias compris",
        where=place(name, line),
        remedy="le scinder, et retirer les alias (« * ») qui le multiplient",
    )
