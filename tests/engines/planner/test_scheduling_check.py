# SPDX-License-Identifier: EUPL-1.2
"""Projects and files that cannot be scheduled: one sentence that says what, where, by how much."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.planner.scheduling.check import check_project
from carene.engines.planner.scheduling.model import Activity, Project
from carene.engines.planner.scheduling.patterson import read_patterson
from carene.engines.sources import InputError

WORK = Activity("a", 3, {"team": 1}, title="Audit")


def plain(sentence: str) -> str:
    return re.sub(r"\s", " ", sentence)


def refused(*activities: Activity, **options: Any) -> str:
    options = {"capacity": {"team": 2}} | options
    with pytest.raises(InputError) as caught:
        check_project(Project(activities, **options))
    return plain(caught.value.sentence)


def test_a_cycle_is_named_activity_by_activity() -> None:
    others = [Activity(key, 1, title=key.upper()) for key in "bcd"]
    said = refused(WORK, *others, precedences=(("a", "b"), ("b", "c"), ("c", "b"), ("d", "a")))
    assert "« B » → « C » → « B »" in said
    assert "« D »" not in said
    assert "« Audit » → « Audit »" in refused(WORK, precedences=(("a", "a"),))


def test_impossible_deadlines_say_by_how_much() -> None:
    late = Activity("b", 2, latest_end=4, title="Bascule")
    said = refused(WORK, late, precedences=(("a", "b"),))
    assert "« Bascule »" in said
    assert "avant la période 5, soit 1 période après son échéance (période 4)" in said
    assert "2 périodes après" in refused(Activity("b", 5), horizon=3)
    closed = {"team": [0, 0, 0, 1, 1, 1, 0, 0]}
    assert "avant la période 6" in refused(Activity("a", 3, {"team": 1}, latest_end=5), capacity=closed, horizon=8)


@pytest.mark.parametrize(
    ("activity", "said"),
    [
        (Activity("a", -1), "la durée vaut -1"),
        (Activity("a", 1.5), "la durée n'est pas un nombre entier"),  # type: ignore[arg-type]
        (Activity("a", True), "la durée n'est pas un nombre entier"),
        (Activity("a", 1, earliest_start=-2), "la date de début au plus tôt vaut -2"),
        (Activity("a", 1, latest_end=-2), "l'échéance vaut -2"),
        (Activity("a", 1, {"team": -1}), "la demande en « team » vaut -1"),
        (Activity("a", 1, {"team": 5}), "(5) dépasse la capacité (2) de 3"),
        (Activity("a", 1, {"nobody": 1}), "la ressource « nobody » n'existe pas"),
        (Activity("a", 10**9), "plus que les"),
    ],
)
def test_one_activity_that_makes_no_sense(activity: Activity, said: str) -> None:
    sentence = refused(activity)
    assert said in sentence
    assert "\n" not in sentence


def test_the_rest_of_a_project() -> None:
    assert "deux fois" in refused(WORK, WORK)
    assert "« z » n'existe pas" in refused(WORK, precedences=(("a", "z"),))
    assert "sans qu'un horizon" in refused(WORK, capacity={"team": [1, 1]})
    assert "2 périodes alors que l'horizon en compte 5" in refused(WORK, capacity={"team": [1, 1]}, horizon=5)
    assert "période 1 : la capacité vaut -1" in refused(WORK, capacity={"team": [1, -1, 1]}, horizon=3)
    assert "l'horizon vaut -1" in refused(WORK, horizon=-1)


def test_what_is_optional_may_be_impossible() -> None:
    check_project(Project((Activity("a", 9, optional=True),), horizon=3))


def test_a_long_chain_is_no_recursion() -> None:
    ids = [str(i) for i in range(3000)]
    activities = tuple(Activity(key, 1) for key in ids)
    check_project(Project(activities, tuple(pairwise(ids))))
    with pytest.raises(InputError):
        check_project(Project(activities, (*pairwise(ids), (ids[-1], ids[0]))))


GOOD = """4 1
2
0 0 2 2 3
3 1 1 4
2 2 1 4
0 0 0
"""


def test_the_format_is_read() -> None:
    project = read_patterson(GOOD, "x.txt")
    assert [(one.id, one.duration, dict(one.demand)) for one in project.activities] == [
        ("1", 0, {}),
        ("2", 3, {"1": 1}),
        ("3", 2, {"1": 2}),
        ("4", 0, {}),
    ]
    assert set(project.precedences) == {("1", "2"), ("1", "3"), ("2", "4"), ("3", "4")}
    assert project.capacity == {"1": 2}
    assert read_patterson(GOOD.replace("\n", "\r\n\r\n").replace(" ", "\t "), "x.txt") == project


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        ("", "x.txt, ligne 1", "s'arrête avant le nombre d'activités"),
        (GOOD.replace("0 0 0\n", ""), "x.txt, ligne 5", "s'arrête avant la durée de l'activité 4"),
        (GOOD + "7\n", "x.txt, ligne 7", "il reste des valeurs après la dernière des 4 activités (« 7 »)"),
        (GOOD.replace("3 1 1 4", "3 1 1 9"), "x.txt, ligne 4", "un successeur de l'activité 2 vaut 9"),
        (GOOD.replace("3 1 1 4", "3 1 1 0"), "x.txt, ligne 4", "un successeur de l'activité 2 vaut 0"),
        (GOOD.replace("3 1 1 4", "x 1 1 4"), "x.txt, ligne 4", "n'est pas un nombre entier (« x »)"),
        (GOOD.replace("3 1 1 4", "3.5 1 1 4"), "x.txt, ligne 4", "n'est pas un nombre entier"),
        (GOOD.replace("3 1 1 4", "-3 1 1 4"), "x.txt, ligne 4", "vaut -3"),
        (GOOD.replace("3 1 1 4", f"{'9' * 5000} 1 1 4"), "x.txt, ligne 4", "vaut 99999999999999999999…"),
        (GOOD.replace("3 1 1 4", "999999 1 1 4"), "x.txt, ligne 4", "la somme des durées dépasse"),
        (GOOD.replace("3 1 1 4", "٣ 1 1 4"), "x.txt, ligne 4", "n'est pas un nombre entier"),
        (GOOD.replace("4 1\n", "99999999 1\n"), "x.txt, ligne 1", "le nombre d'activités vaut 99999999"),
        (GOOD.replace("2 2 1 4", "2 2 1 2").replace("3 1 1 4", "3 1 1 3"), "x.txt, ligne 4", "2 → 3 → 2"),
        (GOOD.replace("2 2 1 4", "2 5 1 4"), "x.txt, ligne 5", "demande 5 de la ressource 1, dont la capacité est 2"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)  # fmt: skip
def test_a_wrong_file_is_told_by_its_line(content: str, place: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_patterson(content, "x.txt")
    assert caught.value.where == place
    assert said in plain(caught.value.sentence)
    assert len(caught.value.sentence) < 250


@given(st.text(alphabet="0123456789- \nx", max_size=80))
def test_any_text_is_read_or_refused(content: str) -> None:
    with suppress(InputError):
        read_patterson(content, "x.txt")
