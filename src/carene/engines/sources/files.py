# SPDX-License-Identifier: EUPL-1.2
"""Bytes of a file that a user named, or one French sentence that says why not."""

from __future__ import annotations

from pathlib import Path

from carene.engines.sources.document import Limits, megabytes
from carene.engines.sources.errors import InputError


def read_bytes(path: Path, name: str | None = None, limits: Limits | None = None) -> bytes:
    """Content of ``path``, never more than ``limits.size`` bytes of it.

    Raises InputError when it is absent, a folder, unreadable or too big.
    """
    name = name or str(path)
    size = (limits or Limits()).size
    try:
        with path.open("rb") as file:
            content = file.read(size + 1)
    except FileNotFoundError as error:
        raise InputError("ce fichier n'existe pas", where=name, remedy="vérifier son nom et son dossier") from error
    except IsADirectoryError as error:
        raise InputError("c'est un dossier, pas un fichier", where=name, remedy="donner le fichier lui-même") from error
    except PermissionError as error:
        raise InputError("la lecture de ce fichier est refusée", where=name, remedy="vérifier ses droits") from error
    except (OSError, ValueError) as error:
        raise InputError("ce fichier ne peut pas être lu", where=name, remedy="vérifier le disque et le nom") from error
    if len(content) > size:
        raise InputError(
            f"le fichier dépasse la limite de {megabytes(size)}",
            where=name,
            remedy="le scinder ou retirer ce qui ne sert pas",
        )
    return content
