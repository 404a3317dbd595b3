# SPDX-License-Identifier: EUPL-1.2
"""``carene backup``, ``carene restore``, ``carene doctor``: nothing lost."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def register(subparsers: Any) -> None:
    backup = subparsers.add_parser("backup", help="sauvegarde la base et les fichiers, serveur en marche")
    backup.add_argument("--to", metavar="DOSSIER", help="où l'écrire (défaut : backups dans le dossier des données)")
    backup.add_argument(
        "--recipient",
        metavar="CLÉ",
        action="append",
        help="chiffre pour cette clé publique (age1…, ssh-ed25519 …, ou un fichier) ; peut être répété",
    )
    backup.add_argument("--with-secret", action="store_true", help="joint la clé de signature des sessions")
    backup.set_defaults(handler=_backup)
    key = subparsers.add_parser("backup-key", help="crée une clé privée pour déchiffrer les sauvegardes")
    key.add_argument("file", metavar="FICHIER", help="fichier à créer, à garder hors du serveur")
    key.set_defaults(handler=_key)
    restore = subparsers.add_parser("restore", help="rétablit une sauvegarde, après l'avoir vérifiée")
    restore.add_argument("archive", metavar="ARCHIVE", help="fichier écrit par « carene backup »")
    restore.add_argument("--into", metavar="DOSSIER", help="dossier des données (défaut : CARENE_VAR)")
    restore.add_argument("--key", metavar="FICHIER", help="clé privée d'une archive chiffrée")
    restore.set_defaults(handler=_restore)
    doctor = subparsers.add_parser("doctor", help="examine l'installation et dit que faire")
    doctor.add_argument("--json", metavar="-", choices=["-"], help="écrit le résultat en JSON sur la sortie standard")
    doctor.set_defaults(handler=_doctor)


def _backup(arguments: argparse.Namespace) -> int:
    from carene.cli.server import database

    database()
    from carene.core.backup import making
    from carene.engines import french

    to = Path(arguments.to) if arguments.to else None
    made = making.make(to, arguments.recipient, secret=arguments.with_secret)
    files = french.counted(made.files, "fichier", "fichiers")
    print(f"Sauvegarde écrite : {made.path} ({french.compact(made.size, 'o')}, la base et {files}).")
    for note in made.notes:
        print(f"À savoir : {note}.")
    if arguments.with_secret and not arguments.recipient:
        print("À savoir : la clé des sessions y est en clair ; chiffrer avec --recipient.")
    return 0


def _key(arguments: argparse.Namespace) -> int:
    from carene.core.backup import sealed

    public = sealed.new_key(Path(arguments.file))
    print(f"Clé privée écrite dans {arguments.file} : la garder hors du serveur, en deux exemplaires.")
    print(f"Clé publique, pour « carene backup --recipient » : {public}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from carene.cli.server import django
    from carene.config import env
    from carene.engines.sources import InputError

    if not arguments.into and not env.text("CARENE_VAR"):
        # The default folder depends on where one stands: too easy to put data where nobody meant to.
        raise InputError("où restaurer n'est pas dit", remedy="donner --into DOSSIER, ou CARENE_VAR")
    django()
    from carene.core.backup import restoring
    from carene.engines import french

    into, key = (Path(value) if value else None for value in (arguments.into, arguments.key))
    done = restoring.restore(Path(arguments.archive), into, key)
    made = french.long_date(done.manifest.made.astimezone().date())
    lines = french.counted(done.entries, "ligne du journal vérifiée", "lignes du journal vérifiées")
    print(f"Sauvegarde du {made} rétablie dans {done.place} : {lines}.")
    if done.kept:
        print(f"Ce qui était là est gardé : {done.kept} (à retirer quand tout est vérifié).")
    for note in done.manifest.notes:
        print(f"À savoir : {note}, déjà lors de la sauvegarde.")
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from carene.cli.server import django

    django()
    from carene.core.backup import health

    lines = health.examine()
    if arguments.json:
        found = [{"subject": one.subject, "level": one.level, "what": one.what, "remedy": one.remedy} for one in lines]
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        marks = {health.GOOD: "bien     ", health.NOTICE: "à savoir ", health.WRONG: "à mender "}
        for one in lines:
            print(f"{marks[one.level]} {one.sentence}")
    return 2 if any(one.level == health.WRONG for one in lines) else 0
