# SPDX-License-Identifier: EUPL-1.2
"""A tree of nodes of any depth → axes, objectives and criteria."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from carene.engines.referential.ciso_notes import Notes
from carene.engines.referential.ciso_shapes import FrameworkShape, NodeShape
from carene.engines.sources.document import Document, Trail, shown

DEEPEST = 30
ID_LENGTH = 120
GATHERED = ""  # key of the axis that gathers the criteria of a framework without any heading


@dataclass(frozen=True, slots=True)
class Place:
    """Where a criterion stands: keys of its axis and objective, and the headings between the objective and it."""

    node: NodeShape
    axis: str
    objective: str
    headings: tuple[NodeShape, ...]


@dataclass
class Tree:
    """``direct`` keys are the objectives made for the criteria that hang directly under an axis."""

    places: list[Place] = field(default_factory=list)
    axes: list[str] = field(default_factory=list)
    objectives: list[tuple[str, str]] = field(default_factory=list)  # (objective, its axis)
    nodes: dict[str, NodeShape] = field(default_factory=dict)
    splash: int = 0

    @staticmethod
    def direct(axis: str) -> str:
        return f"{axis}\0"


def grow(framework: FrameworkShape, document: Document, trail: Trail, notes: Notes) -> Tree:
    """Place every assessable node. Raises InputError (with the line) for repeated nodes and for loops."""
    tree = Tree(nodes=_by_urn(framework, document, trail))
    parents = _parents(framework, tree.nodes, notes)
    tree.splash = sum(node.splash for node in framework.requirement_nodes)
    paths = {
        node.urn: _path(node, tree.nodes, parents, document, (*trail, "requirement_nodes", rank))
        for rank, node in enumerate(framework.requirement_nodes)
        if not node.splash
    }
    kept = [paths[n.urn] for n in framework.requirement_nodes if n.assessable and not n.splash]
    with_children = {step.urn for path in kept for step in path[:-1]}
    gathered = not with_children and len(kept) > 1
    for path in kept:
        tree.places.append(_place(path, with_children, gathered))
    _order(tree, framework)
    _say_empty(tree, framework, paths, notes)
    return tree


def _by_urn(framework: FrameworkShape, document: Document, trail: Trail) -> dict[str, NodeShape]:
    nodes: dict[str, NodeShape] = {}
    for rank, node in enumerate(framework.requirement_nodes):
        if node.urn in nodes:
            raise document.error(
                f"l'exigence « {shown(node.urn, 120)} » est écrite deux fois",
                path=(*trail, "requirement_nodes", rank, "urn"),
                remedy="reprendre la bibliothèque d'origine",
            )
        nodes[node.urn] = node
    return nodes


def _parents(framework: FrameworkShape, nodes: dict[str, NodeShape], notes: Notes) -> dict[str, str | None]:
    """Parent of each node: the one that it names, else the last node above it with a smaller depth."""
    parents: dict[str, str | None] = {}
    open_nodes: list[NodeShape] = []
    for node in framework.requirement_nodes:
        depth = node.depth or 1
        while open_nodes and (open_nodes[-1].depth or 1) >= depth:
            open_nodes.pop()
        parent = node.parent_urn
        if parent is not None and parent not in nodes:
            notes.about("Exigences dont la rubrique parente est absente, placées à la racine", node.ref_id or node.urn)
            parent = None
        elif parent is None and open_nodes:
            parent = open_nodes[-1].urn
        parents[node.urn] = parent
        open_nodes.append(node)
    return parents


def _path(
    node: NodeShape, nodes: dict[str, NodeShape], parents: dict[str, str | None], document: Document, trail: Trail
) -> list[NodeShape]:
    """From the root to ``node``; splash nodes are stepped over."""
    path = [node]
    up = parents[node.urn]
    while up is not None:
        if len(path) > DEEPEST:
            raise document.error(
                "les rubriques s'emboîtent en boucle, ou trop profondément",
                path=(*trail, "parent_urn"),
                remedy="reprendre la bibliothèque d'origine",
            )
        path.append(nodes[up])
        up = parents[up]
    return [step for step in reversed(path) if not step.splash]


def _place(path: list[NodeShape], with_children: set[str], gathered: bool) -> Place:
    node = path[-1]
    if gathered:
        return Place(node, GATHERED, Tree.direct(GATHERED), ())
    axis = path[0].urn
    if len(path) == 1 or (len(path) == 2 and node.urn not in with_children):
        return Place(node, axis, Tree.direct(axis), ())
    return Place(node, axis, path[1].urn, tuple(path[2:-1]))


def _order(tree: Tree, framework: FrameworkShape) -> None:
    """Axes and objectives in the order of the file; criteria grouped by objective."""
    rank = {node.urn: position for position, node in enumerate(framework.requirement_nodes)}
    tree.axes = sorted({place.axis for place in tree.places}, key=lambda urn: rank.get(urn, 0))
    objectives = {(place.objective, place.axis) for place in tree.places}
    tree.objectives = sorted(
        objectives, key=lambda pair: (rank.get(pair[1], 0), pair[0] != Tree.direct(pair[1]), rank.get(pair[0], 0))
    )
    position = {objective: number for number, (objective, _) in enumerate(tree.objectives)}
    tree.places.sort(key=lambda place: (position[place.objective], rank[place.node.urn]))


def _say_empty(tree: Tree, framework: FrameworkShape, paths: dict[str, list[NodeShape]], notes: Notes) -> None:
    used = {step.urn for place in tree.places for step in paths[place.node.urn]}
    for node in framework.requirement_nodes:
        if node.urn not in used and not node.splash:
            notes.about("Rubriques sans exigence à évaluer, non reprises", shown(title(node), 80))


def title(node: NodeShape) -> str:
    """The name of a node, else the beginning of its description, else its reference."""
    if name := node.text("name"):
        return name
    first = node.text("description").partition("\n")[0]
    return shown(first, 160) if first else node.ref_id or node.urn.rpartition(":")[2]


class Identifiers:
    """Short ids, safe in an address and unique in a referential, also for who reads « A.1 » and « a.1 » as the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, candidates: Iterable[str | None]) -> str:
        """The first free candidate, cleaned; else the last one with a number."""
        last = "n"
        for candidate in candidates:
            cleaned = re.sub(r"[^\w.()+-]+", "-", candidate or "").strip("-.")
            if not cleaned:
                continue
            last = cleaned
            if len(last) > ID_LENGTH:
                last = f"{last[: ID_LENGTH - 9]}-{hashlib.sha256(last.encode()).hexdigest()[:8]}"
            if last.casefold() not in self._taken:
                break
        found, number = last, 2
        while found.casefold() in self._taken:
            found, number = f"{last}-{number}", number + 1
        self._taken.add(found.casefold())
        return found
