# SPDX-License-Identifier: EUPL-1.2
"""What is read before the first request, so that fifty people who arrive together do not each pay it."""

import subprocess
import sys

PROBE = """
import gc
import django
django.setup()
from carene.config.warm import warm
from carene.engines.referential.catalogue import care
assert not care.cache_info().currsize
warm()
from django.template import engines
cached = engines["django"].engine.template_loaders[0].get_template_cache
assert care.cache_info().currsize and gc.get_freeze_count() > 100_000
assert any("assessments/question.html" in str(key) for key in cached), list(cached)[:5]
"""


def test_packs_and_templates_are_read_once_for_all(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CARENE_VAR", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    result = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
