# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "carene.apps.resources"
    label = "resources"
    verbose_name = "Ressources"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(Entry("steer", "Ressources", "resources:overview", 20, verb="resource.view", assessable_only=False))
