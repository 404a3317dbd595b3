# SPDX-License-Identifier: EUPL-1.2
"""Long computations, outside of the requests: a table of jobs, and processes that take them one by one."""
