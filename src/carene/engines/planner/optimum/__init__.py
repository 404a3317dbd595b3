# SPDX-License-Identifier: EUPL-1.2
"""What ``planner.optimise`` is made of: numbers of a problem, a search, a solver, a bound."""
