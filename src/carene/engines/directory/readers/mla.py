# SPDX-License-Identifier: EUPL-1.2
"""The encrypted archive of ORADAD, opened with the private key of the hospital; nothing in clear reaches the disk.

ORADAD 3 writes version 1 of the format: newer bindings, which read version 2, do not open it.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from carene.engines.directory.readers.files import damaged, guarded, tidy
from carene.engines.sources import InputError

MAGIC = b"MLA\x01"
IN_MEMORY = 32 << 20  # bytes; what is bigger passes through a pipe
CHUNK = 1 << 20


class Mla:
    """``key``: private key X25519, PEM or DER. Raises InputError: no key, another key, a truncated archive."""

    def __init__(self, path: Path, key: bytes | None) -> None:
        self.label = path.name
        self._path, self._key, self._module = path, key, _binding(path.name)
        if not key:
            raise InputError(
                "cette archive est chiffrée",
                where=self.label,
                remedy="donner avec elle la clé privée de l'établissement, dont la clé publique figure dans "
                "additionalMLAKeys de la configuration d'ORADAD",
            )
        with self._opened() as archive:
            try:
                listed = archive.list_files(include_size=True)
            except (OSError, self._module.MLAError) as error:
                raise damaged(self.label) from error
        self._found = {tidy(name): name for name in listed}
        self._sizes = {tidy(name): int(data.size or 0) for name, data in listed.items()}

    def _opened(self) -> Any:
        module = self._module
        try:
            keys = module.PrivateKeys(self._key)
        except module.MLAError as error:
            raise InputError(
                "la clé donnée n'est pas une clé privée X25519",
                where=self.label,
                remedy="donner le fichier de la clé privée faite par « mlar keygen », et non la clé publique",
            ) from error
        try:
            return module.MLAFile(str(self._path), "r", module.ReaderConfig(private_keys=keys))
        except module.ConfigError as error:
            raise InputError(
                "cette archive n'a pas été chiffrée pour la clé donnée",
                where=self.label,
                remedy="donner la clé privée qui répond à additionalMLAKeys ; faite sans elle, une collecte n'est "
                "lisible que par l'ANSSI",
            ) from error
        except (OSError, module.MLAError) as error:
            raise damaged(self.label) from error

    def names(self) -> list[PurePosixPath]:
        return list(self._found)

    def size(self, name: PurePosixPath) -> int:
        return self._sizes[name]

    def open(self, name: PurePosixPath) -> BinaryIO:
        if self._sizes[name] > IN_MEMORY:
            return self._piped(name)
        with self._opened() as archive:
            try:
                return io.BytesIO(archive[self._found[name]])
            except (OSError, self._module.MLAError) as error:
                raise damaged(f"{self.label}, {name}") from error

    def _piped(self, name: PurePosixPath) -> BinaryIO:
        """The binding pushes, readers pull: a thread writes into a pipe, and stops when nobody reads any more."""
        reading, writing = os.pipe()
        failed: list[Exception] = []

        def push() -> None:
            pipe = os.fdopen(writing, "wb", CHUNK)
            try:
                with self._opened() as archive:
                    archive.write_file_to(self._found[name], pipe, chunk_size=CHUNK)
            except Exception as error:
                failed.append(error)
            finally:
                with contextlib.suppress(OSError):  # nobody reads any more
                    pipe.close()

        thread = threading.Thread(target=push, name="mla", daemon=True)
        thread.start()
        return guarded(_Pulled(reading, thread, failed), f"{self.label}, {name}")


class _Pulled(io.FileIO):
    """The end of what was pushed is sound only if nothing failed on the other side."""

    def __init__(self, number: int, thread: threading.Thread, failed: list[Exception]) -> None:
        super().__init__(number, "rb")
        self._thread, self._failed = thread, failed

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(-1 if size is None else size) or b""
        if not content:
            self._thread.join()
            if self._failed:
                raise OSError("the archive broke") from self._failed[0]
        return content


def _binding(label: str) -> Any:
    try:
        import mla
    except ImportError as error:
        raise InputError(
            "ce serveur n'a pas ce qu'il faut pour ouvrir une archive .mla",
            where=label,
            remedy="installer mla-archive 0.1.0, ou ouvrir l'archive avec mlar et donner le dossier obtenu",
        ) from error
    return mla
