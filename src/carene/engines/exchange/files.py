# SPDX-License-Identifier: EUPL-1.2
"""An assess file of any kind, told apart by its content rather than by its name."""

from __future__ import annotations

import datetime as dt

from carene.engines.exchange.questionnaire import Reading
from carene.engines.exchange.structured import read_json_file, read_yaml_file
from carene.engines.exchange.xlsx_read import read_xlsx_file
from carene.engines.referential.model import Referential

_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")


def read_file(content: bytes, name: str, referential: Referential, today: dt.date) -> Reading:
    """XLSX, JSON or YAML. Raises InputError when it is none of them; what is wrong inside is in ``problems``."""
    if is_workbook(content):
        return read_xlsx_file(content, name, referential, today)
    if is_json(content, name):
        return read_json_file(content, name, referential, today)
    return read_yaml_file(content, name, referential, today)


def is_workbook(content: bytes) -> bool:
    return content.startswith(_WORKBOOKS)


def is_json(content: bytes, name: str) -> bool:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return name.lower().endswith(".json") or start in (b"{", b"[")
