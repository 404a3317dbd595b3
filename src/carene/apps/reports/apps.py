# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "carene.apps.reports"
    label = "reports"
    verbose_name = "Rapports"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(Entry("together", "Rapports", "reports:overview", 20, verb="report.make"))
