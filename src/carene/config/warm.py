# SPDX-License-Identifier: EUPL-1.2
"""What the first requests would otherwise pay, all threads at once: addresses, packs, templates.

Done before the worker processes are born: they share what was read, and the garbage collector leaves it alone (looking
through it whole takes a tenth of a second, during which nobody is answered).
"""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import reverse

from carene.engines.referential.catalogue import care
from carene.engines.registers.nomenclature import nomenclature
from carene.engines.registers.territories import territories

# Of <malloc.h>: M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD.
ARENA_MAX, ARENAS = -8, 2
OF_THEIR_OWN, GIVEN_BACK = -3, -1
LARGE = 128 * 1024  # bytes


def warm() -> None:
    _share_memory()
    reverse("home:start")
    care(), nomenclature(), territories()
    for folder in (settings.PACKAGE / "ui" / "templates", *map(Path, get_app_template_dirs("templates"))):
        if folder.is_relative_to(settings.PACKAGE):
            for template in folder.rglob("*.html"):
                get_template(str(template.relative_to(folder)))
    gc.collect()
    _give_back()
    gc.freeze()


def _share_memory() -> None:
    """The C library of Linux gives each thread a reserve of memory, and eight of them keep 30 MB that nobody uses.

    It also keeps every block as large as one that was given back before (16 MB for each password that is checked),
    unless it is told from which size on they are to be given back.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # other systems have no such thing
        mallopt(ARENA_MAX, ARENAS)
        mallopt(OF_THEIR_OWN, LARGE)
        mallopt(GIVEN_BACK, LARGE)


def _give_back() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
