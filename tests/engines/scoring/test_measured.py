# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.referential.model import Profile
from carene.engines.scoring.judge import judge
from carene.engines.scoring.measured import explain_disagreement, format_value, is_valid, level_from_value
from carene.engines.scoring.model import Answer, Observation
from carene.engines.sources import InputError
from tests.support.referentials import AGE, VPN, criterion, small_referential, thresholds

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("value", "level"), [(0, 0), (49.9, 0), (50, 1), (79, 1), (80, 2), (100, 4), (140, 4), (-1, 0)]
)
def test_higher_is_better(value: float, level: int) -> None:
    assert level_from_value(thresholds("x", {1: 50, 2: 80, 3: 95, 4: 100}), "higher", value) == level


@pytest.mark.parametrize(("value", "level"), [(1000, 0), (730, 1), (366, 1), (365, 2), (90, 4), (0, 4)])
def test_lower_is_better(value: float, level: int) -> None:
    assert level_from_value(thresholds("x", {1: 730, 2: 365, 3: 180, 4: 90}), "lower", value) == level


def test_missing_bounds_are_skipped() -> None:
    bounds = thresholds("x", {2: 10, 4: 20})
    assert [level_from_value(bounds, "higher", v) for v in (5, 10, 19, 20)] == [0, 2, 2, 4]
    assert level_from_value(thresholds("x", {}), "higher", 5) == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_not_a_number_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="indicateur x : la valeur observée n'est pas un nombre"):
        level_from_value(thresholds("x", {1: 1}), "higher", value)


@given(st.lists(st.floats(0, 100), min_size=4, max_size=4, unique=True), st.floats(0, 100), st.floats(0, 100))
def test_a_better_value_never_means_a_lower_level(bounds: list[float], one: float, two: float) -> None:
    rising = thresholds("x", dict(enumerate(sorted(bounds), start=1)))
    falling = thresholds("x", dict(enumerate(sorted(bounds, reverse=True), start=1)))
    low, high = sorted((one, two))
    assert level_from_value(rising, "higher", low) <= level_from_value(rising, "higher", high)
    assert level_from_value(falling, "lower", high) <= level_from_value(falling, "lower", low)


def test_validity_ends_with_its_last_day() -> None:
    seen = Observation("vpn_double_facteur", 71, dt.date(2026, 5, 23))
    assert is_valid(seen, VPN, TODAY)
    assert not is_valid(seen, VPN, TODAY + dt.timedelta(1))
    assert not is_valid(replace(seen, observed_on=TODAY + dt.timedelta(1)), VPN, TODAY)


def test_values_read_as_people_write_them() -> None:
    assert format_value(VPN, 71).replace("\u00a0", " ") == "71 %"
    assert format_value(AGE, 1).replace("\u00a0", " ") == "1 jour"
    assert format_value(replace(VPN, kind="boolean"), 0) == "non"
    counted = [
        format_value(replace(VPN, kind="number", unit=unit), value).replace("\u00a0", " ")
        for unit, value in (
            ("ETP", 2.5),
            ("niveau ANSSI", 3),
            ("niveau ANSSI", 1),
            ("minutes", 120),
            ("", 4),
            ("fonctions", 1),
            ("fonctions", 3),
            ("mois", 1),
        )
    ]
    assert counted == [
        "2,5 ETP",
        "3 niveaux ANSSI",
        "1 niveau ANSSI",
        "120 minutes",
        "4",
        "1 fonction",
        "3 fonctions",
        "1 mois",
    ]


def disagreement(key: str, level: int, value: float, **changes: object) -> str:
    referential = small_referential()
    target = replace(referential.criterion[key], **changes)  # type: ignore[arg-type]
    referential = small_referential([target])
    assert target.thresholds is not None
    indicator = referential.indicator[target.thresholds.indicator]
    result = judge(
        referential,
        Profile("ch", "m", "support"),
        {key: Answer(key, level, answered_on=TODAY)},
        {indicator.id: Observation(indicator.id, value, dt.date(2026, 11, 9))},
        TODAY,
    )
    return explain_disagreement(target, indicator, result.criteria[0]).replace("\u00a0", " ")


def test_measured_below_what_was_declared() -> None:
    assert disagreement("OPS.1.1", 2, 71) == (
        "Déclaré 2, mesuré 1 : le 9 novembre 2026, « Comptes de prestataires avec double facteur » valait 71 %, "
        "or le niveau 2 en demande 80 %."
    )
    assert disagreement("GOV.2.1", 3, 200) == (
        "Déclaré 3, mesuré 2 : le 9 novembre 2026, « Âge du dernier test de restauration » valait 200 jours, "
        "or le niveau 3 n'admet pas plus de 180 jours."
    )


def test_measured_above_what_was_declared() -> None:
    assert disagreement("OPS.1.1", 1, 96.5).endswith(
        "valait 96,5 %, ce qui suffit au niveau 3 (à partir de 95 %) : la réponse est peut-être à relever."
    )
    assert "jusqu'à 90 jours" in disagreement("GOV.2.1", 1, 30)


def test_levels_without_a_bound_of_their_own() -> None:
    gap = thresholds("vpn_double_facteur", {1: 50, 4: 100})
    assert disagreement("OPS.1.1", 2, 71, thresholds=gap).endswith(
        "or il faut 100 % au moins pour que la valeur mesurée dépasse le niveau 1."
    )
    # At the highest level that it can show, a measure does not deny a higher answer.
    assert disagreement("OPS.1.1", 4, 71, thresholds=thresholds("vpn_double_facteur", {1: 50})) == ""


def test_silent_when_they_agree() -> None:
    assert disagreement("OPS.1.1", 1, 71) == ""
    assert disagreement("GOV.1.1", 1, 71, thresholds=thresholds("vpn_double_facteur", {1: 50})) == ""


def test_criterion_helper_reads_its_objective() -> None:
    assert criterion("GOV.1.2").objective == "GOV.1"
