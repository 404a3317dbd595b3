# SPDX-License-Identifier: EUPL-1.2
"""The API: the same scopes and verbs as the pages."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from carene.apps.assessments import actions as assessment_actions
from carene.apps.assessments.models import Answer, Assessment
from carene.apps.exchange import actions
from carene.apps.exchange.api import openapi_text
from carene.apps.exchange.models import ApiToken
from carene.apps.indicators.models import Observation
from carene.core.journal.models import Entry
from carene.engines.sources import InputError
from tests.support.factories import World, give, make_assessment

KEY = "budget_numerique_pct"
SNAPSHOT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "openapi.json"


def call(client: Client, method: str, path: str, data: Any = None, **headers: str) -> Any:
    body = {} if data is None else {"data": json.dumps(data), "content_type": "application/json"}
    return getattr(client, method)(f"/api{path}", **body, headers=headers)


def machine(
    world: World, user: Any, organisation: Any = None, *, writes: bool = True, days: int = 30
) -> dict[str, str]:
    _, text = actions.create_token(
        world.actor(user), organisation or world.hospital, name="essai", days=days, read_only=not writes
    )
    return {"Authorization": f"Bearer {text}"}


def test_the_description_is_the_committed_one() -> None:
    """When the API changes on purpose: scripts/openapi.py, then read the difference."""
    assert SNAPSHOT.read_text(encoding="utf-8") == openapi_text()


def test_the_description_is_open_and_everything_else_is_closed(world: World) -> None:
    assert Client().get("/api/openapi.json").status_code == 200
    for path in ("/organisations", "/indicators", f"/organisations/{world.hospital.pk}/observations"):
        assert call(Client(), "get", path).status_code == 401


def test_one_sees_what_one_may_see(world: World, client_for: Any) -> None:
    names = {row["name"] for row in call(client_for(world.bob), "get", "/organisations").json()}
    assert names == {world.ght.name, world.hospital.name, world.sister.name}
    assert [row["name"] for row in call(client_for(world.charlie), "get", "/organisations").json()] == [
        world.elsewhere.name
    ]


def test_every_address_by_alice_bob_charlie(world: World, client_for: Any, assessment: Assessment) -> None:
    base = f"/organisations/{world.hospital.pk}"
    one = f"{base}/assessments/{assessment.pk}"
    reads = [
        base,
        f"{base}/assessments",
        one,
        f"{one}/answers",
        f"{one}/judgement",
        f"{base}/observations",
        f"{base}/actions",
    ]
    alice, bob, charlie = (client_for(user) for user in (world.alice, world.bob, world.charlie))
    for path in reads:
        assert [call(c, "get", path).status_code for c in (alice, bob, charlie)] == [200, 200, 404], path
    put = {"level": 2, "version": 1}
    post = {"indicator": KEY, "value": 1.7, "date": "2026-03-09", "source": "x"}
    for method, path, data in (
        ("put", f"{one}/answers/GOV.1.1", put),
        ("post", f"{base}/observations", post),
        ("post", f"{base}/observations/batch", {"observations": [post]}),
    ):
        assert [call(c, method, path, data).status_code for c in (charlie, bob)] == [404, 403], path
        assert call(alice, method, path, data).status_code in {200, 201}, path


def test_the_assessment_of_another_is_not_found(world: World, alice: Any, assessment: Assessment) -> None:
    other = make_assessment(world.elsewhere, {"GOV.1.1": 4})
    base = f"/organisations/{world.hospital.pk}/assessments/{other.pk}"
    assert call(alice, "get", f"{base}/answers").status_code == 404
    assert call(alice, "put", f"{base}/answers/GOV.1.1", {"level": 1, "version": 1}).status_code == 404


def test_answers_are_versioned(world: World, alice: Any, assessment: Assessment) -> None:
    path = f"/organisations/{world.hospital.pk}/assessments/{assessment.pk}/answers"
    listed = {row["criterion"]: row for row in call(alice, "get", path).json()}
    assert (listed["GOV.1.1"]["level"], listed["GOV.1.1"]["version"]) == (1, 1)
    assert (listed["GOV.1.3"]["level"], listed["GOV.1.3"]["version"]) == (None, 0)
    response = call(alice, "put", f"{path}/GOV.1.1", {"level": 3, "comment": "vu", "version": 1})
    assert response.json()["version"] == 2
    late = call(alice, "put", f"{path}/GOV.1.1", {"level": 0, "version": 1})
    assert late.status_code == 409
    assert late.json()["stored"]["level"] == 3
    assert call(alice, "put", f"{path}/GOV.1.1", {"comment": "mieux", "version": 2}).json()["level"] == 3
    assert Answer.objects.get(assessment=assessment, criterion="GOV.1.1").comment == "mieux"
    assert Entry.objects.filter(origin="api").count() == 2


@pytest.mark.parametrize(
    ("data", "status"),
    [({"level": 9, "version": 1}, 400), ({"not_applicable": True, "version": 1}, 400), ({"level": 2}, 422),
     ({"level": "2", "version": 1, "autre": 1}, 422), ({"level": 2.5, "version": 1}, 422), ([], 422)],
)  # fmt: skip
def test_wrong_answers_change_nothing(world: World, alice: Any, assessment: Assessment, data: Any, status: int) -> None:
    path = f"/organisations/{world.hospital.pk}/assessments/{assessment.pk}/answers/GOV.1.1"
    response = call(alice, "put", path, data)
    assert response.status_code == status
    assert response.json()["detail"].endswith(".")
    assert Answer.objects.get(assessment=assessment, criterion="GOV.1.1").level == 1


def test_an_unknown_question_is_said(world: World, alice: Any, assessment: Assessment) -> None:
    path = f"/organisations/{world.hospital.pk}/assessments/{assessment.pk}/answers"
    assert "n'existe pas" in call(alice, "put", f"{path}/a/b/c", {"level": 1, "version": 0}).json()["detail"]


def test_the_judgement_has_the_keys_of_the_command_line(world: World, alice: Any, assessment: Assessment) -> None:
    data = call(alice, "get", f"/organisations/{world.hospital.pk}/assessments/{assessment.pk}/judgement").json()
    assert {"axes", "objectives", "step"} <= data["maturity"].keys()
    assert {one["criterion"] for one in data["strengths"]} == {"OPS.5.1"}


def test_observations_are_recorded_once(world: World, alice: Any) -> None:
    path = f"/organisations/{world.hospital.pk}/observations"
    one = {"indicator": KEY, "value": 1.7, "date": "2026-03-09", "source": "Agent"}
    assert [call(alice, "post", path, one).status_code for _ in range(2)] == [201, 200]
    assert call(alice, "post", path, one | {"value": 1.8}).status_code == 400
    batch = {"observations": [one, one | {"value": 1.8, "date": "2026-04-09"}]}
    assert call(alice, "post", f"{path}/batch", batch).json()["known"] == 1
    batch["observations"][0]["value"] = 1.9
    assert call(alice, "post", f"{path}/batch", batch).status_code == 400
    assert call(alice, "post", f"{path}/batch", batch | {"replace": True}).json()["replaced"] == 1
    data = call(alice, "get", f"{path}?indicator={KEY}&limit=1").json()
    assert data["count"] == 2
    assert [row["value"] for row in data["observations"]] == [1.8]
    assert call(alice, "get", f"{path}?since=2026-04-01").json()["count"] == 1


def test_a_wrong_batch_names_each_fault_and_writes_nothing(world: World, alice: Any) -> None:
    good = {"indicator": KEY, "value": 1.7, "date": "2026-03-09", "source": "x"}
    future = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    batch = {"observations": [good, good | {"indicator": "rien"}, good | {"date": future}]}
    response = call(alice, "post", f"/organisations/{world.hospital.pk}/observations/batch", batch)
    assert response.status_code == 400
    assert [one.split(" :")[0] for one in response.json()["errors"]] == ["observations, n° 2", "observations, n° 3"]
    assert not Observation.objects.of(world.hospital.node).exists()


def test_a_session_needs_its_csrf_token_to_write(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert call(client, "get", "/organisations").status_code == 200
    one = {"indicator": KEY, "value": 1.7, "date": "2026-03-09", "source": "x"}
    assert call(client, "post", f"/organisations/{world.hospital.pk}/observations", one).status_code == 403
    assert not Observation.objects.of(world.hospital.node).exists()


# Keys ----------------------------------------------------------------------------------------------------------------


def test_a_key_opens_what_its_owner_may_do(world: World) -> None:
    headers = machine(world, world.alice)
    one = {"indicator": KEY, "value": 1.7, "date": "2026-03-09", "source": "x"}
    path = f"/organisations/{world.hospital.pk}/observations"
    client = Client(enforce_csrf_checks=True)
    assert call(client, "post", path, one, **headers).status_code == 201
    assert Observation.objects.of(world.hospital.node).get().recorded_by == world.alice
    assert ApiToken.objects.of(world.hospital.node).get().last_used_at is not None
    bob = machine(world, world.bob)
    assert call(client, "post", path, one, **bob).status_code == 403


def test_a_key_to_read_does_not_write(world: World) -> None:
    headers = machine(world, world.alice, writes=False)
    one = {"indicator": KEY, "value": 1.7, "date": "2026-03-09", "source": "x"}
    path = f"/organisations/{world.hospital.pk}/observations"
    assert call(Client(), "get", path, **headers).status_code == 200
    response = call(Client(), "post", path, one, **headers)
    assert response.status_code == 403
    assert "lecture seule" in response.json()["detail"]


def test_a_key_sees_its_node_and_below_only(world: World) -> None:
    """Bob reads the whole group; his key for one hospital does not."""
    names = lambda headers: {row["name"] for row in call(Client(), "get", "/organisations", **headers).json()}  # noqa: E731
    assert names(machine(world, world.bob, world.hospital)) == {world.hospital.name}
    assert names(machine(world, world.bob, world.ght)) == {world.ght.name, world.hospital.name, world.sister.name}
    path = f"/organisations/{world.sister.pk}"
    assert call(Client(), "get", path, **machine(world, world.bob, world.hospital)).status_code == 404


def test_rights_taken_back_are_taken_from_the_key_too(world: World) -> None:
    headers = machine(world, world.alice)
    world.alice.memberships.all().delete()
    assert call(Client(), "get", "/organisations", **headers).json() == []
    give(world.alice, world.elsewhere, "rssi")
    assert call(Client(), "get", "/organisations", **headers).json() == [], "rights held elsewhere do not count"


@pytest.mark.parametrize("way", ["unknown", "expired", "revoked", "inactive", "empty", "other"])
def test_a_key_that_is_not_good_opens_nothing(world: World, way: str) -> None:
    headers = machine(world, world.alice)
    if way == "expired":
        ApiToken.objects.of(world.hospital.node).update(expires_at=timezone.now())
    elif way == "revoked":
        token = ApiToken.objects.of(world.hospital.node).get()
        actions.revoke_token(world.actor(world.alice), world.hospital, token.pk)
    elif way == "inactive":
        world.alice.is_active = False
        world.alice.save()
    elif way != "valid":
        value = {"unknown": "Bearer carene_x", "empty": "Bearer ", "other": "Basic YTpi"}[way]
        headers = {"Authorization": value}
    assert call(Client(), "get", "/organisations", **headers).status_code == 401


def test_only_the_hash_of_a_key_is_kept(world: World) -> None:
    text = machine(world, world.alice)["Authorization"].removeprefix("Bearer ")
    token = ApiToken.objects.of(world.hospital.node).get()
    assert text not in {token.hash, token.hint}
    assert text.startswith(token.hint)
    assert len(token.hint) < 12
    assert text not in json.dumps([entry.after for entry in Entry.objects.all()])


@pytest.mark.parametrize("changes", [{"name": " "}, {"days": 0}, {"days": 400}])
def test_wrong_keys_are_refused(world: World, changes: dict[str, Any]) -> None:
    values = {"name": "x", "days": 30, "read_only": True} | changes
    with pytest.raises(InputError):
        actions.create_token(world.actor(world.alice), world.hospital, **values)


def test_keys_are_counted(world: World) -> None:
    for _ in range(actions.KEYS_EACH):
        machine(world, world.alice)
    with pytest.raises(InputError, match="déjà 20 clés"):
        machine(world, world.alice)


def test_the_page_shows_a_key_once(world: World, client_for: Any, alice: Any) -> None:
    path = f"/o/{world.hospital.pk}/echanges/cles/"
    response = alice.post(path, {"name": "Robot de nuit", "days": "90", "writes": "on"})
    token = ApiToken.objects.of(world.hospital.node).get()
    page = response.content.decode()
    assert token.hint in page
    assert "Copiez-la maintenant" in page
    assert "no-store" in response["Cache-Control"]
    assert "Copiez-la maintenant" not in alice.get(path).content.decode()
    assert client_for(world.charlie).get(path).status_code == 404
    bob = client_for(world.bob)
    assert "Robot de nuit" not in bob.get(path).content.decode(), "a key is its owner's business"
    revoke = f"{path}{token.pk}/revoquer/"
    assert bob.post(revoke).status_code == 404
    assert alice.post(revoke).status_code == 302
    assert not ApiToken.objects.of(world.hospital.node).exists()


def test_reading_costs_little(
    world: World, alice: Any, assessment: Assessment, django_assert_max_num_queries: Any
) -> None:
    base = f"/organisations/{world.hospital.pk}"
    headers = machine(world, world.alice)
    call(Client(), "get", "/organisations", **headers)
    for path in (base, f"{base}/assessments", f"{base}/assessments/{assessment.pk}/judgement", f"{base}/actions"):
        with django_assert_max_num_queries(10):
            assert call(Client(), "get", path, **headers).status_code == 200


def test_conflicts_come_from_people_too(world: World, alice: Any, assessment: Assessment) -> None:
    assessment_actions.answer(world.actor(world.alice), world.hospital, assessment, "GOV.1.1", level=4, version=1)
    path = f"/organisations/{world.hospital.pk}/assessments/{assessment.pk}/answers/GOV.1.1"
    response = call(alice, "put", path, {"level": 2, "version": 1})
    assert response.status_code == 409
    assert "Alice Arnaud a répondu « niveau 4 »" in response.json()["detail"]
