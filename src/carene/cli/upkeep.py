# SPDX-License-Identifier: EUPL-1.2
"""``carene upkeep``: what is done once a day, and the letters that it leaves."""

from __future__ import annotations

import argparse
from typing import Any

from carene.cli import exits


def register(subparsers: Any) -> None:
    upkeep = subparsers.add_parser("upkeep", help="fait l'entretien du jour : rappels par courriel, ménage")
    upkeep.set_defaults(handler=_upkeep)


def _upkeep(_arguments: argparse.Namespace) -> int:
    from carene.cli import server

    server.database()
    server.finish()  # like pages: by the role of the application
    from django.conf import settings
    from django.utils import timezone

    from carene.core.jobs import daily
    from carene.core.letters import sending
    from carene.engines import french

    done = daily.perform(timezone.localdate(), again=True)
    if done is None:
        print("Un autre processus fait déjà l'entretien du jour.")
        return exits.DONE
    for row in done:
        said = f"échec, {row.said}" if row.failed else row.said or "rien à faire"
        print(f"{daily.title_of(row)} : {said}.")
    if not done:
        print("L'entretien du jour est déjà fait.")
    letters = sending.send()
    if letters.left:
        print(f"{french.counted(letters.left, 'courriel envoyé', 'courriels envoyés')}.")
    if letters.refused:
        print("Le serveur de courriel a refusé des courriels ; ils seront retentés dans une heure.")
    if not settings.EMAIL_HOST:
        print("Aucun rappel ne part : CARENE_SMTP_HOST n'est pas renseigné.")
    return exits.OWN_FAILURE if letters.refused or any(row.failed for row in done) else exits.DONE
