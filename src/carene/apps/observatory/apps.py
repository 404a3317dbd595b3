# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    name = "carene.apps.observatory"
    label = "observatory"
    verbose_name = "Observatoire"

    def ready(self) -> None:
        from carene.apps.observatory import noting
        from carene.core.jobs.chores import Chore, register
        from carene.ui import shell

        noting.connect()
        register(Chore("observatory", "carene.apps.observatory.waiting.pending", "carene.apps.observatory.refresh.run"))
        shell.register(
            shell.Entry(
                "steer", "Observatoire", "observatory:overview", 30, verb="observatory.view", assessable_only=False
            )
        )
