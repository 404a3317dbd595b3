# SPDX-License-Identifier: EUPL-1.2
"""Texts of registers: capitals, codes, postal lines; and the bare form under which a name is searched."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")  # « E.H.P.A.D. », « C.H. »
_APART = re.compile(r"[^0-9a-z]+")
_CEDEX = re.compile(r"\s+CEDEX\b.*$", re.IGNORECASE)
_SMALL = frozenset({"de", "du", "des", "d", "en", "et", "sur", "sous", "les", "lès", "la", "le", "l", "aux", "au", "à"})
_WHOLE = {"st": "saint", "ste": "sainte", "sts": "saints"}
# What people type for what registers write.
_SHORT = (
    ("centre hospitalier regional universitaire", "chu chru"),
    ("centre hospitalier universitaire", "chu"),
    ("centre hospitalier regional", "chr"),
    ("centre hospitalier", "ch"),
    ("etablissement d hebergement pour personnes agees dependantes", "ehpad"),
    ("hospitalisation a domicile", "had"),
    ("service de soins infirmiers a domicile", "ssiad"),
)
_ABSENT = {"", "0000-00-00"}


def clean(text: str) -> str:
    """One line, single spaces; control characters are spaces."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """Small letters without accents or punctuation, « st » said « saint »: two writings of a name become one."""
    if text.isascii():
        bare = text.lower()
    else:
        bare = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        bare = "".join(c for c in bare if not unicodedata.combining(c)).casefold()
    bare = _DOTTED.sub(lambda found: found[0].replace(".", ""), bare)
    return " ".join(_WHOLE.get(word, word) for word in _APART.split(bare) if word)


def searched(*parts: str) -> str:
    """The words under which something is found, with a space on both sides of each: a short word is found whole."""
    words = fold(" ".join(parts))
    short = [acronym for long, acronym in _SHORT if long in words]
    return f" {' '.join([words, *short])} "


@lru_cache(maxsize=65_536)
def town_name(line: str) -> str:
    """« BOURG EN BRESSE CEDEX 2 » → « Bourg en Bresse »; « L'HAY LES ROSES » → « L'Hay les Roses »."""
    words = re.split(r"([ '’-])", _CEDEX.sub("", clean(line)).lower())
    return "".join(
        word if index and word in _SMALL else word[:1].upper() + word[1:] for index, word in enumerate(words)
    )


def postal_line(line: str) -> tuple[str, str]:
    """« 97306 CAYENNE CEDEX » → (« 97306 », « Cayenne »); a line without a postcode is a town."""
    found = re.match(r"(\d{5})\s+(.*)", clean(line))
    return (found[1], town_name(found[2])) if found else ("", town_name(line))


@lru_cache(maxsize=65_536)
def day(text: str) -> dt.date | None:
    """A date of the register; None when it holds none. Raises ValueError for anything else."""
    text = text.strip()[:10]
    return None if text in _ABSENT else dt.date.fromisoformat(text)


def is_finess(text: str) -> bool:
    """Nine characters: two for the department (2A and 9A to 9J are letters too), seven digits."""
    return len(text) == 9 and text.isascii() and text.isalnum() and text[2:].isdigit() and text[0].isdigit()
