# SPDX-License-Identifier: EUPL-1.2
"""What names of objects say by themselves: distinguished names and SIDs."""

from __future__ import annotations

from carene.engines.directory.model import MISSING


def unscoped(text: str) -> tuple[str, str]:
    """« ch.invalid-s-1-5-32-544 » → the domain in lower case, the SID in upper case; both empty for another text."""
    at = text.find("s-1-")
    if at == 0 or (at > 0 and text[at - 1] == "-" and "=" not in text):
        return text[: max(at - 1, 0)], text[at:].upper()
    return "", ""


def rid(sid: str) -> int:
    """Of an account or of a built-in group; domains and well-known SIDs have none."""
    if sid.startswith("S-1-5-32-") or (sid.startswith("S-1-5-21-") and sid.count("-") == 7):
        tail = sid.rpartition("-")[2]
        if tail.isascii() and tail.isdigit() and len(tail) <= 10:  # 32 bits
            return int(tail)
    return MISSING


def first(dn: str) -> str:
    """The value of the first component of a DN."""
    _, equals, rest = dn.partition("=")
    return _cut(rest)[0].replace("\\", "") if equals else dn


def above(dn: str) -> str:
    """The DN of the container, in lower case."""
    return _cut(dn)[1].lower()


def _cut(dn: str) -> tuple[str, str]:
    """At the first comma that is not escaped."""
    at = dn.find(",")
    while at > 0 and dn[at - 1] == "\\" and (at < 2 or dn[at - 2] != "\\"):
        at = dn.find(",", at + 1)
    return (dn, "") if at < 0 else (dn[:at], dn[at + 1 :])
