# SPDX-License-Identifier: EUPL-1.2
"""The documents of Carène as pure functions: a ``Dossier`` goes in, bytes (or an SVG string) come out.

No model, no setting, no clock, no network: the command line renders without a database.
"""
