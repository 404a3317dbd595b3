# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "carene.core.journal"
    label = "journal"
    verbose_name = "Journal"
