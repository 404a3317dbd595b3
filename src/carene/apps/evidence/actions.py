# SPDX-License-Identifier: EUPL-1.2
"""What is done to evidence: add, edit, link, remove, restore. Nothing is ever destroyed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from carene.apps.assessments import referentials
from carene.apps.evidence.models import Evidence, EvidenceLink
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.files.store import accept, store
from carene.core.journal.writer import record
from carene.engines.sources import InputError

Links = Sequence[tuple[str, str]]  # (referential key, criterion id)

TITLE_LENGTH, NOTE_LENGTH, URL_LENGTH = 200, 500, 500


def add(
    actor: Actor,
    organisation: Organisation,
    *,
    title: str,
    upload: UploadedFile[Any] | None = None,
    url: str = "",
    effective_on: dt.date | None = None,
    expires_on: dt.date | None = None,
    note: str = "",
    links: Links = (),
) -> Evidence:
    """A new piece of evidence: a file, a link, or both, and what it supports.

    Raises InputError: no title, neither file nor link, a link that is not of the web, an expiry before its effect,
    a file too large or of a kind that is not kept, an unknown criterion. Nothing is written then.
    """
    actor.require("evidence.write", organisation.node)
    _check(title, upload is not None or bool(url.strip()), effective_on, expires_on, note)
    address = check_url(url)
    _check_links(actor, organisation, links)
    given = accept(actor, organisation.node, upload) if upload is not None else None
    with atomic_write():
        evidence = Evidence.objects.create(
            node=organisation.node,
            title=title.strip(),
            file=store(actor, organisation.node, given) if given is not None else None,
            url=address,
            effective_on=effective_on,
            expires_on=expires_on,
            note=note.strip(),
            created_by=actor.user,
        )
        EvidenceLink.objects.bulk_create(_rows(evidence, links))
        record(actor, "evidence.add", organisation.node, _target(evidence), None, _state(evidence, links))
    return evidence


def edit(
    actor: Actor,
    organisation: Organisation,
    evidence: Evidence | int,
    *,
    title: str,
    upload: UploadedFile[Any] | None = None,
    url: str = "",
    effective_on: dt.date | None = None,
    expires_on: dt.date | None = None,
    note: str = "",
    links: Links | None = None,
) -> Evidence:
    """Replaces what is said of a piece of evidence; ``upload`` None keeps its file, ``links`` None what it supports.

    The former file is kept and named in the journal. Raises Evidence.DoesNotExist, or InputError as ``add`` does.
    """
    actor.require("evidence.write", organisation.node)
    address = check_url(url)
    if links is not None:
        _check_links(actor, organisation, links)
    given = accept(actor, organisation.node, upload) if upload is not None else None
    with atomic_write():
        row = _locked(organisation, evidence)
        _check(title, upload is not None or row.file_id is not None or bool(address), effective_on, expires_on, note)
        old_links = _links(row)
        before = _state(row, old_links)
        row.title, row.url, row.note = title.strip(), address, note.strip()
        row.effective_on, row.expires_on = effective_on, expires_on
        if given is not None:
            row.file = store(actor, organisation.node, given)
        row.save(update_fields=["title", "url", "note", "effective_on", "expires_on", "file"])
        if links is not None:
            _replace_links(row, old_links, links)
        after = _state(row, old_links if links is None else links)
        if after != before:
            record(actor, "evidence.edit", organisation.node, _target(row), before, after)
    return row


def link(actor: Actor, organisation: Organisation, evidence: Evidence | int, referential: str, criterion: str) -> None:
    """Says that this evidence supports one more criterion; saying it twice changes nothing."""
    actor.require("evidence.write", organisation.node)
    _check_links(actor, organisation, [(referential, criterion)])
    with atomic_write():
        row = _locked(organisation, evidence)
        _, created = EvidenceLink.objects.get_or_create(evidence=row, referential=referential, criterion=criterion)
        if created:
            record(actor, "evidence.link", organisation.node, _target(row), None, [referential, criterion])


def unlink(
    actor: Actor, organisation: Organisation, evidence: Evidence | int, referential: str, criterion: str
) -> None:
    """Says that this evidence no longer supports a criterion; the evidence itself stays."""
    actor.require("evidence.write", organisation.node)
    with atomic_write():
        row = _locked(organisation, evidence)
        gone, _ = EvidenceLink.objects.filter(evidence=row, referential=referential, criterion=criterion).delete()
        if gone:
            record(actor, "evidence.unlink", organisation.node, _target(row), [referential, criterion], None)


def remove(actor: Actor, organisation: Organisation, evidence: Evidence | int) -> Evidence:
    """Takes a piece of evidence off the lists; ``restore`` brings it back with all that it supported."""
    actor.require("evidence.write", organisation.node)
    with atomic_write():
        row = _locked(organisation, evidence)
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
        record(actor, "evidence.remove", organisation.node, _target(row), _state(row, _links(row)), None)
    return row


def restore(actor: Actor, organisation: Organisation, evidence: Evidence | int) -> Evidence:
    """Undoes ``remove``; without effect on what was not removed."""
    actor.require("evidence.write", organisation.node)
    with atomic_write():
        row = _locked(organisation, evidence, even_removed=True)
        if row.removed_at is not None:
            row.removed_at = None
            row.save(update_fields=["removed_at"])
            record(actor, "evidence.restore", organisation.node, _target(row), None, _state(row, _links(row)))
    return row


def check_url(url: str) -> str:
    """The address without surrounding white space, empty when none was given.

    Only the web is accepted, an intranet name included: anything else could run code in the browser of the reader.
    """
    address = url.strip()
    if not address:
        return ""
    remedy = "donner une adresse qui commence par https:// ou http://"
    try:
        parts = urlsplit(address)
        host, secret = parts.hostname, parts.password
    except ValueError as error:
        raise InputError("l'adresse du lien n'est pas lisible", remedy=remedy) from error
    if parts.scheme not in {"http", "https"} or not host or not address.isprintable() or " " in address:
        raise InputError("le lien n'est pas une adresse du web", remedy=remedy)
    if secret:
        raise InputError("le lien contient un mot de passe", remedy="donner l'adresse sans lui")
    if len(address) > URL_LENGTH:
        raise InputError(f"le lien dépasse {URL_LENGTH} caractères", remedy="donner une adresse plus courte")
    return address


def check_dates(effective_on: dt.date | None, expires_on: dt.date | None) -> None:
    if effective_on is not None and expires_on is not None and expires_on <= effective_on:
        raise InputError("la date d'expiration n'est pas après la date d'effet", remedy="corriger l'une des deux dates")


def _check(title: str, has_content: bool, effective_on: dt.date | None, expires_on: dt.date | None, note: str) -> None:
    if not title.strip():
        raise InputError("la preuve n'a pas de titre", remedy="dire en quelques mots ce qu'elle prouve")
    if len(title.strip()) > TITLE_LENGTH:
        raise InputError(f"le titre dépasse {TITLE_LENGTH} caractères", remedy="le raccourcir")
    if len(note.strip()) > NOTE_LENGTH:
        raise InputError(f"la remarque dépasse {NOTE_LENGTH} caractères", remedy="la raccourcir")
    if not has_content:
        raise InputError("la preuve n'a ni fichier ni lien", remedy="joindre l'un ou l'autre")
    check_dates(effective_on, expires_on)


def _check_links(actor: Actor, organisation: Organisation, links: Links) -> None:
    """Every criterion exists, in a referential that this organisation may use."""
    if not links:
        return
    allowed = {key for key, _, _ in referentials.available(actor, organisation.node)}
    for key, criterion in links:
        if key not in allowed or criterion not in referentials.get(key).criterion:
            raise InputError(
                f"la question « {criterion} » n'existe pas ici", remedy="recharger la page et choisir de nouveau"
            )


def _locked(organisation: Organisation, evidence: Evidence | int, *, even_removed: bool = False) -> Evidence:
    rows = Evidence.objects.of(organisation.node).select_related("file").select_for_update(of=("self",))
    if not even_removed:
        rows = rows.filter(removed_at=None)
    return rows.get(pk=evidence if isinstance(evidence, int) else evidence.pk)


def _links(evidence: Evidence) -> list[tuple[str, str]]:
    rows = EvidenceLink.objects.filter(evidence=evidence).order_by("id")
    return list(rows.values_list("referential", "criterion"))


def _rows(evidence: Evidence, links: Links) -> list[EvidenceLink]:
    return [
        EvidenceLink(evidence=evidence, referential=key, criterion=criterion) for key, criterion in dict.fromkeys(links)
    ]


def _replace_links(evidence: Evidence, old: Links, new: Links) -> None:
    for key, criterion in set(old) - set(new):
        EvidenceLink.objects.filter(evidence=evidence, referential=key, criterion=criterion).delete()
    EvidenceLink.objects.bulk_create(_rows(evidence, [pair for pair in new if pair not in set(old)]))


def _target(evidence: Evidence) -> str:
    return f"evidence:{evidence.pk}"


def _state(evidence: Evidence, links: Links) -> dict[str, Any]:
    return {
        "title": evidence.title,
        "file": {"name": evidence.file.name, "sha256": evidence.file.sha256} if evidence.file else None,
        "url": evidence.url,
        "effective_on": evidence.effective_on.isoformat() if evidence.effective_on else None,
        "expires_on": evidence.expires_on.isoformat() if evidence.expires_on else None,
        "note": evidence.note,
        "links": sorted([key, criterion] for key, criterion in dict.fromkeys(links)),
    }
