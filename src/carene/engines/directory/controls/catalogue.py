# SPDX-License-Identifier: EUPL-1.2
"""Every control that this folder holds."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from carene.engines.directory import controls
from carene.engines.directory.controls.contract import CONTROLS, Control


def every() -> Mapping[str, Control]:
    """By identifier; the modules of the folder register theirs when they are imported."""
    for module in pkgutil.iter_modules(controls.__path__):
        import_module(f"{controls.__name__}.{module.name}")
    return CONTROLS
