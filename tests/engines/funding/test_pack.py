# SPDX-License-Identifier: EUPL-1.2
"""The pack of the domains: what it says, what it refuses, and what an administrator may add."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.funding import circuit
from carene.engines.funding.loader import load, shipped
from carene.engines.funding.money import Amount, Band, ceiling, payable
from carene.engines.funding.overlay import Setting, overlaid
from carene.engines.referential.catalogue import PACKS
from carene.engines.referential.schema import SourceShape
from carene.engines.sources.errors import InputError, InputErrors

D2 = shipped().get("d2")
assert D2 is not None
SOURCE = SourceShape(title="Un arrêté", confidence="official")


def test_six_domains_each_with_what_is_not_known() -> None:
    assert [domain.id for domain in shipped().all] == shipped().pack.domains
    assert len(shipped().all) == 6
    assert all(domain.unknown for domain in shipped().all)
    assert all(domain.windows or domain.announced for domain in shipped().all)


def test_no_ceiling_and_no_criterion_is_invented() -> None:
    silent = [domain for domain in shipped().all if domain.id in {"d1bis", "acces_distants", "postes_detection"}]
    assert not any(list(domain.items()) or domain.envelope for domain in silent)


def broken(tmp_path: Path, name: str, old: str, new: str) -> InputErrors:
    folder = tmp_path / "funding"
    shutil.copytree(PACKS / "funding", folder)
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        load(folder)
    return found.value


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source: ans_presse", "source: nulle_part", "« nulle_part » n'est pas décrite"),
        ("fact: approved", "fact: absent", "« absent » n'est pas une donnée"),
        ("document: pssi,", "document: absent,", "« absent » n'existe pas"),
        ("{kind: coverage, min: 0.66}", "{kind: coverage}", "n'a pas de « min »"),
        ("id: D2.P2", "id: D2.P1", "écrit deux fois"),
        ("day: 2025-10-31", "day: 2024-10-31", "finit avant de commencer"),
        ("kind: coverage", "kind: guess", "n'est pas admis"),
        ("when: own_directory", "when: ads_score", "oui ou non"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    errors = broken(tmp_path, "d2.yaml", old, new)
    assert any(said in one.sentence and "d2.yaml, ligne" in one.sentence for one in errors.errors)


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"pack\.yaml"):
        load(tmp_path)


def test_a_window_is_seen_on_each_day() -> None:
    def seen(day: str, step: str = "application") -> circuit.Standing:
        assert D2 is not None
        return circuit.standing(D2, step, dt.date.fromisoformat(day))

    assert seen("2025-09-01").open is False
    assert seen("2025-09-02").open is True
    assert seen("2025-10-31").open is True
    late = seen("2025-11-01")
    assert (late.open, late.binds) == (False, True)
    aimed = seen("2026-12-01", "declaration")  # the press gave the end: it stops nobody
    assert (aimed.open, aimed.binds) == (False, False)
    assert seen("2026-12-01", "payment").open is None


def test_every_move_leads_somewhere_and_every_state_is_reached() -> None:
    for move in circuit.MOVES.values():
        assert {*move.origins, move.target} <= set(circuit.STATES)
    reached = {move.target for move in circuit.MOVES.values()}
    assert reached == set(circuit.STATES)
    assert not [state for state in circuit.STATES if state not in {"paid"} and not circuit.moves_from(state)]
    assert {"draft"} == {s for s in circuit.STATES if circuit.STEP_OF.get(s) == "application"} - {"applied"}


def test_an_administrator_adds_dates_an_envelope_and_objectives() -> None:
    base = shipped().get("d1bis")
    assert base is not None
    said = overlaid(
        base,
        [
            Setting(1, "window.application", {"start": "2026-02-13", "end": "2026-12-31"}, SOURCE),
            Setting(2, "envelope", {"euros": 1_000_000}, SOURCE),
            Setting(3, "candidates", {"who": ["outside"]}, SOURCE),
            Setting(4, "item.O1.A", {"title": "Un", "expected": "Deux", "documents": ["Trois"]}, SOURCE),
        ],
    )
    assert said.window("application").end is not None
    assert said.envelope is not None
    assert said.envelope.value == 1_000_000
    assert said.candidates is not None
    assert [item.id for item in said.items()] == ["O1.A"]
    assert said.sources[said.envelope.source].title == "Un arrêté"
    assert list(base.items()) == []  # the pack itself is not touched


def test_the_last_one_who_speaks_of_a_thing_is_heard() -> None:
    assert D2 is not None
    rows = [Setting(n, "envelope", {"euros": n}, SOURCE) for n in (1, 2)]
    envelope = overlaid(D2, rows).envelope
    assert envelope is not None
    assert envelope.value == 2


BANDS = [Band("ght", 0, 100, 10_000), Band("ght", 100, None, 50_000)]


@pytest.mark.parametrize(("measure", "euros"), [(0, 10_000), (99, 10_000), (100, 50_000), (10**9, 50_000)])
def test_a_ceiling_is_read_in_its_table(measure: int, euros: int) -> None:
    assert ceiling(BANDS, "ght", measure).euros == euros


@pytest.mark.parametrize(("family", "measure"), [("prive", 5), ("ght", None)])
def test_without_a_table_or_a_measure_nothing_is_computed(family: str, measure: int | None) -> None:
    found = ceiling(BANDS, family, measure)
    assert found.words == "non calculable"
    assert found.reason
    assert payable(1_000, found).euros is None


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_what_is_payable_never_exceeds_what_was_spent_nor_the_ceiling(spent: int, more: int, limit: int) -> None:
    first, second = (payable(one, Amount(limit, "")).euros for one in (spent, spent + more))
    assert first is not None
    assert second is not None
    assert first <= min(spent, limit)
    assert first <= second


def test_two_lines_of_a_table_may_touch_but_not_overlap() -> None:
    assert not BANDS[0].overlaps(BANDS[1])
    assert BANDS[1].overlaps(Band("ght", 500, 600, 1))
    assert not BANDS[1].overlaps(Band("prive", 500, 600, 1))


def test_a_step_is_declared_alone_and_whole() -> None:
    steps = shipped().get("hospiconnect")
    assert steps is not None
    first, *others = [{item.id for item in objective.items} for objective in steps.objectives]
    assert steps.beside({min(first)}) == set().union(*others)
    assert not D2.beside(()) if D2 else False  # there, all is declared together
