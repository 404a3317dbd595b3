# SPDX-License-Identifier: EUPL-1.2
"""``carene account …``: what the administrator of the server does for someone who can no longer come in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from carene.cli.parser import SPACE
from carene.cli.server import django
from carene.engines.sources import InputError

if TYPE_CHECKING:
    from carene.core.accounts.models import User


def register(subparsers: Any) -> None:
    family = subparsers.add_parser("account", help="rend l'accès à une personne qui ne peut plus entrer")
    verbs = family.add_subparsers(title=f"Commandes{SPACE}", metavar="COMMANDE", required=True)
    password = verbs.add_parser("password", help="choisit un mot de passe, demandé sans être affiché")
    password.add_argument("email", metavar="ADRESSE", help="adresse électronique de la personne")
    password.set_defaults(handler=_password)
    unlock = verbs.add_parser("unlock", help="retire ses seconds facteurs : téléphone, clés, codes de secours")
    unlock.add_argument("email", metavar="ADRESSE", help="adresse électronique de la personne")
    unlock.set_defaults(handler=_unlock)


def _person(email: str) -> User:
    from carene.core.accounts.models import User

    found = User.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise InputError(f"personne n'a l'adresse {email}", remedy="vérifier l'adresse")
    return found


def _password(arguments: argparse.Namespace) -> int:
    django()
    import getpass

    from carene.core.access.actor import Actor
    from carene.core.accounts import actions

    person = _person(arguments.email)
    actions.set_password(Actor.system("cli"), person, getpass.getpass(f"Nouveau mot de passe de {person} : "))
    print(f"Le mot de passe de {person} est changé ; ses sessions sont fermées.")
    return 0


def _unlock(arguments: argparse.Namespace) -> int:
    django()
    from carene.core.access.actor import Actor
    from carene.core.accounts import actions

    person = _person(arguments.email)
    if actions.remove_factors(Actor.system("cli"), person):
        print(f"{person} entre de nouveau avec son mot de passe seul, et devra activer un autre second facteur.")
    else:
        print(f"{person} n'a pas de second facteur.")
    return 0
