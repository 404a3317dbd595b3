# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "carene.apps.funding"
    label = "funding"
    verbose_name = "Financements"

    def ready(self) -> None:
        from carene.core.jobs.daily import Daily
        from carene.core.jobs.daily import register as every_day
        from carene.ui.shell import Entry, register

        every_day(Daily("funding.deadline", "Rappels des financements", "carene.apps.funding.daily.remind"))
        register(
            # No counter: every page of every app would pay a query for what moves a few times a year.
            Entry("steer", "Financements", "funding:list", 50, verb="funding.view", assessable_only=False)
        )
