# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "carene.apps.sharing"
    label = "sharing"
    verbose_name = "Partages"
