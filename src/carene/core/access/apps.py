# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "carene.core.access"
    label = "access"
    verbose_name = "Droits et partages"
