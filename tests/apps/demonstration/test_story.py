# SPDX-License-Identifier: EUPL-1.2
"""The story of the demonstration: its journal reads as two years of office days, its pages agree."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from carene.apps.assessments import queries as assessments
from carene.apps.assessments.summary import summary
from carene.apps.demonstration import build
from carene.apps.demonstration.clock import Clock, Story
from carene.apps.indicators.models import Observation
from carene.apps.organisations.models import Organisation
from carene.core.journal.models import Entry
from carene.core.journal.verification import verify


@pytest.fixture
def valmont(db: None, settings: Any, tmp_path: Path) -> Organisation:
    settings.VAR = tmp_path
    build.load(lambda _text: None)
    return Organisation.objects.unscoped("a test looks").get(name="Centre hospitalier de Valmont")


def test_the_story_is_told_in_order_and_adds_up(valmont: Organisation) -> None:
    moments = [timezone.localtime(at) for at in Entry.objects.order_by("id").values_list("at", flat=True)]
    assert len(moments) > 2_000
    assert all(before <= after for before, after in itertools.pairwise(moments))
    assert (moments[-1] - moments[0]).days > 700
    assert moments[-1] < timezone.now()
    assert {moment.weekday() for moment in moments} == {0, 1, 2, 3, 4}
    assert all(8 <= moment.hour < 18 for moment in moments)
    assert len({moment.date() for moment in moments}) > 150  # it did not happen on a few days
    assert verify().faults == []
    for indicator, observed_on, recorded_at in Observation.objects.unscoped("a test looks").values_list(
        "indicator", "observed_on", "recorded_at"
    ):
        told = timezone.localtime(recorded_at).date()
        if indicator.startswith("budget_"):  # of a year that is closed, known in March
            assert observed_on == dt.date(told.year - 1, 12, 31)
        else:
            assert observed_on == told

    kept, row = summary(valmont), assessments.last_validated(valmont.node)
    assert kept is not None
    assert row is not None
    today = assessments.sheet(valmont, row).judgement
    assert kept.states["measured"] == sum(result.state == "measured" for result in today.criteria) > 30


def test_stories_are_told_side_by_side_each_step_after_the_one_before() -> None:
    clock, told = Clock(), []

    def story(name: str, *days: int) -> Story:
        for ago in days:
            yield ago
            told.append((name, timezone.now()))

    clock.tell([story("a", 30, 10, 10), story("b", 400, 20)], lambda _text: None)
    assert [name for name, _ in told] == ["b", "a", "b", "a", "a"]
    moments = [moment for _, moment in told]
    assert moments == sorted(set(moments))
    assert timezone.now() - clock.told_at < dt.timedelta(minutes=1)


def test_the_clock_comes_back_when_a_step_fails() -> None:
    clock = Clock()

    def story() -> Iterator[int]:
        yield 100
        raise RuntimeError

    with pytest.raises(RuntimeError):
        clock.tell([story()], lambda _text: None)
    assert timezone.now() >= clock.told_at
