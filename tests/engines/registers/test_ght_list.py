# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from carene.engines.registers.ght_list import COLUMNS
from carene.engines.registers.reading import open_register
from carene.engines.registers.records import Account, Ght, Membership, Record
from carene.engines.sources import InputError

ROW = ["Bretagne", "GHT d'ici", "BR-01", "350000022", "Établissement support", "CHU D'ICI", "RENNES", "35000"]


def read(tmp_path: Path, *rows: list[Any], head: Any = COLUMNS, above: int = 0) -> tuple[list[Record], Account]:
    path = tmp_path / "ght.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    workbook.add_worksheet("Lisez-moi").write(0, 0, "Note")
    sheet = workbook.add_worksheet("GHT")
    for number, row in enumerate([head, *rows]):
        sheet.write_row(number + above, 0, row)
    workbook.close()
    account = Account()
    return list(open_register(path).records(account)), account


def test_groups_and_members(tmp_path: Path) -> None:
    member = ["Bretagne", "GHT d'ici", "BR-01", 10000024, "CH", "CH D'À CÔTÉ", "VITRE", 1440]
    records, account = read(tmp_path, ROW, member, above=3)
    assert not account.errors
    group, support, other = records
    assert isinstance(group, Ght)
    assert (group.code, group.name, group.region) == ("BR-01", "GHT d'ici", "Bretagne")
    assert isinstance(support, Membership)
    assert (support.finess, support.role, support.place.department) == ("350000022", "support", "35")
    assert isinstance(other, Membership)
    # A spreadsheet drops the zeros of the first departments.
    assert (other.finess, other.place.postcode, other.place.department, other.role) == ("010000024", "01440", "01", "")


def test_faults_and_unknown_are_said(tmp_path: Path) -> None:
    head = [*COLUMNS, "observation"]
    records, account = read(tmp_path, ["Atlantide", *ROW[1:]], [*ROW[:3], "abc", *ROW[4:]], [], head=head)
    assert len(records) == 2
    assert account.unknown == {("colonne", "observation"): 1, ("région", "Atlantide"): 1}
    (error,) = account.errors
    assert "feuille GHT, ligne 3" in error.sentence


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="aucune feuille n'a les colonnes"):
        read(tmp_path, ROW, head=["a", "b"])
