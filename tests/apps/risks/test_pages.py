# SPDX-License-Identifier: EUPL-1.2
"""Pages of the risks: their figures are those of the engine, what they cost, who sees them."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import caches
from django.urls import reverse
from python_calamine import CalamineWorkbook

from carene.apps.reports import actions as report_actions
from carene.apps.reports import queries as reports
from carene.apps.reports.rendering import risk as rendering
from carene.apps.risks import figures, moments, queries, rows, trials
from carene.apps.roadmaps import queries as roadmaps
from carene.engines.planner.model import Plan
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Profile
from carene.engines.simulation import wording
from carene.engines.simulation.comparing import compare
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Establishment
from carene.engines.simulation.ranges import Range
from carene.engines.simulation.serialise import to_simulation
from carene.engines.simulation.shares import Amount
from carene.engines.simulation.simulate import simulate
from carene.ui.charts.svg import LIGHT
from tests.apps.roadmaps.conftest import Desk
from tests.support.factories import World, give, make_assessment, make_user

NAMES = ("overview", "trial", "compare", "board", "parameters")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    caches["computed"].clear()


def text_of(response: Any) -> str:
    """The words of a page, without tags, spaces made alike."""
    text = re.sub(r"<(svg|script)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def address(name: str, *arguments: Any) -> str:
    return reverse(f"risks:{name}", args=arguments)


def levels_of(world: World) -> dict[str, int | None]:
    found = queries.situation(world.hospital)
    assert found is not None
    return dict(found.levels)


@pytest.fixture
def half(world: World) -> World:
    """Level 2 for half of the questions, no answer to the others."""
    criteria = care().criteria
    make_assessment(world.hospital, {one.id: 2 for one in criteria[::2]}, state="validated")
    return world


def test_without_an_assessment_it_says_what_will_come(world: World, client_for: Any) -> None:
    for name in ("overview", "trial", "board"):
        page = text_of(client_for(world.alice).get(address(name, world.hospital.pk)))
        assert "Aucune auto-évaluation n'est commencée" in page
    assert "Commencer l'auto-évaluation" in page
    assert "Commencer l'auto-évaluation" not in text_of(
        client_for(world.bob).get(address("overview", world.hospital.pk))
    )


def test_the_figures_are_those_of_the_engine(half: World, client_for: Any) -> None:
    page = text_of(client_for(half.alice).get(address("overview", half.hospital.pk)))
    expected = simulate(shipped(), levels_of(half), Establishment(Profile("ch", "m", "support")))
    for one in expected.attacks.values():
        assert plain(wording.percent(one.probability)) in page
        assert plain(wording.days(one.days_if.quantiles[0.5])) in page
        assert plain(wording.euros(one.euros_if.quantiles[0.95])) in page
    first = next(iter(expected.attacks.values()))
    chance = plain(wording.percent(first.probability)).partition(" (")[0]
    assert f"Un rançongiciel réussi : environ {chance} de chances par an" in page
    assert f"{len(expected.unevaluated)} critères sur {expected.acting} n'ont pas été évalués" in page
    assert "Répondre à ces questions" in page


def test_criteria_come_by_what_they_avoid_in_days_or_in_euros(half: World, client_for: Any) -> None:
    found = queries.situation(half.hospital)
    assert found is not None
    client = client_for(half.alice)
    for unit, worth in (("jours", lambda one: one.to_target.days), ("euros", lambda one: one.to_target.euros)):
        best = max(found.contributions.criteria, key=worth)
        response = client.get(address("overview", half.hospital.pk), {"par": unit})
        listing = response.content.decode().partition('id="relever"')[2]
        first = re.search(r'/questions/([^/"]+)/"', listing)
        assert first is not None
        assert first[1] == best.criterion
        assert re.search(r"/feuille-de-route/catalogue/[a-z0-9-]+/", listing)


def test_what_no_interval_allows_is_not_shown(half: World, client_for: Any) -> None:
    """No figure of a yearly probability with more than two digits."""
    page = text_of(client_for(half.alice).get(address("overview", half.hospital.pk)))
    assert not re.search(r"\d{3,},\d|\d,\d{2,} %", page)


def test_a_page_is_simulated_once(half: World, client_for: Any, monkeypatch: Any) -> None:
    calls: list[int] = []

    def counting(*given: Any, **more: Any) -> Any:
        calls.append(1)
        return simulate(*given, **more)

    monkeypatch.setattr(queries, "simulate", counting)
    client = client_for(half.alice)
    for name in ("overview", "board", "overview"):
        assert client.get(address(name, half.hospital.pk)).status_code == 200
    assert len(calls) == 1
    row = half.hospital
    row.operating_budget = 90_000_000
    row.save()
    client.get(address("overview", half.hospital.pk))
    assert len(calls) == 2


def test_the_key_of_the_cache_says_nothing(half: World) -> None:
    found = queries.situation(half.hospital)
    assert found is not None
    key = queries._key(found.model, found.case, found.levels)
    assert re.fullmatch(r"[0-9a-f]{64}", key)
    other = {**found.levels, next(iter(found.levels)): 4}
    assert queries._key(found.model, found.case, other) != key


@pytest.mark.parametrize(("name", "most"), [("overview", 12), ("trial", 12), ("board", 13), ("parameters", 8)])
def test_sql_is_counted(half: World, client_for: Any, django_assert_max_num_queries: Any, name: str, most: int) -> None:
    client = client_for(half.alice)
    with django_assert_max_num_queries(most):
        assert client.get(address(name, half.hospital.pk)).status_code == 200


# Who sees them -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_strangers_do_not_know_and_the_summary_is_not_enough(half: World, client_for: Any, name: str) -> None:
    there = address(name, half.hospital.pk)
    officer = make_user("Olga Officier")
    give(officer, half.region, "officier")
    assert client_for(half.charlie).get(there).status_code == 404
    assert client_for(officer).get(there).status_code == 403
    assert client_for(half.bob).get(there).status_code == 200


# What if -------------------------------------------------------------------------------------------------------------


def test_a_trial_shows_before_and_after_and_how_sure_it_is(half: World, client_for: Any) -> None:
    levels = levels_of(half)
    key = next(one for one, level in levels.items() if level == 2)
    response = client_for(half.alice).get(
        address("trial", half.hospital.pk), {key: "4"}, headers={"HX-Request": "true"}
    )
    page = text_of(response)
    establishment = Establishment(Profile("ch", "m", "support"))
    before, after = (simulate(shipped(), one, establishment) for one in (levels, {**levels, key: 4}))
    for one in (before.total, after.total):
        assert plain(trials._money(one.euros)) in page
        assert plain(trials._chance(one.probability)) in page
    total = compare(before, after)["total"]
    assert total.euros.low < total.euros.mean < total.euros.high
    assert f"éviterait en moyenne {plain(figures.yearly(total.days, 'jour'))} de soins dégradés" in page
    assert plain(figures.yearly(total.euros)) in page
    assert "<html" not in response.content.decode()


def test_an_unevaluated_criterion_says_so(half: World, client_for: Any) -> None:
    key = next(one for one, level in levels_of(half).items() if level is None)
    response = client_for(half.alice).get(address("trial", half.hospital.pk), {"critere": key})
    page = text_of(response)
    assert "Aujourd'hui : non évalué" in page
    assert "Répondre à la question" in page
    assert 'min="-1"' in response.content.decode()
    assert "Déplacez un curseur" in page


def test_an_absurd_trial_changes_nothing(half: World, client_for: Any) -> None:
    """Unknown criteria and levels that do not exist are left aside or brought back on the scale."""
    known = next(one for one, level in levels_of(half).items() if level == 2)
    asked = {"critere": ["licorne", ""], known: "9", "X.1.1": "3", "OPS": "--"}
    response = client_for(half.alice).get(address("trial", half.hospital.pk), asked)
    assert response.status_code == 200
    assert 'value="4"' in response.content.decode()
    every = {"critere": list(levels_of(half))}
    assert "Huit critères au plus" in text_of(client_for(half.alice).get(address("trial", half.hospital.pk), every))


# Plans ---------------------------------------------------------------------------------------------------------------


def plan_of(desk: Desk) -> tuple[int, Plan]:
    scenario = desk.scenario()
    known = roadmaps.plan_of(desk.fresh(scenario))
    assert known is not None
    return scenario.pk, known


def test_a_plan_never_lowers_a_level_and_avoids_something(desk: Desk) -> None:
    _, known = plan_of(desk)
    found = queries.situation(desk.organisation)
    assert found is not None
    along = queries.along(found, known)
    assert [moment.on is None for moment in along][:2] == [True, False]
    assert along[-1].saved["total"].euros.mean > 0
    assert along[-1].raised > 0
    higher = moments.after({**found.levels, "OPS.5.1": 4}, known, len(known.levels) - 1)
    assert higher["OPS.5.1"] == 4


def test_the_page_of_a_plan_says_what_it_avoids(
    desk: Desk, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    pk, known = plan_of(desk)
    client = client_for(desk.world.alice)
    with django_assert_max_num_queries(13):
        page = text_of(client.get(address("plan", desk.organisation.pk, pk)))
    found = queries.situation(desk.organisation)
    assert found is not None
    for sentence in wording.change(queries.along(found, known)[-1].saved, found.outcome):
        assert plain(sentence) in page
    assert "À son terme, ce plan évite en moyenne" in page
    assert client.get(address("plan", desk.organisation.pk, 999_999)).status_code == 404
    assert (
        address("plan", desk.organisation.pk, pk)
        in client.get(reverse("roadmaps:scenario", args=[desk.organisation.pk, pk])).content.decode()
    )


def test_scenarios_are_compared_inside_the_comparison_of_roadmaps(desk: Desk, client_for: Any) -> None:
    one, other = desk.scenario("Budget voté"), desk.scenario("Sans argent", budgets={2027: 0.0})
    client = client_for(desk.world.alice)
    query = f"?s={one.pk}&s={other.pk}"
    page = client.get(reverse("roadmaps:compare", args=[desk.organisation.pk]) + query).content.decode()
    there = address("compare", desk.organisation.pk) + query
    assert f'hx-get="{there.replace("&", "&amp;")}"' in page
    response = client.get(there, headers={"HX-Request": "true"})
    assert "Euros évités par an" in text_of(response)
    assert text_of(response).index("Budget voté") < text_of(response).index("Sans argent")
    assert "Rien à comparer" in text_of(client.get(address("compare", desk.organisation.pk)))


def test_the_board_reads_the_adopted_plan(desk: Desk, client_for: Any) -> None:
    client = client_for(desk.world.alice)
    before = text_of(client.get(address("board", desk.organisation.pk)))
    assert "Aucune feuille de route n'est adoptée" in before
    desk.adopted()
    page = text_of(client.get(address("board", desk.organisation.pk)))
    assert "Ce que la feuille de route adoptée y change" in page
    assert "ordres de grandeur" in page


# Parameters ----------------------------------------------------------------------------------------------------------


def test_every_figure_of_the_model_is_shown_and_found(half: World, client_for: Any) -> None:
    client = client_for(half.alice)
    page = text_of(client.get(address("parameters", half.hospital.pk)))
    model = shipped()
    for place in model.places:
        for barrier in place.barriers:
            assert plain(barrier.label) in page
            assert plain(barrier.origin.reason) in page
    for attack in model.attacks:
        assert all(plain(figure.rate.origin.reason) in page for figure in attack.channels)
    found = text_of(client.get(address("parameters", half.hospital.pk), {"q": "SAUVEGARDE"}))
    assert len(found) < len(page) / 2
    assert "auvegarde" in found
    assert "Aucun paramètre ne répond" in text_of(client.get(address("parameters", half.hospital.pk), {"q": "licorne"}))


# Documents and machines ----------------------------------------------------------------------------------------------


def test_documents_tell_the_risk_with_and_without_a_plan(desk: Desk) -> None:
    for scenario in (None, desk.fresh(desk.scenario())):
        row = desk.organisation
        known = roadmaps.plan_of(scenario) if scenario else None
        found = queries.situation(row)
        assert found is not None
        told = queries.board_of(row, found.sheet, known)
        assert told is not None
        assert bool(told.plan) == bool(told.change) == (known is not None)
        payload = rendering.payload(told, LIGHT, 640, lambda svg: {"svg": svg})
        assert payload is not None
        assert payload["attacks"][0][2] == wording.percent(found.outcome.attacks["rancongiciel"].probability)
        assert payload["certainty"][0].startswith("Ce sont des ordres de grandeur")
    assert rendering.payload(None, LIGHT, 640, lambda svg: {"svg": svg}) is None


def test_the_workbook_has_its_sheet(desk: Desk) -> None:
    desk.scenario()
    picked = reports.choice(desk.organisation)
    assert picked.assessment is not None
    made = report_actions.make(desk.alice, desk.organisation, "xlsx", picked.assessment, picked.scenario)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made.content)).get_sheet_by_name("Risques").to_python()
    assert [row[0] for row in rows][1:4] == ["Rançongiciel", "Espionnage et vol de données", "Déni de service"]
    assert "Avec le plan" in rows[4][0]
    assert "ordres de grandeur" in rows[-1][-1]


def test_another_referential_is_not_simulated(desk: Desk) -> None:
    found = queries.situation(desk.organisation)
    assert found is not None
    found.sheet.assessment.referential = "imported:1"
    assert queries.board_of(desk.organisation, found.sheet, None) is None


def test_the_api_gives_what_the_command_line_prints(half: World, client_for: Any) -> None:
    client = client_for(half.alice)
    given = client.get(f"/api/organisations/{half.hospital.pk}/risks").json()["simulation"]
    found = queries.situation(half.hospital)
    assert found is not None
    assert given == json.loads(json.dumps(to_simulation(found.outcome, found.contributions, found.ranges, found.model)))
    assert client.get(f"/api/organisations/{half.sister.pk}/risks").status_code == 404
    officer = make_user("Olga Officier")
    give(officer, half.region, "officier")
    assert client_for(officer).get(f"/api/organisations/{half.hospital.pk}/risks").status_code == 403
    assert client_for(half.bob).get(f"/api/organisations/{half.sister.pk}/risks").json() == {"simulation": None}


# How sure the contributions are ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["jours", "euros"])
def test_each_criterion_says_how_sure_its_share_is(half: World, client_for: Any, unit: str) -> None:
    client, there = client_for(half.alice), address("overview", half.hospital.pk)
    response = client.get(there, {"par": unit})
    listed = [*response.context["to_raise"], *response.context["holding"]]
    assert listed
    assert all(row.between.startswith(("de ", "jusqu'à ")) or row.amount.startswith("moins") for row in listed)
    assert all(row.between in str(response.content, "utf-8").replace("&#x27;", "'") for row in listed[:3])


def test_an_interval_that_begins_at_nothing_says_up_to() -> None:
    sure = Range(Amount(0.0, 0.0), Amount(21_000.0, 3.2))
    assert plain(rows.between(sure, "euros")) == "jusqu'à 20 k€"
    assert plain(rows.between(sure, "jours")) == "jusqu'à 3 jours"
    assert (
        plain(rows.between(Range(Amount(2_900.0, 0.02), Amount(26_000.0, 0.4)), "jours")) == "de 30 minutes à 10 heures"
    )
    assert rows.between(Range(Amount(50.0, 1.0), Amount(50.0, 1.0)), "euros") == ""
