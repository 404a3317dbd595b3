# SPDX-License-Identifier: EUPL-1.2
"""A server that others reach refuses to start with dangerous settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from carene.config import checks
from carene.engines.sources import InputError

ROOT = Path(__file__).resolve().parents[3]
GOOD = {"HTTPS": True, "SECURE_PROXY_SSL_HEADER": ("X", "https"), "ALLOWED_HOSTS": ["carene.ght.example"]}


@pytest.fixture(autouse=True)
def _production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARENE_ALLOW_HTTP", raising=False)
    settings.SECRET_KEY = "abcdefghij" * 6
    for name, value in GOOD.items():
        setattr(settings, name, value)


def test_good_settings_start() -> None:
    checks.refuse_unsafe("0.0.0.0")


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("DEBUG", True, "CARENE_DEBUG"),
        ("SECRET_KEY", "short", "clé secrète"),
        ("SECRET_KEY", "x" * 80, "clé secrète"),
        ("ALLOWED_HOSTS", ["*"], "CARENE_HOSTS"),
        ("HTTPS", False, "en clair"),
        ("SECURE_PROXY_SSL_HEADER", None, "mandataire"),
    ],
)
@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "127.0.0.1"])  # the last one is reached through a proxy
def test_each_dangerous_setting_is_named(settings: Any, name: str, value: Any, word: str, host: str) -> None:
    setattr(settings, name, value)
    with pytest.raises(InputError, match=word):
        checks.refuse_unsafe(host)


def test_all_are_said_at_once(settings: Any) -> None:
    settings.DEBUG, settings.HTTPS = True, False
    with pytest.raises(InputError, match=r"CARENE_DEBUG.*en clair"):
        checks.refuse_unsafe("0.0.0.0")


def test_plain_http_on_purpose(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HTTPS = False
    monkeypatch.setenv("CARENE_ALLOW_HTTP", "oui")
    checks.refuse_unsafe("0.0.0.0")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "[::1]", "carene.localhost"])
def test_this_machine_alone_may_be_careless(settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS, settings.DEBUG, settings.HTTPS = ["localhost", "127.0.0.1"], True, False
    checks.refuse_unsafe(host)


def _run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("CARENE_", "DJANGO_"))}
    environment |= {"CARENE_VAR": str(folder), "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"} | variables
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


def test_check_deploy_is_clean_as_in_production(tmp_path: Path) -> None:
    done = _run(
        ["django", "check", "--deploy", "--fail-level", "WARNING"],
        tmp_path,
        DJANGO_SETTINGS_MODULE="carene.config.settings",
        CARENE_HTTPS="oui",
        CARENE_BEHIND_PROXY="oui",
        CARENE_HOSTS="carene.ght.example",
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_serve_says_what_to_mend_and_changes_nothing(tmp_path: Path) -> None:
    done = _run(["carene.cli.main", "serve", "--host", "0.0.0.0", "--port", "1"], tmp_path)
    assert done.returncode == 2
    assert "CARENE_HTTPS=oui" in done.stderr
    assert not (tmp_path / "carene.sqlite3").exists()


def test_the_policy_of_pages_lets_nothing_foreign_in(client: Any, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    policy = client.get("/compte/login/")["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";") if rule.strip()}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == rules["form-action"] == ["'self'"]
    assert rules["frame-ancestors"] == ["'none'"]


def test_the_threat_model_names_what_exists() -> None:
    page = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|docs)/[\w/.]+|[\w-]+\.(?:lock|toml))`", page)
    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []
