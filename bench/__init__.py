# SPDX-License-Identifier: EUPL-1.2
"""Our figures beside the targets: ``make bench``. Medians; machines are noisy."""
