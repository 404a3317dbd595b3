# SPDX-License-Identifier: EUPL-1.2
"""From an observation to the figures above it; months that pass and close; what nobody should have typed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from carene.apps.indicators import actions as indicators
from carene.apps.indicators.models import Observation
from carene.apps.observatory import queries, refresh, waiting
from carene.apps.observatory.models import Change, Month, MonthValue, Snapshot
from carene.apps.organisations import actions as organisations
from carene.core.jobs import chores
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.apps.observatory.conftest import TODAY, Country
from tests.support.factories import SYSTEM

NOVEMBER, OCTOBER = dt.date(2026, 11, 1), dt.date(2026, 10, 1)


def line(place: Any, name: str = "edr_couverture", month: dt.date | None = None) -> queries.Line:
    return next(one for one in queries.table(SYSTEM, place, month).lines if one.figure.id == name)


def test_an_observation_is_seen_in_every_area_above(country: Country) -> None:
    country.count()  # the tree alone
    assert not waiting.pending(TODAY)
    country.observe(country.hospitals[0], 40)
    assert waiting.pending(TODAY)
    assert "observatory" in [chore.name for chore in chores.pending()], "the day may have its own chores"
    country.count()
    assert not waiting.pending(TODAY)
    country.observe(country.hospitals[1], 80)
    country.count()
    for place in (country.ght, country.region, country.nation):
        found = line(place)
        assert found.now is not None
        assert (found.value, found.now.answered, found.now.population) == ("60\xa0%", 2, 18)
    assert line(country.hospitals[1]).value == "80\xa0%"


def test_a_value_withdrawn_or_restated_no_longer_counts(country: Country) -> None:
    row = country.observe(country.hospitals[0], 40)
    country.count()
    indicators.withdraw(SYSTEM, country.hospitals[0], row.pk)
    country.count()
    found = line(country.nation)
    assert found.now is not None
    assert (found.now.answered, found.value) == (0, "")
    country.observe(country.hospitals[0], 40)
    country.observe(country.hospitals[0], 50)  # the same day, with another value
    country.count()
    assert line(country.nation).value == "50\xa0%"


def test_a_late_observation_restates_a_closed_month(country: Country) -> None:
    first = dt.date(2026, 10, 5)
    country.observe(country.hospitals[0], 40, first)
    country.count()
    assert list(Month.objects.filter(closed_at__isnull=False).values_list("month", flat=True)) == [OCTOBER]
    country.observe(country.hospitals[1], 60, first)
    country.count()
    found = queries.detail(SYSTEM, country.nation, "edr_couverture")
    october, november = found.moments
    assert october.now is not None
    assert october.closed is not None
    assert (october.now.value, october.closed.value, october.restated) == (50, 40, True)
    assert (november.closed, november.restated) == (None, False)


def test_the_closing_of_a_month_is_told_at_the_top(country: Country) -> None:
    country.observe(country.hospitals[0], 40, dt.date(2026, 10, 5))
    country.count()
    (told,) = Entry.objects.filter(verb="observatory.close")
    assert (told.node_id, told.target, told.actor) == (country.nation.pk, "month:2026-10", "Système")
    country.count()
    assert Entry.objects.filter(verb="observatory.close").count() == 1


def test_snapshots_are_kept_for_ever(country: Country) -> None:
    country.observe(country.hospitals[0], 40, dt.date(2026, 10, 5))
    country.count()
    assert Snapshot.objects.unscoped("test").exists()
    for statement in ("UPDATE observatory_snapshot SET value = 1", "DELETE FROM observatory_snapshot"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_value_expires(country: Country) -> None:
    validity = queries.figure_named("edr_couverture").validity_months
    old = dt.date(2026, 11 - validity + 1, 3) if validity < 11 else dt.date(2025, 12, 3)
    country.observe(country.hospitals[0], 40, old)
    country.observe(country.hospitals[1], 60)
    country.count()
    now = line(country.nation).now
    assert now is not None
    assert now.answered == 2
    country.count(dt.date(2026, 12, 2))  # a new month: the first value is not worth anything any more
    now = line(country.nation).now
    assert now is not None
    assert (now.month, now.answered, now.value) == (dt.date(2026, 12, 1), 1, 60)


def test_what_makes_no_sense_is_left_out(country: Country) -> None:
    """Rows that no action of ours would write: to come, unknown, of another unit."""
    country.observe(country.hospitals[0], 40)
    country.count()
    for place, indicator, day, value in (
        (1, "edr_couverture", dt.date(2027, 3, 1), 50.0),
        (2, "inconnu_au_bataillon", TODAY, 50.0),
        (3, "edr_couverture", TODAY, 5000.0),  # beds, euros: not a percentage
    ):
        node = country.hospitals[place].pk
        Observation.objects.create(node_id=node, indicator=indicator, observed_on=day, value=value, source="fichier")
        Change.objects.create(node_id=node, indicator=indicator, since=day)
    country.count()
    now = line(country.nation).now
    assert now is not None
    assert (now.answered, now.value) == (1, 40)
    refresh.recompute(NOVEMBER, whole=True)
    assert line(country.nation).now == now
    with pytest.raises(InputError):
        country.observe(country.hospitals[0], 50, dt.date(2026, 11, 24))
    with pytest.raises(InputError):
        country.observe(country.hospitals[0], 500)


def test_closed_and_merged_ones_leave_with_their_values(country: Country) -> None:
    for place, value in ((0, 10), (1, 20), (2, 90)):
        country.observe(country.hospitals[place], value)
    country.count()
    organisations.close(SYSTEM, country.hospitals[2], TODAY)
    organisations.merge(SYSTEM, country.hospitals[1], country.hospitals[0])
    country.count()
    now = line(country.nation).now
    assert now is not None
    assert (now.population, now.answered, now.value) == (16, 1, 10)


def test_moving_today_does_not_rewrite_last_month(country: Country) -> None:
    country.observe(country.hospitals[0], 40, dt.date(2026, 10, 5))
    country.count()
    organisations.move(SYSTEM, country.hospitals[0], country.region)
    country.count()
    october, now = line(country.ght, month=OCTOBER).now, line(country.ght).now
    assert october is not None
    assert now is not None
    assert [(one.population, one.answered) for one in (october, now)] == [(18, 1), (17, 0)]


def test_an_empty_region_and_a_division_by_zero(country: Country) -> None:
    from tests.support.factories import make_organisation

    empty = make_organisation(country.nation, kind="region", name="Région vide")
    country.observe(country.hospitals[0], 0, indicator="incidents_12_mois")
    country.observe(country.hospitals[0], 0, indicator="incidents_malveillants_12_mois")
    country.count()
    found = line(country.nation, "incidents_malveillants")
    assert found.now is not None
    assert (found.now.answered, found.now.value, found.value) == (1, None, "non calculable")
    assert line(empty).now is None
    assert queries.detail(SYSTEM, empty, "edr_couverture").now is None


def test_an_unknown_figure_or_month_is_said(country: Country) -> None:
    country.observe(country.hospitals[0], 40)
    country.count()
    with pytest.raises(InputError, match="ne suit pas"):
        queries.detail(SYSTEM, country.nation, "inconnu")
    with pytest.raises(InputError, match="ce mois"):
        queries.table(SYSTEM, country.nation, dt.date(2020, 1, 1))


def test_it_can_be_cut_anywhere(country: Country) -> None:
    """Each step ends by itself: the next worker goes on."""
    country.observe(country.hospitals[0], 40)
    turns = iter([False, False, True])
    refresh.run(lambda: next(turns, True), TODAY)
    assert waiting.pending(TODAY)
    country.count()
    assert line(country.nation).value == "40\xa0%"
    assert MonthValue.objects.unscoped("test").count() == 1


def test_two_changes_of_one_value_months_apart_are_both_counted(country: Country) -> None:
    """The first one is no longer worth anything when the second begins."""
    country.observe(country.hospitals[1], 1, dt.date(2024, 1, 5))
    country.count()
    country.observe(country.hospitals[0], 40, dt.date(2024, 2, 5))
    country.observe(country.hospitals[0], 80)
    country.count()
    assert line(country.nation).value == "80\xa0%"
    february = line(country.nation, month=dt.date(2024, 2, 1)).now
    assert february is not None
    assert february.answered == 2


def test_what_is_too_old_to_count_changes_nothing(country: Country) -> None:
    country.observe(country.hospitals[0], 40)
    country.count()
    country.observe(country.hospitals[1], 80, dt.date(2015, 1, 5))
    country.count()
    assert not waiting.pending(TODAY)
    assert line(country.nation).value == "40\xa0%"
