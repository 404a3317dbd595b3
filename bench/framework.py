# SPDX-License-Identifier: EUPL-1.2
"""Frameworks of any size, in the library format that ``carene referential import`` reads."""

from __future__ import annotations

import yaml


def library(criteria: int) -> bytes:
    """A framework of that many assessable requirements, ten to an objective, texts as long as real ones."""
    urn = f"urn:carene:bench:{criteria}"
    nodes: list[dict[str, object]] = []
    for index in range(criteria):
        axis, objective = index // 60, index // 10
        if index % 60 == 0:
            nodes.append(
                {
                    "urn": f"{urn}:a{axis}",
                    "ref_id": f"A{axis}",
                    "assessable": False,
                    "depth": 1,
                    "name": f"Thème {axis}",
                }
            )
        if index % 10 == 0:
            nodes.append(
                {
                    "urn": f"{urn}:o{objective}",
                    "parent_urn": f"{urn}:a{axis}",
                    "ref_id": f"O{objective}",
                    "assessable": False,
                    "depth": 2,
                    "name": f"Sujet {objective}",
                }
            )
        nodes.append(
            {
                "urn": f"{urn}:c{index}",
                "parent_urn": f"{urn}:o{objective}",
                "ref_id": f"C{index}",
                "assessable": True,
                "depth": 3,
                "name": f"Exigence {index}",
                "description": f"Exigence {index} : " + "les accès sont recensés, revus chaque année et retirés. " * 4,
            }
        )
    levels = [{"score": n, "name": f"Niveau {n}", "description": f"Ce que demande le niveau {n}."} for n in range(5)]
    framework = {
        "urn": urn,
        "ref_id": f"BENCH-{criteria}",
        "name": f"Référentiel d'essai de {criteria} exigences",
        "min_score": 0,
        "max_score": 4,
        "scores_definition": levels,
        "requirement_nodes": nodes,
    }
    document = {
        "urn": urn,
        "locale": "fr",
        "ref_id": f"BENCH-{criteria}",
        "name": f"Référentiel d'essai de {criteria} exigences",
        "version": 1,
        "provider": "Carène",
        "objects": {"framework": framework},
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode()
