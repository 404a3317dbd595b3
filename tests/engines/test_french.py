# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines import french
from carene.engines.months import add_months, first_of_next_month, months_between


def plain(text: str) -> str:
    """The same text with ordinary spaces, to read the expectations easily."""
    return text.replace(french.NARROW, " ").replace(french.SPACE, " ")


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0, None, "0"),
        (12400, None, "12 400"),
        (1234567.891, None, "1 234 567,89"),
        (0.5, None, "0,5"),
        (2.30, None, "2,3"),
        (-3, None, "−3"),
        (-0.001, None, "0"),
        (2.5, 0, "3"),
        (0.125, 2, "0,13"),
        (1.005, 2, "1,01"),
        (2, 1, "2,0"),
        (1e-9, None, "0"),
        (float("nan"), None, "non renseigné"),
        (float("inf"), 1, "non renseigné"),
    ],
)
def test_number(value: float, decimals: int | None, expected: str) -> None:
    assert plain(french.number(value, decimals)) == expected


def test_spaces_inside_a_figure_do_not_break() -> None:
    assert french.euros(12400) == "12\u202f400\u00a0€"
    assert " " not in french.compact_euros(1_234_567) + french.percent(12.5) + french.person_days(1200)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 €"),
        (850, "850 €"),
        (999.4, "999 €"),
        (1000, "1 k€"),
        (9400, "9,4 k€"),
        (14000, "14 k€"),
        (12400, "12,4 k€"),
        (99949, "99,9 k€"),
        (99960, "100 k€"),
        (477300, "477 k€"),
        (999_400, "999 k€"),
        (999_960, "1 M€"),
        (1_400_000, "1,4 M€"),
        (-9400, "−9,4 k€"),
        (float("nan"), "non renseigné"),
    ],
)
def test_compact_euros(value: float, expected: str) -> None:
    assert plain(french.compact_euros(value)) == expected


def test_percent_share_score_signed() -> None:
    assert plain(french.percent(71)) == "71 %"
    assert plain(french.percent(1.74)) == "1,7 %"
    assert plain(french.percent(1.74, 2)) == "1,74 %"
    assert plain(french.share(0.825)) == "83 %"
    assert french.score(2.34) == "2,3"
    assert french.score(2) == "2,0"
    assert french.score(None) == "—"
    assert [french.signed(v) for v in (0.4, -0.2, 0, -0.01, 1)] == ["+0,4", "−0,2", "0", "0", "+1"]


def test_person_days() -> None:
    assert [plain(french.person_days(v)) for v in (0, 1, 1.5, 2, 12.46, 1200)] == [
        "0 jour",
        "1 jour",
        "1,5 jour",
        "2 jours",
        "12,5 jours",
        "1 200 jours",
    ]


def test_plural() -> None:
    assert [french.plural(n, "mesure") for n in (0, 1, 1.9, 2, -3)] == [
        "mesure",
        "mesure",
        "mesure",
        "mesures",
        "mesures",
    ]
    assert [french.plural(2, w) for w in ("mois", "niveau", "hôpital", "prix")] == [
        "mois",
        "niveaux",
        "hôpitaux",
        "prix",
    ]
    assert french.plural(3, "jour de travail", "jours de travail") == "jours de travail"
    assert french.plural(1, "jour de travail") == "jour de travail"
    with pytest.raises(ValueError, match="plural"):
        french.plural(2, "jour de travail")
    assert plain(french.counted(1200, "poste")) == "1 200 postes"


def test_words() -> None:
    assert [french.in_words(n) for n in (0, 1, 6, 12, 13)] == ["zéro", "un", "six", "douze", "13"]
    assert french.in_words(1, feminine=True) == "une"
    assert [french.ordinal(1), french.ordinal(1, feminine=True), french.ordinal(2)] == ["1er", "1re", "2e"]
    assert french.listing([]) == ""
    assert french.listing(["a"]) == "a"
    assert french.listing(["a", "b", "c"]) == "a, b et c"
    assert french.listing(["a", "b"], last="ou") == "a ou b"
    assert plain(french.quoted("Une cellule existe. ")) == "« Une cellule existe »"
    assert [french.of(m) for m in ("mars", "avril", "août", "octobre")] == ["de mars", "d'avril", "d'août", "d'octobre"]
    assert french.capitalised("élan du CHU") == "Élan du CHU"
    assert french.capitalised("") == ""


def test_typeset() -> None:
    text = "Où en sommes-nous ? « Palier 2 » : 71 % ; 12 400 € !"
    done = french.typeset(text)
    assert done == "Où en sommes-nous\u202f? «\u00a0Palier 2\u00a0»\u00a0: 71\u00a0%\u202f; 12 400\u00a0€\u202f!"
    assert french.typeset(done) == done
    assert french.typeset("voir http://exemple.fr et 3 jours") == "voir http://exemple.fr et 3 jours"


def test_dates() -> None:
    day = dt.date(2026, 11, 9)
    assert plain(french.long_date(day)) == "9 novembre 2026"
    assert plain(french.long_date(dt.date(2027, 3, 1))) == "1er mars 2027"
    assert plain(french.short_date(dt.date(2027, 8, 1))) == "1er août 2027"
    assert plain(french.day_and_month(day)) == "9 novembre"
    assert plain(french.full_date(day)) == "lundi 9 novembre 2026"
    assert french.numeric_date(dt.date(2027, 3, 1)) == "01/03/2027"
    assert french.month_and_year(day) == "novembre 2026"
    assert plain(french.quarter(day)) == "T4 2026"
    assert french.long_quarter(dt.date(2028, 4, 1)) == "2e trimestre 2028"
    assert french.long_quarter(dt.date(2028, 1, 1)) == "1er trimestre 2028"
    assert plain(french.clock_time(dt.time(14, 5))) == "14 h 05"


def test_month_range() -> None:
    assert french.month_range(dt.date(2027, 3, 1), dt.date(2027, 3, 31)) == "en mars 2027"
    assert french.month_range(dt.date(2027, 4, 1), dt.date(2027, 6, 30)) == "d'avril à juin 2027"
    assert french.month_range(dt.date(2027, 11, 1), dt.date(2028, 1, 1)) == "de novembre 2027 à janvier 2028"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "moins d'un mois"),
        (1, "1 mois"),
        (4, "4 mois"),
        (12, "1 an"),
        (18, "18 mois"),
        (24, "2 ans"),
        (27, "2 ans et 3 mois"),
        (30, "2 ans et demi"),
    ],
)
def test_months(count: int, expected: str) -> None:
    assert plain(french.months(count)) == expected


def test_due_and_ago() -> None:
    today = dt.date(2026, 11, 23)
    seen = [plain(french.due(today + dt.timedelta(n), today)) for n in (-12, 0, 9)]
    assert seen == ["depuis 12 j", "aujourd'hui", "dans 9 j"]
    assert french.since_days(0) == "depuis aujourd'hui"
    far = [plain(french.due(today + dt.timedelta(n), today)) for n in (-90, -91, -296, -400, 90, 200)]
    assert far == ["depuis 90 j", "depuis 3 mois", "depuis 10 mois", "depuis 13 mois", "dans 90 j", "dans 7 mois"]
    days = (
        dt.date(2026, 11, 23),
        dt.date(2026, 11, 22),
        dt.date(2026, 11, 11),
        dt.date(2026, 9, 30),
        dt.date(2026, 7, 1),
        dt.date(2025, 5, 23),
        dt.date(2024, 1, 2),
        dt.date(2026, 11, 24),
        dt.date(2026, 12, 2),
    )
    assert [plain(french.ago(d, today)) for d in days] == [
        "aujourd'hui",
        "hier",
        "il y a 12 jours",
        "il y a 54 jours",
        "il y a 4 mois",
        "il y a 18 mois",
        "il y a 2 ans",
        "demain",
        "dans 9 jours",
    ]


def test_add_months_keeps_the_day_or_takes_the_last() -> None:
    assert add_months(dt.date(2027, 1, 31), 1) == dt.date(2027, 2, 28)
    assert add_months(dt.date(2028, 1, 31), 1) == dt.date(2028, 2, 29)
    assert add_months(dt.date(2027, 3, 15), -15) == dt.date(2025, 12, 15)
    assert first_of_next_month(dt.date(2026, 12, 31)) == dt.date(2027, 1, 1)
    with pytest.raises(OverflowError):
        add_months(dt.date(9999, 12, 1), 1)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2080, 1, 1)), st.integers(0, 600))
def test_months_between_undoes_add_months(day: dt.date, count: int) -> None:
    assert months_between(day, add_months(day, count)) == count
    assert months_between(add_months(day, 1), day) == 0


@given(st.floats(-1e12, 1e12, allow_nan=False), st.integers(0, 4))
def test_a_number_reads_back_within_its_rounding(value: float, decimals: int) -> None:
    text = french.number(value, decimals).replace(french.NARROW, "").replace(french.MINUS, "-").replace(",", ".")
    assert abs(float(text) - value) <= 0.5000001 * 10**-decimals + abs(value) * 1e-12


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_compact_stays_short(value: float) -> None:
    text = french.compact_euros(value)
    assert text.endswith("€")
    if abs(value) < 9e8:
        assert sum(c.isdigit() for c in text) <= 4


def test_sort_key_sets_accents_and_capitals_aside() -> None:
    assert sorted(["Zénith", "emma", "Élan", "Eden"], key=french.sort_key) == ["Eden", "Élan", "emma", "Zénith"]
