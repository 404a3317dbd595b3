# SPDX-License-Identifier: EUPL-1.2
"""A CISO Assistant library (YAML) → a referential and correspondences, with the list of what was not understood."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from carene.engines.referential import ciso_levels as levels
from carene.engines.referential.ciso_notes import Notes, ignored_translations
from carene.engines.referential.ciso_shapes import (
    FRENCH,
    FrameworkShape,
    LibraryShape,
    MappingSetShape,
    MappingShape,
    NodeShape,
)
from carene.engines.referential.ciso_tree import GATHERED, Identifiers, Place, Tree, grow, title
from carene.engines.referential.model import Axis, Correspondence, CorrespondenceSet, Criterion, Objective, Referential
from carene.engines.sources.document import Document, Limits, Trail, shown
from carene.engines.sources.shapes import read_shape
from carene.engines.sources.yaml_source import read_yaml

LIMITS = Limits(size=25_000_000, values=1_000_000)  # the largest published libraries weigh a few megabytes
TITLE = 60  # as in our own pack: what lists and charts show without cutting
RELATIONSHIPS = {"equal", "subset", "superset", "intersect", "not_related"}
OBJECTS = {
    "reference_controls": "mesures de référence",
    "threats": "menaces",
    "risk_matrix": "matrice de risques",
    "risk_matrices": "matrices de risques",
    "metric_definitions": "définitions d'indicateurs",
    "preset": "parcours",
    "presets": "parcours",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """``counts``: axes, objectives, criteria, groups, splash, correspondences, reference_controls, translations."""

    referential: Referential | None
    mappings: tuple[CorrespondenceSet, ...]
    not_understood: tuple[str, ...]
    counts: Mapping[str, int]


def read_library(content: bytes, name: str) -> Imported:
    """Read a library file.

    Raises InputError or InputErrors (French, with the line) when it is not a library, or one without framework and
    correspondences.
    """
    document = read_yaml(content, name, LIMITS)
    if not isinstance(document.data, dict) or not isinstance(document.data.get("objects"), dict):
        raise document.error(
            "ce fichier n'est pas une bibliothèque CISO Assistant : la rubrique « objects » manque",
            remedy="envoyer le fichier YAML d'une bibliothèque",
        )
    library = read_shape(LibraryShape, document)
    notes = Notes()
    notes.keys("library", library)
    digest = hashlib.sha256(content).hexdigest()
    referential, splash = _framework(library, document, digest, notes)
    mappings = _mappings(library, document, notes)
    controls = _other_objects(library, notes)
    if referential is None and not mappings:
        raise document.error(
            "cette bibliothèque ne contient ni référentiel ni correspondances",
            path=("objects",),
            remedy="choisir une bibliothèque qui porte un référentiel",
        )
    translations = ignored_translations(document.data)
    if translations:
        languages = ", ".join(f"{language} : {count}" for language, count in sorted(translations.items()))
        notes.say(f"Les traductions ne sont pas reprises (nombre d'éléments traduits par langue : {languages}).")
    counts = {
        "axes": len(referential.axes) if referential else 0,
        "objectives": len(referential.objectives) if referential else 0,
        "criteria": len(referential.criteria) if referential else 0,
        "groups": len(referential.groups) if referential else 0,
        "splash": splash,
        "correspondences": sum(len(mapping.pairs) for mapping in mappings),
        "reference_controls": controls,
        "translations": sum(translations.values()),
    }
    return Imported(referential, mappings, notes.sentences(), counts)


def _named(document: Document, one: str, many: str) -> list[Trail]:
    """Trails of the objects that a library holds under a singular or a plural key."""
    objects = document.data["objects"]
    found: list[Trail] = []
    for key in (one, many):
        value = objects.get(key)
        if isinstance(value, list):
            found += [("objects", key, rank) for rank in range(len(value))]
        elif value is not None:
            found.append(("objects", key))
    return found


def _other_objects(library: LibraryShape, notes: Notes) -> int:
    """Say what else the library holds; gives the number of its reference controls."""
    taken = {"framework", "frameworks", "requirement_mapping_set", "requirement_mapping_sets"}
    for key, value in library.objects.items():
        if key not in taken and value:
            label = OBJECTS.get(key, f"objets « {shown(key)} »")
            count = len(value) if isinstance(value, list) else 1
            notes.say(f"Non repris : {label} de la bibliothèque ({count}).")
    if library.dependencies:
        notes.say(f"La bibliothèque s'appuie sur d'autres, qui n'ont pas été lues : {', '.join(library.dependencies)}.")
    controls = library.objects.get("reference_controls")
    return len(controls) if isinstance(controls, list) else 0


def _framework(library: LibraryShape, document: Document, digest: str, notes: Notes) -> tuple[Referential | None, int]:
    trails = _named(document, "framework", "frameworks")
    if not trails:
        return None, 0
    trail = trails[0]
    framework = read_shape(FrameworkShape, document, trail)
    for other in trails[1:]:
        extra = read_shape(FrameworkShape, document, other)
        notes.about("Autres référentiels de la bibliothèque, non repris", extra.text("name") or extra.urn)
    _note_keys(framework, notes)
    tree = grow(framework, document, trail, notes)
    if not tree.places:
        raise document.error(
            "ce référentiel ne contient aucune exigence à évaluer",
            path=(*trail, "requirement_nodes"),
            remedy="choisir une bibliothèque dont des exigences sont évaluables",
        )
    if tree.splash:
        notes.say(f"Pages de présentation passées ({tree.splash}) : elles ne portent pas de question.")
    french = _french(framework, notes, library.locale or "")
    return _Assembly(library, framework, tree, notes).referential(digest, french), tree.splash


def _note_keys(framework: FrameworkShape, notes: Notes) -> None:
    notes.keys("framework", framework)
    for group in framework.implementation_groups_definition or ():
        notes.keys("group", group)
    for score in framework.scores_definition or ():
        notes.keys("score", score)
    for node in framework.requirement_nodes:
        notes.keys("node", node)


def _french(framework: FrameworkShape, notes: Notes, locale: str) -> bool:
    """Does a foreign library bring its texts in French? They are preferred, and it is said."""
    if locale == FRENCH or not any(
        node.french("name") or node.french("description") for node in framework.requirement_nodes
    ):
        return locale == FRENCH
    notes.say(
        f"La langue d'origine est « {locale or 'inconnue'} » ; le texte français de la bibliothèque a été préféré."
    )
    return True


class _Assembly:
    """Makes the objects of one framework from its placed nodes."""

    def __init__(self, library: LibraryShape, framework: FrameworkShape, tree: Tree, notes: Notes) -> None:
        self.library = library
        self.framework = framework
        self.tree = tree
        self.notes = notes
        self.objectives_in = Counter(axis for _, axis in tree.objectives)
        given = Identifiers()
        # Criteria choose first: their reference is what people quote.
        self.ids = {p.node.urn: given.give(_candidates(p.node)) for p in tree.places}
        self.axes = {urn: given.give(_candidates(tree.nodes.get(urn), "axe")) for urn in tree.axes}
        self.objectives = {
            key: given.give(
                _candidates(tree.nodes[key], "objectif") if key in tree.nodes else (f"{self.axes[axis]}-general",)
            )
            for key, axis in tree.objectives
        }
        self.criteria = {p.node.urn: self.criterion(p) for p in tree.places}

    def referential(self, digest: str, french: bool) -> Referential:
        library, framework = self.library, self.framework
        groups, default = self.groups()
        return Referential(
            id=framework.urn if len(framework.urn) <= 120 else digest,
            version=shown(library.version if library.version is not None else "1", 30),
            name=shown(framework.text("name") or library.text("name") or framework.urn, 300),
            description=framework.text("description") or library.text("description"),
            locale=FRENCH if french else library.locale or "",
            publisher=library.provider or library.packager or "",
            licence=library.copyright or "",
            date=_date(library.publication_date),
            axes=tuple(self.axis(urn) for urn in self.tree.axes),
            objectives=tuple(self.objective(key, axis) for key, axis in self.tree.objectives),
            criteria=tuple(self.criteria.values()),
            groups=groups,
            default_groups=default,
            digest=digest,
        )

    def axis(self, urn: str) -> Axis:
        if urn == GATHERED:
            return Axis(self.axes[urn], shown(self.framework.text("name") or "Exigences", 200))
        heading, purpose = self.heading(self.tree.nodes[urn])
        return Axis(self.axes[urn], heading, purpose)

    def objective(self, key: str, axis: str) -> Objective:
        node = self.tree.nodes.get(key)
        if node is not None:
            return Objective(self.objectives[key], self.axes[axis], *self.heading(node))
        heading = self.axis(axis).title
        if self.objectives_in[axis] > 1:
            heading = f"{heading} : exigences générales"
        return Objective(self.objectives[key], self.axes[axis], heading)

    def heading(self, node: NodeShape) -> tuple[str, str]:
        """Title and purpose of a node as a heading; when it is a criterion too, its texts stay with the criterion."""
        criterion = self.criteria.get(node.urn)
        if criterion is not None:
            return node.text("name") or criterion.question, ""
        return title(node), _purpose(node)

    def groups(self) -> tuple[dict[str, str], tuple[str, ...]]:
        defined = self.framework.implementation_groups_definition or []
        labels = {
            group.ref_id: " : ".join(part for part in (group.text("name"), group.text("description")) if part)
            or group.ref_id
            for group in defined
        }
        for place in self.tree.places:
            for group in place.node.implementation_groups or ():
                if group not in labels:
                    labels[group] = group
                    self.notes.about("Groupes employés sans être définis", group)
        return labels, tuple(group.ref_id for group in defined if group.default_selected)

    def criterion(self, place: Place) -> Criterion:
        node, key = place.node, self.ids[place.node.urn]
        reading = levels.questions(node, self.notes, key)
        name, description = node.text("name"), node.text("description")
        found = reading.levels
        if found is None:
            found, description = self.scale(node, key, description)
        if name:
            question, rest = name, description
        else:
            question, _, rest = description.partition("\n")
            question = question or reading.label or title(node)
        asked = reading.label if reading.label != question else ""
        if reading.levels is not None and asked:  # the levels answer this question, not the node's name
            question, rest, asked = asked, "\n".join(part for part in (question, rest) if part), ""
        for step in place.headings:
            if not step.assessable and _purpose(step):
                self.notes.about("Critères dont une rubrique intermédiaire a un texte d'introduction, non repris", key)
        headings = " › ".join(title(step) for step in place.headings)
        hint = (
            f"Rubrique : {headings}" if headings else "",
            rest.strip(),
            node.text("annotation"),
            f"Question : {asked}" if asked else "",
            *reading.hints,
        )
        return Criterion(
            id=key,
            objective=self.objectives[place.objective],
            title=shown(name or question, TITLE),
            question=question,
            levels=found,
            hint="\n\n".join(part for part in hint if part),
            evidence=_lines(node.text("typical_evidence")),
            weight=self.weight(node, key),
            refs={"urn": (node.urn,)},
            groups=tuple(node.implementation_groups or ()),
        )

    def scale(self, node: NodeShape, key: str, description: str) -> tuple[tuple[str, ...], str]:
        """Levels of the scale, spelled out by the description when it does; and what is left of the description."""
        found = levels.scale(self.framework, node, self.notes, key)
        if found is None:
            return levels.DEFAULT, description
        texts, low = found
        spelled = levels.written(description, low, len(texts))
        if spelled is None:
            return texts, description
        self.notes.about("Critères dont les niveaux ont été lus dans la description (« Niveau 0 : … »)", key)
        return spelled[1], spelled[0]

    def weight(self, node: NodeShape, key: str) -> int:
        value = node.weight
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000):
            return value or 1
        self.notes.about("Poids incompris, ramenés à 1", f"{key} (« {shown(value)} »)")
        return 1


def _candidates(node: NodeShape | None, suffix: str = "") -> tuple[str | None, ...]:
    """Ids that a node would like, the best first; ``suffix`` tells a heading from the criterion that it also is."""
    if node is None:
        return (suffix,)
    end = node.urn.rpartition(":")[2]
    return (node.ref_id, end, f"{node.ref_id or end}-{suffix}" if suffix else node.urn, node.urn)


def _lines(text: str) -> tuple[str, ...]:
    lines = (line.strip(" -•\t") for line in text.splitlines())
    return tuple(line for line in lines if line)


def _purpose(node: NodeShape) -> str:
    """What a heading says beyond its title."""
    description = node.text("description")
    if not node.text("name") and description == title(node):
        description = ""
    return "\n\n".join(part for part in (description, node.text("annotation")) if part)


def _date(value: object) -> dt.date | None:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value[:10])
        except ValueError:
            return None
    return value if isinstance(value, dt.date) else None


def _mappings(library: LibraryShape, document: Document, notes: Notes) -> tuple[CorrespondenceSet, ...]:
    found = []
    for trail in _named(document, "requirement_mapping_set", "requirement_mapping_sets"):
        shape = read_shape(MappingSetShape, document, trail)
        notes.keys("mapping", shape)
        name = shape.text("name") or shape.ref_id or library.text("name")
        pairs = tuple(_correspondence(mapping, name, notes) for mapping in shape.requirement_mappings or ())
        found.append(
            CorrespondenceSet(
                shape.urn or library.urn, name, shape.source_framework_urn, shape.target_framework_urn, pairs
            )
        )
    return tuple(found)


def _correspondence(mapping: MappingShape, name: str, notes: Notes) -> Correspondence:
    notes.keys("mapping", mapping)
    relationship = (mapping.relationship or "").lower()
    pair = f"{mapping.source_requirement_urn} → {mapping.target_requirement_urn}"
    if relationship not in RELATIONSHIPS:
        notes.about(f"{name} : relations inconnues, gardées telles quelles", f"{pair} (« {shown(relationship)} »)")
    strength = mapping.strength_of_relationship
    if strength is not None and not (isinstance(strength, int) and 0 <= strength <= 100):
        notes.about(f"{name} : forces de relation incomprises", f"{pair} (« {shown(strength)} »)")
        strength = None
    return Correspondence(mapping.source_requirement_urn, mapping.target_requirement_urn, relationship, strength)
