# SPDX-License-Identifier: EUPL-1.2
"""Charts drawn as SVG by Python: the same in pages, in print and in documents. No Django here."""
