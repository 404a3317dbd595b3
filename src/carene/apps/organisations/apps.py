# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "carene.apps.organisations"
    label = "organisations"
    verbose_name = "Organisations"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(
            Entry("together", "Établissement", "organisations:profile", 10, assessable_only=False, prefix="-"),
            Entry("together", "Personnes et droits", "organisations:members", 12, assessable_only=False, prefix="-"),
        )
