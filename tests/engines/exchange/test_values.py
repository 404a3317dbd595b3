# SPDX-License-Identifier: EUPL-1.2
"""What people type in a cell."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.exchange.values import Cell, date_of, folded, level_of, month_of, number_of


@pytest.mark.parametrize(
    ("cell", "level"),
    [(2, 2), (2.0, 2), ("2", 2), (" 2 ", 2), ("2 - Partout, vérifié", 2), ("2 – texte", 2), ("2. Texte", 2),
     ("Niveau 3", 3), ("niveau 3 : « texte »", 3), ("0", 0), (0, 0), ("4 (essayé)", 4), ("", None), (None, None),
     ("  ", None)],
)  # fmt: skip
def test_levels_are_understood(cell: Cell, level: int | None) -> None:
    assert level_of(cell, 4) == (level, False)


@pytest.mark.parametrize("cell", ["N/A", "n/a", "NA", "n.a.", "Non applicable", "sans objet", "non concerné"])
def test_not_applicable_is_understood(cell: str) -> None:
    assert level_of(cell, 4) == (None, True)


@pytest.mark.parametrize(
    "cell",
    ["2,5", 2.5, "2.5", "cinq", 7, "7", -1, "-1", "2-3", "2 - 3", "1 ou 2", "2 %", "?", "oui", True, "²", "٣",
     dt.date(2026, 1, 2), "2" * 400, "Niveau", 1e300, float("inf"), float("nan")],
)  # fmt: skip
def test_other_things_are_not_levels(cell: Cell) -> None:
    with pytest.raises(ValueError, match="choisir un niveau de 0 à 4, ou N/A"):
        level_of(cell, 4)


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,7", 1.7), ("12 400", 12_400), ("12\u202f400,5", 12_400.5), ("71 %", 71), ("1.234,5", 1_234.5), ("\u22123", -3),
     (".5", 0.5), ("1e3", 1_000), (3, 3), (2.5, 2.5), ("", None), (None, None)],
)  # fmt: skip
def test_numbers_are_understood(cell: Cell, number: float | None) -> None:
    assert number_of(cell) == number


@pytest.mark.parametrize(
    "cell", ["beaucoup", "1,2,3", "12/5", True, dt.date(2026, 1, 1), "1e999", float("inf"), "٣", "0x1F"]
)
def test_other_things_are_not_numbers(cell: Cell) -> None:
    with pytest.raises(ValueError, match=" ; "):
        number_of(cell)


@pytest.mark.parametrize(
    ("cell", "day"),
    [("31/12/2026", dt.date(2026, 12, 31)), ("1/2/2026", dt.date(2026, 2, 1)), ("2026-12-31", dt.date(2026, 12, 31)),
     ("2026-12-31T10:00", dt.date(2026, 12, 31)), (dt.datetime(2026, 1, 2, 3), dt.date(2026, 1, 2)), ("", None)],  # noqa: DTZ001
)  # fmt: skip
def test_dates_are_understood(cell: Cell, day: dt.date | None) -> None:
    assert date_of(cell) == day


@pytest.mark.parametrize("cell", ["31/02/2026", "hier", "12/2026", 45_000, "31/12/26"])
def test_other_things_are_not_dates(cell: Cell) -> None:
    with pytest.raises(ValueError, match=" ; "):
        date_of(cell)


@pytest.mark.parametrize(
    "cell",
    ["2027-03", "03/2027", "3/2027", "15/03/2027", dt.date(2027, 3, 9), dt.datetime(2027, 3, 9)],  # noqa: DTZ001
)
def test_months_are_understood(cell: Cell) -> None:
    assert month_of(cell) == dt.date(2027, 3, 1)


def test_headings_are_compared_without_accents_nor_punctuation() -> None:
    assert folded("  Justification (si N/A) ") == folded("JUSTIFICATION si n a") == "justificationsina"


cells = st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.dates(), st.datetimes())


@given(cells)
def test_any_cell_gives_a_value_or_one_clause(cell: Cell) -> None:
    for read in (lambda c: level_of(c, 4), number_of, date_of, month_of):
        try:
            read(cell)
        except ValueError as error:
            sentence = str(error)
        else:
            continue
        assert " ; " in sentence
        assert "\n" not in sentence
