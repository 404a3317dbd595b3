# SPDX-License-Identifier: EUPL-1.2
"""Project-scheduling instances in Patterson format.

Whole numbers separated by blanks: number of activities (the first and the last are dummies), number of resources; the
capacities; then for each activity its duration, its demands, its number of successors and their numbers, from 1
on.
"""

from __future__ import annotations

from collections.abc import Iterator

from carene.engines.planner.scheduling.check import find_cycle
from carene.engines.planner.scheduling.model import Activity, Project
from carene.engines.sources import InputError

MOST_ACTIVITIES = 2_000
MOST_RESOURCES = 100
LARGEST = 1_000_000  # a duration, a demand, a capacity
LONGEST = 100_000  # sum of the durations: a schedule holds each of its periods
_DIGITS = len(str(LARGEST))


def read_patterson(text: str, name: str) -> Project:
    """The instance of a file; activities are called by their number, « 1 » first. ``name`` is said in errors.

    Raises InputError naming the file and the line: what is missing, too many, out of range, not a whole number; and
    for a cycle or a demand above capacity.
    """
    reader = _Reader(text, name)
    count = reader.number("le nombre d'activités", 1, MOST_ACTIVITIES)
    resources = reader.number("le nombre de ressources", 0, MOST_RESOURCES)
    capacity = {str(r): reader.number(f"la capacité de la ressource {r}") for r in range(1, resources + 1)}
    activities: list[Activity] = []
    after: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    total = 0
    for key in map(str, range(1, count + 1)):
        duration = reader.number(f"la durée de l'activité {key}")
        lines[key] = reader.line
        total += duration
        if total > LONGEST:
            raise reader.error(f"la somme des durées dépasse {LONGEST}", "réduire les durées")
        demand = {r: reader.number(f"la demande de l'activité {key} en ressource {r}") for r in capacity}
        for r, asked in demand.items():
            if duration and asked > capacity[r]:
                what = f"l'activité {key} demande {asked} de la ressource {r}, dont la capacité est {capacity[r]}"
                raise reader.error(what, "corriger l'une des deux")
        activities.append(Activity(key, duration, {r: asked for r, asked in demand.items() if asked}))
        successors = reader.number(f"le nombre de successeurs de l'activité {key}", 0, count)
        after[key] = [str(reader.number(f"un successeur de l'activité {key}", 1, count)) for _ in range(successors)]
    reader.finish(count)
    cycle = find_cycle(after)
    if cycle:
        reader.line = lines[cycle[0]]
        raise reader.error(f"des activités s'attendent l'une l'autre : {' → '.join(cycle)}", "retirer un successeur")
    precedences = tuple((key, follower) for key, followers in after.items() for follower in followers)
    return Project(tuple(activities), precedences, capacity)


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.name, self.line = name, 1
        self.words = self._split(text)

    def _split(self, text: str) -> Iterator[str]:
        for self.line, content in enumerate(text.splitlines(), 1):
            yield from content.split()

    def error(self, what: str, remedy: str) -> InputError:
        return InputError(what, where=f"{self.name}, ligne {self.line}", remedy=remedy)

    def number(self, what: str, least: int = 0, most: int = LARGEST) -> int:
        word = next(self.words, None)
        if word is None:
            raise self.error(f"le fichier s'arrête avant {what}", "compléter le fichier")
        digits = word.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise self.error(f"{what} n'est pas un nombre entier (« {word[:20]} »)", "corriger cette valeur")
        if len(digits.lstrip("0")) > _DIGITS or not least <= int(word) <= most:
            shown = word if len(word) <= 20 else f"{word[:20]}…"
            raise self.error(f"{what} vaut {shown}", f"mettre un nombre de {least} à {most}")
        return int(word)

    def finish(self, count: int) -> None:
        word = next(self.words, None)
        if word is not None:
            raise self.error(
                f"il reste des valeurs après la dernière des {count} activités (« {word[:20]} »)",
                "vérifier le nombre d'activités et les nombres de successeurs",
            )
