# SPDX-License-Identifier: EUPL-1.2
"""``carene plan FILE``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from carene.cli import main

SMALL = Path(__file__).resolve().parents[2] / "examples" / "ehpad.yaml"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main.main(["plan", *(str(argument) for argument in arguments)])
    found = capsys.readouterr()
    return code, found.out, found.err


@pytest.mark.parametrize("aim", ["maturite", "risque", "soins"])
def test_it_gives_the_roadmap_the_bound_and_the_risk(capfdbinary: pytest.CaptureFixture[bytes], aim: str) -> None:
    assert main.main(["plan", str(SMALL), "--json", "-", "--steps", "60", "--objective", aim]) == 0
    found = capfdbinary.readouterr()
    assert found.err == b""
    result = json.loads(found.out)
    roadmap, avoided = result["roadmap"], result["avoided"]
    assert roadmap["actions"]
    assert roadmap["bound"] >= roadmap["value"]
    assert 0 <= roadmap["gap"] < 1
    assert all(left["reason"] and left["buys"] and left["why_not"] for left in roadmap["left_out"])
    assert all(action["buys"] and action["waited"] for action in roadmap["actions"])
    assert roadmap["objective"] == ("maturity" if aim == "maturite" else "risk")
    assert roadmap["trail"][0]["value"] <= roadmap["trail"][-1]["value"]
    assert avoided["after"]["euros"] <= avoided["before"]["euros"]
    assert (avoided["planned"] is None) == (aim == "maturite")


def test_same_seed_and_steps_give_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "1.json", tmp_path / "2.json"
    for target in (one, two):
        assert run(capsys, SMALL, "--json", target, "--steps", 40, "--seed", 5)[0] == 0
    assert one.read_bytes() == two.read_bytes()


def test_the_summary_tells_the_gap_and_the_risk(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, SMALL, "--steps", 30)
    assert code == 0
    assert "meilleur plan possible" in out or "aucun plan ne vaut plus" in out
    assert "À la fin du plan, la simulation donne" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seconds", "-1"], "le temps de calcul n'est pas possible"),
        (["--seconds", "nan"], "le temps de calcul n'est pas possible"),
        (["--steps", "-2"], "ce nombre n'est pas possible"),
        (["autre.yaml"], "un seul fichier"),
    ],
)
def test_bad_options_are_one_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    code, out, err = run(capsys, SMALL, *arguments)
    assert (code, out) == (2, "")
    assert said in err.lower()
    assert len(err.splitlines()) == 1


def test_psplib_does_not_take_the_options_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "psplib", "x.txt", "--steps", "3")
    assert code == 2
    assert "psplib" in err
