# SPDX-License-Identifier: EUPL-1.2
"""``carene referential``: check a pack, read a library."""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path

import pytest

from carene.cli import main, referential
from carene.engines.referential.ciso_assistant import Imported
from carene.engines.referential.serialise import from_data
from tests.support.packs import change, write_small_pack

LIBRARY = """\
urn: urn:essai:risk:library:petit
locale: fr
name: Petite bibliothèque
version: 2
objects:
  framework:
    urn: urn:essai:risk:framework:petit
    name: Petit référentiel
    requirement_nodes:
      - {urn: "urn:a", ref_id: A, assessable: false, name: Axe}
      - {urn: "urn:a1", parent_urn: "urn:a", ref_id: A.1, assessable: true, name: Nommer, threats: [x]}
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "petit.yaml"
    path.write_text(LIBRARY, encoding="utf-8")
    return path


def test_check_of_a_sound_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["referential", "check", str(write_small_pack(tmp_path))]) == 0
    found = capsys.readouterr()
    assert found.err == ""
    assert "Petit référentiel, version 0.1.0 : 2 axes, 2 objectifs, 3 critères" in found.out
    assert "aucune erreur" in found.out


def test_check_lists_every_fault_and_ends_on_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_small_pack(tmp_path)
    change(tmp_path, "criteria/OPS.1.yaml", "who: [rssi]", "who: [facteur]")
    line = change(tmp_path, "measures/toutes.yaml", "from: 1, to: 4", "from: 4, to: 1")
    assert main.main(["referential", "check", str(tmp_path)]) == 2
    found = capsys.readouterr()
    assert found.out.count("Erreur : ") == 2
    assert f"measures/toutes.yaml, ligne {line} : reunir-comite" in found.out
    assert found.err.count("\n") == 1
    assert "2 erreurs à corriger" in found.err


def test_check_says_its_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_small_pack(tmp_path)
    change(tmp_path, "measures/toutes.yaml", "from: 1, to: 4", "from: 2, to: 4")
    assert main.main(["referential", "check", str(tmp_path)]) == 0
    assert "Avertissement : criteria/GOV.1.yaml, ligne " in capsys.readouterr().out


def test_check_without_folder_is_our_pack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["referential", "check"]) == 0
    assert "4 axes" in capsys.readouterr().out


def test_check_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["referential", "check", str(tmp_path / "absent")]) == 2
    assert "n'est pas un paquet" in capsys.readouterr().err


def test_import_reads_and_reports(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["referential", "import", str(library)]) == 0
    found = capsys.readouterr()
    assert found.err == ""
    assert "Petit référentiel, version 2" in found.out
    assert "Lu : 1 axe, 1 objectif, 1 critère." in found.out
    assert "menaces liées" in found.out
    assert "Rien n'a été enregistré" in found.out


def test_import_json_on_standard_output_is_only_json(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["referential", "import", str(library), "--json", "-"]) == 0
    found = capsys.readouterr()
    content = json.loads(found.out)
    assert set(content) == {"referential", "mappings", "not_understood", "counts"}
    assert from_data(content["referential"]).criteria[0].id == "A.1"
    assert len(content["not_understood"]) == 1
    assert "Petit référentiel" in found.err


def test_import_json_in_a_file(library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "lu.json"
    assert main.main(["referential", "import", str(library), "--json", str(target)]) == 0
    assert json.loads(target.read_text(encoding="utf-8"))["counts"]["criteria"] == 1
    assert main.main(["referential", "import", str(library), "--json", str(tmp_path)]) == 2
    assert "ne peut pas être écrit" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"a: [", b"PK\x03\x04", b"\xff\xfe\0", b"urn: u\nobjects: {preset: [1]}"])
def test_import_of_something_else_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "autre.yaml"
    path.write_bytes(content)
    assert main.main(["referential", "import", str(path)]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith(str(path))
    assert found.err.count("\n") == 1


def test_a_store_is_called_unless_dry_run(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored: list[Imported] = []

    def store(imported: Imported, _arguments: argparse.Namespace) -> str:
        stored.append(imported)
        return "Enregistré pour le GHT."

    run = partial(referential.import_file, store=store)
    arguments = argparse.Namespace(file=str(library), json=None, dry_run=True, organisation="990000013")
    assert run(arguments) == 0
    assert stored == []
    assert "Rien n'a été enregistré" in capsys.readouterr().out
    arguments.dry_run = False
    assert run(arguments) == 0
    assert len(stored) == 1
    assert "Enregistré pour le GHT." in capsys.readouterr().out
