# SPDX-License-Identifier: EUPL-1.2
"""``carene organisations import | generate``: the registers of a region or of the country."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carene.cli.bar import Bar
from carene.cli.parser import SPACE

if TYPE_CHECKING:
    from carene.apps.organisations.imports.plan import Plan
    from carene.apps.organisations.models import Organisation
    from carene.engines.registers.records import Account, Record, Register

STANDARD = "-"
NATURES = {"region": "région", "ght": "GHT", "entity": "entité juridique", "site": "établissement"}
PLURALS = {"region": "régions", "ght": "GHT", "entity": "entités juridiques", "site": "établissements"}


def register(subparsers: Any) -> None:
    family = subparsers.add_parser("organisations", help="importe les registres d'établissements (FINESS, GHT)")
    verbs = family.add_subparsers(title=f"Commandes{SPACE}", metavar="COMMANDE", required=True)
    load = verbs.add_parser("import", help="compare les registres à ce qui est connu, puis applique la différence")
    load.add_argument(
        "files", nargs="+", metavar="FICHIER", help="FINESS (CSV ou JSON, même compressé), liste des GHT (XLSX)"
    )
    load.add_argument("--dry-run", action="store_true", help="montre ce qui changerait, sans rien enregistrer")
    load.add_argument("--json", metavar="FICHIER", help="écrit le compte rendu en JSON (« - » : sortie standard)")
    load.add_argument("--under", metavar="NŒUD", help="numéro, FINESS ou nom de la nation ou de la région qui reçoit")
    load.add_argument("--partial", action="store_true", help="le fichier est un extrait : ne ferme rien")
    load.add_argument("--close-missing", action="store_true", help="ferme les absents, même très nombreux")
    load.add_argument("--skip-faults", action="store_true", help="passe les lignes fautives au lieu de tout refuser")
    load.set_defaults(handler=import_files)
    make = verbs.add_parser("generate", help="écrit un registre inventé, au format vrai, pour les essais")
    make.add_argument("file", metavar="FICHIER", help="fichier à créer, en .csv, .json ou .xlsx")
    make.add_argument("--count", type=int, default=1000, metavar="N", help="nombre d'établissements (défaut : 1000)")
    make.add_argument("--seed", type=int, default=1, metavar="N", help="autre tirage des mêmes règles")
    make.add_argument("--later", action="store_true", help="le même registre quatre mois après : de quoi comparer")
    make.set_defaults(handler=generate)


def generate(arguments: argparse.Namespace) -> int:
    from carene.engines.french import counted
    from carene.engines.registers.writing import write_register
    from carene.engines.sources import InputError

    if not 1 <= arguments.count <= 1_000_000:
        raise InputError("le nombre d'établissements va de 1 à 1 000 000", remedy="corriger --count")
    write_register(Path(arguments.file), arguments.count, arguments.seed, later=arguments.later)
    print(f"{counted(arguments.count, 'établissement inventé', 'établissements inventés')} dans {arguments.file}.")
    return 0


def import_files(arguments: argparse.Namespace) -> int:
    """Every fault of the files is listed on the error output; nothing is written then."""
    from carene.cli.exits import say
    from carene.cli.server import django, prepare
    from carene.engines.registers.reading import open_register
    from carene.engines.registers.records import Account
    from carene.engines.sources.errors import InputErrors

    registers = [open_register(Path(name)) for name in arguments.files]
    django()
    _quietly(prepare)
    from carene.apps.organisations import actions
    from carene.apps.organisations.imports.plan import Choice
    from carene.core.access.actor import Actor

    actor = Actor.system("cli")
    account = Account()
    bar = Bar()
    try:
        with _scratch(actor, dry_run=arguments.dry_run):
            plan = actions.import_registers(
                actor,
                _drawn(registers, account),
                under=_root(actor, arguments.under),
                account=account,
                source=", ".join(f"{r.title} ({r.path.name})" for r in registers),
                whole=any(r.whole for r in registers),
                dry_run=arguments.dry_run,
                choice=Choice(arguments.partial, arguments.close_missing, arguments.skip_faults),
                progress=bar.show,
            )
    except InputErrors as errors:
        bar.clear()
        if len(errors.errors) > 1:
            for error in errors.errors:
                say(f"- {error.sentence}")
        raise
    finally:
        bar.clear()
    _report(plan, arguments)
    return 0


def _quietly(prepare: Any) -> None:
    """The standard output is for the account alone."""
    with contextlib.redirect_stdout(sys.stderr):
        prepare()


def _drawn(registers: list[Register], account: Account) -> Iterator[Record]:
    for one in registers:
        account.share = 0.0
        yield from one.records(account)


@contextlib.contextmanager
def _scratch(actor: Any, *, dry_run: bool) -> Iterator[None]:
    """A preview into an empty base needs a nation for a moment: it is made, and taken back with the transaction."""
    from django.db import transaction

    from carene.apps.organisations import queries

    if not dry_run or queries.visible(actor).exists():
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _root(actor: Any, name: str | None) -> Organisation:
    """The nation or region to import under; a first import into an empty base creates « France »."""
    from carene.apps.organisations import actions, queries, queries_tree
    from carene.engines.sources import InputError

    if name:
        found = queries_tree.named(actor, name)
        if len(found) != 1:
            what = (
                f"aucune nation ni région ne répond à « {name} »" if not found else f"« {name} » en désigne plusieurs"
            )
            raise InputError(what, remedy="donner le numéro qui est dans l'adresse de sa page")
        return found[0]
    nations = queries_tree.nations(actor)
    if len(nations) == 1:
        return nations[0]
    if nations or queries.visible(actor).exists():
        raise InputError("il faut dire sous quelle nation ou région importer", remedy="ajouter --under")
    return actions.create(actor, None, kind="nation", name="France")


# What is said ---------------------------------------------------------------------------------------------------------


def _report(plan: Plan, arguments: argparse.Namespace) -> None:
    people = sys.stderr if arguments.json == STANDARD else sys.stdout
    for line in _lines(plan):
        print(line, file=people)
    if arguments.json:
        text = json.dumps(_machine(plan), ensure_ascii=False, indent=2) + "\n"
        if arguments.json == STANDARD:
            sys.stdout.write(text)
        else:
            Path(arguments.json).write_text(text, encoding="utf-8")


def _lines(plan: Plan) -> Iterator[str]:
    from carene.engines import french
    from carene.engines.registers.difference import UNCHANGED, WORDS

    dated = f", fichier du {french.long_date(plan.day)}" if plan.day else ""
    yield f"{plan.source}{dated}"
    for kind, (one, many) in WORDS.items():
        if plan.counts[kind]:
            yield f"  {french.counted(plan.counts[kind], one, many)}"
        if kind != UNCHANGED:
            shown = plan.examples.get(kind, [])
            for change in shown[:5] if kind == "opened" else shown:
                yield f"    {change.name} ({change.key.partition(':')[2]}){_told(change, plan)}"
            left = plan.counts[kind] - (min(5, len(shown)) if kind == "opened" else len(shown))
            if left > 0:
                yield f"    … et {french.number(left)} de plus"
    opened = [french.counted(n, NATURES[k], PLURALS[k]) for k, n in plan.by_kind.items()]
    if opened:
        yield f"Ouvertures : {french.listing(opened)}."
    yield from _notes(plan)
    if not plan.applied:
        yield "Rien n'a été enregistré (--dry-run)."
    elif any(count for kind, count in plan.counts.items() if kind != UNCHANGED) or plan.recognised:
        yield "Enregistré."
    else:
        yield "Rien n'avait changé : rien n'a été modifié."


def _told(change: Any, plan: Plan) -> str:
    """What a change did, in words: names when the registers give them, numbers beside."""
    if change.kind == "renamed":
        return f", auparavant {change.before.get('name', '')}"
    if change.kind == "merged":
        return f", devenu {_place(change.after['other'], plan)}"
    if change.kind == "moved":
        return f", passe de {_place(change.before.get('parent'), plan)} à {_place(change.after.get('parent'), plan)}"
    return ""


def _place(key: str | None, plan: Plan) -> str:
    """« C.H. DE VALMONT (010000024) » from « ej:010000024 »."""
    if not key:
        return "aucun rattachement"
    entry, number = plan.assembly.entries.get(key), key.partition(":")[2]
    return f"{entry.name} ({number})" if entry else f"{number} (fermé)" if key in plan.stored.by_key else number


def _notes(plan: Plan) -> Iterator[str]:
    from carene.engines import french

    if plan.recognised:
        one, many = "organisation déjà saisie reconnue", "organisations déjà saisies reconnues"
        yield f"{french.counted(plan.recognised, one, many)}."
    if plan.outside:
        one, many = "établissement ou entité", "établissements et entités"
        yield f"{french.counted(plan.outside, one, many)} hors de {plan.under} : laissés de côté."
    if plan.by_hand:
        yield f"Laissés là où quelqu'un les avait rangés : {french.number(plan.by_hand)}."
    if plan.kept_closed:
        yield f"Laissés fermés, comme quelqu'un l'avait décidé : {french.number(plan.kept_closed)}."
    if plan.account.errors:
        yield f"{french.counted(len(plan.account.errors), 'ligne fautive passée', 'lignes fautives passées')} :"
        yield from (f"  - {error.sentence}" for error in plan.account.errors)
    if plan.assembly.repeated:
        yield f"{french.number(len(plan.assembly.repeated))} numéros écrits plusieurs fois : la dernière ligne compte."
    if plan.account.unknown:
        yield "Codes que Carène ne connaît pas (gardés tels quels) :"
        for (what, value), times in sorted(plan.account.unknown.items()):
            yield f"  {what} {value} : {french.number(times)} fois"


def _machine(plan: Plan) -> dict[str, Any]:
    from carene.engines.registers.difference import counted

    return {
        "source": plan.source,
        "dated": plan.day.isoformat() if plan.day else None,
        "under": plan.under.pk,
        "applied": plan.applied,
        "counts": counted(plan.counts),
        "opened": dict(plan.by_kind),
        "recognised": plan.recognised,
        "outside": plan.outside,
        "left_where_placed_by_hand": plan.by_hand,
        "left_closed_by_hand": plan.kept_closed,
        "examples": {
            kind: [{"key": c.key, "name": c.name, "before": c.before, "after": c.after} for c in changes]
            for kind, changes in plan.examples.items()
        },
        "errors": [error.sentence for error in plan.account.errors],
        "unknown": [
            {"what": what, "value": value, "times": times}
            for (what, value), times in sorted(plan.account.unknown.items())
        ],
        "repeated": sorted(plan.assembly.repeated),
    }
