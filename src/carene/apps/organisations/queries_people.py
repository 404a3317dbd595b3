# SPDX-License-Identifier: EUPL-1.2
"""What people hold, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.core.access.limits import limits
from carene.core.access.models import Share, open_on
from carene.core.access.policy import ROLES
from carene.core.accounts.models import User
from carene.core.tenancy.models import Membership
from carene.engines import french


@dataclass(frozen=True)
class Held:
    """One role of a person, in words. ``when`` says its days, ``tone`` colours them: ended, to come, soon over."""

    row: Membership
    label: str
    here: bool
    when: str
    tone: str

    @property
    def ends_soon(self) -> bool:
        return self.tone == "soon"

    @property
    def in_force(self) -> bool:
        return self.tone not in ("late", "third")


def held(row: Membership, organisation: Organisation) -> Held:
    today, starts, ends = timezone.localdate(), row.starts_on, row.ends_on
    when, tone = "", ""
    if ends is not None and ends < today:
        when, tone = f"terminé depuis le {french.long_date(ends)}", "late"
    elif starts is not None and starts > today:
        when, tone = f"à partir du {french.long_date(starts)}", "third"
        when += f", jusqu'au {french.long_date(ends)}" if ends else ""
    elif ends is not None:
        when = f"jusqu'au {french.long_date(ends)}"
        if limits().is_soon(ends, today):
            when, tone = f"{when}, {french.due(ends, today)}", "soon"
    return Held(row, ROLES.get(row.role, row.role), row.node_id == organisation.pk, when, tone)


def shared_with(user: User) -> list[Share]:
    """What is open to this very person besides their roles, what ends first before the rest."""
    rows = Share.objects.unscoped("what is shared with one person").filter(open_on(timezone.localdate()), user=user)
    return list(rows.select_related("node__organisation").order_by("ends_on", "id"))
