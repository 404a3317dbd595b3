# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.programs import carene, lab, only


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration; tests that change it work on a copy."""
    var = tmp_path_factory.mktemp("demo") / "var"
    lab(var, "build")
    return var


@pytest.fixture(scope="session")
def saved(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the demonstration."""
    folder = tmp_path_factory.mktemp("saved")
    done = carene(demo, "backup", "--to", str(folder))
    assert done.returncode == 0, done.stderr
    assert "la base et 2 fichiers" in done.stdout.replace("\xa0", " ")
    return only(folder)


@pytest.fixture
def copied(demo: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo, tmp_path / "var"))
