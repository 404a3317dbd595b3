# SPDX-License-Identifier: EUPL-1.2
"""What an address of the observatory says."""

from __future__ import annotations

import datetime as dt
import re

from carene.engines.sources import InputError

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def month_of(text: str) -> dt.date | None:
    """``2026-10`` → its first day; None for an empty text. Raises InputError for anything else."""
    if not text:
        return None
    found = MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12 or found[1] == "0000":
        raise InputError("Ce mois n'est pas lisible", remedy="l'écrire comme 2026-10")
    return dt.date(int(found[1]), int(found[2]), 1)
