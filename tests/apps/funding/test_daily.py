# SPDX-License-Identifier: EUPL-1.2
"""Reminders of the windows: to whose turn it is, once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from carene.apps.funding import actions, daily
from carene.apps.funding.actions.ruling import Source
from carene.core.letters import sending
from tests.apps.funding.conftest import PREREQUISITES, Stage

END = dt.date(2025, 10, 31)  # of the candidature to D2


@pytest.fixture(autouse=True)
def server(settings: Any) -> None:
    settings.EMAIL_HOST = "courriel.invalid"
    settings.PUBLIC_URL = "https://carene.invalid"


def told() -> list[str]:
    mail.outbox.clear()
    sending.send()
    return [one.to[0] for one in mail.outbox]


def test_the_candidate_while_it_prepares_then_the_officer(stage: Stage, clock: dict[str, dt.datetime]) -> None:
    row = stage.start()
    assert daily.remind(END - dt.timedelta(days=31)) == ""
    assert daily.remind(END - dt.timedelta(days=30)).startswith("1")
    assert told() == [stage.director.email]
    assert f"https://carene.invalid/o/{stage.support.pk}/financements/dossiers/{row.pk}/" in str(mail.outbox[0].body)
    assert daily.remind(END) == "", "never twice"
    stage.fill(*PREREQUISITES)
    stage.move(stage.director, "apply")
    told()
    assert daily.remind(END).startswith("1")
    assert told() == [stage.officer.email], "its turn, and the candidate is left in peace"
    assert daily.remind(END + dt.timedelta(days=1)) == "", "after the end there is nothing to remind of"


def test_a_window_that_moves_is_told_again(stage: Stage, clock: dict[str, dt.datetime]) -> None:
    stage.start()
    daily.remind(END)
    source = Source("Note de la région", confidence="official")
    later = {"start": "2025-09-02", "end": "2025-11-15"}
    actions.set_setting(stage.by(stage.payer), stage.nation, "d2", "window.application", later, source)
    assert daily.remind(END).startswith("1")
    assert timezone.localdate() < END


def test_the_first_page_says_it_too(stage: Stage, clock: dict[str, dt.datetime], client_for: Any) -> None:
    clock["now"] = dt.datetime(2025, 9, 20, 10, 0, tzinfo=dt.UTC)
    stage.start()
    home = f"/o/{stage.support.pk}/"
    assert "Dossier de financement" not in client_for(stage.director).get(home).content.decode()
    clock["now"] = dt.datetime(2025, 10, 20, 10, 0, tzinfo=dt.UTC)
    client = client_for(stage.director)
    assert "la fenêtre se ferme le 31" in client.get(home).content.decode()
    stage.fill(*PREREQUISITES)
    stage.move(stage.director, "apply")
    assert "Dossier de financement" not in client.get(home).content.decode(), "it is no longer its turn"
