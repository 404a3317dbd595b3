# SPDX-License-Identifier: EUPL-1.2
"""The observatory on a country that does not exist: its pages at each level, an observation on its way to the nation,
a month made again; and how all of it grows with establishments and months.

``python -m bench.observatory series DATABASE ESTABLISHMENTS MONTHS [INDICATORS]`` measures one size in a process of its
own. ``CARENE_BENCH_NATION=yes`` adds the size of the country (45,000 × 60 × 36: an hour, 40 GB of disk).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.databases import ROOT, at_work, with_postgresql
from bench.table import Figure, Table, median_ms

SIZES = ((3_000, 12), (10_000, 12), (3_000, 36))  # establishments, months
NATION = (45_000, 36)
SMALL = (3_000, 12)  # on SQLite
FIGURE, RATIO = "edr_couverture", "incidents_malveillants"


def run(table: Table, folder: Path) -> None:
    environment = {**os.environ, "CARENE_VAR": str(folder / "observatory")}
    command = [sys.executable, "-m", "bench.observatory", "series", "SQLite", *map(str, SMALL)]
    result = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    for figure in json.loads(result.stdout.splitlines()[-1]):
        table.add(*figure)
    sizes = (*SIZES, NATION) if os.environ.get("CARENE_BENCH_NATION") else SIZES
    for establishments, months in sizes:
        for figure in with_postgresql("bench.observatory", "series", "PostgreSQL", str(establishments), str(months)):
            table.add(*figure)


# Inside the process that holds the database --------------------------------------------------------------------------


def series(database: str, establishments: int, months: int, indicators: int = 60) -> list[Figure]:
    said = f"{establishments // 1000}k × {indicators} × {months}, {database}: "
    with at_work():
        from carene.apps.observatory import refresh, synthetic
        from carene.cli.server import prepare

        with contextlib.redirect_stdout(io.StringIO()):
            prepare()
        begin = time.perf_counter()
        written = synthetic.generate(establishments, indicators, months)
        told = time.perf_counter()
        refresh.run()
        figures: list[Figure] = [
            ("observations written", told - begin, "s", None, f"{written} rows"),
            ("every month counted", time.perf_counter() - told, "s", None, ""),
        ]
        figures += _month()
        figures += _pages(150 if database == "PostgreSQL" else 300)
        figures += _freshness()
    return [(said + name, *rest) for name, *rest in figures]


def _month() -> list[Figure]:
    """A whole month made again, from the month before and from the observations alone."""
    from carene.apps.observatory import queries, refresh

    month = queries.months()[-1]
    found: list[Figure] = []
    for name, whole in (("a month made again", False), ("the same, from observations alone", True)):
        begin = time.perf_counter()
        refresh.recompute(month, whole=whole)
        found.append((name, time.perf_counter() - begin, "s", None if whole else 60, ""))
    return found


def _pages(target: float) -> list[Figure]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from carene.apps.observatory import queries, queries_units

    found: list[Figure] = []
    for level, place, actor in _places():
        pages: dict[str, Any] = {
            "table": lambda p=place, a=actor: queries.table(a, p),
            "figure": lambda p=place, a=actor: queries.detail(a, p, FIGURE),
        }
        if level == "establishment":
            pages["peers"] = lambda p=place, a=actor: queries_units.peers(a, p, FIGURE)
        else:
            pages["map"] = lambda p=place, a=actor: queries.map_of(a, p, FIGURE)
            department = "75" if level == "nation" else ""
            pages["worst establishments"] = lambda p=place, a=actor, d=department: queries_units.establishments(
                a, p, RATIO, department=d, order="worst"
            )
        for name, page in pages.items():
            with CaptureQueriesContext(connection) as done:
                page()
            found.append((f"{level}, {name}", median_ms(page, runs=9, warm_up=1), "ms", target, f"{len(done)} SQL"))
    return found


def _places() -> list[tuple[str, Any, Any]]:
    """One of each level, and who looks at it with the rows of nobody else."""
    from carene.apps.organisations.models import Organisation
    from carene.core.access.actor import Actor

    every = Organisation.objects.unscoped("bench").select_related("node").order_by("pk")
    kinds = (("nation", "nation"), ("region", "region"), ("GHT", "ght"), ("establishment", "site"))
    return [(level, every.filter(kind=kind)[0], Actor.system()) for level, kind in kinds]


def _freshness() -> list[Figure]:
    """An observation recorded → counted in every area above, by the same code as the worker's thread."""
    from django.utils import timezone

    from carene.apps.indicators import actions as indicators
    from carene.apps.observatory import queries, refresh
    from carene.core.access.actor import Actor
    from carene.core.jobs.chores import LOOK
    from carene.engines.exchange.questionnaire import Measured

    places = _places()
    site, nation, actor = places[-1][1], places[0][1], Actor.system()
    times = []
    for value in range(5):
        item = Measured(FIGURE, float(value), timezone.localdate(), "bench")
        indicators.record_many(actor, site, [item], replace=True)
        begin = time.perf_counter()
        refresh.run()
        times.append(time.perf_counter() - begin)
        assert queries.detail(actor, nation, FIGURE).now is not None
    note = f"and {LOOK} s of wait at most"
    return [("an observation seen in the nation (slowest of 5)", max(times), "s", 5, note)]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    print(json.dumps(series(sys.argv[2], *map(int, sys.argv[3:]))))
