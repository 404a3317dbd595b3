# SPDX-License-Identifier: EUPL-1.2
"""A file that cannot be read is a sentence, not a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from carene.engines.sources import InputError
from carene.engines.sources.document import Limits, shown
from carene.engines.sources.files import read_bytes


def test_reads_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"12345")
    assert read_bytes(path) == b"12345"
    assert read_bytes(path, limits=Limits(size=5)) == b"12345"
    with pytest.raises(InputError, match="dépasse la limite"):
        read_bytes(path, limits=Limits(size=4))


@pytest.mark.parametrize(
    ("name", "words"), [("absent", "n'existe pas"), (".", "dossier"), ("a\0b", "ne peut pas être lu")]
)
def test_what_is_not_a_file_is_said(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_bytes(tmp_path / name, "ce que l'on a demandé")


def test_long_values_are_cut_in_sentences() -> None:
    assert shown("un  deux\ntrois") == "un deux trois"
    assert shown("x" * 100, 10) == "x" * 9 + "…"
    assert shown("les mots entiers restent lisibles", 20) == "les mots entiers…"
