# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrganisationsConfig(AppConfig):
    name = "carene.apps.organisations"
    label = "organisations"
    verbose_name = "Organisations"

    def ready(self) -> None:
        from carene.apps.organisations import beside, search_index
        from carene.ui.shell import Entry, register, register_beside

        register_beside(beside.find)

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
            Entry(
                "together",
                "Rattachements",
                "organisations:tree",
                11,
                assessable_only=False,
                prefix="-",
                also=tuple(f"organisations:{name}" for name in ("map", "move", "merge", "close", "registers")),
            ),
            Entry(
                "together",
                "Services mutualisés",
                "organisations:services",
                11,
                assessable_only=False,
                prefix="-",
                also=("organisations:add_service", "organisations:edit_service"),
            ),
            Entry(
                "together",
                "Personnes et droits",
                "organisations:members",
                12,
                verb="members.view",
                assessable_only=False,
                prefix="sharing",
                also=("organisations:dates", "organisations:invitation"),
            ),
        )
