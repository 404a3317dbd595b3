# SPDX-License-Identifier: EUPL-1.2
"""What others may listen to."""

from django.dispatch import Signal

# Sent inside the transaction that records or withdraws observations: ``changes`` holds (node, indicator, day) of each.
observed = Signal()
