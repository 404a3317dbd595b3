# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from typing import Any

import pytest

from carene.apps.assessments.models import Assessment
from tests.support.factories import World, make_assessment


@pytest.fixture
def assessment(world: World) -> Assessment:
    """Alice's, under way: three questions answered."""
    return make_assessment(world.hospital, {"GOV.1.1": 1, "GOV.1.2": 2, "OPS.5.1": 3})


@pytest.fixture
def alice(world: World, client_for: Any) -> Any:
    return client_for(world.alice)
