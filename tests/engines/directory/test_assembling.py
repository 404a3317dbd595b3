# SPDX-License-Identifier: EUPL-1.2
"""From a small directory to its edges, its heart, its paths and what would cut them."""

from __future__ import annotations

import struct

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.building import Builder
from carene.engines.directory.descriptors.binary import parse
from carene.engines.directory.graph.assembling import Assembled, assemble
from carene.engines.directory.graph.certificates import published
from carene.engines.directory.graph.together import Held
from carene.engines.directory.model import EDGE_CODES, EDGE_KINDS, EdgeKind, Edges, Source
from carene.engines.directory.pack import EdgeTexts, edge_texts, tier0_rules
from carene.engines.directory.privileged import ADDED, privileged, protected
from tests.engines.directory.descriptors_made import ace, descriptor
from tests.engines.directory.forest import ROOT, SID, Forest, told

WP, CR, WD, FULL = 0x20, 0x100, 0x40000, 0xF01FF
CHANGES, ALL_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
PROTECTED = 0x9004


def edges(found: Assembled, *kinds: str) -> set[tuple[str, str, str]]:
    every = told(found.graph.edges, found.nodes)
    return {edge for edge in every if edge[1] in kinds} if kinds else every


def path(found: Assembled, name: str) -> list[tuple[str, str, str]]:
    node = found.nodes.collection.objects.name.index(name)
    graph = found.graph.edges
    return [
        (found.nodes.name(graph.source[e]), EDGE_KINDS[graph.kind[e]].value, found.nodes.name(graph.target[e]))
        for e in found.reach.path(node)
    ]


def hospital(*extra: bytes) -> Forest:
    """An OU of support, whose group may write on a group of servers, which holds « Admins du domaine »."""
    forest = Forest()
    forest.add("group", "Admins", 512, [ace(WP, f"{SID}-2002")], control=PROTECTED, member=(Forest.dn("user", "chef"),))
    forest.add("user", "chef", 1100, control=PROTECTED)
    forest.add("user", "claire", 1104)
    forest.add("user", "paul", 1105, useraccountcontrol=512)
    forest.add("user", "parti", 1106, useraccountcontrol=514)
    people = tuple(Forest.dn("user", name) for name in ("claire", "paul", "parti"))
    forest.add("group", "Support", 2001, extra, member=people)
    forest.add("group", "Serveurs", 2002, [ace(WP, f"{SID}-2001", about="bf9679c0-0de6-11d0-a285-00aa003049e2")])
    return forest


def test_a_path_is_written_edge_by_edge_and_one_link_cuts_it() -> None:
    found = assemble(hospital().finish())
    assert path(found, "claire") == [
        ("claire", "member_of", "Support"),
        ("Support", "add_member", "Serveurs"),
        ("Serveurs", "generic_write", "Admins"),
    ]
    names = found.nodes.collection.objects.name
    assert [names[node] for node in found.with_path] == ["claire", "paul"], "who has left cannot sign in"
    best = found.chokes()
    assert {(names[c.source], names[c.target], c.cut) for c in best[:2]} == {
        ("Support", "Serveurs", 2),
        ("Serveurs", "Admins", 2),
    }
    assert [c.left for c in best] == [0] * len(best)


def test_the_heart_is_explained_and_can_be_changed() -> None:
    collection = hospital().finish()
    found = assemble(collection)
    index = collection.objects.name.index
    assert found.tier0.reasons[index("Admins")] == ("administrateurs",)
    assert found.tier0.reasons[index("chef")] == ("administrateurs",)
    assert found.tier0.reasons[0] == ("domaine",)
    changed = assemble(collection, added=[f"{SID}-2002", "absent"], removed=[f"{SID}-1100"])
    assert changed.tier0.reasons[index("Serveurs")] == (ADDED,)
    assert index("chef") not in changed.tier0.reasons
    assert path(changed, "claire")[-1] == ("Support", "add_member", "Serveurs")


def test_everybody_is_somebody() -> None:
    """A right of authenticated users is one of each account; it is the right that one removes, not being someone."""
    forest = hospital()
    forest.add("computer", "POSTE", 1200)
    forest.builder.add(
        forest.domain, "group", f"CN=Account,CN=Builtin,{ROOT}", {"objectsid": "S-1-5-32-548"},
        descriptor=descriptor([ace(FULL, "S-1-1-0")]),
    )  # fmt: skip
    found = assemble(forest.finish())
    assert path(found, "POSTE") == [
        ("POSTE", "member_of", "Utilisateurs authentifiés"),
        ("Utilisateurs authentifiés", "member_of", "Tout le monde"),
        ("Tout le monde", "generic_all", "Account"),
    ]
    links = [(found.nodes.name(c.source), found.nodes.name(c.target), c.cut) for c in found.chokes()]
    assert ("Tout le monde", "Account", 1) in links, "claire and paul have another way"
    assert not any(source == "POSTE" for source, _, _ in links)


def test_replication_takes_two_rights_by_whatever_groups() -> None:
    forest = Forest()
    first, second = ace(CR, f"{SID}-2001", about=CHANGES), ace(CR, f"{SID}-2002", about=ALL_CHANGES)
    head = descriptor([first, second, ace(CR, f"{SID}-1109", about=CHANGES)])
    forest.builder.add(forest.domain, "domaindns", ROOT, {"objectsid": SID}, descriptor=head)
    for name, rid in (("sync", 1107), ("seul", 1108), ("lecteur", 1109)):
        forest.add("user", name, rid)
    forest.add("group", "Un", 2001, member=(Forest.dn("user", "sync"), Forest.dn("user", "seul")))
    forest.add("group", "Deux", 2002, member=(Forest.dn("user", "sync"),))
    found = assemble(forest.finish())
    assert edges(found, "dcsync") == {("sync", "dcsync", "ch")}
    kinds = {EDGE_KINDS[kind] for kind in found.rights.kind}
    assert EdgeKind.DCSYNC in kinds
    assert EdgeKind.MEMBER_OF not in kinds


def test_what_is_in_a_container_follows_it_unless_it_inherits_nothing() -> None:
    forest = Forest()
    unit = Forest.dn("organizationalunit", "Soins")
    inner = f"CN=Dossier,{unit}"
    forest.add("organizationalunit", "Soins", control=PROTECTED, gplink="[LDAP://cn={P},cn=policies;0][LDAP://CN=x;1]")
    forest.add("container", "Dossier", under=unit)
    forest.builder.add(forest.domain, "grouppolicycontainer", "CN={P},CN=Policies", {}, descriptor=descriptor([]))
    forest.add("group", "hérite", 2001, under=inner)
    forest.add("group", "protégé", 2002, under=inner, control=PROTECTED)
    forest.add("user", "chef", 1101, under=inner, control=PROTECTED)
    assert edges(assemble(forest.finish()), "contains", "gp_link") == {
        ("ch", "contains", "Soins"),
        ("Soins", "contains", "Dossier"),
        ("Dossier", "contains", "hérite"),
        ("Soins", "contains", "chef"),
        ("{P}", "gp_link", "Soins"),
    }


def test_delegations_and_old_identities() -> None:
    forest = Forest()
    allowed = descriptor([ace(FULL, f"{SID}-1300")])
    forest.add("computer", "DC$", 1000, primarygroupid=516, useraccountcontrol=0x82000, dnshostname="dc.ch.invalid")
    forest.add("computer", "IMP$", 1200, useraccountcontrol=0x81000)
    forest.add("computer", "CIBLE$", 1201, **{"msds-allowedtoactonbehalfofotheridentity": allowed})
    forest.add(
        "user", "svc", 1300, sidhistory=(f"{SID}-512",), **{"msds-allowedtodelegateto": ("cifs/DC.ch.invalid:1",)}
    )
    forest.add("msds-groupmanagedserviceaccount", "gmsa$", 1301, **{"msds-groupmsamembership": allowed})
    forest.add("group", "Admins", 512)
    kinds = ("coerce_to_tgt", "allowed_to_delegate", "allowed_to_act", "read_managed_password", "has_sid_history")
    assert edges(assemble(forest.finish()), *kinds) == {
        ("IMP$", "coerce_to_tgt", "ch"),
        ("svc", "allowed_to_delegate", "DC$"),
        ("svc", "allowed_to_act", "CIBLE$"),
        ("svc", "read_managed_password", "gmsa$"),
        ("svc", "has_sid_history", "Admins"),
    }


@pytest.mark.parametrize(
    ("attributes", "direction", "expected"),
    [
        (0x0, 2, {("b", "trust_sid_history", "a")}),
        (0x4, 2, set()),
        (0x0, 1, set()),
        (0x8, 3, set()),
        (0x48, 3, {("b", "trust_sid_history", "a")}),
        (0x20, 3, {("a", "same_forest", "b"), ("b", "same_forest", "a")}),
        (0x808, 1, {("b", "trust_tgt_delegation", "a")}),
    ],
)
def test_trusts(attributes: int, direction: int, expected: set[tuple[str, str, str]]) -> None:
    builder = Builder()
    builder.begin()
    for name in "ab":
        sid = f"S-1-5-21-{ord(name)}-1-1"
        number = builder.domain(f"{name}.invalid", sid, source=Source("LDIF", "1", 1, "x"))
        builder.add(number, "domaindns", f"DC={name},DC=invalid", {"objectsid": sid})
    trust = {"trustpartner": "B.invalid", "trustattributes": attributes, "trustdirection": direction}
    builder.add(0, "trusteddomain", "CN=b.invalid,CN=System,DC=a,DC=invalid", trust)
    kinds = ("trust_sid_history", "same_forest", "trust_tgt_delegation")
    assert edges(assemble(builder.finish()), *kinds) == expected


def test_the_host_of_an_authority_is_in_the_heart() -> None:
    forest = Forest()
    forest.add("computer", "PKI$", 1200, dnshostname="PKI.ch.invalid")
    forest.add("pkienrollmentservice", "Autorité", dnshostname="pki.ch.invalid")
    found = assemble(forest.finish())
    assert edges(found, "hosts_ca", "golden_certificate") == {
        ("PKI$", "hosts_ca", "Autorité"),
        ("PKI$", "golden_certificate", "ch"),
    }
    assert found.tier0.reasons[found.nodes.collection.objects.name.index("PKI$")] == ("autorites",)


def test_what_a_collector_and_a_descriptor_both_say_is_said_once() -> None:
    forest = hospital()
    forest.builder.edge(f"{SID}-2002", f"{SID}-512", EdgeKind.GENERIC_WRITE)
    forest.builder.edge(f"{SID}-1104", f"{SID}-1105", EdgeKind.ADMIN_TO)
    found = assemble(forest.finish())
    rows = np.stack([found.graph.edges.source, found.graph.edges.target, found.graph.edges.kind], 1)
    assert len(np.unique(rows, axis=0)) == len(rows)
    assert ("claire", "admin_to", "paul") in told(found.rights, found.nodes)
    assert edges(found, "generic_write") == {("Serveurs", "generic_write", "Admins")}


def test_writing_on_a_plain_container_leads_nowhere() -> None:
    forest = Forest()
    forest.add("user", "claire", 1104)
    forest.add("container", "Dossier", entries=[ace(WP, f"{SID}-1104")])
    found = assemble(forest.finish())
    written = found.graph.edges.kind == EDGE_CODES[EdgeKind.GENERIC_WRITE]
    assert np.count_nonzero(written) == 1
    assert found.graph.cost[written].tolist() == [0]


def test_what_was_deleted_does_nothing_any_more() -> None:
    forest = hospital(ace(FULL, f"{SID}-1107"))
    forest.add("user", "efface", 1107, isdeleted=True)
    forest.builder.edge(f"{SID}-1107", f"{SID}-512", EdgeKind.GENERIC_ALL)
    assert not [edge for edge in edges(assemble(forest.finish())) if "efface" in edge]


def test_nobody_leaves_the_users_of_the_domain() -> None:
    forest = hospital(ace(FULL, f"{SID}-513"))
    forest.add("group", "Tous", 513)
    forest.add("user", "agent", 1200, primarygroupid=513)
    found = assemble(forest.finish())
    assert path(found, "agent")[:2] == [("agent", "member_of", "Tous"), ("Tous", "generic_all", "Support")]
    links = {(found.nodes.name(c.source), found.nodes.name(c.target)) for c in found.chokes()}
    assert ("Tous", "Support") in links
    assert ("agent", "Tous") not in links


def test_what_sharphound_says_in_its_own_words_counts() -> None:
    forest = Forest()
    unit = Forest.dn("organizationalunit", "Soins")
    forest.add("organizationalunit", "Soins", entries=None)
    forest.add("group", "hérite", 2001, None, under=unit, **{"sharphound:isaclprotected": False})
    forest.add("group", "protégé", 2002, None, under=unit, **{"sharphound:isaclprotected": True})
    forest.add("computer", "DC$", 1000, None, **{"sharphound:isdc": True})
    forest.add("user", "parti", 1104, None, **{"sharphound:enabled": False})
    found = assemble(forest.finish())
    names = found.nodes.collection.objects.name
    assert edges(found, "contains") & {("Soins", "contains", name) for name in ("hérite", "protégé")} == {
        ("Soins", "contains", "hérite")
    }
    assert found.tier0.reasons[names.index("DC$")] == ("controleurs",)
    assert not found.counted[names.index("parti")]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25),
    st.sets(st.integers(0, 9), max_size=3),
    st.sets(st.integers(0, 9), max_size=3),
)
def test_two_rights_together_are_those_of_both_closures(
    members: list[tuple[int, int]], first: set[int], second: set[int]
) -> None:
    """Whoever has both, and nobody else, is among those that are said or in one of their groups."""
    pairs = np.array(members, np.int32).reshape(-1, 2)
    rows = Edges(pairs[:, 0], pairs[:, 1], np.full(len(pairs), EDGE_CODES[EdgeKind.MEMBER_OF], np.uint8))
    oracle = networkx.DiGraph(members)
    oracle.add_nodes_from(range(10))

    def under(nodes: set[int]) -> set[int]:
        return set().union(*({node} | networkx.ancestors(oracle, node) for node in nodes))

    held = Held(rows, 10, np.empty(0, np.int64))
    found = held.both(*(np.array(sorted(nodes), np.int32) for nodes in (first, second)))
    both = under(first) & under(second)
    assert under(set(found.tolist())) >= both
    assert set(found.tolist()) <= both


# Certificates ---------------------------------------------------------------------------------------------------------

CLIENT, AGENT = "1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.311.20.2.1"
ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
ORDINARY = {
    "mspki-enrollment-flag": 0,
    "mspki-certificate-name-flag": 0x2000000,
    "mspki-ra-signature": 0,
    "mspki-template-schema-version": 2,
    "pkiextendedkeyusage": (CLIENT,),
}


def authority(*, published: bool = True, entries: list[bytes] | None = None, **template: object) -> set[str]:
    """Kinds of edges towards the domain that « claire » gets from a template she may ask for."""
    forest = Forest()
    forest.add("user", "claire", 1104)
    asks = ace(CR, f"{SID}-1104", about=ENROLL)
    lets_ask = ace(CR, "S-1-5-11", about=ENROLL)
    forest.add("pkicertificatetemplate", "Modèle", entries=entries or [asks], **(ORDINARY | template))
    names = ("MODÈLE",) if published else ("Autre",)
    forest.add("pkienrollmentservice", "Autorité", entries=[lets_ask], certificatetemplates=names)
    found = assemble(forest.finish())
    return {kind for who, kind, whom in edges(found) if (who, whom) == ("claire", "ch")}


@pytest.mark.parametrize(
    ("template", "kinds"),
    [
        ({}, set()),
        ({"mspki-certificate-name-flag": 1}, {"esc1"}),
        ({"mspki-certificate-name-flag": 1, "published": False}, set()),
        ({"mspki-certificate-name-flag": 1, "mspki-enrollment-flag": 2}, set()),
        ({"mspki-certificate-name-flag": 1, "mspki-ra-signature": 1}, set()),
        ({"mspki-certificate-name-flag": 1, "pkiextendedkeyusage": ("1.3.6.1.5.5.7.3.1",)}, set()),
        ({"mspki-certificate-name-flag": 1, "pkiextendedkeyusage": ()}, {"esc1"}),
        ({"pkiextendedkeyusage": (AGENT,)}, set()),
        ({"pkiextendedkeyusage": (AGENT, CLIENT), "mspki-template-schema-version": 1}, {"esc3"}),
        ({"entries": [ace(WD, f"{SID}-1104")]}, {"esc4"}),
        ({"entries": [ace(WD, f"{SID}-1104")], "published": False}, set()),
        ({"entries": [ace(CR, f"{SID}-1999", about=ENROLL)], "mspki-certificate-name-flag": 1}, set()),
    ],
)
def test_what_a_template_gives(template: dict[str, object], kinds: set[str]) -> None:
    assert authority(**template) == kinds


def test_a_group_whose_members_may_all_ask_is_said_once() -> None:
    """The authority lets every authenticated user ask: of a group, its members, not the group, are one of them."""
    forest = Forest()
    people = [f"agent{number}" for number in range(5)]
    for number, name in enumerate(people):
        forest.add("user", name, 1200 + number)
    forest.add("group", "Soins", 2001, member=tuple(Forest.dn("user", name) for name in people))
    offered = ORDINARY | {"mspki-certificate-name-flag": 1}
    forest.add("pkicertificatetemplate", "M", entries=[ace(CR, f"{SID}-2001", about=ENROLL)], **offered)
    lets_ask = [ace(CR, "S-1-5-11", about=ENROLL)]
    forest.add("pkienrollmentservice", "Autorité", entries=lets_ask, certificatetemplates=("M",))
    found = assemble(forest.finish())
    assert edges(found, "esc1") == {("Soins", "esc1", "ch")}
    assert len(found.with_path) == 5


def test_a_template_of_another_forest_is_another_template() -> None:
    forest = Forest()
    forest.add("user", "claire", 1104)
    asks = [ace(CR, f"{SID}-1104", about=ENROLL)]
    places = [f"CN=Public Key Services,CN=Services,CN=Configuration,DC={name}" for name in ("ch", "autre")]
    offered = ORDINARY | {"mspki-certificate-name-flag": 1}
    forest.add("pkicertificatetemplate", "M", entries=asks, under=f"CN=Certificate Templates,{places[0]}", **offered)
    for place, name in zip(places, ("Ici", "Ailleurs"), strict=True):
        forest.add("pkienrollmentservice", name, entries=asks, under=f"CN=E,{place}", certificatetemplates=("M",))
    collection = forest.finish()
    names = collection.objects.name
    assert {names[one]: [names[t.index] for t in held] for one, held in published(collection)} == {
        "Ici": ["M"],
        "Ailleurs": [],
    }


def test_a_policy_linked_to_a_group_gives_the_group() -> None:
    forest = Forest()
    forest.add("user", "claire", 1104)
    forest.add("group", "Cible", 2001)
    forest.add(
        "mspki-enterprise-oid",
        "Politique",
        **{"mspki-cert-template-oid": "1.2.3", "msds-oidtogrouplink": Forest.dn("group", "Cible")},
    )
    asks = [ace(CR, f"{SID}-1104", about=ENROLL)]
    forest.add("pkicertificatetemplate", "M", entries=asks, **(ORDINARY | {"mspki-certificate-policy": ("1.2.3",)}))
    forest.add("pkienrollmentservice", "Autorité", entries=asks, certificatetemplates=("M",))
    assert edges(assemble(forest.finish()), "esc13") == {("claire", "esc13", "Cible")}


def test_a_template_whose_flags_were_not_read_gives_nothing() -> None:
    assert authority(**dict.fromkeys(ORDINARY)) == set()


# Privileged, protected ------------------------------------------------------------------------------------------------


def test_the_privileged_population_is_recursive_and_goes_round_loops() -> None:
    forest = Forest()
    forest.add("group", "Admins", 512, member=(Forest.dn("group", "Un"),))
    forest.add("group", "Un", 2001, member=(Forest.dn("group", "Deux"), Forest.dn("user", "claire")))
    forest.add("group", "Deux", 2002, member=(Forest.dn("group", "Un"), Forest.dn("user", "paul")))
    for name, rid in (("claire", 1104), ("paul", 1105), ("natif", 500), ("agent", 1106)):
        forest.add("user", name, rid)
    forest.add("user", "efface", 1107, memberof=(Forest.dn("group", "Un"),), isdeleted=True)
    collection = forest.finish()
    found = privileged(collection)
    names = collection.objects.name
    assert {names[i] for i in np.flatnonzero(found.mask)} == {"Un", "Deux", "claire", "paul", "natif"}
    assert [names[group] for group in found.through(names.index("paul"))] == ["Admins"]


def test_protected_as_adminsdholder_is() -> None:
    model = [ace(FULL, f"{SID}-512"), ace(0x94, "S-1-5-11")]
    harmless = ace(CR, "S-1-5-10", about="ab721a53-1e2f-11d0-9819-00aa0040529b")
    forest = Forest()
    forest.builder.add(
        forest.domain,
        "container",
        f"CN=AdminSDHolder,CN=System,{ROOT}",
        {},
        descriptor=descriptor(model, control=PROTECTED),
    )
    forest.add("user", "pareil", 1101, [*model, harmless], control=PROTECTED)
    forest.add("user", "hérite", 1102, model)
    forest.add("user", "plus", 1103, [*model, ace(WP, f"{SID}-1105")], control=PROTECTED)
    forest.add("group", "bon", 2001, model, control=PROTECTED, member=(Forest.dn("user", "pareil"),))
    forest.add("group", "mauvais", 2002, model, control=PROTECTED, member=(Forest.dn("user", "plus"),))
    forest.add("group", "imbriqué", 2003, model, control=PROTECTED, member=(Forest.dn("group", "bon"),))
    collection = forest.finish()
    found = protected(collection, parse(collection.descriptors))
    names = {collection.objects.name[i] for i in np.flatnonzero(found)}
    assert names == {"AdminSDHolder", "pareil", "bon"}


# The pack -------------------------------------------------------------------------------------------------------------


def test_the_pack_describes_every_kind_and_says_how_to_cut_what_can_be() -> None:
    texts = edge_texts()
    assert set(texts.edges) == set(EdgeKind)
    uncut = {kind for kind, text in texts.edges.items() if text.traversable and not text.cut}
    assert uncut == {EdgeKind.CONTAINS, EdgeKind.SAME_FOREST, EdgeKind.HOSTS_CA, EdgeKind.GOLDEN_CERTIFICATE}
    assert len(tier0_rules().rules) > 8
    data = texts.model_dump(mode="json")
    del data["edges"]["dcsync"]
    with pytest.raises(ValueError, match="dcsync"):
        EdgeTexts.model_validate(data)


def test_a_collection_without_anything_has_no_path() -> None:
    found = assemble(Builder().finish())
    assert (len(found.graph.edges), len(found.with_path), found.chokes()) == (0, 0, [])


def test_what_could_not_be_read_gives_no_right() -> None:
    forest = hospital(struct.pack("<BBHI", 0, 0, 9000, FULL))
    found = assemble(forest.finish())
    support = found.nodes.collection.objects.name.index("Support")
    assert not found.descriptors.readable[found.nodes.collection.objects.descriptor[support]]


@pytest.mark.parametrize(
    ("direction", "reached"), [(0, {"u-a"}), (1, {"u-a"}), (2, {"u-a", "u-b"}), (3, {"u-a", "u-b"})]
)
def test_authenticated_users_of_another_forest_are_so_here_only_through_a_trust(
    direction: int, reached: set[str]
) -> None:
    """« a » trusts « b » when the direction is outbound: accounts of « b » may then sign in to « a »."""
    builder = Builder()
    builder.begin()
    for number, name in enumerate("ab"):
        sid, root = f"S-1-5-21-{ord(name)}-1-1", f"DC={name},DC=invalid"
        builder.domain(f"{name}.invalid", sid, source=Source("LDIF", "1", 1, "x"))
        opened = [ace(FULL, "S-1-5-11")] if name == "a" else []
        builder.add(number, "domaindns", root, {"objectsid": sid}, descriptor=descriptor(opened))
        builder.add(number, "user", f"CN=u-{name},{root}", {"objectsid": f"{sid}-1104"})
    if direction:
        trust = {"trustpartner": "b.invalid", "trustattributes": 0x8, "trustdirection": direction}
        builder.add(0, "trusteddomain", "CN=b.invalid,CN=System,DC=a,DC=invalid", trust)
    found = assemble(builder.finish())
    assert {found.nodes.name(node) for node in found.with_path} == reached
