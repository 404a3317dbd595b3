# SPDX-License-Identifier: EUPL-1.2
"""Records become columns: who is a member of what, what a fresher collection says, what was only referred to."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.building import NOT_COLLECTED, Builder
from carene.engines.directory.model import EDGE_KINDS, MISSING, Collection, EdgeKind, Source

SID = "S-1-5-21-1-2-3"
ROOT = "DC=ch,DC=invalid"


def dn(name: str) -> str:
    return f"CN={name},OU=Services,{ROOT}"


def begun(builder: Builder, day: int = 1) -> int:
    builder.begin()
    source = Source("LDIF", "1", day * 86_400, f"{day}.ldif")
    return builder.domain("ch.invalid", SID, netbios="CH", source=source)


def user(builder: Builder, domain: int, rid: int, name: str, **values: Any) -> int:
    return builder.add(
        domain, "user", dn(name), {"objectsid": f"{SID}-{rid}", "samaccountname": name.lower(), **values}
    )


def group(builder: Builder, domain: int, rid: int, name: str, **values: Any) -> int:
    return builder.add(domain, "group", dn(name), {"objectsid": f"{SID}-{rid}", "samaccountname": name, **values})


def names(collection: Collection, indices: Any) -> set[str]:
    return {collection.objects.name[index] for index in indices}


def test_an_object_has_its_columns_and_its_other_values() -> None:
    builder = Builder()
    domain = begun(builder)
    builder.add(domain, "domaindns", ROOT, {"objectsid": SID, "ms-ds-machineaccountquota": 10})
    index = user(
        builder, domain, 1104, "Claire", useraccountcontrol=512, pwdlastset=0, serviceprincipalname=("HTTP/a",)
    )
    collection = builder.finish()
    objects = collection.objects
    assert (objects.uac[index], objects.password_set[index], objects.last_logon[index]) == (512, 0, MISSING)
    assert objects.rid[index] == 1104
    assert objects.rid[0] == MISSING, "a domain has no RID"
    assert collection.value("serviceprincipalname", index) == ("HTTP/a",)
    assert collection.domains[domain].head == 0
    assert collection.in_domain(1104, domain) == index
    assert collection.by_dn[dn("claire").lower()] == index
    assert collection.domains[domain].collected_at == 86_400


def test_members_come_from_both_ends_and_from_the_primary_group_once() -> None:
    builder = Builder()
    domain = begun(builder)
    group(builder, domain, 512, "Admins", member=(dn("Claire"), dn("Paul")))
    group(builder, domain, 513, "Tous")
    user(builder, domain, 1104, "Claire", memberof=(dn("Admins"),), primarygroupid=513)
    user(builder, domain, 1105, "Paul", primarygroupid=513)
    collection = builder.finish()
    assert names(collection, collection.members.row(0)) == {"claire", "paul"}
    assert names(collection, collection.members.row(1)) == {"claire", "paul"}
    assert len(collection.members.values) == 4


def test_the_fresher_collection_wins_on_what_it_reads() -> None:
    builder = Builder()
    domain = begun(builder, 1)
    builder.reads_everything(domain)
    group(builder, domain, 512, "Admins", member=(dn("Claire"), dn("Parti")))
    claire = user(builder, domain, 1104, "Claire", scriptpath="a.bat", sidhistory=("S-1-5-21-9-9-9-500",), admincount=1)
    gone = user(builder, domain, 1106, "Parti")
    domain = begun(builder, 2)
    builder.reads(domain, "user", {"scriptpath", "admincount"})
    builder.reads(domain, "group", {"member"})
    group(builder, domain, 512, "Admins", member=(dn("Claire"),))
    assert user(builder, domain, 1104, "Claire") == claire
    collection = builder.finish()
    assert collection.value("scriptpath", claire) is None, "it reads it, and it is no longer set"
    assert collection.objects.admin_count[claire] == MISSING
    assert collection.value("sidhistory", claire) == ("S-1-5-21-9-9-9-500",), "it does not read it"
    assert collection.objects.deleted[gone]
    assert names(collection, collection.members.row(0)) == {"claire"}
    assert len(collection.domains[domain].sources) == 2


def test_what_is_only_referred_to_says_so() -> None:
    builder = Builder()
    domain = begun(builder)
    group(builder, domain, 512, "Admins", member=("CN=Ailleurs,DC=autre,DC=invalid",))
    builder.edge("S-1-5-11", f"{SID}-512", EdgeKind.ADD_MEMBER)
    collection = builder.finish()
    objects = collection.objects
    absent = [index for index in range(len(objects)) if objects.classes[objects.structural[index]] == NOT_COLLECTED]
    assert names(collection, absent) == {"ailleurs", "S-1-5-11"}
    assert set(objects.domain[absent]) == {-1}
    edge = collection.given
    assert [EDGE_KINDS[kind] for kind in edge.kind] == [EdgeKind.ADD_MEMBER]
    assert (objects.sid[edge.source[0]], edge.target[0]) == ("S-1-5-11", 0)


def test_descriptors_are_kept_once_and_knowledge_is_by_class() -> None:
    builder = Builder()
    domain = begun(builder)
    builder.reads(domain, "user", {"pwdlastset"})
    for rid in range(1000, 1010):
        builder.add(domain, "user", dn(str(rid)), {"objectsid": f"{SID}-{rid}"}, descriptor=bytes([rid % 2]) * 20)
    collection = builder.finish()
    assert len(collection.descriptors) == 2
    assert collection.objects.descriptor.tolist() == [0, 1] * 5
    assert collection.knowledge.of(domain, "user", "pwdlastset")
    assert not collection.knowledge.of(domain, "user", "sidhistory")
    assert not collection.knowledge.of(domain, "group", "pwdlastset")


def test_containers_are_found_whatever_the_order_and_the_escapes() -> None:
    builder = Builder()
    domain = begun(builder)
    inside = builder.add(domain, "user", f"CN=Durand\\, Claire,OU=Soins\\, urgences,{ROOT}", {})
    above = builder.add(domain, "organizationalunit", f"OU=Soins\\, Urgences,{ROOT}", {})
    collection = builder.finish()
    assert collection.objects.name[inside] == "Durand, Claire"
    assert collection.objects.parent[inside] == above
    assert collection.objects.parent[above] == -1


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30))
def test_members_are_those_that_were_told(pairs: list[tuple[int, int]]) -> None:
    builder = Builder()
    domain = begun(builder)
    for rid in range(8):
        group(builder, domain, 2000 + rid, f"g{rid}")
    for one, other in pairs:
        builder.member(f"{SID}-{2000 + one}", dn(f"G{other}"))
    collection = builder.finish()
    found = {(one, int(other)) for one in range(8) for other in collection.members.row(one)}
    assert found == set(pairs)
    assert np.all(np.diff(collection.members.starts) >= 0)


def test_each_domain_has_its_own_administrators() -> None:
    builder = Builder()
    builder.begin()
    domains = [builder.domain(name, sid) for name, sid in (("a.invalid", SID), ("b.invalid", "S-1-5-21-7-7-7"))]
    for domain, root in zip(domains, ("DC=a,DC=invalid", "DC=b,DC=invalid"), strict=True):
        builder.add(domain, "group", f"CN=Administrators,CN=Builtin,{root}", {"objectsid": "S-1-5-32-544"})
    builder.member("B.INVALID-S-1-5-32-544", f"{SID}-1104")
    collection = builder.finish()
    first, second = (collection.principal("S-1-5-32-544", domain) for domain in domains)
    assert (first, second) == (0, 1)
    assert collection.by_sid["S-1-5-32-544"] == first, "alone, that of the first domain"
    assert [len(collection.members.row(index)) for index in (first, second)] == [0, 1]


def test_a_foreign_principal_is_the_account_that_its_domain_describes() -> None:
    stand_in = f"CN={SID}-1104,CN=ForeignSecurityPrincipals,DC=b,DC=invalid"
    for described_first in (True, False):
        builder = Builder()
        builder.begin()
        own, other = builder.domain("ch.invalid", SID), builder.domain("b.invalid", "S-1-5-21-7-7-7")
        if described_first:
            user(builder, own, 1104, "Claire")
        builder.add(other, "foreignsecurityprincipal", stand_in, {"objectsid": f"{SID}-1104"})
        user(builder, own, 1104, "Claire")
        builder.member("S-1-5-21-7-7-7-2000", stand_in)
        collection = builder.finish()
        objects = collection.objects
        index = collection.by_sid[f"{SID}-1104"]
        assert (objects.name[index], objects.domain[index], objects.dn[index]) == ("claire", own, dn("Claire"))
        assert collection.members.values.tolist() == [index]
