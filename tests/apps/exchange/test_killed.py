# SPDX-License-Identifier: EUPL-1.2
"""A server killed for good in the middle of an import: another process finds everything as it was, file included."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SET_UP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from carene.apps.exchange import actions
from carene.core.access.actor import Actor
from tests.support.factories import make_assessment, make_world
world = make_world()
assessment = make_assessment(world.hospital, {"GOV.1.1": 1})
text = b"answers: {GOV.1.1: 3, GOV.1.2: 2, GOV.1.3: 1}"
actions.read_answers(Actor.of(world.alice), world.hospital, assessment.pk, text, "a.yaml")
"""
IMPORT = """
import django, os, signal, sys; django.setup()
from carene.apps.exchange import actions
from carene.apps.exchange.models import Draft
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.accounts.models import User
draft = Draft.objects.unscoped("test").get()
hospital = Organisation.objects.of(draft.node).get()
if sys.argv[1] == "kill":
    actions._close = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
chosen = {"GOV.1.1": 1, "GOV.1.2": 0, "GOV.1.3": 0}
actions.apply_answers(Actor.of(User.objects.get(pk=draft.created_by_id)), hospital, draft.pk, chosen)
"""
LOOK = """
import django; django.setup()
from carene.apps.assessments.models import Answer
from carene.core.journal.models import Entry
print(sorted(Answer.objects.values_list("criterion", "level")), Entry.objects.filter(verb="assessment.import").count())
"""


def test_nothing_half_written_nothing_lost(tmp_path: Path) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "carene.config.settings", "CARENE_VAR": str(tmp_path)}
    environment.pop("CARENE_DATABASE", None)

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = run(SET_UP)
    assert done.returncode == 0, done.stderr[-2000:]
    assert run(IMPORT, "kill").returncode == -signal.SIGKILL
    assert run(LOOK).stdout.strip() == "[('GOV.1.1', 1)] 0"
    assert run(IMPORT, "finish").returncode == 0
    assert run(LOOK).stdout.strip() == "[('GOV.1.1', 3), ('GOV.1.2', 2), ('GOV.1.3', 1)] 4"
