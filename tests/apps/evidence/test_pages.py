# SPDX-License-Identifier: EUPL-1.2
import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from carene.apps.evidence import actions, queries
from carene.apps.evidence.models import Evidence
from carene.engines.referential.catalogue import care
from tests.support.factories import World, make_assessment
from tests.support.text import plain

PDF = b"%PDF-1.7\nproc\xc3\xa8s-verbal"
SQL_OF_A_PAGE = 12  # four for who asks and where, four for the counters of the rail


def address(world: World, rest: str = "") -> str:
    return f"/o/{world.hospital.pk}/preuves/{rest}"


def add(world: World, title: str = "PV d'exercice", **changes: Any) -> Evidence:
    values: dict[str, Any] = {"url": "https://ged.exemple.fr/12", "links": [("care", "GOV.2.3")]} | changes
    return actions.add(world.actor(world.alice), world.hospital, title=title, **values)


def with_file(world: World) -> Evidence:
    return add(world, upload=SimpleUploadedFile("pv.pdf", PDF), url="")


def test_alice_bob_and_charlie(world: World, client_for) -> None:
    evidence = with_file(world)
    # page, method, Alice, Bob (reads), Charlie (a stranger)
    cases = [
        ("", "get", 200, 200, 404),
        ("a-etayer/", "get", 200, 200, 404),
        (f"{evidence.pk}/fichier/", "get", 200, 200, 404),
        ("ajouter/", "get", 200, 403, 404),
        ("ajouter/", "post", 400, 403, 404),
        (f"{evidence.pk}/modifier/", "get", 200, 403, 404),
        (f"{evidence.pk}/modifier/", "post", 400, 403, 404),
        (f"{evidence.pk}/retirer/", "post", 302, 403, 404),
        (f"{evidence.pk}/retablir/", "post", 302, 403, 404),
    ]
    for page, method, *expected in cases:
        for user, status in zip(
            (world.bob, world.charlie, world.alice), (expected[1], expected[2], expected[0]), strict=True
        ):
            response = getattr(client_for(user), method)(address(world, page))
            if response.streaming:
                b"".join(response.streaming_content)  # read to its end, so that the file is closed
            assert response.status_code == status, (page, method, user)


def test_removing_is_never_a_link(world: World, client_for) -> None:
    evidence = add(world)
    assert client_for(world.alice).get(address(world, f"{evidence.pk}/retirer/")).status_code == 405
    assert queries.of(world.hospital.node).exists()


def test_the_evidence_of_one_organisation_is_not_reached_through_another(world: World, client_for) -> None:
    evidence = with_file(world)
    client = client_for(world.charlie)
    for page in ("fichier", "modifier", "retirer", "retablir"):
        url = f"/o/{world.elsewhere.pk}/preuves/{evidence.pk}/{page}/"
        assert (client.post if page.startswith("ret") else client.get)(url).status_code == 404, page


def test_a_download_is_an_attachment_that_nothing_keeps(world: World, client_for) -> None:
    evidence = with_file(world)
    response = client_for(world.bob).get(address(world, f"{evidence.pk}/fichier/"))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="pv.pdf"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_a_file_lost_by_the_server_is_said(world: World, client_for) -> None:
    evidence = with_file(world)
    assert evidence.file is not None
    evidence.file.path.unlink()
    page = client_for(world.bob).get(address(world, f"{evidence.pk}/fichier/"))
    assert page.status_code == 400
    assert "manque sur le serveur" in plain(page)


def test_removed_evidence_is_no_longer_given(world: World, client_for) -> None:
    evidence = with_file(world)
    client = client_for(world.alice)
    client.post(address(world, f"{evidence.pk}/retirer/"))
    assert client.get(address(world, f"{evidence.pk}/fichier/")).status_code == 404
    assert client.get(address(world, f"{evidence.pk}/modifier/")).status_code == 404


def test_the_list_says_states_in_words_and_what_each_supports(world: World, client_for) -> None:
    today = timezone.localdate()
    add(world, "Ancienne", expires_on=today - dt.timedelta(days=12))
    add(world, "Bientôt", expires_on=today + dt.timedelta(days=9))
    add(world, "Nouvelle", links=[])
    page = plain(client_for(world.bob).get(address(world)))
    assert "3 preuves, dont 1 expirée et 1 qui expire bientôt." in page
    assert "expirée depuis 12 j" in page
    assert "expire dans 9 j" in page
    assert "Soutient : PSSI validée et revue" in page
    assert "Ne soutient encore aucune réponse" in page
    assert "2 à renouveler" in page
    assert "Ajouter une preuve" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Ancienne", "Bientôt", "Charte"}),
        ("?etat=expired", {"Ancienne"}),
        ("?etat=soon", {"Bientôt"}),
        ("?etat=undated", {"Charte"}),
        ("?etat=n'importe quoi", {"Ancienne", "Bientôt", "Charte"}),
        ("?critere=care|GOV.2.1", {"Charte"}),
        ("?critere=care|inconnu", set()),
        ("?critere=rien", {"Ancienne", "Bientôt", "Charte"}),
        ("?q=chart", {"Charte"}),
        ("?q=ged.exemple", {"Ancienne", "Bientôt", "Charte"}),
        ("?q=%25", set()),
        ("?page=99", {"Ancienne", "Bientôt", "Charte"}),
    ],
)
def test_filters(world: World, client_for, query: str, shown: set[str]) -> None:
    today = timezone.localdate()
    add(world, "Ancienne", expires_on=today - dt.timedelta(days=12))
    add(world, "Bientôt", expires_on=today + dt.timedelta(days=9))
    add(world, "Charte", links=[("care", "GOV.2.1")])
    response = client_for(world.bob).get(address(world, query))
    assert response.status_code == 200
    assert {item["row"].title for item in response.context["items"]} == shown


def test_added_through_the_form(world: World, client_for) -> None:
    data = {
        "title": "PV signé",
        "upload": SimpleUploadedFile("../../pv.pdf", PDF),
        "effective_on": "2026-10-01",
        "expires_on": "2027-10-01",
        "criteria": ["care|GOV.2.1", "care|GOV.2.3"],
        "suite": "a-etayer",
    }
    response = client_for(world.alice).post(address(world, "ajouter/"), data)
    assert response["Location"] == address(world, "a-etayer/")
    evidence = queries.of(world.hospital.node).get()
    assert evidence.file is not None
    assert (evidence.title, evidence.file.name) == ("PV signé", "pv.pdf")
    assert set(queries.counts(world.hospital.node, "care")) == {"GOV.2.1", "GOV.2.3"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"upload": SimpleUploadedFile("x.pdf", b"MZ\x00\x00" * 9)}, "« x.pdf » n'est pas d'un genre accepté"),
        ({"upload": SimpleUploadedFile("x.html", b"<html></html>")}, "« x.html » n'est pas d'un genre accepté"),
        ({"upload": SimpleUploadedFile("x.svg", b"<svg></svg>")}, "« x.svg » n'est pas d'un genre accepté"),
        ({"upload": SimpleUploadedFile("x.pdf", b"%PDF-" + b"x" * 3_000_000)}, "dépasse la limite de 1 Mo"),
        ({"upload": SimpleUploadedFile("x.pdf", b"")}, "vide"),
        ({"url": "javascript:alert(1)"}, "n'est pas une adresse du web"),
        ({"url": ""}, "Joindre un fichier, ou donner l'adresse du document."),
        ({"title": ""}, "obligatoire"),
        ({"effective_on": "2026-10-02", "expires_on": "2026-10-01"}, "n'est pas après la date d'effet"),
        ({"effective_on": "32/13/2026"}, "date"),
        ({"criteria": ["care|XX.1"]}, "Une des questions choisies n'existe plus"),
    ],
)
def test_what_is_wrong_is_said_in_the_form_and_nothing_typed_is_lost(
    world: World, client_for, settings, changes: dict, said: str
) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    data = {"title": "Titre tapé", "url": "https://exemple.fr", "note": "Remarque tapée", **changes}
    response = client_for(world.alice).post(address(world, "ajouter/"), data)
    assert response.status_code == 400
    page = plain(response)
    assert said in page
    assert "Remarque tapée" in page
    assert not queries.of(world.hospital.node).exists()


def test_a_file_that_the_browser_forgets_is_asked_again(world: World, client_for) -> None:
    data = {"title": "", "upload": SimpleUploadedFile("pv.pdf", PDF)}
    assert "Choisir de nouveau ce fichier" in plain(client_for(world.alice).post(address(world, "ajouter/"), data))


def test_edited_through_the_form(world: World, client_for) -> None:
    evidence = with_file(world)
    client = client_for(world.alice)
    page = plain(client.get(address(world, f"{evidence.pk}/modifier/")))
    assert "pv.pdf" in page
    assert 'value="care|GOV.2.3" id' in page
    data = {"title": "Autre titre", "criteria": ["care|GOV.2.1"]}
    assert client.post(address(world, f"{evidence.pk}/modifier/"), data).status_code == 302
    row = queries.find(world.hospital.node, evidence.pk)
    assert row.file is not None
    assert (row.title, row.file.name) == ("Autre titre", "pv.pdf")
    assert queries.counts(world.hospital.node, "care") == {"GOV.2.1": 1}


def test_a_criterion_no_longer_offered_is_kept_when_the_form_is_sent_back(world: World, client_for) -> None:
    evidence = add(world)
    world.hospital.type = "ehpad"
    world.hospital.save(update_fields=["type"])
    evidence.links.create(referential="care", criterion="ancien critère")
    page = plain(client_for(world.alice).get(address(world, f"{evidence.pk}/modifier/")))
    assert "Autres questions" in page
    assert "ancien critère" in page


def test_removed_with_undo(world: World, client_for) -> None:
    evidence = add(world)
    client = client_for(world.alice)
    page = plain(client.post(address(world, f"{evidence.pk}/retirer/"), follow=True))
    assert f'data-undo="{address(world, f"{evidence.pk}/retablir/")}"' in page
    assert "est retirée" in page
    assert "Retirées (1)" in page
    assert "PV d'exercice" in plain(client.get(address(world, "?etat=removed")))
    assert "PV d'exercice" not in plain(client.get(address(world)))
    client.post(address(world, f"{evidence.pk}/retablir/"))
    assert "PV d'exercice" in plain(client.get(address(world)))


def test_answers_without_evidence_the_socle_first(world: World, client_for) -> None:
    make_assessment(world.hospital, {"GOV.1.3": 2, "GOV.2.1": 3, "GOV.2.3": 3, "GOV.1.1": 1})
    add(world)
    response = client_for(world.alice).get(address(world, "a-etayer/"))
    assert [row.criterion.id for row in response.context["rows"]] == ["GOV.2.1", "GOV.1.3"]
    page = plain(response)
    assert "2 réponses restent à étayer" in page
    assert "critere=care%7CGOV.2.1" in page
    form = plain(client_for(world.alice).get(address(world, "ajouter/?critere=care|GOV.2.1&suite=a-etayer")))
    assert '"care|GOV.2.1" id="critere-2-1" checked' in form


def test_nothing_to_support(world: World, client_for) -> None:
    assert "Aucune réponse encore" in plain(client_for(world.bob).get(address(world, "a-etayer/")))
    make_assessment(world.hospital, {"GOV.2.3": 3})
    add(world)
    assert "Tout ce qui est affirmé est étayé" in plain(client_for(world.bob).get(address(world, "a-etayer/")))
    assert client_for(world.bob).get(address(world, "a-etayer/?referentiel=inconnu")).status_code == 200


def test_the_list_costs_the_same_for_two_or_sixty(world: World, client_for, django_assert_max_num_queries) -> None:
    for rank in range(60):
        add(world, f"Preuve {rank}", links=[("care", "GOV.2.1"), ("care", "GOV.2.3")])
    alice = client_for(world.alice)
    with django_assert_max_num_queries(SQL_OF_A_PAGE):
        page = plain(alice.get(address(world)))
    assert "Page 1 sur 2, 60 preuves" in page
    with django_assert_max_num_queries(SQL_OF_A_PAGE):
        alice.get(address(world, "ajouter/"))
    make_assessment(world.hospital, dict.fromkeys([c.id for c in care().criteria], 3))
    with django_assert_max_num_queries(SQL_OF_A_PAGE):
        alice.get(address(world, "a-etayer/"))


def test_a_region_has_no_evidence_of_its_own_in_the_rail(world: World, client_for) -> None:
    page = plain(client_for(world.admin).get(f"/o/{world.region.pk}/etablissement/"))
    assert "/preuves/" not in page


def test_what_lacks_evidence_opens_its_question(world: World, client_for) -> None:
    done = make_assessment(world.hospital, {"GOV.2.1": 3})
    page = plain(client_for(world.bob).get(f"/o/{world.hospital.pk}/preuves/a-etayer/"))
    assert f'href="/o/{world.hospital.pk}/auto-evaluation/{done.pk}/questions/GOV.2.1/"' in page
