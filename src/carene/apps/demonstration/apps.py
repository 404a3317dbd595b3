# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "carene.apps.demonstration"
    label = "demonstration"
    verbose_name = "Démonstration"
