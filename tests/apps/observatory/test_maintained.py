# SPDX-License-Identifier: EUPL-1.2
"""Figures kept up to date say what the plain formula says of the raw observations, whatever happened in between."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carene.apps.indicators import actions as indicators
from carene.apps.indicators.models import Observation
from carene.apps.observatory import closing, membership, refresh
from carene.apps.observatory.models import Change, Rollup, Stale
from carene.apps.observatory.numbers import read
from carene.apps.organisations import actions as organisations
from carene.apps.organisations.models import Organisation
from carene.engines.exchange.questionnaire import Measured
from carene.engines.observatory.calendar import first_day, last_day, month_of
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.model import Figure, Observatory
from carene.engines.observatory.strata import Unit
from carene.engines.sources import InputError
from tests.support.factories import SYSTEM, make_organisation
from tests.support.observatory import Plain, Seen, plain

START = month_of(dt.date(2025, 9, 1))
FIGURES = ("budget_numerique", "budget_numerique_pondere", "exercice_annuel", "incidents", "incidents_malveillants",
           "edr_couverture", "ght_en_convergence")  # fmt: skip
INDICATORS = ("budget_numerique_pct", "exercice_fonctions", "incidents_12_mois", "incidents_malveillants_12_mois",
              "edr_couverture", "trajectoire_convergence")  # fmt: skip


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Observatory:
    """Few figures, short validity: months pass quickly."""
    kept = tuple(replace(shipped().figure[name], validity_months=3) for name in FIGURES)
    observatory = replace(shipped(), figures=kept)
    for module in (refresh, closing):
        monkeypatch.setattr(module, "shipped", lambda: observatory)
    return observatory


class Story:
    """A small country; days go by; everything that happens goes through the ordinary actions."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self.go_to(START)
        self.nation = make_organisation(kind="nation")
        self.regions = [make_organisation(self.nation, kind="region") for _ in range(2)]
        self.ghts = [make_organisation(region, kind="ght") for region in self.regions]
        self.units = []
        for rank, ght in enumerate((*self.ghts, self.ghts[0])):
            entity = make_organisation(
                ght, department=f"0{rank + 1}", activity=100 * rank, ght_role="support" if rank < 2 else "membre"
            )
            self.units += [entity, make_organisation(entity, kind="site", type="ehpad", workstations=50 * rank)]
        self.members: dict[int, list[Unit]] = {}

    def go_to(self, month: int) -> None:
        self.month, self.today = month, last_day(month)
        self.patch.setattr(timezone, "localdate", lambda: self.today)

    def unit(self, rank: int) -> Organisation:
        return Organisation.objects.unscoped("test").select_related("node__parent__organisation").get(
            pk=self.units[rank % len(self.units)].pk
        )  # fmt: skip

    def observe(self, rank: int, indicator: int, months_ago: int, value: int) -> None:
        day = first_day(self.month - months_ago) + dt.timedelta(days=value % 28)
        item = Measured(INDICATORS[indicator % len(INDICATORS)], float(value % 5), day, "essai")
        if item.indicator == "trajectoire_convergence":
            item = replace(item, value=float(value % 2))
        indicators.record_many(SYSTEM, self.unit(rank), [item], replace=True)

    def withdraw(self, rank: int) -> None:
        rows = Observation.objects.unscoped("test").filter(withdrawn=False).order_by("id")
        row = rows[rank % rows.count()] if rows.count() else None
        if row is not None:
            node = Organisation.objects.unscoped("test").select_related("node").get(pk=row.node_id)
            indicators.withdraw(SYSTEM, node, row.pk)

    def close(self, rank: int) -> None:
        organisations.close(SYSTEM, self.unit(rank), self.today)

    def reopen(self, rank: int) -> None:
        organisations.reopen(SYSTEM, self.unit(rank))

    def merge(self, rank: int, other: int) -> None:
        organisations.merge(SYSTEM, self.unit(rank), self.unit(other))

    def move(self, rank: int, place: int) -> None:
        target = [*self.ghts, *self.regions][place % 4]
        organisations.move(SYSTEM, self.unit(2 * rank), Organisation.objects.unscoped("test").get(pk=target.pk))

    def reshape(self, rank: int, value: int) -> None:
        changes: dict[str, Any] = [{"activity": value}, {"type": "chu"}, {"workstations": 300 * value}][value % 3]
        organisations.update_profile(SYSTEM, self.unit(rank), **changes)

    def count(self) -> None:
        refresh.run(today=self.today)
        self.members[self.month] = list(membership.living(first_day(self.month)))

    def next_month(self) -> None:
        self.count()
        self.go_to(self.month + 1)
        self.count()

    def expected(self, figure: Figure, month: int) -> Any:
        rows = Observation.objects.unscoped("test").filter(withdrawn=False).order_by("id")
        seen = [Seen(*row) for row in rows.values_list("node_id", "indicator", "observed_on", "value")]
        return plain(figure, month, self.members[month], seen)


def stored(figure: Figure, month: int) -> dict[tuple[int, str], Plain]:
    rows = Rollup.objects.unscoped("test").filter(figure_no=read().of_figure[figure.id], month=first_day(month))
    return {
        (row.node_id, row.stratum): Plain(
            row.population,
            row.answered,
            row.value,
            row.at_target,
            tuple(x for x in (row.minimum, row.q1, row.median, row.q3, row.maximum) if x is not None),
            row.oldest,
        )
        for row in rows.order_by("node_id", "stratum")
    }


def near(found: dict[tuple[int, str], Plain], wanted: Any) -> None:
    assert found.keys() == wanted.keys()
    for key, cell in found.items():
        other = wanted[key]
        assert (cell.population, cell.answered, cell.at_target, cell.oldest) == (
            other.population, other.answered, other.at_target, other.oldest,
        ), key  # fmt: skip
        assert cell.value == pytest.approx(other.value), key
        assert cell.spread == pytest.approx(other.spread), key


@pytest.fixture
def story(db: None, monkeypatch: pytest.MonkeyPatch) -> Story:
    return Story(monkeypatch)


N = st.integers(0, 40)
DEEDS = st.one_of(
    st.tuples(st.just("observe"), N, N, st.integers(0, 3), N),
    st.tuples(st.just("observe"), N, N, st.just(0), N),
    st.tuples(st.just("withdraw"), N),
    st.tuples(st.just("reshape"), N, N),
    st.tuples(st.just("move"), N, N),
    st.tuples(st.sampled_from(["close", "reopen"]), N),
    st.tuples(st.just("merge"), N, N),
    st.tuples(st.sampled_from(["count", "next_month"])),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=5, max_size=30))
def test_maintained_figures_are_the_plain_formula(story: Story, small: Observatory, deeds: list[Any]) -> None:
    point = transaction.savepoint()
    story.members = {}
    story.go_to(START)
    try:
        story.observe(0, 0, 0, 1)
        story.count()
        for name, *numbers in deeds:
            try:
                getattr(story, name)(*numbers)
            except InputError:  # moved where it stands, merged with what has closed…: nothing changed
                continue
        story.count()
        assert not Change.objects.unscoped("test").exists()
        assert not Stale.objects.exists()
        for month in story.members:
            for figure in small.figures:
                near(stored(figure, month), story.expected(figure, month))
                before = stored(figure, month)
                refresh.recompute(first_day(month), whole=True)
                assert stored(figure, month) == before, "made anew, to the last digit"
    finally:
        transaction.savepoint_rollback(point)
