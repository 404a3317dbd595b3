# SPDX-License-Identifier: EUPL-1.2
"""``PART`` is one of ``PARTS``, several of them separated by commas, or nothing for all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="carene-bench-"))
    os.environ["CARENE_VAR"] = str(folder / "var")
    os.environ["CARENE_HOSTS"] = "localhost,127.0.0.1,testserver"
    os.environ["DJANGO_SETTINGS_MODULE"] = "carene.config.settings"
    os.environ.pop("CARENE_DATABASE", None)
    from bench import directory, engines, load, observatory, pages, planning, portfolios, registers, server
    from bench.table import Table

    parts = {
        "server": lambda table: server.run(table, folder),
        "engines": engines.run,
        "directory": directory.run,
        "planning": planning.run,
        "pages": pages.run,
        "portfolios": portfolios.run,
        "registers": lambda table: registers.run(table, folder),
        "observatory": lambda table: observatory.run(table, folder),
        "load": lambda table: load.run(table, folder),
    }
    wanted = [part for part in os.environ.get("PART", "").split(",") if part] or list(parts)
    unknown = set(wanted) - parts.keys()
    if unknown:
        sys.exit(f"PART: {', '.join(sorted(unknown))}? The parts are {', '.join(parts)}.")
    table = Table()
    table.head()
    try:
        for part in wanted:
            parts[part](table)
    finally:
        shutil.rmtree(folder)
    missed = [row.name for row in table.rows if row.verdict == "MISSED"]
    print(f"\n{len(table.rows)} figures, {len(missed)} missed" + (f": {', '.join(missed)}" if missed else "."))
    return 0


if __name__ == "__main__":
    sys.exit(main())
