# SPDX-License-Identifier: EUPL-1.2
"""The control points: one small function each, found by the identifier of the pack."""
