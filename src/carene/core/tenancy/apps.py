# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "carene.core.tenancy"
    label = "tenancy"
    verbose_name = "Arbre et droits"
