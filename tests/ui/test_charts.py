# SPDX-License-Identifier: EUPL-1.2
"""The charts: well-formed, inert, legible, and true to their figures."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.ui.charts import charts
from carene.ui.charts.charts import Bar, BarGroup, GanttRow, LoadBar, Series, YearBar
from carene.ui.charts.svg import LIGHT, Drawing, Palette
from carene.ui.charts.text import text_width
from tests.support.dossiers import HOSTILE, month

SVG = "{http://www.w3.org/2000/svg}"
START = dt.date(2027, 1, 1)
WIDTHS = (340, 520, 640, 960)
Draw = Callable[[float, tuple[str, ...]], str]


def bars(labels: tuple[str, ...]) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            label,
            index % 5 if index else None,
            3,
            1.5 if index % 2 else None,
            (index - 2) / 3,
            label if index % 3 else "",
        )
        for index, label in enumerate(labels)
    )


def gantt(width: float, labels: tuple[str, ...], dense: bool = False, start: dt.date = START, months: int = 36) -> str:
    rows = [
        GanttRow(
            label,
            month(i),
            month(i + 5),
            label,
            ("planned", "done", "late", "running")[i % 4],
            i % 2 == 0,
            month(i + 7),
        )
        for i, label in enumerate(labels)
    ]
    loads = [LoadBar(quarter, 37.5 * quarter, quarter % 3 == 0) for quarter in range(-(-months // 3))]
    return charts.gantt_chart(
        rows, start=start, months=months, title="Calendrier", loads=loads, today=month(4), dense=dense, width=width
    )


def series(labels: tuple[str, ...]) -> list[Series]:
    return [Series(label, (1.0, None, 2.2, 2.3), 3.0 if i else None) for i, label in enumerate(labels)]


DATES = [dt.date(2024, 10, 3), dt.date(2025, 10, 3), dt.date(2026, 10, 20), dt.date(2026, 11, 14)]
QUARTERS = ["avant", *(f"T{i % 4 + 1} {2027 + i // 4}" for i in range(3))]
CHARTS: dict[str, Draw] = {
    "axes": lambda width, labels: charts.axes_chart(bars(labels), title="Axes", width=width),
    "objectives": lambda width, labels: charts.objectives_chart(
        [BarGroup(labels[0], bars(labels)), BarGroup(labels[-1], bars(labels))], title="Objectifs", width=width
    ),
    "progress": lambda width, labels: charts.progress_chart(series(labels), DATES, title="Progrès", width=width),
    "quarters": lambda width, labels: charts.quarters_chart(series(labels), QUARTERS, title="Plan", width=width),
    "gantt": gantt,
    "gantt dense": lambda width, labels: gantt(width, labels, dense=True),
    "gantt unaligned": lambda width, labels: gantt(width, labels, start=dt.date(2026, 12, 1), months=60),
    "budget": lambda width, labels: charts.budget_chart(
        [YearBar(2027 + i, 1e5 * i, 9e4 + 2e4 * i) for i in range(len(labels))], title="Budget", width=width
    ),
    "bar": lambda width, labels: charts.bar_mark(bars(labels)[-1], width=width),
    "empty": lambda width, labels: charts.empty_chart(labels[0], labels[-1], width=width),
}
PLAIN = ("Gouvernance et résilience", "Sécurité opérationnelle du système d'information", "Formation", "Réseau")
every_chart = pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS.keys())


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def texts(svg: str) -> list[tuple[float, float, float, float, str]]:
    """(left, top, right, bottom, content) of each text, from the same approximate widths."""
    found = []
    for element in parsed(svg).iter(f"{SVG}text"):
        size, x, y = (float(element.get(key, "")) for key in ("font-size", "x", "y"))
        content = element.text or ""
        width = text_width(content, size, bold=element.get("font-weight") is not None)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
        found.append((left, y - size * 0.7, left + width, y + size * 0.2, content))
    return found


@every_chart
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("labels", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_every_chart_is_inert_accessible_svg(draw: Draw, width: int, labels: tuple[str, ...]) -> None:
    root = parsed(draw(width, labels))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    assert [element.get("id") for element in root[:2]] == named
    assert all((element.text or "").strip() for element in root[:2])
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg", "g", "title", "desc", "defs", "pattern", "rect", "line", "path", "circle", "text",
        }  # fmt: skip
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "href" not in name
            assert "http" not in value


@every_chart
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("labels", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_texts_are_large_enough_inside_the_drawing_and_apart(draw: Draw, width: int, labels: tuple[str, ...]) -> None:
    svg = draw(width, labels)
    root = parsed(svg)
    height = float(root.get("height", "0"))
    boxes = texts(svg)
    assert all(float(element.get("font-size", "0")) >= 12 for element in root.iter(f"{SVG}text"))
    for left, top, right, bottom, content in boxes:
        assert left >= -0.5, content
        assert right <= width + 0.5, content
        assert top >= 0, content
        assert bottom <= height, content
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, f"« {one[4]} » covers « {other[4]} »"


@every_chart
@pytest.mark.parametrize("width", WIDTHS)
def test_shapes_stay_inside_the_drawing(draw: Draw, width: int) -> None:
    root = parsed(draw(width, PLAIN))
    for rect in root.iter(f"{SVG}rect"):
        if rect.get("fill-opacity"):
            continue  # the stripe of the pattern has its own coordinates
        x, w = float(rect.get("x", "")), float(rect.get("width", ""))
        assert x >= -0.01
        assert x + w <= width + 0.01


def test_hostile_labels_are_shown_not_executed() -> None:
    svg = charts.axes_chart([Bar(HOSTILE[0], 2)], title=HOSTILE[0])
    assert "<script" not in svg
    assert "<script>alert(1)</script>" in "".join(content for *_, content in texts(svg))


def test_a_cut_label_offers_its_whole_text() -> None:
    long = "Anticonstitutionnellement " * 30
    root = parsed(charts.axes_chart([Bar(long, 2)], title="Axes"))
    assert any(long.strip() == title.text for title in root.iter(f"{SVG}title"))


def accent_width(svg: str) -> float:
    found = [
        float(rect.get("width", "")) for rect in parsed(svg).iter(f"{SVG}rect") if rect.get("fill") == LIGHT.accent
    ]
    return found[0] if found else 0.0


@given(st.floats(0, 4), st.floats(0, 4))
def test_a_higher_score_is_never_a_shorter_bar(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert accent_width(charts.bar_mark(Bar("a", low))) <= accent_width(charts.bar_mark(Bar("a", high)))


def test_a_bar_is_as_long_as_its_score() -> None:
    assert accent_width(charts.bar_mark(Bar("a", 3.0), width=200)) == 150
    assert accent_width(charts.bar_mark(Bar("a", 0), width=200)) == 0
    assert accent_width(charts.bar_mark(Bar("a", None), width=200)) == 0


def test_the_grammar_of_marks() -> None:
    root = parsed(charts.axes_chart([Bar("a", 2, target=3, measured=1)], title="Axes"))
    rings = [c for c in root.iter(f"{SVG}circle") if c.get("stroke") == LIGHT.measured]
    ticks = [line for line in root.iter(f"{SVG}line") if line.get("stroke") == LIGHT.ink]
    assert len(rings) == len(ticks) == 2  # in the row and in the legend
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert {"déclaré", "mesuré", "cible du profil"} <= set(words)
    assert "2,0 sur 4" not in words  # figures beside the bars are short
    assert "2,0" in words


def test_the_legend_only_has_the_marks_that_appear() -> None:
    words = [element.text for element in parsed(charts.axes_chart([Bar("a", 2)], title="Axes")).iter(f"{SVG}text")]
    assert "déclaré" in words
    assert "mesuré" not in words


def test_what_is_unknown_is_said() -> None:
    svg = charts.axes_chart([Bar("a", None, target=3)], title="Axes")
    assert "non évalué" in svg
    assert "cible 3" in svg


def test_done_and_shared_and_late_actions_look_different() -> None:
    rows = [
        GanttRow(name, START, month(3), state=name, shared=name == "planned") for name in ("planned", "done", "late")
    ]
    root = parsed(charts.gantt_chart(rows, start=START, months=12, title="Plan"))
    fills = [rect.get("fill") or "" for rect in root.iter(f"{SVG}rect")]
    pattern = next(root.iter(f"{SVG}pattern")).get("id")
    assert f"url(#{pattern})" in fills
    assert LIGHT.done in fills
    assert LIGHT.late in fills


def test_a_gantt_bar_stands_at_its_dates() -> None:
    row = GanttRow("a", dt.date(2027, 4, 1), dt.date(2027, 6, 30))
    root = parsed(charts.gantt_chart([row], start=START, months=12, title="Plan", width=900))
    bar = next(rect for rect in root.iter(f"{SVG}rect") if rect.get("fill") == LIGHT.accent)
    left, room = 270, 900 - 270 - 2
    assert float(bar.get("x", "")) == pytest.approx(left + room / 4, abs=0.5)
    assert float(bar.get("width", "")) == pytest.approx(room / 4, abs=0.5)


@pytest.mark.parametrize("days", [-4000, 4000])
def test_what_is_outside_the_horizon_is_cut_at_its_edge(days: int) -> None:
    row = GanttRow(
        "a", START + dt.timedelta(days), START + dt.timedelta(days + 40), deadline=START + dt.timedelta(days)
    )
    root = parsed(charts.gantt_chart([row], start=START, months=12, title="Plan", width=900))
    bar = next(rect for rect in root.iter(f"{SVG}rect") if rect.get("fill") == LIGHT.accent)
    assert 0 <= float(bar.get("x", "")) <= 900 - float(bar.get("width", ""))
    assert not [line for line in root.iter(f"{SVG}line") if line.get("stroke") == LIGHT.late]


@pytest.mark.parametrize(
    ("svg", "sentence"),
    [
        (charts.axes_chart([], title="t"), "Rien n'est encore évalué."),
        (charts.objectives_chart([], title="t"), "Rien n'est encore évalué."),
        (charts.progress_chart([], DATES[:1], title="t"), "La progression s'affichera dès la deuxième évaluation."),
        (charts.quarters_chart([], [], title="t"), "quand une feuille de route sera calculée"),
        (charts.gantt_chart([], start=START, months=12, title="t"), "quand une feuille de route sera calculée"),
        (charts.budget_chart([], title="t"), "quand une feuille de route sera calculée"),
    ],
)
def test_empty_states_say_what_will_appear(svg: str, sentence: str) -> None:
    assert sentence in " ".join(element.text or "" for element in parsed(svg).iter(f"{SVG}text"))


def test_charts_are_deterministic_and_their_ids_do_not_collide() -> None:
    one, same, other = gantt(640, PLAIN), gantt(640, PLAIN), gantt(640, PLAIN[:2])
    assert one == same
    ids = [element.get("id") for svg in (one, other) for element in parsed(svg).iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 6
    chosen = charts.axes_chart(bars(PLAIN), title="Axes", ident="mine")
    assert 'id="mine-t"' in chosen


def test_a_palette_recolours_everything() -> None:
    dark = Palette(ink="#eeeeee", accent="#55ccbb", font_family="'Source Sans 3'")
    svg = charts.axes_chart(bars(PLAIN), title="Axes", palette=dark)
    assert LIGHT.accent not in svg
    assert LIGHT.ink not in svg
    assert parsed(svg).get("font-family") == "'Source Sans 3'"


def test_too_small_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        Drawing(100).text(0, 10, "a", size=11)


def test_a_description_does_not_recite_two_hundred_actions() -> None:
    desc = parsed(gantt(640, tuple(f"action {i}" for i in range(200))))[1].text or ""
    assert "Et 160 autres actions, dans le tableau." in desc
