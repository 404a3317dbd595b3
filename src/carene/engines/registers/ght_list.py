# SPDX-License-Identifier: EUPL-1.2
"""The list of GHT published by the DGOS: a workbook, one line for each member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from carene.engines.exchange.workbook import Sheet, WorkbookLimits, open_workbook
from carene.engines.registers.records import Account, Ght, Membership, Place, Record, too_long
from carene.engines.registers.territories import Territories
from carene.engines.registers.text import clean, fold, is_finess, town_name
from carene.engines.sources import InputError
from carene.engines.sources.document import Limits, shown
from carene.engines.sources.files import read_bytes

COLUMNS = ("region", "ght_libelle", "ght_code", "finess", "categorie", "etablissement", "commune", "code_postal")
NEEDED = ("region", "ght_libelle", "ght_code", "finess")
SUPPORT = "support"


@dataclass(frozen=True)
class GhtList:
    """Says who belongs to which GHT and nothing of the others: what it does not hold is not closed."""

    path: Path
    territories: Territories
    title: str = "liste des GHT"
    whole: bool = False

    def records(self, account: Account) -> Iterator[Record]:
        content = read_bytes(self.path, self.path.name, Limits(size=WorkbookLimits().size))
        sheet, first, columns = self._table(open_workbook(content, self.path.name).sheets, account)
        seen: set[str] = set()
        for row in range(first, len(sheet.rows)):
            account.share = (row + 1) / len(sheet.rows)
            values = {name: _text(sheet.cell(row, column)) for name, column in columns.items()}
            if not any(values.values()):
                continue
            where = f"{self.path.name}, {sheet.where(row)}"
            member = self._member(values, row + 1)
            fault = _fault(values) or too_long(member) or too_long(Ght(member.ght, values["ght_libelle"], "", row))
            if fault:
                finess = _finess(values["finess"])
                remedy = "corriger la ligne, ou la retirer"
                account.fault(InputError(fault, where=where, remedy=remedy), finess if is_finess(finess) else "")
                continue
            if values["ght_code"] not in seen:
                seen.add(values["ght_code"])
                yield self._group(values, row + 1, account)
            yield member

    def _table(self, sheets: Sequence[Sheet], account: Account) -> tuple[Sheet, int, dict[str, int]]:
        """The sheet that holds the list, its first row of values, and the column of each name."""
        for sheet in sheets:
            for row, cells in enumerate(sheet.rows[:30]):
                found = {fold(_text(cell)).replace(" ", "_"): rank for rank, cell in enumerate(cells)}
                if all(name in found for name in NEEDED):
                    for name in found:
                        if name and name not in COLUMNS:
                            account.unknown["colonne", shown(name, 40)] += 1
                    return sheet, row + 1, {name: found[name] for name in COLUMNS if name in found}
        raise InputError(
            f"aucune feuille n'a les colonnes {', '.join(NEEDED)}",
            where=self.path.name,
            remedy="donner la liste des GHT telle qu'elle est publiée",
        )

    def _group(self, values: dict[str, str], line: int, account: Account) -> Ght:
        if not self.territories.region_named(values["region"]):
            account.unknown["région", values["region"]] += 1
        return Ght(values["ght_code"], values["ght_libelle"], values["region"], line)

    def _member(self, values: dict[str, str], line: int) -> Membership:
        postcode = values.get("code_postal", "")
        postcode = postcode.zfill(5) if postcode.isdigit() else postcode
        department = self.territories.department_of_town(postcode)
        place = Place("", postcode, town_name(values.get("commune", "")), department)
        role = SUPPORT if SUPPORT in fold(values.get("categorie", "")) else ""
        name = values.get("etablissement", "")
        return Membership(values["ght_code"], _finess(values["finess"]), role, name, place, line)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else clean(str(value))


def _finess(text: str) -> str:
    """A spreadsheet drops the zero of the first departments."""
    return (text.zfill(9) if text.isdigit() else text).upper()


def _fault(values: dict[str, str]) -> str:
    if not values["ght_code"] or not values["ght_libelle"]:
        return "le code ou le nom du GHT manque"
    if not is_finess(_finess(values["finess"])):
        return f"« {shown(values['finess'], 20)} » n'est pas un numéro FINESS"
    return ""
