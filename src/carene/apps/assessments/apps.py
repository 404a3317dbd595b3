# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "carene.apps.assessments"
    label = "assessments"
    verbose_name = "Auto-évaluations"

    def ready(self) -> None:
        from carene.apps.assessments.queries import rail_counter
        from carene.ui.shell import Entry, register

        register(
            Entry(
                group="state",
                label="Auto-évaluation",
                view="assessments:overview",
                order=10,
                verb="assessment.view",
                counter=rail_counter,
            )
        )
