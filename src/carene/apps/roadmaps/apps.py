# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class RoadmapsConfig(AppConfig):
    name = "carene.apps.roadmaps"
    label = "roadmaps"
    verbose_name = "Feuilles de route"

    def ready(self) -> None:
        from carene.apps.roadmaps.queries import late_counter
        from carene.core.jobs.kinds import Kind
        from carene.core.jobs.kinds import register as register_kind
        from carene.ui.shell import Entry, register

        register(
            Entry(
                group="plan",
                label="Feuille de route",
                view="roadmaps:overview",
                order=10,
                verb="roadmap.view",
                counter=late_counter,
            ),
            Entry(
                group="plan",
                label="Feuille de route",
                view="roadmaps:group",
                order=10,
                verb="summary.view",
                assessable_only=False,
                kinds=("ght",),
            ),
        )
        searching = "carene.apps.roadmaps.searching"
        register_kind(Kind("roadmaps.search", "Recherche du meilleur plan", f"{searching}.run", f"{searching}.keep"))
        running = "carene.apps.roadmaps.group_running"
        register_kind(Kind("roadmaps.group", "Plan commun d'un groupe", f"{running}.run", f"{running}.keep"))
        register_kind(Kind("roadmaps.other_means", "Essai d'autres moyens", "carene.apps.roadmaps.other_means.run"))
