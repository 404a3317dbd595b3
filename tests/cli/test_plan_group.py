# SPDX-License-Identifier: EUPL-1.2
"""``carene plan FILE`` where the file describes a group."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from carene.cli import main

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "ght.yaml"
MEMBER = """
    date: 2026-11-23
    organisation: {{name: Hôpital {name}, type: ehpad, ght: membre, workstations: 30, operating_budget: 4000000}}
    answers: {{GOV.2.1: 0, GOV.4.4: 0, OPS.8.1: 0, OPS.4.2: 0}}
    plan: {{budgets: {{2027: 6000}}, team: {{rssi: 2, systemes: 2}}}}
"""
GROUP = "group: {{name: GHT, key: {key}, start: 2027-01, months: 12{more}}}\nmembers:\n  un:{one}  deux:{two}"


def written(folder: Path, key: str = "equitable", more: str = "", two: str | None = None) -> Path:
    path = folder / "ght.yaml"
    one = MEMBER.format(name="Un")
    text = GROUP.format(key=key, more=more, one=one, two=MEMBER.format(name="Deux") if two is None else two)
    path.write_text(text, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main.main(["plan", *(str(argument) for argument in arguments)])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_the_example_is_planned_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "ght.json"
    code, out, err = run(capsys, EXAMPLE, "--steps", 5, "--json", target)
    assert (code, err) == (0, "")
    result = json.loads(target.read_text(encoding="utf-8"))
    assert result["value"] >= result["apart"]
    assert [one["member"] for one in result["members"]] == ["support", "ehpad", "plateau"]
    assert result["common"]
    assert all(len(one["members"]) > 1 for one in result["common"])
    for one in result["members"]:
        assert one["roadmap"]["actions"]
        assert all(year["spent"] <= year["budget"] + 0.01 for year in one["roadmap"]["years"])
    assert all(year["spent"] <= year["budget"] + 0.01 for year in result["budgets"])
    for sentence in result["sentences"]:
        assert sentence in out
    assert "Centre hospitalier du Plateau" in out


@pytest.mark.parametrize(("key", "more"), [("activite", ""), ("convenue", ", percents: {un: 70, deux: 30}")])
def test_other_keys(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], key: str, more: str) -> None:
    assert main.main(["plan", str(written(tmp_path, key, more)), "--seconds", "0", "--json", "-"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["group"] == {"name": "GHT", "key": key}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "hasard"}, "la clé « hasard » n'existe pas"),
        ({"key": "convenue"}, "sa part des dépenses communes n'est pas donnée"),
        ({"two": " 12\n"}, "n'est ni un chemin ni des réponses"),
        ({"two": " absent.yaml\n"}, "absent.yaml"),
        ({"two": "\n    answers: {GOV.2.1: 9}\n"}, "ght.yaml, ligne 9"),
        ({"two": "\n    plan: {months: 12}\n"}, "ni réponse ni valeur mesurée"),
        ({"more": ", carrier: trois"}, "n'est pas un membre"),
    ],
)
def test_a_bad_file_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str], said: str
) -> None:
    code, out, err = run(capsys, written(tmp_path, **changes), "--steps", 0)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
