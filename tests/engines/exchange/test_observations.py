# SPDX-License-Identifier: EUPL-1.2
"""Observations in CSV and XLSX, as people export them."""

from __future__ import annotations

import datetime as dt

import pytest

from carene.apps.exchange.xlsx_write import write_observations_model
from carene.engines.exchange.observations import read_observations_file
from carene.engines.sources import InputError
from tests.engines.exchange.strategies import REFERENTIAL, TODAY
from tests.engines.exchange.xlsx import workbook

KEY = "budget_numerique_pct"
DAY = dt.date(2026, 3, 9)


def read(data: bytes | str) -> tuple[list[tuple[str, float, dt.date, str]], str]:
    content = data.encode() if isinstance(data, str) else data
    items, problems = read_observations_file(content, "m.csv", REFERENTIAL, TODAY)
    found = [(one.indicator, one.value, one.observed_on, one.source) for one in items]
    return found, "\n".join(problem.sentence for problem in problems)


@pytest.mark.parametrize(
    "data",
    [
        f"indicateur;valeur;date;source\n{KEY};1,7;09/03/2026;Comptes financiers é\n",
        f"indicateur;valeur;date;source\r\n{KEY};1,7;2026-03-09;Comptes financiers é\r\n",
        f"indicator,value,date,source\n{KEY},1.7,2026-03-09,Comptes financiers é\n",
        f'indicateur,valeur,date,source\n{KEY},"1,7",09/03/2026,Comptes financiers é\n',
        f"Indicateur\tValeur\tDate de la mesure\tOrigine\n{KEY}\t1,7 %\t9/3/2026\tComptes financiers é\n",
        f"\ufeffsource;date;valeur;code\nComptes financiers é;09/03/2026;1,7;{KEY}\n",
        f"indicateur;valeur;date;source\n{KEY};1,7;09/03/2026;Comptes financiers é\n".encode("cp1252"),
        workbook([["Indicateur", "Valeur", "Date", "Source"], [KEY, 1.7, "09/03/2026", "Comptes financiers é"]]),
    ],
)
def test_the_usual_forms_are_read(data: bytes | str) -> None:
    found, said = read(data)
    assert said == ""
    assert found == [(KEY, 1.7, DAY, "Comptes financiers é")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("inconnu;1;09/03/2026;x", "m.csv, ligne 2, colonne 2 : l'indicateur « inconnu » n'existe pas"),
        (f"{KEY};beaucoup;09/03/2026;x", "« beaucoup » n'est pas un nombre"),
        (f"{KEY};170;09/03/2026;x", "hors des valeurs possibles"),
        (
            f"{KEY};1,7;31/02/2026;x",
            "m.csv, ligne 2, colonne 3 : budget_numerique_pct, la date « 31/02/2026 » n'existe pas",
        ),
        (f"{KEY};1,7;09/03/2027;x", "qui n'est pas encore passé"),
        (f"{KEY};;09/03/2026;x", "la valeur manque"),
        (f"{KEY};1,7;;x", "la date manque"),
        (f"{KEY};1,7;09/03/2026;{'x' * 201}", "dépasse 200 caractères"),
    ],
)
def test_wrong_lines_are_named(line: str, expected: str) -> None:
    found, said = read(f"indicateur;valeur;date;source\n{line}\n")
    assert found == []
    assert expected in said


def test_the_same_day_twice_is_said() -> None:
    found, said = read(f"indicateur;valeur;date\n{KEY};1,7;09/03/2026\n{KEY};1,8;09/03/2026\n")
    assert len(found) == 1
    assert "ligne 3" in said
    assert "est déjà donné" in said


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("", "vide"),
        ("a;b\n1;2", "« Indicateur », « Valeur » et « Date »"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"a\0b", "CSV"),
        ("indicateur;valeur;date\n" + "x;1;1\n" * 20_001, "20\u202f000 lignes"),
        ("indicateur;valeur;date\n" + ";" * 300, "200 colonnes"),
        (b"x" * 5_000_001, "Mo"),
        ('indicateur;valeur;date\n"' + "x" * 200_000, "mal formé"),
    ],
)
def test_other_files_are_refused(data: bytes | str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        read(data)


def test_the_model_is_read_back_and_its_empty_lines_say_nothing() -> None:
    data = write_observations_model(REFERENTIAL, REFERENTIAL.indicators, "CH", TODAY)
    assert read(data) == ([], "")


def test_formulas_are_refused() -> None:
    found, said = read(workbook([["Indicateur", "Valeur", "Date"], [KEY, "=1+1", "09/03/2026"]]))
    assert found == []
    assert "formule" in said
