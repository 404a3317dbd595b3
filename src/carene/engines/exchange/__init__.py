# SPDX-License-Identifier: EUPL-1.2
"""Files that carry an assessment from one place to another: questionnaires, observations, results."""
