# SPDX-License-Identifier: EUPL-1.2
"""What is said when two people change the same thing."""

from __future__ import annotations

from carene.engines.sources import InputError


class Conflict(InputError):
    """Someone else wrote in between: nothing was changed. ``thing`` is « ce scénario », « cette action »."""

    def __init__(self, thing: str) -> None:
        super().__init__(
            f"Quelqu'un d'autre a modifié {thing} entre-temps, votre changement n'a pas été appliqué",
            remedy="regarder ce qui a changé, puis recommencer",
        )
