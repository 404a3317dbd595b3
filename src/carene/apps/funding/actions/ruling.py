# SPDX-License-Identifier: EUPL-1.2
"""What an administrator adds to the domains: ceilings, dates, amounts, objectives that no public text gives."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from carene.apps.evidence.actions import check_url
from carene.apps.funding import queries
from carene.apps.funding.actions.preparing import LARGEST
from carene.apps.funding.models import Ceiling, Setting
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.core.tenancy.models import Node
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import CANDIDATES, ITEM, STEPS
from carene.engines.funding.money import Band
from carene.engines.sources import InputError
from carene.engines.sources.days import require_plausible

SET = "funding.set"
CONFIDENCES = ("official", "secondary", "inferred", "to_check")


@dataclass(frozen=True)
class Source:
    """Where a setting comes from: nothing is typed here without it."""

    title: str
    url: str = ""
    confidence: str = "to_check"
    date: dt.date | None = None


def rules_here(organisation: Organisation) -> bool:
    """Rules are typed for a region, for the nation, or at the root of a smaller instance."""
    return organisation.kind in {Organisation.Kind.REGION, Organisation.Kind.NATION} or (
        organisation.node.parent_id is None
    )


def _require(actor: Actor, organisation: Organisation, domain_id: str) -> str:
    """The code of the domain. Raises LookupError when it is not of the pack."""
    actor.require(SET, organisation.node)
    if not rules_here(organisation):
        raise InputError("ces règles se saisissent pour une région ou la nation", remedy="ouvrir l'une d'elles")
    domain = shipped().get(domain_id)
    if domain is None:
        raise LookupError(domain_id)
    return domain.code


def add_ceiling(actor: Actor, organisation: Organisation, domain_id: str, band: Band, *, source: str) -> Ceiling:
    """A line of the table of ceilings. Raises InputError: bounds reversed, or that overlap another line."""
    code = _require(actor, organisation, domain_id)
    if band.family not in shipped().pack.family:
        raise InputError("cette famille n'est pas connue", remedy="en choisir une dans la liste")
    if not 0 <= band.low < LARGEST or not 0 <= band.amount < LARGEST or (band.high or 0) >= LARGEST:
        raise InputError("un des nombres n'est pas possible", remedy="donner des nombres de zéro ou plus")
    if band.high is not None and band.high <= band.low:
        raise InputError("la borne haute n'est pas au-dessus de la borne basse", remedy="vérifier les deux")
    if not source.strip():
        raise InputError("la source manque", remedy="dire de quel texte vient ce plafond")
    with atomic_write():
        Node.hold(organisation.pk)
        there = queries.ceilings_of(organisation.node, domain_id)
        if any(band.overlaps(other) for other in queries.bands(there)):
            raise InputError("une autre ligne du barème couvre déjà ces valeurs", remedy="corriger les bornes")
        row = Ceiling.objects.create(
            node=organisation.node,
            domain=domain_id,
            family=band.family,
            low=band.low,
            high=band.high,
            amount=band.amount,
            source=source.strip()[:300],
        )
        record(actor, "funding.ceiling", organisation.node, f"ceiling:{row.pk}", None, _ceiling(row, code))
    return row


def remove_ceiling(actor: Actor, organisation: Organisation, domain_id: str, ceiling_id: int) -> None:
    """Raises Ceiling.DoesNotExist."""
    code = _require(actor, organisation, domain_id)
    with atomic_write():
        row = queries.ceilings_of(organisation.node, domain_id).get(pk=ceiling_id)
        record(actor, "funding.ceiling", organisation.node, f"ceiling:{row.pk}", _ceiling(row, code), None)
        row.delete()


def _ceiling(row: Ceiling, code: str) -> dict[str, Any]:
    return {
        "title": f"{code}, plafonds",
        "family": shipped().pack.family[row.family],
        "low": row.low,
        "high": row.high,
        "amount": row.amount,
        "source": row.source,
    }


def set_setting(
    actor: Actor, organisation: Organisation, domain_id: str, key: str, value: dict[str, Any], source: Source
) -> Setting:
    """Says something of a domain in place of the pack; ``key`` and ``value`` as ``engines.funding.overlay`` reads them.

    Raises InputError: an unknown key, a window that ends before it begins, no source.
    """
    code = _require(actor, organisation, domain_id)
    _check(domain_id, key, value)
    if not source.title.strip() or source.confidence not in CONFIDENCES:
        raise InputError("la source manque", remedy="dire de quel texte cela vient, et s'il est officiel")
    url = check_url(source.url)
    with atomic_write():
        Node.hold(organisation.pk)
        row = queries.settings_of(organisation.node, domain_id).filter(key=key).first()
        before = _setting(row, code) if row else None
        row = row or Setting(node=organisation.node, domain=domain_id, key=key)
        row.value, row.source, row.url = value, source.title.strip()[:300], url
        row.confidence, row.dated = source.confidence, source.date
        row.save()
        after = _setting(row, code)
        if after != before:
            record(actor, "funding.setting", organisation.node, f"setting:{row.pk}", before, after)
    return row


def remove_setting(actor: Actor, organisation: Organisation, domain_id: str, setting_id: int) -> None:
    """What the pack says holds again. Raises Setting.DoesNotExist."""
    code = _require(actor, organisation, domain_id)
    with atomic_write():
        row = queries.settings_of(organisation.node, domain_id).get(pk=setting_id)
        record(actor, "funding.setting", organisation.node, f"setting:{row.pk}", _setting(row, code), None)
        row.delete()


def _check(domain_id: str, key: str, value: dict[str, Any]) -> None:
    kind, _, name = key.partition(".")
    if kind == "window" and name in STEPS:
        _check_window(value)
    elif kind == "item" and re.fullmatch(ITEM, name) and len(name) <= 60:
        _check_item(domain_id, name, value)
    else:
        euros, who = value.get("euros"), value.get("who")
        envelope = key == "envelope" and isinstance(euros, int) and 0 < euros < LARGEST
        candidates = key == "candidates" and bool(who) and set(who or ()) <= set(CANDIDATES)
        if not envelope and not candidates:
            raise InputError("ce réglage n'est pas possible", remedy="vérifier la valeur et recommencer")


def _check_window(value: dict[str, Any]) -> None:
    start, end = value.get("start"), value.get("end")
    if not start and not end:
        raise InputError("aucune date n'est donnée", remedy="en donner une au moins")
    for day in (start, end):
        if day:
            require_plausible(dt.date.fromisoformat(day), "L'étape")
    if start and end and end < start:
        raise InputError("l'étape finit avant de commencer", remedy="vérifier les deux dates")


def _check_item(domain_id: str, name: str, value: dict[str, Any]) -> None:
    domain = shipped().get(domain_id)
    if domain is not None and domain.item(name) is not None:
        raise InputError(f"« {name} » existe déjà dans ce domaine", remedy="choisir un autre repère")
    if not str(value.get("title", "")).strip() or not str(value.get("expected", "")).strip():
        raise InputError("l'objectif n'a pas de titre ou pas d'attendu", remedy="écrire l'un et l'autre")


def _setting(row: Setting, code: str) -> dict[str, Any]:
    return {"title": f"{code}, réglages", "key": row.key, **row.value, "source": row.source}
