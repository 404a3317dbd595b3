# SPDX-License-Identifier: EUPL-1.2
"""What is said to a board: no more digits than the uncertainty allows, in French."""

from __future__ import annotations

import re

import pytest

from carene.engines.simulation import wording
from carene.engines.simulation.comparing import compare
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.outcome import Spread
from carene.engines.simulation.simulate import simulate
from tests.engines.simulation.support import CH, CRITERIA, EHPAD, everywhere


def spread(mean: float, low: float, high: float) -> Spread:
    return Spread(mean, low, high, 0.0)


def bare(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (spread(0.0194, 0.0056, 0.0478), "2 % (entre 0,6 et 5 %)"),
        (spread(0.1628, 0.15, 0.175), "16 %"),  # both ends read « 20 % »: the interval would say nothing
        (spread(0.0001, 0.00001, 0.0004), "moins de 0,05 %"),
        (spread(0, 0, 0), "moins de 0,05 %"),
    ],
)
def test_a_probability_shows_what_is_known_of_it(value: Spread, said: str) -> None:
    assert bare(wording.percent(value)) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.01, "moins d'une heure"), (0.26, "6 heures"), (0.05, "1 heure"), (1.2, "1 jour"), (1.8, "2 jours"),
     (8.4, "8 jours"), (27.5, "4 semaines"), (90, "3 mois"), (150, "5 mois")],
)  # fmt: skip
def test_a_duration_is_said_in_the_unit_that_people_use(value: float, said: str) -> None:
    assert bare(wording.days(value)) == said


def test_the_page_says_the_risk_the_aims_and_the_doubt() -> None:
    found = [bare(line) for line in wording.sentences(simulate(shipped(), {}, CH))]
    text = " ".join(found)
    assert all(line.endswith(".") for line in found)
    assert "Rançongiciel : la probabilité d'une attaque réussie dans l'année est de l'ordre de 2 % (entre" in text
    assert "Empêcher : sur 1 000 tentatives sérieuses, " in text
    assert "Redémarrer : après une attaque réussie (rançongiciel), on revient en " in text
    assert f"{len(CRITERIA)} critères sur {len(CRITERIA)} n'ont pas été évalués : 100 % de ce qui" in text
    assert "ordres de grandeur" in text
    for figure in re.findall(r"\d[\d,]* (?=%|k€|M€|jour|heure|semaine|mois)", text):
        digits = figure.strip().replace(",", "").strip("0")
        assert len(digits) <= 2, figure


def test_nothing_is_said_of_the_unevaluated_when_all_was() -> None:
    text = " ".join(wording.sentences(simulate(shipped(), everywhere(1), EHPAD)))
    assert "évalué" not in text


def test_a_roadmap_is_told_by_what_it_changes() -> None:
    before, after = (simulate(shipped(), everywhere(level), CH) for level in (1, 2))
    found = [bare(line) for line in wording.change(compare(before, after), before)]
    assert re.search(
        r"^Rançongiciel : probabilité divisée par \d, durée d'une attaque réussie divisée par \d\.$", found[0]
    )
    assert re.search(r"évités par an \(entre .+ et .+\)\.$", found[-1])
    same = [bare(line) for line in wording.change(compare(before, before), before)]
    assert same[:3] == [f"{a.title} : rien ne change." for a in before.attacks.values()]


def test_digits_follow_the_interval() -> None:
    assert wording.rounded(1234, 1000, 1500) == 1200
    assert wording.rounded(1234, 300, 3000) == 1000
    assert wording.rounded(1234, 0, 3000) == 1000
    assert wording.significant(0, 2) == 0
