# SPDX-License-Identifier: EUPL-1.2
"""What was not understood in an imported library, gathered and said in French: nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from carene.engines.referential.ciso_shapes import FRENCH, Loose

# Keys that we know and do not take: what they are, for a reader.
LABELS = {
    "reference_controls": "mesures de référence liées",
    "threats": "menaces liées",
    "color": "couleur de présentation",
    "select_implementation_groups": "activation d'un groupe d'exigences par une réponse",
    "depends_on": "dépendance à une autre réponse",
    "visibility_expression": "condition d'affichage",
    "importance": "importance",
    "rationale": "justification de la correspondance",
    "description_doc": "description pour la documentation",
    "score_calculation_method": "méthode de calcul de la note",
    "question": "questions dans un ancien format",
}
KINDS = {
    "library": ("bibliothèque", "bibliothèques"),
    "framework": ("référentiel", "référentiels"),
    "group": ("groupe", "groupes"),
    "score": ("note de l'échelle", "notes de l'échelle"),
    "node": ("exigence ou rubrique", "exigences ou rubriques"),
    "question": ("question", "questions"),
    "choice": ("réponse", "réponses"),
    "mapping": ("correspondance", "correspondances"),
}


class Notes:
    def __init__(self) -> None:
        self._sentences: list[str] = []
        self._grouped: dict[str, list[str]] = {}
        self._keys: Counter[tuple[str, str]] = Counter()

    def say(self, sentence: str) -> None:
        if sentence not in self._sentences:
            self._sentences.append(sentence)

    def about(self, reason: str, item: str) -> None:
        """Add ``item`` to those that ``reason`` concerns; they are listed together, all of them."""
        self._grouped.setdefault(reason, []).append(item)

    def keys(self, kind: str, shape: Loose) -> None:
        """Count the keys of ``shape`` that we do not know."""
        for key in shape.unknown_keys:
            self._keys[kind, key] += 1

    def sentences(self) -> tuple[str, ...]:
        grouped = [f"{reason} ({len(items)}) : {', '.join(items)}." for reason, items in self._grouped.items()]
        keys = []
        for (kind, key), count in self._keys.items():
            one, many = KINDS[kind]
            label = LABELS.get(key)
            name = f"{label} (« {key} »)" if label else f"rubrique « {key} »"
            keys.append(f"Non repris : {name}, dans {count} {one if count == 1 else many}.")
        return (*self._sentences, *grouped, *keys)


def ignored_translations(data: Any) -> Counter[str]:
    """Language → number of elements translated in it, French apart, anywhere in ``data``."""
    found: Counter[str] = Counter()
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            words = value.get("translations")
            if isinstance(words, Mapping):
                found.update(str(language) for language in words if language != FRENCH)
            waiting.extend(item for key, item in value.items() if key != "translations")
        elif isinstance(value, list):
            waiting.extend(value)
    return found
