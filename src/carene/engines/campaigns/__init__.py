# SPDX-License-Identifier: EUPL-1.2
"""Campaigns of assessment: when one reminds, what a closed one says, how it compares with the one before."""
