# SPDX-License-Identifier: EUPL-1.2
"""From the files of a collector to the control points: each planted fault is found by its controls, and by no other.

Control points that judge descriptors have their own tests; those here decide from attributes alone.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from carene.engines.directory import controls as room
from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.contract import CONTROLS, Fault, missing
from carene.engines.directory.generating import FAULTS, Forest, invent
from carene.engines.directory.generating.oradad import write_oradad
from carene.engines.directory.model import Edges
from carene.engines.directory.privileged import privileged
from carene.engines.directory.readers import read

for _module in pkgutil.iter_modules(room.__path__):
    importlib.import_module(f"{room.__name__}.{_module.name}")
BY_ATTRIBUTES = {
    key: one for key, one in CONTROLS.items() if not any("descriptor" in names for names in one.needs.values())
}
OF_ATTRIBUTES = sorted(name for name, (_, keys) in FAULTS.items() if set(keys) <= BY_ATTRIBUTES.keys())


def found(forest: Forest, folder: Path) -> set[str]:
    """Controls that find a fault in the files of this forest."""
    write_oradad(forest, folder)
    collection = read([folder])
    assert not collection.gaps
    case = Case(collection, privileged(collection).mask, Edges.none())
    failed = set()
    for key, one in BY_ATTRIBUTES.items():
        for domain in case.collected:
            if not list(missing(case, one, domain)):
                failed |= {key for fault in one.look(case, domain) if isinstance(fault, Fault)}
    return failed


def test_a_forest_in_good_order_has_no_fault(tmp_path: Path) -> None:
    assert found(invent(200, domains=("ght-orme.invalid", "ehpad.ght-orme.invalid")), tmp_path) == set()


@pytest.mark.parametrize("name", OF_ATTRIBUTES)
def test_a_planted_fault_is_found_and_no_other(name: str, tmp_path: Path) -> None:
    forest = invent(40, faults=[name])
    assert found(forest, tmp_path) == {fault.control for fault in forest.planted}


def test_shares_of_the_crowd_are_found(tmp_path: Path) -> None:
    assert found(invent(400, stale=0.5, unending=0.3), tmp_path) == {"user_accounts_dormant", "dont_expire"}


def test_a_collection_of_oradad_settles_every_control_of_attributes(tmp_path: Path) -> None:
    write_oradad(invent(60), tmp_path)
    collection = read([tmp_path])
    case = Case(collection, privileged(collection).mask, Edges.none())
    assert {key: told for key, one in BY_ATTRIBUTES.items() if (told := list(missing(case, one, 0)))} == {}


def test_most_controls_have_a_fault_to_find() -> None:
    planted = {key for name in OF_ATTRIBUTES for key in FAULTS[name][1]} | {"user_accounts_dormant", "dont_expire"}
    assert planted <= BY_ATTRIBUTES.keys()
    assert len(planted) > 45
