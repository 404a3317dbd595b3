# SPDX-License-Identifier: EUPL-1.2
"""The pack of governance, its ratios and the days when its duties fall."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.governance.duties import Said, due_days, in_time
from carene.engines.governance.pack import Governance, governance
from carene.engines.governance.ratios import (
    Held,
    Money,
    cyber_share,
    digital_share,
    rssi_time,
    security_per_thousand,
    team,
)
from carene.engines.months import add_months
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Profile

TODAY = dt.date(2026, 11, 23)
HOSPITAL = Profile(type="ch", size="m", ght="support")
PACK = governance()


def test_words_of_the_pack_are_those_of_the_referential() -> None:
    referential = care()
    for duty in PACK.duties:
        assert set(duty.who) <= set(referential.roles), duty.id
        assert (duty.applies.types or set()) <= set(referential.types), duty.id
        assert (duty.applies.nis2 or set()) <= set(PACK.nis2), duty.id
        assert duty.evidence
    assert set(PACK.staff.reference_fte) == {band.id for band in referential.bands}


def test_the_reference_time_is_the_one_that_the_indicator_defines() -> None:
    """The definition is read by people, the data by us: they say the same."""
    said = care().indicator["rssi_temps_pct"].definition
    figures = [float(one.replace(",", ".")) for one in re.findall(r"(\d+(?:,\d+)?)(?= ETP sous| de \d| au-delà)", said)]
    assert figures == [PACK.staff.reference_fte[band.id] for band in care().bands]


def test_a_duty_drawn_from_a_text_that_is_not_in_force_says_so() -> None:
    drafts = [duty for duty in PACK.duties if duty.source == "recyf"]
    assert len(drafts) >= 8
    assert all(duty.status == "draft" and "pas en vigueur" in duty.status_words for duty in drafts)


def test_a_document_named_by_a_duty_or_a_source_exists() -> None:
    data = PACK.model_dump()
    data["duties"][0]["document"] = "inconnu"
    with pytest.raises(ValueError, match="inconnu"):
        Governance.model_validate(data)


@pytest.mark.parametrize(
    ("money", "value", "why"),
    [
        (Money(operating=1000, digital_operating=20), 2.0, ""),
        (Money(operating=0, digital_operating=20), None, "est à zéro"),
        (Money(digital_operating=20), None, "budget d'exploitation manque"),
        (Money(operating=1000), None, "budget numérique manque"),
    ],
)
def test_the_digital_share(money: Money, value: float | None, why: str) -> None:
    found = digital_share(money)
    assert found.value == value
    assert why in found.why


def test_the_cyber_share_counts_investment_on_both_sides() -> None:
    money = Money(digital_operating=80, digital_investment=20, cyber_operating=4, cyber_investment=1)
    assert cyber_share(money).value == 5
    assert cyber_share(Money(digital_operating=0, cyber_operating=0)).value is None


def test_the_team_counts_who_is_there_and_what_is_empty() -> None:
    found = team(
        [
            Held("rssi", "rssi", 0.4, vacant=False),
            Held("securite", "reseau", 1, vacant=True),
            Held("technique", "systemes", 1.6, vacant=False),
            Held("dpo", "dpo", 0.5, vacant=False),
        ],
        PACK,
    )
    assert found.rssi_named
    assert found.by_skill == {"rssi": 0.4, "systemes": 1.6, "dpo": 0.5}
    assert found.vacancies.value == pytest.approx(100 / 3)
    assert rssi_time(found, "m", PACK).value == pytest.approx(80)
    assert rssi_time(found, None, PACK).value is None
    assert security_per_thousand(found, 800).value == pytest.approx(0.5)
    assert security_per_thousand(found, 0).value is None
    assert team([], PACK).vacancies.value is None


def due(said: list[Said], *, today: dt.date = TODAY, duty: str = "exercice-crise", reviews=()):
    rows = due_days(PACK, HOSPITAL, "essentielle", [(duty, one) for one in said], reviews, today)
    return next(one for one in rows if one.duty.id == duty)


def test_never_dated_is_not_late() -> None:
    assert due([]).state == "undated"


def test_done_then_late_then_planned_then_not_applicable() -> None:
    done = Said("done", dt.date(2025, 10, 1), dt.date(2026, 10, 1))
    assert due([done]).state == "late"
    moved = Said("planned", TODAY, dt.date(2026, 12, 12), "Salle indisponible")
    assert (due([done, moved]).state, due([done, moved]).last_on) == ("soon", done.on)
    assert due([done, moved], today=dt.date(2026, 12, 13)).state == "late"
    without = Said("not_applicable", TODAY, None, "Pas d'hébergement")
    assert due([done, without]).state == "not_applicable"


def test_a_review_of_the_document_is_the_duty_done() -> None:
    reviewed = dt.date(2026, 9, 1)
    found = due([], duty="revue-pssi", reviews=[("pssi", reviewed, None)])
    assert (found.last_on, found.due_on) == (reviewed, dt.date(2027, 9, 1))
    older = due([], duty="revue-pssi", reviews=[("pssi", reviewed, None), ("pssi", dt.date(2024, 1, 1), None)])
    assert older.due_on == found.due_on
    moved = Said("planned", dt.date(2026, 10, 1), dt.date(2027, 10, 1), "Après la fusion")
    assert due([moved], duty="revue-pssi", reviews=[("pssi", reviewed, None)]).due_on == moved.next_on


def test_duties_of_nis2_wait_for_the_establishment_to_say_what_it_is() -> None:
    def ids(kind: str, profile: Profile = HOSPITAL) -> set[str]:
        return {one.id for one in PACK.for_whom(profile, kind)}

    assert ids("") < ids("importante") < ids("essentielle")
    assert "exercice-crise" in ids("")
    assert "exercice-crise" not in ids("", Profile(type="ehpad"))
    assert "exercice-crise" in ids("", Profile()), "unknown type: the duty stays"


dates = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@given(st.lists(st.tuples(dates, st.one_of(st.none(), dates)), max_size=6), dates)
def test_what_was_said_last_stands_and_the_order_is_that_of_pressure(
    said: list[tuple[dt.date, dt.date | None]], today: dt.date
) -> None:
    history = [Said("done", on, following) for on, following in said]
    rows = due_days(PACK, HOSPITAL, "essentielle", [("revue-comptes", one) for one in history], (), today)
    assert len(rows) == len(PACK.for_whom(HOSPITAL, "essentielle"))
    found = next(one for one in rows if one.duty.id == "revue-comptes")
    assert found.due_on == (history[-1].next_on if history else None)
    late = [one for one in rows if one.state == "late"]
    assert rows[: len(late)] == late
    share = in_time(rows).value
    assert share is None if found.due_on is None else share == (0 if found.due_on < today else 100)


def test_the_period_of_each_duty_is_a_whole_number_of_months() -> None:
    for duty in PACK.duties:
        if duty.months:
            assert add_months(add_months(TODAY, duty.months), -duty.months) <= TODAY
