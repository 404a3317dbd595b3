# SPDX-License-Identifier: EUPL-1.2
"""What people type in a cell, understood: levels, numbers, dates. A value that is not understood raises ValueError.

The message of the ValueError is a French clause without a full stop: what is wrong, then « ; » and what to do.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

SHOWN = 40  # characters of a wrong value that a sentence repeats
_NOT_APPLICABLE = {"na", "nonapplicable", "sansobjet", "nonconcerne"}
# After the figure, a text is understood only behind a sign and when it begins with a letter: « 1 ou 2 » is no level.
_LEVEL = re.compile(r"(?:niveau\s*)?([0-9]{1,3})(?:\s*[-–—:.)(]\s*(?=[^\W\d_]|[«\"“]).*)?", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"\s")
_FRENCH_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ].*)?")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?")


def folded(text: str) -> str:
    """Letters and digits only, without case nor accents: « N° critère » → « ncritere »."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if c.isalnum() and not unicodedata.combining(c)).casefold()


def text_of(cell: Cell) -> str:
    """The cell as text, trimmed; whole numbers without their useless decimals, line ends as in Unix."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, float) and math.isfinite(cell) and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, float):
        return repr(cell).replace(".", ",")
    if isinstance(cell, dt.date):
        return f"{cell.day:02d}/{cell.month:02d}/{cell.year:04d}"
    return clean(str(cell))


def clean(text: str) -> str:
    """Text that every part of the house can store: no NUL nor half character, Unix line ends, trimmed."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return "".join(c for c in unified if not "\ud800" <= c <= "\udfff").strip()


def shown(text: str) -> str:
    """The value as a sentence repeats it."""
    flat = " ".join(text.split())
    return f"« {flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + '…'} »"


def level_of(cell: Cell, top: int) -> tuple[int | None, bool]:
    """``(level, not applicable)`` of a cell; ``(None, False)`` when it is empty.

    Understands 2, 2.0, « 2 », « 2 - Partout », « Niveau 2 », « N/A », « non applicable », « sans objet ».
    """
    remedy = f"choisir un niveau de 0 à {top}, ou N/A"
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        raise ValueError(f"{shown(text_of(cell))} n'est pas un niveau ; {remedy}")
    text = text_of(cell)
    if not text:
        return None, False
    if folded(text) in _NOT_APPLICABLE:
        return None, True
    found = _LEVEL.fullmatch(text)
    if found is None:
        raise ValueError(f"{shown(text)} n'est pas un niveau ; {remedy}")
    level = int(found[1])
    if level > top:
        raise ValueError(f"le niveau {level} n'existe pas ; {remedy}")
    return level, False


def number_of(cell: Cell) -> float | None:
    """Number of a cell, None when it is empty. Understands « 1,7 », « 12 400 », « 71 % » (71), « 1.234,5 »."""
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        raise ValueError(f"{shown(text_of(cell))} n'est pas un nombre ; écrire un nombre, par exemple 1,7")
    if isinstance(cell, int | float):
        value = float(cell)
    else:
        text = _SPACES.sub("", (cell or "").replace("\u2212", "-")).removesuffix("%")
        if not text:
            return None
        if "," in text:
            text = text.replace(".", "") if _GROUPED.fullmatch(text) else text
            text = text.replace(",", ".", 1)
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{shown(cell or '')} n'est pas un nombre ; écrire un nombre, par exemple 1,7")
        value = float(text)
    if not math.isfinite(value):
        raise ValueError("le nombre est démesuré ; le corriger")
    return value


def date_of(cell: Cell) -> dt.date | None:
    """Day of a cell, None when it is empty. Understands dates of a spreadsheet, « 31/12/2026 » and « 2026-12-31 »."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = text_of(cell)
    if not text:
        return None
    french, iso = _FRENCH_DATE.fullmatch(text), _ISO_DATE.fullmatch(text)
    parts = (french[3], french[2], french[1]) if french else (iso[1], iso[2], iso[3]) if iso else None
    if parts is None:
        raise ValueError(f"{shown(text)} n'est pas une date ; écrire jj/mm/aaaa, par exemple 31/12/2026")
    try:
        return dt.date(*(int(part) for part in parts))
    except ValueError:
        raise ValueError(f"la date {shown(text)} n'existe pas ; corriger le jour ou le mois") from None


def month_of(cell: Cell) -> dt.date | None:
    """First day of a month: « 2027-03 », « 03/2027 », or any date of that month."""
    if isinstance(cell, dt.date):
        return date_of(cell.replace(day=1))
    text = text_of(cell)
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})", text)
    parts = (found[1], found[2]) if found else None
    if parts is None and (found := re.fullmatch(r"([0-9]{1,2})/([0-9]{4})", text)):
        parts = (found[2], found[1])
    if parts is None:
        day = date_of(cell)
        return day.replace(day=1) if day else None
    try:
        return dt.date(int(parts[0]), int(parts[1]), 1)
    except ValueError:
        raise ValueError(f"le mois {shown(text)} n'existe pas ; écrire par exemple 2027-03") from None
