# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="carene-bench-"))
    os.environ["CARENE_VAR"] = str(folder / "var")
    os.environ["CARENE_HOSTS"] = "localhost,127.0.0.1,testserver"
    os.environ["DJANGO_SETTINGS_MODULE"] = "carene.config.settings"
    os.environ.pop("CARENE_DATABASE", None)
    from bench import engines, pages, server
    from bench.table import Table

    table = Table()
    table.head()
    server.run(table, folder)
    engines.run(table)
    pages.run(table)
    missed = [row.name for row in table.rows if row.verdict == "MISSED"]
    print(f"\n{len(table.rows)} figures, {len(missed)} missed" + (f": {', '.join(missed)}" if missed else "."))
    return 0


if __name__ == "__main__":
    sys.exit(main())
