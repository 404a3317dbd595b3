# SPDX-License-Identifier: EUPL-1.2
"""Containers: what would harm is refused, what is broken is said, and nothing is written."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carene.engines.directory.readers import read
from carene.engines.directory.readers.files import Folder, Zip, tidy
from carene.engines.sources import InputError
from tests.engines.directory.readers.bloodhound import TIME, document, user


def zipped(path: Path, **content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("name", "path"),
    [("..\\..\\etc\\passwd", "etc/passwd"), ("/abs/a", "abs/a"), ("a\\b/c.tsv", "a/b/c.tsv"), ("./x", "x")],
)
def test_names_go_nowhere_but_down(name: str, path: str) -> None:
    assert tidy(name) == PurePosixPath(path)


def test_a_zip_is_read_in_place(tmp_path: Path) -> None:
    (tmp_path / "dedans").mkdir()
    path = zipped(tmp_path / "dedans" / "a.zip", **{f"..\\{TIME}_users.json": document("users", [user(1104)])})
    assert read([path]).in_domain(1104, 0) >= 0
    assert sorted(tmp_path.rglob("*users.json")) == []


def test_a_folder_of_zips_and_files_is_read_whole(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip", **{"users.json": document("users", [user(1104)])})
    (tmp_path / "computers.json").write_bytes(document("computers", [user(2000)]))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    collection = read([tmp_path])
    assert collection.in_domain(1104, 0) >= 0
    assert collection.in_domain(2000, 0) >= 0
    assert [gap.said for gap in collection.gaps] == [
        "broken.zip : ce fichier est abîmé ou incomplet ; refaire la copie depuis l'original."
    ]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "dehors.json"
    outside.write_bytes(b"{}")
    inside = tmp_path / "collecte"
    inside.mkdir()
    (inside / "users.json").symlink_to(outside)
    assert Folder(inside).names() == []


def test_a_bomb_is_refused_before_it_opens(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bombe.zip", **{"users.json": b"\0" * (32 << 20)})
    with pytest.raises(InputError, match="grossirait sans mesure"):
        read([path])


def test_a_zip_that_asks_for_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"users.json": b"{}"})
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="mot de passe"):
        Zip(path)


def test_a_zip_that_lies_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"users.json": document("users", [user(rid) for rid in range(1000, 1400)])})
    content = bytearray(path.read_bytes())
    content[200:260] = b"\xff" * 60
    path.write_bytes(bytes(content))
    with pytest.raises(InputError):
        read([path])


@given(st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_of_a_zip_only_input_errors(tmp_path: Path, places: list[tuple[float, bytes]]) -> None:
    path = zipped(tmp_path / "a.zip", **{"a/users.json": document("users", [user(rid) for rid in range(1000, 1020)])})
    content = bytearray(path.read_bytes())
    for where, put in places:
        at = int(where * (len(content) - len(put)))
        content[at : at + len(put)] = put
    path.write_bytes(bytes(content))
    with contextlib.suppress(InputError):
        read([path])


def test_what_nobody_recognises_is_told_what_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("rien")
    with pytest.raises(InputError, match=r"aucune collecte d'annuaire n'a été reconnue.*ORADAD.*SharpHound"):
        read([tmp_path])
    with pytest.raises(InputError, match="n'existe pas"):
        read([tmp_path / "absent"])
