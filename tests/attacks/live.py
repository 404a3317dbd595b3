# SPDX-License-Identifier: EUPL-1.2
"""A person (or a machine) in front of the real server, without a browser."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from carene.core.row_security.scope import EVERYTHING
from tests.e2e.conftest import start_server
from tests.support.programs import ROOT, environment

PASSWORD = "carene-demonstration"
GONE = (ConnectionError, http.client.HTTPException, urllib.error.URLError, TimeoutError)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Person:
    """Signed in, with cookies; ``send`` gives (status, body) and raises one of ``GONE`` when nobody answers."""

    def __init__(self, server: str, login: str = "rssi") -> None:
        self.server, self.cookies = server, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _Stay())
        self.send("/compte/login/")
        form = {"login": f"{login}@demo.invalid", "password": PASSWORD}
        status, body = self.send("/compte/login/", form)
        assert status == 302, body[:300]

    @property
    def token(self) -> str:
        return next((c.value or "" for c in self.cookies if c.name == "csrftoken"), "")

    def send(
        self,
        path: str,
        form: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        body: Any = None,
        timeout: float = 60,
    ) -> tuple[int, bytes]:
        headers = {"X-CSRFToken": self.token, "Referer": self.server}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        elif files is not None:
            data, headers["Content-Type"] = multipart(form or {}, files)
        elif form is not None:
            data = urllib.parse.urlencode(list(form.items()), doseq=True).encode()
        request = urllib.request.Request(self.server + path, data, headers)
        try:
            with self.opener.open(request, timeout=timeout) as answer:
                self.headers = answer.headers
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                self.headers = error.headers
                return error.code, error.read()

    def node(self) -> int:
        self.send("/")
        return int(re.search(r"/o/(\d+)/", self.headers["Location"])[1])  # type: ignore[index]


def multipart(form: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    mark = uuid.uuid4().hex.encode()
    pairs = [(name, one) for name, value in form.items() for one in (value if isinstance(value, list) else [value])]
    field = b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    parts = [field % (mark, name.encode(), str(value).encode()) for name, value in pairs]
    for name, (filename, content) in files.items():
        shown = filename.encode().replace(b'"', b"%22")
        parts.append(
            b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n%s\r\n" % (mark, name.encode(), shown, content)
        )
    return b"".join(parts) + b"--%s--\r\n" % mark, f"multipart/form-data; boundary={mark.decode()}"


def workers(master: int) -> list[int]:
    """Processes whose parent is this one."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = status.parent.name, status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[1]) == master:
            found.append(int(pid))
    return found


def memory(pid: int) -> int:
    """Resident bytes at the highest."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) * 1024  # type: ignore[index]


def kill_all(server: subprocess.Popen[bytes]) -> None:
    """As a power cut does: no process of the server runs one more line."""
    for pid in (*workers(server.pid), server.pid):
        os.kill(pid, signal.SIGKILL)
    server.wait(60)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Runs ``work(0) … work(count - 1)`` at once; what one raises is raised here."""
    errors: list[BaseException] = []
    gate = threading.Barrier(count)

    def run(rank: int) -> None:
        try:
            gate.wait()
            work(rank)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if errors:
        raise errors[0]


HOLD = """import json, os, sys
names = ("CARENE_DATABASE", "CARENE_DATABASE_OWNER")
print(json.dumps({name: os.environ[name] for name in names if name in os.environ}), flush=True)
sys.stdin.read()"""


class Cluster:
    """A PostgreSQL that keeps what it acknowledged, until ``stop``. ``databases``: what the environment says of it."""

    def __init__(self) -> None:
        self.script = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/with_postgresql.py"), sys.executable, "-c", HOLD],
            env={**os.environ, "POSTGRESQL_DURABLE": "1"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.script.stdout is not None
        said = self.script.stdout.readline()
        assert said, "PostgreSQL did not start"
        found: dict[str, str] = json.loads(said)
        self.databases = {"CARENE_DATABASE_OWNER": found["CARENE_DATABASE"], **found}
        self.port = urllib.parse.urlsplit(found["CARENE_DATABASE"]).port or 0

    def new(self, base: str) -> dict[str, str]:
        """An empty database more."""
        import psycopg

        with psycopg.connect(self.databases["CARENE_DATABASE_OWNER"], autocommit=True) as server:
            server.execute(f"CREATE DATABASE {base}".encode())
        return {name: f"{address.rpartition('/')[0]}/{base}" for name, address in self.databases.items()}

    def _master(self) -> tuple[int, list[str]]:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                arguments = path.read_bytes().decode("utf-8", "replace").rstrip("\0").split("\0")
            except OSError:
                continue
            if Path(arguments[0]).name == "postgres" and str(self.port) in arguments:
                return int(path.parent.name), arguments
        raise LookupError(self.port)

    def crash(self) -> None:
        """As a power cut does (short of the disk's own memory): no process of the server runs one more line."""
        pid, arguments = self._master()
        owner = Path(f"/proc/{pid}").stat()
        everyone = [pid, *workers(pid)]
        for one in everyone:
            os.kill(one, signal.SIGKILL)
        while any(Path(f"/proc/{one}").exists() and not _is_zombie(one) for one in everyone):
            time.sleep(0.02)
        folder = arguments[arguments.index("-D") + 1]
        # They name a process that nobody may have buried yet; a power cut leaves no process at all.
        for named in (Path(folder, "postmaster.pid"), *Path(folder).parent.glob(".s.PGSQL.*")):
            named.unlink()
        control = [str(Path(arguments[0]).with_name("pg_ctl")), "-D", folder, "-w", "-l", f"{folder}/../log"]
        control += ["-o", shlex.join(arguments[arguments.index("-D") + 2 :]), "start"]
        change = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
        subprocess.run(control, check=True, stdout=subprocess.DEVNULL, cwd=folder, **change)  # type: ignore[call-overload]

    def stop(self) -> None:
        self.script.communicate()
        assert self.script.returncode == 0


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@dataclass
class Place:
    """A data folder, its server, and its database read behind the server's back."""

    var: Path
    port: int
    databases: dict[str, str] = field(default_factory=dict)  # of PostgreSQL: what the environment says of it
    node: int = 0
    assessment: int = 0
    keys: list[str] = field(default_factory=list)

    @property
    def server(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> subprocess.Popen[bytes]:
        return start_server(self.var, self.port, **self.databases)

    def carene(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """A command beside the server, as a program of its own."""
        command = [sys.executable, "-m", "carene.cli.main", *arguments]
        settings = environment(self.var, **{**self.databases, **more})
        return subprocess.Popen(
            command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def done(self, *arguments: str, **more: str) -> str:
        """The standard output of a command that must succeed."""
        with self.carene(*arguments, **more) as program:
            out, err = program.communicate(timeout=300)
        assert program.returncode == 0, err[-3000:]
        return out

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """``sql`` with « ? » for values, on either database."""
        if self.databases:
            import psycopg

            address, everything = self.databases["CARENE_DATABASE_OWNER"], f"-c carene.scope={EVERYTHING.seen}"
            with psycopg.connect(address, options=everything) as database:
                return database.execute(sql.replace("?", "%s").encode(), values).fetchall()
        with closing(sqlite3.connect(f"file:{self.var / 'carene.sqlite3'}?mode=ro", uri=True)) as found:
            return found.execute(sql, values).fetchall()

    def enter(self, person: Person) -> None:
        """The assessment under way of the person's first establishment, and its questions."""
        self.node = person.node()
        _, page = person.send(f"/o/{self.node}/auto-evaluation/")
        self.assessment = int(re.search(rb"auto-evaluation/(\d+)/questions", page)[1])  # type: ignore[index]
        _, page = person.send(f"/o/{self.node}/auto-evaluation/{self.assessment}/questions/")
        self.keys = sorted(set(re.findall(r'href="\./([A-Z]{3}\.\d+\.\d+)/"', page.decode())))
        assert len(self.keys) > 60

    def answer(self, person: Person, key: str, level: int, version: int, comment: str) -> tuple[int, dict[str, Any]]:
        path = f"/o/{self.node}/auto-evaluation/{self.assessment}/repondre/{key}/"
        status, body = person.send(path, body={"level": level, "version": version, "comment": comment})
        return status, json.loads(body) if body.startswith(b"{") else {"page": body[:500]}

    def versions(self) -> dict[str, int]:
        return dict(
            self.rows("SELECT criterion, version FROM assessments_answer WHERE assessment_id=?", self.assessment)
        )

    def sound(self) -> None:
        """The database is whole, and each answer is the one that the journal tells last."""
        if not self.databases:
            assert self.rows("PRAGMA integrity_check") == [("ok",)]
            assert self.rows("PRAGMA foreign_key_check") == []
        stored = self.rows(
            "SELECT criterion, level, comment FROM assessments_answer WHERE assessment_id=?", self.assessment
        )
        for criterion, level, comment in stored:
            told = self.told(criterion)
            if told:
                assert (told[-1]["level"], told[-1]["comment"]) == (level, comment), criterion

    def verify(self) -> None:
        """The chains of the journal hold."""
        self.done("journal", "verify")

    def told(self, criterion: str) -> list[dict[str, Any]]:
        """What the journal tells of a question, oldest first."""
        target = f"answer:{self.assessment}:{criterion}"
        rows = self.rows("SELECT after FROM journal_entry WHERE target=? ORDER BY id", target)
        return [json.loads(after) if isinstance(after, str) else after for (after,) in rows]
