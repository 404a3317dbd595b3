# SPDX-License-Identifier: EUPL-1.2
"""Registers of establishments made by others (FINESS, list of GHT): files → records, one at a time."""
