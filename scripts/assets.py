# SPDX-License-Identifier: EUPL-1.2
"""Copies what the pages use from node_modules into static files. Run by ``make assets``."""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
UI = ROOT / "src" / "carene" / "ui"

# In node_modules → below src/carene/ui. Pages take the variable font, PDF documents the static ones.
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "static/vendor/bootstrap/bootstrap.min.css",
    "bootstrap/LICENSE": "static/vendor/bootstrap/LICENSE",
    "source-sans/LICENSE.md": "fonts/LICENSE.md",
    **{
        f"source-sans/TTF/SourceSans3-{style}.ttf": f"fonts/SourceSans3-{style}.ttf"
        for style in ("Regular", "Semibold", "Bold", "It")
    },
    **{
        f"@fontsource-variable/source-sans-3/{name}": f"static/vendor/source-sans-3/{Path(name).name}"
        for name in (
            "files/source-sans-3-latin-wght-normal.woff2",
            "files/source-sans-3-latin-ext-wght-normal.woff2",
            "LICENSE",
        )
    },
}


def main() -> int:
    missing = [name for name in FILES if not (MODULES / name).is_file()]
    if missing:
        sys.stderr.write(f"Il manque {missing[0]} dans node_modules : lancer « npm ci », puis « make assets ».\n")
        return 2
    for source, target in FILES.items():
        path = UI / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".css":
            # The map is not shipped: a reference to it would be a missing file for the manifest storage.
            text = (MODULES / source).read_text(encoding="utf-8")
            path.write_text(text.split("/*# sourceMappingURL", 1)[0], encoding="utf-8")
        else:
            shutil.copyfile(MODULES / source, path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
