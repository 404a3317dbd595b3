# SPDX-License-Identifier: EUPL-1.2
"""What can be said of the second lock without PostgreSQL; its proof is in tests/isolation/test_row_security.py."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from django.apps import apps
from django.db import connection, models

from carene.core.row_security import policies, roles, scope
from carene.core.row_security.installing import RIGHTS
from carene.core.row_security.scope import COMMON, EVERYTHING, NOTHING, Scope
from carene.core.tenancy.models import Membership, Node
from carene.core.tenancy.scoped import ScopedManager

LABELS = {model._meta.label_lower for model in apps.get_models()}
# Numbers that designate a row of an organisation without a foreign key: a model that has one needs a path besides.
LOOSE = ("node_id", "assessment_id", "scenario_id", "action_id", "organisation_id", "evidence_id")


def test_every_row_of_an_organisation_has_a_policy() -> None:
    """Drawn from the models: a new one needs nothing but its foreign key."""
    held = policies.protected()
    scoped = {m for m in apps.get_models() if any(isinstance(one, ScopedManager) for one in m._meta.managers)}
    loose = {m for m in apps.get_models() if any(f.attname in LOOSE for f in m._meta.concrete_fields)}
    assert scoped | loose <= held.keys(), "a path of foreign keys to a node is missing"
    named = {policy.table for policy in policies.policies()}
    assert named == {model._meta.db_table for model in held}
    assert len(named) > 20


def test_what_is_not_ordinary_is_named_and_has_a_reason() -> None:
    odd = policies.OPEN_TO_READ | policies.READ_FROM_BELOW
    assert odd.keys() | policies.THROUGH.keys() <= LABELS
    assert all(len(reason) > 15 for reason in odd.values())
    assert policies.OPEN_TO_READ.keys() == {
        "tenancy.node", "organisations.organisation", "tenancy.membership", "access.share",
    }, "what everyone reads is decided with docs/adr, not in passing"  # fmt: skip
    assert RIGHTS.keys() <= {model._meta.db_table for model in apps.get_models()} | {
        "django_migrations", "auth_group_permissions",
    }  # fmt: skip


def test_a_new_model_is_held_by_the_row_that_it_hangs_from() -> None:
    from carene.apps.assessments.models import Answer, Assessment
    from carene.core.journal.models import Entry

    held = policies.protected()
    assert [link.name for link in held[Answer]] == ["assessment"]
    assert [link.name for link in held[Assessment]] == ["node"]
    by_table = {policy.table: policy for policy in policies.policies() if policy.command == "ALL"}
    assert 'FROM "assessments_assessment" parent' in by_table["assessments_answer"].statement
    assert "IS NULL" in by_table[Entry._meta.db_table].statement, "what belongs to no organisation is not everyone's"
    assert Membership in held
    assert held[Node] == ()


def test_the_scope_of_paths() -> None:
    assert scope.of([]) == NOTHING
    assert scope.of(["1/7/42/", "1/9/"]) == Scope('{"42":1,"9":1}', '{"1":1,"7":1}')
    assert scope.of(["1/", "1/7/"]).above == "", "what is seen is not above"


def test_a_request_ends_with_what_was_before() -> None:
    before = scope.current()
    mine = scope.of(["1/7/"])
    with scope.nothing():
        assert scope.current() == NOTHING
        with scope.everything("a key is looked up"):
            assert scope.current() == EVERYTHING
            scope.take(mine)  # the actor is built inside: it holds once the lifting is over
        assert scope.current() == mine
        with scope.with_common():
            assert json.loads(scope.current().seen) == {"7": 1, COMMON: 1}
        assert scope.current() == mine
    assert scope.current() == before
    with suppress(ZeroDivisionError), scope.nothing():
        scope.take(mine)
        raise ZeroDivisionError
    assert scope.current() == before


def test_a_reason_is_asked() -> None:
    with pytest.raises(ValueError, match="why"), scope.everything(""):
        pass


def test_elsewhere_than_postgresql_nothing_changes_hands(db: None) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("is PostgreSQL")
    known = connection.settings_dict
    with roles.maintenance("a test"):
        assert connection.settings_dict is known
    assert roles.application() is None


def test_keys_that_lead_nowhere_are_not_followed() -> None:
    """A person is nobody's: what hangs from people alone is not of an organisation."""
    from carene.core.accounts.models import Invitation, User

    held: dict[type[models.Model], object] = dict(policies.protected())
    assert User not in held
    assert Invitation not in held
