# SPDX-License-Identifier: EUPL-1.2
"""The API against its own description: whatever is sent, it answers as openapi.json says, with keys right and wrong."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation

from carene.apps.exchange.api import api
from carene.apps.exchange.models import ApiToken
from carene.apps.indicators import actions as indicators
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
from carene.engines.exchange.questionnaire import Measured
from tests.apps.exchange.test_api import KEY, machine
from tests.support.campaigns import make_campaign
from tests.support.factories import World, give, make_action, make_assessment, make_user

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
# What is well-formed may still be refused by a rule of the trade: no such indicator, a closed assessment.
schema.config.checks.positive_data_acceptance.expected_statuses += ["400"]
schema.config.generation.with_security_parameters = False  # keys are ours to give
BOUNDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,  # the same requests each time
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


class Bed:
    """One hospital with something of everything, and keys of each kind."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.assessment = make_assessment(world.hospital, {"GOV.1.1": 1, "GOV.1.2": 2})
        make_action(world.hospital, "Sauvegarder ailleurs", owner=world.alice, raises=[])
        today = timezone.localdate()
        one = Measured(KEY, 1.5, today - dt.timedelta(days=9), "Relevé", "")
        indicators.record_many(world.actor(world.alice), world.hospital, [one])
        self.real: dict[str, Any] = {
            "node_id": world.hospital.pk,
            "assessment_id": self.assessment.pk,
            "criterion": "GOV.1.1",
            "figure": "rssi_nomme",
            "campaign_id": make_campaign(world.ght, world.hospital, "Alice")[0],
        }
        measured = {"indicator": KEY, "value": 2, "date": today.isoformat(), "source": "Agent"}
        self.bodies: dict[str, Any] = {
            "put_answer": {"level": 3, "version": 1},
            "record_observation": measured,
            "record_observations": {"observations": [measured]},
        }
        gone = make_user("Gaëlle Partie")
        give(gone, world.hospital, "rssi")
        self.key = machine(world, world.alice)
        self.others: dict[str, dict[str, str]] = {
            "reads only": machine(world, world.alice, writes=False),
            "of a reader": machine(world, world.bob),
            "of elsewhere": machine(world, world.charlie, world.elsewhere),
            "none": {},
            "unknown": {"Authorization": "Bearer carene_" + "x" * 43},
            "not a key": {"Authorization": "Bearer \u00e9"},
            "another way": {"Authorization": "Basic YTpi"},
            "expired": machine(world, world.alice, days=1),
            "of someone who left": machine(world, gone),
        }
        mine = ApiToken.objects.of(world.hospital.node).filter(user=world.alice)
        mine.filter(expires_at__lt=timezone.now() + dt.timedelta(days=2)).update(expires_at=timezone.now())
        User.objects.filter(pk=gone.pk).update(is_active=False)
        self.aimed = itertools.cycle([True, True, False])
        self.turn = itertools.cycle(self.others)

    def aim(self, case: Case) -> None:
        """Two times of three, at what exists: else nearly everything would be answered by 404."""
        part = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
        if next(self.aimed) and part is not None and part.mode is GenerationMode.POSITIVE:
            case.path_parameters.update({name: self.real[name] for name in case.path_parameters})


@pytest.fixture
def bed(world: World) -> Bed:
    return Bed(world)


@pytest.fixture(autouse=True)
def _inside_the_test() -> Iterator[None]:
    """The end of a request closes no connection: the transaction of the test is in it (as Django's own client does)."""
    logging.disable(logging.ERROR)
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
    logging.disable(logging.NOTSET)


def call(case: Case, headers: dict[str, str]) -> tuple[Any, bool]:
    """The answer, and whether something was written; nothing is left of it."""
    cache.clear()  # refused keys are counted
    with transaction.atomic():
        before = Entry.objects.count()
        response = case.call(headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})
        wrote = Entry.objects.count() != before
        transaction.set_rollback(True)
    return response, wrote


@schema.parametrize()
@BOUNDED
def test_it_answers_as_it_is_described(case: Case, bed: Bed) -> None:
    bed.aim(case)
    response, wrote = call(case, bed.key)
    case.validate_response(response, headers=bed.key)
    assert not wrote or (case.method in WRITING and response.status_code < 300)


def illegible(response: Any) -> bool:
    """A NUL, or a body that is not JSON: refused before anyone looks at who asks."""
    said = response.json().get("detail", "") if response.status_code == 400 else ""
    return "caractère nul" in said or "JSON lisible" in said


@schema.parametrize()
@BOUNDED
def test_other_keys_open_no_more_than_they_should(case: Case, bed: Bed) -> None:
    bed.aim(case)
    holder = next(bed.turn)
    headers = bed.others[holder]
    response, wrote = call(case, headers)
    case.validate_response(response, headers=headers)
    assert not wrote, holder
    if response.status_code in {404, 405} or illegible(response):
        return
    if holder not in {"reads only", "of a reader", "of elsewhere"}:
        assert response.status_code == 401, holder
    elif case.method in WRITING:
        assert response.status_code in {403, 422}, holder
    elif holder == "of elsewhere":
        assert "Alice" not in response.text
        assert "{" not in case.operation.path or response.status_code == 422


@pytest.mark.parametrize("operation", [one.ok() for one in schema.get_all_operations()], ids=lambda one: one.label)
def test_everything_real_is_given(operation: Any, bed: Bed) -> None:
    """So that what is above does not pass because nothing was ever reached."""
    body = {"body": bed.bodies[operation.definition.raw["operationId"]]} if operation.method.upper() in WRITING else {}
    case = operation.Case(
        path_parameters={name: bed.real[name] for name in re.findall(r"{(\w+)}", operation.path)},
        media_type="application/json" if body else None,
        **body,
    )
    response, wrote = call(case, bed.key)
    assert response.status_code in {200, 201}
    case.validate_response(response, headers=bed.key)
    assert wrote == bool(body)


def test_a_session_alone_writes_nothing(bed: Bed) -> None:
    """A page of another site may send the cookie, never the token that goes with it."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(bed.world.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    tried = 0
    for one in schema.get_all_operations():
        operation = one.ok()
        address = operation.path.format(**bed.real)
        if operation.method.upper() in WRITING:
            body = json.dumps(bed.bodies[operation.definition.raw["operationId"]])
            response = client.generic(operation.method.upper(), address, body, content_type="application/json")
            assert response.status_code == 403, address
            assert response.json()["detail"]
            tried += 1
    assert tried >= 3


@pytest.mark.parametrize("path", ["/api/rien", "/api/organisations/1/assessments/1/answers/a%0Ab", "/api/"])
def test_an_address_of_nothing_speaks_to_machines_too(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json() == {"detail": "Rien ne répond à cette adresse.", "errors": []}


@pytest.mark.django_db
@pytest.mark.parametrize("node", [-1, 0, -(2**63) - 1, 2**63, 10**40])
def test_a_number_that_no_row_can_have_is_not_found(bed: Bed, node: int) -> None:
    for tail in ("", "/assessments", f"/assessments/{bed.assessment.pk}/answers", "/observations", "/actions"):
        assert Client(headers=bed.key).get(f"/api/organisations/{node}{tail}").status_code == 404
    for tail in ("", "/answers", "/judgement"):
        address = f"/api/organisations/{bed.world.hospital.pk}/assessments/{node}{tail}"
        assert Client(headers=bed.key).get(address).status_code == 404


@pytest.mark.parametrize("value", ["1.5", True, None, [1]])
def test_a_text_is_no_number(bed: Bed, value: Any) -> None:
    body = bed.bodies["record_observation"] | {"value": value}
    address = f"/api/organisations/{bed.world.hospital.pk}/observations"
    response = Client(headers=bed.key).post(address, json.dumps(body), content_type="application/json")
    assert response.status_code == 422


def test_bounds_stand_in_the_description() -> None:
    """pydantic leaves out the bounds that come after some validators."""
    text = json.dumps(api.get_openapi_schema(path_prefix="/api/"))
    assert not re.search(r'"(ge|gt|le|lt)":', text)


def test_a_failure_speaks_to_machines_too(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("carene.apps.exchange.api.organisations.find", broken)
    client = Client(headers=bed.key, raise_request_exception=False)
    response = client.get(f"/api/organisations/{bed.world.hospital.pk}")
    assert response.status_code == 500
    assert "erreur" in response.json()["detail"]
    assert "secret detail" not in response.content.decode()


def test_keys_that_open_nothing_are_counted(bed: Bed) -> None:
    cache.clear()
    unknown, good = Client(headers=bed.others["unknown"]), Client(headers=bed.key)
    answers = [unknown.get("/api/organisations") for _ in range(61)]
    assert [one.status_code for one in answers] == [401] * 60 + [429]
    assert "attendre" in answers[-1].json()["detail"]
    assert good.get("/api/organisations").status_code == 200, "a good key is not counted"
    cache.clear()
