# SPDX-License-Identifier: EUPL-1.2
"""The workbook of everything, for those who want to sort, filter and compute: one table a sheet.

Its header is on the first row, so that filters, pivots and other programs read it without guessing; only the summary
begins with sentences.
"""

from __future__ import annotations

from carene.apps.reports.rendering import narrative, risk, tables
from carene.apps.reports.rendering.dossier import Dossier
from carene.apps.reports.rendering.sheets import Book, Cell, Column
from carene.engines import french
from carene.engines.referential.model import Indicator
from carene.engines.scoring.measured import is_valid
from carene.engines.scoring.model import NodeResult


def workbook(dossier: Dossier) -> bytes:
    """Everything about the dossier, as the bytes of an XLSX file, identical for identical dossiers."""
    book = Book(dossier)
    _summary(book)
    _criteria(book)
    _strengths(book)
    _weaknesses(book)
    risk.sheet(book, dossier.risk)
    _roadmap(book)
    _left_out(book)
    _budget(book)
    _loads(book)
    _indicators(book)
    _method(book)
    return book.close()


def _summary(book: Book) -> None:
    dossier = book.dossier
    sheet = book.new_sheet("Synthèse")
    sheet.hide_gridlines(2)
    book.name(sheet, dossier.organisation)
    facts = [
        ("Établissement", dossier.subtitle),
        ("Évaluation", f"{dossier.evaluated} {narrative.coverage(dossier)}".strip()),
        ("Document préparé le", french.long_date(dossier.prepared_on)),
        (
            "Maturité",
            " : ".join(part for part in (narrative.headline(dossier), narrative.headline_title(dossier)) if part),
        ),
        ("Où en sommes-nous", " ".join(narrative.standing(dossier))),
        ("Pour aller plus loin", narrative.next_step(dossier)),
        ("Cible", narrative.target_line(dossier)),
        ("Ce que cela coûte", " ".join(narrative.costs(dossier))),
        ("Ce que le plan change", narrative.gains(dossier)),
        ("À décider", "\n".join(narrative.decisions(dossier))),
    ]
    columns = _node_columns()
    row = 1
    for label, text in facts:
        if text:
            book.write(sheet, row, 0, label, "bold")
            sheet.merge_range(row, 1, row, len(columns) - 1, "", book.formats["text"])
            book.write(sheet, row, 1, text)
            # A merged cell does not grow with its text.
            sheet.set_row(row, 15.5 * sum(1 + len(line) // 120 for line in text.split("\n")))
            row += 1
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
    book.table(sheet, row + 1, columns, _node_rows(dossier))
    sheet.repeat_rows(row + 1)
    sheet.freeze_panes(1, 1)


def _node_columns() -> list[Column]:
    return [
        Column("Axe ou objectif", 44), Column("Nature", 12), Column("Score sur 4", 10, "score"),
        Column("Mesuré", 10, "score"), Column("Cible", 10, "score"), Column("Précédent", 11, "score"),
        Column("Évolution", 11, "change"), Column("Critères évalués", 11, "whole"),
        Column("Critères applicables", 12, "whole"), Column("Couverture", 12, "share"),
        Column("Confirmés par un indicateur", 14, "whole"), Column("À revoir", 10, "whole"),
    ]  # fmt: skip


def _node_rows(dossier: Dossier) -> list[list[Cell]]:
    judgement, referential = dossier.judgement, dossier.referential
    rows = [_node_row("Ensemble", "ensemble", judgement.overall)]
    for axis in referential.axes:
        rows.append(_node_row(axis.title, "axe", judgement.axis[axis.id]))
        rows += [
            _node_row(objective.title, "objectif", judgement.objective[objective.id])
            for objective in referential.objectives_of[axis.id]
        ]
    return rows


def _node_row(title: str, kind: str, node: NodeResult) -> list[Cell]:
    known = node.score is not None and node.previous is not None
    change = (node.score or 0) - (node.previous or 0) if known else None
    return [
        title, kind, node.score, node.measured, node.target, node.previous, change, node.answered, node.applicable,
        node.coverage, node.confirmed, node.stale,
    ]  # fmt: skip


def _criteria(book: Book) -> None:
    columns = [
        Column("Critère", 10), Column("Intitulé", 30, "bold"), Column("Axe", 20), Column("Objectif", 26),
        Column("Question", 44), Column("Socle", 8), Column("Poids", 7, "whole"), Column("État", 14),
        Column("Niveau retenu", 9, "whole"), Column("Ce que dit ce niveau", 40), Column("Déclaré", 9, "whole"),
        Column("Mesuré", 9, "whole"), Column("Cible", 8, "whole"), Column("Ce que dit la cible", 40),
        Column("Niveau précédent", 10, "whole"), Column("Répondu le", 12, "date"),
        Column("Valeur mesurée", 11, "value"), Column("Mesuré le", 12, "date"),
        Column("Désaccord entre déclaré et mesuré", 40), Column("Commentaire ou justification", 40),
    ]  # fmt: skip
    contradicted = {key: sentence for key, _, sentence in tables.disagreements(book.dossier)}
    rows: list[list[Cell]] = []
    for row in tables.criterion_rows(book.dossier):
        one, result = row.criterion, row.result
        seen = result.observation
        rows.append([
            one.id, one.title, row.axis, row.objective, one.question, one.socle, result.weight,
            tables.STATES[result.state], result.level, None if result.level is None else one.levels[result.level],
            result.declared, result.measured, result.target, one.levels[result.target], result.previous,
            result.answered_on, seen.value if seen else None, seen.observed_on if seen else None,
            contradicted.get(one.id),
            row.comment or None,
        ])  # fmt: skip
    book.sheet("Critères", columns, rows, frozen=2)


def _strengths(book: Book) -> None:
    columns = [
        Column("Rang", 7, "whole"), Column("Critère", 10), Column("Intitulé", 34, "bold"), Column("Axe", 26),
        Column("Socle", 8), Column("Niveau", 9, "whole"), Column("Cible", 9, "whole"), Column("Pourquoi", 80),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [rank, row.id, row.title, row.axis, row.socle, row.level, row.target, row.reason]
        for rank, row in enumerate(tables.strength_rows(book.dossier), 1)
    ]
    book.sheet("Forces", columns, rows, frozen=3)


def _weaknesses(book: Book) -> None:
    columns = [
        Column("Rang", 7, "whole"), Column("Critère", 10), Column("Intitulé", 34, "bold"), Column("Axe", 26),
        Column("Socle", 8), Column("Niveau", 9, "whole"), Column("Cible", 9, "whole"), Column("Pourquoi", 70),
        Column("Attaques", 22), Column("Visées", 28), Column("Mesures qui la traitent", 50),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [rank, row.id, row.title, row.axis, row.socle, row.level, row.target, row.reason, ", ".join(row.attacks),
         ", ".join(row.aims), "\n".join(row.measures)]
        for rank, row in enumerate(tables.weakness_rows(book.dossier), 1)
    ]  # fmt: skip
    book.sheet("Faiblesses", columns, rows, frozen=3)


def _roadmap(book: Book) -> None:
    dossier = book.dossier
    years = [year.year for year in dossier.plan.years] if dossier.plan else []
    skills = _skills(dossier)
    columns = [
        Column("Rang", 7, "whole"), Column("Mesure", 22), Column("Action", 40, "bold"), Column("État", 12),
        Column("Responsable", 22), Column("Début", 12, "date"), Column("Fin", 12, "date"),
        Column("Échéance", 12, "date"), Column("Achat", 12, "euros"), Column("Fonctionnement par an", 14, "euros"),
        Column("Coût dans le plan", 13, "euros"), *(Column(f"Coût {year}", 12, "euros") for year in years),
        Column("Jours", 9, "days"), *(Column(f"Jours, {name}", 12, "days") for name in skills.values()),
        Column("Mutualisée", 11), Column("Origine des chiffres", 20), Column("Critères relevés", 40),
        Column("Pourquoi", 50), Column("Commentaire", 40),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for rank, line in enumerate(dossier.actions, 1):
        planned = line.planned
        rows.append([
            rank, line.measure, line.title, tables.state_word(line), line.owner or None, line.start, line.end,
            line.deadline, planned.investment, planned.yearly, planned.cost,
            *(planned.cost_by_year.get(year, 0) for year in years), sum(planned.person_days.values()),
            *(planned.person_days.get(key) for key in skills), line.shared,
            "établissement" if line.measure in dossier.overridden else "estimation Carène",
            tables.raises_words(dossier, planned.raises), planned.reason, line.comment or None,
        ])  # fmt: skip
    book.sheet("Feuille de route", columns, rows, frozen=3)


def _skills(dossier: Dossier) -> dict[str, str]:
    """The skills that the plan really uses, in the order of the referential."""
    used = {key for line in dossier.actions for key, days in line.planned.person_days.items() if days}
    ordered = [key for key in dossier.referential.skills if key in used] + sorted(
        used - set(dossier.referential.skills)
    )
    return {key: tables.label_of(dossier.referential.skills, key) for key in ordered}


def _left_out(book: Book) -> None:
    dossier = book.dossier
    columns = [Column("Mesure ou demande", 50, "bold"), Column("Pourquoi elle n'est pas dans le plan", 110)]
    unmet = dossier.plan.unmet if dossier.plan else ()
    rows: list[list[Cell]] = [["Demande que le plan ne peut pas tenir", sentence] for sentence in unmet]
    rows += [[row.title, row.reason] for row in tables.left_out_rows(dossier)]
    book.sheet("Laissé de côté", columns, rows)


def _budget(book: Book) -> None:
    plan = book.dossier.plan
    columns = [
        Column("Année", 10, "whole"), Column("Budget", 16, "euros"), Column("Prévu par le plan", 18, "euros"),
        Column("Reste", 16, "euros"), Column("Part employée", 14, "share"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            year.year,
            year.budget,
            year.spent,
            year.budget - year.spent,
            year.spent / year.budget if year.budget else None,
        ]
        for year in (plan.years if plan else ())
    ]
    book.sheet("Budget", columns, rows)


def _loads(book: Book) -> None:
    dossier = book.dossier
    columns = [
        Column("Compétence", 28, "bold"), Column("Trimestre du plan", 12, "whole"), Column("À partir du", 12, "date"),
        Column("Jours prévus", 12, "days"), Column("Jours disponibles", 12, "days"),
        Column("Part employée", 12, "share"),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for load in dossier.plan.loads if dossier.plan else ():
        share = load.used / load.available if load.available else None
        name = tables.label_of(dossier.referential.skills, load.skill)
        rows.append([name, load.quarter + 1, dossier.quarter_start(load.quarter), load.used, load.available, share])
    book.sheet("Charge des équipes", columns, rows)


def _indicators(book: Book) -> None:
    dossier = book.dossier
    seen = {
        result.observation.indicator: result.observation
        for result in dossier.judgement.criteria
        if result.observation is not None
    }
    columns = [
        Column("Indicateur", 24), Column("Intitulé", 40, "bold"), Column("Valeur", 12, "value"), Column("Unité", 12),
        Column("Mesuré le", 12, "date"), Column("Valable", 10), Column("Source", 28),
        Column("Validité en mois", 10, "whole"), Column("Mieux quand", 14), Column("Critères mesurés", 40),
        Column("Définition", 70),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in dossier.referential.indicators:
        value = seen.get(one.id)
        measured = dossier.referential.criteria_for_indicator.get(one.id, ())
        valid = None if value is None else is_valid(value, one, dossier.judgement.judged_on)
        rows.append([
            one.id, one.title, value.value if value else None, one.unit or None, value.observed_on if value else None,
            valid, (value.source or None) if value else None, one.validity_months, _direction(one),
            "\n".join(f"{criterion.id} {criterion.title}" for criterion in measured), one.definition,
        ])  # fmt: skip
    book.sheet("Indicateurs", columns, rows, frozen=2)


def _direction(indicator: Indicator) -> str:
    return "plus élevé" if indicator.direction == "higher" else "plus bas"


def _method(book: Book) -> None:
    dossier = book.dossier
    referential = dossier.referential
    columns = [
        Column("Rubrique", 22, "bold"), Column("Texte", 110), Column("Date", 12, "date"), Column("Confiance", 18),
        Column("Adresse", 50),
    ]  # fmt: skip
    said: list[tuple[str, str]] = [
        (
            "Référentiel",
            f"{referential.name}, version {referential.version}, {referential.publisher}, {referential.licence}",
        ),
        *(("Calcul", paragraph) for paragraph in narrative.method(dossier)),
        *((step.label, f"{step.title} : {narrative.step_rule(step)}") for step in referential.steps),
        *(("Hypothèse", sentence) for sentence in narrative.assumptions(dossier)),
        *(("Non évalué", f"{row.criterion.id} {row.criterion.title}") for row in tables.unanswered(dossier)),
        *(
            ("Réponse inconnue", f"Critère {key} : absent de ce référentiel, non pris en compte")
            for key in dossier.judgement.unknown
        ),
    ]
    rows: list[list[Cell]] = [[rubric, text, None, None, None] for rubric, text in said]
    rows += [
        ["Source", source.title, source.date, tables.CONFIDENCES[source.confidence], source.url or None]
        for source in referential.sources.values()
    ]
    book.sheet("Méthode", columns, rows)
