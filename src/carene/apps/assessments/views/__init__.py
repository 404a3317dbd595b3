# SPDX-License-Identifier: EUPL-1.2
"""Pages of assessments, one module for each theme."""
