# SPDX-License-Identifier: EUPL-1.2
"""Small referentials made by hand for the tests of the engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from carene.engines.referential.model import (
    Axis,
    Criterion,
    Indicator,
    MaturityStep,
    Measure,
    Objective,
    Raise,
    Referential,
    Sharing,
    SizeBand,
    TargetProfile,
    Thresholds,
    When,
)

BANDS = ("xs", "s", "m", "l", "xl")
LEVELS = ("Rien.", "Commencé.", "En place sur l'essentiel.", "Partout, vérifié.", "Mesuré et partagé.")
STEPS = (
    MaturityStep(0, "Palier 0", "À découvert", "Rien n'est posé."),
    MaturityStep(1, "Palier 1", "Conscient", "Commencé.", 1, 1, 0.5),
    MaturityStep(2, "Palier 2", "Protégé", "Le socle tient.", 2, 2, 0.5),
    MaturityStep(3, "Palier 3", "Maîtrisé", "Vérifié.", 3, 2, 0.75),
    MaturityStep(4, "Palier 4", "Exemplaire", "Mesuré.", 4, 3, 0.75),
)
VPN = Indicator(
    id="vpn_double_facteur",
    title="Comptes de prestataires avec double facteur",
    unit="%",
    kind="percent",
    direction="higher",
    definition="Comptes de prestataires avec double facteur / comptes de prestataires actifs.",
    validity_months=6,
)
AGE = Indicator(
    id="age_test",
    title="Âge du dernier test de restauration",
    unit="jours",
    kind="date_age_days",
    direction="lower",
    definition="Jours depuis le dernier test réussi.",
    validity_months=12,
)


def criterion(key: str, **changes: object) -> Criterion:
    """A criterion of our pack's shape; the objective is the beginning of its identifier (``GOV.1.2`` → ``GOV.1``)."""
    values: dict[str, object] = {
        "id": key,
        "objective": key.rpartition(".")[0],
        "title": f"Critère {key}",
        "question": f"Où en est {key} ?",
        "levels": LEVELS,
    }
    return Criterion(**{**values, **changes})  # type: ignore[arg-type]


def flat(value: float) -> dict[str, float]:
    """The same value in every size band."""
    return dict.fromkeys(BANDS, value)


def measure(key: str, raises: Iterable[tuple[str, int, int]], **changes: object) -> Measure:
    values: dict[str, object] = {
        "id": key,
        "title": f"Mesure {key}",
        "summary": "",
        "raises": tuple(Raise(*step) for step in raises),
        "investment": flat(1000),
        "yearly": flat(0),
        "reasoning": "Estimation.",
        "effort": {"rssi": flat(2)},
        "months": flat(2),
    }
    return Measure(**{**values, **changes})  # type: ignore[arg-type]


def small_referential(
    criteria: Iterable[Criterion] | None = None,
    measures: Iterable[Measure] | None = None,
    **changes: object,
) -> Referential:
    """Unless told otherwise: two axes, three objectives, six criteria (two of the socle), four measures."""
    criteria = tuple(criteria if criteria is not None else _criteria())
    objectives = tuple(dict.fromkeys(c.objective for c in criteria))
    axes = tuple(dict.fromkeys(o.partition(".")[0] for o in objectives))
    values: dict[str, object] = {
        "id": "essai",
        "version": "1",
        "name": "Référentiel d'essai",
        "description": "",
        "locale": "fr",
        "publisher": "Essais",
        "licence": "EUPL-1.2",
        "date": None,
        "axes": tuple(Axis(a, f"Axe {a}") for a in axes),
        "objectives": tuple(Objective(o, o.partition(".")[0], f"Objectif {o}") for o in objectives),
        "criteria": criteria,
        "indicators": (VPN, AGE),
        "measures": tuple(measures if measures is not None else _measures()),
        "types": {"ch": "Centre hospitalier", "ehpad": "EHPAD"},
        "bands": tuple(
            SizeBand(b, f"tranche {b}", limit) for b, limit in zip(BANDS, (99, 399, 1499, 4999, None), strict=True)
        ),
        "ght_roles": {"support": "Support", "membre": "Membre", "hors_ght": "Hors GHT"},
        "skills": {"rssi": "RSSI", "systemes": "Systèmes"},
        "profiles": (TargetProfile("tous", "Tous", When(), 3, 2),),
        "steps": STEPS,
    }
    return Referential(**{**values, **changes})  # type: ignore[arg-type]


def thresholds(indicator: str, bounds: Mapping[int, float]) -> Thresholds:
    return Thresholds(indicator, bounds, "inferred", "estimation")


def _criteria() -> tuple[Criterion, ...]:
    return (
        criterion("GOV.1.1", title="RSSI nommé", socle=True, weight=3, attacks=("rancongiciel",), aims=("prevent",)),
        criterion("GOV.1.2", title="Budget suivi"),
        criterion(
            "GOV.2.1",
            title="Tests de restauration",
            aims=("recover",),
            thresholds=thresholds("age_test", {1: 730, 2: 365, 3: 180, 4: 90}),
        ),
        criterion(
            "OPS.1.1",
            title="Télémaintenance",
            socle=True,
            weight=2,
            attacks=("rancongiciel", "espionnage"),
            aims=("prevent", "recover"),
            thresholds=thresholds("vpn_double_facteur", {1: 50, 2: 80, 3: 95, 4: 100}),
        ),
        criterion("OPS.1.2", title="Navigation filtrée", applies=When(types=frozenset({"ch"}))),
        criterion("OPS.1.3", title="Annuaire", weights=((When(types=frozenset({"ehpad"})), 1),), weight=2),
    )


def _measures() -> tuple[Measure, ...]:
    return (
        measure("nommer-rssi", [("GOV.1.1", 0, 2)], quick_win=True),
        measure("rssi-ght", [("GOV.1.1", 2, 3)], sharing=Sharing("ght", 0.25), investment=flat(8000)),
        measure("double-facteur", [("OPS.1.1", 0, 3)], requires=("nommer-rssi",), yearly=flat(1200)),
        measure("recenser-prestataires", [("OPS.1.1", 0, 1)], quick_win=True, investment=flat(0)),
    )
