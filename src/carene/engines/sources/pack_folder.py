# SPDX-License-Identifier: EUPL-1.2
"""The folder of a pack: refused when it is not one, its files read one by one, and what they all hold in one digest."""

from __future__ import annotations

import hashlib
from pathlib import Path

from carene.engines.sources.document import Document
from carene.engines.sources.errors import InputError
from carene.engines.sources.files import read_bytes
from carene.engines.sources.yaml_source import read_yaml

HEAD = "pack.yaml"


class PackFolder:
    """``kind`` is said to people (« de simulation »), ``example`` is the one that ships with Carène.

    Raises InputError for a folder without ``pack.yaml``.
    """

    def __init__(self, folder: Path, kind: str, example: str) -> None:
        if not (folder / HEAD).is_file():
            raise InputError(
                f"ce dossier n'est pas un paquet {kind} : il n'a pas de fichier « {HEAD} »",
                where=str(folder),
                remedy=f"donner le dossier d'un paquet, comme « {example} »",
            )
        self.folder = folder
        self._digest = hashlib.sha256()

    def head(self) -> Document:
        return self.read(HEAD)

    def read(self, name: str) -> Document:
        """Raises InputError when the file is not there or is not YAML."""
        content = read_bytes(self.folder / name, name)
        self._digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return read_yaml(content, name)

    def others(self) -> list[str]:
        """Names of the files beside the head, in order."""
        return sorted(path.name for path in self.folder.glob("*.yaml") if path.name != HEAD)

    @property
    def digest(self) -> str:
        """Of the files read so far, in the order in which they were."""
        return self._digest.hexdigest()
