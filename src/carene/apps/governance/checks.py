# SPDX-License-Identifier: EUPL-1.2
"""What a row may not say. Each raises InputError: what, and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models

from carene.apps.governance.models import (
    Budget,
    Commitment,
    Committee,
    Decision,
    DutyRecord,
    Meeting,
    OnCall,
    PolicyDocument,
    Post,
)
from carene.engines import french
from carene.engines.governance.pack import governance
from carene.engines.months import add_months
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError
from carene.engines.sources.days import FIRST, require_plausible

MOST_EUROS = 10**12
MOST_FTE = 500
FIRST_YEAR = FIRST.year
YEARS_AHEAD = 2  # a budget may be voted that far ahead
LONGEST_PERIOD = 120  # months


def texts(row: models.Model) -> None:
    """No text is longer than its column."""
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:
            raise InputError(
                f"{french.quoted(value[:30] + '…')} dépasse {french.number(field.max_length)} caractères",
                remedy="le raccourcir",
            )


def budget(row: Budget, today: dt.date) -> None:
    if not FIRST_YEAR <= row.year <= today.year + YEARS_AHEAD:
        raise InputError(
            f"l'année {row.year} n'est pas possible",
            remedy=f"choisir une année de {FIRST_YEAR} à {today.year + YEARS_AHEAD}",
        )
    if row.stage == Budget.Stage.EXECUTED and row.year >= today.year:
        raise InputError(
            f"l'exercice {row.year} n'est pas clos", remedy="saisir le budget voté, et l'exécuté après la clôture"
        )
    money = row.money
    amounts = [getattr(row, name) for name in AMOUNTS]
    if all(amount is None for amount in amounts):
        raise InputError("aucun montant n'est donné", remedy="en saisir un au moins")
    if any(amount is not None and not 0 <= amount <= MOST_EUROS for amount in amounts):
        raise InputError("un montant est négatif ou démesuré", remedy="vérifier les signes et le nombre de zéros")
    pairs = (
        (row.digital_operating, row.operating, "Le numérique (exploitation)", "le budget d'exploitation"),
        (row.cyber_operating, row.digital_operating, "La cybersécurité (exploitation)", "le numérique (exploitation)"),
        (row.cyber_investment, row.digital_investment, "La cybersécurité investie", "l'investissement numérique"),
    )  # fmt: skip
    for part, whole, name, within in pairs:
        if part and whole is not None and whole > 0 and part > whole:
            raise InputError(f"{name} dépasse {within}, dont elle fait partie", remedy="vérifier les deux montants")
    if money.cyber and money.digital and money.cyber > money.digital:
        raise InputError("la cybersécurité dépasse tout le numérique", remedy="vérifier les montants")


AMOUNTS = ("operating", "digital_operating", "digital_investment", "cyber_operating", "cyber_investment")


def post(row: Post, today: dt.date, partners: Iterable[int]) -> None:
    _among(row.kind, governance().staff.posts, "cette fonction")
    if row.skill:
        _among(row.skill, care().skills, "cette compétence")
    _among(row.state, Post.State.values, "cet état")
    if not 0 <= row.fte <= MOST_FTE:
        raise InputError("le nombre d'ETP est négatif ou démesuré", remedy="écrire par exemple 0,5")
    if row.share_percent is not None and not 0 <= row.share_percent <= 100:
        raise InputError("la part du temps dépasse 100 % ou est négative", remedy="écrire un nombre de 0 à 100")
    past(row.vacant_since, "Le poste est vacant depuis un jour à venir", today)
    past(row.letter_on, "La lettre de mission est datée d'un jour à venir", today)
    if row.state == Post.State.VACANT:
        if row.holder:
            raise InputError(
                f"le poste est dit vacant et tenu par {row.holder}", remedy="effacer le nom, ou changer l'état"
            )
        return
    if row.vacant_since is not None:
        raise InputError("un poste tenu n'est pas vacant depuis un jour", remedy="effacer cette date, ou dire vacant")
    if row.state == Post.State.NAMED and not row.holder:
        raise InputError("le poste est dit nommé sans titulaire", remedy="dire qui le tient, ou le dire vacant")
    if row.state == Post.State.PROVIDER and not row.provider:
        raise InputError("le prestataire manque", remedy="dire quelle société tient ce poste")
    if row.state == Post.State.SHARED and row.employer_id is None:
        raise InputError("l'établissement employeur manque", remedy="dire avec qui ce poste est partagé")
    if row.employer_id is not None and row.employer_id not in set(partners):
        raise InputError("cet établissement n'est pas de votre groupement", remedy="choisir un de ses membres")


def on_call(row: OnCall) -> None:
    _named(row.title, "l'astreinte")
    if not 1 <= row.days <= 7:
        raise InputError("une semaine compte de 1 à 7 jours", remedy="corriger le nombre de jours")
    if not 1 <= row.hours <= 24:
        raise InputError("un jour compte de 1 à 24 heures", remedy="corriger le nombre d'heures")


def committee(row: Committee) -> None:
    _among(row.kind, governance().committees, "cette instance")
    _named(row.title, "l'instance")
    _period(row.every_months)


def meeting(row: Meeting, today: dt.date) -> None:
    if row.held_on is None:
        raise InputError("la réunion n'a pas de date", remedy="dire quel jour elle s'est tenue")
    require_plausible(row.held_on, "La réunion")
    if row.held_on > today and (row.management or row.physicians or row.nursing):
        raise InputError(
            "une réunion à venir n'a pas encore de présents", remedy="corriger la date, ou cocher les présents après"
        )


def decision(row: Decision, today: dt.date) -> None:
    _named(row.text, "la décision")
    _among(row.state, Decision.State.values, "cet état")
    if row.meeting.held_on > today:
        raise InputError("la réunion n'a pas encore eu lieu", remedy="noter la décision quand elle sera prise")
    if row.due_on is not None:
        require_plausible(row.due_on, "L'échéance")
        if row.due_on < row.meeting.held_on:
            raise InputError("l'échéance précède la réunion", remedy="corriger l'une des deux dates")


def commitment(row: Commitment, today: dt.date) -> None:
    _among(row.kind, governance().commitments, "ce texte")
    _named(row.title, "l'engagement")
    _among(row.state, Commitment.State.values, "cet état")
    if row.due_on is not None:
        require_plausible(row.due_on, "L'échéance")
    past(row.progress_on, "L'avancement est daté d'un jour à venir", today)


def policy(row: PolicyDocument, today: dt.date) -> None:
    _among(row.kind, governance().documents, "ce document")
    _named(row.title, "le document")
    past(row.approved_on, "L'approbation est datée d'un jour à venir", today)
    past(row.reviewed_on, "La revue est datée d'un jour à venir", today)
    _period(row.review_months)


def duty(row: DutyRecord, today: dt.date, previous: dt.date | None) -> None:
    """``previous``: the day on which it was expected, if any."""
    if row.duty not in governance().duty:
        raise InputError("cette obligation n'existe pas", remedy="recharger la page et choisir de nouveau")
    _among(row.kind, DutyRecord.Kind.values, "cet état")
    if row.kind == DutyRecord.Kind.DONE:
        past(row.on, "L'obligation est dite faite un jour à venir", today)
        if row.next_on is not None and row.next_on <= row.on:
            raise InputError(
                "la prochaine date ne suit pas celle du jour où c'est fait", remedy="corriger l'une des deux"
            )
    elif row.kind == DutyRecord.Kind.PLANNED:
        if row.next_on is None:
            raise InputError("la nouvelle date manque", remedy="dire pour quel jour c'est prévu")
        if row.next_on < today:
            raise InputError("la nouvelle date est déjà passée", remedy="choisir un jour à venir")
        if previous is not None and row.next_on > previous and not row.reason:
            raise InputError("le motif du report manque", remedy="l'écrire en quelques mots")
    elif not row.reason:
        raise InputError("le motif manque", remedy="dire pourquoi cette obligation est sans objet ici")
    for day in (row.on, row.next_on):
        if day is not None:
            require_plausible(day, "La date")


def past(day: dt.date | None, sentence: str, today: dt.date) -> None:
    if day is None:
        return
    require_plausible(day, "La date")
    if day > today:
        raise InputError(sentence, remedy="corriger la date")


def next_review(row: PolicyDocument) -> dt.date | None:
    last = row.last_review
    return add_months(last, row.review_months) if last and row.review_months else None


def _named(text: str, what: str) -> None:
    if not text:
        raise InputError(f"{what} n'est pas dite" if what.startswith("la ") else f"{what} n'a pas de nom",
                         remedy="l'écrire en quelques mots")  # fmt: skip


def _among(key: str, known: Iterable[str], what: str) -> None:
    if key not in known:
        raise InputError(f"{what} n'existe pas", remedy="recharger la page et choisir de nouveau")


def _period(months: int | None) -> None:
    if months is not None and not 1 <= months <= LONGEST_PERIOD:
        raise InputError("la périodicité n'est pas possible", remedy=f"donner de 1 à {LONGEST_PERIOD} mois, ou rien")
