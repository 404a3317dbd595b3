# SPDX-License-Identifier: EUPL-1.2
"""The demonstration on SQLite, made once for all the processes of a run, then copied to whoever wants one to spoil."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.support.programs import carene


def furnish(var: Path, temporary: pytest.TempPathFactory) -> Path:
    """Makes the folder ``var``, with the demonstration in it; no server has run there yet. Gives ``var``."""
    ours = temporary.getbasetemp()
    whole = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    made = whole / "demonstration"
    with (whole / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            done = carene(whole / "making", "demo")
            assert done.returncode == 0, done.stderr[-3000:]
            (whole / "making").rename(made)
    return Path(shutil.copytree(made, var))
