# SPDX-License-Identifier: EUPL-1.2
"""The pure parts: loading the pack, judging, planning, writing the PDF, the whole way without a database."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from pathlib import Path

from bench.table import Table, median_ms
from carene.engines.referential.catalogue import CARE, PACKS
from carene.engines.referential.loader import load_pack
from carene.engines.referential.model import Profile
from carene.engines.scoring.judge import judge
from carene.engines.scoring.model import Answer

ROOT = Path(__file__).resolve().parents[1]


def run(table: Table) -> None:
    table.add(
        "load and check the CaRE pack", median_ms(lambda: load_pack(PACKS / CARE), runs=5, warm_up=0) / 1000, "s", 2
    )
    referential = load_pack(PACKS / CARE)
    profile = Profile(type="ch", size="m", ght="support")
    today = dt.date(2026, 11, 23)
    chosen = referential.applicable(profile)[:100]
    answers = {c.id: Answer(c.id, i % 5, answered_on=today) for i, c in enumerate(chosen)}
    table.add(
        f"judge {len(chosen)} criteria",
        median_ms(lambda: judge(referential, profile, answers, {}, today)),
        "ms",
        5,
        "37 ms for 95",
    )
    example = ROOT / "examples" / "hopital-moyen.yaml"
    for name, option, target in (("assess → JSON", "--json", None), ("assess → PDF", "--pdf", None)):
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            command = [sys.executable, "-m", "carene.cli.main", "assess", str(example), option, "/dev/null"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - begin)
        table.add(f"carene {name}, whole process", sorted(times)[1], "s", target)
