# SPDX-License-Identifier: EUPL-1.2
"""``carene journal verify``: is the journal as it was written?"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from carene.cli.parser import SPACE

if TYPE_CHECKING:
    from carene.core.journal.verification import Report


def register(subparsers: Any) -> None:
    family = subparsers.add_parser("journal", help="vérifie que le journal n'a pas été modifié")
    verbs = family.add_subparsers(title=f"Commandes{SPACE}", metavar="COMMANDE", required=True)
    verify = verbs.add_parser("verify", help="relit toutes les chaînes et nomme la première ligne rompue")
    verify.add_argument("--json", metavar="-", choices=["-"], help="écrit le résultat en JSON sur la sortie standard")
    verify.set_defaults(handler=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    from carene.cli.server import database

    database()
    from carene.core.journal.verification import verify
    from carene.engines import french
    from carene.engines.sources import InputError

    start = time.perf_counter()
    report = verify()
    seconds = time.perf_counter() - start
    if arguments.json:
        json.dump(_data(report, seconds), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    if not report.sound:
        more = len(report.faults) - 1
        others = f" ({french.counted(more, 'autre chaîne rompue', 'autres chaînes rompues')})" if more else ""
        raise InputError(
            f"le journal a été modifié : {report.faults[0].sentence}{others}",
            remedy="garder une copie de la base pour enquête, puis restaurer une sauvegarde",
        )
    if not arguments.json:
        lines = french.counted(report.entries, "ligne", "lignes")
        chains = french.counted(report.chains, "chaîne", "chaînes")
        print(f"Journal intact : {lines}, {chains}, vérifiées en {french.number(seconds, 1)} s.")
    return 0


def _data(report: Report, seconds: float) -> dict[str, Any]:
    return {
        "sound": report.sound,
        "entries": report.entries,
        "chains": report.chains,
        "seconds": round(seconds, 3),
        "faults": [
            {"node": f.node, "seq": f.seq, "row": f.row, "kind": f.kind, "sentence": f.sentence} for f in report.faults
        ],
        "heads": [{"node": node, "seq": point.seq, "hash": point.hash} for node, point in report.heads.items()],
    }
