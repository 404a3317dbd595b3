# SPDX-License-Identifier: EUPL-1.2
"""Which register is this file? Said by its first bytes, never by its name."""

from __future__ import annotations

from pathlib import Path

from carene.engines.registers.files import head
from carene.engines.registers.ght_list import GhtList
from carene.engines.registers.legacy import MARK, LegacyFile
from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.records import Register
from carene.engines.registers.structures import StructuresFile
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError


def open_register(path: Path) -> Register:
    """The reader that fits. Raises InputError (French) when the file cannot be read or is none of ours."""
    start = head(path).removeprefix(b"\xef\xbb\xbf")
    if start.startswith(b"PK\x03\x04"):
        return GhtList(path, territories())
    if start.startswith(MARK.encode()):
        return LegacyFile(path, territories(), nomenclature())
    if start.lstrip().startswith(b"{"):
        return StructuresFile(path, territories(), nomenclature())
    raise InputError(
        "ce fichier n'est ni un fichier FINESS (CSV ou JSON), ni la liste des GHT (XLSX)",
        where=path.name,
        remedy="le donner tel qu'il a été téléchargé",
    )
