# SPDX-License-Identifier: EUPL-1.2
"""The command line renders without a database: nothing here may need Django."""

from __future__ import annotations

import subprocess
import sys


def test_rendering_never_loads_django() -> None:
    modules = [f"carene.apps.reports.rendering.{name}" for name in ("pdf", "xlsx", "docx", "ics", "narrative")]
    imports = "; ".join(f"import {module}" for module in (*modules, "carene.ui.charts.charts"))
    check = f"{imports}; import sys; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
