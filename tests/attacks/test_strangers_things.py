# SPDX-License-Identifier: EUPL-1.2
"""Things of another establishment named inside one's own addresses and forms: never data, never a change there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from carene.core.journal.models import Entry
from tests.attacks.prey import Prey
from tests.isolation.test_every_url import OWNED
from tests.support.factories import give

# Parameters of addresses that name one thing, and where theirs stands.
THINGS = {
    "proposal_id": "proposal", "file_id": "library", "assignment_id": "assignment", "draft_id": "draft",
    "token_id": "token", "evidence_id": "evidence", "observation_id": "observation", "membership_id": "membership",
    "action_id": "action",
}  # fmt: skip
NAMED = re.compile(r"<int:(?!node_id)(\w+)>")


def theirs_in(route: str, theirs: Prey) -> dict[str, Any]:
    """For each thing that a route names: theirs."""
    found: dict[str, Any] = {}
    for name in NAMED.findall(route):
        if name == "draft_id" and "echanges/indicateurs" in route:
            found[name] = theirs.observations_draft
        elif name == "pk":
            found[name] = (
                theirs.action
                if "/actions/" in route
                else theirs.scenario
                if "scenarios" in route
                else theirs.assessment
            )
        elif name in THINGS:
            found[name] = getattr(theirs, THINGS[name])
    return found


ROUTES = [route for route in OWNED if NAMED.search(route)]


@pytest.fixture
def alice(mine: Prey, client_for: Any) -> Client:
    return client_for(mine.owner)


def silent(response: Any) -> bool:
    return "Charlie" not in response.content.decode(errors="replace")


def told_of(prey: Prey) -> int:
    return Entry.objects.filter(node=prey.organisation.node).count()


def test_every_thing_is_looked_for_among_ones_own(mine: Prey, theirs: Prey, alice: Client) -> None:
    before, checked = told_of(theirs), 0
    for route in ROUTES:
        for name, value in theirs_in(route, theirs).items():
            address = mine.address(route, **{name: value})
            form = {"reason": "x", "version": "1", "text": "x", "name": "x"}
            for response in (alice.get(address), alice.post(address, form)):
                assert response.status_code in {400, 404, 405}, (address, response.status_code)
                assert silent(response), address
                checked += response.status_code != 405
    assert checked > 45
    assert told_of(theirs) == before


def test_both_parents_of_an_address_must_agree(mine: Prey, theirs: Prey, alice: Client) -> None:
    """Mine below theirs and theirs below mine: an assignment of another assessment, a measure of another plan."""
    address = f"/o/{mine.node}/auto-evaluation/{mine.imported_assessment}/confier/{mine.assignment}/retirer/"
    assert alice.post(address).status_code == 404
    address = f"/o/{mine.node}/auto-evaluation/{mine.imported_assessment}/questions/GOV.1.1/"
    assert alice.get(address).status_code == 404


DATES = {"start_on": "2027-01-01", "due_on": "2027-01-02"}
FIELDS: list[tuple[str, dict[str, str]]] = [
    ("auto-evaluation/commencer/", {"referential": "imported:{imported}"}),
    ("auto-evaluation/{mine.assessment}/confier/?question=GOV.1.1", {"question": "GOV.1.1", "user": "{colleague.pk}"}),
    ("auto-evaluation/{mine.assessment}/preuve/GOV.1.1/", {"existing": "{evidence}"}),
    ("auto-evaluation/{mine.assessment}/preuve/GOV.1.1/", {"detach": "{evidence}"}),
    (
        "preuves/ajouter/",
        {"title": "x", "url": "https://x.invalid/", "criteria": "imported:{imported}|{imported_criterion}"},
    ),
    ("feuille-de-route/actions/{mine.action}/", {"owner": "{colleague.pk}", "version": "1", "title": "x", **DATES}),
    ("feuille-de-route/actions/nouvelle/", {"owner": "{colleague.pk}", "title": "x", **DATES}),
    ("echanges/?evaluation={assessment}", {}),
]
PARAMETERS = (
    "echanges/?evaluation={assessment}",
    "echanges/exporter/?evaluation={assessment}",
    "echanges/exporter/?portee=confie:{colleague.pk}",
    "rapports/?evaluation={assessment}&scenario={scenario}",
    "rapports/document.xlsx?evaluation={assessment}&scenario={scenario}",
    "feuille-de-route/scenarios/comparer/?s={scenario}&s={adopted}",
    "feuille-de-route/scenarios/?supprime={scenario}",
    "feuille-de-route/?responsable={colleague.pk}",
    "preuves/?critere=imported:{imported}|{imported_criterion}",
    "preuves/a-etayer/?referentiel=imported:{imported}",
    "journal/?qui={colleague.pk}",
    "auto-evaluation/{imported_assessment}/questions/",
)
NOWHERE = ("abc|GOV.1.1", "imported:abc|x", "imported:|x", "imported:999|x", "|", "care|zzz")


def test_forms_take_ones_own_things_only(mine: Prey, theirs: Prey, alice: Client) -> None:
    before = told_of(mine)
    for path, form in FIELDS:
        sent = {name: value.format(mine=mine, **vars(theirs)) for name, value in form.items()}
        response = alice.post(f"/o/{mine.node}/{path.format(mine=mine, **vars(theirs))}", sent, follow=True)
        assert response.status_code in {200, 400, 404}, path
        assert silent(response), path
        assert told_of(mine) == before, f"{path} wrote something"


def test_parameters_show_ones_own_things_only(mine: Prey, theirs: Prey, alice: Client) -> None:
    for path in PARAMETERS:
        response = alice.get(f"/o/{mine.node}/{path.format(**vars(theirs))}")
        assert response.status_code in {200, 302, 400, 404}, path
        assert silent(response), path


def test_a_criterion_of_nowhere_filters_nothing(mine: Prey, alice: Client) -> None:
    for criterion in NOWHERE:
        for page in ("preuves/", "preuves/ajouter/"):
            response = alice.get(f"/o/{mine.node}/{page}", {"critere": criterion})
            assert response.status_code == 200, (page, criterion)


def test_the_api_is_no_other_door(mine: Prey, theirs: Prey, alice: Client) -> None:
    key = Client(headers={"Authorization": f"Bearer {mine.secret}"})
    before = told_of(theirs)
    body = json.dumps({"level": 1, "version": 0})
    for node in (mine.node, theirs.node):
        base = f"/api/organisations/{node}/assessments/{theirs.assessment}"
        for client in (key, alice):
            for tail in ("", "/answers", "/judgement"):
                response = client.get(base + tail)
                assert response.status_code == 404
                assert silent(response)
            assert client.put(f"{base}/answers/GOV.1.1", body, content_type="application/json").status_code in {
                403,
                404,
            }
    for tail in ("", "/actions", "/observations", "/assessments"):
        assert key.get(f"/api/organisations/{theirs.node}{tail}").status_code == 404
    assert silent(key.get("/api/organisations"))
    assert told_of(theirs) == before


def test_a_key_opens_its_own_establishment_only(mine: Prey, theirs: Prey) -> None:
    """Even when its owner sees more."""
    give(mine.owner, theirs.organisation, "rssi")
    key = Client(headers={"Authorization": f"Bearer {mine.secret}"})
    assert key.get(f"/api/organisations/{mine.node}").status_code == 200
    assert key.get(f"/api/organisations/{theirs.node}").status_code == 404
