# SPDX-License-Identifier: EUPL-1.2
"""Versions of a referential face to face, what changed between two campaigns, the days of reminders."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from carene.engines.campaigns.dates import is_late, step_due
from carene.engines.campaigns.figures import counts_by_level, moved, side, spread
from carene.engines.campaigns.pack import proposed
from carene.engines.campaigns.versions import Change, change_between, crossing, declared, read
from carene.engines.referential.catalogue import CARE

OLD = {"A": "a", "B": "b", "C": "c", "D": "d", "E": "e", "F": "f"}
NEW = {"A": "a", "B2": "b", "CD": "c et d", "E1": "e un", "E2": "e deux", "G": "g"}
FILE = """
referential: care
changes:
  - from: 1.0.0
    to: 2.0.0
    renamed: {B: B2}
    merged: {CD: [C, D]}
    split: {E: [E1, E2]}
    dropped: [F]
    new: [G]
"""


@pytest.fixture
def change(tmp_path: Path) -> Change:
    path = tmp_path / "care-versions.yaml"
    path.write_text(FILE, encoding="utf-8")
    return read(path).changes[0]


def test_every_question_is_somewhere(change: Change) -> None:
    found = crossing(OLD, NEW, change)
    assert [(link.kind, link.old, link.new) for link in found.links] == [
        ("same", ("A",), ("A",)),
        ("renamed", ("B",), ("B2",)),
        ("merged", ("C", "D"), ("CD",)),
        ("split", ("E",), ("E1", "E2")),
    ]
    assert (found.dropped, found.new, found.compared) == (("F",), ("G",), 5)


def test_what_nobody_declared_is_said() -> None:
    found = crossing({"A": "a", "B": "b"}, {"A": "a", "B": "autre chose"}, None)
    assert [link.new for link in found.links] == [("A",)]
    assert list(found.changed) == ["B"]
    assert not found.declared


@given(
    st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from("xyz")),
    st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from("xyz")),
)
def test_nothing_is_lost(old: dict[str, str], new: dict[str, str]) -> None:
    found = crossing(old, new, None)
    linked = [key for link in found.links for key in link.new]
    assert sorted([*linked, *found.new, *found.changed]) == sorted(new)
    assert {key for link in found.links for key in link.old} | set(found.dropped) | set(found.changed) == set(old)


def test_a_question_is_named_once() -> None:
    with pytest.raises(ValidationError, match="named twice: A"):
        Change.model_validate({"from": "1", "to": "2", "renamed": {"A": "B"}, "dropped": ["A"]})


def test_the_file_that_is_shipped_reads() -> None:
    assert declared(CARE) == ()
    assert declared("imported:3") == ()
    assert change_between(CARE, "1.0.0", "1.0.0") is not None
    assert change_between(CARE, "1.0.0", "9.0.0") is None


def test_each_is_compared_with_itself(change: Change) -> None:
    before = {1: {"A": 1, "C": 3, "D": 1, "E": 2}, 2: {"A": 0, "C": 2}, 3: {"A": 4}}
    after = {1: {"A": 2, "CD": 2, "E1": 4, "E2": 3}, 2: {"A": 3, "CD": 4}, 4: {"A": 4}}
    lines, both = moved(before, after, crossing(OLD, NEW, change))
    assert both == 2, "only those of both times"
    found = {line.new: (line.count, line.before, line.after) for line in lines}
    assert found[("A",)] == (2, 0.5, 2.5)
    assert found[("CD",)] == (1, 1, 2), "the lowest of the two, and only where both were answered"
    assert found[("E1", "E2")] == (1, 2, 3)
    assert side({"A": 1}, ("A", "B")) is None


def test_figures() -> None:
    assert spread([]).mean is None
    assert spread([2.0]).median == 2.0
    found = spread([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.q1, found.median, found.q3, found.mean) == (2.0, 3.0, 4.0, 3.0)
    assert counts_by_level([{"A": 1}, {"A": 1, "B": 0}]) == {"A": {1: 2}, "B": {0: 1}}


def test_the_days_of_reminders() -> None:
    starts, due = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
    steps = {day: step_due(starts, due, (-40, -10, -2, 3), starts + dt.timedelta(days=day)) for day in range(-1, 40)}
    assert steps[-1] is None
    assert steps[0] == steps[19] == "open", "forty days before stands before the first day: never told"
    assert (steps[20], steps[28], steps[30], steps[33], steps[39]) == ("-10", "-2", "-2", "3", "3")
    assert is_late("begun", None, due, due + dt.timedelta(days=1))
    assert not is_late("begun", None, due, due)
    assert is_late("submitted", due + dt.timedelta(days=1), due, due)
    assert proposed().reminders == sorted(proposed().reminders)
