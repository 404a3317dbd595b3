# SPDX-License-Identifier: EUPL-1.2
"""A referential leaves as data and comes back the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.referential.loader import load_pack
from carene.engines.referential.model import (
    Axis,
    Correspondence,
    CorrespondenceSet,
    Criterion,
    Indicator,
    MaturityStep,
    Measure,
    Objective,
    Raise,
    Referential,
    Sharing,
    SizeBand,
    Source,
    TargetProfile,
    Thresholds,
    When,
)
from carene.engines.referential.serialise import from_data, mappings_from_data, mappings_to_data, to_data
from carene.engines.sources import InputError
from tests.support.packs import write_small_pack

WORD = st.text(max_size=6)
WORDS = st.lists(WORD, max_size=2).map(tuple)
MAP = st.dictionaries(WORD, WORD, max_size=2)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
SMALL = st.integers(0, 9)
FACET = st.none() | st.frozensets(WORD, max_size=3)
WHEN = st.builds(When, types=FACET, sizes=FACET, ght=FACET)
THRESHOLDS = st.builds(Thresholds, indicator=WORD, bounds=st.dictionaries(SMALL, FLOAT, max_size=3))
EUROS = st.dictionaries(WORD, st.integers(0, 10**9), max_size=2)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


@st.composite
def referentials(draw: st.DrawFn) -> Referential:
    axes = draw(some(st.builds(Axis)))
    objectives = draw(some(st.builds(Objective, axis=st.sampled_from([a.id for a in axes])))) if axes else ()
    criteria: tuple[Criterion, ...] = ()
    if objectives:
        criterion = st.builds(
            Criterion,
            objective=st.sampled_from([o.id for o in objectives]),
            levels=st.lists(WORD, min_size=2, max_size=5).map(tuple),
            applies=WHEN,
            weights=some(st.tuples(WHEN, SMALL)),
            thresholds=st.none() | THRESHOLDS,
            refs=st.dictionaries(WORD, WORDS, max_size=2),
        )
        criteria = draw(some(criterion))
    measure = st.builds(
        Measure,
        raises=some(st.builds(Raise)),
        investment=EUROS,
        yearly=EUROS,
        months=EUROS,
        effort=st.dictionaries(WORD, st.dictionaries(WORD, FLOAT, max_size=2), max_size=2),
        sharing=st.builds(Sharing, member_share=FLOAT),
        applies=WHEN,
    )
    return draw(
        st.builds(
            Referential,
            axes=st.just(axes),
            objectives=st.just(objectives),
            criteria=st.just(criteria),
            indicators=some(st.builds(Indicator, minimum=st.none() | FLOAT, maximum=st.none() | FLOAT)),
            measures=some(measure),
            sources=st.dictionaries(WORD, st.builds(Source), max_size=2),
            types=MAP,
            bands=some(st.builds(SizeBand)),
            profiles=some(st.builds(TargetProfile, when=WHEN)),
            steps=some(st.builds(MaturityStep, others_share=FLOAT)),
            groups=MAP,
            default_groups=WORDS,
        )
    )


@given(referentials())
@settings(max_examples=60, deadline=None)
def test_round_trip(found: Referential) -> None:
    data = to_data(found)
    text = json.dumps(data)
    assert from_data(data) == found
    assert from_data(json.loads(text)) == found
    assert json.dumps(to_data(from_data(json.loads(text)))) == text, "the same referential gives the same data"


def test_a_whole_pack_comes_back(tmp_path: Path) -> None:
    found = load_pack(write_small_pack(tmp_path))
    again = from_data(json.loads(json.dumps(to_data(found))))
    assert again == found
    assert again.criterion["GOV.1.1"].thresholds == found.criterion["GOV.1.1"].thresholds
    assert again.measures_for.keys() == found.measures_for.keys()


def test_correspondences_come_back() -> None:
    mappings = (CorrespondenceSet("urn:a", "Une", "urn:s", "urn:t", (Correspondence("x", "y", "equal", 90),)),)
    assert mappings_from_data(json.loads(json.dumps(mappings_to_data(mappings)))) == mappings
    with pytest.raises(InputError, match="abîmées"):
        mappings_from_data([{"id": 3}])


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.pop("format"),
        lambda data: data.update(format=99),
        lambda data: data.pop("name"),
        lambda data: data.update(axes=[]),
        lambda data: data.update(objectives=[]),
        lambda data: data.update(criteria=3),
        lambda data: data["criteria"][0].update(levels=["un seul"]),
        lambda data: data["criteria"][0].update(objective="ailleurs"),
        lambda data: data["measures"][0].update(months={"s": "deux"}),
        lambda data: data.update(date="hier"),
    ],
)
def test_damaged_data_is_refused(tmp_path: Path, damage: Any) -> None:
    data = to_data(load_pack(write_small_pack(tmp_path)))
    damage(data)
    with pytest.raises(InputError) as caught:
        from_data(data)
    assert "importer de nouveau" in caught.value.sentence
