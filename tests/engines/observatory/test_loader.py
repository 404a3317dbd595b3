# SPDX-License-Identifier: EUPL-1.2
"""The observatory's pack is read whole, and refused with every fault that it has, each at its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from carene.engines.observatory.explain import explain
from carene.engines.observatory.loader import load, shipped
from carene.engines.referential.catalogue import PACKS, care
from carene.engines.sources.errors import InputError, InputErrors


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKS / "observatory", tmp_path / "observatory"))


def faults(folder: Path, name: str, old: str, new: str) -> list[str]:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(InputError) as found:
        load(folder)
    errors = found.value.errors if isinstance(found.value, InputErrors) else [found.value]
    assert any(f"{name}, ligne {line}" in error.sentence for error in errors), [e.sentence for e in errors]
    return [error.sentence for error in errors]


def test_it_follows_the_programme_and_every_indicator() -> None:
    found = shipped()
    assert {
        "rssi_nomme",
        "ght_en_convergence",
        "budget_numerique",
        "budget_cyber",
        "exercice_annuel",
    } <= found.figure.keys()
    assert found.observed.keys() == care().indicator.keys(), "everything that is measured is followed"
    assert {f"niveau_{axis.id.lower()}" for axis in care().axes} <= found.figure.keys()
    target = found.figure["rssi_nomme"].target
    assert target is not None
    assert (target.value, target.confidence, found.sources[target.source].title != "") == (70, "secondary", True)
    years = {point.date.year for series in found.series if series.id == "incidents_cert" for point in series.points}
    assert years == set(range(2018, 2025))


def test_sources_that_contradict_each_other_stand_side_by_side() -> None:
    money = next(series for series in shipped().series if series.id == "credits_programme")
    assert {point.value for point in money.points if point.date.year == 2027} == {750, 175}
    assert len({point.source.id for point in money.points}) > 3


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("programme.yaml", "of: rssi_nomme", "of: rssi_nome", "écrire « rssi_nomme »"),
        ("programme.yaml", "of: rssi_nomme, op: \">=\", threshold", "of: rssi_nomme, threshold", "se donne avec"),
        ("programme.yaml", "source: article_care, confidence", "source: article_cere, confidence", "la source"),
        ("programme.yaml", "ght: [support]", "ght: [suport]", "écrire « support »"),
        ("programme.yaml", "id: budget_cyber\n", "id: budget_numerique\n", "est déjà celui de"),
        ("programme.yaml", "kinds: [entity], ght", "kinds: [ght], ght", "choisir parmi"),
        ("incidents.yaml", "series: [incidents_cert, ", "series: [incident_cert, ", "écrire « incidents_cert »"),
        ("series.yaml", "source: iess", "source: iesse", "la source"),
        ("series.yaml", "beside: [exercice_annuel]", "beside: [exercices]", "l'indicateur"),
        ("pack.yaml", "referential: care", "referential: autre", "référentiel"),
    ],
)  # fmt: skip
def test_a_fault_is_said_where_it_is(pack: Path, name: str, old: str, new: str, said: str) -> None:
    assert said in "\n".join(faults(pack, name, old, new))


def test_what_is_not_a_pack(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"pack\.yaml"):
        load(tmp_path)


def test_every_figure_explains_itself() -> None:
    for figure in shipped().figures:
        said = " ".join(explain(figure, shipped(), care()))
        assert "None" not in said
        assert "  " not in said
        assert said.endswith(".")
    weighted = explain(shipped().figure["budget_numerique_pondere"], shipped(), care())
    assert "activité combinée" in weighted[0]
    assert any("Cible de l'ensemble" in sentence and "source secondaire" in sentence for sentence in weighted)
