# SPDX-License-Identifier: EUPL-1.2
"""A small directory made by hand, for the tests of rights and of paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from carene.engines.directory.building import Builder
from carene.engines.directory.model import EDGE_KINDS, Collection, Edges, Source
from carene.engines.directory.nodes import Nodes
from tests.engines.directory.descriptors_made import descriptor

SID, ROOT = "S-1-5-21-1-2-3", "DC=ch,DC=invalid"
SYSTEM = "S-1-5-18"


class Forest:
    """One domain « ch.invalid »; ``add`` gives the SID of what it adds."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.builder.begin()
        self.domain = self.builder.domain("ch.invalid", SID, netbios="CH", source=Source("LDIF", "1", 86_400, "a.ldif"))
        self.builder.reads_everything(self.domain)
        self.builder.add(self.domain, "domaindns", ROOT, {"objectsid": SID}, descriptor=descriptor([]))

    def add(
        self,
        structural: str,
        name: str,
        rid: int = 0,
        entries: Sequence[bytes] | None = (),
        *,
        under: str = ROOT,
        owner: str = SYSTEM,
        control: int = 0x8004,
        **values: Any,
    ) -> str:
        """``entries`` None: the descriptor was not read. ``rid`` 0: no SID."""
        sid = f"{SID}-{rid}" if rid else ""
        told = {"samaccountname": name, **({"objectsid": sid} if sid else {}), **values}
        content = None if entries is None else descriptor(entries, owner, control=control)
        self.builder.add(self.domain, structural, self.dn(structural, name, under), told, descriptor=content)
        return sid

    @staticmethod
    def dn(structural: str, name: str, under: str = ROOT) -> str:
        return f"{'OU' if structural == 'organizationalunit' else 'CN'}={name},{under}"

    def finish(self) -> Collection:
        return self.builder.finish()


def told(edges: Edges, nodes: Nodes) -> set[tuple[str, str, str]]:
    """(who, kind, whom) by name."""
    return {
        (nodes.name(source), EDGE_KINDS[kind].value, nodes.name(target))
        for source, target, kind in zip(edges.source.tolist(), edges.target.tolist(), edges.kind.tolist(), strict=True)
    }
