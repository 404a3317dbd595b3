# SPDX-License-Identifier: EUPL-1.2
"""``carene`` and the laboratories of the tests, as programs of their own on a data folder of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def environment(var: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CARENE_", "DJANGO_"))}
    return {**kept, "CARENE_VAR": str(var), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more}


def run(var: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment(var, **more),
        capture_output=True,
        text=True,
        check=False,
    )


def carene(var: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run(var, "carene.cli.main", *arguments, **more)


def lab(var: Path, name: str, *arguments: object, **more: str) -> Any:
    done = run(var, "tests.core.backup_lab", name, *map(str, arguments), **more)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout) if done.stdout.strip() else None


def only(folder: Path) -> Path:
    (path,) = [p for p in folder.iterdir() if not p.name.startswith(".")]
    return path
