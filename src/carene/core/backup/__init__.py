# SPDX-License-Identifier: EUPL-1.2
"""Nothing lost: archives of the database and the files, their restoration, and the health of an installation."""
