# SPDX-License-Identifier: EUPL-1.2
"""A country that does not exist, of any size, for measures and trials: its tree, then its observations, a month a
statement. Written inside the database, without journal: never in a base that serves.

On PostgreSQL the indexes of the observations are put aside meanwhile: a hundred million rows are written in minutes.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from carene.apps.indicators import queries as observations
from carene.apps.organisations.models import Organisation
from carene.core.database.bulk import bare, insert_rows, refresh_statistics
from carene.core.database.writes import atomic_write
from carene.core.tenancy.bulk import insert_nodes, reserve_ids
from carene.core.tenancy.models import Node
from carene.engines.observatory.calendar import first_day, month_of
from carene.engines.observatory.loader import shipped
from carene.engines.referential.catalogue import care
from carene.engines.registers.territories import territories
from carene.engines.registers.text import searched
from carene.engines.sources import InputError

GHTS = 135
ANSWERING = 95  # percent of the units that answer a given indicator
COLUMNS = ("node_id", "kind", "name", "short_name", "finess", "town", "type", "ght_role", "workstations", "activity",
           "finess_ej", "finess_et", "siret", "address", "postcode", "department", "category", "register_key",
           "register_parent", "register_digest", "search")  # fmt: skip
Progress = Callable[[str, float], None]


def generate(establishments: int, indicators: int, months: int, *, progress: Progress = lambda _w, _s: None) -> int:
    """Gives how many observations were written. Raises InputError for a base that already holds organisations."""
    if Node.objects.exists():
        raise InputError(
            "cette base contient déjà des établissements : un pays inventé ne s'y mêle pas",
            remedy="prendre une base vide (CARENE_VAR, ou CARENE_DATABASE)",
        )
    names = list(shipped().observed)[:indicators]
    if indicators > len(names):
        raise InputError(f"l'observatoire lit {len(names)} indicateurs", remedy="corriger --indicators")
    progress("arbre", 0.0)
    with atomic_write():
        _tree(establishments)
    refresh_statistics(Node, Organisation)
    current = month_of(timezone.localdate())
    written = 0
    with atomic_write(), bare(observations.STANDING_TABLE):
        for rank, number in enumerate(range(current - months + 1, current + 1)):
            progress("observations", rank / months)
            written += _observe(first_day(number), names, rank / months)
        progress("index", 1.0)
    return written


def _tree(count: int) -> None:
    """A nation, its regions, GHT in proportion, legal entities (a third) and their establishments."""
    chance, land = random.Random(count), territories()
    ghts = max(1, min(GHTS, count // 60))
    regions = list(land.regions.items())
    ids = reserve_ids(1 + len(regions) + ghts + count)
    nodes: list[tuple[int, Any, str]] = []
    rows: list[dict[str, Any]] = []

    def add(parent: tuple[int, str] | None, kind: str, name: str, **fields: Any) -> tuple[int, str]:
        node = next(ids)
        path = f"{parent[1] if parent else ''}{node}/"
        nodes.append((node, parent[0] if parent else None, path))
        rows.append({"node_id": node, "kind": kind, "name": name, **fields})
        return node, path

    nation = add(None, "nation", "Pays d'essai")
    places = {code: add(nation, "region", region.name) for code, region in regions}
    departments = {code: [d for d, one in land.departments.items() if one.region == code] for code in places}
    groups = [(code, add(places[code], "ght", f"GHT {n + 1}")) for n, code in _around(list(places), ghts)]
    entities: list[tuple[tuple[int, str], str]] = []
    for n in range(count):
        if n < max(1, count // 3):
            inside = n < 7 * ghts
            code, place = groups[n % ghts] if inside else (regions[n % len(regions)][0], None)
            department = chance.choice(departments[code] or [""])
            role = ("support" if n < ghts else "membre") if inside else "hors_ght"
            made = add(place or places[code], "entity", f"Entité {n + 1}", department=department, ght_role=role,
                       **_profile(chance, n))  # fmt: skip
            entities.append((made, department))
        else:
            parent, department = entities[n % len(entities)]
            add(parent, "site", f"Établissement {n + 1}", department=department, **_profile(chance, n))
    insert_nodes(nodes)
    insert_rows(Organisation, COLUMNS, (_columns(row) for row in rows))


def _around(codes: list[str], count: int) -> Iterator[tuple[int, str]]:
    return ((n, codes[n % len(codes)]) for n in range(count))


def _profile(chance: random.Random, rank: int) -> dict[str, Any]:
    return {
        "type": chance.choice(list(care().types)),
        "workstations": chance.choice((40, 200, 800, 2500, 7000)),
        "activity": chance.randrange(1000, 500_000) if rank % 20 else None,
        "town": f"Ville {rank % 900}",
    }


def _columns(row: dict[str, Any]) -> list[Any]:
    numbers = {"workstations", "activity"}
    row = {**row, "search": searched(row["name"], "", row.get("town", ""), "")}
    return [row.get(name, None if name in numbers else "") for name in COLUMNS]


def _observe(month: dt.date, names: list[str], elapsed: float) -> int:
    """One observation a unit and an indicator, for those that answer; the same ones each month, other values: a unit
    starts somewhere and goes up in the course of the months (``elapsed``, 0 to 1). Gives how many."""
    referential, serial = care(), month_of(month)
    known = [referential.indicator[name] for name in names]
    wanted = ", ".join(["(%s, %s, %s, %s, %s)"] * len(known))
    values: list[Any] = []
    for rank, one in enumerate(known):
        low, high = one.minimum or 0.0, one.maximum if one.maximum is not None else 100.0
        values += [rank, one.id, low, min(high, 400.0) - low, int(one.kind in ("boolean", "count"))]
    # Numbers that look drawn, the same on both databases: no function of theirs is needed.
    start = "CAST((o.node_id * 7919 + i.rank * 104729) %% 1009 AS double precision) / 1009"
    month_apart = "CAST((o.node_id * 31 + i.rank * 17 + %s) %% 101 AS double precision) / 101"
    value = f"i.low + i.width * (0.7 * {start} + {0.2 * elapsed:.4f} + 0.1 * {month_apart})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {observations.STANDING_TABLE} "
            "(node_id, indicator, observed_on, value, source, note, recorded_at, withdrawn) "
            f"WITH i(rank, name, low, width, whole) AS (VALUES {wanted}) "
            f"SELECT o.node_id, i.name, %s, CASE WHEN i.whole = 1 THEN round({value}) ELSE {value} END, "
            f"'essai', '', %s, %s FROM {Organisation._meta.db_table} o "
            "CROSS JOIN i WHERE o.kind IN ('entity', 'site') AND (o.node_id * 31 + i.rank * 17) %% 100 < %s",
            [*values, month.replace(day=2), serial * 13, serial * 13, timezone.now(), False, ANSWERING],
        )
        return int(cursor.rowcount)
