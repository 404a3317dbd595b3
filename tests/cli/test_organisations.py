# SPDX-License-Identifier: EUPL-1.2
"""The command, as people run it: its own process, its own database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("organisations")


def carene(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CARENE_")}
    environment |= {"CARENE_VAR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": "carene.config.settings_test"}
    environment |= {"CARENE_DATABASE": f"sqlite:///{folder / 'base.sqlite3'}"}
    command = [sys.executable, "-m", "carene.cli.main", "organisations", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_from_an_empty_folder_to_a_second_import(folder: Path) -> None:
    for name, later in (("a.csv", ()), ("b.csv", ("--later",))):
        assert carene(folder, "generate", "--count", "300", *later, name).returncode == 0
    preview = carene(folder, "import", "a.csv", "--dry-run", "--json", "-")  # into an empty base
    assert preview.returncode == 0, preview.stderr
    assert json.loads(preview.stdout)["opened"]["site"] == 300
    first = carene(folder, "import", "a.csv", "--json", "-")
    assert first.returncode == 0, first.stderr
    account = json.loads(first.stdout)
    assert account["opened"] == json.loads(preview.stdout)["opened"]  # the preview left nothing behind
    assert account["opened"]["site"] == 300
    assert account["applied"] is True
    assert "Enregistré." in first.stderr
    told = json.loads(carene(folder, "import", "b.csv", "--dry-run", "--json", "-").stdout)
    assert told["applied"] is False
    assert told["counts"]["closed"] + told["counts"]["merged"] > 0
    second = json.loads(carene(folder, "import", "b.csv", "--json", "-").stdout)
    assert second["counts"] == told["counts"]
    again = carene(folder, "import", "b.csv")
    assert "inchangés" in again.stdout
    assert "ouverture" not in again.stdout
    assert "Rien n'avait changé" in again.stdout


def test_bad_input_is_one_sentence_and_exit_2(folder: Path) -> None:
    (folder / "bad.csv").write_text("finess;etalab;1;2026-01-01\nstructureet;12\nstructureet;13\n", encoding="utf-8")
    result = carene(folder, "import", "bad.csv")
    assert result.returncode == 2
    assert "bad.csv, ligne 2" in result.stderr
    assert "bad.csv, ligne 3" in result.stderr
    assert "Traceback" not in result.stderr
    assert carene(folder, "import", "absent.csv").returncode == 2
    assert carene(folder, "generate", "x.txt").returncode == 2
    assert carene(folder, "generate", "--count", "0", "x.csv").returncode == 2
    assert carene(folder, "import", "a.csv", "--under", "Nulle part").returncode == 2
