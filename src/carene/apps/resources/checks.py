# SPDX-License-Identifier: EUPL-1.2
"""What a row may not say. Each raises InputError: what, and what to do."""

from __future__ import annotations

import datetime as dt

from django.db import models

from carene.apps.resources.models import MemberStep, Need, Offer, Trajectory
from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.resources.pack import resources
from carene.engines.sources import InputError

FIRST, FARTHEST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
MOST_CAPACITY = 10_000
MOST_EUROS = 10**9


def texts(row: models.Model) -> None:
    """No text is longer than its column."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:
            raise InputError(
                f"{french.quoted(value[:30] + '…')} dépasse {french.number(field.max_length)} caractères",
                remedy="le raccourcir",
            )


def trajectory(row: Trajectory, today: dt.date) -> None:
    if row.validated_on is None or not row.document:
        raise InputError(
            "il manque la date de validation ou ce qui la prouve",
            remedy="donner le jour où le comité stratégique l'a validée, et son compte rendu",
        )
    for day in (row.validated_on, row.reviewed_on):
        if day is not None and not FIRST <= day <= today:
            raise InputError(f"le {french.long_date(day)} est à venir ou trop ancien", remedy="donner un jour passé")
    if row.reviewed_on is not None and row.reviewed_on < row.validated_on:
        raise InputError("le dernier suivi précède la validation", remedy="vérifier les deux dates")
    if row.ends_on is not None and not row.validated_on < row.ends_on <= FARTHEST:
        raise InputError("l'échéance précède la validation, ou est trop loin", remedy="vérifier les deux dates")


def step(row: MemberStep, today: dt.date) -> None:
    state = MemberStep.State
    if row.step not in resources().step or row.state not in state.values:
        raise InputError("cette étape ou cet état n'existe pas", remedy="recharger la page et choisir de nouveau")
    if row.state == state.DONE:
        if row.on is None or not FIRST <= row.on <= today:
            raise InputError("une étape faite l'a été un jour passé", remedy="donner ce jour")
        if not row.proof and row.evidence_id is None:
            raise InputError(
                "rien ne prouve que l'étape est faite", remedy="choisir une preuve, ou dire où elle se trouve"
            )
    if row.state == state.PLANNED and (row.on is None or not today <= row.on <= FARTHEST):
        raise InputError("une étape prévue l'est pour un jour à venir", remedy="donner ce jour")
    if row.state == state.NOT_APPLICABLE and not row.reason:
        raise InputError("il manque pourquoi l'étape est sans objet", remedy="le dire en une phrase")


def offer(row: Offer) -> None:
    if not row.title or not row.contact:
        raise InputError("il manque le nom de l'offre ou son contact", remedy="dire ce que c'est, et à qui s'adresser")
    if not (row.service or row.skill or row.measures):
        raise InputError(
            "rien ne dit à quoi l'offre répond", remedy="choisir un service, une compétence ou des mesures"
        )
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        raise InputError("l'offre finirait avant de commencer", remedy="vérifier les deux dates")
    if any(day is not None and not FIRST <= day <= FARTHEST for day in (row.starts_on, row.ends_on)):
        raise InputError("une des dates n'est pas possible", remedy="la corriger")
    if row.capacity is not None and not 1 <= row.capacity <= MOST_CAPACITY:
        raise InputError("la capacité compte des établissements", remedy=f"donner un nombre de 1 à {MOST_CAPACITY}")
    if row.price is not None and not 0 <= row.price <= MOST_EUROS:
        raise InputError("ce prix n'est pas possible", remedy="donner des euros par an, ou laisser vide")
    referential = care()
    _known("mesure", row.measures, referential.measure)
    _known("type", row.types, referential.types)
    _known("taille", row.sizes, {band.id for band in referential.bands})
    _words(row)


def need(row: Need) -> None:
    if not row.title:
        raise InputError("la demande n'a pas de titre", remedy="dire en quelques mots ce qui manque")
    if row.wanted_on is not None and not FIRST <= row.wanted_on <= FARTHEST:
        raise InputError("cette date n'est pas possible", remedy="la corriger")
    referential = care()
    _known("mesure", [row.measure] if row.measure else [], referential.measure)
    _known("critère", [row.criterion] if row.criterion else [], referential.criterion)
    _words(row)


def _words(row: Offer | Need) -> None:
    _known("service", [row.service] if row.service else [], resources().services)
    _known("compétence", [row.skill] if row.skill else [], care().skills)


def _known(what: str, given: list[str], existing: object) -> None:
    wrong = [one for one in given if one not in existing]  # type: ignore[operator]
    if wrong:
        raise InputError(f"{what} inconnu : {french.quoted(str(wrong[0]))}", remedy="en choisir un dans la liste")
