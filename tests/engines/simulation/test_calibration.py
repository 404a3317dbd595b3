# SPDX-License-Identifier: EUPL-1.2
"""The results against what is published; the figures and their sources are in the pack's NOTES.md."""

from __future__ import annotations

import pytest

from carene.engines.referential.model import Profile
from carene.engines.simulation.expectation import risk
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Establishment
from carene.engines.simulation.simulate import simulate
from tests.engines.simulation.support import CH, CHU, EHPAD, everywhere

# Establishments of the country (DREES, end of 2023: 1 329 public hospitals, 656 private non-profit, 977 private;
# about 7 282 EHPAD). How the public ones spread over sizes is our estimate.
SANITARY = [
    ("chu", "xl", 30), ("ch", "l", 120), ("ch", "m", 300), ("ch", "s", 503), ("ch_proximite", "xs", 284),
    ("epsm", "m", 92), ("clinique", "s", 977), ("espic", "s", 656),
]  # fmt: skip
NURSING_HOMES = 7_282


def nationwide(attack: str, groups: list[tuple[str, str, int]]) -> float:
    return sum(
        count * risk(shipped(), {}, Establishment(Profile(kind, size))).attacks[attack].successes
        for kind, size, count in groups
    )


def test_ransomware_of_a_year_in_the_country() -> None:
    """2024: 40 declared, 22 to 24 of which reached a server; two thirds in health establishments, not all declared."""
    hospitals = nationwide("rancongiciel", SANITARY)
    homes = nationwide("rancongiciel", [("ehpad", "xs", NURSING_HOMES)])
    assert 15 < hospitals < 40
    assert 4 < homes < 20
    assert 22 < hospitals + homes < 60


def test_compromises_of_a_year_in_the_country() -> None:
    """2024: 122 declared; some are data thefts, and many thefts are never seen."""
    found = nationwide("espionnage", [*SANITARY, ("ehpad", "xs", NURSING_HOMES)])
    assert 80 < found < 300


@pytest.mark.parametrize(
    ("establishment", "low", "high"), [(CHU, 0.02, 0.1), (CH, 0.01, 0.035), (EHPAD, 0.0005, 0.005)]
)
def test_the_usual_establishment_is_hit_about_as_often_as_published(
    establishment: Establishment, low: float, high: float
) -> None:
    for levels in ({}, everywhere(1)):
        assert low < risk(shipped(), levels, establishment).attacks["rancongiciel"].probability < high


def test_durations_hold_the_published_cases() -> None:
    """Cannes restarted after 8 days; Corbeil-Essonnes took two months for most, Dax more than four for all."""
    for establishment in (CH, CHU):
        found = simulate(shipped(), {}, establishment).attacks["rancongiciel"].days_if
        assert 10 < found.quantiles[0.5] < 60
        assert found.quantiles[0.05] < 12
        assert found.quantiles[0.95] > 60
        assert found.quantiles[0.99] > 120


def test_costs_hold_the_published_cases() -> None:
    """Cour des comptes: up to 10 M€ of crisis and 20 M€ of lost revenue for the largest; Dax: 2.4 M€ of repairs."""
    large = Establishment(Profile("ch", "l", "support"), 400_000_000)
    found = simulate(shipped(), {}, large).attacks["rancongiciel"].euros_if
    assert found.quantiles[0.25] > 1e6
    assert 15e6 < found.quantiles[0.95] < 45e6
    ehpad = simulate(shipped(), {}, EHPAD).attacks["rancongiciel"].euros_if
    assert 10e3 < ehpad.quantiles[0.5] < 100e3


def test_means_follow_maturity() -> None:
    """The usual hospital stands near level 1; at level 3 everywhere a success costs days, not months."""
    days = [risk(shipped(), everywhere(level), CH).attacks["rancongiciel"].days_if for level in range(5)]
    assert 50 < days[0] < 110
    assert 25 < days[1] < 65
    assert 10 < days[2] < 30
    assert 4 < days[3] < 15
    assert 3 < days[4] < 10
