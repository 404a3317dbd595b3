# SPDX-License-Identifier: EUPL-1.2
"""A believable dossier made by hand, and hostile ones, for the tests of the documents."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import replace

from carene.apps.reports.rendering.dossier import Dossier, FollowUp, TrendPoint
from carene.engines.planner.model import (
    Candidate,
    LeftOut,
    Plan,
    PlannedAction,
    Problem,
    QuarterLoad,
    Step,
    Wish,
    YearBudget,
)
from carene.engines.referential.model import (
    Axis,
    Criterion,
    Indicator,
    MaturityStep,
    Measure,
    Objective,
    Profile,
    Raise,
    Referential,
    SizeBand,
    Source,
    TargetProfile,
    Thresholds,
    When,
)
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer, Observation

TODAY = dt.date(2026, 11, 23)
START = dt.date(2027, 1, 1)
HOSTILE = (
    "<script>alert(1)</script> & \"guillemets\" 'apostrophes'",
    '=cmd|"/C calc"!A0',
    '#eval("1 + 1") *gras* _italique_ $x^2$ @renvoi `code` \\ #{',
    "Anticonstitutionnellement" * 12,
    "🚀 中文 عربي 👩‍⚕️ \x07\x00\u202e\ud800 fin",
)

# axis, objective, criterion titles with (socle, level declared or None, previous level)
_CONTENT = {
    ("GOV", "Gouvernance et résilience"): {
        "Dire qui est responsable, et des règles": [
            ("RSSI nommé", True, 3, 2), ("Comité de sécurité avec la CME", False, 2, 1),
            ("PSSI revue chaque année", True, 1, 1),
        ],
        "Continuer à soigner et redémarrer": [
            ("Plan de continuité par activité", True, 2, 2), ("Tests de restauration", True, 1, 2),
            ("Exercice de crise annuel", False, 3, 2),
        ],
    },
    ("RES", "Ressources et mutualisation"): {
        "Disposer des compétences et d'une astreinte": [
            ("Astreinte informatique", False, 3, 3), ("Compétences réseau et systèmes", False, 2, 2),
        ],
        "Mutualiser dans le GHT": [("SOC partagé", False, 1, 0), ("Convergence des annuaires", False, None, None)],
    },
    ("SEN", "Sensibilisation et formation"): {
        "Faire connaître les règles à tous": [
            ("Charte informatique signée", True, 4, 4), ("Campagne annuelle", False, 2, 3),
        ],
        "S'entraîner à reconnaître et à signaler": [("Simulation d'hameçonnage", False, 1, 1)],
    },
    ("OPS", "Sécurité opérationnelle"): {
        "Tenir l'annuaire et l'administration": [
            ("Niveau ANSSI de l'annuaire", True, 2, 1), ("Comptes à privilèges", True, 2, 2),
            ("Postes d'administration dédiés", False, 0, 0),
        ],
        "Maîtriser les accès distants": [("Double authentification des prestataires", True, 2, 1)],
        "Sauvegarder de façon que l'attaquant n'y touche pas": [
            ("Copie de sauvegarde immuable", True, 1, 1), ("Sauvegarde isolée", False, None, None),
        ],
        "Cloisonner le réseau, le biomédical et les locaux": [("Réseau biomédical cloisonné", False, 1, 1)],
    },
}  # fmt: skip

# id, title, investment, yearly, {skill: days}, start month, end month, shared, criterion raised, level reached
Row = tuple[str, str, float, float, dict[str, float], int, int, bool, str, int]
MEASURES: tuple[Row, ...] = (
    ("comptes-domaine", "Réduire le groupe Admins du domaine", 0, 0, {"systemes": 2}, 0, 1, False, "OPS.1.2", 3),
    ("mfa", "Double authentification des prestataires", 14000, 2400, {"reseau": 18}, 0, 5, False, "OPS.2.1", 3),
    ("copie-immuable", "Copie de sauvegarde immuable", 9400, 1800, {"systemes": 12}, 1, 8, True, "OPS.3.1", 3),
    ("restauration", "Restaurer le dossier patient", 0, 0, {"systemes": 4, "soins": 2}, 7, 10, False, "GOV.2.2", 3),
    ("pssi", "Relire la PSSI et la faire adopter", 0, 0, {"rssi": 8, "direction": 2}, 3, 6, False, "GOV.1.3", 3),
    ("poste-admin", "Postes d'administration dédiés", 27000, 3000, {"systemes": 46}, 10, 23, False, "OPS.1.3", 2),
    ("biomedical", "Cloisonner le biomédical", 118000, 6000, {"reseau": 70, "rssi": 25}, 15, 33, False, "OPS.4.1", 3),
)


def referential(extra_measures: Iterable[Measure] = ()) -> Referential:
    """Four axes, ten objectives, twenty criteria, two indicators, seven measures, four steps."""
    axes, objectives, criteria = [], [], []
    for (axis, axis_title), content in _CONTENT.items():
        axes.append(Axis(axis, axis_title))
        for rank, (title, rows) in enumerate(content.items(), 1):
            objectives.append(Objective(f"{axis}.{rank}", axis, title))
            criteria += [
                _criterion(f"{axis}.{rank}.{i}", f"{axis}.{rank}", row[0], row[1]) for i, row in enumerate(rows, 1)
            ]
    return Referential(
        id="essai",
        version="1.0.0",
        name="Référentiel d'essai",
        description="",
        locale="fr",
        publisher="Projet Carène",
        licence="EUPL-1.2",
        date=dt.date(2026, 11, 23),
        axes=tuple(axes),
        objectives=tuple(objectives),
        criteria=tuple(criteria),
        indicators=(
            Indicator("vpn_mfa", "Prestataires avec second facteur", "%", "percent", "higher", "Part des comptes.", 6),
            Indicator("age_test", "Âge du dernier test", "jours", "date_age_days", "lower", "Jours.", 12),
        ),
        measures=(*(_measure(row) for row in MEASURES), *extra_measures),
        sources={
            "estimation": Source("estimation", "Estimation du projet Carène", dt.date(2026, 11, 23), "inferred"),
            "anssi": Source("anssi", "ANSSI, Guide d'hygiène", dt.date(2017, 1, 1), "official", "https://example.org/guide"),
        },
        types={"ch": "Centre hospitalier"},
        bands=(SizeBand("m", "400 à 1 499 postes", None),),
        ght_roles={"membre": "Membre d'un GHT"},
        roles={"rssi": "RSSI"},
        skills={
            "systemes": "Systèmes", "reseau": "Réseau", "rssi": "RSSI", "direction": "Direction", "soins": "Soins",
            "biomedical": "Biomédical et technique",
        },
        attacks={"rancongiciel": "Rançongiciel", "espionnage": "Espionnage"},
        aims={"prevent": "Empêcher l'attaque d'aboutir", "recover": "Réduire l'impact et redémarrer vite"},
        profiles=(TargetProfile("sanitaire", "Établissement sanitaire", When(), 3, 2, "estimation"),),
        steps=(
            MaturityStep(0, "Palier 0", "À découvert", "Le socle n'est pas posé."),
            MaturityStep(1, "Palier 1", "Conscient", "Chaque sujet du socle est connu, porté et commencé.", 1, 1, 0.5),
            MaturityStep(2, "Palier 2", "Protégé sur l'essentiel", "Le socle tient.", 2, 2, 0.5),
            MaturityStep(3, "Palier 3", "Maîtrisé", "Le socle est vérifié.", 3, 2, 0.75),
        ),
    )  # fmt: skip


def _criterion(key: str, objective: str, title: str, socle: bool) -> Criterion:
    measured = {"OPS.2.1": "vpn_mfa", "GOV.2.2": "age_test"}.get(key)
    bounds = {1: 50, 2: 80, 3: 95, 4: 100} if measured == "vpn_mfa" else {1: 730, 2: 365, 3: 180, 4: 90}
    return Criterion(
        id=key,
        objective=objective,
        title=title,
        question=f"{title} : où en êtes-vous ?",
        levels=(
            "Rien n'est fait.", "C'est commencé, sans trace écrite.", "C'est en place sur l'essentiel.",
            "C'est appliqué partout et vérifié chaque année.", "Les résultats sont mesurés et partagés.",
        ),
        socle=socle,
        weight=3 if socle else 1,
        attacks=("rancongiciel", "espionnage") if key.startswith("OPS") else ("rancongiciel",),
        aims=("recover",) if key.startswith("GOV.2") else ("prevent",),
        thresholds=Thresholds(measured, bounds, "inferred", "estimation") if measured else None,
    )  # fmt: skip


def _measure(row: Row) -> Measure:
    key, title, investment, yearly, days, start, end, _, criterion, to = row
    return Measure(
        id=key,
        title=title,
        summary="",
        raises=(Raise(criterion, 0, to),),
        investment={"m": investment},
        yearly={"m": yearly},
        reasoning="Ordre de grandeur de marchés publiés.",
        effort={skill: {"m": value} for skill, value in days.items()},
        months={"m": end - start},
    )


def answers() -> dict[str, Answer]:
    found = {}
    for (axis, _), content in _CONTENT.items():
        for rank, rows in enumerate(content.values(), 1):
            for index, (_, _, level, _) in enumerate(rows, 1):
                key = f"{axis}.{rank}.{index}"
                found[key] = Answer(key, level, answered_on=dt.date(2026, 10, 3))
    found["GOV.1.1"] = Answer(
        "GOV.1.1", 3, comment="0,4 ETP réservé par lettre de mission.", answered_on=dt.date(2026, 10, 3)
    )
    found["RES.1.1"] = Answer("RES.1.1", None, not_applicable=True, justification="Assurée par le GHT.")
    return found


def previous_levels() -> dict[str, int | None]:
    return {
        f"{axis}.{rank}.{index}": row[3]
        for (axis, _), content in _CONTENT.items()
        for rank, rows in enumerate(content.values(), 1)
        for index, row in enumerate(rows, 1)
    }


def month(index: int) -> dt.date:
    return dt.date(START.year + index // 12, index % 12 + 1, 1)


def plan(rows: Iterable[Row] = MEASURES) -> Plan:
    """Three years from January 2027; each row becomes an action that raises its criterion."""
    now = {key: answer.level or 0 for key, answer in answers().items()}
    actions = tuple(_action(row, now) for row in rows)
    titles = {"soc-externe": "SOC externalisé 24 h sur 24", "bastion": "Bastion du GHT", "idle": "Charte déjà signée"}
    candidates = [Candidate(row[0], row[1], (), row[2], row[3], row[4], row[6] - row[5], shared=row[7]) for row in rows]
    candidates += [Candidate(key, title, (), 50000, 0, {}, 6) for key, title in titles.items()]
    budgets = {2027: 180000.0, 2028: 150000.0, 2029: 150000.0}
    problem = Problem(
        START, 36, budgets, {"systemes": [20.0] * 12}, tuple(candidates), now, {}, {},
        wishes={"restauration": Wish(deadline=11)}, notes=("Deux critères sans réponse sont comptés au niveau 0.",),
    )  # fmt: skip
    return Plan(
        problem=problem,
        actions=actions,
        left_out=(
            LeftOut("idle", "no_effect", "Ce qu'elle apporte est déjà acquis."),
            LeftOut("soc-externe", "budget", "52 000 € par an : prendrait la place du cloisonnement."),
            LeftOut("bastion", "prerequisite", "Attend la convergence des annuaires du GHT."),
        ),
        years=tuple(YearBudget(y, b, sum(a.cost_by_year.get(y, 0) for a in actions)) for y, b in budgets.items()),
        levels=tuple(_levels_at(now, actions, 3 * quarter) for quarter in range(13)),
        loads=tuple(
            _load(actions, skill, quarter) for quarter in range(12) for skill in ("systemes", "reseau", "rssi")
        ),
        value=42.0,
        method="Plan construit pas à pas, en prenant à chaque étape l'action qui apporte le plus pour son prix.",
        unmet=("L'échéance d'octobre 2027 du bastion ne peut pas être tenue avec ce budget.",),
    )


def _action(row: Row, now: dict[str, int]) -> PlannedAction:
    key, _, investment, yearly, days, start, end, _, criterion, to = row
    years = {}
    for year in (2027, 2028, 2029):
        served = max(0, min(12, (year - 2027) * 12 + 12 - end))
        years[year] = (investment if month(start).year == year else 0) + yearly * served / 12
    return PlannedAction(
        measure=key,
        start_month=start,
        end_month=end,
        start=month(start),
        end=month(end) - dt.timedelta(days=1),
        investment=investment,
        yearly=yearly,
        cost=sum(years.values()),
        cost_by_year=years,
        person_days=days,
        raises=(Step(criterion, now.get(criterion, 0), to),),
        value=4.2,
        reason="Le meilleur effet pour son prix parmi celles qui restaient possibles.",
    )


def _levels_at(now: dict[str, int], actions: Iterable[PlannedAction], at: int) -> dict[str, int]:
    levels = dict(now)
    for action in actions:
        for step in action.raises:
            if action.end_month <= at:
                levels[step.criterion] = max(levels.get(step.criterion, 0), step.end)
    return levels


def _load(actions: Iterable[PlannedAction], skill: str, quarter: int) -> QuarterLoad:
    used = 0.0
    for action in actions:
        common = min(action.end_month, 3 * quarter + 3) - max(action.start_month, 3 * quarter)
        used += action.person_days.get(skill, 0) * max(0, common) / (action.end_month - action.start_month)
    return QuarterLoad(skill, quarter, used, 20.0 if skill == "systemes" else None)


def dossier(**changes: object) -> Dossier:
    """CH de Valmont, evaluated and planned; ``changes`` replace any field."""
    ref = referential()
    profile = Profile("ch", "m", "membre")
    observations = {
        "vpn_mfa": Observation("vpn_mfa", 71.0, dt.date(2026, 11, 9), "Export du VPN"),
        "age_test": Observation("age_test", 416.0, dt.date(2026, 11, 9), "Journal des restaurations"),
    }
    said = answers()
    judgement = judge(ref, profile, said, observations, TODAY, previous=previous_levels())
    before = {k: Answer(k, level, answered_on=dt.date(2025, 10, 3)) for k, level in previous_levels().items()}
    previous = judge(ref, profile, before, {}, dt.date(2025, 10, 3))
    history = tuple(
        TrendPoint(j.judged_on, j.overall.score, {a.id: a.score for a in j.axes}) for j in (previous, judgement)
    )
    values: dict[str, object] = {
        "organisation": "Centre hospitalier de Valmont",
        "key": "valmont",
        "subtitle": "Centre hospitalier, 412 lits, 1 180 postes",
        "evaluated": "Évaluation validée le 14 novembre 2026 par la direction.",
        "referential": ref,
        "profile": profile,
        "judgement": judgement,
        "previous": previous,
        "plan": plan(),
        "scenario": "Budget voté",
        "prepared_on": TODAY,
        "assumptions": ("Le budget 2028 est celui de l'EPRD, non encore voté.",),
        "history": history,
        "answers": said,
        "follow_ups": {
            "comptes-domaine": FollowUp("done", "Équipe systèmes"),
            "mfa": FollowUp("running", "Nadia Ferrand"),
        },
        "overridden": frozenset({"copie-immuable"}),
    }
    return Dossier(**{**values, **changes})  # type: ignore[arg-type]


def bare_dossier() -> Dossier:
    """Nothing answered, nothing planned, nothing known before."""
    ref = referential()
    judgement = judge(ref, Profile(), {}, {}, TODAY)
    return Dossier("EHPAD des Tilleuls", ref, Profile(), judgement, TODAY)


def hostile_dossier(actions: int = 200) -> Dossier:
    """Every text that a person or an imported file can bring is hostile, and the roadmap is long."""
    ref = referential()
    bad = itertools.cycle(HOSTILE)
    ref = replace(
        ref,
        name=HOSTILE[0],
        axes=tuple(replace(axis, title=next(bad)) for axis in ref.axes),
        objectives=tuple(replace(objective, title=next(bad)) for objective in ref.objectives),
        criteria=tuple(
            replace(one, title=next(bad), question=next(bad), levels=tuple(next(bad) for _ in one.levels))
            for one in ref.criteria
        ),
        skills={key: next(bad) for key in ref.skills},
        attacks={key: next(bad) for key in ref.attacks},
        sources={key: replace(source, title=next(bad)) for key, source in ref.sources.items()},
    )
    rows = [
        (f"mesure-{index}", f"{index} {next(bad)}", 100.0, 10.0, {"systemes": 1.5, "inconnue": 1.0}, index % 30,
         index % 30 + 4, index % 3 == 0, "OPS.1.2", 3)
        for index in range(actions)
    ]  # fmt: skip
    said = {key: replace(answer, comment=next(bad), justification="") for key, answer in answers().items()}
    judgement = judge(ref, Profile("ch", "m", "membre"), said, {}, TODAY, previous=previous_levels())
    return dossier(
        organisation=HOSTILE[4] + HOSTILE[0],
        key=HOSTILE[4],
        subtitle=HOSTILE[1],
        evaluated=HOSTILE[2],
        referential=ref,
        judgement=judgement,
        plan=plan(rows),
        roadmap_title=HOSTILE[2],
        scenario=HOSTILE[1],
        assumptions=HOSTILE,
        answers=said,
        follow_ups={row[0]: FollowUp("running", next(bad), comment=next(bad)) for row in rows},
    )
