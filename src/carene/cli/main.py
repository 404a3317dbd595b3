# SPDX-License-Identifier: EUPL-1.2
"""``carene <family> <verb>``: a family is a module with ``register(subparsers)``; its handlers import what they use."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import carene
from carene.cli import (
    accounts,
    assess,
    backup,
    exits,
    journal,
    observatory,
    organisations,
    plan,
    referential,
    server,
    simulate,
    upkeep,
    work,
)
from carene.cli.parser import SPACE, Parser

# In the order of the help. A module of this list imports nothing heavy at its top: ``carene --help`` answers at once.
FAMILIES = (
    server,
    work,
    upkeep,
    assess,
    simulate,
    plan,
    referential,
    organisations,
    observatory,
    accounts,
    backup,
    journal,
)


def build_parser() -> Parser:
    parser = Parser(prog="carene", description="Carène : auto-évaluation et feuille de route du programme CaRE.")
    parser.add_argument(
        "--version", action="version", version=f"carene {carene.__version__}", help="affiche la version"
    )
    subparsers = parser.add_subparsers(title=f"Commandes{SPACE}", metavar="COMMANDE", required=True)
    for family in FAMILIES:
        family.register(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; ``arguments`` are those of the process by default. Gives the exit code."""
    # Started with its outputs closed (« >&- »), Python gives none: what is said then goes nowhere.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # accents whatever the locale of the server
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parsed = build_parser().parse_args(arguments)
    try:
        return exits.run(parsed.handler, parsed)
    finally:
        server.finish()


if __name__ == "__main__":
    sys.exit(main())
