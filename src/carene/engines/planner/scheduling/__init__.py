# SPDX-License-Identifier: EUPL-1.2
"""Scheduling core: activities, precedences and shared capacities → the shortest calendar, and how far from the best."""
