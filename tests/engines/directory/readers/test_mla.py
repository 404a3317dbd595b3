# SPDX-License-Identifier: EUPL-1.2
"""The encrypted archive of ORADAD: made here for a key of the test, opened with it and with no other."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePosixPath

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from carene.engines.directory.generating import invent
from carene.engines.directory.generating.oradad import write_oradad
from carene.engines.directory.readers import mla as reader
from carene.engines.directory.readers import read
from carene.engines.directory.readers.mla import Mla
from carene.engines.sources import InputError

mla = pytest.importorskip("mla", reason="NOT TESTED: mla-archive is not installed")


def private(key: X25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def archived(path: Path, key: X25519PrivateKey, content: dict[str, bytes]) -> Path:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    config = mla.WriterConfig(layers=mla.LAYER_DEFAULT, public_keys=mla.PublicKeys(public))
    with mla.MLAFile(str(path), "w", config) as archive:
        for name, data in content.items():
            archive[name] = data
    return path


@pytest.fixture(scope="module")
def key() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


def test_a_collection_is_read_from_its_archive_as_from_its_folder(tmp_path: Path, key: X25519PrivateKey) -> None:
    forest = invent(60)
    root = write_oradad(forest, tmp_path)
    content = {
        str(one.relative_to(tmp_path)).replace("/", "\\"): one.read_bytes()
        for one in sorted(tmp_path.rglob("*"))
        if one.is_file()
    }
    path = archived(tmp_path.parent / f"{tmp_path.name}.mla", key, content)
    opened, plain = read([path], key=private(key)), read([root.parent])
    assert not opened.gaps
    assert sorted(opened.objects.dn) == sorted(plain.objects.dn)
    assert [file.content for file in opened.sysvol] == [file.content for file in plain.sysvol]
    assert opened.domains[0].sources[0].file == path.name


def test_great_files_pass_through_a_pipe(
    tmp_path: Path, key: X25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "IN_MEMORY", 1_000)
    content = os.urandom(3_000_000)
    opened = Mla(archived(tmp_path / "a.mla", key, {"grand": content}), private(key))
    name = PurePosixPath("grand")
    with opened.open(name) as stream:
        assert stream.read() == content
    with opened.open(name) as stream:
        assert stream.read(10) == content[:10], "who stops early leaves nothing behind"


def test_another_key_and_no_key_are_said(tmp_path: Path, key: X25519PrivateKey) -> None:
    path = archived(tmp_path / "a.mla", key, {"a": b"a"})
    with pytest.raises(InputError, match="n'a pas été chiffrée pour la clé donnée"):
        read([path], key=private(X25519PrivateKey.generate()))
    with pytest.raises(InputError, match="est chiffrée ; donner avec elle la clé privée"):
        read([path])
    with pytest.raises(InputError, match="n'est pas une clé privée X25519"):
        read([path], key=b"ceci n'est pas une clef")


def test_a_truncated_archive_is_damaged(tmp_path: Path, key: X25519PrivateKey) -> None:
    path = archived(tmp_path / "a.mla", key, {"a": os.urandom(200_000)})
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(InputError, match="abîmé ou incomplet"):
        read([path], key=private(key))


def test_without_the_library_the_way_out_is_said(
    tmp_path: Path, key: X25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archived(tmp_path / "a.mla", key, {"a": b"a"})
    monkeypatch.setitem(sys.modules, "mla", None)
    with pytest.raises(InputError, match="installer mla-archive"):
        read([path], key=private(key))
