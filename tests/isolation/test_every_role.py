# SPDX-License-Identifier: EUPL-1.2
"""Every address × everyone, with things that exist: the owner, a colleague of each role, and things of elsewhere.

Nothing is listed here: addresses come from the URL configuration, roles and rights from the policy table.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from carene.core.access.actor import Actor
from carene.core.access.policy import POLICY, VERBS
from carene.core.journal.models import Entry
from tests.attacks.test_hostile_inputs import COSTLY
from tests.isolation.place import (
    Place,
    ask,
    in_a_transaction,
    parameters,
    signed_in,
    stored,
    unnamed,
    verb_of,
)
from tests.isolation.test_every_url import OWNED

AS_MEANT = {200, 302, 405}
# A published figure follows from what it is computed from: the right was asked for the latter (docs/adr/0017).
FOLLOWS = {"observation.write": "governance.write"}
# Of the observatory, from a GHT, a region or the nation only: published for the whole tree, aimed at, compared.
FROM_ABOVE = ("/donnees-ouvertes/", "/cible/", "/observatoire/niveaux/")
# What lets a request go as far as the thing that it names.
FILLED = {
    "reason": "x", "version": "1", "text": "x", "name": "x", "title": "x", "role": "lecteur", "level": "1",
    "url": "https://exemple.invalid/", "start_on": "2027-01-01", "due_on": "2027-01-02",
}  # fmt: skip


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def told(faults: list[Any]) -> str:
    return "\n" + "\n".join(" ".join(map(str, one)) for one in faults)


def test_every_page_of_an_organisation_has_its_door() -> None:
    without = [route for route, address in _addresses() if not hasattr(resolve(address).func, "verb")]
    assert without == [], "organisation_view is missing"
    assert {verb_of(address) for _, address in _addresses()} <= set(VERBS)


def _addresses() -> Iterator[tuple[str, str]]:
    from tests.isolation.test_every_url import url

    return ((route, url(route, 1)) for route in OWNED)


def test_every_parameter_names_something_known() -> None:
    """A new kind of thing: say in tests/isolation/place.py what names it, and make one in tests/attacks/prey.py."""
    assert unnamed() == set()


def test_the_owner_gets_every_page(place: Place) -> None:
    faults, shown = [], 0
    for route, address in place.addresses():
        with in_a_transaction():
            answer = ask(place.owner, "GET", address)
        shown += answer.status == 200
        if answer.status not in AS_MEANT | beyond(route) or answer.headers.get("Location", "").startswith("/compte/"):
            faults.append((route, address, answer.status))
    assert not faults, told(faults)
    assert shown > 50


def test_the_owner_gets_an_answer_to_everything_sent(place: Place) -> None:
    faults = []
    for route, address in place.addresses():
        with in_a_transaction():
            answer = ask(place.owner, "POST", address)
        gone = {404} if route.endswith(("/retablir/", *FROM_ABOVE)) else set()  # nothing was removed
        if answer.status not in AS_MEANT | {400, 409} | gone:
            faults.append((route, address, answer.status))
    assert not faults, told(faults)
    assert len(place.forms) > 40, place.forms


@pytest.mark.parametrize("role", sorted(POLICY))
def test_a_colleague_gets_what_the_table_says(place: Place, role: str) -> None:
    """The door and the table agree, both ways; nobody is told of a page that their role does not open."""
    user = place.colleague(role)
    actor, client, faults = Actor.of(user), signed_in(user), []
    for route, address in place.addresses():
        node, verb = place.mine.node(route), verb_of(address)
        sees, allowed = actor.can("organisation.view", node), actor.can(verb, node)
        with in_a_transaction():
            answer = ask(client, "GET", address)
        meant = AS_MEANT | beyond(route) if allowed else {403 if sees else 404, 405}
        if answer.status not in meant:
            faults.append((route, verb, allowed, answer.status))
    assert not faults, told(faults)


def beyond(route: str) -> set[int]:
    """What more a page may answer to someone whom its door lets in."""
    if {"draft_id", "token_id"} & set(parameters(route)):
        return {404}  # drafts and keys belong to one person: a colleague does not find them
    if route.endswith("/deplacer/"):
        return {403}  # the right is asked on the place above
    if route.endswith("/registres/") or ("/financements/domaines/" in route and "/reglages/" in route):
        return {400}  # a group is told to open its region
    if route.endswith(FROM_ABOVE):
        return {404}
    return set()


@pytest.mark.parametrize("role", sorted(POLICY))
def test_a_colleague_writes_what_the_table_says(place: Place, role: str) -> None:
    """Every form of the owner, sent by each role: what the journal tells is what the role may do."""
    user = place.colleague(role)
    actor, client, node = Actor.of(user), signed_in(user), place.mine.group.node
    faults, refused = [], 0
    for form in place.forms:
        if (
            form.method != "POST"
            or not form.action.startswith("/o/")
            or (COSTLY.search(form.action) and actor.can("roadmap.plan", node))
        ):
            continue
        before = _last()
        with in_a_transaction():
            answer = ask(client, "POST", form.action, _data(form))
            written = set(Entry.objects.filter(pk__gt=before).values_list("verb", flat=True))
        beyond = {
            verb
            for verb in written
            if verb in VERBS and not actor.can(verb, node) and not actor.can(FOLLOWS.get(verb, verb), node)
        }
        if answer.status >= 500 or beyond or (answer.status in {403, 404} and written):
            faults.append((form.action, answer.status, beyond or written))
        refused += answer.status in {403, 404}
    assert not faults, told(faults)
    assert refused > 5, "nobody may do everything"


def _last() -> int:
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _data(form: object) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for name, value in form.fields:  # type: ignore[attr-defined]
        data.setdefault(name, []).append(value)
    return data


def test_a_thing_of_elsewhere_is_not_found_at_home(place: Place) -> None:
    """Theirs named in an address of mine, alone and together: it answers as if nothing existed, and nothing moves."""
    before, checked, faults = stored(), 0, []
    for route in OWNED:
        theirs = place.theirs.things(route)
        named = [{name: value} for name, value in theirs.items()]
        for things in [*named, theirs] if len(named) > 1 else named:
            address = place.mine.address(route, **things)
            nothing = place.mine.address(route, **dict.fromkeys(things, 999_999_999))
            for method in ("GET", "POST"):
                answer = ask(place.owner, method, address, FILLED)
                checked += answer.status != 405
                absent = ask(place.owner, method, nothing, FILLED)
                if (
                    answer.status not in {400, 403, 404, 405}
                    or answer.status != absent.status
                    or "Charlie" in answer.text
                ):
                    faults.append((method, address, answer.status, absent.status))
    assert not faults, told(faults)
    assert checked > 45
    after = stored()
    assert [label for label in before if before[label] != after[label]] == []


def test_a_stranger_learns_nothing_of_what_exists(place: Place) -> None:
    """Charlie on every address of mine, with numbers of things that exist: 404, and the very page of what does not."""
    client, before, faults = signed_in(place.stranger), stored(), []
    nothing = ask(client, "GET", "/o/999999999/").text
    for route, address in place.addresses():
        for method in ("GET", "POST"):
            answer = ask(client, method, address, FILLED)
            if answer.status not in {404, 405} or "Alice" in answer.text:
                faults.append((method, route, answer.status))
            elif answer.status == 404 and len(answer.text) != len(nothing):
                faults.append((method, route, "another page"))
    assert not faults, told(faults)
    after = stored()
    assert [label for label in before if before[label] != after[label]] == []


def test_nobody_gets_to_the_sign_in_page_and_no_further(place: Place) -> None:
    client, before, faults = Client(), stored(), []
    for route, address in place.addresses():
        for method in ("GET", "POST"):
            answer = ask(client, method, address, FILLED)
            to = answer.headers.get("Location", "")
            if answer.status != 405 and not (answer.status == 302 and to.startswith("/compte/login/?next=")):
                faults.append((method, route, answer.status, to))
    assert not faults, told(faults)
    assert stored() == before
