# SPDX-License-Identifier: EUPL-1.2
"""Planner: measures, budget and people → a dated roadmap."""
