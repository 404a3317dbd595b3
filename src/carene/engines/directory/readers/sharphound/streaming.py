# SPDX-License-Identifier: EUPL-1.2
"""A JSON file of any size, object by object: what is held is one object and a few megabytes of text.

The decoder of Python's library is called at the place of each object; where the text that was read so far ends in the
middle of one, more is read and the object is taken again.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from carene.engines.sources import InputError

CHUNK = 4 << 20  # bytes
MOST = 256 << 20  # characters of one object: a group of two million members
SPACE = re.compile(r"[ \t\r\n,]*")
_DECODER = json.JSONDecoder()


class Cut(InputError):
    """The file ends before its end, or stops being JSON; what came before was given."""


class Objects:
    """Iterate over it: the objects of « data ». ``meta`` is what the file says of itself, known at the end."""

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self.meta: dict[str, Any] = {}
        self._stream, self._where = stream, where
        self._text, self._at, self._ended = "", 0, False
        start = stream.read(CHUNK)
        self._decoder = codecs.getincrementaldecoder(_encoding(start))("replace")
        self._text = self._decoder.decode(start)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Raises Cut."""
        self._expect("{")
        while self._peek() != "}":
            name = self._value()
            self._expect(":")
            if name == "data" and self._peek() == "[":
                self._at += 1
                yield from self._array()
                self._at += 1
            else:
                value = self._value()
                if name == "meta" and isinstance(value, dict):
                    self.meta = value

    def _array(self) -> Iterator[dict[str, Any]]:
        while self._peek() != "]":
            value = self._value()
            if isinstance(value, dict):
                yield value

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._cut() from error
            except ValueError as error:
                if self._ended or len(self._text) - self._at > MOST:
                    raise self._cut() from error
                self._more()
            else:
                return value

    def _peek(self) -> str:
        while True:
            match = SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                raise self._cut()
            self._more()

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise self._cut()
        self._at += 1

    def _more(self) -> None:
        """At least as much as is there: a great object is taken again a few times only."""
        size = max(CHUNK, len(self._text) - self._at)
        content = self._stream.read(size)
        self._ended = len(content) < size
        self._text = self._text[self._at :] + self._decoder.decode(content, self._ended)
        self._at = 0

    def _cut(self) -> Cut:
        return Cut(
            "ce fichier JSON est coupé ou abîmé",
            where=self._where,
            remedy="refaire la copie depuis l'archive d'origine",
        )


def _encoding(start: bytes) -> str:
    """What re-saved files become: a mark of the encoding, or zeros between the letters."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:2] == b"\0":
        return "utf-16-le"
    return "utf-8-sig"
