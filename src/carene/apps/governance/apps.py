# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "carene.apps.governance"
    label = "governance"
    verbose_name = "Gouvernance"

    def ready(self) -> None:
        from carene.ui.shell import Entry, register

        register(
            Entry("steer", "Gouvernance", "governance:overview", 10, verb="governance.view", assessable_only=False)
        )
