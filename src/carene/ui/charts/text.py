# SPDX-License-Identifier: EUPL-1.2
"""Text that people typed, made safe to print, and measured without a font engine.

Widths are those of Source Sans 3 rounded up, so that a label which fits here fits in the slightly wider fonts that
replace it when it is absent.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Width of a character in thousandths of the font size → the characters that have it (regular weight).
_WIDTHS: dict[int, str] = {
    120: "\u202f",
    200: " \u00a0",
    250: "',.:;ij|’·",
    275: "Il",
    300: "!f",
    325: "()-[]{}•",
    350: "/\\rt°",
    375: "²³",
    425: "*?sz",
    450: '"x«»',
    475: "cvy",
    500: "#$+0123456789<=>FJLY^_ek~€–×÷−",
    525: "VXag",
    550: "AESTZ`hnouø",
    575: "CPRbdpqµ",
    600: "BK",
    625: "&DG→",
    650: "NU",
    675: "HOQ",
    725: "w",
    750: "M",
    800: "W—æ",
    825: "%",
    850: "@mœŒ",
    950: "…",
}
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}
_BOLD = 1.035
_MARGIN = 1.05  # other fonts than Source Sans 3 run a little wider

# Formatting characters that reorder or hide what surrounds them: a name must not rewrite its neighbours.
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF}
_SPACES = re.compile(r"[ \t\r\n]+")  # not the no-break spaces of French typography


def clean(text: str) -> str:
    """``text`` without what no document can hold: control characters, lone surrogates, non-characters, bidi overrides.

    Tabs and line feeds stay; everything else that is legible stays too.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text.replace("\r\n", "\n") if _printable(char))


def _printable(char: str) -> bool:
    code = ord(char)
    if char in "\t\n":
        return True
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in _BIDI:
        return False
    return code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code < 0xFDF0


def one_line(text: str) -> str:
    """Clean text on one line, ordinary spaces collapsed."""
    return _SPACES.sub(" ", clean(text)).strip(" ")


def legible_everywhere(text: str) -> str:
    """Text whose every character exists in the fonts that Carène can count on; the others become « □ ».

    Used when a document refuses a character that no installed font can draw (PDF/UA forbids printing nothing instead).
    """
    return "".join(char if _common(ord(char)) else _substitute(char) for char in text)


def _substitute(char: str) -> str:
    """Nothing for what has no shape of its own (accents to combine, joiners), a box for the rest."""
    return "" if unicodedata.category(char) in ("Mn", "Me", "Cf") else "□"


def _common(code: int) -> bool:
    return (
        code < 0x180
        or 0x2010 <= code <= 0x2027
        or 0x202F <= code <= 0x203A
        or code in {0x20AC, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2260, 0x2264, 0x2265, 0x25A1}
        or code in {0x1D49, 0x02B3, 0x02E2}  # superscripts of French ordinals
        or code == 0x200B  # where a long word may break
    )


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Approximate width of ``text`` in the unit of ``size`` (never less than the real one in Source Sans 3)."""
    return _units(text) / 1000 * size * _MARGIN * (_BOLD if bold else 1)


@lru_cache(maxsize=4096)
def _units(text: str) -> int:
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    known = _WIDTH.get(char)
    if known is not None:
        return known
    base = unicodedata.normalize("NFD", char)[0]
    if base in _WIDTH:
        return _WIDTH[base]
    if unicodedata.combining(char):
        return 0
    return 1000 if unicodedata.east_asian_width(char) in "WF" else 720


def wrap(text: str, size: float, width: float, *, bold: bool = False, most: int = 4) -> list[str]:
    """``text`` in at most ``most`` lines no wider than ``width``; a word too long is broken, an excess ends with « … ».

    An empty text gives no line. Whoever cuts must offer the whole text elsewhere (a ``<title>``, a table).
    """
    lines: list[str] = []
    current = ""
    for word in _SPACES.split(one_line(text)):
        for piece in _pieces(word, size, width, bold):
            longer = f"{current} {piece}" if current else piece
            if not current or text_width(longer, size, bold=bold) <= width:
                current = longer
            else:
                lines.append(current)
                current = piece
        if len(lines) > most:
            break
    if current:
        lines.append(current)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and text_width(f"{last}…", size, bold=bold) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def _pieces(word: str, size: float, width: float, bold: bool) -> list[str]:
    """A word cut where it would leave the column; most words come back whole."""
    if text_width(word, size, bold=bold) <= width:
        return [word]
    pieces = [""]
    for char in word:
        if pieces[-1] and text_width(pieces[-1] + char, size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
