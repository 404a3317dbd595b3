# SPDX-License-Identifier: EUPL-1.2
"""Letters leave one by one, outside of any transaction; several processes may send at once.

A letter is marked as tried before it leaves: cut between the two, it may have been received, and is not sent again.
One that the mail server refuses is tried again an hour later, three times in all; when the server does not answer, all
of them wait for an hour, for a week at most.
"""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.utils import timezone

from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.letters.models import Letter
from carene.core.row_security import scope

WHY = "letters of every organisation leave together"
TRIES = 3
AGAIN = dt.timedelta(hours=1)
STALE = dt.timedelta(days=7)  # what was to be reminded a week ago is no reminder any more
KEPT = dt.timedelta(days=400)  # a year and its reminders stay in sight
UNREACHABLE = (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, smtplib.SMTPAuthenticationError)


@dataclass
class Sent:
    left: int = 0
    refused: int = 0


def _to_send() -> Q:
    now = timezone.now()
    due = Q(not_before=None, tried_at=None) | Q(not_before__lte=now)
    return Q(sent_at=None, dropped="", posted_at__gt=now - STALE) & due


def pending() -> bool:
    return bool(settings.EMAIL_HOST) and Letter.objects.unscoped(WHY).filter(_to_send()).exists()


def run(stop: Callable[[], bool]) -> None:
    """The chore of the process of the computations."""
    send(stop)


def send(stop: Callable[[], bool] = lambda: False) -> Sent:
    """Sends what waits, oldest first."""
    done = Sent()
    with scope.everything(WHY):
        while settings.EMAIL_HOST and not stop():
            letter = _take()
            if letter is None or not _deliver(letter, done):
                break
    return done


def _take() -> Letter | None:
    """The oldest that may leave, from this moment ours."""
    rows = Letter.objects.unscoped(WHY)
    for letter in rows.filter(_to_send()).select_related("node", "user").order_by("posted_at", "id")[:10]:
        with atomic_write():
            values = {"tried_at": timezone.now(), "tries": F("tries") + 1, "not_before": None, "error": ""}
            if rows.filter(_to_send(), pk=letter.pk).update(**values):
                letter.tries += 1
                return letter
    return None


def _deliver(letter: Letter, done: Sent) -> bool:
    """False when it is of no use to try the others now."""
    if not letter.user.is_active or not Actor.of(letter.user).can(letter.verb, letter.node):
        _write(letter, dropped="le droit a été retiré entre-temps")
        return True
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.user.email]).send()
    except (smtplib.SMTPException, OSError) as error:
        done.refused += 1
        later = {"error": type(error).__name__, "not_before": timezone.now() + AGAIN}
        if isinstance(error, UNREACHABLE) or not isinstance(error, smtplib.SMTPException):
            with atomic_write():
                waiting = Q(pk=letter.pk) | _to_send()
                Letter.objects.unscoped(WHY).filter(waiting).update(**later)
            _write(letter, tries=letter.tries - 1)
            return False
        if letter.tries >= TRIES:
            later["dropped"] = f"refusé {TRIES} fois par le serveur de courriel"
        _write(letter, **later)
        return True
    done.left += 1
    _write(letter, sent_at=timezone.now())
    return True


def _write(letter: Letter, **values: object) -> None:
    with atomic_write():
        Letter.objects.unscoped(WHY).filter(pk=letter.pk).update(**values)


def forget(_today: dt.date) -> str:
    """A daily task: letters of long ago are removed, those of more than a week do not leave any more."""
    rows, now = Letter.objects.unscoped(WHY), timezone.now()
    stale = rows.filter(sent_at=None, dropped="", posted_at__lte=now - STALE)
    old = rows.filter(posted_at__lt=now - KEPT)
    if not stale.exists() and not old.exists():
        return ""
    with atomic_write():
        stale.update(dropped="resté une semaine sans pouvoir partir")
        old.delete()
    return "anciens courriels retirés"


def refused() -> tuple[int, str]:
    """For ``carene doctor``: how many were refused and have not left since, and the last refusal."""
    rows = Letter.objects.unscoped(WHY).filter(sent_at=None).exclude(error="")
    last = rows.filter(posted_at__gt=timezone.now() - STALE).order_by("-posted_at", "-id")
    errors = list(last.values_list("error", flat=True))
    return len(errors), errors[0] if errors else ""
