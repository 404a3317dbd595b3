# SPDX-License-Identifier: EUPL-1.2
"""``carene plan psplib``: instances in, makespans, bounds and schedules out; one sentence when something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from carene.cli import main
from tests.engines.planner.schedule_checker import faults, patterson

TWO = "4 1\n2\n0 0 2 2 3\n3 1 1 4\n2 2 1 4\n0 0 0\n"
ONE = "3 1\n1\n0 0 1 2\n4 1 1 3\n0 0 0\n"


def run(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = main.main(["plan", "psplib", *map(str, arguments)])
    except SystemExit as stop:
        code = int(stop.code or 0)
    found = capfd.readouterr()
    return code, found.out, found.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "X10.txt").write_text(ONE, encoding="utf-8")
    (tmp_path / "X9.rcp").write_text(TWO, encoding="utf-8")
    (tmp_path / "best.csv").write_text("not,an,instance", encoding="utf-8")
    return tmp_path


def test_a_folder_gives_every_schedule(capfd: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = run(capfd, folder, "--seconds", 5, "--json", "-")
    assert code == 0
    found = json.loads(out)
    assert [one["instance"] for one in found] == ["X9", "X10"]  # in natural order
    for one, path, makespan in zip(found, (folder / "X9.rcp", folder / "X10.txt"), (5, 4), strict=True):
        assert one["makespan"] == one["bound"] == makespan
        assert one["proven"] is True
        assert 0 <= one["seconds"] < 5
        assert list(faults(patterson(path), one["schedule"], one["makespan"])) == []


def test_a_table_is_shown_and_patterns_and_repetitions_are_understood(
    capfd: pytest.CaptureFixture[str], folder: Path
) -> None:
    code, out, _ = run(capfd, folder / "X*.txt", folder / "X10.txt", "--json", folder / "out.json")
    assert code == 0
    lines = out.splitlines()
    assert len(lines) == 2
    assert lines[1].split()[:3] == ["X10", "4", "4"]
    assert lines[1].endswith("prouvé")
    assert len(json.loads((folder / "out.json").read_text(encoding="utf-8"))) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.txt"], "absent.txt : ce fichier n'existe pas"),
        (["X9.rcp", "wrong.txt"], "wrong.txt, ligne 2 : le fichier s'arrête avant la durée de l'activité 1"),
        (["empty"], "empty : ce dossier n'a aucun fichier .txt ni .rcp"),
        (["Z*.txt"], "Z*.txt : aucun fichier ne répond à ce motif"),
        (["X9.rcp", "--seconds", "0"], "--seconds : le temps par instance n'est pas possible"),
        (["X9.rcp", "--seconds", "nan"], "--seconds : le temps par instance n'est pas possible"),
        (["X9.rcp", "--workers", "0"], "--workers : ce nombre de cœurs n'est pas possible"),
        (["X9.rcp", "--json", "X9.rcp"], "X9.rcp : ce résultat écraserait une instance"),
        (["X9.rcp", "--json", ""], "--json : le nom du fichier à écrire est vide"),
        (["X9.rcp", "--seconds", "vite"], "n'est pas une valeur correcte"),
        ([], "il manque"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_solved(
    capfd: pytest.CaptureFixture[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    (folder / "wrong.txt").write_text("4 1\n2\n", encoding="utf-8")
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder)
    code, out, err = run(capfd, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert (folder / "X9.rcp").read_text(encoding="utf-8") == TWO


def test_other_commands_never_load_the_solver() -> None:
    """It costs a hundred megabytes."""
    code = (
        "import sys, carene.engines.planner.scheduling.solve as s, carene.cli.main as m; m.build_parser();"
        "assert s.solve is not None; sys.exit('ortools' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
