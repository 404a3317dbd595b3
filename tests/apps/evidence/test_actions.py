# SPDX-License-Identifier: EUPL-1.2
import datetime as dt
import io
import time
import zipfile

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from carene.apps.evidence import actions, queries
from carene.apps.evidence.models import Evidence
from carene.core.files.models import StoredFile
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.support.factories import World

PDF = b"%PDF-1.7\n" + b"x" * 200
TODAY = dt.date(2026, 11, 23)


def pdf(name: str = "pv-exercice.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def add(world: World, **changes) -> Evidence:
    values = {"title": "PV d'exercice", "upload": pdf(), "links": [("care", "GOV.2.3")]} | changes
    return actions.add(world.actor(world.alice), world.hospital, **values)


def test_added_with_its_file_its_links_and_a_line_in_the_journal(world: World) -> None:
    evidence = add(world, effective_on=dt.date(2026, 10, 1), expires_on=dt.date(2027, 10, 1), note=" n ")
    assert evidence.file is not None
    assert evidence.file.path.read_bytes() == PDF
    assert queries.counts(world.hospital.node, "care") == {"GOV.2.3": 1}
    entry = Entry.objects.get(verb="evidence.add")
    assert entry.target == f"evidence:{evidence.pk}"
    assert entry.after["links"] == [["care", "GOV.2.3"]]
    assert entry.after["file"]["name"] == "pv-exercice.pdf"
    assert entry.after["note"] == "n"


def test_reader_stranger_and_director_do_not_write(world: World) -> None:
    evidence = add(world)
    for user in (world.bob, world.charlie, world.director):
        actor = world.actor(user)
        for call in (
            lambda actor=actor: actions.add(actor, world.hospital, title="x", url="https://exemple.fr"),
            lambda actor=actor: actions.edit(actor, world.hospital, evidence, title="x"),
            lambda actor=actor: actions.link(actor, world.hospital, evidence, "care", "GOV.1.1"),
            lambda actor=actor: actions.unlink(actor, world.hospital, evidence, "care", "GOV.2.3"),
            lambda actor=actor: actions.remove(actor, world.hospital, evidence),
            lambda actor=actor: actions.restore(actor, world.hospital, evidence),
        ):
            with pytest.raises(PermissionDenied):
                call()


def test_the_evidence_of_another_organisation_is_out_of_reach(world: World) -> None:
    evidence = add(world)
    charlie = world.actor(world.charlie)
    for call in (actions.remove, actions.restore):
        with pytest.raises(Evidence.DoesNotExist):
            call(charlie, world.elsewhere, evidence)
    with pytest.raises(Evidence.DoesNotExist):
        actions.edit(charlie, world.elsewhere, evidence.pk, title="volée", url="https://exemple.fr")
    with pytest.raises(Evidence.DoesNotExist):
        actions.link(charlie, world.elsewhere, evidence, "care", "GOV.1.1")


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "  "},
        {"title": "x" * 201},
        {"upload": None},
        {"note": "x" * 501},
        {"effective_on": dt.date(2026, 5, 1), "expires_on": dt.date(2026, 5, 1)},
        {"effective_on": dt.date(2026, 5, 2), "expires_on": dt.date(2026, 5, 1)},
        {"links": [("care", "GOV.99.1")]},
        {"links": [("autre", "GOV.2.3")]},
        {"links": [("imported:1", "X")]},
        {"url": "javascript:alert(1)"},
        {"url": "JaVaScRiPt://exemple.fr/%0aalert(1)"},
        {"url": "data:text/html,<script>alert(1)</script>"},
        {"url": "file:///etc/passwd"},
        {"url": "//exemple.fr/document"},
        {"url": "ged.exemple.fr/document"},
        {"url": "https://"},
        {"url": "https://exemple.fr/a b"},
        {"url": "https://exemple.fr/\u202egpj"},
        {"url": "https://alice:secret@exemple.fr/"},
        {"url": "http://[::1"},
        {"url": "https://exemple.fr/" + "x" * 500},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(world: World, changes: dict) -> None:
    with pytest.raises(InputError) as caught:
        add(world, **changes)
    assert caught.value.remedy
    assert not queries.of(world.hospital.node).exists()
    assert not StoredFile.objects.of(world.hospital.node).exists()
    assert not Entry.objects.filter(verb__startswith="evidence").exists()


@pytest.mark.parametrize("url", ["https://exemple.fr/doc?a=1#b", "http://ged/document/12", "https://10.0.0.4:8443/x"])
def test_links_of_the_web_and_of_the_intranet_are_kept(world: World, url: str) -> None:
    assert add(world, upload=None, url=f" {url} ").url == url


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("facture.pdf", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + b"\x00" * 200),
        ("page.html", b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
        ("page.txt", b"  \n<html><body onload=alert(1)></html>"),
        ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("image.png", b"<?xml version='1.0'?>\n<!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("vide.pdf", b""),
        ("abime.zip", archive("a.txt")[:-30]),
        ("abime.docx", b"PK\x03\x04" + b"\x00" * 60),
        ("programme", b"\x7fELF\x02\x01\x01" + b"\x00" * 50),
        ("son.webp", b"RIFF\x00\x00\x00\x00WAVEfmt "),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_files_that_are_not_documents_are_refused_whatever_their_name(world: World, name: str, content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        add(world, upload=SimpleUploadedFile(name, content))
    assert name in caught.value.sentence
    assert caught.value.remedy
    assert not queries.of(world.hospital.node).exists()


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("invoice.pdf.exe", PDF, "invoice.pdf.exe.pdf"),
        ("script.ps1", b"Remove-Item C:\\ -Recurse", "script.ps1.txt"),
        ("relevé.CSV", b"a;b\n1;2\n", "relevé.CSV"),
        ("sans extension", b"du texte", "sans extension.txt"),
        ("x" * 300 + ".pdf", PDF, "x" * 196 + ".pdf"),
        ("fdp.\u202eexe.pdf", PDF, "fdp.exe.pdf"),
    ],
)
def test_a_name_that_lies_gets_the_extension_of_what_the_file_is(
    world: World, name: str, content: bytes, kept: str
) -> None:
    evidence = add(world, upload=SimpleUploadedFile(name, content))
    assert evidence.file is not None
    assert evidence.file.name == kept


def test_a_file_made_of_comments_is_read_at_once(world: World) -> None:
    started = time.thread_time()
    evidence = add(world, upload=SimpleUploadedFile("notes.txt", b"<!---->" * 580 + b"fin"))
    assert evidence.file is not None
    assert time.thread_time() - started < 2


def test_a_sound_archive_is_kept_as_an_archive(world: World) -> None:
    evidence = add(world, upload=SimpleUploadedFile("journaux.zip", archive("a.log", "b.log")))
    assert evidence.file is not None
    assert evidence.file.media_type == "application/zip"


def test_a_file_too_large_is_refused_with_both_sizes(world: World, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 2 * 1024 * 1024
    with pytest.raises(InputError, match=r"3 Mo et dépasse la limite de 2 Mo"):
        add(world, upload=SimpleUploadedFile("gros.pdf", b"%PDF-" + b"x" * 3 * 1024 * 1024))


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x.pdf", "..\\..\\windows\\x.pdf", "/etc/passwd", "a\x00b.pdf"])
def test_a_name_never_chooses_where_the_file_goes(world: World, name: str) -> None:
    evidence = add(world, upload=pdf(name))
    assert evidence.file is not None
    assert evidence.file.path.is_relative_to(settings.FILES_ROOT)
    assert "/" not in evidence.file.name
    assert ".." not in evidence.file.path.parts


def test_edit_keeps_what_is_not_given_and_tells_what_changed(world: World) -> None:
    evidence = add(world)
    alice = world.actor(world.alice)
    actions.edit(alice, world.hospital, evidence, title="PV signé", expires_on=dt.date(2027, 1, 1))
    row = queries.find(world.hospital.node, evidence.pk)
    assert row.file is not None
    assert (row.title, row.expires_on, row.file.name) == ("PV signé", dt.date(2027, 1, 1), "pv-exercice.pdf")
    assert queries.counts(world.hospital.node, "care") == {"GOV.2.3": 1}
    entry = Entry.objects.get(verb="evidence.edit")
    assert (entry.before["title"], entry.after["title"]) == ("PV d'exercice", "PV signé")
    actions.edit(alice, world.hospital, evidence, title="PV signé", expires_on=dt.date(2027, 1, 1))
    assert Entry.objects.filter(verb="evidence.edit").count() == 1


def test_edit_replaces_the_file_and_the_links(world: World) -> None:
    evidence = add(world)
    actions.edit(
        world.actor(world.alice),
        world.hospital,
        evidence,
        title="PV",
        upload=pdf("nouveau.pdf"),
        links=[("care", "GOV.2.1"), ("care", "GOV.2.1"), ("care", "GOV.2.2")],
    )
    row = queries.find(world.hospital.node, evidence.pk)
    assert row.file is not None
    assert row.file.name == "nouveau.pdf"
    assert queries.counts(world.hospital.node, "care") == {"GOV.2.1": 1, "GOV.2.2": 1}
    assert StoredFile.objects.of(world.hospital.node).filter(name="pv-exercice.pdf").exists()


def test_edit_does_not_leave_evidence_with_nothing(world: World) -> None:
    evidence = add(world, upload=None, url="https://exemple.fr")
    with pytest.raises(InputError, match="ni fichier ni lien"):
        actions.edit(world.actor(world.alice), world.hospital, evidence, title="PV")


def test_link_and_unlink_are_told_once(world: World) -> None:
    evidence = add(world, links=[])
    alice = world.actor(world.alice)
    for _ in range(2):
        actions.link(alice, world.hospital, evidence, "care", "GOV.1.1")
    assert queries.counts(world.hospital.node, "care") == {"GOV.1.1": 1}
    for _ in range(2):
        actions.unlink(alice, world.hospital, evidence, "care", "GOV.1.1")
    assert queries.counts(world.hospital.node, "care") == {}
    assert Entry.objects.filter(verb__in=["evidence.link", "evidence.unlink"]).count() == 2


def test_removed_then_restored_with_all_that_it_supported(world: World) -> None:
    evidence = add(world)
    alice = world.actor(world.alice)
    actions.remove(alice, world.hospital, evidence)
    assert queries.counts(world.hospital.node, "care") == {}
    assert list(queries.of(world.hospital.node)) == []
    assert [row.pk for row in queries.removed(world.hospital.node)] == [evidence.pk]
    with pytest.raises(Evidence.DoesNotExist):
        actions.remove(alice, world.hospital, evidence)
    actions.restore(alice, world.hospital, evidence)
    actions.restore(alice, world.hospital, evidence)
    assert queries.counts(world.hospital.node, "care") == {"GOV.2.3": 1}
    assert Entry.objects.filter(verb="evidence.restore").count() == 1


@pytest.mark.parametrize(
    ("expires", "state", "words"),
    [
        (None, "undated", "sans échéance"),
        (TODAY - dt.timedelta(days=1), "expired", "expirée depuis 1 j"),
        (TODAY, "soon", "expire aujourd'hui"),
        (TODAY + dt.timedelta(days=60), "soon", "expire dans 60 j"),
        (TODAY + dt.timedelta(days=61), "valid", "valable jusqu'au 23 janvier 2027"),
    ],
)
def test_the_state_is_the_same_in_words_in_lists_and_in_counts(
    world: World, expires: dt.date | None, state: str, words: str
) -> None:
    evidence = add(world, expires_on=expires)
    assert evidence.state_on(TODAY) == state
    assert queries.state_words(evidence, TODAY).replace("\xa0", " ") == words
    for name in queries.STATES:
        found = queries.in_state(queries.of(world.hospital.node), name, TODAY).exists()
        assert found is (name == state), name
    tally = queries.tally(world.hospital.node, TODAY)
    assert tally == {key: int(key in {state, "total"}) for key in tally}
    assert queries.to_renew(world.hospital.node, TODAY).count() == int(state in {"expired", "soon"})
