# SPDX-License-Identifier: EUPL-1.2
"""The hospital at level 1 everywhere, with short scenarios, that the tests of roadmaps use."""

from tests.apps.roadmaps.conftest import desk

__all__ = ["desk"]
