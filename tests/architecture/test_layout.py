# SPDX-License-Identifier: EUPL-1.2
"""The plan of the house, held against the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "carene"
APPS = SOURCE / "apps"
PYTHON = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))

CURRENCIES = {"organisations", "indicators", "findings", "evidence"}
JUDGES = {"assessments", "roadmaps"}
SHOWS = {"home", "risks", "reports", "exchange", "observatory", "funding", "campaigns", "resources", "demonstration"}
# Names that Django or allauth look for by themselves.
FOUND_BY_NAME = {"400.html", "404.html", "403.html", "403_csrf.html", "429.html", "500.html"}


def imported(path: Path, *, for_types: bool = True) -> set[str]:
    """Names that a file imports; without ``for_types``, those of ``if TYPE_CHECKING:`` do not count."""
    names: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    skipped = set() if for_types else {inner for node in guarded for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def app_of(path: Path) -> str:
    return path.relative_to(APPS).parts[0]


def test_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.parametrize("path", [p for p in PYTHON if APPS in p.parents and p.parent != APPS], ids=str)
def test_an_app_never_imports_the_models_of_another(path: Path) -> None:
    own = app_of(path)
    foreign = {
        name
        for name in imported(path, for_types=False)
        if (m := re.match(r"carene\.apps\.(\w+)\.models\b", name)) and m[1] != own
    }
    # Types of rows may be named (for annotations) by those who receive them from queries.
    allowed = {"carene.apps.organisations.models", "carene.apps.organisations.models.Organisation"}
    assert not foreign - allowed


@pytest.mark.parametrize("path", [p for p in PYTHON if APPS in p.parents and p.parent != APPS], ids=str)
def test_apps_know_only_whom_they_may(path: Path) -> None:
    own = app_of(path)
    others = {m[1] for name in imported(path) if (m := re.match(r"carene\.apps\.(\w+)", name))} - {own}
    others = {o for o in others if (APPS / o).is_dir()}
    if own in CURRENCIES:
        # Pages of a currency show names of criteria: they may read which referential is spoken of.
        assert others <= CURRENCIES | {"assessments"}, others
    elif own == "assessments":
        # The judgement is shown with the charts that documents use.
        assert others <= CURRENCIES, others
    elif own == "roadmaps":
        assert others <= CURRENCIES | {"assessments"}, others
    elif own not in SHOWS:
        # What is to do travels as actions: a measuring app may put one in the roadmap.
        assert others <= CURRENCIES | {"roadmaps"}, f"a measuring app imports {others}"


def test_every_python_file_says_its_licence() -> None:
    missing = [
        str(p.relative_to(ROOT))
        for p in [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
        if "migrations" not in p.parts
        and "SPDX-License-Identifier: EUPL-1.2" not in p.read_text(encoding="utf-8")[:300]
    ]
    assert not missing


def test_files_are_one_room() -> None:
    """Past 400 lines a file asks to be two."""
    long = {
        str(p.relative_to(SOURCE)): n for p in PYTHON if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_every_template_is_used() -> None:
    sources = "\n".join(p.read_text(encoding="utf-8") for p in [*PYTHON, *TEMPLATES])
    unused = []
    for path in TEMPLATES:
        name = path.as_posix().split("/templates/")[1]
        if name.startswith(("account/", "mfa/", "socialaccount/", "usersessions/")) or name in FOUND_BY_NAME:
            continue
        if f'"{name}"' not in sources and f"'{name}'" not in sources and f'"{name}#' not in sources:
            unused.append(name)
    assert not unused


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.as_posix().split("/templates/")[1])
def test_templates_respect_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text), "inline script"
    assert "|safe" not in text, "unescaped text"


def test_no_constant_of_the_programme_in_code() -> None:
    """Dates of texts and programme thresholds are data: code that holds one is a bug."""
    suspicious = re.compile(r"2022-07-16|2025-07-16|0\.66\b|D2\.O[1-4]")
    found = [
        f"{p.relative_to(ROOT)}:{i}"
        for p in PYTHON
        for i, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if suspicious.search(line) and not line.lstrip().startswith("#")
    ]
    assert not found


def test_architecture_page_names_every_room() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\s*[│├└─ ]*([a-z_]+)/", page, flags=re.MULTILINE))
    rooms = {
        p.name
        for base in (SOURCE, SOURCE / "engines", SOURCE / "core", APPS)
        for p in base.iterdir()
        if p.is_dir() and not p.name.startswith("__")
    }
    assert not rooms - named, f"rooms that the page does not name: {rooms - named}"
    absent = {
        n for n in named if not any(SOURCE.rglob(n)) and not (ROOT / n).exists() and not any((ROOT / "docs").glob(n))
    }
    assert not absent, f"rooms that the page names and that do not exist: {absent}"
