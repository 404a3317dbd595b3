# SPDX-License-Identifier: EUPL-1.2
"""Several domains, what nobody read, and the texts of the pack."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.building import Builder
from carene.engines.directory.control_pack import ASKS, control_texts, load, system_of, systems
from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.catalogue import every
from carene.engines.directory.judging import Status
from carene.engines.directory.model import Edges, Source
from carene.engines.directory.privileged import privileged
from carene.engines.sources import InputError
from tests.engines.directory.controls.made import NOW, ROOT, USER, YEARS_AGO, Hospital, named, not_evaluated, verdict
from tests.engines.directory.controls.planted import RODC, rodc
from tests.engines.directory.controls.test_planted import MINE

CHILD = "ehpad.ch.invalid"


def two() -> tuple[Hospital, Hospital]:
    here = Hospital()
    return here, Hospital(number=1, builder=here.builder, name=CHILD)


@pytest.mark.parametrize("key", MINE)
def test_two_healthy_domains_of_a_forest_pass(key: str) -> None:
    """The configuration is in the collection of the root alone: that of the child lacks nothing."""
    found = verdict(two()[0].case(), key)
    assert (found.status, [fault.said for fault in found.faults]) == (Status.PASSED, [])


def test_a_fault_is_told_in_its_domain() -> None:
    _, child = two()
    child.user("x", 1500, admin=True, useraccountcontrol=0x10200)
    case = child.case()
    (fault,) = verdict(case, "dont_expire_priv").faults
    assert case.collection.domains[fault.domain].name == CHILD


def test_settings_of_the_forest_are_told_once() -> None:
    here, child = two()
    under = f"CN=Windows NT,CN=Services,CN=Configuration,{ROOT}"
    here.add("ntdsservice", "Directory Service", under=under, dsheuristics="0000002")
    case = child.case()
    assert named(case, "dsheuristics_bad") == {("Directory Service", 2), ("Directory Service", 4)}
    assert len(verdict(case, "dsheuristics_bad").faults) == 3


def test_a_loop_through_two_domains_is_told_once() -> None:
    here, child = two()
    here.add("group", "Bloc", 1700, member=(f"CN=Soins,{child.root}",))
    child.add("group", "Soins", 1701, member=(f"CN=Bloc,{ROOT}",))
    assert len(verdict(here.case(), "group_loop").faults) == 1


# What nobody read -----------------------------------------------------------------------------------------------------


def bare(**reads: set[str]) -> Case:
    """A domain of which a collector read only these classes: it cannot say that there is nothing else."""
    builder = Builder()
    builder.begin()
    domain = builder.domain("ch.invalid", "S-1-5-21-1-2-3", source=Source("SharpHound", "", NOW, "a.zip"))
    builder.add(domain, "domaindns", ROOT, {"objectsid": "S-1-5-21-1-2-3"})
    builder.add(domain, "user", f"CN=x,{ROOT}", {"objectsid": "S-1-5-21-1-2-3-1500", **USER})
    for structural, attributes in reads.items():
        builder.reads(domain, structural, attributes)
    collection = builder.finish()
    return Case(collection, privileged(collection).mask, Edges.none())


@pytest.mark.parametrize("key", MINE)
def test_nothing_is_passed_by_a_collection_that_reads_nothing(key: str) -> None:
    assert not_evaluated(bare(), key)


@pytest.mark.parametrize("key", ["trusts_domain_notfiltered", "trusts_tgt_deleg", "password_change_msa_no_change_90"])
def test_none_is_believed_only_of_who_would_have_found_some(key: str) -> None:
    assert verdict(bare(ridmanager={"whencreated"}), key).status is Status.PASSED


@pytest.mark.parametrize(
    ("key", "attribute"),
    [
        ("rodc_priv_revealed", "msds_revealedusers"),
        ("rodc_never_reveal", "msds_neverrevealgroup"),
        ("rodc_reveal", "msds_revealondemandgroup"),
    ],
)
def test_secrets_of_a_read_only_controller_that_nobody_read(key: str, attribute: str) -> None:
    here = Hospital()
    rodc(here)
    lost = {attribute.replace("_", "-"), "msds-revealedlist"}
    assert not_evaluated(here.case(without=lost), key)


def test_keys_of_read_only_controllers() -> None:
    here = Hospital()
    key = here.user("krbtgt_17", 1500, msds_secondarykrbtgtnumber=17)
    assert not_evaluated(here.case(without={"msds-krbtgtlink"}), "rodc_orphan_krbtgt")
    here.add("computer", "SITE1", 1600, **RODC, msds_krbtgtlink=key)
    here.builder.gaps.clear()
    assert verdict(here.case(), "rodc_orphan_krbtgt").status is Status.PASSED


def test_a_default_member_that_was_taken_out_of_the_refused_group() -> None:
    builder = Builder()
    builder.begin()
    domain = builder.domain("ch.invalid", "S-1-5-21-1-2-3", source=Source("LDIF", "", NOW, "a.ldif"))
    builder.reads_everything(domain)
    sids = tuple(f"S-1-5-21-1-2-3-{rid}" for rid in (502, 512, 516, 517, 518, 520, 521))
    builder.add(domain, "group", f"CN=R,{ROOT}", {"objectsid": "S-1-5-21-1-2-3-572", "member": sids})
    collection = builder.finish()
    found = verdict(Case(collection, privileged(collection).mask, Edges.none()), "rodc_denied_group")
    assert [fault.said for fault in found.faults] == [
        "membres par défaut qui manquent : Administrateurs de l'entreprise"
    ]


def test_objects_that_every_domain_has_and_that_are_missing() -> None:
    case = bare(user={"objectsid"}, group={"objectsid"}, ridmanager={"whencreated"})
    assert len(verdict(case, "critical_objects").faults) == 6
    unsure = verdict(bare(user={"objectsid"}, group={"objectsid"}), "critical_objects")
    assert len(unsure.faults) == 5
    assert unsure.unknown


@pytest.mark.parametrize("key", ["dont_expire_priv", "spn_priv", "password_change_priv", "protected_users"])
def test_a_privileged_account_that_could_not_be_read_is_neither_good_nor_bad(key: str) -> None:
    here = Hospital()
    for group in (512, 525):
        here.builder.member(f"{here.sid}-{group}", f"{here.sid}-1777")
    assert not_evaluated(here.case(), key)


@pytest.mark.parametrize("key", ["kerberos_properties_preauth", "kerberos_properties_deskey", "dont_expire"])
def test_accounts_whose_flags_could_not_be_read(key: str) -> None:
    here = Hospital()
    for rid in range(2000, 2005):
        here.add("user", f"caché{rid}", rid, primarygroupid=513)
    assert not_evaluated(here.case(), key)


def test_one_account_that_could_not_be_read_changes_no_share() -> None:
    here = Hospital()
    here.add("user", "caché", 2000, primarygroupid=513)
    assert verdict(here.case(), "dont_expire").status is Status.PASSED


def test_a_primary_group_that_somebody_hid() -> None:
    here = Hospital()
    here.add("user", "x", 1500, useraccountcontrol=512, pwdlastset=NOW)
    assert not_evaluated(here.case(), "primary_group_id_1000")


def test_a_weak_policy_of_the_domain_is_no_fault_while_finer_ones_were_not_read() -> None:
    here = Hospital()
    here.set_head(minpwdlength=4)
    assert not_evaluated(here.case(without={"msds-psoappliesto"}), "privileged_members_password") is False
    builder_case = bare(user={"useraccountcontrol"}, domaindns={"maxpwdage", "minpwdlength"}, group={"member"})
    assert not_evaluated(builder_case, "privileged_members_password")


def test_an_unknown_system_of_a_controller_is_said() -> None:
    here = Hospital()
    here.add("computer", "DC1", 1002, operatingsystem="BeOS")
    assert not_evaluated(here.case(), "dc_obsolete")


@given(st.binary(max_size=40), st.text(max_size=40))
def test_settings_that_mean_nothing_stop_nothing(content: bytes, text: str) -> None:
    here = Hospital()
    under = f"CN=Windows NT,CN=Services,CN=Configuration,{ROOT}"
    here.add("ntdsservice", "Directory Service", under=under, dsheuristics=text)
    here.add("dnszone", "x", under=f"DC=DomainDnsZones,{ROOT}", dnsproperty=(content,))
    here.add("displayspecifier", "x", under=under, admincontextmenu=(text,), shellcontextmenu=(text,))
    here.add("computer", "DC1", 1002, operatingsystem=text, msds_revealedusers=(text, f"B:{text}"))
    case = here.case()
    for key in ("dsheuristics_bad", "dnszone_bad_prop", "display_specifier", "dc_obsolete", "rodc_priv_revealed"):
        verdict(case, key)


# The pack -------------------------------------------------------------------------------------------------------------


def test_every_control_has_its_text() -> None:
    texts = control_texts().controls
    assert set(MINE) <= texts.keys() & every().keys()
    for key, text in texts.items():
        assert text.url.endswith(f"#vuln_{key}")
        assert not text.script or any(word in text.script for word in ASKS)
    titles = [text.title for text in texts.values()]
    assert len(set(titles)) == len(titles)


def test_scripts_print_the_way_back_or_say_that_there_is_none() -> None:
    changing = [key for key, text in control_texts().controls.items() if "Set-AD" in text.script and key in MINE]
    assert len(changing) > 20
    for key in changing:
        assert "etour" in control_texts().controls[key].script, key


def test_a_wrong_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "controls.yaml").write_text(
        "source: x\neffort_source: x\ncontrols:\n  - id: guest\n    levels: [2, 1]\n    theme: comptes\n    title: t\n"
        "    what: w\n    attacker: a\n    repair: r\n    side_effects: s\n    effort: 1\n"
        "    url: https://www.cert.ssi.gouv.fr/uploads/ad_checklist.html#vuln_guest\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"controls.yaml, ligne \d+ : guest : les niveaux vont de 1 à 4"):
        load(tmp_path)
    (tmp_path / "controls.yaml").unlink()
    with pytest.raises(InputError, match="aucun fichier"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Windows Server 2012 R2 Datacenter", "Windows Server 2012 R2"),
        ("Windows Server® 2008 Standard", "Windows Server 2008"),
        ("windows server 2025 standard", "Windows Server 2025"),
        ("Windows 10 Enterprise LTSC", "Windows 10 Enterprise LTSC"),
    ],
)
def test_systems_are_known_by_the_longest_name(told: str, name: str) -> None:
    found = system_of(told)
    assert found is not None
    assert found.name == name
    assert system_of("") is None
    assert all(one.paid_end is None or (one.end is not None and one.end < one.paid_end) for one in systems())


def test_ages_of_the_far_past_are_ages() -> None:
    here = Hospital()
    here.user("x", 1500, admin=True, pwdlastset=0, whencreated=YEARS_AGO)
    assert named(here.case(), "password_change_priv") == {("x", 1)}
