# SPDX-License-Identifier: EUPL-1.2
"""``carene simulate``: from a file to what an attack may cost, without a database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from carene.cli import main

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
AVERAGE, SMALL = EXAMPLES / "hopital-moyen.yaml", EXAMPLES / "ehpad.yaml"


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def outcome(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main.main(["simulate", *map(str, arguments)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        found = capfdbinary.readouterr()
        return code, found.out.decode(errors="replace"), found.err.decode()

    return outcome


@pytest.mark.parametrize("example", [AVERAGE, SMALL], ids=lambda p: p.stem)
def test_the_examples_give_the_promised_object(run: Any, example: Path) -> None:
    code, out, err = run(example, "--json", "-")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert {
        "model",
        "seed",
        "draws",
        "aims",
        "total",
        "attacks",
        "unevaluated",
        "contributions",
        "sentences",
    } <= found.keys()
    assert [one["id"] for one in found["attacks"]] == ["rancongiciel", "espionnage", "deni_service"]
    for one in (*found["attacks"], found["total"]):
        for name in ("probability", "days", "euros", "failing", "activity_days"):
            assert one[name]["low"] <= one[name]["mean"] <= one[name]["high"]
        assert 0 < one["probability"]["mean"] < 1
    assert found["referential"]["id"] == "care"
    assert found["organisation"]["name"]
    assert found["unevaluated"]["share"] > 0
    assert all(
        {"criterion", "today", "one_level", "to_target", "barriers"} <= c.keys()
        for c in found["contributions"]["criteria"]
    )


def test_the_terminal_reads_like_a_note(run: Any) -> None:
    code, out, err = run(AVERAGE)
    assert (code, err) == (0, "")
    assert "Rançongiciel" in out
    assert "À savoir : Taille de l'établissement inconnue" in out
    assert "OPS.5.1" in out
    assert max(len(line) for line in out.splitlines()[:9]) < 120


def test_the_seed_decides(run: Any) -> None:
    one, two, other = (run(SMALL, "--json", "-", "--seed", seed)[1] for seed in (7, 7, 8))
    assert one == two != other
    assert json.loads(one)["seed"] == 7
    assert json.loads(run(SMALL, "--json", "-", "--draws", 1000)[1])["draws"] == 1000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--draws", "10"), "le nombre d'années « 10 » ne convient pas"),
        (("--draws", "mille"), "donner un nombre entier de 200 à 1 000 000"),
        (("--seed", "-1"), "la graine « -1 » ne convient pas"),
        (("--seed", "1" * 60), "ne convient pas"),
        (("--json", str(SMALL)), "écraserait les réponses"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(run: Any, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(SMALL, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("referential: care\n", "ni réponse ni valeur"),
        ("referential: care\nanswers: {GOV.99.9: 2}\n", "GOV.99.9"),
        ("referential: care\nanswers: {GOV.1.1: 9}\n", "9"),
        ("answers: [", "ligne 1"),
    ],
)
def test_a_wrong_file_changes_nothing(run: Any, tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "h.yaml"
    path.write_text(content, encoding="utf-8")
    code, out, err = run(path, "--json", tmp_path / "out.json")
    assert (code, out) == (2, "")
    assert said in err
    assert not (tmp_path / "out.json").exists()


def test_who_does_not_simulate_does_not_pay_for_numpy() -> None:
    command = "import sys; import carene.cli.main as m; m.build_parser(); print('numpy' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT / "src"
    )
    assert found.stdout.strip() == "False"
