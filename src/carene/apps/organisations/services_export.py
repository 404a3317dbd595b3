# SPDX-License-Identifier: EUPL-1.2
"""Shared services as a file, one line for each beneficiary. Rows in, bytes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from carene.apps.organisations.models import SharedService
from carene.engines.exchange.table_files import Cell, Column, render

COLUMNS = (
    Column("Service", 26), Column("Nom", 34), Column("Groupe", 30), Column("Fourni par", 40),
    Column("FINESS du fournisseur", 14), Column("Bénéficiaire", 40), Column("FINESS du bénéficiaire", 14),
    Column("Part (%)", 10), Column("Part (€ par an)", 14), Column("Depuis le", 12), Column("Jusqu'au", 12),
    Column("Contact", 34), Column("Remarque", 50),
)  # fmt: skip


def services_file(kind: str, services: Iterable[SharedService], *, contacts: bool) -> bytes:
    """A file of one of the kinds of ``table_files.MEDIA_TYPES``; services come with their beneficiaries.

    Without ``contacts``, the column is empty: names of people are for those who may see them.
    """
    return render(kind, "Services mutualisés", COLUMNS, _rows(services, contacts=contacts))


def _rows(services: Iterable[SharedService], *, contacts: bool) -> Iterator[list[Cell]]:
    for one in services:
        provider = one.provider.organisation
        for line in one.beneficiaries.all():
            member = line.node.organisation
            yield [
                one.get_kind_display(), one.title, str(one.node.organisation), str(provider), provider.finess,
                str(member), member.finess,
                float(line.share_percent) if line.share_percent is not None else None, line.share_euros,
                _day(one.starts_on), _day(one.ends_on), one.contact if contacts else "", one.note,
            ]  # fmt: skip


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
