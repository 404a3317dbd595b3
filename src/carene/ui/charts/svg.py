# SPDX-License-Identifier: EUPL-1.2
"""The pencil of the charts: one palette, and a drawing that can only produce well-formed, inert SVG.

Built as an element tree, so that every text is escaped by the library. Colours are presentation attributes, which a
page's style sheet overrides through the classes (a strict content security policy allows both): a chart is right in
print and PDF as it is, and follows the dark mode on screen.

Class hooks, on shapes and texts alike: ``ch-ink ch-second ch-paper ch-line ch-strong ch-track ch-accent ch-tint
ch-measured ch-late ch-good ch-soon ch-soon-tint ch-done ch-load``; ``ch-stroke`` is added when the colour is a stroke.
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Literal

from carene.engines import french
from carene.ui.charts.text import one_line, wrap

Role = Literal[
    "ink", "second", "paper", "line", "strong", "track", "accent", "tint", "measured", "late", "good", "soon",
    "soon_tint", "done", "load",
]  # fmt: skip
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by role, as ``#rrggbb``; ``font_family`` empty inherits the font of the page that holds the chart."""

    ink: str = "#14213a"
    second: str = "#4a566b"
    paper: str = "#ffffff"
    line: str = "#e5e2da"
    strong: str = "#d3cfc4"
    track: str = "#efece4"
    accent: str = "#0b6b69"
    tint: str = "#e2f0ee"
    measured: str = "#8a5a00"
    late: str = "#a3271f"
    good: str = "#23683a"
    soon: str = "#8a5a00"
    soon_tint: str = "#f3d9ae"
    done: str = "#a3bfb0"
    load: str = "#cfe4e0"
    font_family: str = ""


LIGHT = Palette()


class Drawing:
    """An SVG image being drawn. Lengths are in user units (pixels at natural size); y grows downwards."""

    def __init__(self, width: float, palette: Palette = LIGHT) -> None:
        self.width = width
        self.palette = palette
        self._defs = ET.Element("defs")
        self._body = ET.Element("g")
        self._hatch_used = False
        self._linked = False

    def rect(self, x: float, y: float, width: float, height: float, role: Role, *, radius: float = 0) -> ET.Element:
        """A filled rectangle; nothing visible when a side is null."""
        extra = {"rx": _n(radius)} if radius else {}
        return self._shape("rect", role, x=_n(x), y=_n(y), width=_n(max(0, width)), height=_n(max(0, height)), **extra)

    def tile(
        self, x: float, y: float, width: float, height: float, role: Role, *, radius: float = 0, said: str = "",
        href: str = "",
    ) -> None:  # fmt: skip
        """A rectangle that may be followed; ``said`` and ``href`` as for ``dot``."""
        parent = self._body
        if href:
            self._linked = True
            parent = ET.SubElement(self._body, "a", {"href": href, "aria-label": french.typeset(one_line(said))})
        extra = {"x": _n(x), "y": _n(y), "width": _n(width), "height": _n(height), "rx": _n(radius)}
        shape = ET.SubElement(parent, "rect", self._filled(role, extra))
        if said:
            ET.SubElement(shape, "title").text = french.typeset(one_line(said))

    def hatched(self, x: float, y: float, width: float, height: float, *, radius: float = 0) -> None:
        """An accent bar with lighter stripes: what is shared with others."""
        self._hatch_used = True
        bar = self.rect(x, y, width, height, "accent", radius=radius)
        stripes = ET.SubElement(self._body, "rect", dict(bar.attrib))
        stripes.attrib.update({"fill": "url(#HATCH)", "class": "ch-hatch"})

    def line(
        self, x1: float, y1: float, x2: float, y2: float, role: Role, *, thickness: float = 1, dash: str = ""
    ) -> None:
        """A straight stroke."""
        attributes = {"x1": _n(x1), "y1": _n(y1), "x2": _n(x2), "y2": _n(y2), "stroke-width": _n(thickness)}
        if dash:
            attributes["stroke-dasharray"] = dash
        self._stroke("line", role, attributes)

    def path(self, points: list[tuple[float, float]], role: Role, *, thickness: float = 2) -> None:
        """An open broken line through ``points`` (at least two)."""
        data = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        self._stroke(
            "path", role, {"d": data, "fill": "none", "stroke-width": _n(thickness), "stroke-linejoin": "round"}
        )

    def area(self, points: list[tuple[float, float]], base: float, role: Role) -> None:
        """The surface between ``points`` and the horizontal ``base``."""
        outline = [(points[0][0], base), *points, (points[-1][0], base)]
        self._shape("path", role, d="M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in outline) + "Z")

    def dot(self, x: float, y: float, role: Role, *, radius: float = 3.5, said: str = "", href: str = "") -> None:
        """A point; ``said`` is what a pointer over it reads, and the name of its link where ``href`` leads."""
        self._circle(x, y, radius, role, said, href)

    def ring(self, x: float, y: float, role: Role, *, radius: float = 4.5, said: str = "", href: str = "") -> None:
        """A ring filled with paper: the sign of what is measured. ``said`` and ``href`` as for ``dot``."""
        ring = self._circle(x, y, radius, role, said, href)
        ring.attrib.update(
            {
                "stroke-width": "2.6",
                "fill": self.palette.paper,
                "stroke": self._colour(role),
                "class": f"{_class(role)} ch-stroke ch-ring",
            }
        )

    def text(
        self, x: float, y: float, text: str, *, size: float = 13, role: Role = "second", bold: bool = False,
        anchor: Anchor = "start",
    ) -> None:  # fmt: skip
        """One line of text whose baseline is at ``y``. Sizes under 12 are refused: nobody reads them."""
        if size < 12:
            raise ValueError(f"text of {size} units is too small to be read")
        attributes = {"x": _n(x), "y": _n(y), "font-size": _n(size), "fill": self._colour(role), "class": _class(role)}
        if bold:
            attributes["font-weight"] = "600"
        if anchor != "start":
            attributes["text-anchor"] = anchor
        ET.SubElement(self._body, "text", attributes).text = french.typeset(one_line(text))

    def paragraph(
        self, x: float, y: float, text: str, width: float, *, size: float = 13, role: Role = "second",
        bold: bool = False, most: int = 4,
    ) -> float:  # fmt: skip
        """Wrapped text starting with its first baseline at ``y``; returns the height that it takes (0 when empty)."""
        lines = wrap(french.typeset(text), size, width, bold=bold, most=most)
        for index, line in enumerate(lines):
            self.text(x, y + index * size * 1.28, line, size=size, role=role, bold=bold)
        if lines and lines[-1].endswith("…") and not text.endswith("…"):
            ET.SubElement(self._body[-1], "title").text = one_line(text)
        return len(lines) * size * 1.28

    def render(self, height: float, *, kind: str, title: str, desc: str, ident: str = "") -> str:
        """The whole image as a string.

        ``kind`` names the chart in its class (``chart chart-<kind>``); ``title`` and ``desc`` are its accessible name
        and description. ``ident`` makes the element ids unique in a page; by default it is drawn from the content.
        """
        content = ET.tostring(self._body, encoding="unicode") + title + desc
        ident = ident or "ch" + hashlib.blake2s(content.encode("utf-8", "replace"), digest_size=5).hexdigest()
        root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "class": f"chart chart-{kind}",
                "role": "group" if self._linked else "img",  # nothing inside an image can be reached
                "aria-labelledby": f"{ident}-t {ident}-d",
                "viewBox": f"0 0 {_n(self.width)} {_n(height)}",
                "width": _n(self.width),
                "height": _n(height),
            },
        )
        if self.palette.font_family:
            root.set("font-family", self.palette.font_family)
        ET.SubElement(root, "title", {"id": f"{ident}-t"}).text = french.typeset(one_line(title))
        ET.SubElement(root, "desc", {"id": f"{ident}-d"}).text = french.typeset(one_line(desc))
        if self._hatch_used:
            self._define_hatch(ident)
            root.append(self._defs)
        root.append(self._body)
        return ET.tostring(root, encoding="unicode")

    def _define_hatch(self, ident: str) -> None:
        pattern = ET.SubElement(
            self._defs,
            "pattern",
            {"id": f"{ident}-h", "width": "9", "height": "9", "patternUnits": "userSpaceOnUse",
             "patternTransform": "rotate(45)"},
        )  # fmt: skip
        ET.SubElement(
            pattern, "rect", {"width": "4", "height": "9", "fill": self.palette.paper, "fill-opacity": "0.3",
                              "class": "ch-paper"},
        )  # fmt: skip
        for element in self._body.iter("rect"):
            if element.get("fill") == "url(#HATCH)":
                element.set("fill", f"url(#{ident}-h)")

    def _shape(self, tag: str, role: Role, **attributes: str) -> ET.Element:
        return ET.SubElement(self._body, tag, self._filled(role, attributes))

    def _circle(self, x: float, y: float, radius: float, role: Role, said: str, href: str) -> ET.Element:
        """A mark, in its link where it leads somewhere."""
        link = self._link(x, y, href, said)
        attributes = self._filled(role, {"cx": _n(x), "cy": _n(y), "r": _n(radius)})
        circle = ET.SubElement(self._body if link is None else link, "circle", attributes)
        if said:
            ET.SubElement(circle, "title").text = french.typeset(one_line(said))
        return circle

    def _filled(self, role: Role, attributes: dict[str, str]) -> dict[str, str]:
        return {**attributes, "fill": self._colour(role), "class": _class(role)}

    def _link(self, x: float, y: float, href: str, said: str) -> ET.Element | None:
        """Around a mark, wide enough for a finger; None without an address."""
        if not href:
            return None
        self._linked = True
        link = ET.SubElement(self._body, "a", {"href": href, "aria-label": french.typeset(one_line(said))})
        wide = {"cx": _n(x), "cy": _n(y), "r": "14", "fill": "none", "pointer-events": "all", "class": "chart-target"}
        ET.SubElement(link, "circle", wide)
        return link

    def _stroke(self, tag: str, role: Role, attributes: dict[str, str]) -> None:
        ET.SubElement(
            self._body, tag, {**attributes, "stroke": self._colour(role), "class": f"{_class(role)} ch-stroke"}
        )

    def _colour(self, role: Role) -> str:
        return str(getattr(self.palette, role))


def _class(role: Role) -> str:
    return f"ch-{role.replace('_', '-')}"


def _n(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
