# SPDX-License-Identifier: EUPL-1.2
"""Typst and its fonts, for the documents that need them."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import typst

# Source Sans 3 when its files are at hand, else what most servers have; the last family is inside Typst itself.
FAMILIES = ("Source Sans 3", "Liberation Sans", "DejaVu Sans", "Libertinus Serif")

# Where set-up copies the fonts of the documents (see scripts/assets.py).
INSTALLED = Path(__file__).resolve().parents[3] / "ui" / "fonts"

_IMAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.at("svg")), format: "svg")"""


@functools.lru_cache(maxsize=4)
def font_book(folder: Path | None) -> typst.Fonts:
    """The fonts at hand: those of ``folder`` (by default those of set-up) if it exists, of the system, of Typst.

    Listing those of the system takes longer than typesetting a small document, hence the cache.
    """
    folder = folder or INSTALLED
    paths = [str(folder)] if folder.is_dir() else []
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=paths)


def best_family(fonts: typst.Fonts) -> str:
    """The first of ``FAMILIES`` that is there."""
    known = set(fonts.families())
    return next(name for name in FAMILIES if name in known)


def svg_family(fonts: typst.Fonts) -> str:
    """The same for the ``font_family`` of a chart's palette: quoted, since a bare name may not hold a lone digit."""
    return f"'{best_family(fonts)}'"


def typeset_pdf(template: Path, payload: dict[str, Any], fonts: typst.Fonts, *, timestamp: int) -> bytes:
    """PDF/UA-1 of ``template``, which finds ``payload`` as JSON in its input « dossier ».

    ``timestamp`` (seconds) is the date of the document. Raises ``typst.TypstError``.
    """
    document, _ = typst.compile_with_warnings(
        str(template),
        root=str(template.parent),
        font_paths=fonts,
        sys_inputs={"dossier": json.dumps(payload, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=timestamp,
    )
    return document


def svg_to_png(svg: str, fonts: typst.Fonts, *, ppi: float = 200) -> bytes:
    """The chart as pixels, for the formats that do not take SVG; 72 ``ppi`` is its natural size."""
    image, _ = typst.compile_with_warnings(_IMAGE, format="png", ppi=ppi, font_paths=fonts, sys_inputs={"svg": svg})
    if isinstance(image, list):
        raise TypeError("a chart fits on one page")
    return image
