# SPDX-License-Identifier: EUPL-1.2
"""YAML from anyone: plain data with its lines, or one French sentence."""

from __future__ import annotations

import datetime as dt
import math
import re
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.sources import InputError
from carene.engines.sources.document import Document, Limits
from carene.engines.sources.yaml_source import read_yaml


def is_exponent(text: str) -> bool:
    """« 0E0 » : a text for YAML 1.1, which the library writes bare, and a number for YAML 1.2, which we read."""
    return re.fullmatch(r"[-+]?[0-9]+[eE][-+]?[0-9]+", text) is not None


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).filter(lambda t: not is_exponent(t))
    | st.dates()
)
KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).filter(
    lambda t: not is_exponent(t)
) | st.integers(0, 99)
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def refusal(source: str | bytes, **limits: int) -> str:
    with pytest.raises(InputError) as caught:
        read_yaml(source, "f.yaml", Limits(**limits) if limits else None)
    return caught.value.sentence


def outcome(source: str | bytes) -> tuple[Document | None, str]:
    """What reading gives: a document, or the sentence of a refusal. Any other exception goes through."""
    try:
        return read_yaml(source, "f.yaml"), ""
    except InputError as error:
        return None, error.sentence


@given(st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=300)
def test_anything_gives_data_or_an_input_error(source: str | bytes) -> None:
    document, sentence = outcome(source)
    if document is not None:
        assert document.line() is not None
    else:
        assert sentence.startswith("f.yaml")
        assert sentence.endswith(".")
        assert "\n" not in sentence


# Signs that mean something to YAML, mixed, reach deeper than arbitrary text.
SIGNS = [*"[]{}:,-?&*!|>'\"%@#ab01\n\t ", "- ", ": ", "&a ", "*a", "<<: "]


@given(st.lists(st.sampled_from(SIGNS), max_size=60).map("".join))
@settings(max_examples=500)
def test_yaml_signs_in_any_order_give_data_or_an_input_error(source: str) -> None:
    document, sentence = outcome(source)
    assert document is not None or sentence.startswith("f.yaml")


@given(DATA)
@settings(max_examples=200)
def test_what_the_library_writes_is_read_back(data: Any) -> None:
    assert read_yaml(yaml.safe_dump(data, allow_unicode=True), "f.yaml").data == data


def test_each_value_has_its_line() -> None:
    document = read_yaml("a: 1\nb:\n  - x\n  - c: 2\n    d:\n      e: 3\n", "f.yaml")
    assert document.data == {"a": 1, "b": ["x", {"c": 2, "d": {"e": 3}}]}
    assert document.line(("a",)) == 1
    assert document.line(("b", 0)) == 3
    assert document.line(("b", 1, "d", "e")) == 6
    assert document.line(("b", 1, "d", "absent", "deeper")) == 5, "the nearest ancestor"
    assert document.where(("b", 0)) == "f.yaml, ligne 3"


def test_words_and_numbers_mean_what_a_french_author_means() -> None:
    text = (
        "finess: 010000024\nheure: 12:30\nreponse: non\nmarche: on\nsiret: 12345678901234\nlong: 12345678901234567890\n"
        "version: 1.0.0\nvaleur: 0.5\nexposant: 1e3\nhexa: 0x1F\ndate: 2026-11-23\nvide:\ntexte: '12'\nvrai: true\n"
    )
    assert read_yaml(text, "f.yaml").data == {
        "finess": "010000024",
        "heure": "12:30",
        "reponse": "non",
        "marche": "on",
        "siret": 12345678901234,
        "long": "12345678901234567890",
        "version": "1.0.0",
        "valeur": 0.5,
        "exposant": 1000.0,
        "hexa": 31,
        "date": dt.date(2026, 11, 23),
        "vide": None,
        "texte": "12",
        "vrai": True,
    }


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a: 1\nb:\n\t- c", 3, "tabulation"),
        ("a: |\n x\n\ty", 3, "tabulation"),
        ("a: b: c", 1, "« : »"),
        ("a:\n  - b\n c: d", 3, "retrait"),
        ("a: 1\nb: [1, 2\nc: 3", 2, "crochet"),
        ("a: {b: 1", 1, "accolade"),
        ("a: 1\nb: 'x\nc: 2\n", 2, "guillemet"),
        ("a: @x", 1, "« @ »"),
        ('a: "\\q"', 1, "barre oblique"),
        ("a: 1\nb: \x01", 2, "caractère de contrôle"),
        ("a: 1\n\x00", 2, "octets nuls"),
        ('a: "\\0"', 1, "caractère nul"),
        ("a: 1\nb: 2\na: 3", 3, "deux fois"),
        ("a: 1\n---\nb: 2", 2, "plusieurs documents"),
        ("a: 2026-02-30", 1, "2026-02-30"),
        ("a: .inf", 1, "nombre utilisable"),
        ("a: 1.0e+999", 1, "nombre utilisable"),
        ("x: 1\na: !!python/object:os.system {}", 2, "étiquettes"),
        ("a: !!int abc", 1, "étiquettes"),
        ("<<: {a: 1}", 1, "fusion"),
        ("? [a]\n: b", 1, "nom d'une rubrique"),
        ("a: *inconnu", 1, "alias"),
        ("a: &x [*x]", 1, "se contient lui-même"),
        (b"a: 1\nb: caf\xe9", 2, "UTF-8"),
        ("%FOO\n---\na", 1, "syntaxe YAML"),
    ],
)
def test_a_fault_is_said_with_its_line(source: str | bytes, line: int, words: str) -> None:
    sentence = refusal(source)
    assert sentence.startswith(f"f.yaml, ligne {line} : "), sentence
    assert words in sentence
    assert " ; " in sentence, "what to do"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"PK\x03\x04rest", "classeur"),
        (b"%PDF-1.7", "PDF"),
        ("a: é".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_of_another_kind_is_named(source: bytes, words: str) -> None:
    assert words in refusal(source)


def test_a_byte_order_mark_is_no_matter() -> None:
    assert read_yaml("\ufeffa: é".encode(), "f.yaml").data == {"a": "é"}
    assert read_yaml("\ufeffa: é", "f.yaml").data == {"a": "é"}


def test_empty_text_is_none() -> None:
    assert read_yaml("", "f.yaml").data is None
    assert read_yaml("# rien\n", "f.yaml").data is None


def test_limits_are_parameters() -> None:
    assert "pèse" in refusal("a: 12345", size=4)
    assert read_yaml("a: 1", "f.yaml", Limits(size=4)).data == {"a": 1}
    assert read_yaml("[[1]]", "f.yaml", Limits(depth=2)).data == [[1]]
    assert "imbriquées" in refusal("[[[1]]]", depth=2)
    assert read_yaml("[1, 2]", "f.yaml", Limits(values=3)).data == [1, 2]
    assert "plus de 3 valeurs" in refusal("[1, 2, 3]", values=3)


@pytest.mark.parametrize("flood", ["[" * 1_000_000, "{a: " * 300_000, "- " * 1_000_000])
def test_deep_nesting_is_refused_at_once(flood: str) -> None:
    start = time.process_time()
    assert "imbriquées" in refusal(flood)
    assert time.process_time() - start < 2


def test_a_bomb_is_refused_before_it_grows() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "alias compris" in refusal("\n".join(rows))


def test_aliases_cannot_hide_depth() -> None:
    rows = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 60)]
    assert "imbriquées" in refusal("\n".join(rows))


def test_an_alias_gives_a_copy() -> None:
    data = read_yaml("a: &x [1]\nb: *x\n", "f.yaml").data
    data["a"].append(2)
    assert data["b"] == [1]


def test_no_number_that_is_not_finite_ever_comes_out() -> None:
    assert math.isfinite(read_yaml("a: 1e300", "f.yaml").data["a"])
    assert "nombre utilisable" in refusal("a: .nan")
