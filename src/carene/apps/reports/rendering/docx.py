# SPDX-License-Identifier: EUPL-1.2
"""The editable summary, as a Word document.

Written with python-docx directly: the document is a sequence of headings, sentences and tables of unknown length. A
template file would be a binary that nobody reviews, and a template language one more place where a typed text could
become code. Real styles throughout, so that its owner restyles it in one place.
"""

from __future__ import annotations

import datetime as dt
import io
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from carene.apps.reports.rendering import narrative, tables
from carene.apps.reports.rendering.dossier import Dossier
from carene.apps.reports.rendering.typesetting import font_book, svg_family, svg_to_png
from carene.engines import french
from carene.ui.charts import charts
from carene.ui.charts.svg import Palette
from carene.ui.charts.text import clean

_FONT = "Calibri"  # what the reader's word processor has; it replaces it by its like otherwise
_INK = RGBColor(0x14, 0x21, 0x3A)
_ACCENT = RGBColor(0x0B, 0x6B, 0x69)
_TEXT_WIDTH = Mm(170)
_STRENGTHS = 5
_WEAKNESSES = 10
_LEFT_OUT = 10
_ROOMY = 8  # actions up to which the calendar shows their notes
_CALENDAR = 24  # actions drawn: what a page holds; the table that follows has them all


def summary_docx(dossier: Dossier, *, fonts: Path | None = None) -> bytes:
    """The summary as the bytes of a DOCX file; ``fonts`` as in ``board_pdf``, for the charts."""
    document = _blank(dossier)
    book = font_book(fonts)
    palette = Palette(font_family=svg_family(book))

    def picture(svg: str) -> None:
        _picture(document, svg, svg_to_png(svg, book))

    _opening(document, dossier)
    _asked(document, dossier)
    bars = tables.axis_bars(dossier)
    _heading(document, "Où en sommes-nous, axe par axe ?")
    picture(charts.axes_chart(bars, title="Score de chaque axe", width=640, palette=palette))
    _axes(document, bars)
    _findings(document, dossier)
    _heading(document, "Que faire, quand, par qui ?")
    if dossier.plan is not None and dossier.actions:
        picture(_calendar(dossier, palette))
    _roadmap(document, dossier)
    _method(document, dossier)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _said(text: str) -> str:
    return french.typeset(clean(text))


def _blank(dossier: Dossier) -> WordDocument:
    """An empty A4 document in French, with its styles, its properties and its footer."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(18), Mm(20)
    for name, size, colour in (
        ("Normal", 10.5, _INK), ("Title", 22, _INK), ("Subtitle", 12, _ACCENT), ("Heading 1", 15, _INK),
        ("Heading 2", 12, _ACCENT), ("List Bullet", 10.5, _INK), ("List Number", 10.5, _INK),
    ):  # fmt: skip
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), colour
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        fonts.set(qn("w:eastAsia"), _FONT)
    for border in document.styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    _speak_french(document)
    properties = document.core_properties
    properties.title = _said(f"Cybersécurité : où en sommes-nous, que décider. {dossier.organisation}")[:250]
    properties.author, properties.language = "Carène", "fr-FR"
    properties.comments = ""
    properties.created = properties.modified = dt.datetime.combine(dossier.prepared_on, dt.time(12))
    _footer(section.footer.paragraphs[0], f"{dossier.organisation}, {french.long_date(dossier.prepared_on)}, page ")
    return document


def _speak_french(document: WordDocument) -> None:
    """The language of the whole text, for spelling, hyphenation and speech."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "fr-FR")
        language.set(qn("w:eastAsia"), "fr-FR")


def _footer(paragraph: Paragraph, words: str) -> None:
    paragraph.add_run(_said(words))
    for code, after in (("PAGE", " sur "), ("NUMPAGES", "")):
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)
        paragraph.add_run(after)


def _heading(document: WordDocument, text: str, level: int = 1) -> None:
    document.add_heading(_said(text), level)


def _paragraph(document: WordDocument, text: str, style: str | None = None) -> None:
    if text:
        document.add_paragraph(_said(text), style)


def _item(document: WordDocument, strong: str, text: str, style: str = "List Bullet") -> None:
    """A list item that begins with its subject."""
    paragraph = document.add_paragraph(style=style)
    paragraph.add_run(_said(strong)).bold = True
    paragraph.add_run(_said(text))


def _picture(document: WordDocument, svg: str, png: bytes) -> None:
    """A chart at the width of the text, with its words as alternative text."""
    shape = document.add_picture(io.BytesIO(png), width=_TEXT_WIDTH)
    title, description = (element.text or "" for element in ET.fromstring(svg)[:2])
    shape._inline.docPr.set("descr", f"{title}. {description}")


def _table(
    document: WordDocument, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
) -> None:
    """A table with a header row on each page; a title that ends with « > » aligns its column right (figures)."""
    table = document.add_table(rows=1, cols=len(header))
    table.autofit = False
    _lines(table)
    _fill(table.rows[0].cells, [title.rstrip(">") for title in header], header, widths, bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        added = table.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        _fill(added.cells, row, header, widths, bold=False)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    document.add_paragraph()


def _fill(
    cells: Sequence[_Cell], texts: Sequence[str], header: Sequence[str], widths: Sequence[float], *, bold: bool
) -> None:
    for cell, text, title, width in zip(cells, texts, header, widths, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        if title.endswith(">"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = paragraph.add_run(_said(text))
        run.font.size, run.bold = Pt(9.5), bold


def _lines(table: Table) -> None:
    """Thin horizontal lines, no boxes."""
    borders = OxmlElement("w:tblBorders")
    for side in ("insideH", "bottom"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "D3CFC4")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _opening(document: WordDocument, dossier: Dossier) -> None:
    _paragraph(document, dossier.organisation, "Subtitle")
    document.add_paragraph(_said("Cybersécurité : où en sommes-nous, que décider"), "Title")
    _paragraph(document, dossier.subtitle)
    _paragraph(document, f"{dossier.evaluated} {narrative.coverage(dossier)}".strip())
    title = narrative.headline_title(dossier)
    _heading(document, f"{narrative.headline(dossier)} : {title}" if title else narrative.headline(dossier))
    _paragraph(document, " ".join(narrative.standing(dossier)))
    _paragraph(document, narrative.next_step(dossier))


def _asked(document: WordDocument, dossier: Dossier) -> None:
    """What it costs and what is to be decided stand on the first page, before any detail."""
    _heading(document, "Ce que cela coûte")
    for sentence in [*narrative.costs(dossier), narrative.gains(dossier)]:
        _paragraph(document, sentence)
    _heading(document, "Ce que nous demandons à la direction")
    for sentence in narrative.decisions(dossier):
        _paragraph(document, sentence, "List Number")


def _axes(document: WordDocument, bars: Sequence[charts.Bar]) -> None:
    rows = [
        [
            bar.label, french.score(bar.score) if bar.score is not None else "non évalué", french.score(bar.measured),
            french.score(bar.target), "" if bar.delta is None else french.signed(bar.delta), bar.note,
        ]
        for bar in bars
    ]  # fmt: skip
    if rows:
        _table(
            document, ["Axe", "Score>", "Mesuré>", "Cible>", "Évolution>", "Évalués"], rows, [54, 22, 20, 18, 22, 34]
        )


def _findings(document: WordDocument, dossier: Dossier) -> None:
    strengths, weaknesses = tables.strength_rows(dossier), tables.weakness_rows(dossier)
    _heading(document, "Ce qui tient")
    if not strengths:
        _paragraph(document, narrative.no_strength(dossier))
    for row in strengths[:_STRENGTHS]:
        _item(document, f"{row.title}. ", row.reason)
    _others(document, len(strengths) - _STRENGTHS, "force")
    _heading(document, "Ce qui est fragile")
    if not weaknesses:
        _paragraph(document, narrative.no_weakness(dossier))
    for row in weaknesses[:_WEAKNESSES]:
        remedy = f" À faire : {row.measures[0]}." if row.measures else ""
        _item(document, f"{row.title}. ", f"{row.reason}{remedy}")
    _others(document, len(weaknesses) - _WEAKNESSES, "faiblesse")
    disagreements = tables.disagreements(dossier)
    if disagreements:
        _heading(document, "Où ce qui est mesuré contredit-il ce qui est déclaré ?")
    for _, title, sentence in disagreements:
        _item(document, f"{title}. ", sentence)


def _others(document: WordDocument, count: int, noun: str) -> None:
    """What a summary leaves out is counted, and found in the workbook."""
    if count > 0:
        other = french.plural(count, "autre")
        words = french.capitalised(french.in_words(count, feminine=True))
        _paragraph(document, f"{words} {other} {french.plural(count, noun)} dans le classeur.")


def _calendar(dossier: Dossier, palette: Palette) -> str:
    assert dossier.plan is not None
    return charts.gantt_chart(
        tables.gantt_rows(dossier)[:_CALENDAR],
        start=dossier.plan.problem.start,
        months=dossier.plan.problem.months,
        loads=tables.loads(dossier.plan),
        title=dossier.plan_title,
        today=dossier.prepared_on,
        dense=len(dossier.actions) > _ROOMY,
        width=640,
        palette=palette,
    )


def _roadmap(document: WordDocument, dossier: Dossier) -> None:
    if dossier.plan is None:
        _paragraph(document, "Aucune feuille de route n'est jointe.")
        return
    if len(dossier.actions) > _CALENDAR:
        _paragraph(document, f"Le calendrier montre les {_CALENDAR} premières actions, le tableau les donne toutes.")
    rows = [
        [
            line.title, f"{french.short_date(line.start)} au {french.short_date(line.end)}",
            french.euros(line.planned.cost), french.number(sum(line.planned.person_days.values())),
            tables.owners(dossier, line), tables.state_word(line),
        ]
        for line in dossier.actions
    ]  # fmt: skip
    if rows:
        _table(document, ["Action", "Dates", "Coût>", "Jours>", "Qui", "État"], rows, [52, 32, 22, 14, 34, 16])
    _heading(document, "Combien, chaque année ?")
    years = [
        [str(year.year), french.euros(year.budget), french.euros(year.spent), french.euros(year.budget - year.spent)]
        for year in dossier.plan.years
    ]
    _table(document, ["Année", "Budget>", "Prévu par le plan>", "Reste>"], years, [32, 46, 46, 46])
    _heading(document, "Ce que ce plan laisse de côté, et pourquoi")
    for sentence in dossier.plan.unmet:
        _item(document, "Demande non tenue. ", sentence)
    left_out = [row for row in tables.left_out_rows(dossier) if not row.idle]
    for row in left_out[:_LEFT_OUT]:
        _item(document, f"{row.title}. ", row.brief)
    _others(document, len(left_out) - _LEFT_OUT, "mesure")
    if not left_out and not dossier.plan.unmet:
        _paragraph(document, "Aucune mesure utile n'a été laissée de côté.")


def _method(document: WordDocument, dossier: Dossier) -> None:
    _heading(document, "Comment tout cela est-il calculé ?")
    referential = dossier.referential
    _paragraph(document, f"{referential.name}, version {referential.version}. Cible : {narrative.target_line(dossier)}")
    for sentence in narrative.method(dossier):
        _paragraph(document, sentence)
    for sentence in narrative.assumptions(dossier):
        _paragraph(document, sentence, "List Bullet")
    missing = tables.unanswered(dossier)
    if missing:
        titles = " ; ".join(row.criterion.title for row in missing)
        _paragraph(document, f"Non évalués : {titles}.")
