# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "carene.core.files"
    label = "files"
    verbose_name = "Fichiers"
