# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "carene.core.jobs"
    label = "jobs"
    verbose_name = "Calculs"

    def ready(self) -> None:
        from carene.core.jobs import chores, daily

        chores.register(chores.Chore("daily", "carene.core.jobs.daily.pending", "carene.core.jobs.daily.run"))
        daily.register(
            daily.Daily("database.statistics", "Index de la base", "carene.core.database.statistics.refresh")
        )
