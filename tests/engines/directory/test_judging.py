# SPDX-License-Identifier: EUPL-1.2
"""Passed, failed, not evaluated; the level that follows, or why it cannot be told; risks that were accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.building import Builder
from carene.engines.directory.controls.case import DAY, Case
from carene.engines.directory.controls.contract import Control, Fault, Unknown
from carene.engines.directory.judging import Acceptance, Status, Verdict, judge, level
from carene.engines.directory.model import MISSING, Edges, Source

SID = "S-1-5-21-1-2-3"
TODAY = dt.date(2026, 3, 2)
LEVELS = {"guest": (2,)}


def look(case: Case, domain: int) -> Iterator[Fault]:
    for index in case.enabled(case.of(domain, "user")):
        if case.collection.objects.rid[index] == 501:
            yield Fault(int(index), "compte Invité actif", 2, domain)


GUEST = {"guest": Control("guest", {"user": ("useraccountcontrol",)}, look)}


def case_of(*uac: int, read: bool = True, domains: int = 1) -> Case:
    builder = Builder()
    builder.begin()
    for number in range(domains):
        sid = SID.replace("3", str(3 + number))
        domain = builder.domain(f"d{number}.invalid", sid, source=Source("LDIF", "", 100 * DAY, "x.ldif"))
        builder.reads(domain, "user", {"useraccountcontrol"} if read and number == 0 else {"description"})
        for value in uac:
            dn = f"CN=Invité,DC=d{number},DC=invalid"
            builder.add(domain, "user", dn, {"objectsid": f"{sid}-501", "useraccountcontrol": value})
    collection = builder.finish()
    return Case(collection, np.zeros(len(collection.objects), np.bool_), Edges.none())


def one(case: Case, *acceptances: Acceptance) -> Verdict:
    (verdict,) = judge(case, GUEST, LEVELS, acceptances, today=TODAY)
    return verdict


def test_three_states() -> None:
    assert one(case_of(514)).status is Status.PASSED
    failed = one(case_of(512))
    assert (failed.status, failed.level, len(failed.faults)) == (Status.FAILED, 2, 1)
    unread = one(case_of(512, read=False))
    assert unread.status is Status.NOT_EVALUATED
    assert unread.reason == "la collecte LDIF de d0.invalid ne donne pas useraccountcontrol"
    assert unread.level is None


def test_one_domain_of_two_unread_is_not_passed_but_a_fault_is_a_fault() -> None:
    assert one(case_of(514, domains=2)).status is Status.NOT_EVALUATED
    failed = one(case_of(512, domains=2))
    assert failed.status is Status.FAILED
    assert failed.unknown


def test_nothing_collected_is_nothing_evaluated() -> None:
    collection = Builder().finish()
    empty = Case(collection, np.zeros(0, np.bool_), Edges.none())
    verdict = one(empty)
    assert (verdict.status, level([verdict]).value) == (Status.NOT_EVALUATED, None)


@pytest.mark.parametrize(
    ("objects", "until", "status"),
    [
        (frozenset(), TODAY, Status.PASSED),
        (frozenset({f"{SID}-501"}), TODAY, Status.PASSED),
        (frozenset({f"{SID}-502"}), TODAY, Status.FAILED),
        (frozenset(), TODAY - dt.timedelta(1), Status.FAILED),
    ],
)
def test_an_accepted_risk_holds_for_its_objects_until_its_day(
    objects: frozenset[str], until: dt.date, status: Status
) -> None:
    verdict = one(case_of(512), Acceptance("guest", "RSSI", "borne de la bibliothèque", until, objects))
    assert verdict.status is status
    assert len(verdict.accepted) == (status is Status.PASSED)
    assert bool(verdict.reason) == (status is Status.PASSED)


def verdict_of(levels: tuple[int, ...], failed: int | None, *, unread: bool) -> Verdict:
    faults = (Fault(0, "", failed, 0),) if failed else ()
    unknown = (Unknown(0, "non lu", ""),) if unread else ()
    status = Status.FAILED if failed else Status.NOT_EVALUATED if unread else Status.PASSED
    return Verdict("x", levels, status, "", faults, unknown)


def test_the_level_is_that_of_the_lowest_failed_control() -> None:
    assert level([]).value == 5
    assert level([verdict_of((3,), 3, unread=False), verdict_of((1, 2), 2, unread=False)]).value == 2
    told = level([verdict_of((2,), 2, unread=False), verdict_of((3,), None, unread=True)])
    assert (told.value, told.undecided) == (2, ()), "what is not evaluated above changes nothing"


def test_what_is_not_evaluated_below_leaves_it_untold() -> None:
    told = level([verdict_of((3,), 3, unread=False), verdict_of((1,), None, unread=True)])
    assert (told.value, told.at_most, len(told.undecided)) == (None, 3, 1)
    assert level([verdict_of((4,), None, unread=True)]).value is None


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.booleans()), max_size=12))
def test_one_more_fault_never_raises_the_level(found: list[tuple[int, bool, bool]]) -> None:
    verdicts = [verdict_of((at,), at if failed else None, unread=unread) for at, failed, unread in found]
    before = level(verdicts)
    after = level([*verdicts, verdict_of((2,), 2, unread=False)])
    assert after.at_most == min(before.at_most, 2)
    assert after.value is None or before.value is None or after.value <= before.value


def test_days_count_from_the_collection() -> None:
    case = case_of(512)
    objects = case.collection.objects
    objects.password_set[:] = 40 * DAY
    indices = case.of(0, "user")
    assert case.days(objects.password_set, indices, 0).tolist() == [60]
    assert case.days(objects.last_logon, indices, 0).tolist() == [MISSING]
