# SPDX-License-Identifier: EUPL-1.2
"""Workers as processes of their own, on both databases: two at once, killed, orphans, stopped."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgresql import APPLICATION, addresses, drop
from tests.support.postgresql import ask as ask_server
from tests.support.programs import ROOT, environment, run

pytestmark = pytest.mark.both_databases
BASE = f"carene_jobs_{os.getpid()}_"  # of this process: another may run tests of this file at the same time


@dataclass
class Lab:
    var: Path
    more: dict[str, str]
    nodes: list[int]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __call__(self, *command: object) -> Any:
        done = run(self.var, "tests.core.jobs_lab", *map(str, command), **self.more)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout) if done.stdout.strip() else None

    def start(self, name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.core.jobs_lab", name]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(self.var, **self.more), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        self.started.append(process)
        return process

    def ask(self, *nodes: int, steps: int, pause: float) -> list[int]:
        found: list[int] = self("ask", ",".join(map(str, nodes)), self.marks, steps, pause)
        return found

    @property
    def marks(self) -> Path:
        return self.var / "marks"

    def steps(self) -> list[tuple[int, int]]:
        """(job, process) of each step done."""
        lines = self.marks.read_text(encoding="utf-8").splitlines() if self.marks.exists() else []
        return [(int(job), int(process)) for job, process in map(str.split, lines)]

    def jobs(self) -> list[tuple[int, str, str, Any, Any]]:
        """(key, state, error, figures, result) of each job, read without us."""
        query = "SELECT id, state, error, figures, result FROM jobs_job ORDER BY id"
        if self.more:
            return [tuple(row) for row in ask_server(BASE, query)]
        with closing(sqlite3.connect(self.var / "carene.sqlite3", timeout=20)) as base:
            return [(*row[:3], *(json.loads(data or "null") for data in row[3:])) for row in base.execute(query)]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """On the database that the tests run on."""
    var, more = tmp_path_factory.mktemp("jobs") / "var", {}
    if APPLICATION.startswith("postgresql"):
        drop(BASE)
        ask_server("postgres", f"CREATE DATABASE {BASE}")
        more = addresses(BASE)
    found = Lab(var, more, [])
    found.nodes = found("build", 8)
    yield found
    for process in found.started:
        with process:  # closes its standard input
            process.kill()
    if more:
        drop(BASE)


def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_two_workers_never_run_the_same_job(lab: Lab) -> None:
    keys = lab.ask(*lab.nodes[:6], steps=3, pause=0.05)
    workers = [lab.start("take") for _ in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    done = lab.steps()
    assert Counter(job for job, _ in done) == dict.fromkeys(keys, 3)
    by_job = {job: {process for who, process in done if who == job} for job in keys}
    assert all(len(processes) == 1 for processes in by_job.values())
    assert [row[1] for row in lab.jobs()] == ["done"] * 6


def test_a_killed_worker_leaves_a_job_that_can_be_asked_for_again(lab: Lab) -> None:
    (key,) = lab.ask(lab.nodes[6], steps=400, pause=0.05)
    worker = lab.start("work")
    until(lambda: sum(job == key for job, _ in lab.steps()) > 2)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(60)
    assert lab.jobs()[-1][1] == "running", "nobody could say it"
    assert lab("tidy") == 1
    found = lab.jobs()[-1]
    assert found[1] == "failed"
    assert found[2] == "Interrompu par un arrêt du serveur"
    (again,) = lab.ask(lab.nodes[6], steps=2, pause=0)
    assert lab.start("work").wait(60) == 0
    assert [(row[0], row[1], row[4]) for row in lab.jobs()[-1:]] == [(again, "done", {"steps": 2})]


def test_a_worker_ends_with_its_server_and_says_so(lab: Lab) -> None:
    """Its standard input closes when whoever started it dies, however it dies."""
    (key,) = lab.ask(lab.nodes[7], steps=400, pause=0.05)
    worker = lab.start("work")
    until(lambda: any(job == key for job, _ in lab.steps()))
    assert worker.stdin is not None
    worker.stdin.close()
    worker.wait(60)
    found = lab.jobs()[-1]
    assert (found[1], found[2]) == ("failed", "Interrompu par un arrêt du serveur")


def test_a_signal_is_heard_too(lab: Lab) -> None:
    (key,) = lab.ask(lab.nodes[7], steps=400, pause=0.05)
    worker = lab.start("work")
    until(lambda: any(job == key for job, _ in lab.steps()))
    worker.terminate()
    worker.wait(60)
    assert lab.jobs()[-1][1] == "failed"


def test_what_is_stopped_keeps_what_it_has(lab: Lab) -> None:
    (key,) = lab.ask(lab.nodes[7], steps=4000, pause=0.02)
    worker = lab.start("work")
    until(lambda: (lab.jobs()[-1][3] or {}).get("best", 0) > 3)
    lab("stop", key)
    assert worker.wait(60) == 0
    found = lab.jobs()[-1]
    assert found[1] == "stopped"
    assert 3 < found[4]["steps"] < 4000


def test_a_second_worker_of_the_same_server_goes_away(lab: Lab) -> None:
    (key,) = lab.ask(lab.nodes[7], steps=60, pause=0.05)
    first = lab.start("work")
    until(lambda: any(job == key for job, _ in lab.steps()))
    assert lab.start("work").wait(60) == 0
    assert first.wait(60) == 0
    assert lab.jobs()[-1][1] == "done"
