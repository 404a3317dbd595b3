# SPDX-License-Identifier: EUPL-1.2
"""Registers of a hundred thousand establishments on both databases: importing them, again, later; finding one of them;
opening the pages of people who hold one, three thousand, or all (``bench.crawl``).

``python -m bench.registers STEP …`` are the steps that need a process of their own, with the database that its
environment names: ``prepare``, ``measure``, and ``series``, which is all of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.databases import ROOT, at_work, carene, fresh, with_postgresql
from bench.table import Figure, Table, median_ms

COUNT = 100_000  # « 100k » in the table
NATION = "France"
FILES = (("now.csv", ()), ("later.csv", ("--later",)), ("now.json", ()))
WORDS = (
    "centre hospitalier de rocheloup",
    "hopsitalier rochloup",  # two words wrong
    "Hôpital Émile-Côté",  # accents and signs
    "hopital emile cote",
    "pharmacie saint remi",  # answers by the thousand
    "EHPAD",  # by the ten thousand
    "tours",
    "tuors",
    "st",
    "zzyzx qwortz",  # nothing at all
    "centre hospitalier universitaire de clermont ferrand site gabriel montpied",
    "0100001",  # the beginning of a FINESS
    "20000000000",  # of a SIRET
)


def run(table: Table, folder: Path) -> None:
    folder = folder / "registers"
    folder.mkdir()
    for name, later in FILES:
        _organisations(folder, {}, "generate", "--count", str(COUNT), *later, name)
    for figure in series(folder, "SQLite"):
        table.add(*figure)
    for figure in with_postgresql("bench.registers", "series", str(folder), "PostgreSQL"):
        table.add(*figure)


def series(folder: Path, database: str) -> list[Figure]:
    """The same figures on either database; the demonstration is already there, the register comes beside it."""
    said = f"100k, {database}: "
    environment = {"CARENE_VAR": str(folder / database)}
    _step(environment, "prepare")
    seconds, megabytes = _import(folder, environment, "now.csv")
    figures: list[Figure] = [
        ("first import (CSV)", seconds, "s", 60, ""),
        ("its memory", megabytes, "MB", 500, ""),
        ("the same again", _import(folder, environment, "now.csv")[0], "s", 60, ""),
        ("four months later", _import(folder, environment, "later.csv")[0], "s", 60, ""),
    ]
    figures += _step(environment, "measure")
    environment = {"CARENE_VAR": str(folder / f"{database}-json")}
    if database == "SQLite":  # another base; on PostgreSQL the rows are the same and the reading too
        _step(environment, "prepare")
        seconds, megabytes = _import(folder, environment, "now.json")
        figures.append(("first import (JSON, 310 MB)", seconds, "s", 60, ""))
        figures.append(("its memory (JSON)", megabytes, "MB", 500, ""))
    return [(said + name, *rest) for name, *rest in figures]


def _import(folder: Path, environment: dict[str, str], name: str) -> tuple[float, float]:
    """(seconds of the whole process, its largest memory in MB)."""
    begin = time.perf_counter()
    usage = _organisations(folder, environment, "import", "--under", NATION, name)
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def _organisations(folder: Path, environment: dict[str, str], *arguments: str) -> Any:
    """Runs ``carene organisations …`` in silence; what it cost."""
    command = [*carene(), "organisations", *arguments]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, **silent)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"carene organisations {' '.join(arguments)} failed")
    return usage


def _step(environment: dict[str, str], *arguments: str) -> Any:
    given = {**os.environ, **environment, "CARENE_HOSTS": "testserver", "CARENE_MFA_ROLES": "aucun"}
    command = [sys.executable, "-m", "bench.registers", *arguments]
    result = subprocess.run(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(result.stdout.splitlines()[-1])


# Inside the process that holds the database --------------------------------------------------------------------------


def prepare() -> list[Figure]:
    """An empty database → the demonstration, and a nation to receive the register."""
    with at_work():
        fresh(demo=True)
        from carene.apps.organisations import actions
        from carene.core.access.actor import Actor

        actions.create(Actor.system(), None, kind="nation", name=NATION)
    return []


def measure() -> list[Figure]:
    from bench import crawl

    with at_work():
        found = _searches()
        holders = crawl.holders()
    return [*found, *crawl.measure(holders)]


def _searches() -> list[Figure]:
    """Over everything: words, errors, accents, towns, numbers whole or begun, and what is nowhere."""
    from carene.apps.organisations import queries
    from carene.apps.organisations.models import Organisation
    from carene.apps.organisations.search import search
    from carene.core.access.actor import Actor

    system = Actor.system()
    numbered = Organisation.objects.unscoped("bench").exclude(siret="").exclude(finess_et="").order_by("pk")[COUNT // 2]
    texts = (*WORDS, numbered.siret, numbered.finess_et, numbered.name, numbered.town, numbered.postcode)
    times = sorted(
        (median_ms(lambda t=text: search(queries.visible(system), t), runs=7, warm_up=1), text) for text in texts
    )
    return [
        (f"search, median of {len(times)}", times[len(times) // 2][0], "ms", 50, ""),
        (f"search, slowest of {len(times)}", times[-1][0], "ms", 50, f"« {times[-1][1]} »"),
    ]


STEPS = {"prepare": prepare, "measure": measure, "series": lambda folder, name: series(Path(folder), name)}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
