# SPDX-License-Identifier: EUPL-1.2
"""Files sent to hurt: each is refused in one French sentence, quickly, without the memory that it asks for."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carene.engines.exchange.files import read_file
from carene.engines.exchange.observations import read_observations_file
from carene.engines.exchange.workbook import WorkbookLimits, open_workbook
from carene.engines.exchange.xlsx_read import read_xlsx_file
from carene.engines.sources import InputError
from tests.engines.exchange.strategies import REFERENTIAL, TODAY
from tests.engines.exchange.xlsx import SHEET, raw, text_cell, workbook

HEAD = f'<row r="1">{text_cell("A1", "Identifiant")}{text_cell("B1", "Niveau")}</row>'
GOOD = f'{HEAD}<row r="2">{text_cell("A2", "GOV.1.1")}<c r="B2"><v>2</v></c></row>'


def refusal(data: bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(InputError) as caught:
        read_file(data, name, REFERENTIAL, TODAY)
    sentence = caught.value.sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_the_workbook_made_by_hand_is_read() -> None:
    reading = read_xlsx_file(raw(GOOD), "a.xlsx", REFERENTIAL, TODAY)
    assert reading.problems == ()
    assert reading.questionnaire.answers["GOV.1.1"].level == 2


def test_a_zip_bomb_is_refused_before_it_unfolds() -> None:
    tracemalloc.start()
    data = raw(GOOD, xl__sharedStringsDOTxml=b"<sst>" + b" " * 300_000_000 + b"</sst>")
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    assert "démesuré" in refusal(data)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert peak < 10_000_000


def lying(data: bytes, claimed: int) -> bytes:
    """The same archive, whose directory and headers claim another size for the shared strings."""
    name = b"xl/sharedStrings.xml"
    out = bytearray(data)
    start = out.find(b"PK\x03\x04")
    while start >= 0:
        if out[start + 30 : start + 30 + len(name)] == name:
            struct.pack_into("<I", out, start + 22, claimed)
        start = out.find(b"PK\x03\x04", start + 4)
    start = out.find(b"PK\x01\x02")
    while start >= 0:
        if out[start + 46 : start + 46 + len(name)] == name:
            struct.pack_into("<I", out, start + 24, claimed)
        start = out.find(b"PK\x01\x02", start + 4)
    return bytes(out)


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    data = raw(GOOD, xl__sharedStringsDOTxml=b"<sst>" + b" " * 60_000_000 + b"</sst>")
    assert refusal(lying(data, 1_000))


def test_many_parts_are_refused() -> None:
    parts = {f"xl__x{i}DOTxml": "<a/>" for i in range(600)}
    assert "parties" in refusal(raw(GOOD, **parts))


def test_a_million_rows_are_refused_quickly() -> None:
    rows = (
        "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(1, 1_000_001, 40)) + '<row r="1000001"/>'
    )
    start = time.thread_time()
    assert "lignes" in refusal(raw(rows))
    assert time.thread_time() - start < 3


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row><c r="XFD900000"><v>1</v></c></row>',
        '<row r="19000"><c r="ZZ19000"><v>1</v></c></row>',
        '<row r="99999999999999999999"><c><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="-5"><c r="A-5"><v>1</v></c></row>',
        '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1048576">'
        '<x:c r="&#88;FD1048576"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_a_cell_far_away_is_refused_before_a_grid_is_made(far: str) -> None:
    assert refusal(raw(GOOD + far))


def test_a_sheet_hidden_under_another_name_is_walked_through_too() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(raw(GOOD + far, target="evil.xml", part="xl/evil.xml"))


def test_many_wide_sheets_are_refused() -> None:
    wide = "".join(f'<row r="{r}"><c r="GR{r}"><v>1</v></c></row>' for r in (1, 19_000))
    extra = {f"xl__worksheets__s{i}DOTxml": SHEET.format(rows=wide) for i in range(3)}
    assert refusal(raw(GOOD, **extra))


def test_macros_are_refused() -> None:
    assert "macros" in refusal(raw(GOOD, xl__vbaProjectDOTbin=b"\x00" * 100))


@pytest.mark.parametrize(
    "entity",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_entities_are_refused(entity: str) -> None:
    assert "abîmé" in refusal(
        raw("", part="xl/worksheets/sheet1.xml", xl__worksheets__sheet1DOTxml=entity + SHEET.format(rows=GOOD))
    )


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "auto-évaluation"),
        (b"PK\x03\x04 tronque", "abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "mot de passe"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "image"),
        (b"x" * 11_000_000, "Mo"),
    ],
)
def test_files_of_another_kind_are_named(data: bytes, word: str) -> None:
    assert word in refusal(data, "questionnaire")


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, ".ods"),
        ({"word/document.xml": "<x/>"}, "n'est pas un classeur"),
        ({"a.txt": "x"}, "n'est pas un classeur"),
        ({"xl/a.txt": "x"}, "abîmé"),
    ],
)
def test_other_archives_are_named(members: dict[str, str], word: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    assert word in refusal(target.getvalue())


def test_a_truncated_workbook_is_refused() -> None:
    data = workbook([["Identifiant", "Niveau"], ["GOV.1.1", 2]])
    for cut in (100, len(data) // 2, len(data) - 5):
        assert refusal(data[:cut])


def test_the_limits_are_those_of_the_caller() -> None:
    with pytest.raises(InputError, match="1 lignes"):
        open_workbook(raw(GOOD), "a.xlsx", WorkbookLimits(rows=1))


YAML_BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(9)
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", YAML_BOMB),
        ("a.yaml", "answers: !!python/object/apply:os.system ['true']"),
        ("a.yaml", "answers: " + "[" * 5_000),
        ("a.yaml", "answers: {GOV.1.1: 1, GOV.1.1: 2}"),
        ("a.yaml", "- 1\n- 2"),
        ("a.yaml", "bonjour"),
        ("a.json", '{"answers": ' + "[" * 5_000),
        ("a.json", '{"answers": {"GOV.1.1": 1e999}}'),
        ("a.json", "[1, 2]"),
        ("a.json", "{"),
    ],
)
def test_hostile_texts_are_refused(name: str, text: str) -> None:
    assert refusal(text.encode(), name)


Parser = Callable[[bytes], object]
PARSERS: dict[str, Parser] = {
    "yaml": lambda data: read_file(data, "a.yaml", REFERENTIAL, TODAY),
    "json": lambda data: read_file(data, "a.json", REFERENTIAL, TODAY),
    "xlsx": lambda data: read_xlsx_file(data, "a.xlsx", REFERENTIAL, TODAY),
    "observations": lambda data: read_observations_file(data, "a.csv", REFERENTIAL, TODAY),
}


@pytest.mark.parametrize("kind", PARSERS)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
@settings(max_examples=80, deadline=None)
def test_arbitrary_bytes_give_a_reading_or_a_sentence(kind: str, data: bytes) -> None:
    try:
        PARSERS[kind](data)
    except InputError as error:
        assert error.sentence.endswith(".")  # noqa: PT017


SHEET_XML = SHEET.format(rows=GOOD).encode()


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_sheets_give_a_reading_or_a_sentence(data: st.DataObject) -> None:
    """The archive is sound, its XML is not: our walk and the library see the same damage."""
    damaged = bytearray(SHEET_XML)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        read_xlsx_file(raw("", xl__worksheets__sheet1DOTxml=bytes(damaged)), "a.xlsx", REFERENTIAL, TODAY)
    except InputError as error:
        assert error.sentence.endswith(".")  # noqa: PT017


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_archives_give_a_reading_or_a_sentence(data: st.DataObject) -> None:
    damaged = bytearray(raw(GOOD))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_xlsx_file(bytes(damaged), "a.xlsx", REFERENTIAL, TODAY)
    except InputError as error:
        assert error.sentence.endswith(".")  # noqa: PT017
