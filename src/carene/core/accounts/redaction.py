# SPDX-License-Identifier: EUPL-1.2
"""What must never reach the log: keys, links that open an account, codes, passwords."""

from __future__ import annotations

import logging
import re

MASK = "•••"
SECRETS = (
    (re.compile(r"(/invitation/)[^/\s\"'?]+"), rf"\1{MASK}"),
    (re.compile(r"(/password/reset/key/)[^/\s\"'?]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]+"), rf"\1{MASK}"),
    (re.compile(r"\bcarene_[\w-]{8,}"), f"carene_{MASK}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), MASK),  # a signed token
    (re.compile(r"(?i)otpauth://\S+"), MASK),
    (re.compile(r"([?&](?:code|state|nonce)=)[^\s\"'&]+"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)([\"']?\b(?:password\d?|oldpassword|passwd|secret|client_secret|code_verifier|access_token|"
            r"id_token|refresh_token|sessionid|csrfmiddlewaretoken|csrftoken)\b[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;}]+"
        ),
        rf"\1{MASK}",
    ),
)


def redact(text: str) -> str:
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Masks secrets in the whole line, trace included: the last place before it is written."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
