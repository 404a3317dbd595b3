# SPDX-License-Identifier: EUPL-1.2
"""Where results go: a file, or the standard output."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

STANDARD = "-"


def write(target: str, data: bytes) -> None:
    """Whole or not at all: a temporary neighbour, then a rename; devices and pipes are written as they are."""
    import secrets

    from carene.engines.sources import InputError

    if target == STANDARD:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    temporary = None
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            temporary = path.with_name(f".{secrets.token_hex(4)}.partiel")
            temporary.write_bytes(data)
            temporary.replace(path)
    except (OSError, ValueError) as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        raise InputError(
            "ce fichier ne peut pas être écrit", where=target, remedy="vérifier le dossier et ses droits"
        ) from error
