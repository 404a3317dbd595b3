# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "carene.config"
    label = "config"
    verbose_name = "Réglages"

    def ready(self) -> None:
        from carene.config import checks  # noqa: F401 (registers)
