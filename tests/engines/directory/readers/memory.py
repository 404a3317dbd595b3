# SPDX-License-Identifier: EUPL-1.2
"""Files that are only in memory."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import BinaryIO


class Memory:
    def __init__(self, **content: bytes) -> None:
        """``a_ldif`` is a.ldif: the last « _ » begins the suffix."""
        self.label = "en mémoire"
        self._content = {PurePosixPath(".".join(name.rsplit("_", 1))): data for name, data in content.items()}

    def names(self) -> list[PurePosixPath]:
        return list(self._content)

    def size(self, name: PurePosixPath) -> int:
        return len(self._content[name])

    def open(self, name: PurePosixPath) -> BinaryIO:
        return io.BytesIO(self._content[name])
