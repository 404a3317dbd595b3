# SPDX-License-Identifier: EUPL-1.2
import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from carene.apps.assessments import actions, queries, referentials, rows
from carene.apps.assessments.models import Answer, Assessment, ImportedReferential
from carene.engines.referential.serialise import to_data
from tests.support.factories import SYSTEM, World, give, make_assessment, make_user
from tests.support.referentials import criterion, small_referential

KEY = "GOV.2.1"
PAGES = ["", "mes-questions/", "referentiels/"]
INSIDE = ["demarrage/", f"demarrage/{KEY}/", "questions/", f"questions/{KEY}/", "bilan/", "changements/", "validation/"]


def at(world: World, path: str = "") -> str:
    return f"/o/{world.hospital.pk}/auto-evaluation/{path}"


def words(response) -> str:
    text = response.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    return re.sub(r"\s+", " ", text)


def post_json(client: Client, url: str, **data):
    return client.post(url, json.dumps(data), content_type="application/json", headers={"Accept": "application/json"})


@pytest.fixture
def assessment(world: World) -> Assessment:
    """Half answered, with a validated one before it."""
    keys = [c.id for c in referentials.care().criteria]
    day = timezone.localdate() - dt.timedelta(days=400)
    before = make_assessment(
        world.hospital, dict.fromkeys(keys[:-9], 1), state="validated", answered_on=day,
        result={"overall": 1.0, "step": 1, "axes": {"GOV": 1.0, "RES": 1.0, "SEN": 1.0, "OPS": 1.0}, "coverage": 1.0},
    )  # fmt: skip
    opened = actions.start(SYSTEM, world.hospital)
    actions.answer_many(SYSTEM, world.hospital, opened, [(key, 2) for key in keys[: len(keys) // 2]])
    # Never answered here, though they were before: starting takes all the answers there were.
    Answer.objects.bulk_create(Answer(assessment=before, criterion=key, level=1, answered_on=day) for key in keys[-9:])
    return opened


# Who sees what ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_the_organisation(world: World, client_for, page: str) -> None:
    assert client_for(world.alice).get(at(world, page)).status_code == 200
    assert client_for(world.bob).get(at(world, page)).status_code == 200
    assert client_for(world.director).get(at(world, page)).status_code == 200
    assert client_for(world.charlie).get(at(world, page)).status_code == 404


@pytest.mark.parametrize("page", INSIDE)
@pytest.mark.parametrize("state", ["draft", "submitted", "validated"])
def test_pages_of_an_assessment(world: World, client_for, assessment: Assessment, page: str, state: str) -> None:
    Assessment.objects.of(world.hospital.node).filter(pk=assessment.pk).update(
        state=state, submitted_at=timezone.now(), validated_at=timezone.now() if state == "validated" else None
    )
    for user in (world.alice, world.bob, world.director):
        assert client_for(user).get(at(world, f"{assessment.pk}/{page}")).status_code == 200
    assert client_for(world.charlie).get(at(world, f"{assessment.pk}/{page}")).status_code == 404
    # Another organisation of the same reader is not a way in.
    elsewhere = f"/o/{world.sister.pk}/auto-evaluation/{assessment.pk}/{page}"
    assert client_for(world.bob).get(elsewhere).status_code == 404


@pytest.mark.parametrize("page", INSIDE)
def test_an_empty_assessment_has_its_pages_too(world: World, client_for, page: str) -> None:
    empty = actions.start(SYSTEM, world.hospital)
    assert client_for(world.alice).get(at(world, f"{empty.pk}/{page}")).status_code == 200


WRITES = [
    ("commencer/", {"referential": "care"}, "alice"),
    ("{}/repondre/GOV.2.1/", {"level": "3", "version": "1"}, "alice"),
    ("{}/confier/", {"question": KEY, "user": "1"}, "alice"),
    ("{}/preuve/GOV.2.1/", {"preuve-title": "PSSI", "preuve-url": "https://intranet.invalid/pssi"}, "alice"),
    ("{}/soumettre/", {}, "alice"),
    ("{}/valider/", {}, "director"),
    ("{}/rouvrir/", {"reason": "Erreur"}, "alice"),
]


@pytest.mark.parametrize(("path", "data", "who"), WRITES)
def test_readers_and_strangers_write_nothing(
    world: World, client_for, assessment: Assessment, path: str, data: dict, who: str
) -> None:
    url = at(world, path.format(assessment.pk))
    assert client_for(world.bob).post(url, data).status_code == 403
    assert client_for(world.charlie).post(url, data).status_code == 404
    assert client_for(getattr(world, who)).get(url).status_code in {200, 302, 400, 405}


def test_a_group_sends_to_its_establishments(world: World, client_for) -> None:
    page = client_for(world.bob).get(f"/o/{world.ght.pk}/auto-evaluation/")
    assert "se fait dans chaque établissement" in words(page)


# Answering from the pages -------------------------------------------------------------------------------------------


def test_saving_one_answer_costs_ten_statements_at_most(
    world: World, client_for, assessment: Assessment, django_assert_max_num_queries
) -> None:
    client = client_for(world.alice)
    url = at(world, f"{assessment.pk}/repondre/{KEY}/")
    with django_assert_max_num_queries(10):
        reply = post_json(client, url, level=3, version=2)
    assert reply.status_code == 200, reply.content
    data = reply.json()
    assert (data["level"], data["version"], data["said"]) == (3, 3, "niveau 3")
    assert data["saved"].startswith("Enregistré à ")
    new = referentials.care().criteria[-1].id
    with django_assert_max_num_queries(10):
        assert post_json(client, at(world, f"{assessment.pk}/repondre/{new}/"), level=0, version=0).status_code == 200
    actions.assign(SYSTEM, world.hospital, assessment, KEY, user_id=world.alice.pk)
    with django_assert_max_num_queries(10):
        assert post_json(client, url, level=1, version=3).status_code == 200
    with django_assert_max_num_queries(10):
        assert post_json(client, url, undo=True, version=4).json()["level"] == 3


def test_saving_in_an_imported_framework_costs_no_more(world: World, client_for, django_assert_max_num_queries) -> None:
    opened = imported_assessment(world, 20)
    client = client_for(world.alice)
    key = "urn:x:req/A.1 é"
    with django_assert_max_num_queries(10):
        reply = post_json(client, at(world, f"{opened.pk}/repondre/{key}/"), level=1, version=0)
    assert reply.json()["criterion"] == key


def test_a_conflict_tells_who_what_and_when(world: World, client_for, assessment: Assessment) -> None:
    colleague = make_user("Camille Roux")
    give(colleague, world.hospital, "contributeur")
    url = at(world, f"{assessment.pk}/repondre/{KEY}/")
    assert post_json(client_for(colleague), url, level=3, comment="Vu.", version=2).status_code == 200
    reply = post_json(client_for(world.alice), url, level=1, version=2)
    assert reply.status_code == 409
    data = reply.json()
    assert re.fullmatch("Camille Roux a répondu « niveau 3 » à \\d+ h \\d\\d\\.", data["detail"].replace("\xa0", " "))
    assert (data["stored"]["level"], data["stored"]["comment"], data["stored"]["version"]) == (3, "Vu.", 3)
    assert post_json(client_for(world.alice), url, level=1, version=3).json()["level"] == 1
    assert "dans une autre fenêtre" in post_json(client_for(world.alice), url, level=2, version=3).json()["detail"]


def test_without_javascript_the_form_does_the_same(world: World, client_for, assessment: Assessment) -> None:
    client = client_for(world.alice)
    url = at(world, f"{assessment.pk}/repondre/{KEY}/")
    onward = at(world, f"{assessment.pk}/questions/GOV.2.2/")
    data = {"level": "4", "comment": "Oui.", "justification": "", "version": "2", "suite": onward}
    assert client.post(url, data).headers["Location"] == onward
    row = assessment.answers.get(criterion=KEY)
    assert (row.level, row.comment) == (4, "Oui.")
    page = client.post(url, {**data, "level": "1"})
    assert page.status_code == 409
    assert "Mettre la mienne : niveau 1" in words(page)
    assert 'name="version" value="3"' in words(page)
    away = client.post(url, {"level": "2", "version": "3", "suite": "https://ailleurs.invalid/"})
    assert away.headers["Location"] == at(world, f"{assessment.pk}/questions/{KEY}/")
    client.post(url, {"level": ["2", "na"], "justification": "Pas de SI.", "version": "4"})
    assert assessment.answers.get(criterion=KEY).not_applicable
    assert client.post(url, {"version": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ("{", 400, "pas lisible"),
        ("[]", 400, "pas lisible"),
        ('{"level": 2}', 400, "Il manque la version"),
        ('{"level": "2", "version": 2}', 400, "nombre entier"),
        ('{"level": true, "version": 2}', 400, "nombre entier"),
        ('{"level": 9, "version": 2}', 400, "le niveau 9 n'existe pas"),
        ('{"comment": 3, "version": 2}', 400, "pas lisible"),
        ('{"not_applicable": true, "version": 2}', 400, "justification"),
    ],
)
def test_bad_answers_are_said_and_change_nothing(
    world: World, client_for, assessment: Assessment, body: str, status: int, sentence: str
) -> None:
    url = at(world, f"{assessment.pk}/repondre/{KEY}/")
    headers = {"Accept": "application/json"}
    reply = client_for(world.alice).post(url, body, content_type="application/json", headers=headers)
    assert reply.status_code == status
    assert sentence in reply.json()["detail"]
    assert assessment.answers.get(criterion=KEY).version == 2


def test_a_closed_assessment_says_so(world: World, client_for, assessment: Assessment) -> None:
    actions.submit(SYSTEM, world.hospital, assessment)
    reply = post_json(client_for(world.alice), at(world, f"{assessment.pk}/repondre/{KEY}/"), level=3, version=2)
    assert reply.status_code == 400
    assert "soumise à la direction" in reply.json()["detail"]
    assert post_json(client_for(world.alice), at(world, "9999/repondre/X/"), level=3, version=2).status_code == 404


# The whole list -----------------------------------------------------------------------------------------------------


def imported_assessment(world: World, size: int) -> Assessment:
    keys = [f"A.{i}" for i in range(1, size)] + ["urn:x:req/A.1 é"]
    content = small_referential(
        [criterion(key, objective="A.o", levels=("Non", "En partie", "Oui")) for key in keys], (), digest=f"d{size}"
    )
    row = ImportedReferential.objects.create(
        node=world.region.node, key="x", version="1", name="Cadre", digest=f"d{size}", content=to_data(content)
    )
    return actions.start(SYSTEM, world.hospital, referential=f"imported:{row.pk}")


def test_the_list_costs_the_same_for_112_or_336_questions(
    world: World, client_for, assessment: Assessment, django_assert_max_num_queries
) -> None:
    client = client_for(world.alice)
    actions.assign(SYSTEM, world.hospital, assessment, KEY, user_id=world.alice.pk)
    with django_assert_max_num_queries(12):
        page = client.get(at(world, f"{assessment.pk}/questions/"))
    assert page.content.decode().count('class="qrow"') == 112
    opened = imported_assessment(world, 336)
    with django_assert_max_num_queries(12):
        page = client.get(at(world, f"{opened.pk}/questions/"))
    assert page.content.decode().count('class="qrow"') == 336
    assert 'href="./urn%3Ax%3Areq%2FA.1%20%C3%A9/"' in page.content.decode()


def row_of(page, key: str) -> str:
    return re.search(
        rf'<li class="qrow"[^>]*data-c="{re.escape(key)}".*?</li>(?=<li class="qrow"|</ol>)',
        page.content.decode(),
        re.S,
    )[0]


def test_a_row_says_what_stands_beside_the_answer(world: World, client_for, assessment: Assessment, observe) -> None:
    client = client_for(world.alice)
    colleague = make_user("Zoé <Roux>")
    give(colleague, world.hospital, "contributeur")
    actions.assign(SYSTEM, world.hospital, assessment, "GOV.1.2", user_id=colleague.pk)
    actions.answer(SYSTEM, world.hospital, assessment, "GOV.1.2", comment="Compte financier 2025.")
    observe(world.hospital, "budget_numerique_pct", 1.6)
    row = row_of(client.get(at(world, f"{assessment.pk}/questions/")), "GOV.1.2")
    assert "mesuré : 2" in row.replace("\xa0", " ")
    assert 'value="2" checked' in row
    assert 'class="lv-one m"' in row
    assert "commentée" in row
    assert "confiée à Zoé &lt;Roux&gt;" in row
    actions.answer(SYSTEM, world.hospital, assessment, "GOV.1.2", level=4)
    row = row_of(client.get(at(world, f"{assessment.pk}/questions/")), "GOV.1.2")
    assert "Déclaré 4, mesuré 2" in row
    assert "desaccord" in row


def test_filters_work_without_javascript(world: World, client_for, assessment: Assessment) -> None:
    client = client_for(world.alice)

    def shown(query: str) -> int:
        page = client.get(at(world, f"{assessment.pk}/questions/?{query}")).content.decode()
        return len(re.findall(r'<li class="qrow"(?![^>]*\shidden>)', page))

    assert shown("") == 112
    assert shown("montrer=sans-reponse") == 9
    assert shown("montrer=socle") == 24
    assert shown("montrer=socle&axe=GOV") < 24
    assert shown("cherche=ANNUAIRE") == shown("cherche=annuaire") > 0
    assert shown("cherche=rien+de+tel+xyz") == 0
    assert shown("montrer=n-importe") == 112


def test_texts_of_levels_are_fetched_once(world: World, client_for, assessment: Assessment) -> None:
    client = client_for(world.alice)
    page = client.get(at(world, f"{assessment.pk}/questions/")).content.decode()
    url = re.search(r'data-texts="([^"]+)"', page)[1]
    reply = client.get(url)
    assert reply.json()[KEY] == list(referentials.care().criterion[KEY].levels)
    assert "immutable" in reply.headers["Cache-Control"]
    assert client.get(at(world, f"{assessment.pk}/niveaux/autre/")).status_code == 404
    assert client_for(world.charlie).get(url).status_code == 404


def test_skeletons_do_not_mix_referentials(world: World) -> None:
    one = small_referential([criterion("A.o.1", title="Un")], (), digest="a")
    two = small_referential([criterion("A.o.1", title="Deux")], (), digest="b")
    assert "Un" in rows.skeletons(one)["A.o.1"].texts[0] + "".join(rows.skeletons(one)["A.o.1"].texts)
    assert "Deux" in "".join(rows.skeletons(two)["A.o.1"].texts)


# One question -------------------------------------------------------------------------------------------------------


def test_one_question_shows_what_helps_to_answer(world: World, client_for, assessment: Assessment, observe) -> None:
    observe(world.hospital, "budget_numerique_pct", 1.2)
    actions.answer(world.actor(world.alice), world.hospital, assessment, "GOV.1.2", level=0)
    actions.answer(world.actor(world.alice), world.hospital, assessment, "GOV.1.2", level=2)
    page = words(client_for(world.alice).get(at(world, f"{assessment.pk}/questions/GOV.1.2/")))
    care = referentials.care().criterion["GOV.1.2"]
    for text in (care.question, care.why[:40], *care.evidence, "Critère" if care.socle else "Part du budget"):
        assert text.replace("'", "&#x27;") in page
    assert "Déclaré 2, mesuré 1" in page
    assert "mesuré : 1" in page
    assert "Niveau 1 en" in page  # last time
    assert "Alice Arnaud a changé la réponse : de niveau 0 à niveau 2" in page
    assert "Ce qui ferait monter le niveau" in page
    assert client_for(world.alice).get(at(world, f"{assessment.pk}/questions/GOV.9.9/")).status_code == 404


def test_one_question_costs_the_same_however_much_was_written(
    world: World, client_for, assessment: Assessment, django_assert_max_num_queries
) -> None:
    client = client_for(world.alice)
    url = at(world, f"{assessment.pk}/questions/{KEY}/")
    for level in (1, 2, 3, 4) * 4:
        actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, level=level)
    for name in ("Une", "Deux", "Trois"):
        data = {"preuve-title": name, "preuve-url": "https://intranet.invalid/x"}
        client.post(at(world, f"{assessment.pk}/preuve/{KEY}/"), data)
    with django_assert_max_num_queries(19):
        assert client.get(url).status_code == 200


def test_a_proof_is_attached_reused_and_detached(world: World, client_for, assessment: Assessment) -> None:
    client = client_for(world.alice)
    url = at(world, f"{assessment.pk}/preuve/{KEY}/")
    upload = SimpleUploadedFile("pssi.txt", "Politique de sécurité".encode())
    day = (timezone.localdate() + dt.timedelta(days=20)).isoformat()
    assert client.post(url, {"preuve-upload": upload, "preuve-expires_on": day}).status_code == 302
    page = words(client.get(at(world, f"{assessment.pk}/questions/{KEY}/")))
    assert "pssi.txt" in page
    assert "expire le" in page
    pk = re.search(r'name="detach" value="(\d+)"', page)[1]
    other = at(world, f"{assessment.pk}/preuve/GOV.1.1/")
    assert client.post(other, {"existing": pk}).status_code == 302
    assert client.post(url, {"detach": pk}).status_code == 302
    assert "pssi.txt" in words(client.get(at(world, f"{assessment.pk}/questions/GOV.1.1/")))
    assert client.post(url, {"preuve-title": "Rien"}).status_code == 400
    assert client.post(url, {"existing": "x"}).status_code == 400


def test_a_question_is_given_and_taken_back(world: World, client_for, assessment: Assessment) -> None:
    client = client_for(world.alice)
    url = at(world, f"{assessment.pk}/confier/")
    assert "À qui confier ces questions" in words(client.get(f"{url}?objectif=GOV.1"))
    data = {"question": [KEY], "user": world.alice.pk, "message": "Pour toi", "due_on": "2030-01-02"}
    assert client.post(url, data).headers["Location"] == at(world, f"{assessment.pk}/questions/{KEY}/")
    page = words(client.get(at(world, "mes-questions/")))
    assert "Pour toi" in page
    assert "Une question vous attend" not in page
    given = queries.assigned_to(world.alice, world.hospital.node)[0]
    assert client.post(at(world, f"{assessment.pk}/confier/{given.pk}/retirer/")).status_code == 302
    assert queries.assigned_to(world.alice, world.hospital.node) == []
    assert client.get(url).status_code == 400


# Judgement ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "most"), [("bilan/", 13), ("demarrage/", 12), ("changements/", 12), ("validation/", 13)]
)
def test_judging_pages_cost_little(
    world: World, client_for, assessment: Assessment, page: str, most: int, django_assert_max_num_queries
) -> None:
    client = client_for(world.alice)
    with django_assert_max_num_queries(most):
        assert client.get(at(world, f"{assessment.pk}/{page}")).status_code == 200


def test_the_judgement_says_reasons_and_progress(world: World, client_for, assessment: Assessment) -> None:
    page = words(client_for(world.alice).get(at(world, f"{assessment.pk}/bilan/")))
    assert "Palier" in page
    assert "faiblesses, en commençant par la plus pressante" in page
    assert "Avançons-nous" in page
    assert page.count("<svg") > 6
    assert "style=" not in page
    assert "provisoire" in page  # nine questions are left


def test_what_changed_is_told_with_who_and_when(world: World, client_for, assessment: Assessment) -> None:
    actions.answer(world.actor(world.alice), world.hospital, assessment, KEY, level=0)
    page = words(client_for(world.alice).get(at(world, f"{assessment.pk}/changements/")))
    assert "niveau 1 → niveau 0" in page
    assert "Alice Arnaud, " in page
    assert "55 niveaux ont monté, 1 a baissé" in page


def test_the_start_asks_the_socle_then_judges(world: World, client_for) -> None:
    client = client_for(world.alice)
    reply = client.post(at(world, "commencer/"), {"referential": "care"}, follow=True)
    page = words(reply)
    assert "24 questions pour un premier bilan" in page
    opened = queries.current(world.hospital.node)
    socle = [c.id for c in queries.sheet(world.hospital, opened).socle]
    assert at(world, f"{opened.pk}/demarrage/{socle[0]}/") in page
    actions.answer_many(SYSTEM, world.hospital, opened, [(key, 1) for key in socle[:14]])
    page = words(client.get(at(world, f"{opened.pk}/demarrage/")))
    assert f"14 questions du socle sur {len(socle)}" in page
    assert "6 priorités pour commencer" in page
    assert "provisoire" in page
    actions.answer_many(SYSTEM, world.hospital, opened, [(key, 1) for key in socle])
    page = words(client.get(at(world, f"{opened.pk}/demarrage/")))
    assert f"Les {len(socle)} questions du socle ont une réponse" in page
    not_socle = next(c.id for c in referentials.care().criteria if not c.socle)
    assert client.get(at(world, f"{opened.pk}/demarrage/{not_socle}/")).status_code == 404


# The whole way ------------------------------------------------------------------------------------------------------


def test_submit_validate_and_the_overview(world: World, client_for, assessment: Assessment) -> None:
    alice, director = client_for(world.alice), client_for(world.director)
    page = words(alice.get(at(world)))
    assert "103 réponses données sur 112" in page
    assert "91 %" in page  # the rail
    assert "9 questions" in page
    assert alice.post(at(world, f"{assessment.pk}/soumettre/")).status_code == 302
    assert "à valider" in words(alice.get("/etablissements/")) or "à valider" in words(alice.get(at(world)))
    assert "Validez-vous cette auto-évaluation" in words(director.get(at(world, f"{assessment.pk}/validation/")))
    assert director.post(at(world, f"{assessment.pk}/valider/")).status_code == 302
    page = words(director.get(at(world)))
    assert "Validée le" in page
    assert "+0," in page
    page = alice.post(at(world, f"{assessment.pk}/rouvrir/"), {"reason": ""})
    assert page.status_code == 400
    assert alice.post(at(world, f"{assessment.pk}/rouvrir/"), {"reason": "Oubli"}).status_code == 302
    assert "« Oubli »" in words(alice.get(at(world, f"{assessment.pk}/validation/")))


def test_the_rail_counts_with_one_query(world: World, assessment: Assessment, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        counter = queries.rail_counter(world.hospital)
    assert counter is not None
    assert counter.text.replace("\xa0", " ") == "91 %"
    with django_assert_num_queries(1):
        assert queries.rail_counter(world.sister) is None


def test_proposed_levels_are_decided_from_the_overview(world: World, client_for, assessment: Assessment) -> None:
    raises = [(KEY, 3), ("GOV.1.1", 4)]
    origin = "Action « Nommer » terminée"
    first, second = actions.propose_levels(SYSTEM, world.hospital.node, "care", origin, "action:1", raises)
    client = client_for(world.alice)
    assert origin in words(client.get(at(world)))
    assert client.post(at(world, f"propositions/{first.pk}/accepter/")).status_code == 302
    assert client.get(at(world, f"propositions/{second.pk}/refuser/")).status_code == 200
    assert client.post(at(world, f"propositions/{second.pk}/refuser/"), {"reason": "Non"}).status_code == 302
    assert origin not in words(client.get(at(world)))
    assert assessment.answers.get(criterion=KEY).level == 3
    assert client.post(at(world, f"propositions/{second.pk}/accepter/")).status_code == 400
    assert client.post(at(world, "propositions/999/accepter/")).status_code == 404
