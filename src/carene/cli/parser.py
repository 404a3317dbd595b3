# SPDX-License-Identifier: EUPL-1.2
"""argparse in French: help, usage, and one sentence when the command line is wrong."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from carene.cli.exits import BAD_INPUT, say

SPACE = "\N{NO-BREAK SPACE}"  # argparse puts its own colon after a title

# What argparse says → what we say. The groups of the pattern fill the sentence.
MESSAGES = (
    (r"the following arguments are required: (.+)", "il manque {0}"),
    (r"one of the arguments (.+) is required", "il faut l'un de ces arguments : {0}"),
    (r"unrecognized arguments: (.+)", "argument inconnu : {0}"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", "{0} : {1} n'existe pas, choisir parmi {2}"),
    (r"argument (.+?): expected one argument", "{0} attend une valeur"),
    (r"argument (.+?): expected at least one argument", "{0} attend au moins une valeur"),
    (r"argument (.+?): invalid \w+ value: (.+)", "{0} : {1} n'est pas une valeur correcte"),
    (r"argument (.+?): not allowed with argument (.+)", "{0} et {1} ne vont pas ensemble"),
    (r"argument (.+?): ignored explicit argument (.+)", "{0} n'attend pas de valeur"),
    (r"ambiguous option: (.+) could match (.+)", "{0} est ambigu, écrire l'une de ces options : {1}"),
)


class Formatter(argparse.HelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "Utilisation : " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Also used by the sub-parsers, whose class is their parent's."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", Formatter)
        super().__init__(**options, add_help=False, allow_abbrev=False)
        self._positionals.title = f"Arguments{SPACE}"
        self._optionals.title = f"Options{SPACE}"
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")

    def error(self, message: str) -> NoReturn:
        say(f"{self.prog} : {french(message)} ; voir « {self.prog} --help ».")
        raise SystemExit(BAD_INPUT)


def french(message: str) -> str:
    for pattern, sentence in MESSAGES:
        found = re.fullmatch(pattern, message)
        if found:
            return sentence.format(*found.groups())
    return "la commande est mal écrite"
