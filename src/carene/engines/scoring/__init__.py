# SPDX-License-Identifier: EUPL-1.2
"""Scoring: answers and observations → levels, maturity step, strengths, weaknesses."""
