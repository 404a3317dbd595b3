#!/usr/bin/env python
# SPDX-License-Identifier: EUPL-1.2
"""Looks for known vulnerabilities of what requirements.lock installs. Three outcomes, never mistaken for one another:

- nothing known: says how many libraries were looked at, and ends well;
- something known: names it and fails. An exception is a decision with a reason and an end, in pyproject.toml:
  ``[[tool.carene.audit.ignore]]`` with ``id``, ``reason`` and ``until``;
- the data cannot be reached: says so loudly and ends well, because this check must not need a network.

pip-audit alone cannot be asked: where its service answers « unknown » to everything, it finds nothing and ends well. So
the service is first asked about a release that is known to be vulnerable.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[1]
SERVICE = "https://api.osv.dev/v1/query"
CANARY = {"package": {"name": "django", "ecosystem": "PyPI"}, "version": "2.0"}
SECONDS = 15


def why_unreachable(service: str) -> str:
    """Why nothing can be learnt from the service; empty when it knows what it should."""
    try:
        response = requests.post(service, json=CANARY, timeout=SECONDS)
        response.raise_for_status()
        known = response.json().get("vulns")
    except (requests.RequestException, ValueError, AttributeError) as error:
        return type(error).__name__
    return "" if known else "il ne connaît pas une faille que tous connaissent"


def ignored(project: Path, today: dt.date) -> tuple[list[str], list[str]]:
    """Identifiers to leave out, and what is wrong with the exceptions themselves."""
    table = tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {}).get("carene", {}).get("audit", {})
    kept, wrong = [], []
    for one in table.get("ignore", []):
        name, until = one.get("id", "?"), one.get("until")
        if not one.get("reason") or not isinstance(until, dt.date):
            wrong.append(f"{name} : une exception a une raison (reason) et une fin (until, une date)")
        elif until < today:
            wrong.append(f"{name} : l'exception a pris fin le {until:%d/%m/%Y}")
        else:
            kept.append(name)
    return kept, wrong


def audited(lock: Path, service: str, leave_out: list[str]) -> list[dict[str, Any]]:
    """What pip-audit says of each library. Raises RuntimeError when it could not do its work."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--requirement", str(lock)]
    command += ["--vulnerability-service", "osv", "--osv-url", service, "--format", "json", "--progress-spinner", "off"]
    command += [part for name in leave_out for part in ("--ignore-vuln", name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError) as error:
        raise RuntimeError(done.stderr.strip()[-1000:] or f"pip-audit : code {done.returncode}") from error
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Failles connues des bibliothèques de requirements.lock.")
    parser.add_argument("--lock", type=Path, default=ROOT / "requirements.lock")
    parser.add_argument("--project", type=Path, default=ROOT / "pyproject.toml")
    parser.add_argument("--service", default=SERVICE, help="adresse d'un service au format OSV")
    given = parser.parse_args(arguments)
    leave_out, wrong = ignored(given.project, dt.datetime.now(dt.UTC).date())
    if wrong:
        print("\n".join(["Exceptions à revoir dans pyproject.toml :", *wrong]), file=sys.stderr)
        return 1
    reason = why_unreachable(given.service)
    if reason:
        print(f"dépendances NON AUDITÉES : le service des failles ne répond pas ({reason})", file=sys.stderr)
        return 0
    try:
        found = audited(given.lock, given.service, leave_out)
    except RuntimeError as error:
        print(f"L'audit des dépendances a échoué :\n{error}", file=sys.stderr)
        return 1
    faults = [
        f"{one['name']} {one['version']} : {' = '.join([vuln['id'], *vuln['aliases']])}, "
        f"corrigé en {', '.join(vuln['fix_versions']) or '?'}"
        for one in found
        for vuln in one.get("vulns", [])
    ]
    skipped = [f"{one['name']} : {one['skip_reason']}" for one in found if "skip_reason" in one]
    if faults or skipped or not found:
        said = faults + [f"non examinée : {line}" for line in skipped]
        print(
            "\n".join(["Failles connues dans les dépendances :", *(said or ["rien n'a été examiné"])]), file=sys.stderr
        )
        return 1
    print(
        f"{len(found)} dépendances examinées, aucune faille connue"
        + (f" ({len(leave_out)} exceptions)" if leave_out else "")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
