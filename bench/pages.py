# SPDX-License-Identifier: EUPL-1.2
"""Pages in process, on SQLite, signed in, with the demonstration: statements and milliseconds."""

from __future__ import annotations

from typing import Any

from bench.databases import at_work, fresh
from bench.framework import library
from bench.table import Table, median_ms


def run(table: Table) -> None:
    with at_work():
        fresh(demo=True)
        client, place, actor = _signed_in()
        sheets = {n: _imported(actor, place, n) for n in (95, 336)}
    from carene.config.warm import warm

    warm()  # as the server does
    peer = {95: "211 SQL, 231 ms", 336: "893 SQL, 1 005 ms"}
    limit = {95: 40, 336: 100}
    for criteria, assessment in sheets.items():
        address = f"/o/{place.pk}/auto-evaluation/{assessment.pk}/questions/"
        table.add(f"questionnaire of {criteria}: SQL", _statements(client, "get", address), "SQL", 12, peer[criteria])
        table.add(
            f"questionnaire of {criteria}: time", median_ms(lambda a=address: _ok(client.get(a))), "ms", limit[criteria]
        )
    _save(table, client, place, sheets[95])
    for name, address in (
        ("home page", f"/o/{place.pk}/"),
        ("roadmap", f"/o/{place.pk}/feuille-de-route/"),
    ):
        table.add(f"{name}: SQL", _statements(client, "get", address), "SQL", None)
        table.add(f"{name}: time", median_ms(lambda a=address: _ok(client.get(a)), runs=10), "ms", None)
    _pdf(table, client, place)


def _signed_in() -> tuple[Any, Any, Any]:
    from django.test import Client

    from carene.apps.organisations import queries
    from carene.core.access.actor import Actor
    from carene.core.accounts.models import User

    user = User.objects.get(email="rssi@demo.invalid")
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    actor = Actor.of(user)
    place = queries.visible(actor).get(short_name="CH de Valmont")
    return client, place, actor


def _imported(actor: Any, place: Any, criteria: int) -> Any:
    """An assessment of an imported framework of that size, half answered."""
    from carene.apps.assessments import actions, referentials
    from carene.engines.referential.ciso_assistant import read_library

    row = actions.import_referential(actor, place, read_library(library(criteria), "bench.yaml"))
    key = f"{referentials.IMPORTED}{row.pk}"
    assessment = actions.start(actor, place, referential=key)
    ids = [c.id for c in referentials.get(key).criteria]
    assert len(ids) == criteria
    actions.answer_many(actor, place, assessment, [(c, i % 5, False, "", "") for i, c in enumerate(ids[::2])])
    return assessment


def _ok(response: Any) -> None:
    assert response.status_code == 200, response.status_code


def _statements(client: Any, method: str, address: str, data: dict[str, Any] | None = None, **more: Any) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    getattr(client, method)(address, data, **more)
    with CaptureQueriesContext(connection) as captured:
        _ok(getattr(client, method)(address, data, **more))
    return len(captured)


def _save(table: Table, client: Any, place: Any, assessment: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from carene.apps.assessments import referentials

    criterion = referentials.of(assessment).criteria[1].id
    address = f"/o/{place.pk}/auto-evaluation/{assessment.pk}/repondre/{criterion}/"
    state = {"version": 0, "level": 0}

    def save() -> None:
        state["level"] = (state["level"] + 1) % 5
        response = client.post(address, state, content_type="application/json", headers={"accept": "application/json"})
        _ok(response)
        state["version"] = response.json()["version"]

    save()
    with CaptureQueriesContext(connection) as captured:
        save()
    table.add("save one answer: SQL", len(captured), "SQL", 10, "39 SQL, 90 ms")
    table.add("save one answer: time (disk synchronised)", median_ms(save, runs=100), "ms", 10)


def _pdf(table: Table, client: Any, place: Any) -> None:
    def fetch() -> None:
        response = client.get(f"/o/{place.pk}/rapports/document.pdf")
        _ok(response)

    table.add(
        "PDF for the board, through the page", median_ms(fetch, runs=5, warm_up=1) / 1000, "s", 1.5, "3.7 s (Word)"
    )
