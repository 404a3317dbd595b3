# SPDX-License-Identifier: EUPL-1.2
"""The command line itself: French help, exit codes, one sentence on the error output."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from carene.cli import exits, main
from carene.cli.parser import Parser
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, error output."""
    try:
        code = main.main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    found = capsys.readouterr()
    return code, found.out, found.err


def test_help_is_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(capsys, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("Utilisation : carene ")
    assert "affiche cette aide" in out
    for english in ("usage:", "options:", "show this", "positional"):
        assert english not in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "il manque COMMANDE"),
        (("inconnu",), "'inconnu' n'existe pas"),
        (("referential",), "carene referential : il manque"),
        (("referential", "import"), "il manque FICHIER"),
        (("referential", "import", "f", "--json"), "--json attend une valeur"),
        (("referential", "check", "--vite"), "argument inconnu : --vite"),
        (("referential", "import", "f", "--dry-run=1"), "--dry-run n'attend pas de valeur"),
    ],
)
def test_a_wrong_command_line_is_one_french_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = outcome(capsys, *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "--help »" in err, "what to do"
    assert err.count("\n") == 1


def test_what_argparse_says_otherwise_stays_french(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        Parser(prog="carene").error("some sentence of a later version")
    assert stop.value.code == 2
    assert "la commande est mal écrite" in capsys.readouterr().err


def failing(error: BaseException) -> exits.Handler:
    def handler(_arguments: argparse.Namespace) -> int:
        raise error

    return handler


NOTHING = argparse.Namespace()


def test_a_verb_gives_its_code() -> None:
    assert exits.run(lambda _: 0, NOTHING) == 0
    assert exits.run(lambda _: 2, NOTHING) == 2


@pytest.mark.parametrize(
    "error",
    [
        InputError("quoi", where="où", remedy="faire"),
        InputErrors([InputError("un", where="ici"), InputError("deux")]),
    ],
)
def test_bad_input_is_two_and_its_sentence(capsys: pytest.CaptureFixture[str], error: InputError) -> None:
    assert exits.run(failing(error), NOTHING) == 2
    assert capsys.readouterr().err == f"{error.sentence}\n"


def test_our_failure_is_one_and_a_french_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(exits.DEBUG, raising=False)
    assert exits.run(failing(ZeroDivisionError("division by zero")), NOTHING) == 1
    err = capsys.readouterr().err
    assert err.startswith("Erreur interne (ZeroDivisionError)")
    assert "Traceback" not in err
    assert "division by zero" not in err
    assert err.count("\n") == 1
    monkeypatch.setenv(exits.DEBUG, "1")
    assert exits.run(failing(ZeroDivisionError("division by zero")), NOTHING) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert exits.run(failing(KeyboardInterrupt()), NOTHING) == 1
    assert capsys.readouterr().err == "Commande interrompue.\n"


HEAVY = ("django", "pydantic", "yaml", "gunicorn", "carene.engines.referential.loader")


def test_help_loads_nothing_heavy() -> None:
    """What keeps ``carene --help`` under a third of a second, whatever the machine."""
    program = (
        "import sys; from carene.cli import main; main.build_parser().format_help(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_reader_that_leaves_is_no_traceback() -> None:
    """``carene … | head -1``: the pipe closes before we have written everything."""
    program = (
        "import sys; from carene.cli import exits; "
        "sys.exit(exits.run(lambda _: [print('x' * 1000) for _ in range(10000)] and 0, None))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1
