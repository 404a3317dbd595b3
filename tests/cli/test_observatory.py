# SPDX-License-Identifier: EUPL-1.2
"""``carene observatory``: the pack checked, dates refused in one sentence."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from carene.cli.main import main
from carene.cli.observatory import _day
from carene.engines.referential.catalogue import PACKS
from carene.engines.sources import InputError

TODAY = dt.date(2026, 11, 23)


def test_the_shipped_pack_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["observatory", "check"]) == 0
    assert "aucune erreur" in capsys.readouterr().out


def test_every_fault_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(PACKS / "observatory", tmp_path / "observatory"))
    text = (folder / "programme.yaml").read_text(encoding="utf-8")
    text = text.replace("of: rssi_nomme", "of: rssi").replace("ght: [support]", "ght: [chef]")
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    assert main(["observatory", "check", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said.count("programme.yaml, ligne") >= 2
    assert "« rssi »" in said
    assert "« chef »" in said


def test_days() -> None:
    assert _day(None, TODAY) == TODAY
    assert _day("2026-09-15", TODAY) == dt.date(2026, 9, 15)
    for wrong in ("hier", "2026-12-01", "1998-01-01"):
        with pytest.raises(InputError):
            _day(wrong, TODAY)


def test_a_country_of_no_size_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["observatory", "generate", "--establishments", "0"]) == 2
    assert "options" in capsys.readouterr().err
