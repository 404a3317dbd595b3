# SPDX-License-Identifier: EUPL-1.2
"""Fifty people answering at once, through the real server: one process of eight threads on SQLite, four on PostgreSQL.

Ten establishments of a generated GHT, five people each, who share its questionnaire. Afterwards every answer that the
server acknowledged is looked for in the database and in the journal. ``LOAD`` is how many seconds (60; the target says
300). ``python -m bench.load STEP …`` are the steps that need a process of their own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import server
from bench.databases import ROOT, at_work, fresh, with_postgresql
from bench.table import Figure, Table

PEOPLE, PLACES = 50, 10
THINK = (1.0, 3.0)  # seconds between two requests of one person
RHYTHM = "a question, its level, 3 in 10 comment, 1 in 10 goes back to the list; 1 to 3 s before each request"
LIMITS = ((95, 150), (99, 500))  # percentile, ms


def run(table: Table, folder: Path) -> None:
    seconds = int(os.environ.get("LOAD") or 60)
    table.say(f"Load: {PEOPLE} people for {seconds} s on each database (the target says 300: LOAD=300); {RHYTHM}.")
    for figure in series(folder, "SQLite", str(seconds)):
        table.add(*figure)
    for figure in with_postgresql("bench.load", "series", str(folder), "PostgreSQL", str(seconds)):
        table.add(*figure)


def series(folder: Path, database: str, seconds: str) -> list[Figure]:
    var, plan, told = (folder / f"load-{database}{end}" for end in ("", ".json", ".told.json"))
    environment = {"CARENE_VAR": str(var)}
    _step(environment, "prepare", str(plan))
    process, _ = server.start(environment, "--workers", "1" if database == "SQLite" else "4")
    try:
        before = server.workers_cpu(process.pid)
        _people(server.address(process), plan, told, seconds)
        spent = server.workers_cpu(process.pid) - before
        memory = server.worker_mb(process.pid)
        log = sum(path.stat().st_size for path in var.glob("*-wal")) / 1e6
    finally:
        server.stop(process)
    count = len(json.loads(told.read_text())["requests"]) or 1
    figures: list[Figure] = [
        *_figures(told),
        *_step(environment, "compare", str(told)),
        (
            "processor of the server for a request",
            spent / count * 1000,
            "ms",
            None,
            f"{count / int(seconds):.0f} a second",
        ),
        ("memory of a worker", memory, "MB", 150, ""),
    ]
    if database == "SQLite":
        figures.append(("its write-ahead log, not folded back yet", log, "MB", 64, ""))
    return [(f"load, {database}, {seconds} s: {name}", *rest) for name, *rest in figures]


def _people(address: str, plan: Path, told: Path, seconds: str) -> None:
    command = [sys.executable, "-m", "locust", "--locustfile", str(Path(__file__).with_name("locustfile.py"))]
    command += ["--headless", "--users", str(PEOPLE), "--spawn-rate", str(PEOPLE), "--run-time", f"{seconds}s"]
    command += ["--stop-timeout", "10", "--host", address.rstrip("/"), "--skip-log", "--only-summary"]
    command += ["--exit-code-on-error", "0"]
    environment = {**os.environ, "BENCH_PLAN": str(plan), "BENCH_TOLD": str(told)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _figures(told: Path) -> list[Figure]:
    data = json.loads(told.read_text())
    times: dict[str, list[float]] = {}
    for name, milliseconds in data["requests"]:
        times.setdefault(name, []).append(milliseconds)
    times = {"all requests": sorted(t for one in times.values() for t in one), **times}
    figures: list[Figure] = [("errors", len(data["errors"]), "errors", 0, "; ".join(sorted(set(data["errors"]))[:3]))]
    for name, values in times.items():
        limits = LIMITS if name in {"all requests", "save"} else ()
        figures += [(f"{name}, p{p}", _percentile(values, p), "ms", limit, f"of {len(values)}") for p, limit in limits]
        figures.append((f"{name}, median", _percentile(values, 50), "ms", None, f"of {len(values)}"))
    return figures


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _step(environment: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "bench.load", *arguments]
    given = {**os.environ, **environment}
    result = subprocess.run(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True, check=True)
    return [tuple(figure) for figure in json.loads(result.stdout.splitlines()[-1])]


# Inside a process that holds the database ----------------------------------------------------------------------------


def prepare(plan: Path) -> list[Figure]:
    """A GHT whose people are already signed in, second factor included; each has their own questions."""
    fresh(demo=False)
    from django.conf import settings
    from django.utils.module_loading import import_string

    from carene.apps.assessments import actions as assessments
    from carene.apps.organisations import actions as organisations
    from carene.apps.organisations.queries import profile_of
    from carene.core.access.actor import Actor
    from carene.core.accounts import second_factor
    from carene.engines.referential.catalogue import care

    system = Actor.system()
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    region = organisations.create(system, None, kind="region", name="Région de mesure")
    ght = organisations.create(system, region, kind="ght", name="GHT de mesure")
    people = []
    each = PEOPLE // PLACES
    for rank in range(PLACES):
        profile = {"type": "ch", "ght_role": "membre", "workstations": 600, "servers": 40, "beds": 200}
        place = organisations.create(system, ght, kind="entity", name=f"Hôpital de mesure {rank}", **profile)
        users = [
            organisations.grant(system, place, email=f"p{rank}.{n}@bench.invalid", name=f"P{n}", role="rssi").user
            for n in range(each)
        ]
        assessment = assessments.start(Actor.of(users[0]), place)
        criteria = [criterion.id for criterion in care().applicable(profile_of(place, care()))]
        for n, user in enumerate(users):
            session = store()
            session.update(_signed_in(user) | {second_factor.SESSION_KEY: user.pk})
            session.create()
            row = {"session": session.session_key, "node": place.pk, "assessment": assessment.pk}
            people.append({**row, "criteria": criteria[n::each]})
    plan.write_text(json.dumps({"people": people, "think": THINK}))
    return []


def _signed_in(user: Any) -> dict[str, Any]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    backend = settings.AUTHENTICATION_BACKENDS[0]
    return {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: user.get_session_auth_hash()}


def compare(told: Path) -> list[Figure]:
    """Each acknowledged version must be in the journal as it was said, and the last one in the answer itself."""
    from carene.apps.assessments.models import Answer
    from carene.apps.assessments.targets import answer_target
    from carene.core.journal.models import Entry
    from carene.core.journal.verification import verify

    acknowledged = json.loads(told.read_text())["acknowledged"]
    stored = {(row.assessment_id, row.criterion): row for row in Answer.objects.order_by("id")}
    written: dict[str, list[Any]] = {}
    for entry in Entry.objects.filter(verb="assessment.answer").order_by("id"):
        written.setdefault(entry.target, []).append(entry.after)
    lost = 0
    for one in acknowledged:
        told_ = (one["level"], one["comment"])
        versions = written.get(answer_target(one["assessment"], one["criterion"]), [])
        kept = versions[one["version"] - 1] if len(versions) >= one["version"] else None
        row = stored.get((one["assessment"], one["criterion"]))
        in_journal = kept is not None and (kept["level"], kept["comment"]) == told_
        in_answer = row is not None and row.version >= one["version"]
        if in_answer and row is not None and row.version == one["version"]:
            in_answer = (row.level, row.comment) == told_
        lost += not (in_journal and in_answer)
    report = verify()
    return [
        ("acknowledged answers lost", lost, "lost", 0, f"of {len(acknowledged)}"),
        ("faults of the journal", len(report.faults), "faults", 0, f"in {report.entries} rows"),
    ]


def _at_work(step: Callable[[Path], list[Figure]], path: str) -> list[Figure]:
    with at_work():
        return step(Path(path))


STEPS = {
    "prepare": lambda plan: _at_work(prepare, plan),
    "compare": lambda told: _at_work(compare, told),
    "series": lambda folder, database, seconds: series(Path(folder), database, seconds),
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
