# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class RisksConfig(AppConfig):
    name = "carene.apps.risks"
    label = "risks"
    verbose_name = "Risques"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(Entry("state", "Risques", "risks:overview", 30, verb="risk.view"))
