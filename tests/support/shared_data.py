# SPDX-License-Identifier: EUPL-1.2
"""Files made by others, that stand beside the repository and not in it: absent, the test is skipped and says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "CARENE_SHARED_DATA"
ROOT = Path(__file__).resolve().parents[2]


def shared_data(relative: str = "") -> Path:
    """Path of a shared file or folder; skips the calling test, loudly, when it is not there.

    The folder is the one that ``CARENE_SHARED_DATA`` names, else the first ``shared/data`` found beside the repository
    or beside one of its parents.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = Path(named) / relative
        assert found.exists(), f"{VARIABLE} names {named}, which has no {relative or 'folder'}"
        return found
    for parent in ROOT.parents:
        found = parent / "shared" / "data" / relative
        if found.exists():
            return found
    pytest.skip(f"NOT TESTED: shared/data/{relative} is absent; set {VARIABLE} to the folder that holds it")
