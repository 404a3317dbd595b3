# SPDX-License-Identifier: EUPL-1.2
"""Active Directory: what collectors read of it, judged as ANSSI does, the paths to its heart and how to cut them."""
