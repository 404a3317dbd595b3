# SPDX-License-Identifier: EUPL-1.2
"""Typed reading of environment variables; the only place that reads the environment.

Each variable may also be given as ``NAME_FILE``, a path whose content is the value (for secrets).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

from carene.engines.sources import InputError


class SettingError(InputError):
    """A setting that cannot be used."""


def text(name: str, default: str = "") -> str:
    """Value of ``name`` (or content of ``name_FILE``), without surrounding white space."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(
                f"{name}_FILE désigne {path}, qui ne peut pas être lu ({error.strerror})",
                remedy="vérifier le chemin et les droits",
            ) from error
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "oui", "on"}:
        return True
    if value in {"0", "false", "no", "non", "off"}:
        return False
    raise SettingError(f"{name} vaut « {value} »", remedy="écrire oui ou non")


def integer(name: str, default: int) -> int:
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise SettingError(f"{name} vaut « {value} »", remedy="écrire un nombre entier") from error


def address(name: str) -> tuple[str, int] | str | None:
    """``tcp://host:port`` → (host, port); ``unix:///path`` → path; None when it is not given."""
    value = text(name)
    if not value:
        return None
    try:
        parsed = urlparse(value)
        if parsed.scheme == "tcp" and parsed.hostname and parsed.port and not parsed.path:
            return parsed.hostname, parsed.port
        if parsed.scheme == "unix" and not parsed.netloc and parsed.path.startswith("/"):
            return unquote(parsed.path)
    except ValueError:  # a port that is no number
        pass
    raise SettingError(f"{name} vaut « {value} »", remedy="écrire tcp://hôte:port ou unix:///chemin")


def items(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Comma-separated list."""
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def named(prefix: str, suffix: str) -> list[str]:
    """The middle parts of the variables (or of their ``_FILE`` forms) that begin and end like this, in order."""
    found = set()
    for name in os.environ:
        whole = name.removesuffix("_FILE")
        if whole.startswith(prefix) and whole.endswith(suffix) and len(whole) > len(prefix) + len(suffix):
            found.add(whole[len(prefix) : -len(suffix)])
    return sorted(found)
