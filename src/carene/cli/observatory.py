# SPDX-License-Identifier: EUPL-1.2
"""``carene observatory check | compute | close | generate``: what the observatory follows, its figures, its months."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

from carene.cli.parser import SPACE


def register(subparsers: Any) -> None:
    family = subparsers.add_parser("observatory", help="tient les figures de l'observatoire")
    verbs = family.add_subparsers(title=f"Commandes{SPACE}", metavar="COMMANDE", required=True)
    check = verbs.add_parser("check", help="vérifie le paquet de l'observatoire, avec fichier et ligne")
    check.add_argument("folder", nargs="?", metavar="DOSSIER", help="dossier du paquet (défaut : celui de Carène)")
    check.set_defaults(handler=check_folder)
    compute = verbs.add_parser("compute", help="recalcule un mois entier à partir des observations")
    compute.add_argument("--at", metavar="DATE", help="un jour du mois à recalculer (défaut : aujourd'hui)")
    compute.add_argument("--whole", action="store_true", help="sans se fier au mois précédent")
    compute.add_argument("--json", metavar="FICHIER", help="écrit les figures en JSON (« - » : sortie standard)")
    compute.set_defaults(handler=compute_month)
    close = verbs.add_parser("close", help="compte ce qui attend, puis fige les mois échus")
    close.set_defaults(handler=close_months)
    make = verbs.add_parser("generate", help="remplit une base vide d'un pays inventé, pour les essais")
    make.add_argument("--establishments", type=int, default=3000, metavar="N", help="défaut : 3000")
    make.add_argument("--indicators", type=int, default=60, metavar="N", help="défaut : 60")
    make.add_argument("--months", type=int, default=12, metavar="N", help="défaut : 12")
    make.set_defaults(handler=generate)


def check_folder(arguments: argparse.Namespace) -> int:
    from carene.cli.exits import say
    from carene.engines.french import counted
    from carene.engines.observatory.loader import load
    from carene.engines.referential.catalogue import PACKS
    from carene.engines.sources.errors import InputErrors

    try:
        found = load(Path(arguments.folder) if arguments.folder else PACKS / "observatory")
    except InputErrors as errors:
        for error in errors.errors:
            say(f"- {error.sentence}")
        raise
    figures, series = (
        counted(len(found.figures), "figure"),
        counted(len(found.series), "série publiée", "séries publiées"),
    )
    print(f"Observatoire, version {found.version} : {figures}, {series} ; aucune erreur.")
    return 0


def compute_month(arguments: argparse.Namespace) -> int:
    from carene.cli import outputs, server
    from carene.cli.bar import Bar

    server.database()
    from django.utils import timezone

    from carene.apps.observatory import refresh, summary
    from carene.engines.french import counted, month_and_year, number

    today = timezone.localdate()
    month = _day(arguments.at, today).replace(day=1)
    bar, begin = Bar(), time.perf_counter()
    try:
        refresh.run(today=today)
        changed = refresh.recompute(month, whole=arguments.whole, report=bar.show)
    finally:
        bar.clear()
    seconds = time.perf_counter() - begin
    if arguments.json:
        found = summary.of_month(month) | {"changed": changed, "seconds": round(seconds, 2)}
        outputs.write(arguments.json, (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode())
    if arguments.json != outputs.STANDARD:
        cells = counted(changed, "chiffre a changé", "chiffres ont changé")
        print(f"{month_and_year(month).capitalize()} recalculé en {number(seconds, 1)} s : {cells}.")
    return 0


def _day(text: str | None, today: dt.date) -> dt.date:
    """Raises InputError for what is not a date, or a month to come."""
    from carene.engines.sources import InputError

    if text is None:
        return today
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"« {text[:30]} » n'est pas une date", remedy="l'écrire sous la forme 2026-11-23") from error
    if day > today or day.year < 2000:
        raise InputError("ce mois n'a pas d'observations", remedy="donner un jour passé, ou aujourd'hui")
    return day


def close_months(arguments: argparse.Namespace) -> int:
    from carene.cli import server

    server.database()
    from carene.apps.observatory import refresh
    from carene.engines.french import month_and_year

    closed = refresh.run()
    said = ", ".join(month_and_year(month) for month in closed)
    print(f"Mois figés : {said}." if closed else "Aucun mois n'est à figer.")
    return 0


def generate(arguments: argparse.Namespace) -> int:
    from carene.cli import server
    from carene.cli.bar import Bar
    from carene.engines.sources import InputError

    if not (2 <= arguments.establishments <= 100_000 and 1 <= arguments.months <= 60 and arguments.indicators >= 1):
        raise InputError("jusqu'à 100 000 établissements et 60 mois", remedy="corriger les options")
    server.django()
    server.prepare()
    from carene.apps.observatory import refresh, synthetic
    from carene.engines.french import counted, number

    bar, begin = Bar(), time.perf_counter()
    try:
        written = synthetic.generate(
            arguments.establishments, arguments.indicators, arguments.months, progress=bar.show
        )
        told = time.perf_counter()
        refresh.run()
    finally:
        bar.clear()
    print(
        f"{counted(written, 'observation')} en {number(told - begin, 0)} s, "
        f"figures en {number(time.perf_counter() - told, 0)} s."
    )
    return 0
