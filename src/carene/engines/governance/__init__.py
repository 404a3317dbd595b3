# SPDX-License-Identifier: EUPL-1.2
"""What governance counts with: targets and duties as data, ratios, days when duties fall. Pure."""
