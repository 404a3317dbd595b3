# SPDX-License-Identifier: EUPL-1.2
"""Registers → organisations: what is known, what changes, applying it."""
