# SPDX-License-Identifier: EUPL-1.2
"""The expected risk: it never rises with a level, ignores what does not apply, and answers at once."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.referential.model import Profile
from carene.engines.simulation.expectation import at_least_one, risk
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Establishment, Model, Origin, Place, Uncertain, triangle
from tests.engines.simulation.support import CH, CRITERIA, EHPAD, EVERYONE, establishments, everywhere, some_levels

ORIGIN = Origin("estimation", "inferred", "Pour essayer.")


@settings(max_examples=60, deadline=None)
@given(some_levels, establishments, st.sampled_from(CRITERIA), st.integers(0, 4))
def test_raising_a_level_never_raises_any_risk(
    levels: dict[str, int | None], establishment: Establishment, key: str, level: int
) -> None:
    low = {**levels, key: min(level, 3)}
    before, after = risk(shipped(), low, establishment), risk(shipped(), {**low, key: 4}, establishment)
    for one in ("successes", "probability", "days", "activity", "records", "euros"):
        for attack in before.attacks:
            was, now = getattr(before.attacks[attack], one), getattr(after.attacks[attack], one)
            assert now <= was * (1 + 1e-9), (attack, one)
        assert getattr(after.total, one) <= getattr(before.total, one) * (1 + 1e-9), one


@settings(max_examples=40, deadline=None)
@given(some_levels, establishments, st.sampled_from(CRITERIA))
def test_what_nobody_evaluated_lies_between_the_worst_and_the_best(
    levels: dict[str, int | None], establishment: Establishment, key: str
) -> None:
    worst, unknown, best = (
        risk(shipped(), {**levels, key: level}, establishment).total.euros for level in (0, None, 4)
    )
    assert best * (1 - 1e-9) <= unknown <= worst * (1 + 1e-9)


def test_a_criterion_that_does_not_apply_does_not_count() -> None:
    model, key = shipped(), "OPS.5.1"
    places = tuple(Place(p.id, p.title, tuple(b for b in p.barriers if b.criterion != key)) for p in model.places)
    without: Model = replace(model, places=places, cache={})
    levels = everywhere(2)
    declared = replace(CH, not_applicable=frozenset({key}))
    assert risk(model, levels, declared).total.euros == pytest.approx(risk(without, levels, CH).total.euros)
    assert risk(model, {**levels, key: 0}, CH).total.euros == pytest.approx(risk(model, levels, declared).total.euros)


def test_a_profile_excludes_its_own_criteria() -> None:
    """An EHPAD answers for no directory: what it would say of one changes nothing."""
    levels = everywhere(1)
    assert risk(shipped(), levels, EHPAD) == risk(shipped(), {**levels, "OPS.2.1": 4}, EHPAD)


def test_a_way_in_that_does_not_exist_is_closed() -> None:
    levels = everywhere(1)
    none = replace(CH, not_applicable=frozenset({"OPS.4.2"}))
    assert risk(shipped(), levels, none).total.attempts < risk(shipped(), levels, CH).total.attempts
    assert risk(shipped(), levels, none).total.euros < risk(shipped(), levels, CH).total.euros


def test_a_computed_recovery_time_replaces_the_estimate() -> None:
    levels = everywhere(1)
    usual = risk(shipped(), levels, CH)
    short, long = (risk(shipped(), levels, CH, recovery_days={"rancongiciel": days}) for days in (5, 50))
    assert long.attacks["rancongiciel"].days == pytest.approx(10 * short.attacks["rancongiciel"].days)
    assert short.attacks["espionnage"] == usual.attacks["espionnage"]
    assert short.attacks["rancongiciel"].probability == pytest.approx(usual.attacks["rancongiciel"].probability)
    # The backup is already inside the computed time; the crisis cell is not.
    better = {**levels, "OPS.8.4": 4}
    computed = {"rancongiciel": 5.0}
    assert risk(shipped(), better, CH, recovery_days=computed).total.days == pytest.approx(short.total.days)
    better = {**levels, "GOV.4.2": 4}
    assert risk(shipped(), better, CH, recovery_days=computed).total.days < short.total.days


@pytest.mark.parametrize(("attack", "days"), [("inconnue", 3), ("rancongiciel", 0), ("rancongiciel", float("nan"))])
def test_a_recovery_time_that_means_nothing_is_refused(attack: str, days: float) -> None:
    with pytest.raises(ValueError, match="recovery time"):
        risk(shipped(), {}, CH, recovery_days={attack: days})


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no level 5"):
        risk(shipped(), {"OPS.5.1": 5}, CH)


def test_what_the_card_does_not_tell_is_said() -> None:
    found = risk(shipped(), {}, Establishment(Profile()))
    assert len(found.notes) == 3
    assert set(found.unevaluated) == set(CRITERIA)
    assert risk(shipped(), everywhere(1), CH).notes == ()


def test_it_answers_at_once() -> None:
    risk(shipped(), {}, CH)
    start = time.thread_time()
    for _ in range(50):
        risk(shipped(), everywhere(1), CH)
    assert (time.thread_time() - start) / 50 < 0.006  # a third of a millisecond alone; not every machine is as quick


def test_moments_are_those_of_the_law() -> None:
    triangular = Uncertain(0.5, 0.2, 0.9, "bounded", ORIGIN)
    assert triangular.moment(1) == pytest.approx((0.5 + 0.2 + 0.9) / 3)
    assert sum(weight for _, weight in triangle(0.2, 0.5, 0.9)) == pytest.approx(1)
    variance = triangular.moment(2) - triangular.moment(1) ** 2
    assert variance == pytest.approx((0.2**2 + 0.5**2 + 0.9**2 - 0.2 * 0.5 - 0.2 * 0.9 - 0.5 * 0.9) / 18)
    ratio = Uncertain(2, 1, 4, "ratio", ORIGIN)  # log-normal: both sides alike
    assert ratio.below == pytest.approx(ratio.above)
    assert ratio.moment(1) == pytest.approx(2 * 2.718281828 ** (ratio.above**2 / 2))


def test_the_probability_follows_the_number() -> None:
    assert at_least_one(0, 0) == 0
    assert at_least_one(0.1, 0.01) == pytest.approx(1 - 2.718281828**-0.1)
    assert at_least_one(0.1, 0.05) < at_least_one(0.1, 0.01)  # the same mean, less even


def test_nothing_dominates_nor_jumps() -> None:
    """Read as an actuary would: every level counts, and no level everywhere divides the risk by more than six."""
    for establishment in EVERYONE:
        euros = [risk(shipped(), everywhere(level), establishment).total.euros for level in range(5)]
        for before, after in pairwise(euros):
            assert 1.2 < before / after < 6
