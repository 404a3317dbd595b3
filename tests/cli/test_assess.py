# SPDX-License-Identifier: EUPL-1.2
"""``carene assess``: from a file to a judgement and a roadmap, without a database nor Django's settings."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from carene.cli import main
from carene.engines.exchange.files import read_file
from carene.engines.referential.catalogue import care

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
AVERAGE, SMALL = EXAMPLES / "hopital-moyen.yaml", EXAMPLES / "ehpad.yaml"
GOOD = """referential: care
date: 2026-11-23
organisation: {name: CH, type: ch, workstations: 600}
answers: {GOV.1.1: 2}
"""


def outcome(capfdbinary: pytest.CaptureFixture[bytes], *arguments: object) -> tuple[int, str, str]:
    try:
        code = main.main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    found = capfdbinary.readouterr()
    return code, found.out.decode(errors="replace"), found.err.decode()


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    return lambda *arguments: outcome(capfdbinary, *arguments)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "h.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.mark.parametrize("example", [AVERAGE, SMALL], ids=lambda p: p.stem)
def test_the_examples_give_the_promised_object(run: Any, example: Path) -> None:
    code, out, err = run("assess", example, "--json", "-")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert result["organisation"]["name"]
    assert result["maturity"]["step"] is not None
    for nodes in (result["maturity"]["axes"], result["maturity"]["objectives"]):
        assert nodes
        assert all({"id", "level", "score", "coverage"} <= node.keys() for node in nodes)
    assert isinstance(result["strengths"], list)
    assert all({"criterion", "level", "target", "reason"} <= one.keys() for one in result["weaknesses"])
    roadmap = result["roadmap"]
    assert roadmap["actions"]
    assert all({"measure", "start", "end", "cost", "person_days"} <= one.keys() for one in roadmap["actions"])
    assert all(year["spent"] <= year["budget"] + 0.01 for year in roadmap["years"])
    assert all(one["measure"] and one["reason"] for one in roadmap["left_out"])


def test_every_answer_of_the_average_hospital_has_its_source_and_says_what_it_is() -> None:
    reading = read_file(AVERAGE.read_bytes(), AVERAGE.name, care(), dt.date(2026, 11, 23))
    known = {note.id for note in reading.questionnaire.sources}
    for entry in reading.questionnaire.answers.values():
        assert {source.strip() for source in entry.source.split(",")} <= known, entry.criterion
        assert entry.comment.startswith(("Publié", "Déduit")), entry.criterion
    assert all(note.url and note.date and note.confidence for note in reading.questionnaire.sources)
    head = AVERAGE.read_text(encoding="utf-8").partition("format:")[0]
    assert "n'existe pas" in head
    assert "Déduit" in head


def test_the_summary_is_for_people(run: Any) -> None:
    code, out, err = run("assess", SMALL)
    assert (code, err) == (0, "")
    for words in ("EHPAD Les Tilleuls (fictif)", "Palier", "Forces", "Faiblesses", "Feuille de route"):
        assert words in out


def test_files_are_written(run: Any, tmp_path: Path) -> None:
    made = {kind: tmp_path / f"r.{kind}" for kind in ("json", "pdf", "xlsx")}
    code, out, err = run("assess", SMALL, *(x for kind, path in made.items() for x in (f"--{kind}", path)))
    assert (code, out, err) == (0, "", "")
    assert json.loads(made["json"].read_text(encoding="utf-8"))["roadmap"]
    assert made["pdf"].read_bytes().startswith(b"%PDF")
    assert "xl/workbook.xml" in zipfile.ZipFile(made["xlsx"]).namelist()
    assert {path.name for path in tmp_path.iterdir()} == {"r.json", "r.pdf", "r.xlsx"}
    with zipfile.ZipFile(made["xlsx"]) as book:
        assert "Risques" in book.read("xl/workbook.xml").decode()


def test_the_same_file_gives_the_same_result(run: Any) -> None:
    assert run("assess", SMALL, "--json", "-") == run("assess", SMALL, "--json", "-")


def test_the_three_formats_give_the_same_result(run: Any, tmp_path: Path) -> None:
    from carene.apps.exchange.xlsx_write import Questions, write_questionnaire
    from carene.engines.exchange.structured import to_json

    today = dt.date(2026, 11, 23)
    content = read_file(SMALL.read_bytes(), SMALL.name, care(), today).questionnaire
    (tmp_path / "e.json").write_text(to_json(content), encoding="utf-8")
    questions = Questions(care(), care().criteria, content, "Essai", today, whole=True)
    (tmp_path / "e.xlsx").write_bytes(write_questionnaire(questions))
    first = json.loads(run("assess", SMALL, "--json", "-")[1])
    for name in ("e.json", "e.xlsx"):
        assert json.loads(run("assess", tmp_path / name, "--json", "-")[1]) == first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("answers: {GOV.1.1: 9}", "le niveau 9 n'existe pas"),
        ("answers: {GOV.9.9: 1}", "n'existe pas dans ce référentiel"),
        ("bonjour", "ne décrit pas une auto-évaluation"),
        ("answers: [", "ligne 1"),
        ("", "ne décrit pas une auto-évaluation"),
        ("referential: autre\nanswers: {GOV.1.1: 1}", "« autre »"),
        ("referential: care", "ni réponse ni valeur"),
        ("a: &a [1,1]\nb: &b [*a,*a,*a,*a]\nc: !!python/object:x", "étiquettes"),
    ],
)
def test_bad_input_is_one_sentence_and_two(run: Any, tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "mauvais.yaml"
    path.write_text(content, encoding="utf-8")
    target = tmp_path / "r.json"
    code, out, err = run("assess", path, "--json", target)
    assert (code, out) == (2, "")
    assert words in err
    assert "mauvais.yaml" in err or "« autre »" in err
    assert err.count("\n") == 1
    assert not target.exists()


def test_several_faults_are_listed(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "h.yaml"
    path.write_text("answers:\n  GOV.1.1: 9\n  GOV.1.2: cinq\n", encoding="utf-8")
    code, _, err = run("assess", path)
    assert code == 2
    lines = err.splitlines()
    assert [line[:2] for line in lines] == ["- ", "- ", "2 "]
    assert "ligne 2" in lines[0]
    assert "ligne 3" in lines[1]


def test_absent_files_and_folders_are_said(run: Any, tmp_path: Path, good: Path) -> None:
    assert run("assess", tmp_path / "absent.yaml")[0] == 2
    assert "dossier" in run("assess", tmp_path)[2]
    code, _, err = run("assess", good, "--json", tmp_path / "rien" / "r.json")
    assert code == 2
    assert "ne peut pas être écrit" in err


def test_two_results_do_not_share_the_standard_output(run: Any, good: Path) -> None:
    assert "un seul résultat" in run("assess", good, "--json", "-", "--pdf", "-")[2]
    code, out, _ = run("assess", good, "--pdf", "-")
    assert code == 0
    assert out.startswith("%PDF")


def test_devices_are_written_and_never_replaced(run: Any, good: Path) -> None:
    assert run("assess", good, "--json", "/dev/null")[0] == 0
    assert Path("/dev/null").is_char_device()


def test_a_failure_leaves_no_file_behind(run: Any, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from carene.cli import assess

    def fail(outcome: object) -> bytes:
        raise RuntimeError

    monkeypatch.setitem(assess.MAKERS, "pdf", fail)
    code, _, err = run("assess", good, "--json", tmp_path / "r.json", "--pdf", tmp_path / "r.pdf")
    assert code == 1
    assert "Erreur interne" in err
    assert [path.name for path in tmp_path.iterdir()] == ["h.yaml"]


@pytest.mark.parametrize("name", ["vide.xlsx", "vide.yaml"])
def test_the_blank_questionnaire_can_be_filled_in(run: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    code, out, _ = run("questionnaire", path, "--type", "ehpad")
    assert code == 0
    assert "questions écrites" in out
    assert run("assess", path)[0] == 2, "nothing is answered yet"
    if name.endswith(".yaml"):
        path.write_text(
            path.read_text(encoding="utf-8").replace("\n  OPS.5.1:\n", "\n  OPS.5.1: 2\n"), encoding="utf-8"
        )
        assert run("assess", path)[0] == 0


@pytest.mark.parametrize("arguments", [("q.docx",), ("q.xlsx", "--type", "hopital")])
def test_a_wrong_blank_is_refused(run: Any, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run("questionnaire", tmp_path / arguments[0], *arguments[1:])[0] == 2
    assert not list(tmp_path.iterdir())


def test_it_needs_neither_django_nor_a_folder_and_is_quick(tmp_path: Path) -> None:
    """In a process of its own, in an empty folder, without any setting: what a stranger types."""
    program = (
        "import sys; from carene.cli.main import main; code = main(sys.argv[1:]); "
        "assert 'django' not in sys.modules, 'django was loaded'; sys.exit(code)"
    )
    start = time.process_time(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, "assess", str(AVERAGE), "--json", "r.json"],
        cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert time.perf_counter() - start[1] < 20  # the true figure is in the bench: this only catches a disaster


def test_the_plan_tells_its_proof_and_what_it_avoids_with_its_interval(run: Any, tmp_path: Path) -> None:
    code, out, err = run("assess", SMALL, "--json", "-")
    assert (code, err) == (0, "")
    result = json.loads(out)
    roadmap, avoided = result["roadmap"], result["avoided"]
    assert (roadmap["start"], roadmap["months"]) == ("2027-01-01", 24)
    assert {year["year"]: year["budget"] for year in roadmap["years"]} == {2027: 9000, 2028: 6000}
    assert roadmap["bound"] >= roadmap["value"]
    assert 0 <= roadmap["gap"] < 1
    assert [stage["value"] for stage in roadmap["trail"]] == sorted(stage["value"] for stage in roadmap["trail"])
    assert avoided["after"]["days"] <= avoided["before"]["days"]
    for name in ("probability", "days", "euros"):
        one = avoided["yearly"][name]
        assert one["low"] <= one["mean"] <= one["high"]
    assert any("août" in notice for notice in result["notices"])
    _, said, _ = run("assess", SMALL)
    assert "au plus du meilleur plan possible" in said or "aucun plan ne vaut plus" in said
    assert "À la fin du plan, la simulation donne" in said
