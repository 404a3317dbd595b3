# SPDX-License-Identifier: EUPL-1.2
"""What other means would buy: tried by a job, read on a page, made into a scenario."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from carene.apps.roadmaps import actions, other_means, stored
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_times import search_times
from carene.core.jobs import reporting, worker
from carene.core.jobs.models import Job
from carene.engines.planner import scenarios as engine
from carene.engines.planner.usual import proposals
from tests.apps.roadmaps.conftest import Desk, means
from tests.support.text import plain


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    short = search_times().model_copy(update={"points": 4})
    monkeypatch.setattr(other_means, "search_times", lambda: short)
    few = proposals().model_copy(update={"uncertainty": proposals().uncertainty.model_copy(update={"draws": 3})})
    monkeypatch.setattr(engine, "proposals", lambda: few)
    for name in ("pareto", "robust"):
        monkeypatch.setattr(engine, name, partial(getattr(engine, name), steps=20))
    monkeypatch.setattr(reporting, "BREATH", 60.0)


def tried(desk: Desk, row: Scenario) -> Job:
    actions.try_other_means(desk.alice, desk.organisation, row)
    job = worker.claim("moi")
    assert job is not None
    worker.perform(job)
    return Job.objects.of(desk.organisation.node).get(pk=job.pk)


def address(desk: Desk, row: Scenario, rest: str = "") -> str:
    return f"/o/{desk.organisation.pk}/feuille-de-route/scenarios/{row.pk}/autres-moyens/{rest}"


def test_more_money_never_buys_less(desk: Desk, client_for: Any, django_assert_max_num_queries: Any) -> None:
    row = desk.scenario()
    client = client_for(desk.world.alice)
    assert "Rien n'a encore été essayé" in plain(client.get(address(desk, row)))
    job = tried(desk, row)
    assert (job.state, job.error) == ("done", "")
    assert job.result is not None
    spots = job.result["spots"]
    shares, budgets, values = (tuple(spot[key] for spot in spots) for key in ("share", "budget", "value"))
    assert (shares, budgets) == ((0, 0.5, 1, 1.5, 2), (0, 6_000, 12_000, 18_000, 24_000))
    assert list(values) == sorted(values)
    assert any(label.startswith("Un jour de plus par mois") for label, *_ in job.result["gains"])
    assert all(gain >= 0 for _, gain, _ in job.result["gains"])
    assert job.result["method"].startswith("Estimation")
    robust = job.result["robust"]
    assert robust["draws"] == 3
    assert robust["nominal_low"] <= robust["low"] <= robust["median"]
    assert all(0 <= share <= 1 for _, share in robust["stays"])
    with django_assert_max_num_queries(11):
        page = plain(client.get(address(desk, row)))
    assert "Que vaut le meilleur plan, selon le budget ?" in page
    assert "Qu'achèterait un peu plus ?" in page
    assert "Et si nos estimations sont fausses ?" in page
    assert "Le scénario a changé" not in page
    longer = means(months=24, budgets={2027: 1e4, 2028: 1e4})
    actions.change_means(desk.alice, desk.organisation, desk.fresh(row), longer, version=row.version)
    assert "Le scénario a changé depuis cet essai" in plain(client.get(address(desk, row)))


def test_a_budget_becomes_a_scenario(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    client = client_for(desk.world.alice)
    answer = client.post(address(desk, row, "scenario/"), {"share": "2.0"})
    made = Scenario.objects.of(desk.organisation.node).order_by("-id")[0]
    assert answer["Location"].endswith(f"/scenarios/{made.pk}/")
    assert made.name == "Budget voté, 200\u00a0% du budget"
    assert (made.budgets, made.wishes) == ({"2027": 24_000.0}, row.wishes)
    assert stored.read(made) is not None
    for wrong in ("3.0", "0", "nan", "beaucoup", ""):
        assert "n'a pas été essayé" in plain(
            client.post(address(desk, row, "scenario/"), {"share": wrong}, follow=True)
        )
    assert client_for(desk.world.bob).post(address(desk, row, "scenario/"), {"share": "2.0"}).status_code == 403


def test_followed_and_stopped(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    client, htmx = client_for(desk.world.alice), {"HTTP_HX_REQUEST": "true"}
    assert client.get(address(desk, row, "avancement/"), **htmx)["HX-Refresh"] == "true"
    client.post(address(desk, row, "essayer/"))
    assert "D'autres moyens sont essayés" in plain(client.get(address(desk, row)))
    assert "En attente" in plain(client.get(address(desk, row, "avancement/"), **htmx))
    client.post(address(desk, row, "arreter/"))
    assert Job.objects.of(desk.organisation.node).get().state == "stopped"
    assert "Rien n'a encore été essayé" in plain(client.get(address(desk, row)))


def test_a_point_of_the_curve_makes_or_opens_the_scenario_with_the_plan_found(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    job = tried(desk, row)
    assert job.result is not None
    spot = next(spot for spot in job.result["spots"] if spot["share"] == 1.5)
    client = client_for(desk.world.alice)
    there = address(desk, row, "scenario/")
    assert client.get(address(desk, row)).content.decode().count(f'href="{there}?share=1.5"') == 2  # wide and narrow
    asked = plain(client.get(there, {"share": "1.5"}))
    assert "Un scénario à 18 k€ ?" in asked
    assert Scenario.objects.of(desk.organisation.node).count() == 1
    client.post(there, {"share": "1.5"})
    made = desk.fresh(Scenario.objects.of(desk.organisation.node).order_by("-id")[0])
    computed = stored.read(made)
    assert computed is not None
    assert computed.plan.value >= spot["value"] - 1e-9
    assert computed.plan.bound == pytest.approx(spot["bound"])
    opened = client.get(there, {"share": "1.5"})
    assert opened["Location"].endswith(f"/scenarios/{made.pk}/")
    assert (
        f'href="/o/{desk.organisation.pk}/feuille-de-route/scenarios/{made.pk}/"'
        in client.get(address(desk, row)).content.decode()
    )
    for wrong in ("0.7", "0.0", "x", ""):
        assert client.get(there, {"share": wrong})["Location"] == address(desk, row)


def test_who_may_only_look_gets_a_picture(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    tried(desk, row)
    page = client_for(desk.world.bob).get(address(desk, row)).content.decode()
    assert "?share=" not in page
    assert "En faire un scénario" not in page
    assert "Faire un scénario du plan prudent" not in page
    assert client_for(desk.world.bob).get(address(desk, row, "scenario/"), {"share": "2.0"}).status_code == 403


def doubtful(job: Job) -> dict[str, Any]:
    """The result of a job whose most prudent plan is another one: the same without its last measure."""
    result = job.result
    assert result is not None
    starts = result["robust"]["starts"]
    last = max(starts, key=lambda key: (starts[key], key))
    robust = result["robust"] | {"same": False, "starts": {k: v for k, v in starts.items() if k != last}}
    return {**result, "robust": robust}


def test_the_prudent_plan_becomes_a_scenario_that_is_adopted(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    client = client_for(desk.world.alice)
    assert "Aucun plan prudent" in plain(client.post(address(desk, row, "prudent/"), follow=True))
    job = tried(desk, row)
    job.result = doubtful(job)
    job.save(update_fields=["result"])
    assert "Faire un scénario du plan prudent" in plain(client.get(address(desk, row)))
    client.post(address(desk, row, "prudent/"))
    made = desk.fresh(Scenario.objects.of(desk.organisation.node).order_by("-id")[0])
    computed = stored.read(made)
    assert computed is not None
    assert made.name == "Budget voté, prudent"
    assert (made.budgets, made.team, made.months) == (row.budgets, row.team, row.months)
    assert {a.measure: a.start_month for a in computed.plan.actions} == job.result["robust"]["starts"]
    assert made.prudence == {key: job.result["robust"][key] for key in ("low", "median", "draws")}
    assert "Ouvrir le scénario prudent" in plain(client.get(address(desk, row)))
    page = plain(client.get(f"/o/{desk.organisation.pk}/feuille-de-route/scenarios/{made.pk}/"))
    assert "C'est le plan prudent" in page
    compared = f"/o/{desk.organisation.pk}/feuille-de-route/scenarios/comparer/"
    assert "Si nos estimations sont fausses" in plain(client.get(compared, {"s": [row.pk, made.pk]}))
    actions.adopt(desk.alice, desk.organisation, made.pk, version=made.version)
    assert {action.measure for action in desk.actions()} == set(job.result["robust"]["starts"])
    again = desk.fresh(made)
    actions.compute(desk.alice, desk.organisation, again)
    assert desk.fresh(made).prudence is None


def test_a_prudent_plan_is_not_made_of_what_has_changed(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    job = tried(desk, row)
    job.result = doubtful(job)
    job.save(update_fields=["result"])
    some = next(iter(job.result["robust"]["starts"]))
    actions.set_override(desk.alice, desk.organisation, some, investment=1e8)
    said = plain(client_for(desk.world.alice).post(address(desk, row, "prudent/"), follow=True))
    assert "ont changé depuis cet essai" in said
    assert Scenario.objects.of(desk.organisation.node).count() == 1
    assert client_for(desk.world.bob).post(address(desk, row, "prudent/")).status_code == 403
