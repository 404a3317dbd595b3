# SPDX-License-Identifier: EUPL-1.2
"""The programme as data; see README.md beside this file."""
