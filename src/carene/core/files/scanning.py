# SPDX-License-Identifier: EUPL-1.2
"""What people send goes before the antivirus, when there is one (``CARENE_CLAMAV``). Without a verdict nothing is kept.

To be called outside transactions: the refusal is told to the journal in one of its own, and nobody waits for the scan.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from typing import IO

from django.conf import settings

from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.files import clamd
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError

SECONDS = 30.0  # for one file: the person waits
CHUNK = 256 * 1024

log = logging.getLogger(__name__)


class Infected(InputError):
    """The antivirus found something."""


class ScannerSilent(InputError):
    """The antivirus gave no verdict: nothing is known of the file."""


def scan(actor: Actor, node: Node, name: str, stream: IO[bytes]) -> None:
    """Nothing when there is no antivirus, or it finds nothing; ``stream`` is left at its beginning.

    Raises Infected (told to the journal), ScannerSilent (told to the log).
    """
    if settings.CLAMAV is None:
        return
    shown = "".join(character for character in name if character.isprintable())[:100]
    stream.seek(0)
    try:
        found = clamd.scan(settings.CLAMAV, _pieces(stream), SECONDS)
    except clamd.ScannerError as error:
        log.warning("antivirus: no verdict (%s)", error)
        raise ScannerSilent(
            f"L'antivirus du serveur n'a pas pu examiner « {shown} » ({error}), qui n'a donc pas été pris",
            remedy="réessayer dans quelques minutes, puis prévenir l'administrateur du serveur",
        ) from error
    finally:
        stream.seek(0)
    if found:
        _tell(actor, node, shown, found[:100], stream)
        raise Infected(
            f"L'antivirus a trouvé « {found[:100]} » dans « {shown} », qui n'a pas été pris",
            remedy="ne pas ouvrir ce fichier et prévenir qui l'a donné",
        )


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def _tell(actor: Actor, node: Node, name: str, found: str, stream: IO[bytes]) -> None:
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    with atomic_write():
        record(actor, "file.refuse", node, f"upload:{digest[:16]}", None, {"name": name, "found": found})
