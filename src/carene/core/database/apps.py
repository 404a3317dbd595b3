# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "carene.core.database"
    label = "database"
