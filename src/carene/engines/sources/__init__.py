# SPDX-License-Identifier: EUPL-1.2
"""Reading files that others made: limits, positions, and one clear French sentence when something is wrong."""

from carene.engines.sources.errors import InputError

__all__ = ["InputError"]
