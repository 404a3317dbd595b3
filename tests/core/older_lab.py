# SPDX-License-Identifier: EUPL-1.2
"""``python -m tests.core.older_lab ARCHIVE``: an archive as the first version made it.

The database of ``CARENE_DATABASE`` is brought to the first migration of each app and no further, filled with the models
of that time, and archived. Prints what every table held: {table: [{column: value}, …]}.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

FIRST = (
    "accounts", "tenancy", "journal", "files", "organisations", "indicators", "evidence", "assessments", "roadmaps",
    "exchange",
)  # fmt: skip
CONTENT = b"%PDF-1.7 une preuve d'alors"
TABLES = (
    "accounts_user", "tenancy_node", "tenancy_membership", "organisations_organisation", "assessments_assessment",
    "assessments_answer", "files_storedfile", "evidence_evidence", "evidence_evidencelink", "journal_entry",
)  # fmt: skip
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def fill(apps: Any) -> None:
    def make(label: str, **values: Any) -> Any:
        return apps.get_model(label)._base_manager.create(**values)

    user = make("accounts.User", email="a@exemple.invalid", name="Anne", password="!")
    region = make("tenancy.Node", path="1/")
    hospital = make("tenancy.Node", path=f"1/{region.pk + 1}/", parent=region)
    make("organisations.Organisation", node=region, kind="region", name="Région d'alors")
    make("organisations.Organisation", node=hospital, kind="entity", name="CH d'alors", beds=312)
    make("tenancy.Membership", user=user, node=hospital, role="rssi")
    assessment = make(
        "assessments.Assessment", node=hospital, referential="care", referential_version="1", title="2026",
        state="open", started_at=AT, started_by=user,
    )  # fmt: skip
    for rank in range(1, 6):
        make(
            "assessments.Answer", assessment=assessment, criterion=f"GOV.1.{rank}", level=rank % 5,
            comment="« l'été »\n", updated_by=user,
        )  # fmt: skip
    digest = hashlib.sha256(CONTENT).hexdigest()
    stored = make(
        "files.StoredFile", node=hospital, name="pv.pdf", media_type="application/pdf", size=len(CONTENT),
        sha256=digest, created_by=user,
    )  # fmt: skip
    proof = make("evidence.Evidence", node=hospital, title="PV", file=stored, created_by=user)
    make("evidence.EvidenceLink", evidence=proof, referential="care", criterion="GOV.1.1")
    for rank in range(40):
        make(
            "journal.Entry", actor="Anne", user=user, node=(hospital, region, None)[rank % 3], verb="assessment.answer",
            target=f"answer:{rank}", before=None, after={"level": rank, "comment": "é", "share": 0.1}, origin="web",
        )  # fmt: skip


def copy(folder: Path) -> Path:
    from django.db import connection

    from carene.core.backup import database

    if connection.vendor == "sqlite":
        target = folder / "carene.sqlite3"
        with (
            closing(sqlite3.connect(connection.settings_dict["NAME"])) as live,
            closing(sqlite3.connect(target)) as out,
        ):
            live.backup(out)
        return target
    target = folder / "carene.dump"
    options, environment = database.address()
    command = [database.program("pg_dump"), *options, "--format=custom", "--compress=0", "--no-owner"]
    command += ["--no-privileges", f"--file={target}", f"--dbname={connection.settings_dict['NAME']}"]
    subprocess.run(command, env=environment, check=True)
    return target


def rows(query: str) -> list[dict[str, str]]:
    """As the database gives them, without what Django makes of them."""
    from django.db import connection

    cursor: Any
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as opened:
            cursor = opened.execute(query)
            found = cursor.fetchall()
    else:
        import psycopg

        known = connection.settings_dict
        address = {key: known[key.upper()] for key in ("host", "port", "user")}
        with psycopg.connect(dbname=known["NAME"], **address) as server:
            cursor = server.execute(query.encode())
            found = cursor.fetchall()
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, map(str, row), strict=True)) for row in found]


def main(path: Path) -> None:
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from carene.core.backup import archive
    from carene.core.row_security.roles import as_owner

    with as_owner():
        executor = MigrationExecutor(connection)
        targets = [(app, "0001_initial") for app in FIRST]
        executor.migrate(targets)
        applied = [f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.applied_migrations]
        assert "journal.0002_chain" not in applied
        fill(executor.loader.project_state(targets).apps)
        held = {table: rows(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}
        name = hashlib.sha256(CONTENT).hexdigest()
        stored = path.parent / "stored"
        stored.write_bytes(CONTENT)
        manifest = archive.Manifest("0.1.0", connection.vendor, AT.isoformat(), applied, [])
        with path.open("wb") as out, archive.writing(out, manifest, []) as writer:
            copied = copy(path.parent)
            writer.add(copied.name, copied)
            writer.add(f"files/{name[:2]}/{name}", stored)
    print(json.dumps(held))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings")
    main(Path(sys.argv[1]))
