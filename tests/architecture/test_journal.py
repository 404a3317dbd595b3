# SPDX-License-Identifier: EUPL-1.2
"""Every action tells the journal what it did, and asks for the right first: read in the code of all actions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "carene"
FILES = sorted(
    path
    for path in SOURCE.rglob("*.py")
    if path.stem == "actions" or path.stem.startswith("actions_") or path.parent.name in {"actions", "imports"}
)
WRITER = "carene.core.journal.writer"
TELLS = {"record", "record_many"}
ASKS = {"require", "require_move"}
# Actions that tell nothing, or ask nothing, on purpose.
SILENT = {
    "exchange/actions.py:read_answers": "a file being read again is not yet a change",
    "exchange/actions.py:read_observations": "a file being read again is not yet a change",
    "exchange/actions.py:drop": "a file that was read and not taken changes nothing",
    "assessments/actions/writing.py:fill": "a part of an action: the caller tells",
    "assessments/actions/writing.py:journal": "makes what the caller tells",
}
UNASKED = {
    "assessments/actions/lifecycle.py:begin": "a part of actions that ask for another right",
    "assessments/actions/writing.py:write": "a part of an action: the caller asks",
    "assessments/actions/writing.py:fill": "a part of an action: the caller asks",
    "assessments/actions/writing.py:journal": "a part of an action: the caller asks",
    "indicators/actions.py:publish": "a part of an action: the caller asks",
    "indicators/actions.py:retract": "a part of an action: the caller asks",
    "jobs/actions.py:enqueue": "a part of an action: the caller asks",
    "jobs/actions.py:ask_to_stop": "a part of an action: the caller asks",
    "roadmaps/actions/scenarios.py:tell": "a part of an action: the caller asks",
    "exchange/actions.py:revoke_token": "one's own keys only, found among one's own",
    "accounts/actions.py:update_self": "oneself",
    "accounts/actions.py:accept_invitation": "the link is the right",
    "accounts/actions.py:end_session": "oneself",
    "accounts/actions.py:end_other_sessions": "oneself",
}


def name_of(path: Path) -> str:
    return "/".join(path.parts[-3:] if path.parent.name in {"actions", "imports"} else path.parts[-2:])


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        found |= {node.name: node for node in kind.body if isinstance(node, ast.FunctionDef)}
    return found


def called(function: ast.FunctionDef) -> set[str]:
    """Names of what it calls: ``f(…)`` and ``module.f(…)``, not methods of what a call gives."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names.add(node.func.id)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            names.add(node.func.attr)
    return names


IN_FILE = {path: functions(path) for path in FILES}
ANYWHERE: dict[str, list[Path]] = {}
for _path in FILES:
    for _name in IN_FILE[_path]:
        ANYWHERE.setdefault(_name, []).append(_path)


def imported(path: Path) -> dict[str, Path]:
    """Functions that the file imports by their name → the file of actions where they stand."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {}
    for node in (one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.module):
        target = ROOT / "src" / Path(*str(node.module).split(".")).with_suffix(".py")
        found |= {alias.asname or alias.name: target for alias in node.names if target in IN_FILE}
    return found


IMPORTED = {path: imported(path) for path in FILES}


def places(path: Path, name: str) -> list[Path]:
    """Where a function called ``name`` in that file may stand: in it, where it was imported from, else in any."""
    if name in IN_FILE[path]:
        return [path]
    if name in IMPORTED[path]:
        return [IMPORTED[path][name]]
    return [] if name.startswith("_") else ANYWHERE.get(name, [])


def tellers(path: Path) -> set[str]:
    """What the file calls the functions that write the journal."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == WRITER]
    return {alias.asname or alias.name for node in imports for alias in node.names if alias.name in TELLS}


def reaches(path: Path, function: ast.FunctionDef, wanted: set[str], seen: frozenset[str] = frozenset()) -> bool:
    """True when it calls one of these, itself or through other functions of actions; none wanted: tells the journal."""
    names = called(function)
    if names & (wanted or tellers(path)):
        return True
    return any(
        name in IN_FILE[place] and reaches(place, IN_FILE[place][name], wanted, seen | names)
        for name in sorted(names - seen - tellers(path))
        for place in places(path, name)
    )


def actions() -> Iterator[tuple[str, tuple[Path, ast.FunctionDef]]]:
    """Public functions that take who acts: (« app/actions.py:name », function)."""
    for path in FILES:
        for name, function in IN_FILE[path].items():
            first = function.args.args[:1]
            kind = ast.unparse(first[0].annotation) if first and first[0].annotation else ""
            if not name.startswith("_") and (kind == "Actor" or name == "accept_invitation"):
                yield f"{name_of(path)}:{name}", (path, function)


ACTIONS = dict(actions())


def test_they_are_found() -> None:
    assert len(ACTIONS) > 50
    assert set(SILENT) | set(UNASKED) <= set(ACTIONS), "an exception for what does not exist any more"


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_it_tells_the_journal(name: str) -> None:
    told = reaches(*ACTIONS[name], set())
    if name.partition(":")[2].startswith("require"):
        return
    assert told != (name in SILENT), "record(…) is missing, or the exception is of no use any more"


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_it_asks_for_the_right(name: str) -> None:
    asked = reaches(*ACTIONS[name], ASKS | {"_server_only"})
    assert asked or name in UNASKED, "actor.require(…) is missing"
