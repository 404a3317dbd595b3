# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class RowSecurityConfig(AppConfig):
    name = "carene.core.row_security"
    label = "row_security"
    verbose_name = "Lignes de chacun"

    def ready(self) -> None:
        from carene.core.row_security import checks  # noqa: F401 (registers)
        from carene.core.row_security.installing import install

        # Apps without models, like this one, are told nothing after a migration.
        post_migrate.connect(install, sender=apps.get_app_config("tenancy"))
