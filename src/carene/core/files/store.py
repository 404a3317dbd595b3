# SPDX-License-Identifier: EUPL-1.2
"""Receiving and giving back files: what they are is read from their content, never from their name."""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import secrets
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse

from carene.core.access.actor import Actor
from carene.core.files.models import StoredFile
from carene.core.files.scanning import scan
from carene.core.tenancy.models import Node
from carene.engines.sources import InputError

OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-office"),
    (b"{\\rtf", "application/rtf"),
)
# Extensions that each kind may carry: to any other the first one is added, so that text never runs when opened.
EXTENSIONS = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
    "application/vnd.ms-office": ("doc", "xls", "ppt", "msg", "vsd", "mpp"),
    "application/rtf": ("rtf", "doc"),
    "application/zip": ("zip",),
    "text/plain": ("txt", "csv", "tsv", "md", "log", "json", "yaml", "yml", "xml", "eml", "ics", "ini", "conf"),
    OFFICE["word/"]: ("docx", "dotx"),
    OFFICE["xl/"]: ("xlsx", "xltx"),
    OFFICE["ppt/"]: ("pptx", "potx", "ppsx"),
    "application/vnd.oasis.opendocument.text": ("odt", "ott"),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods", "ots"),
    "application/vnd.oasis.opendocument.presentation": ("odp", "otp"),
    "application/vnd.oasis.opendocument.graphics": ("odg", "otg"),
}
# Atomic and possessive: a file made of comments cannot make it try every way of cutting them.
MARKUP = re.compile(
    rb"(?>\xef\xbb\xbf|\s|<\?.*?\?>|<!--.*?-->)*+<(!doctype|html|head|body|svg|script|iframe)\b", re.DOTALL
)
# What the library raises for an archive that is damaged, encrypted, or packed in a way that this machine cannot undo.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
ACCEPTED = (
    "PDF, image (PNG, JPEG, WebP), document bureautique (DOCX, XLSX, PPTX, ODT, ODS, DOC, XLS, RTF), texte, CSV ou ZIP"
)


def media_type_of(stream: IO[bytes]) -> str | None:
    """Media type read from the content, None when it is not one that we keep."""
    stream.seek(0)
    head = stream.read(4096)
    stream.seek(0)
    for signature, media_type in SIGNATURES:
        if head.startswith(signature):
            if media_type == "image/webp" and head[8:12] != b"WEBP":
                return None
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(stream)
    if b"\x00" in head or not head:
        return None
    try:
        head[: max(1, len(head) - 4)].decode("utf-8")
    except UnicodeDecodeError:
        if any(byte < 9 for byte in head):
            return None
    if head.startswith(b"MZ") or MARKUP.match(head.lower()):
        return None
    return "text/plain"


def _zip_kind(stream: IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                info = archive.getinfo("mimetype")
                declared = archive.read(info)[:100].decode("ascii", "replace") if info.file_size <= 100 else ""
                if declared.startswith("application/vnd.oasis.opendocument.") and declared in EXTENSIONS:
                    return declared
            for folder, media_type in OFFICE.items():
                if any(name.startswith(folder) for name in names):
                    return media_type
            return "application/zip"
    except _UNREADABLE:
        return None
    finally:
        stream.seek(0)


@dataclass(frozen=True)
class Accepted:
    """What may be kept: its size, its kind and the antivirus have said so."""

    upload: UploadedFile[Any]
    name: str
    media_type: str


def accept(actor: Actor, node: Node, upload: UploadedFile[Any]) -> Accepted:
    """Looks at what is given, outside any transaction: the antivirus may take its time. Raises InputError."""
    limit = settings.MAX_UPLOAD_BYTES
    size = upload.size or 0
    name = Path(upload.name or "").name or "fichier"
    if size > limit:
        raise InputError(
            f"« {name} » pèse {size / 1048576:.0f} Mo et dépasse la limite de {limit / 1048576:.0f} Mo",
            remedy="réduire le fichier, ou donner un lien",
        )
    if size == 0:
        raise InputError(f"« {name} » est vide", remedy="choisir un autre fichier")
    media_type = media_type_of(upload.file)  # type: ignore[arg-type]
    if media_type is None:
        raise InputError(f"« {name} » n'est pas d'un genre accepté", remedy=f"joindre un fichier {ACCEPTED}")
    scan(actor, node, name, upload.file)  # type: ignore[arg-type]
    return Accepted(upload, _safe_name(name, media_type), media_type)


def store(actor: Actor, node: Node, given: Accepted) -> StoredFile:
    """Writes the content to disk (fsync, then atomic rename) and adds its row. The caller has checked the right."""
    digest, temporary = _write(given.upload)
    stored = StoredFile(
        node=node,
        name=given.name,
        media_type=given.media_type,
        size=given.upload.size or 0,
        sha256=digest,
        created_by=actor.user,
    )
    stored.path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, stored.path)
    stored.save()
    return stored


def _safe_name(name: str, media_type: str) -> str:
    """The name given, without what cannot be shown, with an extension of its kind, in 200 characters."""
    shown = "".join(character for character in name if character.isprintable())
    stem, extension = Path(shown).stem, Path(shown).suffix.removeprefix(".")
    allowed = EXTENSIONS[media_type]
    if extension.lower() not in allowed:
        stem, extension = shown, allowed[0]
    return f"{stem[: 199 - len(extension)]}.{extension}"


def _write(upload: UploadedFile[Any]) -> tuple[str, Path]:
    root = Path(settings.FILES_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    temporary = root / f".{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    with temporary.open("wb") as out:
        for chunk in upload.chunks():
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), temporary


def response(stored: StoredFile) -> FileResponse:
    """Download of a stored file: always an attachment, never shown inside our origin."""
    answer = FileResponse(stored.path.open("rb"), as_attachment=True, filename=stored.name)
    answer["Content-Type"] = "application/octet-stream"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return answer
