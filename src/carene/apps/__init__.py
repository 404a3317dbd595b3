# SPDX-License-Identifier: EUPL-1.2
"""One folder per capability, all of one shape."""
