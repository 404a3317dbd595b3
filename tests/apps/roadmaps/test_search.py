# SPDX-License-Identifier: EUPL-1.2
"""The search for the best plan: asked for, followed, stopped, kept in its scenario or beside it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from carene.apps.roadmaps import actions, plans, search_panel, searching, stored
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_times import SearchTimes, search_times
from carene.core.access.actor import Actor
from carene.core.jobs import reporting, worker
from carene.core.jobs.actions import ask_to_stop
from carene.core.jobs.models import Job
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.apps.roadmaps.conftest import Desk, means
from tests.support.text import plain


@pytest.fixture(autouse=True)
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits thirty of them here. The solvers are loaded before the time runs."""
    for name in ("highspy", "ortools.sat.python.cp_model"):
        import_module(name)
    short: SearchTimes = search_times().model_copy(update={"seconds": (1, 3, 30), "usual": 1})
    monkeypatch.setattr(search_panel, "search_times", lambda: short)
    monkeypatch.setattr(actions.searching, "search_times", lambda: short)
    monkeypatch.setattr(reporting, "BREATH", 60.0)  # another thread would not see the rows of the test


def ask(desk: Desk, row: Scenario, objective: str = "maturity", seconds: int = 1) -> Job:
    return actions.search(desk.alice, desk.organisation, row, objective=objective, seconds=seconds)


def work(desk: Desk) -> Job:
    job = worker.claim("moi")
    assert job is not None
    worker.perform(job)
    return Job.objects.of(desk.organisation.node).get(pk=job.pk)


def address(desk: Desk, row: Scenario, rest: str = "") -> str:
    return f"/o/{desk.organisation.pk}/feuille-de-route/scenarios/{row.pk}/{rest}"


def test_the_best_plan_takes_the_place_of_the_first_one(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    greedy = stored.read(row)
    assert greedy is not None
    ask(desk, row, seconds=3)
    job = work(desk)
    assert (job.state, job.error) == ("done", "")
    fresh = desk.fresh(row)
    found = stored.read(fresh)
    assert found is not None
    assert found.plan.value >= greedy.plan.value
    assert found.plan.bound is not None
    assert found.plan.bound >= found.plan.value
    assert found.plan.trail[0].name == "Sélection gloutonne"
    assert fresh.version == row.version + 1
    assert plans.outdated(plans.required_situation(desk.organisation), fresh, found) == []
    page = plain(client_for(desk.world.alice).get(address(desk, row)))
    assert "Recherche terminée" in page
    assert "C'est démontré" in page
    assert "Revenir au plan précédent" in page
    assert "la simulation donne" in page
    told = Entry.objects.filter(verb="roadmap.plan").order_by("-id")[0]
    assert (told.user, told.origin) == (desk.world.alice, "job")


def test_nothing_is_said_to_be_found_before_a_plan_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first plan is made there is no value yet: none is shown, rather than « 0 point » and a flat curve."""
    ask(desk, desk.scenario())
    job = worker.claim("moi")
    assert job is not None
    real, told = searching.optimise, []

    def optimise(*given: Any, progress: Any, **how: Any) -> Any:
        progress("Sélection gloutonne", 0.0, None, 0.0)
        progress("Recherche locale", 12.0, None, 0.1)
        return real(*given, **{**how, "seconds": 0.5})

    class Heard(reporting.Report):
        def __call__(self, stage: str, share: float, **figures: Any) -> bool:
            told.append((stage, sorted(figures)))
            return super().__call__(stage, share, **figures)

    monkeypatch.setattr(searching, "optimise", optimise)
    searching.run(job, Heard(job))
    assert told == [
        ("Un premier plan se compose, mesure après mesure.", []),
        (searching.STAGES["Recherche locale"], ["bound", "curve", "value"]),
    ]


def test_the_plan_before_comes_back_and_goes_again(desk: Desk) -> None:
    row = desk.scenario()
    ask(desk, row, "days")
    work(desk)
    fresh = desk.fresh(row)
    found = fresh.plan
    assert (fresh.objective, fresh.previous["objective"]) == ("days", "maturity")
    actions.take_back(desk.alice, desk.organisation, fresh, version=fresh.version)
    again = desk.fresh(row)
    assert (again.objective, again.plan) == ("maturity", row.plan)
    with pytest.raises(actions.Conflict):
        actions.take_back(desk.alice, desk.organisation, again, version=1)
    actions.take_back(desk.alice, desk.organisation, again, version=again.version)
    assert desk.fresh(row).plan == found
    with pytest.raises(InputError, match="pas de plan précédent"):
        actions.take_back(desk.alice, desk.organisation, desk.scenario("Autre"), version=1)


@pytest.mark.parametrize(
    ("objective", "unit"), [("euros", "€ de pertes évitées par an"), ("days", "jours de soins dégradés évités par an")]
)
def test_an_objective_changes_what_the_plan_is_worth(desk: Desk, client_for: Any, objective: str, unit: str) -> None:
    row = desk.scenario()
    ask(desk, row, objective)
    assert work(desk).error == ""
    found = stored.read(desk.fresh(row))
    assert found is not None
    assert (found.plan.unit, found.plan.problem.objective) == (unit, "risk")
    assert found.plan.value > 0
    page = plain(client_for(desk.world.alice).get(address(desk, row)))
    assert {"euros": "de pertes évitées", "days": "de soins dégradés évités"}[objective] in page
    # A wish is planned at once, for the same objective.
    fresh = desk.fresh(row)
    actions.compute(desk.alice, desk.organisation, fresh)
    again = desk.fresh(row)
    assert (again.objective, again.previous) == (objective, None)


def test_what_was_changed_meanwhile_is_not_overwritten(desk: Desk, client_for: Any, monkeypatch: Any) -> None:
    row = desk.scenario()
    ask(desk, row, seconds=3)
    real = searching.optimise

    def slowly(*args: Any, **how: Any) -> Any:
        actions.change_means(
            desk.alice, desk.organisation, desk.fresh(row), means(budgets={2027: 9_000.0}), version=row.version
        )
        return real(*args, **how)

    monkeypatch.setattr(searching, "optimise", slowly)
    job = work(desk)
    assert job.state == "done"
    changed = desk.fresh(row)
    assert changed.budgets == {"2027": 9_000.0}
    client = client_for(desk.world.alice)
    assert "Le scénario a changé pendant la recherche" in plain(client.get(address(desk, row)))
    made = client.post(address(desk, row, "recherche/garder/"))
    copy = Scenario.objects.of(desk.organisation.node).order_by("-id")[0]
    assert made["Location"].endswith(f"/scenarios/{copy.pk}/")
    assert (copy.name, copy.budgets, copy.start) == ("Budget voté (2)", {"2027": 12_000.0}, row.start)
    kept = stored.read(copy)
    assert kept is not None
    assert kept.plan.bound is not None
    assert "a changé pendant" not in plain(client.get(address(desk, row)))
    again = client.post(address(desk, row, "recherche/garder/"), follow=True)
    assert "déjà été gardé ou écarté" in plain(again)
    assert Scenario.objects.of(desk.organisation.node).count() == 2


def test_what_could_not_be_kept_may_be_put_aside(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    ask(desk, row)
    job = worker.claim("moi")
    assert job is not None
    from carene.core.jobs.reporting import Report

    outcome = searching.run(job, Report(job))
    actions.rename_scenario(desk.alice, desk.organisation, desk.fresh(row), "Autre nom", version=row.version)
    result = searching.keep(job, outcome)
    Job.objects.of(job.node).filter(pk=job.pk).update(state="done", result=result)
    client = client_for(desk.world.alice)
    client.post(address(desk, row, "recherche/ecarter/"))
    assert "a changé pendant" not in plain(client.get(address(desk, row)))
    assert desk.fresh(row).plan == row.plan


def test_stopped_at_once_the_first_plan_stays(desk: Desk) -> None:
    row = desk.scenario()
    ask(desk, row, seconds=30)
    job = worker.claim("moi")
    assert job is not None
    ask_to_stop(desk.alice, desk.organisation.node, job)

    from carene.core.jobs.reporting import Report

    report = Report(job)
    report.flush()
    found = searching.run(job, report)
    assert found.before is not None
    assert found.found.plan.value >= found.before - 1e-9


def test_a_second_search_is_never_worse_nor_less_proven(desk: Desk) -> None:
    row = desk.scenario()
    for _ in range(2):
        ask(desk, row, seconds=3)
        assert work(desk).state == "done"
    second = stored.read(desk.fresh(row))
    assert second is not None
    previous = desk.fresh(row).previous["plan"]["plan"]
    assert second.plan.value >= previous["value"] - 1e-9
    assert second.plan.bound is not None
    assert second.plan.bound <= previous["bound"] + 1e-9


def test_progress_is_a_fragment_then_the_page_comes_back(
    desk: Desk, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    row = desk.scenario()
    client, htmx = client_for(desk.world.alice), {"HTTP_HX_REQUEST": "true"}
    assert client.get(address(desk, row, "recherche/avancement/"), **htmx)["HX-Refresh"] == "true"
    client.post(address(desk, row, "recherche/"), {"objective": "maturity", "seconds": "1"})
    fragment = client.get(address(desk, row, "recherche/avancement/"), **htmx)
    assert "En attente" in plain(fragment)
    assert "hx-trigger" in fragment.content.decode()
    figures = {"value": 40.0, "bound": 50.0, "curve": [[0, 30, None], [1, 40, 50], [2, 40, 50]]}
    Job.objects.of(desk.organisation.node).update(state="running", stage="On cherche", progress=0.4, figures=figures,
                                                  heartbeat_at=row.computed_at)  # fmt: skip
    with django_assert_max_num_queries(7):
        fragment = client.get(address(desk, row, "recherche/avancement/?etape=Autre"), **htmx)
    page = plain(fragment)
    assert "On cherche" in page
    assert "40,0 points" in page
    assert "20,0 %" in page
    assert "hx-swap-oob" in fragment.content.decode(), "a new stage is said to those who listen"
    assert (
        "hx-swap-oob"
        not in client.get(address(desk, row, "recherche/avancement/?etape=On cherche"), **htmx).content.decode()
    )
    whole = plain(client.get(address(desk, row)))
    assert "La recherche du meilleur plan est en cours" in whole
    assert "Arrêter et garder le meilleur" in whole
    assert client.get(address(desk, row, "recherche/avancement/")).status_code == 302
    client.post(address(desk, row, "recherche/arreter/"))
    assert Job.objects.of(desk.organisation.node).get().state == "stopping"


def test_refusals(desk: Desk, client_for: Any) -> None:
    row = desk.scenario()
    for objective, seconds in (("gloire", 1), ("maturity", 7)):
        with pytest.raises(InputError, match="pas proposé"):
            ask(desk, row, objective, seconds)
    with pytest.raises(PermissionDenied):
        actions.search(Actor.of(desk.world.bob), desk.organisation, row, objective="maturity", seconds=1)
    bob = plain(client_for(desk.world.bob).get(address(desk, row)))
    assert "Chercher le meilleur plan" not in bob
    assert "Ce plan vaut" in bob
    ask(desk, row)
    with pytest.raises(InputError, match="déjà en cours"):
        ask(desk, row)
    actions.delete_scenario(desk.alice, desk.organisation, desk.fresh(row))
    job = work(desk)
    assert (job.state, job.error) == ("failed", "Le scénario a été supprimé ; le rétablir, puis relancer la recherche.")


def test_the_comparison_says_what_each_plan_looks_for(desk: Desk, client_for: Any) -> None:
    first, second = desk.scenario(), desk.scenario("Autre")
    ask(desk, second, "days", 3)
    work(desk)
    page = plain(client_for(desk.world.alice).get(
        f"/o/{desk.organisation.pk}/feuille-de-route/scenarios/comparer/?s={first.pk}&s={second.pk}"))  # fmt: skip
    assert "Jours de soins préservés" in page
    assert "pas encore su" in page
    assert "% au plus" in page
