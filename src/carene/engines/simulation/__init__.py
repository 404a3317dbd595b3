# SPDX-License-Identifier: EUPL-1.2
"""What attacks may cost: stages, barriers, recovery. Only ``model``, ``schema``, ``loader`` do without numpy."""
