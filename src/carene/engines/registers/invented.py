# SPDX-License-Identifier: EUPL-1.2
"""Registers that do not exist, in the exact formats of those that do: for tests, benches and demonstrations."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import xlsxwriter

from carene.engines.registers.ght_list import COLUMNS as GHT_COLUMNS
from carene.engines.registers.legacy import COLUMNS
from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError

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


# Writing --------------------------------------------------------------------------------------------------------------


def write_register(path: Path, count: int, seed: int = 1, *, later: bool = False) -> World:
    """Writes what the end of the name asks for. Raises InputError (French) for another one, or when it cannot."""
    writers = {".csv": write_legacy, ".json": write_structures, ".xlsx": write_ght_list}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InputError(
            "le nom doit finir par .csv, .json ou .xlsx", where=path.name, remedy="choisir le format par la fin du nom"
        )
    world = invent(count, seed, later=later)
    try:
        writer(path, world)
    except OSError as error:
        raise InputError(
            "ce fichier ne peut pas être écrit", where=str(path), remedy="vérifier le dossier et ses droits"
        ) from error
    return world


def write_legacy(path: Path, world: World) -> None:
    """Latin-1 but for the lines that it cannot hold, as in real files."""
    with path.open("wb") as file:
        for line in _legacy_lines(world):
            try:
                file.write(f"{line}\n".encode("latin-1"))
            except UnicodeEncodeError:
                file.write(f"{line}\n".encode())


def _legacy_lines(world: World) -> Iterator[str]:
    departments = territories().departments
    yield f"finess;etalab;111;{world.dated.isoformat()}"
    for site in world.sites:
        department = departments[site.department]
        values = {
            "type": "structureet",
            "nofinesset": site.finess,
            "nofinessej": site.entity,
            "rs": site.name[:38].strip(),
            "rslongue": site.name,
            "numvoie": str(site.number),
            "typvoie": "R",
            "voie": site.street,
            "commune": "001",
            "departement": department.finess or site.department,
            "libdepartement": department.name.upper(),
            "ligneacheminement": f"{site.postcode} {site.town}",
            "telephone": "0100000000",
            "categetab": site.category,
            "libcategetab": nomenclature().label_of(site.category) or "Inconnue",
            "categagretab": site.aggregate,
            "libcategagretab": "Agrégat",
            "siret": site.siret,
            "codesph": "1" if site.status else "",
            "libsph": site.status,
            "dateouv": site.opened.isoformat(),
            "dateautor": site.opened.isoformat(),
            "datemaj": world.dated.isoformat(),
        }
        yield ";".join(_quoted(values.get(name, "")) for name in COLUMNS)
    for site in world.sites:
        if len(site.department) == 2:
            grid = "1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93"
            yield f"geolocalisation;{site.finess};{site.x};{site.y};{grid};{world.dated.isoformat()}"


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if '"' in value or ";" in value else value


def write_structures(path: Path, world: World) -> None:
    """Written as it goes: the file may be larger than the memory."""
    by_entity: dict[str, list[tuple[Site, bool]]] = {}
    for site, active in [(s, True) for s in world.sites] + [(s, False) for s in world.closed]:
        by_entity.setdefault(site.entity, []).append((site, active))
    person = {entity: str(rank) for rank, entity in enumerate(by_entity, 1)}
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"schemaVersion": "v1.0.0", "generatedAt": "{world.dated.isoformat()}T04:00:00Z",\n"gcc": [')
        _joined(
            file, (_group(name, rank, members, person) for rank, (name, members) in enumerate(world.groups.items()))
        )
        file.write('],\n"gco": [],\n"pmej": [')
        _joined(file, (_entity(entity, person[entity], sites) for entity, sites in by_entity.items()))
        file.write("]}\n")


def _joined(file: Any, items: Iterator[dict[str, Any]]) -> None:
    for rank, item in enumerate(items):
        file.write("," * (rank > 0) + json.dumps(item, ensure_ascii=False, indent=2))


def _group(name: str, rank: int, members: list[str], person: dict[str, str]) -> dict[str, Any]:
    return {
        "gccId": str(rank + 1),
        "nomGcc": name,
        "typeGcc": nomenclature().groups.ght,
        "pmejDuGcc": [
            {"pmSmsseId": person[entity], "typeRoleEntiteGroupe": "M" if place else "S"}
            for place, entity in enumerate(members)
            if entity in person
        ],
        "egeDuGcc": [],
        "etatObjet": "A",
    }


def _entity(finess: str, person: str, sites: list[tuple[Site, bool]]) -> dict[str, Any]:
    first = sites[0][0]
    alive = any(active for _, active in sites)
    return {
        "informationsGeneralesPMEJ": {
            "pmSmsseId": person,
            "dateCreation": first.opened.isoformat(),
            "denominationLonguePmSmsse": f"GESTIONNAIRE {first.name}",
            "denominationPm": f"GEST. {first.name}"[:38],
            "numFinessPm": finess,
        },
        "adresse": [_address(first)],
        "contact": [],
        "engagement": [],
        "evenement": _events(person),
        "ege": [_structure(site, active) for site, active in sites],
        "etatObjet": "A" if alive else "I",
        "dateDerniereMaj": "2026-01-01 00:00:00",
    }


def _structure(site: Site, active: bool) -> dict[str, Any]:
    closing = {} if active else {"dateFermeture": LATER.isoformat()}
    return {
        "informationsGeneralesEGE": {
            "egeId": site.finess,
            "dateOuverture": site.opened.isoformat(),
            **closing,
            "nomEgeCourt": site.name[:38],
            "nomEgeLong": site.name,
            "numFinessEge": site.finess,
            "espic": ["0"],
            "siret": site.siret,
        },
        "categorieentiteGeographiqueExercice": site.category,
        "modefixationtarifaire": "07",
        "typeBudget": ["01"],
        "adresse": [_address(site)],
        "contact": [{"typeContact": {"roleContact": "01"}, "telecom": {"telephone": "0100000000"}}],
        "engagement": [],
        "evenement": _events(site.finess),
        "roleEge": [],
        "etatObjet": "A" if active else "I",
        "dateDerniereMaj": "2026-01-01 00:00:00",
    }


def _address(site: Site) -> dict[str, Any]:
    return {
        "usageAdresse": "03",
        "numeroVoie": str(site.number),
        "typeVoie": "R",
        "libelleVoie": site.street,
        "cogCommune": f"{site.department}001"[:5],
        "ligneAcheminement": site.town,
        "ligneQuatre": f"{site.number} RUE {site.street}",
        "codePostal": site.postcode,
        "coordonneesGeographique": {
            "coordonneeX": str(site.y),
            "coordonneeY": str(site.x),
            "directionLatitude": str(round(42 + (site.y - 6_100_000) / 111_000, 6)),
            "directionLongitude": str(round(-4 + site.x / 100_000, 6)),
        },
    }


def _events(identifier: str) -> list[dict[str, str]]:
    return [
        {
            "evenementId": f"{identifier}{code}",
            "dateEnregistrement": "2025-10-21 18:36:29",
            "dateEvenement": "2001-01-01",
            "etatObjet1": code,
            "identifiantObjet1": identifier,
            "systemeMaitre": "01",
            "typeObjet1": "EG",
            "codeEvenement": code,
        }
        for code in ("001", "003", "007")
    ]


def write_ght_list(path: Path, world: World) -> None:
    first = {site.entity: site for site in reversed(world.sites)}
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet("GHT")
    sheet.write_row(0, 0, GHT_COLUMNS)
    row = 0
    for rank, (name, members) in enumerate(world.groups.items(), 1):
        for entity in members:
            site = first.get(entity)
            if site is None:
                continue
            row += 1
            region = territories().regions[territories().region_of(site.department)].name
            values = [region, f"GHT {name}", f"G-{rank:03d}", entity, "CH", site.name, site.town, site.postcode]
            sheet.write_row(row, 0, values)
    workbook.close()
