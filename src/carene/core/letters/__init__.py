# SPDX-License-Identifier: EUPL-1.2
"""Reminders by mail: posted with the transaction that finds them due, sent right after, never twice."""
