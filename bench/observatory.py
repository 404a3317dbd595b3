# SPDX-License-Identifier: EUPL-1.2
"""The observatory on a country that does not exist: its pages at each level, an observation on its way to the nation,
a month made again; and how all of it grows with establishments and months.

``python -m bench.observatory series DATABASE ESTABLISHMENTS MONTHS [INDICATORS]`` measures one size in a process of its
own. ``CARENE_BENCH_NATION=yes`` adds the size of the country (45,000 × 60 × 36: an hour, 40 GB of disk).
``python -m bench.observatory measure [pages] [fresh] [month] [levels]`` measures a database that is already there
(that of CARENE_DATABASE, made by ``carene observatory generate``): it adds a few readers, five observations, a GHT.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import levels
from bench.databases import ROOT, at_work, with_postgresql
from bench.table import Figure, Table, median_ms

SIZES = ((3_000, 12), (10_000, 12), (3_000, 36))  # establishments, months
NATION = (45_000, 36)
SMALL = (3_000, 12)  # on SQLite
FIGURE, RATIO = "edr_couverture", "incidents_malveillants"
LEVELS = (("nation", "nation", "national"), ("region", "region", "officier"), ("GHT", "ght", "officier"),
          ("establishment", "site", "rssi"))  # fmt: skip
LIMIT = {"postgresql": 150, "sqlite": 300}  # ms of a page
MOST_SQL = 15
FILE = "open data (a file)"
SIGNED_IN = "allauth.account.auth_backends.AuthenticationBackend"


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
    figures = [*_made(establishments, indicators, months)]
    for part in PARTS.values():
        figures += part()
    return [(said + name, *rest) for name, *rest in figures]


def measure(parts: list[str]) -> None:
    table = Table()
    table.head()
    for part in parts or PARTS:
        for figure in PARTS[part]():
            table.add(*figure)


def _made(establishments: int, indicators: int, months: int) -> list[Figure]:
    with at_work():
        from carene.apps.observatory import refresh, synthetic
        from carene.cli.server import prepare

        with contextlib.redirect_stdout(io.StringIO()):
            prepare()
        begin = time.perf_counter()
        written = synthetic.generate(establishments, indicators, months)
        told = time.perf_counter()
        refresh.run()
        return [
            ("observations written", told - begin, "s", None, f"{written} rows"),
            ("every month counted", time.perf_counter() - told, "s", None, ""),
        ]


def _month() -> list[Figure]:
    """A whole month made again, from the month before and from the observations alone."""
    found: list[Figure] = []
    with at_work():
        from carene.apps.observatory import queries, refresh

        month = queries.months()[-1]
        for name, whole in (("a month made again", False), ("the same, from observations alone", True)):
            begin = time.perf_counter()
            changed = refresh.recompute(month, whole=whole)
            found.append((name, time.perf_counter() - begin, "s", 60, f"{changed} cells changed"))
    return found


def _pages() -> list[Figure]:
    """Through the pages, signed in, as the role of the application: what a person waits for."""
    with at_work():
        readers = [(level, place, _reader(place, role)) for level, place, role in _places()]
    from django.db import connection

    from carene.config.warm import warm

    warm()  # as the server does
    found: list[Figure] = []
    for level, place, user in readers:
        counts = []
        for name, address in _addresses(level, place).items():
            get = _looking(user, address)
            first, queries, size = _first(get)
            counts.append(queries)
            note = f"{queries} SQL, {size / 1000:.0f} kB, {first:.0f} ms the first time"
            limit = None if name == FILE else LIMIT[connection.vendor]
            found.append((f"{level}, {name}", median_ms(get, runs=9, warm_up=1), "ms", limit, note))
        found.append((f"{level}, most SQL of a page", max(counts), "SQL", MOST_SQL, ""))
    return found


def _places() -> list[tuple[str, Any, str]]:
    """The largest of each level, by the nodes below it, and the role of who looks at it."""
    from carene.apps.organisations.models import Organisation

    every = Organisation.objects.unscoped("bench").select_related("node")
    first = {}
    for level, kind, role in LEVELS:
        rows = list(every.filter(kind=kind).order_by("pk")[:20])
        first[level] = (max(rows, key=lambda row: Organisation.objects.below(row.node).count()), role)
    return [(level, place, role) for level, (place, role) in first.items()]


def _reader(place: Any, role: str) -> Any:
    from carene.apps.organisations import actions
    from carene.core.access.actor import Actor
    from carene.core.accounts.models import User

    email = f"bench-{place.pk}@bench.invalid"
    known = User.objects.filter(email=email).first()
    return known or actions.grant(Actor.system(), place, email=email, name="Bench", function="", role=role).user


def _addresses(level: str, place: Any) -> dict[str, str]:
    from django.urls import reverse

    def at(name: str, *more: str) -> str:
        return reverse(f"observatory:{name}", args=[place.pk, *more])

    found = {"table": at("overview"), "figure": at("figure", FIGURE), "ratio": at("figure", RATIO)}
    if level == "establishment":
        return found
    department = "?departement=75&" if level == "nation" else "?"
    found["worst establishments"] = at("establishments", RATIO) + department + "ordre=worst"
    if level != "GHT":
        found["map"] = at("map", FIGURE)
    if level == "nation":
        found[FILE] = at("open")
    return found


def _looking(user: Any, address: str) -> Callable[[], Any]:
    from django.test import Client

    from carene.core.accounts.second_factor import SESSION_KEY

    client = Client()
    client.force_login(user, backend=SIGNED_IN)
    session = client.session
    session[SESSION_KEY] = user.pk  # some roles are let in with it alone
    session.save()

    def get() -> Any:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response

    return get


def _first(get: Callable[[], Any]) -> tuple[float, int, int]:
    """Milliseconds of the first time, statements, bytes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    begin = time.perf_counter()
    size = len(get().content)
    spent = (time.perf_counter() - begin) * 1000
    with CaptureQueriesContext(connection) as done:
        get()
    return spent, len(done), size


def _freshness() -> list[Figure]:
    """An observation recorded → counted in every area above, by the same code as the worker's thread."""
    with at_work():
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


def _levels() -> list[Figure]:
    with at_work():
        from django.urls import reverse

        from carene.engines.referential.catalogue import care

        place = levels.group_of_hundred()
        user = _reader(place, "officier")
        criteria = len(care().criteria)
    get = _looking(user, reverse("observatory:levels", args=[place.pk]))
    _, queries, size = _first(get)
    name = f"levels of 100 establishments, {criteria} criteria"
    return [
        (name, median_ms(get, runs=15), "ms", 60, f"6.2 s, 9 MB; here {queries} SQL"),
        (f"{name}: size", size / 1000, "kB", 100, ""),
    ]


PARTS: dict[str, Callable[[], list[Figure]]] = {
    "pages": _pages,
    "fresh": _freshness,
    "month": _month,
    "levels": _levels,
}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    os.environ.setdefault("CARENE_HOSTS", "localhost,127.0.0.1,testserver")
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2:])
    else:
        print(json.dumps(series(sys.argv[2], *map(int, sys.argv[3:]))))
