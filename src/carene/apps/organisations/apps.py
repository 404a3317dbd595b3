# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrganisationsConfig(AppConfig):
    name = "carene.apps.organisations"
    label = "organisations"
    verbose_name = "Organisations"

    def ready(self) -> None:
        from carene.apps.organisations import search_index
        from carene.ui.shell import Entry, register

        post_migrate.connect(search_index.ensure, sender=self)
        register(
            Entry(
                "together",
                "Établissement",
                "organisations:profile",
                10,
                assessable_only=False,
                label_above="Profil",
                prefix="-",
            ),
            Entry("together", "Rattachements", "organisations:tree", 11, assessable_only=False, prefix="-"),
            Entry("together", "Personnes et droits", "organisations:members", 12, assessable_only=False, prefix="-"),
        )
