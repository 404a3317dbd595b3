# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "carene.core.jobs"
    label = "jobs"
    verbose_name = "Calculs"
