# SPDX-License-Identifier: EUPL-1.2
"""Writing invented registers in the exact formats of the real ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from carene.engines.registers.ght_list import COLUMNS as GHT_COLUMNS
from carene.engines.registers.invented import LATER, Site, World, invent
from carene.engines.registers.legacy import COLUMNS
from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError


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
