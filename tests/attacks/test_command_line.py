# SPDX-License-Identifier: EUPL-1.2
"""The command line with hostile files, names and outputs: one French sentence, exit code 2, nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from carene.cli import main
from tests.attacks.files import MAKERS, content
from tests.e2e.conftest import ROOT, free_port

EXAMPLE = ROOT / "examples" / "ehpad.yaml"
SLOW = 60.0  # seconds on the clock, start of Python included, on a machine that does other things
READABLE = {"lien.xlsx"}  # a questionnaire without any answer, whatever else hangs on it
LONG = "x" * 300
TRAPS = (
    "bombe.yaml",
    "profond.yaml",
    "python.yaml",
    "latin.yaml",
    "utf16.yaml",
    "nul.yaml",
    "vide.xlsx",
    "aleatoire.bin",
)
COMMANDS = (("assess",), ("referential", "import"), ("referential", "check"), ("assess", EXAMPLE, "--referential"))


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def command(*arguments: str) -> tuple[int, str]:
        """Exit code and what was said on the error output."""
        try:
            code = main.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, capfdbinary.readouterr().err.decode()

    return command


def only_a_sentence(said: str) -> None:
    last = said.rstrip("\n").splitlines()[-1]
    assert last.endswith("."), said
    assert "Erreur interne" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [("assess",), ("referential", "import")], ids=["assess", "referential"])
def test_hostile_files(run: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    for name in MAKERS:
        source, target = tmp_path / name, tmp_path / "resultat.json"
        source.write_bytes(content(name))
        began = time.perf_counter()
        code, said = run(*command, source, "--json", target)
        assert time.perf_counter() - began < SLOW, name
        if name in READABLE and code == 0:
            target.unlink()
            continue
        assert code == 2, (name, said)
        only_a_sentence(said)
        assert not target.exists(), name
        source.unlink()


def test_a_pack_full_of_traps(run: Any, tmp_path: Path) -> None:
    for name in (
        "bombe.yaml",
        "profond.yaml",
        "python.yaml",
        "latin.yaml",
        "utf16.yaml",
        "nul.yaml",
        "vide.xlsx",
        "aleatoire.bin",
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "pack.yaml").write_bytes(content(name))
        (folder / "criteria").symlink_to(folder)
        began = time.perf_counter()
        code, said = run("referential", "check", folder)
        assert code == 2, (name, said)
        only_a_sentence(said)
        assert time.perf_counter() - began < SLOW
    assert not Path("/tmp/carene-attacked").exists()


def test_inputs_that_are_no_files(run: Any, tmp_path: Path) -> None:
    (tmp_path / "boucle").symlink_to(tmp_path / "boucle")
    for source in ("", ".", "/", "/dev/null", "/dev/zero", "/dev/urandom", LONG,
                   "a\x00b", "\udcff.yaml", "n\nl", "/dev/full",
                   tmp_path / "boucle", EXAMPLE / "x", "-x", "\u202e", "<script>"):  # fmt: skip
        for command in (
            ("assess",),
            ("referential", "import"),
            ("referential", "check"),
            ("assess", EXAMPLE, "--referential"),
        ):
            if source == "" and command[-1] in {"check", "--referential"}:
                continue  # the pack that comes with Carène
            code, said = run(*command, source)
            assert code == 2, (command, source, said)
            only_a_sentence(said)


def test_outputs_that_cannot_be_written(run: Any, tmp_path: Path) -> None:
    source = tmp_path / "reponses.yaml"
    source.write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "lien").symlink_to(source)
    before = sorted(tmp_path.iterdir())
    for target in ("", "/dev/full", tmp_path, f"{tmp_path}/", tmp_path / "absent" / "x", f"{tmp_path}/{LONG}",
                   source / "x",
                   "a\x00b", source, tmp_path / "lien"):  # fmt: skip
        code, said = run("assess", source, "--json", target)
        assert code == 2, (target, said)
        only_a_sentence(said)
    for pair in ((tmp_path / "a", tmp_path / "a"), ("-", "-")):
        code, said = run("assess", source, "--json", pair[0], "--xlsx", pair[1])
        assert code == 2, said
        only_a_sentence(said)
    code, said = run("assess", source, "--xlsx", tmp_path / "bon.xlsx", "--json", "/dev/full")
    assert code == 2
    assert source.read_bytes() == EXAMPLE.read_bytes()
    assert sorted(p for p in tmp_path.iterdir() if p.name != "bon.xlsx") == before
    name = "y" * 250  # leaves no room for a longer temporary name
    assert run("assess", source, "--json", tmp_path / name)[0] == 0
    assert run("assess", source, "--json", tmp_path / "\udcff.json")[0] == 0


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    line = command.replace("carene", f"'{sys.executable}' -m carene.cli.main").replace("EXEMPLE", f"'{EXAMPLE}'")
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    variables.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(["bash", "-c", line], env=variables, capture_output=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("carene assess EXEMPLE --json - > /dev/full", 2),
        ("carene referential check > /dev/full", 2),
        ("carene assess EXEMPLE >&-", 0),
        ("carene assess absent.yaml >&- 2>&- <&-", 2),
        ("carene assess EXEMPLE <&-", 0),
        ("carene assess EXEMPLE --json - | head -c 10", 0),
    ],
)
def test_broken_standard_streams(command: str, code: int) -> None:
    done = shell(command)
    assert done.returncode == code, done.stderr
    assert b"interne" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") <= 1


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    import socket

    (tmp_path / "fichier").write_text("x", encoding="ascii")
    (tmp_path / "abime").write_bytes(b"ceci n'est pas une base" * 300)
    with socket.socket() as busy:
        port = free_port()
        busy.bind(("127.0.0.1", port))
        busy.listen()
        cases: list[tuple[str, dict[str, str], bytes]] = [
            ("carene serve --port 99999", {}, b"65535"),
            ("carene serve --threads 0", {}, b"--threads 0"),
            (f"carene serve --port {port}", {}, "déjà pris".encode()),
            ("carene setup", {"CARENE_VAR": str(tmp_path / "fichier")}, "ne peut pas être écrit".encode()),
            ("carene setup", {"CARENE_DATABASE": "mysql://x"}, b"postgresql://"),
            ("carene setup", {"CARENE_DATABASE": f"sqlite:///{tmp_path / 'abime'}"}, b"ne s'ouvre pas"),
            ("carene setup", {"CARENE_DATABASE": "postgresql://127.0.0.1:1/x"}, b"ne s'ouvre pas"),
        ]
        for command, environment, words in cases:
            done = shell(command, **{"CARENE_VAR": str(tmp_path / "var"), "CARENE_DATABASE": "", **environment})
            assert done.returncode == 2, (command, done.stderr)
            assert words in done.stderr, (command, done.stderr)
            assert done.stderr.count(b"\n") == 1, done.stderr
