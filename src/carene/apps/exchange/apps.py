# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "carene.apps.exchange"
    label = "exchange"
    verbose_name = "Échanges"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(Entry("together", "Échanges", "exchange:index", 15, verb="assessment.view"))
