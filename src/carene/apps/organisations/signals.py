# SPDX-License-Identifier: EUPL-1.2
"""What others may listen to."""

from django.dispatch import Signal

# Sent inside the transaction that makes, moves, closes, merges organisations or changes what they are: ``nodes`` holds
# their ids, or that of the branch in which many of them changed.
reshaped = Signal()
