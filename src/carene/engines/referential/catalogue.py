# SPDX-License-Identifier: EUPL-1.2
"""The packs shipped with Carène, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import carene
from carene.engines.referential.loader import load_pack
from carene.engines.referential.model import Referential

PACKS = Path(carene.__file__).parent / "packs"
CARE = "care"


@lru_cache(maxsize=1)
def care() -> Referential:
    """Our referential of the programme."""
    return load_pack(PACKS / CARE)
