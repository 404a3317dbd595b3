# SPDX-License-Identifier: EUPL-1.2
"""The policy table holds to its own levels."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.shape import roles_on
from carene.core.access import policy
from carene.core.access.actor import Actor, Grant
from carene.core.access.limits import limits
from carene.core.tenancy.models import Node

ORDER = list(policy.LEVELS)


def test_every_role_is_told_and_has_a_level() -> None:
    assert set(policy.ROLES) == set(policy.ROLE_HELP) == set(policy.POLICY) == set(policy.ROLE_LEVELS)
    assert set(policy.OFFICERS) | policy.DATED <= set(policy.ROLES)
    assert set(policy.LEVELS) == set(policy.LEVEL_HELP)


def test_every_verb_is_told_and_stands_under_one_subject() -> None:
    assert set().union(*policy.GIVES.values()) == set(policy.VERBS)
    words = [word for group in policy.SUBJECTS.values() for word in group]
    assert len(words) == len(set(words))
    assert {verb.partition(".")[0] for verb in policy.VERBS} == set(words)


def test_every_verb_that_only_reads_has_a_level() -> None:
    """A verb called « view » without a level would escape the table."""
    assert set(policy.READS) <= set(policy.VERBS)
    assert {verb for verb in policy.VERBS if verb.endswith(".view")} <= set(policy.READS)
    assert set(policy.READS.values()) == set(policy.LEVELS)


@pytest.mark.parametrize("role", policy.ROLES)
def test_no_role_reads_beyond_its_level(role: str) -> None:
    read = policy.POLICY[role] & set(policy.READS)
    if "members.manage" in policy.POLICY[role]:
        read -= {"members.view"}  # who gives roles sees who holds them
    assert read <= policy.reading(policy.ROLE_LEVELS[role])
    highest = max(ORDER.index(policy.READS[verb]) for verb in read)
    assert ORDER[highest] == policy.ROLE_LEVELS[role]


@pytest.mark.parametrize("level", policy.SHAREABLE)
def test_a_share_gives_the_reading_verbs_of_its_level_and_nothing_else(level: str) -> None:
    given = policy.GIVES[policy.shared(level)]
    assert given == policy.reading(level) == {verb for verb in policy.READS if given & {verb}}


def test_those_above_read_no_detail_and_write_nothing_but_a_request_and_what_they_control() -> None:
    controls = {"officier": {"funding.control"}, "national": {"funding.pay", "funding.set", "observatory.set"}}
    for role in policy.OFFICERS:
        writes = {"share.ask", "campaign.run", "resource.offer"} | controls[role]
        assert policy.POLICY[role] == policy.reading("summary") | writes


def test_an_auditor_writes_nothing() -> None:
    assert policy.POLICY["auditeur"] <= set(policy.READS)
    assert {"evidence.view", "journal.view"} <= policy.POLICY["auditeur"]


def test_what_is_secret_is_for_those_who_decide() -> None:
    assert {role for role, verbs in policy.POLICY.items() if "secret.view" in verbs} == {"rssi", "direction"}
    assert "secret.view" not in policy.GIVES["share.detail"]
    assert "secret.view" in policy.GIVES["share.secret"]


def test_who_shares_reads_all_that_can_be_shared() -> None:
    sharing = {role for role, verbs in policy.POLICY.items() if "share.manage" in verbs}
    assert sharing == {"rssi", "direction"}
    for role in sharing:
        assert policy.reading("secret") <= policy.POLICY[role]


def test_no_role_that_reads_the_detail_is_given_on_a_region() -> None:
    for kind in ("region", "nation"):
        detailed = {role for role in roles_on(kind) if policy.ROLE_LEVELS[role] in {"detail", "secret"}}
        assert detailed == set()
        assert set(policy.MANAGERS) & set(roles_on(kind)) == {"gestionnaire"}
    assert all(roles_on(kind) for kind in Organisation.Kind.values)
    assert "national" in roles_on("nation")
    assert "officier" in roles_on("ght")
    assert "officier" not in roles_on("entity")


def test_the_refusal_names_the_level_that_is_missing() -> None:
    node = Node(pk=3, path="1/2/3/")
    officer = Actor(None, (Grant("1/", "officier"),))
    assert officer.level_on(node) == "summary"
    with pytest.raises(PermissionDenied, match=r"niveau « détail » .* « synthèse ». L'établissement peut"):
        officer.require("assessment.view", node)
    with pytest.raises(PermissionDenied, match="pas le droit de répondre"):
        officer.require("assessment.answer", node)
    reader = Actor(None, (Grant("1/2/3/", "lecteur"),))
    with pytest.raises(PermissionDenied, match=r"niveau « secret » .* « détail »"):
        reader.require("secret.view", node)
    with pytest.raises(PermissionDenied, match="pas le droit de lire le journal"):
        reader.require("journal.view", node)
    assert Actor(None).level_on(node) is None
    assert Actor.system().level_on(node) == "secret"


def test_a_share_is_not_wider_than_its_node() -> None:
    guest = Actor(None, (Grant("1/2/3/", "share.detail"),))
    assert guest.can("evidence.view", Node(pk=4, path="1/2/3/4/"))
    assert not guest.can("organisation.view", Node(pk=2, path="1/2/"))
    assert not guest.can("organisation.view", Node(pk=30, path="1/2/30/"))
    assert guest.paths_for("assessment.view") == ["1/2/3/"]
    assert guest.paths_for("assessment.answer") == []


def test_limits_are_data_marked_as_our_estimate() -> None:
    assert limits().usual_days <= limits().longest_days <= 366
    assert limits().confidence == "inferred"
    assert "Estimation" in limits().reasoning
