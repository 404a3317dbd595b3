# SPDX-License-Identifier: EUPL-1.2
"""The map of a group, what sharing frees, how far it has converged, which offer answers which need."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.planner.candidates import candidates_from
from carene.engines.planner.model import Candidate
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Profile
from carene.engines.resources.convergence import Mark, progress
from carene.engines.resources.findings import Finding, findings
from carene.engines.resources.freed import sharing
from carene.engines.resources.holdings import rows
from carene.engines.resources.matching import WEIGHTS, Offered, Wanted, match, refusal
from carene.engines.resources.model import Facts, Post, Tie, Unit
from carene.engines.resources.pack import resources

TODAY = dt.date(2026, 11, 24)
GHT = 9
UNITS = (Unit(1, "Valmont", GHT), Unit(2, "Brenne", GHT), Unit(3, "Orme", GHT))


def said(facts: Facts, kind: str, subject: str) -> list[Finding]:
    found = findings(rows(facts, resources()), resources(), care().skills)
    return [one for one in found if (one.kind, one.subject) == (kind, subject)]


def test_the_pack_names_only_what_exists_and_speaks_of_every_kind_of_service() -> None:
    pack = resources()
    assert {"rssi", "soc", "backup"} <= set(pack.sharing)
    assert all(one.overlap and one.gap and one.hole for one in pack.services.values())
    assert all(step.proof and pack.source_of(step).title for step in pack.convergence.steps)
    assert pack.step["annuaire"].reference == "D1.O6.B"
    assert pack.sources[pack.convergence.source].confidence == "inferred"


def test_a_member_provides_another_receives_a_third_is_alone() -> None:
    facts = Facts(
        UNITS,
        ties=[Tie("rssi", 1, "Valmont", 2, percent=10)],
        posts=[Post(1, "rssi", "rssi", "named", 0.4), Post(3, "rssi", "rssi", "named", 0.5)],
    )
    first, second, third = rows(facts, resources())
    assert (first.services["rssi"].state, first.services["rssi"].others) == ("provides", ("Brenne",))
    assert (second.services["rssi"].state, second.services["rssi"].part) == ("receives", "10\N{NO-BREAK SPACE}%")
    assert third.services["rssi"].state == "alone"
    (overlap,) = said(facts, "overlap", "rssi")
    assert overlap.sentence == "Orme garde son RSSI ; Valmont fournit déjà le RSSI à 1\N{NO-BREAK SPACE}membre."
    (scattered,) = said(facts, "scattered", "rssi")
    assert "Valmont (0,4) et Orme (0,5)" in scattered.sentence


def test_a_shared_post_is_a_tie_and_a_vacant_one_is_a_hole() -> None:
    facts = Facts(
        UNITS,
        posts=[
            Post(1, "dpo", "dpo", "named", 0.5),
            Post(2, "dpo", "dpo", "shared", 0.2, employer=1),
            Post(3, "dpo", "dpo", "vacant", 0.3),
        ],
    )
    first, second, third = rows(facts, resources())
    assert [row.services["dpo"].state for row in (first, second, third)] == ["provides", "receives", "vacant"]
    assert second.skills["dpo"].shared == pytest.approx(0.2)
    (gap,) = said(facts, "gap", "dpo")
    assert gap.units == (3,)
    assert "rien n'est décrit pour Orme" in gap.sentence
    assert said(facts, "vacant", "dpo")[0].sentence.startswith("DPO : 0,3")


def test_two_alone_do_the_same_and_nobody_does_the_rest() -> None:
    facts = Facts(UNITS, measured={1: frozenset({"edr_couverture"}), 2: frozenset({"edr_couverture"})})
    assert said(facts, "overlap", "edr")[0].sentence == "Valmont et Brenne ont chacun leur EDR."
    assert said(facts, "hole", "soc")[0].sentence == "Personne ne décrit un SOC."
    assert not said(facts, "hole", "edr")
    assert not said(facts, "hole", "reseau"), "nobody described a post: nothing is said of skills"


def test_what_is_to_come_is_said_with_its_day() -> None:
    coming = dt.date(2027, 1, 8)
    facts = Facts(UNITS, ties=[Tie("soc", 1, "Valmont", 2, coming=coming)])
    first, second, _ = rows(facts, resources())
    assert first.services["soc"].coming == second.services["soc"].coming == coming
    assert "Valmont fournira le SOC dès le 8\N{NO-BREAK SPACE}janvier 2027" in said(facts, "gap", "soc")[0].sentence


def test_a_lone_member_or_one_outside_a_ght_is_compared_with_nobody() -> None:
    for units in ((UNITS[0],), (Unit(1, "A"), Unit(2, "B"))):
        assert findings(rows(Facts(units), resources()), resources(), care().skills) == []


def candidate(money: float, yearly: float, days: float) -> Candidate:
    return Candidate("m", "M", (), money, yearly, {"rssi": days}, 3)


def test_six_like_members_pay_the_share_of_the_pack() -> None:
    found = sharing({unit: candidate(6000, 1200, 12) for unit in range(6)}, 0.5, 36, members=6)
    for part in found.parts:
        assert part.together == pytest.approx(part.alone / 2)
        assert part.together_days == pytest.approx(part.alone_days / 2)
    assert found.fte(200) == pytest.approx(6 * 6 / 3 / 200)


@given(
    st.lists(st.tuples(*[st.floats(0, 1e6)] * 3), min_size=2, max_size=8),
    st.floats(0.05, 0.95),
    st.integers(2, 12),
)
def test_nobody_pays_more_together_than_alone(sizes: list[tuple[float, ...]], share: float, members: int) -> None:
    found = sharing({n: candidate(*size) for n, size in enumerate(sizes)}, share, 36, members)
    for part in found.parts:
        assert -1e-6 <= part.together <= part.alone + 1e-6 * max(1, part.alone)
        assert -1e-6 <= part.together_days <= part.alone_days + 1e-6 * max(1, part.alone_days)


def test_one_alone_frees_nothing_and_every_shareable_thing_has_a_price() -> None:
    assert sharing({1: candidate(1, 1, 1)}, 0.5, 36).parts == ()
    known = {one.id for one in candidates_from(care(), Profile("ch", "m", "membre"), False, {})}
    assert {resources().services[kind].measure for kind in resources().sharing} <= known


def test_progress_counts_what_applies() -> None:
    day = TODAY - dt.timedelta(days=40)
    marks = [Mark("a", "done", day), Mark("b", "planned", day), Mark("c", "not_applicable"), Mark("d", "todo")]
    found = progress(marks, len(marks), TODAY)
    assert (found.done, found.planned, found.late, found.expected) == (1, 1, 1, 3)
    assert found.share == pytest.approx(1 / 3)
    assert progress([], 0, TODAY).share is None
    assert Mark("b", "planned", day).words(TODAY) == "prévu en octobre 2026, depuis 40\N{NO-BREAK SPACE}j"


def test_the_most_precise_thing_in_common_ranks_first() -> None:
    pack, referential = resources(), care()
    wanted = Wanted("soc", "", "ouvrir-soc-ght", "RES.3.2")
    by_service = match(wanted, Offered(service="soc"), pack, referential)
    assert by_service.rank == WEIGHTS["measure"] + WEIGHTS["criterion"] + WEIGHTS["service"]
    assert by_service.why[0].startswith("même mesure")
    assert match(wanted, Offered(skill="dpo"), pack, referential).rank == 0
    assert match(Wanted(), Offered(service="soc"), pack, referential).rank == 0
    assert match(Wanted(skill="rssi"), Offered(service="rssi"), pack, referential).rank == WEIGHTS["skill"]


def test_an_offer_says_whom_it_is_not_for() -> None:
    small = Offered(types=frozenset({"ehpad"}), ends_on=TODAY)
    assert "réservée à : EHPAD" in refusal(small, Profile("ch", "m", "membre"), care(), TODAY)
    assert refusal(small, Profile("ehpad", "xs", "membre"), care(), TODAY) == ""
    assert refusal(small, Profile(None, None, None), care(), TODAY) == ""
    assert "a pris fin" in refusal(small, Profile("ehpad", "xs", "membre"), care(), TODAY + dt.timedelta(days=1))
