# SPDX-License-Identifier: EUPL-1.2
"""Who has what in a group, what sharing frees, how it converges, which offer answers which need."""
