# SPDX-License-Identifier: EUPL-1.2
"""Makes the checkout importable in the virtual environment, and gives it the ``carene`` command.

Does what ``pip install --editable .`` does, without needing a build back end from the network: hashes in the lock cover
every file that is downloaded.
"""

import stat
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = """#!{python}
import sys

from carene.cli.main import main

sys.exit(main())
"""


def main() -> None:
    site = Path(sysconfig.get_paths()["purelib"])
    (site / "carene.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    command = Path(sysconfig.get_paths()["scripts"]) / "carene"
    command.write_text(COMMAND.format(python=sys.executable), encoding="utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
