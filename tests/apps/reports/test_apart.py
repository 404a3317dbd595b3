# SPDX-License-Identifier: EUPL-1.2
"""A document made in another process is the same document, and what went wrong there is told here."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from carene.apps.reports.rendering import apart
from carene.engines.sources import InputError


def test_it_gives_what_the_function_gives() -> None:
    assert apart.rendered("base64:b64encode", b"Car\xc3\xa8ne") == b"Q2Fyw6huZQ=="


def test_the_error_of_the_other_process_is_raised_here() -> None:
    with pytest.raises(ValueError, match="Non-hexadecimal"):
        apart.rendered("binascii:unhexlify", "zz")


def test_an_error_that_cannot_travel_is_told_all_the_same() -> None:
    with pytest.raises(RuntimeError, match="Untold: no way"):
        apart.rendered("tests.apps.reports.untold:fail")


def test_the_sentence_of_a_wrong_input_arrives_whole() -> None:
    import pickle

    error = InputError("quoi", where="où", remedy="que faire")
    again = pickle.loads(pickle.dumps(error))
    assert again.sentence == error.sentence


def test_a_document_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.5)
    with pytest.raises(subprocess.TimeoutExpired):
        apart.rendered("time:sleep", 30)


def test_a_worker_does_not_carry_what_makes_documents() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'carene.config.settings_test'\n"
        "import django; django.setup()\n"
        "from django.urls import reverse; reverse('home:start')\n"
        "print(*sorted({'typst', 'docx', 'xlsxwriter', 'icalendar', 'ortools', 'highspy'} & sys.modules.keys()))"
    )
    said: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []
