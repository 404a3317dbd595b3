# SPDX-License-Identifier: EUPL-1.2
"""What is stored below the import's root, in a form light enough for a whole country."""

from __future__ import annotations

from dataclasses import dataclass, field

from carene.apps.organisations.models import IdentityChange, Organisation
from carene.apps.organisations.shape import BY_HAND
from carene.engines.registers.difference import Known
from carene.engines.registers.entries import Assembly, entity_key, region_key, same_group
from carene.engines.registers.territories import territories

READ = (
    "pk", "kind", "register_key", "register_digest", "register_parent", "ght_role", "siret", "department", "closed_on",
    "finess", "name",
)  # fmt: skip


@dataclass
class Stored:
    """``by_key``: rows that imports know. ``by_hand``: (kind, FINESS) → row that nobody but people ever wrote."""

    by_key: dict[str, Known] = field(default_factory=dict)
    by_hand: dict[tuple[str, str], int] = field(default_factory=dict)
    named: dict[tuple[str, str], int] = field(default_factory=dict)  # (kind, name) of regions and groups made by hand
    group_names: dict[str, str] = field(default_factory=dict)  # key of a known group → its name
    adopted: set[str] = field(default_factory=set)  # keys of rows made by hand that this import recognises
    ambiguous: set[tuple[str, str]] = field(default_factory=set)

    @property
    def is_new(self) -> bool:
        """No register was ever imported here."""
        return not any(key.startswith(("et:", "ej:")) for key in self.by_key)

    @property
    def groups(self) -> dict[str, tuple[str, str]]:
        """Key of an entity → key of its GHT and its role there, as the last register said."""
        return {
            known.key: (known.parent, known.role)
            for known in self.by_key.values()
            if known.key.startswith("ej:") and known.parent.startswith("ght:")
        }


def read_stored(under: Organisation) -> Stored:
    """Two queries."""
    stored = Stored()
    by_hand = _closed_by_hand(under)
    rows = Organisation.objects.below(under.node).order_by("pk").values_list(*READ)
    for pk, kind, key, digest, parent, role, siret, department, closed_on, finess, name in rows.iterator(5000):
        if key:
            closed = closed_on is not None
            stored.by_key[key] = Known(
                pk, key, digest, parent, role, siret, department, closed, closed and pk in by_hand
            )
            if kind == Organisation.Kind.GHT:
                stored.group_names[key] = name
        elif kind in {Organisation.Kind.REGION, Organisation.Kind.GHT}:
            stored.named[kind, name] = pk
        elif finess:
            if (kind, finess) in stored.by_hand:
                stored.ambiguous.add((kind, finess))
            stored.by_hand[kind, finess] = pk
    for pair in stored.ambiguous:  # two rows with one number: which one is meant is not ours to guess
        del stored.by_hand[pair]
    _recognise_regions(stored, under)
    return stored


def _closed_by_hand(under: Organisation) -> set[int]:
    """Rows that someone closed or merged, unless a register closed them since."""
    kinds = (IdentityChange.Kind.CLOSED, IdentityChange.Kind.MERGED)
    rows = IdentityChange.objects.below(under.node).filter(kind__in=kinds).order_by("id")
    last = dict(rows.values_list("node_id", "source"))
    return {pk for pk, source in last.items() if source == BY_HAND}


def _recognise_regions(stored: Stored, under: Organisation) -> None:
    for (kind, name), pk in list(stored.named.items()):
        code = territories().region_named(name) if kind == Organisation.Kind.REGION else ""
        if code and region_key(code) not in stored.by_key:
            adopt(stored, region_key(code), pk)
            del stored.named[kind, name]


def recognise(stored: Stored, assembly: Assembly) -> None:
    """Gives their key to rows made by hand that the registers describe: by number, groups by name.

    A number typed on a legal entity may be that of its establishment: both are tried.
    """
    for entry in list(assembly.entries.values()):
        if entry.key in stored.by_key:
            continue
        if entry.kind == "ght":
            _recognise_group(stored, assembly, entry.key)
            continue
        pk = stored.by_hand.get((entry.kind, entry.finess))
        if pk is not None:
            adopt(stored, entry.key, pk)
    for entry in assembly.entries.values():
        if entry.kind == "site":
            pk = stored.by_hand.get(("entity", entry.finess))
            key = entity_key(entry.finess_ej)
            if pk is not None and key not in stored.by_key:
                adopt(stored, key, pk)


def _recognise_group(stored: Stored, assembly: Assembly, key: str) -> None:
    """One group may bear two codes, in two registers: the one already stored is kept."""
    entry = assembly.entries[key]
    for (kind, name), pk in stored.named.items():
        if kind == Organisation.Kind.GHT and same_group(name, entry.name):
            adopt(stored, key, pk)
            return
    twin = next((k for k, name in stored.group_names.items() if same_group(name, entry.name)), None)
    if twin is not None and twin not in assembly.entries:
        del assembly.entries[key]
        entry.key = twin
        assembly.entries[twin] = entry
        for other in assembly.entries.values():
            if other.parent == key:
                other.parent = twin


def adopt(stored: Stored, key: str, pk: int) -> None:
    """From now on the imports know this row by this key."""
    stored.by_key[key] = Known(pk, key, "", "", "", "", "", False)
    stored.adopted.add(key)
