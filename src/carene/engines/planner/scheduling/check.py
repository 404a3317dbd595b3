# SPDX-License-Identifier: EUPL-1.2
"""A project that cannot be scheduled is refused in one French sentence before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from carene.engines import french
from carene.engines.planner.scheduling.model import Activity, Project
from carene.engines.planner.scheduling.network import Network, compile_network
from carene.engines.sources import InputError

MOST_PERIODS = 200_000  # durations, horizon and release dates together: each period is held in memory


def check_project(project: Project) -> Network:
    """The compiled project; raises InputError for the first thing that is wrong.

    Refused: values that are negative or no whole numbers, the same activity twice, unknown activities or resources,
    calendars without horizon or shorter than it, cycles (named activity by activity), demands above every capacity,
    compulsory activities that alone with what they wait for would end after their deadline (by how many periods).
    """
    known: dict[str, Activity] = {}
    for activity in project.activities:
        if activity.id in known:
            raise InputError("elle figure deux fois", where=_where(activity), remedy="n'en garder qu'une")
        known[activity.id] = activity
    _check_capacity(project)
    for activity in project.activities:
        _check_activity(activity, project)
    _check_precedences(project, known)
    periods = sum(a.duration for a in project.activities) + (project.horizon or 0)
    periods += max((a.earliest_start for a in project.activities), default=0)
    if periods > MOST_PERIODS:
        raise InputError(
            f"il couvre {french.counted(periods, 'période')}, plus que les {MOST_PERIODS} que le calcul accepte",
            where="projet",
            remedy="compter en périodes plus longues",
        )
    network = compile_network(project)
    _check_deadlines(network, known)
    return network


def _check_capacity(project: Project) -> None:
    if project.horizon is not None:
        _check_whole(project.horizon, "projet", "l'horizon")
    for name, given in project.capacity.items():
        where = f"ressource {french.quoted(name)}"
        if isinstance(given, int):
            _check_whole(given, where, "la capacité")
            continue
        if project.horizon is None:
            raise InputError("sa capacité change avec le temps sans qu'un horizon soit donné", where=where,
                             remedy="donner un horizon")  # fmt: skip
        if len(given) < project.horizon:
            raise InputError(
                f"la capacité est donnée pour {french.counted(len(given), 'période')} "
                f"alors que l'horizon en compte {project.horizon}",
                where=where,
                remedy="la compléter",
            )
        for period, amount in enumerate(given):
            _check_whole(amount, f"{where}, période {period}", "la capacité")


def _check_activity(activity: Activity, project: Project) -> None:
    where = _where(activity)
    _check_whole(activity.duration, where, "la durée")
    _check_whole(activity.earliest_start, where, "la date de début au plus tôt")
    if activity.latest_end is not None:
        _check_whole(activity.latest_end, where, "l'échéance")
    for name, asked in activity.demand.items():
        what = f"la demande en {french.quoted(name)}"
        _check_whole(asked, where, what)
        if name not in project.capacity:
            raise InputError(f"la ressource {french.quoted(name)} n'existe pas", where=where, remedy="la déclarer")
        most = _most(project.capacity[name], project.horizon)
        if activity.duration and asked > most:
            raise InputError(
                f"{what} ({asked}) dépasse la capacité ({most}) de {asked - most}",
                where=where,
                remedy="étaler l'activité ou renforcer l'équipe",
            )


def _check_precedences(project: Project, known: Mapping[str, Activity]) -> None:
    after: dict[str, list[str]] = {key: [] for key in known}
    for first, second in project.precedences:
        for key in (first, second):
            if key not in known:
                raise InputError(
                    f"l'activité {french.quoted(key)} n'existe pas",
                    where=f"précédence {french.quoted(first)} → {french.quoted(second)}",
                    remedy="retirer cette précédence ou ajouter l'activité",
                )
        after[first].append(second)
    cycle = find_cycle(after)
    if cycle:
        chain = " → ".join(french.quoted(known[key].name) for key in cycle)
        raise InputError(
            f"des activités s'attendent l'une l'autre : {chain}",
            where="précédences",
            remedy="retirer l'une de ces précédences",
        )


def find_cycle(after: Mapping[str, Sequence[str]]) -> list[str]:
    """The first cycle met, closed on its first activity; empty when there is none. Iterative: chains may be long."""
    finished: set[str] = set()
    for root in after:
        if root in finished:
            continue
        path = {root: None}  # a set that keeps its order
        pending = [iter(after[root])]
        while pending:
            following = next(pending[-1], None)
            if following is None:
                finished.add(path.popitem()[0])
                pending.pop()
            elif following in path:
                chain = list(path)
                return [*chain[chain.index(following) :], following]
            elif following not in finished:
                path[following] = None
                pending.append(iter(after[following]))
    return []


def _check_deadlines(network: Network, known: Mapping[str, Activity]) -> None:
    """What cannot end in time even if it shared its teams with nobody."""
    for rank in network.order:
        end = network.head[rank] + network.duration[rank]
        if not network.optional[rank] and end > network.due[rank]:
            periods = french.counted(end - network.due[rank], "période")
            raise InputError(
                f"elle ne peut pas finir avant la période {end}, soit {periods} après son échéance "
                f"(période {network.due[rank]})",
                where=_where(known[network.ids[rank]]),
                remedy="repousser l'échéance, raccourcir ce qu'elle attend ou l'avancer",
            )


def _most(given: int | Sequence[int], horizon: int | None) -> int:
    return given if isinstance(given, int) else max(given[:horizon], default=0)


def _check_whole(value: object, where: str, what: str) -> None:
    """The types of a caller's data are not trusted here."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{what} n'est pas un nombre entier", where=where, remedy="corriger cette valeur")
    if value < 0:
        raise InputError(f"{what} vaut {value}, au-dessous de zéro", where=where, remedy="mettre zéro ou plus")


def _where(activity: Activity) -> str:
    return f"activité {french.quoted(activity.name)}"
