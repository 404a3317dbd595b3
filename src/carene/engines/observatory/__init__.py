# SPDX-License-Identifier: EUPL-1.2
"""Figures of a whole: what the observations of many establishments say of a GHT, a region, the nation."""
