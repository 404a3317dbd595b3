# SPDX-License-Identifier: EUPL-1.2
"""Libraries of another tool: what is understood becomes a referential, what is not is listed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from carene.engines.referential.ciso_assistant import Imported, read_library
from carene.engines.referential.ciso_shapes import NodeShape
from carene.engines.referential.model import Profile, Referential
from carene.engines.referential.serialise import from_data, to_data
from carene.engines.sources import InputError
from tests.support.shared_data import shared_data

U = "urn:essai:risk:req_node:petit:"


def node(ref: str, parent: str = "", *, assessable: bool = True, **more: Any) -> dict[str, Any]:
    made = {"urn": U + ref.lower(), "ref_id": ref, "assessable": assessable, "name": f"Exigence {ref}", **more}
    if parent:
        made["parent_urn"] = U + parent.lower()
    return made


def library(
    nodes: list[dict[str, Any]] | None = None, objects: Mapping[str, Any] | None = None, **framework: Any
) -> bytes:
    nodes = nodes if nodes is not None else [node("A", assessable=False), node("A.1", "A")]
    shape = {"urn": "urn:essai:risk:framework:petit", "ref_id": "PETIT", "name": "Petit", "requirement_nodes": nodes}
    content = {
        "urn": "urn:essai:risk:library:petit",
        "locale": "fr",
        "name": "Bibliothèque",
        "version": 3,
        "publication_date": dt.date(2026, 3, 14),
        "provider": "Quelqu'un",
        "copyright": "Licence ouverte",
        "objects": objects if objects is not None else {"framework": {**shape, **framework}},
    }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()


def read(content: bytes) -> Imported:
    return read_library(content, "petit.yaml")


def framework(content: bytes) -> Referential:
    found = read(content).referential
    assert found is not None
    assert from_data(json.loads(json.dumps(to_data(found)))) == found
    return found


def noted(content: bytes) -> str:
    return "\n".join(read(content).not_understood)


def test_identity_and_default_levels() -> None:
    imported = read(library())
    found = imported.referential
    assert found is not None
    assert (found.id, found.version, found.name) == ("urn:essai:risk:framework:petit", "3", "Petit")
    assert (found.date, found.publisher, found.licence) == (dt.date(2026, 3, 14), "Quelqu'un", "Licence ouverte")
    assert found.criteria[0].levels == ("Non conforme", "Partiellement conforme", "Conforme")
    assert found.criteria[0].refs == {"urn": (U + "a.1",)}
    assert imported.not_understood == ()
    assert imported.counts["criteria"] == 1


def test_tree_of_any_depth() -> None:
    found = framework(
        library(
            [
                node("A", assessable=False, description="Pourquoi A."),
                node("A.1", "A"),  # directly under its axis
                node("A.2", "A", assessable=False),
                node("A.2.1", "A.2"),
                node("A.2.2", "A.2", assessable=False, name="Intermédiaire"),
                node("A.2.2.1", "A.2.2"),
                node("A.3", "A"),  # assessable and a parent
                node("A.3.1", "A.3"),
                node("B"),  # an axis that is also a criterion
            ]
        )
    )
    assert [(a.id, a.title) for a in found.axes] == [("A", "Exigence A"), ("B-axe", "Exigence B")]
    assert found.axes[0].purpose == "Pourquoi A."
    tree = {o.title: [c.id for c in found.criteria_of[o.id]] for o in found.objectives}
    assert tree == {
        "Exigence A : exigences générales": ["A.1"],
        "Exigence A.2": ["A.2.1", "A.2.2.1"],
        "Exigence A.3": ["A.3", "A.3.1"],
        "Exigence B": ["B"],
    }
    assert found.criterion["A.2.2.1"].hint == "Rubrique : Intermédiaire"
    ids = [*found.axis, *found.objective, *found.criterion]
    assert len(ids) == len(set(ids)), "one identifier never means two things"


def test_the_text_of_a_heading_between_objective_and_criterion_is_not_lost_in_silence() -> None:
    nodes = [
        node("A", assessable=False),
        node("A.1", "A", assessable=False, description="Texte de l'objectif."),
        node("A.1.1", "A.1", assessable=False, name=None, description="Titre.\nPuis un texte."),
        node("A.1.1.1", "A.1.1"),
    ]
    content = library(nodes)
    assert framework(content).objective["A.1"].purpose == "Texte de l'objectif."
    assert framework(content).criterion["A.1.1.1"].hint == "Rubrique : Titre."
    assert "texte d'introduction, non repris (1) : A.1.1.1." in noted(content)


def test_a_flat_framework_has_one_axis() -> None:
    found = framework(library([node("1"), node("2"), node("3")]))
    assert [a.title for a in found.axes] == ["Petit"]
    assert [c.id for c in found.criteria] == ["1", "2", "3"]


def test_depth_stands_in_for_an_absent_parent() -> None:
    nodes = [node("A", assessable=False, depth=1), node("A.1", depth=2), node("B", assessable=False, depth=1)]
    found = framework(library([*nodes, node("B.1", depth=2)]))
    assert [(c.id, found.objective[c.objective].axis) for c in found.criteria] == [("A.1", "A"), ("B.1", "B")]


def test_headings_without_criteria_and_lost_parents_are_listed() -> None:
    nodes = [node("A", assessable=False), node("A.1", "A"), node("Z", assessable=False), node("Y.1", "Y")]
    content = library(nodes)
    assert "Rubriques sans exigence à évaluer, non reprises (1) : Exigence Z." in noted(content)
    assert "rubrique parente est absente" in noted(content)
    assert [a.id for a in framework(content).axes] == ["A", "Y.1-axe"]


def test_splash_pages_are_passed_and_counted() -> None:
    nodes = [node("A", assessable=False), node("A.0", "A", display_mode="splash"), node("A.1", "A.0")]
    imported = read(library(nodes))
    assert imported.referential is not None
    assert [c.id for c in imported.referential.criteria] == ["A.1"]
    assert imported.counts["splash"] == 1
    assert "Pages de présentation passées (1)" in "\n".join(imported.not_understood)


def test_scores_make_levels() -> None:
    definition = [{"score": 1, "name": "Initial", "description": "Au hasard."}, {"score": 3, "name": "Défini"}]
    content = library(min_score=1, max_score=3, scores_definition=definition)
    assert framework(content).criteria[0].levels == ("Initial : Au hasard.", "Note 2 sur 3", "Défini")
    assert noted(content) == ""


def test_a_wide_scale_is_brought_to_quarters_and_said() -> None:
    content = library(min_score=0, max_score=100, scores_definition=[{"score": 50, "name": "Moitié"}])
    assert framework(content).criteria[0].levels == (
        "Environ 0 sur 100", "Environ 25 sur 100", "Moitié", "Environ 75 sur 100", "Environ 100 sur 100",
    )  # fmt: skip
    assert "0, 25, 50, 75, 100" in noted(content)


def test_a_node_may_have_its_own_scale() -> None:
    nodes = [node("A", assessable=False), node("A.1", "A"), node("A.2", "A", min_score=0, max_score=1)]
    found = framework(library(nodes, min_score=0, max_score=4))
    assert [c.top for c in found.criteria] == [4, 1]


def test_levels_spelled_in_the_description_are_read() -> None:
    text = "Est-ce fait ?\nNiveau 0 : Rien.\nNiveau 1 : Un peu,\nparfois.\nNiveau 2 : Tout."
    nodes = [node("A", assessable=False), node("A.1", "A", description=text, name=None)]
    content = library(nodes, min_score=0, max_score=2)
    found = framework(content).criteria[0]
    assert found.levels == ("Rien.", "Un peu,\nparfois.", "Tout.")
    assert (found.question, found.title, found.hint) == ("Est-ce fait ?", "Est-ce fait ?", "")
    assert "lus dans la description" in noted(content)
    partial = [node("A", assessable=False), node("A.1", "A", description=text.replace("Niveau 1", "Puis"), name=None)]
    assert framework(library(partial, min_score=0, max_score=2)).criteria[0].levels[0] == "Note 0 sur 2"


def asked(choices: list[dict[str, Any]], kind: str = "unique_choice", **more: Any) -> list[dict[str, Any]]:
    question = {"type": kind, "text": "Combien ?", "choices": choices, **more}
    return [node("A", assessable=False), node("A.1", "A", questions={U + "a.1:q1": question})]


def test_choices_with_points_make_levels() -> None:
    choices = [{"value": "Tout", "add_score": 100}, {"value": "Rien", "add_score": 0, "description": "zéro"},
               {"value": "Moitié", "add_score": 50}, {"value": "À peu près la moitié", "add_score": 50}]  # fmt: skip
    content = library(asked(choices), min_score=0, max_score=100)
    found = framework(content).criteria[0]
    assert found.levels == ("Rien : zéro", "Moitié ; À peu près la moitié", "Tout")
    assert (found.question, found.hint) == ("Combien ?", "Exigence A.1")
    assert noted(content) == ""


def test_irregular_points_are_an_approximation_that_is_said() -> None:
    choices = [{"value": v, "add_score": s} for v, s in (("a", 0), ("b", 10), ("c", 100))]
    assert "Points irréguliers" in noted(library(asked(choices)))


def test_choices_with_results_make_levels() -> None:
    choices = [{"value": "Oui", "compute_result": True}, {"value": "Non", "compute_result": "false"},
               {"value": "Sans objet", "compute_result": "not_applicable"}, {"value": "Ne sait pas"}]  # fmt: skip
    content = library(asked(choices))
    found = framework(content).criteria[0]
    assert found.levels == ("Non", "Oui")
    assert "Réponses sans niveau : Ne sait pas." in found.hint
    assert "Réponses sans points ni conformité" in noted(content)


POINTS = [{"value": "a", "add_score": 1}, {"value": "b", "add_score": 2}]


@pytest.mark.parametrize(
    ("nodes", "reason", "hint"),
    [
        (asked([{"value": "Ain"}, {"value": "Aisne"}]), "ne portent ni points ni conformité", "Ain ; Aisne"),
        (asked(POINTS, "multiple_choice"), "choix multiples", "a ; b"),
        (asked([], "text"), "de type « text »", "Question : Combien ?"),
        (asked([{"value": "a", "add_score": 1}]), "ne portent ni points ni conformité", "a"),
        (asked([{"value": "a", "add_score": "beaucoup"}]), "forme inconnue", ""),
        (
            [node("A", assessable=False), node("A.1", "A", questions=[{"text": "Un ?"}, {"text": "Deux ?"}])],
            "plusieurs questions",
            "Question : Un ?\n\nQuestion : Deux ?",
        ),
    ],
)  # fmt: skip
def test_other_questions_stay_as_text_and_are_listed(nodes: list[dict[str, Any]], reason: str, hint: str) -> None:
    content = library(nodes)
    found = framework(content).criteria[0]
    assert len(found.levels) == 3
    assert hint in found.hint
    assert reason in noted(content)
    assert "A.1" in noted(content)


def test_weights_groups_and_evidence() -> None:
    nodes = [
        node("A", assessable=False),
        node("A.1", "A", weight=5, implementation_groups=["S"], typical_evidence="- Un plan\n- Une preuve"),
        node("A.2", "A", weight="lourd", implementation_groups=["X"]),
    ]
    groups = [
        {"ref_id": "S", "name": "Standard", "description": "Pour tous", "default_selected": True},
        {"ref_id": "R"},
    ]
    content = library(nodes, implementation_groups_definition=groups)
    found = framework(content)
    assert [c.weight for c in found.criteria] == [5, 1]
    assert found.criterion["A.1"].evidence == ("Un plan", "Une preuve")
    assert found.groups == {"S": "Standard : Pour tous", "R": "R", "X": "X"}
    assert found.default_groups == ("S",)
    assert [c.id for c in found.applicable(Profile(), frozenset({"S"}))] == ["A.1"]
    assert "Poids incompris, ramenés à 1 (1) : A.2 (« lourd »)." in noted(content)
    assert "Groupes employés sans être définis (1) : X." in noted(content)


KEPT_ASIDE = (
    "color",
    "nouveau",
    "depends_on",
    "reference_controls",
    "importance",
    "inconnu",
    "teinte",
    "mystere",
    "menaces de la bibliothèque (1)",
    "mesures de référence de la bibliothèque (2)",
    "bizarre",
    "urn:autre",
)


def test_nothing_is_dropped_in_silence() -> None:
    choices = [{"value": "a", "add_score": 0, "color": "#fff"}, {"value": "b", "add_score": 1, "nouveau": 1}]
    nodes = [
        *asked(choices, depends_on={"question": "q"}),
        node("A.2", "A", reference_controls=["urn:x"], importance="mandatory"),
    ]
    content = library(nodes, inconnu="x", implementation_groups_definition=[{"ref_id": "S", "teinte": 3}])
    data = yaml.safe_load(content)
    data["objects"]["threats"] = [{"urn": "urn:t"}]
    data["objects"]["reference_controls"] = [{"urn": "urn:c1"}, {"urn": "urn:c2"}]
    data["objects"]["bizarre"] = {"a": 1}
    data["dependencies"] = ["urn:autre"]
    data["mystere"] = "x"
    content = yaml.safe_dump(data).encode()
    text = noted(content)
    for word in KEPT_ASIDE:
        assert word in text, word
    assert read(content).counts["reference_controls"] == 2


def test_french_is_preferred_and_the_other_translations_counted() -> None:
    words = {"fr": {"name": "Nommer"}, "de": {"name": "Benennen"}}
    nodes = [node("A", assessable=False, translations=words), node("A.1", "A", name="Name", translations=words)]
    data = yaml.safe_load(library(nodes))
    data["locale"] = "en"
    content = yaml.safe_dump(data).encode()
    found = framework(content)
    assert (found.locale, found.criteria[0].title, found.axes[0].title) == ("fr", "Nommer", "Nommer")
    assert "La langue d'origine est « en »" in noted(content)
    assert "de : 2" in noted(content)
    assert read(content).counts["translations"] == 2


def test_long_names_are_cut_in_the_title_only() -> None:
    name = "Une exigence " + "très " * 20 + "longue"
    found = framework(
        library([node("A", assessable=False), node("A.1", "A", name=name, description="Détail.")])
    ).criteria[0]
    assert len(found.title) <= 60
    assert found.title.endswith("…")
    assert found.question == name
    assert found.hint == "Détail."


def test_identifiers_are_unique_and_fit_in_an_address() -> None:
    nodes = [node("A", assessable=False), node("A.1", "A"), node("A/2 b", "A"), node("x" * 300, "A")]
    nodes.append({**node("A.1", "A"), "urn": U + "autre"})
    found = framework(library(nodes))
    ids = [c.id for c in found.criteria]
    assert ids[:2] == ["A.1", "A-2-b"]
    assert len(set(ids)) == 4
    assert all(len(key) <= 120 and "/" not in key and " " not in key for key in ids)
    assert ids[3] == "autre"


MAPPING = {
    "urn": "urn:essai:risk:req_mapping_set:m",
    "name": "Petit vers grand",
    "source_framework_urn": "urn:essai:risk:framework:petit",
    "target_framework_urn": "urn:essai:risk:framework:grand",
    "requirement_mappings": [
        {"source_requirement_urn": U + "A.1", "target_requirement_urn": "urn:g:1", "relationship": "equal",
         "strength_of_relationship": 90},
        {"source_requirement_urn": U + "a.2", "target_requirement_urn": "urn:g:2", "relationship": "cousin",
         "strength_of_relationship": 900, "rationale": "Parce que."},
    ],
}  # fmt: skip


@pytest.mark.parametrize("objects", [{"requirement_mapping_set": MAPPING}, {"requirement_mapping_sets": [MAPPING]}])
def test_mappings(objects: dict[str, Any]) -> None:
    imported = read(library(objects=objects))
    assert imported.referential is None
    (found,) = imported.mappings
    assert (found.source, found.target) == ("urn:essai:risk:framework:petit", "urn:essai:risk:framework:grand")
    assert (found.pairs[0].source, found.pairs[0].strength) == (U + "a.1", 90)
    assert (found.pairs[1].relationship, found.pairs[1].strength) == ("cousin", None)
    text = "\n".join(imported.not_understood)
    assert "« cousin »" in text
    assert "« 900 »" in text
    assert "rationale" in text


def test_a_second_framework_is_named() -> None:
    data = yaml.safe_load(library())
    first = data["objects"].pop("framework")
    data["objects"]["frameworks"] = [first, {**first, "urn": "urn:second", "name": "Second"}]
    assert "non repris (1) : Second." in noted(yaml.safe_dump(data).encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "n'est pas une bibliothèque"),
        (b"- a", "n'est pas une bibliothèque"),
        (b"objects: 3", "n'est pas une bibliothèque"),
        (b"objects: {framework: {}}", "« urn » manque"),
        (b"urn: u\nobjects: {risk_matrix: [1]}", "ni référentiel ni correspondances"),
        (b"urn: u\nobjects: {framework: {urn: f}}", "« requirement_nodes » manque"),
        (b"urn: u\nobjects: {framework: {urn: f, requirement_nodes: []}}", "aucune exigence"),
        (b"urn: u\nobjects: {framework: {urn: f, requirement_nodes: [{ref_id: a}]}}", "« urn » manque"),
        (library([node("A"), node("A")]), "écrite deux fois"),
        (library([node("A", "B"), node("B", "A")]), "en boucle"),
        (library([node("A", "A")]), "en boucle"),
        (b"PK\x03\x04", "YAML"),
    ],
)
def test_what_is_no_library_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read(content)
    assert "petit.yaml" in str(caught.value)


JUNK_KEYS = st.sampled_from(["urn", "fr", "name", "x"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.text("ab:é/ \n", max_size=5) | st.floats(-2, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(JUNK_KEYS, inner, max_size=3),
    max_leaves=6,
)
NODE_KEYS = sorted(NodeShape.model_fields)
CHOICE = st.dictionaries(st.sampled_from(["value", "add_score", "compute_result", "description"]), JUNK, max_size=4)
QUESTION = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["unique_choice", "text", 3]),
        "text": JUNK,
        "choices": JUNK | st.lists(CHOICE, max_size=4),
    }
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_content_is_read_or_refused(data: st.DataObject) -> None:
    nodes = [node("A", assessable=False), node("A.1", "A"), node("A.2", "A")]
    for item in nodes:
        for key in data.draw(st.lists(st.sampled_from(NODE_KEYS), max_size=2)):
            item[key] = data.draw(JUNK)
        if data.draw(st.booleans()):
            item["questions"] = {"q": data.draw(QUESTION)}
    extra = data.draw(
        st.dictionaries(st.sampled_from(["min_score", "max_score", "scores_definition", "name", "z"]), JUNK)
    )
    content = library(nodes, **extra)
    try:
        found = framework(content)
    except InputError as error:
        found, sentence = None, error.sentence
    assert found is not None or "petit.yaml" in sentence


# --- libraries published by others ------------------------------------------------------------------------------------

PUBLISHED = {
    "ans-care-domaine2.yaml": (5, 13, 2),
    "anssi-guide-hygiene.yaml": (10, 61, 2),
    "anssi-maturite-gestion-crise-1.0.2.yaml": (5, 57, 3),
    "anssi-mon-aide-cyber.yaml": (7, 53, 2),
}


@pytest.mark.shared_data
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_frameworks(name: str) -> None:
    axes, criteria, top = PUBLISHED[name]
    content = shared_data(f"ciso_assistant/{name}").read_bytes()
    assert len(framework(content).axes) == axes
    found = framework(content)
    assert len(found.criteria) == criteria
    assert {c.top for c in found.criteria} == {top}
    assert all(c.title and c.question and len(c.title) <= 60 for c in found.criteria)
    urns = {
        n["urn"].lower()
        for n in yaml.load(content, yaml.CSafeLoader)["objects"]["framework"]["requirement_nodes"]
        if n["assessable"]
    }
    assert {c.refs["urn"][0] for c in found.criteria} == urns, "every assessable node is there"


@pytest.mark.shared_data
def test_published_levels_are_those_of_the_authors() -> None:
    content = shared_data("ciso_assistant/anssi-maturite-gestion-crise-1.0.2.yaml").read_bytes()
    found = framework(content)
    assert all(not level.startswith(("niveau", "Note")) for c in found.criteria for level in c.levels)
    assert found.groups == {"S": "STRATEGIQUE", "O": "OPERATIONNEL CYBER ET IT"}


@pytest.mark.shared_data
def test_published_questions_without_points_are_listed() -> None:
    text = "\n".join(read(shared_data("ciso_assistant/anssi-mon-aide-cyber.yaml").read_bytes()).not_understood)
    assert "reprises en texte dans l'aide (52)" in text
    assert "mesures de référence de la bibliothèque (74)" in text


@pytest.mark.shared_data
def test_published_mappings() -> None:
    name = "mapping-recyf-and-annex-technical-and-methodological-requirements-nis2.yaml"
    imported = read(shared_data(f"ciso_assistant/{name}").read_bytes())
    assert imported.referential is None
    assert [len(found.pairs) for found in imported.mappings] == [223, 223]
    assert imported.mappings[0].source == "urn:intuitem:risk:framework:recyf"
