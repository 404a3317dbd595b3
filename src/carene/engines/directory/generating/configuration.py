# SPDX-License-Identifier: EUPL-1.2
"""What a forest has once: its partitions, its sites, its certificates, its silo of administrators, some schema."""

from __future__ import annotations

from carene.engines.directory.generating.land import Land
from carene.engines.directory.generating.made import ENROLL, Made, extended

CLIENT = "1.3.6.1.5.5.7.3.2"
HEURISTICS = "00000000010000000002000000011"  # 29 characters: the 28th and the 29th must be 1
PKI = "CN=Public Key Services,CN=Services"


def configured(root: Land, lands: list[Land]) -> None:
    """Puts them among the objects of the root domain, in its partitions « configuration » and « schema »."""
    top = root.configuration

    def put(name: str, *classes: str, **values: object) -> Made:
        dn = f"{name},{top}" if name else top
        return root.put(dn, *classes, partition="configuration", **values)  # type: ignore[arg-type]

    put("", "configuration")
    put("CN=Partitions", "crossRefContainer", msds_behavior_version=7)
    for land in lands:
        put(f"CN={land.netbios},CN=Partitions", "crossRef", ncname=land.dn, dnsroot=land.name,
            netbiosname=land.netbios, systemflags=3)  # fmt: skip
    for name in ("CN=Sites", "CN=Services", "CN=Windows NT,CN=Services", PKI):
        put(name, "container")
    put("CN=Site-Principal,CN=Sites", "site")
    put("CN=Directory Service,CN=Windows NT,CN=Services", "nTDSService", dsheuristics=HEURISTICS)
    put("CN=40C,CN=DisplaySpecifiers", "container")
    put("CN=user-Display,CN=40C,CN=DisplaySpecifiers", "displaySpecifier",
        admincontextmenu=("0,{62AE1F9A-126A-11D0-A14B-0800361B1103}",))  # fmt: skip
    put("CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services", "container")
    put("CN=b8c1,CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services", "msKds-ProvRootKey",
        access=root.guarded)  # fmt: skip
    _certificates(root, put)
    _silo(root, lands, put)
    _schema(root)


def _certificates(root: Land, put: object) -> None:
    assert callable(put)
    for name in ("Certificate Templates", "Enrollment Services", "AIA", "Certification Authorities"):
        put(f"CN={name},{PKI}", "container")
    put(f"CN=NTAuthCertificates,{PKI}", "certificationAuthority")
    put(f"CN=CA-GHT,CN=Certification Authorities,{PKI}", "certificationAuthority")
    put(f"CN=CA-GHT,CN=Enrollment Services,{PKI}", "pKIEnrollmentService", dnshostname=f"ca.{root.name}",
        certificatetemplates=("PosteGHT",), flags=10, cn="CA-GHT")  # fmt: skip
    enrolls = root.guarded.plus(extended(root.rid(515), ENROLL, "Enroll"))
    for name in ("PosteGHT", "ServeurWeb"):
        put(f"CN={name},CN=Certificate Templates,{PKI}", "pKICertificateTemplate", access=enrolls, cn=name,
            displayname=name, pkiextendedkeyusage=(CLIENT,), mspki_certificate_name_flag=0x8000000,
            mspki_enrollment_flag=0x20, mspki_ra_signature=0, mspki_template_schema_version=2)  # fmt: skip


def _silo(root: Land, lands: list[Land], put: object) -> None:
    assert callable(put)
    base = "CN=AuthN Policy Configuration,CN=Services"
    put(base, "container")
    put(f"CN=AuthN Silos,{base}", "container")
    members = tuple(admin.dn for land in lands for admin in land.admins)
    silo = put(f"CN=Administration,CN=AuthN Silos,{base}", "msDS-AuthNPolicySilo", msds_authnpolicysiloenforced=True,
               msds_authnpolicysilomembers=members)  # fmt: skip
    for land in lands:
        for admin in land.admins:
            admin.values["msds-assignedauthnpolicysilo"] = silo.dn


def _schema(root: Land) -> None:
    base = f"CN=Schema,{root.configuration}"
    root.put(base, "dMD", partition="schema", objectversion=88)
    for name, number, security, flags in (
        ("member", "bf9679c0-0de6-11d0-a285-00aa003049e2", "bc0ac240-79a9-11d0-9020-00c04fc2d4cf", 0),
        ("servicePrincipalName", "f3a64788-5306-11d1-a9c5-0000f80367c1", "e48d0154-bcf8-11d1-8702-00c04fb96050", 0),
        ("msLAPS-Password", "d5ac7fbe-5ed7-42d3-9b1f-f3a9c1d6a001", None, 904),
    ):
        root.put(f"CN={name},{base}", "attributeSchema", partition="schema", ldapdisplayname=name, schemaidguid=number,
                 attributesecurityguid=security, searchflags=flags)  # fmt: skip
    root.put(f"CN=User,{base}", "classSchema", partition="schema", ldapdisplayname="user",
             schemaidguid="bf967aba-0de6-11d0-a285-00aa003049e2",
             defaultsecuritydescriptor="D:(A;;GA;;;DA)")  # fmt: skip
