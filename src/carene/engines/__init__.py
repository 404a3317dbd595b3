# SPDX-License-Identifier: EUPL-1.2
"""Pure engines: no Django, no database, no network, no clock, no global randomness."""
