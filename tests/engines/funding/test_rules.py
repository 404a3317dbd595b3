# SPDX-License-Identifier: EUPL-1.2
"""What a machine checks of a file: dates, ages, figures, coverage; and what can never happen."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.funding.coverage import Unit, coverage
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import Domain
from carene.engines.funding.rules import RANK, Case, Piece, Said, examine, judge

TODAY = dt.date(2026, 6, 1)
GRID = "D2.O1.C"


def domain(key: str = "d2") -> Domain:
    found = shipped().get(key)
    assert found is not None
    return found


def state(item: str, said: Said, *, key: str = "d2", candidate: str = "ght", **more: object) -> tuple[str, str]:
    known = domain(key)
    shape = known.item(item)
    assert shape is not None
    verdict = judge(known, shape, Case(candidate, TODAY, said={item: said}, **more))  # type: ignore[arg-type]
    return verdict.state, " ; ".join(check.reason for check in verdict.faults)


def policy(day: dt.date | None, **facts: bool) -> Said:
    return Said({"approved": True} | facts, (Piece("pssi", "PSSI", day),))


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (dt.date(2022, 7, 15), "wrong"),
        (dt.date(2022, 7, 16), "acquired"),
        (TODAY, "acquired"),
        (TODAY + dt.timedelta(days=1), "wrong"),
        (None, "missing"),
    ],
)
def test_the_policy_was_reviewed_between_two_dates(day: dt.date | None, wanted: str) -> None:
    assert state("D2.P1", policy(day))[0] == wanted


def test_the_day_of_the_candidature_closes_the_interval_once_it_is_sent() -> None:
    said = policy(dt.date(2025, 12, 1))
    assert state("D2.P1", said, done={"application": dt.date(2025, 10, 1)})[0] == "wrong"
    assert state("D2.P1", said, done={"application": dt.date(2025, 12, 1)})[0] == "acquired"


def test_nothing_said_is_to_complete_and_says_what() -> None:
    found, words = state("D2.P1", Said())
    assert found == "missing"
    assert "dire si la PSSI est validée" in words
    assert "joindre" in words


def test_what_is_not_approved_is_wrong() -> None:
    assert state("D2.P1", policy(TODAY, approved=False))[0] == "wrong"


def backup(**more: object) -> Said:
    pieces = [Piece("roles", "Rôles"), Piece("second_factor", "2FA")]
    if "ads" in more:
        pieces.append(Piece("ads", "ADS", more.pop("ads")))  # type: ignore[arg-type]
    return Said(more, tuple(pieces))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (backup(own_directory=False), "acquired"),  # no directory of its own: its score is not asked for
        (backup(), "missing"),
        (backup(own_directory=True), "missing"),
        (backup(own_directory=True, ads_score=3.0, ads=dt.date(2026, 4, 2)), "acquired"),  # 60 days
        (backup(own_directory=True, ads_score=3.0, ads=dt.date(2026, 4, 1)), "wrong"),  # 61 days
        (backup(own_directory=True, ads_score=3.0, ads=dt.date(2026, 6, 2)), "wrong"),  # after
        (backup(own_directory=True, ads_score=2.0, ads=dt.date(2026, 5, 20)), "wrong"),
    ],
)
def test_the_directory_of_the_backup(said: Said, wanted: str) -> None:
    assert state("D2.O3.A", said)[0] == wanted


@pytest.mark.parametrize(("days", "wanted"), [(44, "wrong"), (45, "acquired"), (60, "acquired"), (61, "wrong")])
def test_two_audits_stand_so_many_days_apart(days: int, wanted: str) -> None:
    pieces = tuple(Piece("audits", "Audit", TODAY - dt.timedelta(days=n)) for n in (0, days))
    assert state("D1.O2.B", Said({}, pieces), key="d1")[0] == wanted


def test_one_audit_is_not_two() -> None:
    assert state("D1.O2.B", Said({}, (Piece("audits", "Audit", TODAY),)), key="d1")[0] == "missing"


def test_an_expired_document_proves_nothing() -> None:
    said = Said({}, (Piece("team", "Équipe", TODAY, TODAY - dt.timedelta(days=1)),))
    assert state("D2.P2", said)[0] == "wrong"


def test_a_governance_of_control_is_asked_from_groups_only() -> None:
    said = Said({}, (Piece("boards", "Tableaux"), Piece("procedures", "Procédures")))
    assert state("D2.O3.D", said, candidate="ght")[0] == "missing"
    assert state("D2.O3.D", said, candidate="outside")[0] == "acquired"


def test_an_item_for_groups_is_not_asked_from_others() -> None:
    ids = {verdict.item.id for verdict in examine(domain("d1"), Case("outside", TODAY))}
    assert "D1.O6.B" not in ids


def test_a_trajectory_lasts_less_than_three_years() -> None:
    pieces = tuple(Piece(key, key) for key in ("architecture", "schedule", "isolation"))
    assert state("D2.O3.B", Said({"years": 2.5}, pieces))[0] == "acquired"
    assert state("D2.O3.B", Said({"years": 3.0}, pieces))[0] == "wrong"


PIECES = tuple(Piece(key, key) for key in ("bia", "activities", "plans"))


def covered(*units: Unit) -> tuple[str, str]:
    return state(GRID, Said({}, PIECES), units=units)


def test_coverage_at_exactly_the_threshold_is_enough() -> None:
    assert covered(Unit("A", 66, {GRID: True}), Unit("B", 34, {GRID: False}))[0] == "acquired"
    found, words = covered(Unit("A", 6599, {GRID: True}), Unit("B", 3401, {GRID: False}))
    assert found == "wrong"
    assert "65,9 %" in words.replace("\u00a0", " ")


def test_those_who_have_not_said_could_still_complete_it() -> None:
    found, words = covered(Unit("A", 50, {GRID: True}), Unit("B", 50))
    assert found == "missing"
    assert "B" in words


@pytest.mark.parametrize("activity", [None, 0])
def test_a_missing_or_null_activity_makes_it_not_computable(activity: int | None) -> None:
    found, words = covered(Unit("A", 50, {GRID: True}), Unit("B", activity, {GRID: True}))
    assert found == "missing"
    assert "non calculable" in words
    assert "B" in words


def test_a_lone_unit_needs_no_activity() -> None:
    assert covered(Unit("A", None, {GRID: True}))[0] == "acquired"


def test_without_members_nothing_is_computed() -> None:
    assert coverage((), GRID).share is None


answers = st.dictionaries(st.just(GRID), st.booleans(), max_size=1)
units = st.lists(
    st.builds(Unit, st.sampled_from("ABCDE"), st.one_of(st.none(), st.integers(0, 10**12)), answers), max_size=8
)


@given(units, st.data())
def test_one_more_member_that_complies_never_loses_an_objective(members: list[Unit], data: st.DataObject) -> None:
    if not members:
        return
    rank = data.draw(st.integers(0, len(members) - 1))
    better = list(members)
    better[rank] = replace(members[rank], complies={GRID: True})
    assert RANK[covered(*better)[0]] <= RANK[covered(*members)[0]]  # type: ignore[index]


@given(units)
def test_a_share_is_between_nothing_and_all_and_the_possible_is_no_less(members: list[Unit]) -> None:
    found = coverage(members, GRID)
    if found.share is not None and found.possible is not None:
        assert 0 <= found.share <= found.possible <= 1
    else:
        assert found.reason


@given(st.lists(st.sampled_from(["roles", "second_factor"]), max_size=4), st.booleans())
def test_one_more_document_never_makes_an_item_worse(places: list[str], own: bool) -> None:
    said = backup(own_directory=own)
    fewer = replace(said, pieces=tuple(Piece(place, place) for place in places))
    more = replace(fewer, pieces=(*fewer.pieces, Piece("roles", "Rôles")))
    assert RANK[state("D2.O3.A", more)[0]] <= RANK[state("D2.O3.A", fewer)[0]]  # type: ignore[index]
