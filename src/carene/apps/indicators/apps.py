# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from carene.apps.organisations.models import Organisation
    from carene.ui.shell import Counter


class IndicatorsConfig(AppConfig):
    name = "carene.apps.indicators"
    label = "indicators"
    verbose_name = "Indicateurs"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(
            Entry(
                "state",
                "Indicateurs",
                "indicators:list",
                20,
                verb="observation.view",
                acts="observation.write",
                counter=_stale,
            )
        )


def _stale(organisation: Organisation) -> Counter | None:
    from django.utils import timezone

    from carene.apps.indicators.queries import stale_count
    from carene.engines.french import plural
    from carene.engines.referential.catalogue import care
    from carene.ui.shell import Counter

    count = stale_count(organisation.node, care(), timezone.localdate())
    return Counter(f"{count} {plural(count, 'périmée')}") if count else None
