# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "carene.core.letters"
    label = "letters"
    verbose_name = "Courriels"

    def ready(self) -> None:
        from carene.core.jobs import chores, daily

        chores.register(
            chores.Chore("letters", "carene.core.letters.sending.pending", "carene.core.letters.sending.run")
        )
        daily.register(daily.Daily("letters", "Courriels anciens", "carene.core.letters.sending.forget"))
