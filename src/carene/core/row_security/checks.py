# SPDX-License-Identifier: EUPL-1.2
"""Is the second lock there, and does the role of the application pass under it? For ``carene doctor`` and ``check``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connection

from carene.core.row_security import installing
from carene.engines import french

GUIDE = "voir « Deux rôles » dans docs/guide/exploitation.md"


@dataclass(frozen=True)
class Weakness:
    """``holds``: the second lock still stands, but could be lifted; otherwise it holds nothing back."""

    what: str
    remedy: str
    holds: bool = False


def weaknesses() -> list[Weakness]:
    """Of the role that serves the pages. Empty on SQLite, which has no such thing, and where all is as it should be."""
    if connection.vendor != "postgresql":
        return []
    name = str(settings.DATABASES["default"]["USER"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, EXISTS (SELECT 1 FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = current_schema()::regnamespace AND pg_has_role(rolname, relowner, 'MEMBER')), "
            "has_schema_privilege(rolname, current_schema(), 'CREATE') FROM pg_roles "
            "WHERE rolname = coalesce(nullif(%s, ''), session_user)",
            [name],
        )
        name, superuser, bypass, owns, creates = cursor.fetchone() or (name, False, False, False, False)
    if superuser:
        return [Weakness(f"le rôle {name} est superutilisateur : PostgreSQL ne lui cache rien", GUIDE)]
    if bypass:
        return [
            Weakness(f"le rôle {name} a BYPASSRLS : PostgreSQL ne lui cache rien", f"ALTER ROLE {name} NOBYPASSRLS")
        ]
    if owns:
        what = f"le rôle {name}, qui sert les pages, possède les tables : il peut lever le second verrou"
        return [Weakness(what, GUIDE, holds=True)]
    if creates:
        return [
            Weakness(f"le rôle {name} peut créer des tables", "REVOKE CREATE ON SCHEMA public FROM PUBLIC", holds=True)
        ]
    return []


def bare() -> list[Weakness]:
    """Tables that are not held; for a database that is up to date."""
    if connection.vendor != "postgresql":
        return []
    found = installing.missing()
    if not found:
        return []
    said = french.counted(len(found), "table n'a pas ses règles", "tables n'ont pas leurs règles")
    return [Weakness(f"{said}, dont {found[0]}", "lancer « carene setup »")]


@register(Tags.database)
def second_lock(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """With ``check --database default``."""
    if not databases or DEFAULT_DB_ALIAS not in databases:
        return []
    return [Warning(one.what, hint=one.remedy, id="carene.W001") for one in weaknesses()]
