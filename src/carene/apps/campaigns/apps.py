# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "carene.apps.campaigns"
    label = "campaigns"
    verbose_name = "Campagnes"

    def ready(self) -> None:
        from carene.apps.assessments import expected
        from carene.apps.campaigns.dates import expected_of
        from carene.core.jobs.daily import Daily
        from carene.core.jobs.daily import register as every_day
        from carene.ui.shell import Entry, register

        expected.register("campaigns", expected_of)
        every_day(Daily("campaigns.reminders", "Rappels des campagnes", "carene.apps.campaigns.daily.remind"))
        register(Entry("steer", "Campagnes", "campaigns:list", 40, verb="campaign.view", assessable_only=False))
