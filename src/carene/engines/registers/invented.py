# SPDX-License-Identifier: EUPL-1.2
"""Establishments that do not exist, like those that do: for tests, benches and demonstrations."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field, replace

from carene.engines.registers.territories import territories

DAY, LATER = dt.date(2026, 5, 12), dt.date(2026, 9, 15)

# Category, its aggregate, how many of a thousand, how it is called, the words of its status.
KINDS = (
    ("101", "1101", 8, "CENTRE HOSPITALIER REGIONAL DE {town}", "Etablissement public de santé"),
    ("355", "1102", 40, "CENTRE HOSPITALIER DE {town}", "Etablissement public de santé"),
    ("292", "1103", 10, "CENTRE HOSPITALIER SPECIALISE {saint}", "Etablissement public de santé"),
    ("365", "1110", 30, "CLINIQUE {saint}", "Non concerné"),
    ("109", "1110", 15, "CLINIQUE DE READAPTATION {saint}", "Etablissement de santé privé d'intérêt collectif"),
    ("127", "1205", 8, "HOSPITALISATION A DOMICILE DE {town}", "Non concerné"),
    ("500", "4401", 150, "E.H.P.A.D. {saint}", ""),
    ("354", "4605", 80, "S.S.I.A.D. DE {town}", ""),
    ("182", "4601", 60, 'S.E.S.S.A.D. "{saint}"', ""),
    ("124", "2101", 90, "CENTRE DE SANTE DE {town}", ""),
    ("620", "3101", 400, "PHARMACIE {saint}", ""),
    ("899", "5999", 9, "SERVICE ŒUVRANT A {town}", ""),  # a category that nobody knows
    ("462", "4605", 100, "LIEU DE VIE {saint}", ""),
)
HOSPITALS = frozenset({"101", "355", "292"})
STARTS = [
    "VAL",
    "MONT",
    "BOURG",
    "CHATEL",
    "AIGUE",
    "ROCHE",
    "FONTE",
    "VILLE",
    "CLER",
    "BEAU",
    "HAUTE",
    "PONT",
    "FERRE",
    "NEUF",
    "LONG",
]
ENDS = [
    "DIEU",
    "FORT",
    "SAINTE-MARIE",
    "LIEU",
    "MARE",
    "SOLEIL",
    "ROUGE",
    "BLANCHE",
    "NAC",
    "VIGNE",
    "SERRE",
    "LOUP",
    "VIERE",
    "COURT",
    "SUR-LOIRE",
]
NAMES = [
    "LEA",
    "ANNE",
    "PIERRE",
    "CÉCILE",
    "FRANÇOIS",
    "MARTHE",
    "RÉMI",
    "JEAN",
    "HÉLÈNE",
    "LUC",
    "BENOÎT",
    "ODILE",
    "VINCENT",
    "AGNÈS",
    "GERVAIS",
]
STREETS = ["DES TILLEULS", "DE LA GARE", "DU GÉNÉRAL LECLERC", "DES ÉCOLES", "VICTOR HUGO", "DE PARIS"]


@dataclass(frozen=True)
class Site:
    """One establishment; ``department`` is the official code."""

    finess: str
    entity: str
    name: str
    category: str
    aggregate: str
    status: str
    town: str
    postcode: str
    department: str
    number: int
    street: str
    siret: str
    opened: dt.date
    x: float
    y: float


@dataclass
class World:
    sites: list[Site]
    groups: dict[str, list[str]] = field(default_factory=dict)  # name of a GHT → its entities, the support first
    closed: list[Site] = field(default_factory=list)
    dated: dt.date = DAY


def invent(count: int, seed: int = 1, *, later: bool = False) -> World:
    """``count`` open establishments, the same for the same seed. ``later``: four months after, when some have closed,
    opened, moved, changed their name or their legal entity."""
    draw = random.Random(seed)
    codes = sorted(territories().departments)
    weights = [kind[2] for kind in KINDS]
    sites: list[Site] = []
    entity, left = "", 0
    for serial in range(count):
        code = codes[serial * len(codes) // count]
        if left == 0 or entity[:2] != code[:2]:
            entity, left = _number(code, 2 * serial + 1), draw.choice((1, 1, 1, 2, 2, 3, 6))
        left -= 1
        sites.append(_site(draw, serial, code, entity, draw.choices(KINDS, weights)[0]))
    world = World(sites, _groups(sites))
    return _four_months_later(world, draw, count) if later else world


def _site(draw: random.Random, serial: int, code: str, entity: str, kind: tuple[str, str, int, str, str]) -> Site:
    category, aggregate, _, pattern, status = kind
    town = draw.choice(STARTS) + draw.choice(ENDS)
    if draw.random() < 0.2:
        town = f"SAINT-{draw.choice(NAMES)}-{draw.choice(STARTS)}"
    name = pattern.format(town=town.replace("-", " "), saint=f"{draw.choice(('SAINT', 'ST'))} {draw.choice(NAMES)}")
    x, y = _point(draw, code)
    return Site(
        finess=_number(code, 2 * serial + 2),
        entity=entity,
        name=name,
        category=category,
        aggregate=aggregate,
        status=status,
        town=town.replace("-", " "),
        postcode=f"{(code if len(code) == 3 else code.replace('A', '0').replace('B', '0'))}{draw.randrange(1000):03d}"[
            :5
        ],
        department=code,
        number=draw.randrange(1, 200),
        street=draw.choice(STREETS),
        siret=f"{serial + 200_000_000:09d}{draw.randrange(1, 99):05d}",
        opened=dt.date(1950, 1, 1) + dt.timedelta(days=draw.randrange(27_000)),
        x=x,
        y=y,
    )


def _number(code: str, serial: int) -> str:
    return f"{code[:2]}{serial:07d}"


def _point(draw: random.Random, code: str) -> tuple[float, float]:
    """Somewhere in a square that stands for the department, in metres of its grid."""
    if len(code) == 3:
        return 600_000 + draw.random() * 20_000, {"971": 1_790_000, "973": 544_000}.get(code, 1_625_000.0)
    rank = sorted(territories().departments).index(code)
    x, y = 220_000 + (rank % 10) * 80_000, 6_200_000 + (rank // 10) * 85_000
    return round(x + draw.random() * 70_000, 1), round(y + draw.random() * 75_000, 1)


def _groups(sites: list[Site]) -> dict[str, list[str]]:
    """One GHT for every two departments that have public hospitals."""
    groups: dict[str, list[str]] = {}
    for site in sites:
        if site.category in HOSPITALS and len(site.department) == 2:
            region = territories().region_of(site.department)
            members = groups.setdefault(f"{territories().regions[region].name} {site.department}", [])
            if site.entity not in members:
                members.append(site.entity)
    return groups


def _four_months_later(world: World, draw: random.Random, count: int) -> World:
    """One in two hundred closes, one in three hundred moves, changes its name, its entity; as many open."""
    kept: list[Site] = []
    closed: list[Site] = []
    for site in world.sites:
        chance = draw.random()
        if chance < 0.005:
            closed.append(site)
        elif chance < 0.008:
            kept.append(replace(site, number=site.number + 1, street="NEUVE"))
        elif chance < 0.011:
            kept.append(replace(site, name=f"NOUVEAU {site.name}"))
        elif chance < 0.014 and kept and kept[-1].department == site.department:
            kept.append(replace(site, entity=kept[-1].entity))
        else:
            kept.append(site)
    new = [_site(draw, 2 * count + rank, one.department, one.entity, KINDS[6]) for rank, one in enumerate(closed)]
    return World(kept + new, world.groups, closed, LATER)
