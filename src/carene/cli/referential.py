# SPDX-License-Identifier: EUPL-1.2
"""``carene referential check | import``: is a pack sound, and what does a library of another tool hold?"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carene.cli.parser import SPACE

if TYPE_CHECKING:
    from carene.engines.referential.ciso_assistant import Imported
    from carene.engines.referential.loader import Report

# Stores what was read and gives one French sentence that says where. The verb only reads when it is given none.
Store = Callable[["Imported", argparse.Namespace], str]

COUNTED = {
    "axes": ("axe", "axes"),
    "objectives": ("objectif", "objectifs"),
    "criteria": ("critère", "critères"),
    "socle": ("critère du socle", "critères du socle"),
    "indicators": ("indicateur", "indicateurs"),
    "measures": ("mesure", "mesures"),
    "groups": ("groupe d'exigences", "groupes d'exigences"),
    "splash": ("page de présentation passée", "pages de présentation passées"),
    "correspondences": ("correspondance", "correspondances"),
}


def store_in_database(imported: Imported, arguments: argparse.Namespace) -> str:
    """Stores a framework for the organisation named on the command line, as the administrator of this server."""
    from carene.cli.server import django

    django()
    from carene.apps.assessments import actions
    from carene.apps.organisations import queries
    from carene.core.access.actor import Actor
    from carene.engines.sources.errors import InputError

    actor = Actor.system("cli")
    name = arguments.organisation
    organisation = queries.visible(actor).filter(finess=name).first()
    if organisation is None and name.isdecimal():
        organisation = queries.visible(actor).filter(pk=int(name)).first()
    if organisation is None:
        raise InputError(
            f"aucune organisation ne porte le numéro {name}", remedy="vérifier le FINESS, ou l'adresse de sa page"
        )
    if imported.referential is None:
        raise InputError(
            "ce fichier ne contient que des correspondances", remedy="importer aussi les référentiels qu'elles relient"
        )
    row = actions.import_referential(actor, organisation, imported)
    return f"Enregistré pour {organisation} : {row.name}, version {row.version}."


def register(subparsers: Any, store: Store | None = store_in_database) -> None:
    """Adds the family. ``store`` writes what ``import`` read, when an organisation is given."""
    family = subparsers.add_parser("referential", help="vérifie ou importe un référentiel")
    verbs = family.add_subparsers(title=f"Commandes{SPACE}", metavar="COMMANDE", required=True)

    check = verbs.add_parser("check", help="vérifie un paquet et liste toutes ses erreurs, avec fichier et ligne")
    check.add_argument("folder", nargs="?", metavar="DOSSIER", help="dossier du paquet (défaut : celui de Carène)")
    check.set_defaults(handler=check_folder)

    load = verbs.add_parser("import", help="lit une bibliothèque CISO Assistant (YAML)")
    load.add_argument("file", metavar="FICHIER", help="fichier YAML de la bibliothèque")
    load.add_argument("--json", metavar="FICHIER", help="écrit ce qui a été lu en JSON (« - » : sortie standard)")
    load.add_argument(
        "--organisation", metavar="FINESS", help="enregistre pour cette organisation (FINESS, ou numéro dans l'adresse)"
    )
    load.add_argument("--dry-run", action="store_true", help="lit et rend compte sans rien enregistrer")
    load.set_defaults(handler=partial(import_file, store=store))


def check_folder(arguments: argparse.Namespace) -> int:
    """Prints the whole report; bad input (exit 2) when the pack has errors."""
    from carene.engines.referential.catalogue import CARE, PACKS
    from carene.engines.referential.loader import check_pack
    from carene.engines.sources.errors import InputError

    folder = Path(arguments.folder) if arguments.folder else PACKS / CARE
    start = time.perf_counter()
    report = check_pack(folder)
    seconds = time.perf_counter() - start
    for error in report.errors:
        print(f"Erreur : {error.sentence}")
    for warning in report.warnings:
        print(f"Avertissement : {warning}")
    if report.errors:
        count = len(report.errors)
        raise InputError(
            f"le paquet n'est pas utilisable, {count} {'erreurs' if count > 1 else 'erreur'} à corriger",
            where=str(folder),
            remedy="voir la liste ci-dessus, avec fichier et ligne",
        )
    print(_summary(report, seconds))
    return 0


def _summary(report: Report, seconds: float) -> str:
    name = f"{report.referential.name}, version {report.referential.version}" if report.referential else "Paquet"
    duration = f"{seconds:.2f}".replace(".", ",")
    return f"{name} : {counted(report.counts)} ; aucune erreur, lu en {duration} s."


def import_file(arguments: argparse.Namespace, store: Store | None = None) -> int:
    """Reads a library, says what it holds and what is not understood, then stores it unless ``--dry-run``."""
    from carene.engines.referential.ciso_assistant import LIMITS, read_library
    from carene.engines.sources.files import read_bytes

    path = Path(arguments.file)
    imported = read_library(read_bytes(path, limits=LIMITS), arguments.file)
    # With « --json - » the standard output is for the machine: what people read goes to the other one.
    people = sys.stderr if arguments.json == "-" else sys.stdout
    for line in _account(imported):
        print(line, file=people)
    if arguments.json:
        _write_json(imported, arguments.json)
    if store is None or arguments.dry_run or not arguments.organisation:
        print("Rien n'a été enregistré : donner --organisation pour que ses établissements s'en servent.", file=people)
    else:
        print(store(imported, arguments), file=people)
    return 0


def _account(imported: Imported) -> list[str]:
    found = imported.referential
    lines = [f"{found.name}, version {found.version}" if found else "Bibliothèque de correspondances"]
    lines.append(f"Lu : {counted(imported.counts)}.")
    lines += [f"Correspondances : {item.name} ({len(item.pairs)})." for item in imported.mappings]
    if imported.not_understood:
        lines.append("À savoir (non compris, approché ou non repris) :")
        lines += [f"- {sentence}" for sentence in imported.not_understood]
    else:
        lines.append("Tout a été compris.")
    return lines


def _write_json(imported: Imported, target: str) -> None:
    from carene.engines.referential.serialise import mappings_to_data, to_data
    from carene.engines.sources.errors import InputError

    content = {
        "referential": to_data(imported.referential) if imported.referential else None,
        "mappings": mappings_to_data(imported.mappings),
        "not_understood": list(imported.not_understood),
        "counts": dict(imported.counts),
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            "ce fichier ne peut pas être écrit", where=target, remedy="vérifier le dossier et ses droits"
        ) from error


def counted(counts: Mapping[str, int]) -> str:
    """« 4 axes, 22 objectifs » : what was found, zeros left out."""
    parts = [f"{counts[key]} {names[counts[key] > 1]}" for key, names in COUNTED.items() if counts.get(key)]
    return ", ".join(parts) or "rien"
