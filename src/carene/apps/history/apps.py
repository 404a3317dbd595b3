# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "carene.apps.history"
    label = "history"
    verbose_name = "Journal de l'établissement"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(Entry("together", "Journal", "history:list", 30, verb="journal.view", assessable_only=False))
