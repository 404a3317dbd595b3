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


FEW = """
format: 1
referential: {{id: care}}
date: 2026-11-23
organisation: {{name: Essai, type: ch}}
answers: {{GOV.2.1: 1, OPS.5.1: 0}}
plan: {{start: 2027-01, months: 24, budgets: {{{budgets}}}, team: {{rssi: {rssi}, systemes: 8}}}}
"""


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ({"budgets": "2027: 50000, 2028: 50000", "rssi": 0}, "il manque du temps : RSSI"),
        ({"budgets": "", "rssi": 6}, "il manque 4"),
    ],
)
def test_an_empty_plan_says_what_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], means: dict[str, object], said: str
) -> None:
    """No time or no money is not an error: the plan is empty, and says so instead of a value of nothing."""
    file = tmp_path / "peu.yaml"
    file.write_text(FEW.format(**means), encoding="utf-8")
    code, out, _ = run(capsys, file, "--steps", 3)
    assert code == 0
    assert "Aucune mesure n'entre dans ce plan." in out
    first = out.split("ce qui leur manque :\n")[1].splitlines()[0].replace("\u00a0", " ").replace("\u202f", " ")
    assert "« Nommer un RSSI et lui réserver du temps »" in first
    assert said in first
    assert "Valeur" not in out


def test_a_negative_amount_is_refused_where_it_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "dette.yaml"
    file.write_text(FEW.format(budgets="2027: -5", rssi=6), encoding="utf-8")
    code, _, err = run(capsys, file, "--steps", 3)
    assert code == 2
    assert "ligne 7 : « plan › budgets › 2027 » : -5 est trop petit ; donner au moins 0." in err
