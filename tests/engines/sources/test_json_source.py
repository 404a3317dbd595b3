# SPDX-License-Identifier: EUPL-1.2
"""JSON with the same care as YAML."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.sources import InputError
from carene.engines.sources.document import Limits
from carene.engines.sources.yaml_source import read_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DATA: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


def refusal(source: str | bytes, limits: Limits | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_json(source, "f.json", limits)
    return caught.value.sentence


@given(st.binary(max_size=100) | st.text(max_size=100) | st.text('[]{}:,"\\u0123456789dDeE.-+ntf', max_size=40))
@settings(max_examples=400)
def test_anything_gives_data_or_an_input_error(source: str | bytes) -> None:
    sentence = "f.json"
    try:
        read_json(source, "f.json")
    except InputError as error:
        sentence = error.sentence
    assert sentence.startswith("f.json")


@given(DATA)
def test_what_the_library_writes_is_read_back(data: Any) -> None:
    assert read_json(json.dumps(data), "f.json").data == data


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{"a": 1,\n"a" 2}', "ligne 2"),
        ('{"a": 1, "a": 2}', "« a » est écrite deux fois"),
        ("[1, NaN]", "nombre utilisable"),
        ("[1e999]", "démesuré"),
        ("9" * 5000, "démesuré"),
        ('["\\ud800"]', "incomplet"),
        ('["\\u0000"]', "caractère nul"),
        ('{"\\u0000": 1}', "caractère nul"),
        ("[" * 100_000, "imbriquées"),
        ("[" * 60 + "]" * 60, "imbriquées"),
        ("1 2", "suit la fin"),
        ("", "valeur est attendue"),
        (b"\xff\xfe[\0]\0", "UTF-16"),
    ],
)
def test_a_fault_is_said(source: str | bytes, words: str) -> None:
    sentence = refusal(source)
    assert words in sentence, sentence
    assert " ; " in sentence


def test_limits_are_parameters() -> None:
    assert "plus de 3 valeurs" in refusal("[1, 2, 3]", Limits(values=3))
    assert "pèse" in refusal("[1, 2, 3]", Limits(size=5))


def test_a_place_is_said_by_its_keys() -> None:
    document = read_json('{"answers": [{"level": 9}]}', "f.json")
    assert document.where(("answers", 0, "level")) == "f.json, answers › n° 1 › level"
