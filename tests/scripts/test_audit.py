# SPDX-License-Identifier: EUPL-1.2
"""The audit of the dependencies: the real tool, before a service of vulnerabilities of ours."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
VULNERABLE = {
    "id": "GHSA-essai",
    "aliases": ["CVE-2026-0001"],
    "summary": "Une faille inventée",
    "affected": [
        {
            "package": {"name": "asgiref", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


class Service(ThreadingHTTPServer):
    """Answers as an OSV service does. ``known``: library → its vulnerabilities."""

    def __init__(self, known: dict[str, list[dict[str, Any]]], status: int = 200) -> None:
        self.known, self.status, self.asked = known, status, set[str]()
        super().__init__(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server_port}/v1/query"


class Answer(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = query["package"]["name"]
        self.server.asked.add(name)
        found = self.server.known.get(f"{name} {query['version']}") or self.server.known.get(name)
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def serve() -> Iterator[Any]:
    running: list[Service] = []

    def start(known: dict[str, list[dict[str, Any]]], *, status: int = 200, canary: bool = True) -> Service:
        service = Service(({"django 2.0": [VULNERABLE]} if canary else {}) | known, status)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        running.append(service)
        return service

    yield start
    for one in running:
        one.shutdown()
        one.server_close()


def audit(service: str, folder: Path, *, project: str = "", lock: Path = ROOT / "requirements.lock") -> Any:
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    command = [sys.executable, "scripts/audit.py", "--service", service, "--lock", str(lock)]
    command += ["--project", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def ignoring(**fields: str) -> str:
    lines = [f"{name} = {value}" for name, value in fields.items()]
    return "\n".join(["[[tool.carene.audit.ignore]]", *lines, ""])


def test_nothing_known(serve: Any, tmp_path: Path) -> None:
    service = serve({})
    done = audit(service.address, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "aucune faille connue" in done.stdout
    assert {"django", "django-allauth", "cryptography", "lxml"} <= service.asked
    assert str(len(service.asked)) in done.stdout


def test_a_known_vulnerability_is_named(serve: Any, tmp_path: Path) -> None:
    done = audit(serve({"asgiref": [VULNERABLE]}).address, tmp_path)
    assert done.returncode == 1
    assert "asgiref" in done.stderr
    assert "CVE-2026-0001 = GHSA-essai, corrigé en 99.1" in done.stderr
    assert "NON AUDITÉES" not in done.stderr


@pytest.mark.parametrize("name", ["GHSA-essai", "CVE-2026-0001"])
def test_an_exception_has_a_reason_and_an_end(serve: Any, tmp_path: Path, name: str) -> None:
    address = serve({"asgiref": [VULNERABLE]}).address
    good = ignoring(id=f'"{name}"', reason='"cette fonction ne sert pas ici"', until="2999-01-01")
    assert audit(address, tmp_path, project=good).returncode == 0
    for wrong, word in (
        (ignoring(id=f'"{name}"', reason='"x"', until="2020-01-01"), "a pris fin le 01/01/2020"),
        (ignoring(id=f'"{name}"', until="2999-01-01"), "raison"),
        (ignoring(id=f'"{name}"', reason='"x"'), "fin"),
    ):
        done = audit(address, tmp_path, project=wrong)
        assert done.returncode == 1
        assert word in done.stderr


def test_data_that_cannot_be_reached_are_not_an_audit(serve: Any, tmp_path: Path) -> None:
    stopped = serve({})
    stopped.shutdown()
    stopped.server_close()
    deaf = serve({}, canary=False)  # says yes to everything, as a proxy that knows nothing may
    absent = serve({}, status=404)
    for address in (stopped.address, deaf.address, absent.address):
        done = audit(address, tmp_path)
        assert done.returncode == 0
        assert done.stderr.startswith("dépendances NON AUDITÉES : ")
        assert done.stdout == ""


def test_a_lock_that_cannot_be_read_fails(serve: Any, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("asgiref>=3\n", encoding="utf-8")
    done = audit(serve({}).address, tmp_path, lock=lock)
    assert done.returncode == 1
    assert "a échoué" in done.stderr


def test_lint_audits_and_the_exceptions_of_the_project_are_in_order() -> None:
    assert "scripts/audit.py" in (ROOT / "Makefile").read_text(encoding="utf-8")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import audit as script
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    import datetime as dt

    assert script.ignored(ROOT / "pyproject.toml", dt.datetime.now(dt.UTC).date())[1] == []
