# SPDX-License-Identifier: EUPL-1.2
"""The simulation pack is read whole, and refused with every fault that it has, each at its file and line."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from carene.engines.referential.catalogue import PACKS, care
from carene.engines.simulation.loader import load, shipped
from carene.engines.simulation.model import Attack
from carene.engines.sources.errors import InputError, InputErrors
from tests.support.packs import write_small_pack


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKS / "simulation", tmp_path / "simulation"))


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replaces the first ``old`` and gives its line."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults(folder: Path) -> str:
    with pytest.raises(InputError) as found:
        load(folder)
    errors = found.value.errors if isinstance(found.value, InputErrors) else [found.value]
    return "\n".join(error.sentence for error in errors)


def prevention(attack: Attack) -> set[str]:
    channels = {place for channel in attack.channels for place in channel.places}
    return channels | {place for stage in attack.stages for place in stage.places}


def test_every_criterion_of_the_base_acts_somewhere() -> None:
    socle = {c.id for c in care().criteria if c.socle}
    assert not socle - set(shipped().criteria)


def test_no_criterion_is_forgotten_and_the_silent_ones_say_why() -> None:
    model = shipped()
    assert set(model.criteria) | set(model.silent) == set(care().criterion)
    assert all(reason.endswith(".") for reason in model.silent.values())


def test_criteria_act_on_the_attacks_and_the_aims_that_the_referential_gives_them() -> None:
    """But for « tenue », where those of governance and means act on everything, weakly."""
    model, seen = shipped(), set[tuple[str, str]]()
    for attack in model.attacks:
        recovery = {*attack.recovery.own, *attack.recovery.shared}
        exposure = set(attack.exposure.places) if attack.exposure else set()
        for place in prevention(attack) | recovery | exposure:
            for barrier in model.place[place].barriers:
                criterion = care().criterion[barrier.criterion]
                seen.add((criterion.id, attack.id))
                if place != "tenue":
                    assert attack.id in criterion.attacks, (place, criterion.id)
                    if place not in exposure:
                        aim = "recover" if place in recovery else "prevent"
                        assert aim in criterion.aims, (place, criterion.id)
    listed = {(c.id, attack) for c in care().criteria for attack in c.attacks}
    assert not listed - seen


def test_governance_and_means_act_weakly() -> None:
    for barrier in shipped().place["tenue"].barriers:
        assert barrier.stops[-1] < 0.1, barrier.criterion


def test_every_figure_says_its_range_its_source_and_its_reason() -> None:
    model = shipped()
    for place in model.places:
        labels = [barrier.label for barrier in place.barriers]
        assert len(labels) == len(set(labels)), place.id
        for barrier in place.barriers:
            assert barrier.low <= barrier.stops[-1] <= barrier.high < 1
            assert barrier.low < barrier.high
            assert all(a <= b for a, b in pairwise(barrier.stops))
            assert barrier.origin.source in model.sources
            assert barrier.origin.reason.endswith(".")
            assert barrier.label
    for attack in model.attacks:
        for figure in (attack.recovery.days, *(c.rate for c in attack.channels), *(s.passes for s in attack.stages)):
            assert figure.low < figure.value < figure.high
            assert figure.origin.source in model.sources


BROKEN = [
    ("defences.yaml", "criterion: OPS.4.4", "criterion: OPS.4.44", "le critère « OPS.4.44 » n'existe pas"),
    ("defences.yaml", "[0, 0.15, 0.35, 0.50, 0.58]", "[0, 0.35, 0.15, 0.50, 0.58]", "la part arrêtée baisse"),
    ("defences.yaml", "[0, 0.15, 0.35, 0.50, 0.58]", "[0, 0.15, 0.35, 0.50, 1.4]", "1,4 est trop grand"),
    ("defences.yaml", "[0, 0.15, 0.35, 0.50, 0.58]", "[0, 0.15, -0.2, 0.50, 0.58]", "-0,2 est trop petit"),
    ("defences.yaml", "[0, 0.15, 0.35, 0.50, 0.58]", "[0, 0.15, 0.35, 0.50]", "il en faut au moins 5"),
    ("defences.yaml", "between: [0.40, 0.72]", "between: [0.60, 0.72]", "n'est pas entre 0,6 et 0,72"),
    ("defences.yaml", "criterion: OPS.4.6", "criterion: OPS.4.4", "le critère OPS.4.4 est déjà dans cette liste"),
    ("defences.yaml", "source: essai_ucsd", "source: essai_inconnu", "la source « essai_inconnu » n'existe pas"),
    ("defences.yaml", "label: Le courriel piégé", "libelle: Le courriel piégé", "la rubrique « label » manque"),
    ("rancongiciel.yaml", "use: [exposition]", "use: [expositions]", "la liste « expositions » n'existe pas"),
    ("rancongiciel.yaml", "closed_without: OPS.4.2", "closed_without: OPS.4.9", "le critère « OPS.4.9 » n'existe pas"),
    ("rancongiciel.yaml", "{value: 55, low: 34", "{value: 55, low: 60", "la valeur 55 n'est pas entre 60 et 90"),
    ("rancongiciel.yaml", "passes: {value: 0.06, low: 0.03", "passes: {value: 1.6, low: 0.03", "1,6 est trop grand"),
    ("rancongiciel.yaml", "rate: {value: 3.4,", "rate: {value: -3.4,", "-3,4 est trop petit"),
    ("rancongiciel.yaml", "id: rancongiciel", "id: rançongiciel", "employer des minuscules"),
    ("espionnage.yaml", "skips: [extraction]", "skips: [extractions]", "l'étape « extractions » n'existe pas"),
    ("pack.yaml", "referential: care", "referential: autre", "fait pour le référentiel « autre »"),
    ("pack.yaml", "shares: [0.45, 0.30,", "shares: [0.55, 0.30,", "ces parts ne font pas 1"),
    ("pack.yaml", "    ehpad: 0.15\n", "", "il manque ehpad"),
    ("pack.yaml", "criterion: GOV.3.5", "criterion: OPS.5.1", "OPS.5.1 agit pourtant quelque part"),
    ("pack.yaml", "when: {types: [ehpad, esms]}", "when: {types: [ephad]}", "écrire « ehpad »"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), BROKEN, ids=[f"{one[0]}-{one[3][:30]}" for one in BROKEN])
def test_a_broken_pack_is_refused_at_its_line(pack: Path, name: str, old: str, new: str, said: str) -> None:
    line = change(pack, name, old, new)
    found = faults(pack)
    assert said in found
    place = next(row for row in found.splitlines() if said in row)
    assert place.startswith(f"{name}, ligne ")
    assert abs(int(place.split("ligne ")[1].split(" ")[0]) - line) <= 9  # of the value, or of what holds it


def test_a_source_that_neither_the_barrier_nor_its_list_gives_is_missed(pack: Path) -> None:
    change(pack, "defences.yaml", "  title: Courriel et personnes\n  source: estimation\n", "  title: Courriel\n")
    found = faults(pack)
    assert "OPS.4.4 : la rubrique « source » manque" in found
    assert "SEN.1.2 : la rubrique « source »" not in found  # gives its own


def test_every_fault_is_said_at_once(pack: Path) -> None:
    change(pack, "defences.yaml", "criterion: OPS.4.6", "criterion: OPS.4.66")
    change(pack, "rancongiciel.yaml", "days: {value: 55, low: 34", "days: {value: 55, low: 60")
    assert len(faults(pack).splitlines()) == 3  # and OPS.4.6 acts nowhere any more in its list… but elsewhere
    change(pack, "pack.yaml", "source: cert_sante", "source: cert")
    assert len(faults(pack).splitlines()) == 4


def test_a_criterion_that_acts_nowhere_is_named(pack: Path) -> None:
    change(pack, "pack.yaml", "  - criterion: GOV.3.5\n", "  - criterion: GOV.3.5X\n")
    assert "pack.yaml, ligne" in faults(pack)
    shutil.copy(PACKS / "simulation" / "pack.yaml", pack)
    text = (pack / "pack.yaml").read_text(encoding="utf-8")
    start = text.index("  - criterion: RES.2.1")
    end = text.index("  - criterion: RES.2.4")
    (pack / "pack.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    assert "RES.2.1 : ce critère n'agit nulle part" in faults(pack)


def test_a_missing_file_or_folder_is_said(pack: Path, tmp_path: Path) -> None:
    (pack / "espionnage.yaml").unlink()
    assert "espionnage.yaml : ce fichier n'existe pas" in faults(pack)
    assert "n'est pas un paquet de simulation" in faults(tmp_path)


def test_a_pack_is_of_one_referential(tmp_path: Path) -> None:
    from carene.engines.referential.loader import load_pack

    other = load_pack(write_small_pack(tmp_path / "petit"))
    with pytest.raises(InputError, match="fait pour le référentiel « care », non pour « petit »"):
        load(PACKS / "simulation", other)
