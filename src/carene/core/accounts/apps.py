# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "carene.core.accounts"
    label = "accounts"
    verbose_name = "Personnes"

    def ready(self) -> None:
        from carene.core.accounts import signals  # noqa: F401 (connects)
