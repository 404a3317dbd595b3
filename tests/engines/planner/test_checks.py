# SPDX-License-Identifier: EUPL-1.2
"""A problem that makes no sense is refused in one sentence; a plan that breaks its problem is seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from carene.engines.planner.check import violations
from carene.engines.planner.model import Candidate, LeftOut, Plan, PlannedAction, Problem, Step, Wish, YearBudget
from carene.engines.planner.planning import plan
from carene.engines.sources import InputError
from tests.support.problems import candidate, problem

A = candidate("a", ("C", 0, 3), investment=6000.0, yearly=1200.0, effort={"rssi": 6.0}, months=3)


def refused(problem: Problem) -> str:
    with pytest.raises(InputError) as caught:
        plan(problem)
    return str(caught.value).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("months", [0, 11, 61, -3])
def test_bad_horizon(months: int) -> None:
    sentence = refused(problem(A, months=months))
    assert sentence == f"feuille de route : l'horizon est de {months} mois ; choisissez de 12 à 60 mois."


def test_bad_start() -> None:
    assert "elle commence le 2 janvier 2027 ; choisissez le premier jour d'un mois" in refused(
        problem(A, start=dt.date(2027, 1, 2))
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"investment": -1.0}, "mesure « Mesure a » : l'investissement est négatif (−1) ; mettez zéro ou plus."),
        ({"yearly": None}, "mesure « Mesure a » : le coût annuel manque ou n'est pas un nombre ; renseignez-le."),
        ({"yearly": float("nan")}, "mesure « Mesure a » : le coût annuel manque ou n'est pas un nombre"),
        ({"effort": {"rssi": "deux"}}, "mesure « Mesure a » : la charge « rssi » manque ou n'est pas un nombre"),
        ({"months": 0}, "mesure « Mesure a » : la durée est de 0 mois ; indiquez au moins un mois entier."),
        ({"steps": (Step("C", 2, 2),)}, "elle relève C du niveau 2 au niveau 2 ; le second doit être plus haut"),
        ({"requires": ("x",)}, "mesure « Mesure a » : son prérequis « x » n'est pas au catalogue"),
    ],
)
def test_bad_measure(changes: dict[str, object], expected: str) -> None:
    assert expected in refused(problem(replace(A, **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"budgets": {2027: -5.0}}, "budget 2027 : le montant est négatif (−5)"),
        ({"budgets": {2027: float("inf")}}, "budget 2027 : le montant manque ou n'est pas un nombre"),
        ({"capacity": {"rssi": [1.0] * 7}}, "équipe « rssi » : la capacité est donnée pour 7 trimestres alors que"),
        ({"capacity": {"rssi": [1.0] * 7 + [-2.0]}}, "équipe « rssi », trimestre 8 : le nombre de jours est négatif"),
        ({"weights": {"C": -1.0}}, "critère C : le poids est négatif"),
        ({"day_rate": -1.0}, "le coût d'une journée est négatif"),
        ({"wishes": {"x": Wish()}}, "souhait sur « x » : la mesure n'est pas au catalogue ; retirez ce souhait."),
        ({"wishes": {"a": Wish(mandatory=True, excluded=True)}}, "la mesure est à la fois imposée et écartée"),
        ({"wishes": {"a": Wish(start_month=-1)}}, "une date demandée précède le début de la feuille de route"),
        ({"wishes": {"a": Wish(start_month=1, not_before=2)}}, "changez l'une des deux"),
    ],
)
def test_bad_problem(changes: dict[str, object], expected: str) -> None:
    assert expected in refused(problem(A, **changes))


def test_the_same_measure_twice() -> None:
    assert refused(problem(A, A)) == "mesure « Mesure a » : elle figure deux fois au catalogue ; gardez-en une seule."


def test_a_cycle_is_named() -> None:
    ring = [candidate(k, requires=(r,)) for k, r in (("a", "b"), ("b", "c"), ("c", "a"))]
    assert refused(problem(candidate("0", requires=("a",)), *ring)) == (
        "catalogue : des mesures s'attendent l'une l'autre : « Mesure a » → « Mesure b » → « Mesure c » → "
        "« Mesure a » ; retirez l'un de ces prérequis."
    )
    assert refused(problem(candidate("a", requires=("a",)))) == (
        "catalogue : « Mesure a » s'attend elle-même ; retirez ce prérequis."
    )


def test_a_diamond_is_not_a_cycle() -> None:
    base = candidate("base")
    sides = [candidate(key, requires=("base",)) for key in ("left", "right")]
    top = candidate("top", ("C", 0, 3), requires=("left", "right"))
    assert len(plan(problem(base, *sides, top)).actions) == 4


# The independent checker

GOOD = problem(
    A, candidate("b", ("C", 3, 4), requires=("a",)), candidate("z", ("C", 0, 1), months=4), capacity={"rssi": [6.0] * 8}
)


def tampered(change: Callable[[PlannedAction], PlannedAction], rank: int = 0) -> Plan:
    found = plan(GOOD)
    actions = list(found.actions)
    actions[rank] = change(actions[rank])
    return replace(found, actions=tuple(actions))


def moved(action: PlannedAction, months: int) -> PlannedAction:
    def shifted(day: dt.date) -> dt.date:
        return day + dt.timedelta(days=31 * months)

    return replace(
        action,
        start_month=action.start_month + months,
        end_month=action.end_month + months,
        start=shifted(action.start),
        end=shifted(action.end),
    )


def test_a_right_plan_has_no_violation() -> None:
    found = plan(GOOD)
    assert [action.measure for action in found.actions] == ["a", "b"]
    assert violations(GOOD, found) == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (tampered(lambda a: moved(a, 1)), "commence avant la fin de son prérequis a"),
        (tampered(lambda a: replace(a, end_month=a.end_month - 1)), "la durée n'est pas celle du catalogue"),
        (tampered(lambda a: moved(a, -1)), "hors de l'horizon"),
        (tampered(lambda a: moved(a, 23), 1), "hors de l'horizon"),
        (tampered(lambda a: replace(a, start=a.start.replace(day=2))), "date de début"),
        (tampered(lambda a: replace(a, end=a.end.replace(day=2))), "date de fin"),
        (tampered(lambda a: replace(a, cost=a.cost + 1)), "coût total annoncé"),
        (tampered(lambda a: replace(a, cost_by_year={})), "coût 2027 annoncé"),
        (tampered(lambda a: replace(a, raises=())), "niveaux relevés annoncés faux"),
        (replace(plan(GOOD), value=99.0), "valeur annoncée 99.0"),
        (replace(plan(GOOD), levels=plan(GOOD).levels[:-1]), "niveaux par trimestre"),
        (replace(plan(GOOD), years=(YearBudget(2027, 1.0, 1.0),)), "budget ou dépense annoncés faux"),
        (replace(plan(GOOD), loads=()), "charge annoncée fausse"),
        (replace(plan(GOOD), left_out=()), "z : 0 fois"),
        (replace(plan(GOOD), actions=plan(GOOD).actions * 2), "a : 2 fois"),
        (replace(plan(GOOD), actions=plan(GOOD).actions[1:]), "son prérequis a n'est pas planifié"),
        (replace(plan(GOOD), left_out=(LeftOut("z", "budget", ""),)), "z : laissée de côté sans raison"),
        (tampered(lambda a: replace(a, measure="inconnue")), "inconnue : mesure inconnue du catalogue"),
    ],
)
def test_what_is_wrong_is_seen(found: Plan, expected: str) -> None:
    seen = violations(GOOD, found)
    assert any(expected in sentence for sentence in seen), seen


@pytest.mark.parametrize(
    ("harder", "expected"),
    [
        ({"budgets": {2027: 5000.0, 2028: 5000.0}}, "2027 : "),
        ({"capacity": {"rssi": [5.0] * 8}}, "rssi, trimestre 0"),
        ({"wishes": {"a": Wish(excluded=True)}}, "a : écartée et pourtant planifiée"),
        ({"wishes": {"a": Wish(not_before=1)}}, "a : commence trop tôt"),
        ({"wishes": {"a": Wish(deadline=2)}}, "a : finie après son échéance, et rien ne le dit"),
        ({"wishes": {"a": Wish(start_month=2)}}, "a : ne commence pas au mois imposé, et rien ne le dit"),
        ({"wishes": {"z": Wish(mandatory=True)}}, "z : imposée, absente du plan, et rien ne le dit"),
        ({"done": frozenset({"a"})}, "a : déjà réalisée et pourtant planifiée"),
        ({"levels": {"C": 3}}, "a : niveaux relevés annoncés faux"),
    ],
)
def test_a_plan_is_held_against_the_problem_it_is_given(harder: dict[str, object], expected: str) -> None:
    seen = violations(replace(GOOD, **harder), plan(GOOD))  # type: ignore[arg-type]
    assert any(expected in sentence for sentence in seen), seen


def test_candidates_are_frozen() -> None:
    with pytest.raises(AttributeError):
        A.months = 4  # type: ignore[misc]
    assert isinstance(A, Candidate)
