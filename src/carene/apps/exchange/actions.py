# SPDX-License-Identifier: EUPL-1.2
"""What is done to files: read one, apply the lines that were chosen, drop it. And to the keys of machines."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone

from carene.apps.assessments import actions as assessments
from carene.apps.assessments import queries as assessment_queries
from carene.apps.assessments import referentials, slots
from carene.apps.exchange import drafts, queries
from carene.apps.exchange.models import ApiToken, Draft
from carene.apps.exchange.preview import preview
from carene.apps.indicators import actions as indicators
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.files.scanning import scan
from carene.core.journal.writer import record
from carene.core.row_security import scope
from carene.engines import french
from carene.engines.exchange.files import read_file
from carene.engines.exchange.observations import read_observations_file
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError

KEPT_DAYS = 7
IMPORT, OBSERVE, KEY = "assessment.import", "observation.write", "organisation.view"
PREFIX = "carene_"
LONGEST_LIFE = 366  # days of a key
KEYS_EACH = 20  # of one person


class Moved(InputError):
    """What is stored changed since it was shown; nothing was applied."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"{french.counted(count, 'réponse')} {french.plural(count, 'a changé', 'ont changé')} "
            "pendant la relecture, rien n'a été repris",
            remedy="relire les lignes signalées et confirmer",
        )


def read_answers(actor: Actor, organisation: Organisation, assessment_id: int, content: bytes, name: str) -> Draft:
    """A file of answers, read and kept for its preview. Raises InputError when it cannot be read at all."""
    actor.require(IMPORT, organisation.node)
    assessment = assessment_queries.find(organisation.node, assessment_id)
    if not assessment.is_open:
        raise InputError(
            f"« {assessment.title} » n'est plus ouverte, ses réponses ne changent plus", remedy="la rouvrir d'abord"
        )
    scan(actor, organisation.node, name, io.BytesIO(content))
    reading = read_file(content, name, referentials.of(assessment), timezone.localdate())
    return _keep(actor, organisation, Draft.Kind.ANSWERS, name, drafts.of_answers(reading), assessment.pk)


def read_observations(actor: Actor, organisation: Organisation, content: bytes, name: str) -> Draft:
    """A file of observations, read and kept for its preview. Raises InputError when it cannot be read at all."""
    actor.require(OBSERVE, organisation.node)
    scan(actor, organisation.node, name, io.BytesIO(content))
    today = timezone.localdate()
    if name.lower().endswith((".yaml", ".yml", ".json")):
        reading = read_file(content, name, care(), today)
        items, problems = list(reading.questionnaire.observations), list(reading.problems)
    else:
        items, problems = read_observations_file(content, name, care(), today)
    return _keep(actor, organisation, Draft.Kind.OBSERVATIONS, name, drafts.of_observations(items, problems))


def _keep(
    actor: Actor,
    organisation: Organisation,
    kind: str,
    name: str,
    content: dict[str, Any],
    assessment: int | None = None,
) -> Draft:
    with atomic_write():
        limit = timezone.now() - dt.timedelta(days=KEPT_DAYS)
        with scope.everything("old drafts of everyone are cleaned"):
            Draft.objects.unscoped("as said above").filter(created_at__lt=limit).delete()
        return Draft.objects.create(
            node=organisation.node,
            kind=kind,
            assessment_id=assessment,
            name=name[:200],
            content=content,
            created_by=actor.user,
        )


def apply_answers(actor: Actor, organisation: Organisation, draft_id: int, chosen: Mapping[str, int]) -> list[str]:
    """Takes the chosen lines, all or none; returns the questions whose answer changed.

    ``chosen``: question → version that was shown beside it (0: no answer). Raises Draft.DoesNotExist, Moved when one of
    them changed since, InputError when nothing is chosen, the file was applied already, or the assessment is closed.
    """
    actor.require(IMPORT, organisation.node)
    if not chosen:
        raise InputError(
            "Aucune ligne n'est cochée", remedy="cocher les réponses à reprendre, ou abandonner ce fichier"
        )
    with atomic_write():
        draft = _pending(actor, organisation, draft_id, Draft.Kind.ANSWERS)
        assessment = slots.locked(organisation.node, draft.assessment_id or 0)
        kept = drafts.to_answers(draft.content)
        shown = preview(
            kept.entries,
            assessment_queries.answers(assessment),
            referentials.of(assessment),
            same_assessment=kept.assessment == assessment.pk,
        )
        lines = [line for line in shown.lines if line.criterion.id in chosen]
        moved = sum(1 for line in lines if line.version != chosen[line.criterion.id])
        if moved:
            raise Moved(moved)
        rows = [assessments.Row(line.criterion.id, *line.after) for line in lines]
        changed = assessments.answer_many(actor, organisation, assessment, rows)
        _close(actor, organisation, draft, len(changed))
    return changed


def apply_observations(
    actor: Actor, organisation: Organisation, draft_id: int, chosen: Collection[int]
) -> indicators.Recorded:
    """Records the chosen lines (ranks in the draft), all or none; one chosen for a day that has a value replaces it."""
    actor.require(OBSERVE, organisation.node)
    if not chosen:
        raise InputError("Aucune ligne n'est cochée", remedy="cocher les valeurs à reprendre, ou abandonner ce fichier")
    with atomic_write():
        draft = _pending(actor, organisation, draft_id, Draft.Kind.OBSERVATIONS)
        items = drafts.to_observations(draft.content).items
        source = f"Fichier « {draft.name} »"[: indicators.SOURCE_LENGTH]
        taken = [
            item if item.source else replace(item, source=source) for rank, item in enumerate(items) if rank in chosen
        ]
        recorded = indicators.record_many(actor, organisation, taken, replace=True)
        _close(actor, organisation, draft, len(recorded.created))
    return recorded


def _pending(actor: Actor, organisation: Organisation, draft_id: int, kind: str) -> Draft:
    draft = queries.drafts(actor, organisation.node).select_for_update(of=("self",)).get(pk=draft_id, kind=kind)
    if draft.applied_at is not None:
        raise InputError("Ce fichier a déjà été repris", remedy="l'envoyer de nouveau s'il a changé")
    return draft


def _close(actor: Actor, organisation: Organisation, draft: Draft, count: int) -> None:
    draft.applied_at = timezone.now()
    draft.applied = count
    draft.content = {}
    draft.save(update_fields=["applied_at", "applied", "content"])
    verb = IMPORT if draft.kind == Draft.Kind.ANSWERS else OBSERVE
    record(actor, verb, organisation.node, f"file:{draft.pk}", None, {"name": draft.name, "applied": count})


def drop(actor: Actor, organisation: Organisation, draft_id: int) -> None:
    """Forgets a file that was read. Raises Draft.DoesNotExist."""
    with atomic_write():
        _pending_any(actor, organisation, draft_id).delete()


def _pending_any(actor: Actor, organisation: Organisation, draft_id: int) -> Draft:
    draft = queries.drafts(actor, organisation.node).get(pk=draft_id)
    actor.require(IMPORT if draft.kind == Draft.Kind.ANSWERS else OBSERVE, organisation.node)
    return draft


# Keys ----------------------------------------------------------------------------------------------------------------


def create_token(
    actor: Actor, organisation: Organisation, *, name: str, days: int, read_only: bool
) -> tuple[ApiToken, str]:
    """A new key and its text, which is never known again. It gives at most the rights that its owner has.

    Raises InputError: no name, a life out of bounds, too many keys.
    """
    actor.require(KEY, organisation.node)
    if actor.user is None:
        raise InputError("Une clé appartient à une personne", remedy="se connecter")
    if not name.strip():
        raise InputError("Le nom manque", remedy="dire à quoi servira cette clé")
    if not 1 <= days <= LONGEST_LIFE:
        raise InputError("La durée est hors des limites", remedy=f"choisir de 1 à {LONGEST_LIFE} jours")
    text = PREFIX + secrets.token_urlsafe(32)
    with atomic_write():
        User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)  # the limit counts keys made at once too
        with scope.everything("keys of one person, wherever they are"):
            keys = ApiToken.objects.unscoped("as said above").filter(user=actor.user).count()
        if keys >= KEYS_EACH:
            raise InputError(f"Vous avez déjà {KEYS_EACH} clés", remedy="en révoquer une")
        token = ApiToken.objects.create(
            user=actor.user,
            node=organisation.node,
            name=name.strip()[:80],
            hash=digest(text),
            hint=text[: len(PREFIX) + 4],
            read_only=read_only,
            expires_at=timezone.now() + dt.timedelta(days=days),
        )
        after = {"name": token.name, "read_only": read_only, "expires_at": token.expires_at.date().isoformat()}
        record(actor, "token.create", organisation.node, f"token:{token.pk}", None, after)
    return token, text


def revoke_token(actor: Actor, organisation: Organisation, token_id: int) -> None:
    """Ends a key of this person at once. Raises ApiToken.DoesNotExist."""
    with atomic_write():
        token = queries.tokens(actor, organisation.node).get(pk=token_id)
        record(actor, "token.revoke", organisation.node, f"token:{token.pk}", {"name": token.name}, None)
        token.delete()


def digest(text: str) -> str:
    """A key is long and random: a plain hash is enough, and can be looked up."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
