# SPDX-License-Identifier: EUPL-1.2
"""What is said of the blocks that tests run in is still true of the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xdist.workermanage import parse_tx_spec_config

from tests.support.blocks import TOGETHER, Blocks, block

ROOT = Path(__file__).resolve().parents[2]


def test_each_line_names_files_that_exist() -> None:
    for line in TOGETHER:
        for pattern in line.split():
            found = [path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern) if path.name.startswith("test_")]
            assert found, pattern
            assert {block(f"{path}::test_it[a/b]") for path in found} == {line}


def test_what_shares_a_server_goes_to_one_process_and_the_longest_begin(pytestconfig: Any) -> None:
    config: Any = type("Config", (), {"getvalue": lambda *_: ["popen"] * 2, "option": pytestconfig.option})()
    assert len(parse_tx_spec_config(config)) == 2
    sched = Blocks(config)
    files = ("tests/ui/test_text.py", "tests/e2e/test_walk.py", "tests/ui/test_gallery.py", "tests/e2e/test_risks.py")
    asked: list[str] = []
    tests = [f"{file}::test_{number}" for number in range(3) for file in files]
    for test in tests:
        sched.workqueue.setdefault(block(test), {})[test] = False
    node: Any = type("Node", (), {"send_runtest_some": lambda _, ranks: asked.extend(tests[rank] for rank in ranks)})()
    sched.registered_collections[node] = tests
    for _ in range(3):
        sched._assign_work_unit(node)
    order = list(dict.fromkeys(block(test) for test in asked))
    assert order == ["tests/e2e/*", "tests/ui/test_text.py", "tests/ui/test_gallery.py"]
