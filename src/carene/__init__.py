# SPDX-License-Identifier: EUPL-1.2
"""Carène: the open platform on which French hospitals run the CaRE programme."""

__version__ = "0.1.0"
