# SPDX-License-Identifier: EUPL-1.2
"""Domains of CaRE that open a right to money: their texts, their circuit, what a machine can check of a file."""
