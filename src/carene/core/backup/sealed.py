# SPDX-License-Identifier: EUPL-1.2
"""Encryption for a public key, in the age format: what is written can only be read with the private key, which has no
reason to be on the server. Any age program opens these files."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from carene.engines.sources import InputError

MAGIC = b"age-encryption.org/v1"


def recipients(texts: list[str]) -> list[Any]:
    """Public keys (« age1… » or « ssh-ed25519 … »), or files of them, one a line. Raises InputError."""
    from pyrage import RecipientError, ssh, x25519

    found = []
    for text in texts:
        lines = _lines(Path(text)) if not text.startswith(("age1", "ssh-")) else [text]
        for line in lines:
            try:
                kind = ssh if line.startswith("ssh-") else x25519
                found.append(kind.Recipient.from_str(line))
            except RecipientError as error:
                raise InputError(
                    "cette clé publique n'est pas d'un genre connu",
                    where=text,
                    remedy="donner une clé « age1… » (« carene backup-key » en fait une) ou « ssh-ed25519 … »",
                ) from error
    return found


def identities(path: Path) -> list[Any]:
    """Private keys of a file made by ``new_key`` or age-keygen, or an SSH private key. Raises InputError."""
    from pyrage import IdentityError, ssh, x25519

    content = _read(path)
    try:
        if b"PRIVATE KEY" in content:
            return [ssh.Identity.from_buffer(content)]
        return [x25519.Identity.from_str(line) for line in _lines(path)]
    except IdentityError as error:
        raise InputError("ce n'est pas une clé privée age ou SSH", where=str(path)) from error


def new_key(path: Path) -> str:
    """Writes a new private key that only its owner can read; gives the public one. Never overwrites."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError(
            f"ce fichier ne peut pas être créé ({error.strerror})", where=str(path), remedy="choisir un autre nom"
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(f"# public key: {public}\n{identity}\n")
    return public


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError("cette clé ne peut pas être lue", where=str(path), remedy="vérifier le chemin") from error


def _lines(path: Path) -> list[str]:
    text = _read(path).decode("utf-8", "replace")
    found = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not found:
        raise InputError("ce fichier ne contient aucune clé", where=str(path))
    return found


def is_sealed(path: Path) -> bool:
    with path.open("rb") as source:
        return source.read(len(MAGIC)) == MAGIC


@contextmanager
def encrypting(target: IO[bytes], keys: list[Any]) -> Iterator[IO[bytes]]:
    """A stream whose content goes encrypted to ``target``; nothing in clear touches the disk."""
    from pyrage import encrypt_io

    with _through(lambda source: encrypt_io(source, target, keys)) as stream:
        yield stream


@contextmanager
def _through(work: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """A stream to write to, read by ``work`` in a thread of its own; its failure is raised at the end."""
    inlet, outlet = os.pipe()
    failures: list[Exception] = []

    def run() -> None:
        with os.fdopen(inlet, "rb") as source:
            try:
                work(source)
            except Exception as error:  # told to the caller below
                failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with os.fdopen(outlet, "wb") as stream:
            yield stream
    except BrokenPipeError:
        if not failures:
            raise
    finally:
        thread.join()
    if failures:
        raise failures[0]


@contextmanager
def decrypting(source: IO[bytes], keys: list[Any], name: str) -> Iterator[IO[bytes]]:
    """The content of an encrypted file as a stream. Raises InputError when the key does not open it, or it is cut."""
    from pyrage import DecryptError, decrypt_io

    inlet, outlet = os.pipe()
    failures: list[Exception] = []

    def run() -> None:
        with os.fdopen(outlet, "wb") as target:
            try:
                decrypt_io(source, target, keys)
                target.flush()
            except Exception as error:  # told to the caller below
                failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with os.fdopen(inlet, "rb") as stream:
            yield stream
    finally:
        thread.join()
        refused = next((one for one in failures if isinstance(one, DecryptError | OSError)), None)
        if refused is not None and not isinstance(refused, BrokenPipeError):
            raise InputError(
                "cette archive ne s'ouvre pas avec cette clé, ou elle est abîmée",
                where=name,
                remedy="donner la clé privée qui correspond, ou une autre archive",
            ) from refused
