# SPDX-License-Identifier: EUPL-1.2
"""The plan of a group of establishments and of its members: what is done once, who joins, who pays what."""
