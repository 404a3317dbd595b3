# SPDX-License-Identifier: EUPL-1.2
"""Pages of the tree: what stands under an organisation, putting it elsewhere, merging it, closing it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from carene.apps.organisations import actions, queries_services, queries_tree
from carene.apps.organisations.actions_tree import MEMBER, MERGEABLE, SUPPORT
from carene.apps.organisations.forms import CloseForm
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.organisations.search import search
from carene.core.access.actor import Actor
from carene.core.access.policy import ROLES
from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.registers.difference import WORDS
from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError

PAGE = 50
LONGEST_SEARCH = 200
PEOPLE_SHOWN = 10
NAMES = {
    "nation": ("nation", "nations"),
    "region": ("région", "régions"),
    "ght": ("GHT", "GHT"),
    "entity": ("entité juridique", "entités juridiques"),
    "site": ("établissement", "établissements"),
}


@organisation_view("organisation.view")
def tree(request: OrganisationRequest) -> HttpResponse:
    """What stands right under it, page by page; its identity in the registers and what happened to it."""
    organisation, actor = request.organisation, request.actor
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    kind = request.GET.get("nature", "")
    closed = request.GET.get("fermes") == "1"
    counts, gone = queries_tree.kinds_under(organisation.node)
    answer = None
    if text:
        answer = search(Organisation.objects.below(organisation.node).exclude(pk=organisation.pk), text)
        page: Any = Paginator(answer.ids, PAGE).get_page(request.GET.get("page"))
        found = Organisation.objects.below(organisation.node).select_related("node").in_bulk(list(page.object_list))
        rows = [found[pk] for pk in page.object_list]
    else:
        children = queries_tree.children(organisation.node, closed=closed, kind=kind if kind in counts else "")
        page = Paginator(children, PAGE).get_page(request.GET.get("page"))
        rows = list(page.object_list)
    below = queries_tree.counts_of(rows)
    context = {
        "organisation": organisation,
        "above": _above(organisation, actor),
        "rows": [(row, described(row), below.get(row.pk, 0)) for row in rows],
        "page": page,
        "answer": answer,
        "text": text,
        "kind": kind,
        "closed": closed,
        "gone": gone,
        "kinds": _said(counts),
        "identity": _identity(organisation),
        "history": told_history(organisation),
        "has_children": bool(counts),
        "has_map": bool(counts) and organisation.kind != Organisation.Kind.NATION,
        "can_move": _can_move(actor, organisation),
        "can_merge": organisation.kind in MERGEABLE
        and organisation.closed_on is None
        and actor.can("organisation.manage", organisation.node),
        "has_registers": organisation.kind in queries_tree.RECEIVING
        and actor.can("organisation.manage", organisation.node),
        "can_close": organisation.kind in MERGEABLE and actor.can("organisation.manage", organisation.node),
    }
    return render(request, "organisations/tree.html", context)


def _said(counts: Counter[str]) -> list[tuple[str, str]]:
    """(kind, « 3 entités juridiques ») in the order of the tree."""
    return [(kind, french.counted(counts[kind], *words)) for kind, words in NAMES.items() if counts[kind]]


def described(organisation: Organisation) -> str:
    """« Centre hospitalier, Valmont, FINESS 010000024 »."""
    parts = [care().types.get(organisation.type) or nomenclature().label_of(organisation.category)]
    parts[0] = parts[0] or str(organisation.get_kind_display())
    parts += [organisation.town, f"FINESS {organisation.finess}" if organisation.finess else ""]
    return ", ".join(part for part in parts if part)


def _above(organisation: Organisation, actor: Actor) -> list[tuple[Organisation, bool]]:
    """The two levels above, the highest first, and whether the actor may open them."""
    found: list[tuple[Organisation, bool]] = []
    parent = organisation.node.parent
    while parent is not None and len(found) < 2:
        found.append((parent.organisation, actor.can("organisation.view", parent)))
        parent = parent.parent if len(found) < 2 else None
    return found[::-1]


def _identity(organisation: Organisation) -> list[tuple[str, str]]:
    department = territories().departments.get(organisation.department)
    category = nomenclature().label_of(organisation.category)
    typed = organisation.finess if organisation.finess not in (organisation.finess_ej, organisation.finess_et) else ""
    lines = [
        ("FINESS saisi au profil", typed),
        ("FINESS de l'entité juridique", organisation.finess_ej),
        ("FINESS de l'établissement", organisation.finess_et),
        ("SIRET", organisation.siret),
        ("Catégorie", f"{category} ({organisation.category})" if category else organisation.category),
        (
            "Adresse",
            ", ".join([*organisation.address.splitlines(), f"{organisation.postcode} {organisation.town}".strip()]),
        ),
        ("Département", department.name if department else ""),
        ("Ouvert le", french.long_date(organisation.opened_on) if organisation.opened_on else ""),
        ("Fermé le", french.long_date(organisation.closed_on) if organisation.closed_on else ""),
    ]
    return [(label, value.strip(", ")) for label, value in lines if value.strip(", ")]


def told_history(organisation: Organisation) -> list[tuple[Any, str, str]]:
    """What happened to it as such: the change, its name, what it changed."""
    return [(change, WORDS[change.kind][0], _told(change)) for change in queries_tree.history(organisation)]


def _told(change: Any) -> str:
    """« de « Ancien nom » à « Nouveau nom » », when the change says both."""
    before, after = change.before or {}, change.after or {}
    if change.kind == "renamed":
        return f"auparavant {french.quoted(str(before.get('name', '')))}"
    if change.kind == "moved" and before.get("parent") and ":" not in str(before["parent"]):
        return f"de {french.quoted(str(before['parent']))} à {french.quoted(str(after.get('parent', '')))}"
    if change.kind == "relocated":
        return "auparavant " + ", ".join(
            str(before[k]).replace("\n", ", ") for k in ("address", "town") if before.get(k)
        )
    return ""


def _can_move(actor: Actor, organisation: Organisation) -> bool:
    if organisation.kind == Organisation.Kind.REGION:  # most servers hold no nation: there is nowhere to go
        return queries_tree.places_for(actor, organisation).exists()
    return organisation.kind != Organisation.Kind.NATION and actor.can(
        "organisation.manage", organisation.node.parent or organisation.node
    )


# Elsewhere ------------------------------------------------------------------------------------------------------------


@organisation_view("organisation.view")
def move(request: OrganisationRequest) -> HttpResponse:
    """Three steps on one address: find a place, see what changes, confirm."""
    organisation, actor = request.organisation, request.actor
    actions.require_move(actor, organisation)
    places = queries_tree.places_for(actor, organisation)
    target = _chosen(places, request.POST.get("target") or request.GET.get("vers"))
    if request.method == "POST":
        if target is None:
            raise InputError("aucun rattachement n'est choisi", remedy="en choisir un dans la liste")
        actions.move(actor, organisation, target, role=request.POST.get("role", MEMBER))
        messages.success(request, f"C'est fait : {organisation} est rattaché à {target}.")
        return redirect("organisations:tree", organisation.pk)
    context: dict[str, Any] = {"organisation": organisation, "target": target}
    if target is not None:
        effect = queries_tree.effect_of_move(organisation, target)
        context |= {
            "effect": effect,
            "losing": _people(effect.losing),
            "gaining": _people(effect.gaining),
            "services": queries_services.services_left_behind(organisation, target),
            "asks_role": organisation.kind == Organisation.Kind.ENTITY and target.kind == Organisation.Kind.GHT,
            "roles": [(MEMBER, care().ght_roles[MEMBER]), (SUPPORT, care().ght_roles[SUPPORT])],
        }
    else:
        context |= _found(request, places, organisation)
    return render(request, "organisations/move.html", context)


@organisation_view("organisation.manage")
def merge(request: OrganisationRequest) -> HttpResponse:
    organisation, actor = request.organisation, request.actor
    if organisation.kind not in MERGEABLE or organisation.closed_on:
        raise InputError(f"« {organisation} » ne peut pas être fusionné", remedy="revenir à sa page")
    twins = queries_tree.twins_for(actor, organisation)
    target = _chosen(twins, request.POST.get("target") or request.GET.get("vers"))
    if request.method == "POST":
        if target is None:
            raise InputError("aucune organisation n'est choisie", remedy="en choisir une dans la liste")
        actions.merge(actor, organisation, target)
        messages.success(request, f"C'est fait : {organisation} fait partie de {target}.")
        return redirect("organisations:tree", target.pk)
    context: dict[str, Any] = {"organisation": organisation, "target": target}
    if target is not None:
        counts, _ = queries_tree.kinds_under(organisation.node)
        effect = queries_tree.effect_of_merge(organisation, target) if counts else None
        context |= {
            "attached": [said for _, said in _said(counts)],
            "people": _people(queries_tree.people_of(organisation)),
            "losing": _people(effect.losing if effect else []),
            "gaining": _people(effect.gaining if effect else []),
        }
    else:
        context |= _found(request, twins, organisation)
    return render(request, "organisations/merge.html", context)


@organisation_view("organisation.manage")
def close(request: OrganisationRequest) -> HttpResponse:
    """What closing it means, then the day; a closed one is opened again from the same address."""
    organisation, actor = request.organisation, request.actor
    if organisation.closed_on:
        if request.method == "POST":
            actions.reopen(actor, organisation)
            messages.success(request, f"{organisation} est de nouveau ouvert.")
            return redirect("organisations:tree", organisation.pk)
        return render(request, "organisations/reopen.html", {"organisation": organisation})
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        count = actions.close(actor, organisation, form.cleaned_data["on"])
        undo = reverse("organisations:close", args=[organisation.pk]) if count == 1 else ""
        messages.success(request, f"{organisation} est fermé.", extra_tags=undo)
        return redirect("organisations:tree", organisation.pk)
    counts = queries_tree.open_below(organisation.node)
    context = {
        "organisation": organisation,
        "form": form,
        "below": [said for _, said in _said(counts)],
        "people": _people(queries_tree.people_of(organisation)),
    }
    return render(request, "organisations/close.html", context)


def _chosen(rows: Any, value: str | None) -> Organisation | None:
    """One of the possible targets; a number that is none of them is no choice."""
    if not value or not value.isdecimal() or len(value) > 18:
        return None
    chosen: Organisation | None = rows.filter(pk=int(value)).first()
    return chosen


def _found(request: OrganisationRequest, rows: Any, organisation: Organisation) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    if not text:
        found = queries_tree.nearest(rows, organisation)
        return {"text": "", "places": [(row, described(row)) for row in found], "wide": False}
    answer = search(rows, text)
    ids = answer.ids[: queries_tree.SUGGESTED]
    by_id = rows.in_bulk(ids)
    wide = answer.wide or len(answer.ids) > len(ids)
    return {"text": text, "places": [(by_id[pk], described(by_id[pk])) for pk in ids], "wide": wide}


def _people(memberships: list[Any]) -> dict[str, Any]:
    """The first of them, with the role and where it was given, and how many they all are."""
    shown = [(m.user, ROLES.get(m.role, m.role), m.node.organisation.label) for m in memberships[:PEOPLE_SHOWN]]
    return {"shown": shown, "count": len(memberships), "more": max(0, len(memberships) - PEOPLE_SHOWN)}
