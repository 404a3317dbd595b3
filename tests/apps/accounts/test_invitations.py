# SPDX-License-Identifier: EUPL-1.2
"""Invitations: who may open one, who may see its link, that it serves once, and that it opens nothing else."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from carene.apps.organisations import actions
from carene.core.accounts import invitations
from carene.core.accounts.actions import accept_invitation
from carene.core.accounts.models import Invitation, User
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Membership
from carene.engines.sources import InputError
from tests.support.factories import World, give, make_organisation, make_user

PASSWORD = "une-longue-phrase-neuve"
NEW = {"email": "nina@exemple.invalid", "name": "Nina Neuve", "role": "contributeur"}


def invited(world: World, client_for: Any) -> tuple[Client, Membership, str]:
    """The administrator's client, the role that was given, the link that the letter carries."""
    client = client_for(world.admin)
    page = client.post(f"/o/{world.hospital.pk}/personnes/", NEW, follow=True)
    membership = Membership.objects.get(user__email=NEW["email"])
    assert page.redirect_chain[-1][0] == f"/o/{world.hospital.pk}/personnes/{membership.pk}/invitation/"
    link = re.search(r"http://testserver(/compte/invitation/\S+)", str(mail.outbox[-1].body))
    assert link
    assert link[0] in unescape(page.content.decode())  # shown for copying too
    return client, membership, link[1]


def test_from_the_letter_to_the_first_page(world: World, client_for: Any, client: Client) -> None:
    _, membership, link = invited(world, client_for)
    assert mail.outbox[-1].to == [NEW["email"]]
    page = client.get(link, follow=True)
    assert page.request["PATH_INFO"] == "/compte/invitation/"  # the link left the address bar
    assert "Bienvenue, Nina Neuve" in page.content.decode()
    weak = client.post("/compte/invitation/", {"new_password1": "court", "new_password2": "court"})
    assert "12 caractères" in weak.content.decode()
    response = client.post("/compte/invitation/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert response["Location"] == "/"
    assert client.session["_auth_user_id"] == str(membership.user_id)
    assert client.get(f"/o/{world.hospital.pk}/").status_code == 200
    verbs = list(Entry.objects.filter(target=f"user:{membership.user_id}").values_list("verb", flat=True))
    assert {"members.grant", "members.invite", "account.invitation", "account.sign_in"} <= set(verbs)


def test_a_link_serves_once(world: World, client_for: Any) -> None:
    _, _, link = invited(world, client_for)
    first, second = Client(), Client()
    first.get(link)
    second.get(link)  # opened by two people at once
    first.post("/compte/invitation/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    late = second.post("/compte/invitation/", {"new_password1": "x" * 20, "new_password2": "x" * 20})
    assert late.status_code == 410
    assert Client().get(link).status_code == 410
    assert Client().login(email=NEW["email"], password=PASSWORD)


def test_accepting_twice_is_refused_by_the_action_itself(world: World, client_for: Any) -> None:
    _, _, link = invited(world, client_for)
    token = link.split("/")[-2]
    accept_invitation(token, PASSWORD)
    with pytest.raises(InputError, match="ne sert plus"):
        accept_invitation(token, "another-long-sentence")


def test_a_link_lasts_seven_days(world: World, client_for: Any) -> None:
    _, _, link = invited(world, client_for)
    now = timezone.now()
    row = Invitation.objects.get()
    assert dt.timedelta(days=6, hours=23) < row.expires_at - now <= dt.timedelta(days=7)
    Invitation.objects.update(expires_at=now - dt.timedelta(seconds=1))
    page = Client().get(link)
    assert page.status_code == 410
    assert "plus de sept jours" in page.content.decode()


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x" + t, lambda t: t.split(":")[0]]
)
def test_an_altered_link_opens_nothing(world: World, client_for: Any, change: Any) -> None:
    _, _, link = invited(world, client_for)
    token = link.split("/")[-2]
    assert Client().get(f"/compte/invitation/{change(token)}/").status_code == 410


def test_the_database_alone_does_not_make_a_link(world: World, client_for: Any, settings: Any) -> None:
    _, _, link = invited(world, client_for)
    settings.SECRET_KEY = "another-key-" + "y" * 50
    assert Client().get(link).status_code == 410


def test_a_new_invitation_closes_the_one_before(world: World, client_for: Any) -> None:
    admin, membership, link = invited(world, client_for)
    admin.post(f"/o/{world.hospital.pk}/personnes/{membership.pk}/invitation/")
    assert Client().get(link).status_code == 410
    assert Invitation.objects.filter(used_at=None).count() == 1


def test_a_password_chosen_another_way_closes_it(world: World, client_for: Any, client: Client) -> None:
    _, membership, link = invited(world, client_for)
    client.post("/compte/password/reset/", {"email": NEW["email"]})
    reset = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert reset
    page = client.get(reset[1], follow=True)
    client.post(page.request["PATH_INFO"], dict.fromkeys(("password1", "password2"), PASSWORD))
    assert User.objects.get(pk=membership.user_id).has_usable_password()
    assert Client().get(link).status_code == 410


def test_only_who_manages_invites(world: World, client_for: Any) -> None:
    _, membership, _ = invited(world, client_for)
    url = f"/o/{world.hospital.pk}/personnes/{membership.pk}/invitation/"
    for user, status in ((world.alice, 403), (world.bob, 403), (world.charlie, 404)):
        assert client_for(user).get(url).status_code == status
        assert client_for(user).post(url).status_code == status
    with pytest.raises(PermissionDenied):
        actions.invite(world.actor(world.alice), world.hospital, membership.pk)


def test_who_manages_one_place_never_holds_the_key_of_another(world: World, client_for: Any) -> None:
    """An administrator of elsewhere gives a role to someone invited here: the link must not open both to them."""
    _, membership, link = invited(world, client_for)
    other = make_organisation(kind="region", name="Région voisine")
    stranger = make_user("Odile Autre")
    give(stranger, other, "administrateur")
    client = client_for(stranger)
    page = client.post(f"/o/{other.pk}/personnes/", NEW | {"role": "officier"}, follow=True)
    text = unescape(page.content.decode())
    assert "il n'est que dans son courriel" in text
    assert "/compte/invitation/" not in text
    assert Client().get(link).status_code == 410  # nor does the first administrator's copy open the second place
    here = client_for(world.admin).get(f"/o/{world.hospital.pk}/personnes/{membership.pk}/invitation/")
    assert "il n'est que dans son courriel" in unescape(here.content.decode())


def test_who_has_a_password_is_not_invited(world: World, client_for: Any) -> None:
    client = client_for(world.admin)
    page = client.post(
        f"/o/{world.hospital.pk}/personnes/", {"email": world.charlie.email, "role": "lecteur"}, follow=True
    )
    assert page.request["PATH_INFO"] == f"/o/{world.hospital.pk}/personnes/"
    assert "Ce compte sert aussi ailleurs" in unescape(page.content.decode())
    assert not mail.outbox
    membership = Membership.objects.get(user=world.charlie, node=world.hospital.node)
    with pytest.raises(InputError, match="entre déjà"):
        actions.invite(world.actor(world.admin), world.hospital, membership.pk)


def test_a_letter_that_cannot_leave_is_said(world: World, client_for: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "carene.core.accounts.mail.Unconfigured"
    page = client_for(world.admin).post(f"/o/{world.hospital.pk}/personnes/", NEW, follow=True)
    text = unescape(page.content.decode())
    assert "Le courriel n'a pas pu partir" in text
    assert "/compte/invitation/" in text


def test_the_list_says_who_has_not_come_in_yet(world: World, client_for: Any) -> None:
    client, membership, _ = invited(world, client_for)
    assert (
        f"/personnes/{membership.pk}/invitation/" in client.get(f"/o/{world.hospital.pk}/personnes/").content.decode()
    )


def test_no_open_invitation_without_need(world: World) -> None:
    assert not invitations.needed(world.alice)
    assert invitations.current(world.alice) is None
