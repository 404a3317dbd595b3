# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "carene.apps.home"
    label = "home"
    verbose_name = "Accueil"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(Entry("home", "Accueil", "home:home", 0, assessable_only=False))
