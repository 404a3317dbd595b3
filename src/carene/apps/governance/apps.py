# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "carene.apps.governance"
    label = "governance"
    verbose_name = "Gouvernance"

    def ready(self) -> None:
        from carene.core.jobs.daily import Daily
        from carene.core.jobs.daily import register as every_day
        from carene.ui.shell import Entry, register

        every_day(Daily("governance.calendar", "Rappels de la gouvernance", "carene.apps.governance.daily.remind"))
        register(
            Entry("steer", "Gouvernance", "governance:overview", 10, verb="governance.view", assessable_only=False)
        )
