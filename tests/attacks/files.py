# SPDX-License-Identifier: EUPL-1.2
"""Files sent to hurt: name → bytes. Each is refused in one sentence, or kept as what it is, without its cost."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from tests.engines.exchange.xlsx import SHEET, raw, text_cell, workbook

HEAD = f'<row r="1">{text_cell("A1", "Identifiant")}{text_cell("B1", "Niveau")}</row>'


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def odt_with(method: int, data: bytes) -> bytes:
    """An archive whose first member claims to be an OpenDocument type, packed in a way that cannot be undone."""
    name = b"mimetype"
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, method, 0, 0, 0, len(data), 39, len(name), 0)
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, method, 0, 0, 0, len(data), 39, len(name), 0, 0, 0, 0, 0, 0
    )
    body = local + name + data
    return (
        body
        + central
        + name
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central) + len(name), len(body), 0)
    )


def many_members(count: int) -> bytes:
    """An archive of empty members: its directory alone costs memory."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for rank in range(count):
            archive.writestr(f"{rank}", b"")
    return target.getvalue()


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><sst>&b;</sst>'
EXTERNAL = (
    '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook r:id="r1" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></externalLink>'
)


def endless_rows() -> bytes:
    rows = HEAD + "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(2, 150_001))
    return raw(rows)


def bomb() -> bytes:
    return raw(HEAD, xl__sharedStringsDOTxml=b"<sst>" + b" " * 100_000_000 + b"</sst>")


def yaml_bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines).encode()


TABLE = "indicateur;valeur;date;source\nbudget_numerique_pct;1,2;2026-01-01;Relevé\n"
MAKERS: dict[str, Callable[[], bytes]] = {
    "vide.xlsx": lambda: b"",
    "espaces.yaml": lambda: b" \n\n ",
    "page.html": lambda: b"<!doctype html><script>alert(1)</script>",
    "dessin.svg": lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "programme.exe": lambda: b"MZ\x90\x00" + bytes(200),
    "document.pdf": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40,
    "image.png": lambda: b"\x89PNG\r\n\x1a\n" + bytes(500),
    "ancien.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000),
    "bombe.xlsx": bomb,
    "lignes.xlsx": endless_rows,
    "membres.zip": lambda: many_members(20_000),
    "tronque.xlsx": lambda: workbook([["Identifiant", "Niveau"], ["GOV.1.1", 2]])[:-200],
    "abime.odt": lambda: odt_with(8, b"\xff" * 39),
    "inconnu.odt": lambda: odt_with(97, b"x" * 39),
    "bz2.odt": lambda: odt_with(12, b"x" * 39),
    "lzma.odt": lambda: odt_with(14, b"\x09\x04\x05\x00" + b"x" * 39),
    "macros.xlsm": lambda: raw(HEAD, xl__vbaProjectDOTbin=b"x"),
    "formules.xlsx": lambda: workbook(
        [["Identifiant", "Niveau choisi"], ["GOV.1.1", "=1+1"], ['=HYPERLINK("http://x")', 2]]
    ),
    "lien.xlsx": lambda: raw(HEAD, xl__externalLinks__externalLink1DOTxml=EXTERNAL),
    "entites.xlsx": lambda: raw(HEAD, xl__sharedStringsDOTxml=ENTITY),
    "gros.bin": lambda: b"x" * 25_000_000,
    "gros.pdf": lambda: b"%PDF-1.7\n" + b"x" * 25_000_000,
    "presque.csv": lambda: b"indicateur;valeur;date\n" + b"x;1;2026-01-01\n" * 640_000,
    "lignes.csv": lambda: b"indicateur;valeur;date;source\n" + b"budget_numerique_pct;1,2;2026-01-01;R\n" * 100_000,
    "fautes.csv": lambda: b"indicateur;valeur;date;source\n" + b"inconnu;abc;31/02/2026;R\n" * 100_000,
    "colonnes.csv": lambda: b";".join([b"indicateur", b"valeur", b"date"] + [b"x"] * 100_000) + b"\n",
    "guillemet.csv": lambda: b'indicateur;valeur;date\n"' + b"x" * 3_000_000,
    "bombe.yaml": yaml_bomb,
    "profond.json": lambda: b'{"a":' * 200 + b"1" + b"}" * 200,
    "abime.json": lambda: b"[" * 1_000_000,
    "profond.yaml": lambda: b"[" * 1_000_000,
    "nombre.json": lambda: b'{"answers": {"GOV.1.1": ' + b"9" * 100_000 + b"}}",
    "liste.yaml": lambda: b"answers:\n" + b"".join(b"  X%d: 1\n" % n for n in range(150_000)),
    "latin.csv": lambda: TABLE.encode("latin-1"),
    "utf16.csv": lambda: TABLE.encode("utf-16"),
    "latin.yaml": lambda: "answers:\n  GOV.1.1: {level: 1, comment: relevé}\n".encode("latin-1"),
    "utf16.yaml": lambda: "answers:\n  GOV.1.1: {level: 1, comment: relevé}\n".encode("utf-16"),
    "nul.yaml": lambda: b"answers:\n  GOV.1.1: {level: 1, comment: \"a\\0b\"}\n",
    "nul.csv": lambda: b"indicateur;valeur;date\nbudget\x00;1;2026-01-01\n",
    "python.yaml": lambda: b"!!python/object/apply:os.system ['touch /tmp/carene-attacked']\n",
    "aleatoire.bin": lambda: zlib.compress(bytes(range(256)) * 1000) * 20,
}  # fmt: skip

NAMES = (
    "../../../../etc/passwd", "..\\..\\windows\\system32\\a.xlsx", "/etc/passwd", "C:\\a.xlsx", ".", "..",
    "a\x00b.xlsx",
    "x" * 300 + ".xlsx", "<script>alert(1)</script>.xlsx", "\u202efdp.exe", "é" * 200 + ".yaml", " ", "-rf", "con.xlsx",
    'a"; filename="b.exe', "a\r\nX-Evil: 1.xlsx", "%00.xlsx", "🏥.xlsx",
)  # fmt: skip


@cache
def content(name: str) -> bytes:
    return MAKERS[name]()


__all__ = ["MAKERS", "NAMES", "SHEET", "content", "zipped"]
