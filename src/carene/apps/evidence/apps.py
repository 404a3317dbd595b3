# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from carene.apps.organisations.models import Organisation
    from carene.ui.shell import Counter


class EvidenceConfig(AppConfig):
    name = "carene.apps.evidence"
    label = "evidence"
    verbose_name = "Preuves"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(Entry("plan", "Preuves", "evidence:list", 20, verb="evidence.view", counter=_to_renew))


def _to_renew(organisation: Organisation) -> Counter | None:
    from django.utils import timezone

    from carene.apps.evidence.queries import to_renew
    from carene.ui.shell import Counter

    # The list of evidence has just counted them, and left the result on the organisation.
    known: int | None = getattr(organisation, "evidence_to_renew", None)
    count = to_renew(organisation.node, timezone.localdate()).count() if known is None else known
    return Counter(f"{count} à renouveler") if count else None
