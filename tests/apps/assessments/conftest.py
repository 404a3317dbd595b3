# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Callable

import pytest
from django.utils import timezone

from carene.apps.indicators.models import Observation
from carene.apps.organisations.models import Organisation


@pytest.fixture
def observe(db: None) -> Callable[[Organisation, str, float], None]:
    """``observe(organisation, indicator, value)``: an observation of today."""

    def make(organisation: Organisation, indicator: str, value: float) -> None:
        Observation.objects.create(
            node=organisation.node, indicator=indicator, value=value, observed_on=timezone.localdate(), source="Essai"
        )

    return make
