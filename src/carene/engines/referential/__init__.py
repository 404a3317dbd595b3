# SPDX-License-Identifier: EUPL-1.2
"""Referentials: what good looks like, and the measures that lead there. Packs → validated objects."""
