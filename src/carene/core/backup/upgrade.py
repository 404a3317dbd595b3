# SPDX-License-Identifier: EUPL-1.2
"""A program of its own (``python -m``): brings the database it is given up to date and verifies its journal.

Restoring runs it on the copy, beside, with the settings of the copy: the live database is not even opened. It reads the
manifest from its standard input and prints one JSON object: ``{"faults": [sentence…], "entries": n}``.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "carene.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from carene.core.backup.making import points
    from carene.core.journal.verification import verify
    from carene.core.row_security.roles import maintenance

    heads = json.load(sys.stdin)
    with maintenance("the copy is not yet anybody's"):
        call_command("migrate", verbosity=0, interactive=False)
        report = verify(witnesses=points(heads))
    print(json.dumps({"faults": [fault.sentence for fault in report.faults], "entries": report.entries}))  # noqa: T201


if __name__ == "__main__":
    main()
