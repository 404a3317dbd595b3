# SPDX-License-Identifier: EUPL-1.2
"""An invented forest written as ORADAD 3 writes a real one: same files, encoding, columns and habits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from carene.engines.directory.attributes import TYPES, Type
from carene.engines.directory.generating import Forest
from carene.engines.directory.generating.land import Land
from carene.engines.directory.generating.made import Made, descriptor

CUT = 524_288  # characters of a field
# Columns by request, in the order of ORADAD's schema; a type after « : », STR where there is none. F: with a filter,
# which writes a text column and a column of numbers.
_ACCOUNT = """cn userPrincipalName sn telephoneNumber userAccountControl:INTF scriptPath pwdLastSet:DATEINT64
    primaryGroupID:INT lastLogonTimestamp:DATEINT64 badPwdCount:INT servicePrincipalName:STRS
    msDS-AllowedToDelegateTo:STRS msDS-AllowedToActOnBehalfOfOtherIdentity:SD msDS-SupportedEncryptionTypes:INTF
    msDS-AssignedAuthNPolicySilo msDS-SecondaryKrbTgtNumber:INT adminCount:INT sAMAccountName objectSid:SID
    sIDHistory:SID accountExpires:DATEINT64 altSecurityIdentities:STRS userCertificate:BIN msDS-KeyCredentialLink:BIN"""
COLUMNS: Mapping[str, str] = {
    "top": """objectClass:STRS objectCategory nTSecurityDescriptor:SD whenCreated:DATE whenChanged:DATE
        uSNCreated:INT64 systemFlags:INTF revision:INT name objectVersion:INT objectGUID:GUID memberOf:STRS
        isRecycled:BOOL isDeleted:BOOL fSMORoleOwner flags:INT displayName description:STRS cn""",
    "root": """msDS-ExpirePasswordsOnSmartCardOnlyAccounts:BOOL msDS-Behavior-Version:INT objectSid:SID
        ms-DS-MachineAccountQuota:INT minPwdLength:INT minPwdAge:INT64F maxPwdAge:INT64F pwdProperties:INT
        pwdHistoryLength:INT lockoutThreshold:INT lockoutDuration:INT64F gPLink""",
    "user": _ACCOUNT,
    "computer": _ACCOUNT + " operatingSystem operatingSystemVersion dNSHostName managedBy msDS-KrbTgtLink",
    "gmsa": _ACCOUNT + " dNSHostName msDS-GroupMSAMembership:SD",
    "group": "sAMAccountName objectSid:SID sIDHistory:SID groupType:INTF member:STRS adminCount:INT managedBy",
    "ou": "ou:STRS gPLink gPOptions:INT managedBy",
    "gpo": "gPCFileSysPath gPCMachineExtensionNames gPCUserExtensionNames flags:INT versionNumber:INT",
    "foreignSecurityPrincipal": "objectSid:SID",
    "trustedDomain": """trustPartner flatName trustAttributes:INTF trustDirection:INTF trustType:INTF
        securityIdentifier:SID msDS-SupportedEncryptionTypes:INTF""",
    "passwordSettings": """msDS-PasswordSettingsPrecedence:INT msDS-MinimumPasswordLength:INT
        msDS-MaximumPasswordAge:INT64F msDS-PSOAppliesTo:STRS""",
    "smsa": _ACCOUNT,
    "dmsa": _ACCOUNT,
    "msDFSR-GlobalSettings": "msDFSR-Flags:INT",
    "msDFSR-LocalSettings": "msDFSR-Flags:INT",
    "msDFSR-Subscriber": "msDFSR-MemberReference",
    "rIDManager": "rIDAvailablePool:INT64",
    "nTFRSSubscriber": "fRSRootPath",
    "dnsZone": "dNSProperty:BIN",
    "server": "serverReference dNSHostName",
    "nTDSDSA": "msDS-Behavior-Version:INT options:INT msDS-HasDomainNCs:STRS",
    "crossRef": "nCName dnsRoot:STRS nETBIOSName trustParent",
    "crossRefContainer": "msDS-Behavior-Version:INT",
    "nTDSService": "dSHeuristics",
    "site": "gPLink gPOptions:INT",
    "displaySpecifier": "adminContextMenu:STRS",
    "certificationauthority": "cACertificate:BIN cn",
    "pKICertificateTemplate": """displayName pKIExtendedKeyUsage:STRS msPKI-Certificate-Name-Flag:INT
        msPKI-Enrollment-Flag:INT msPKI-RA-Signature:INT msPKI-Template-Schema-Version:INT""",
    "pKIEnrollmentService": "cACertificate:BIN dNSHostName certificateTemplates:STRS",
    "authNPolicySilo": "msDS-AuthNPolicySiloEnforced:BOOL msDS-AuthNPolicySiloMembers:STRS",
    "class": "lDAPDisplayName schemaIDGUID:GUID defaultSecurityDescriptor",
    "attribute": "lDAPDisplayName schemaIDGUID:GUID attributeSecurityGUID:GUID searchFlags:INTF",
}
_REQUESTS = {
    "domain": """top root foreignSecurityPrincipal user computer smsa gmsa dmsa trustedDomain group ou gpo
        passwordSettings rIDManager nTFRSSubscriber msDFSR-GlobalSettings msDFSR-LocalSettings msDFSR-Subscriber""",
    "domaindns": "top dnsZone",
    "configuration": """top server nTDSDSA crossRef crossRefContainer nTDSService site displaySpecifier
        certificationauthority pKICertificateTemplate pKIEnrollmentService authNPolicySilo""",
    "schema": "top class attribute",
    "forestdns": "top dnsZone",
}
REQUESTS: Mapping[str, tuple[str, ...]] = {name: tuple(told.split()) for name, told in _REQUESTS.items()}
OF_CLASS = {
    "domaindns": "root", "organizationalunit": "ou", "grouppolicycontainer": "gpo", "classschema": "class",
    "attributeschema": "attribute", "msds-authnpolicysilo": "authNPolicySilo",
    "msds-groupmanagedserviceaccount": "gmsa", "msds-passwordsettings": "passwordSettings",
}  # fmt: skip
_SQL = {"INT": "int", "INT64": "bigint", "DATE": "datetime2", "DATEINT64": "datetime2", "BOOL": "tinyint",
        "GUID": "uniqueidentifier"}  # fmt: skip
Cell = Callable[[Any], tuple[str, ...]]


def columns(request: str) -> list[tuple[str, str]]:
    """(attribute, type) of a request."""
    parts = (one.partition(":") for one in COLUMNS[request].split())
    return [(name, kind or "STR") for name, _, kind in parts]


def _date(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%S") if seconds else ""


def _text(value: Any) -> str:
    joined = ";".join(value) if isinstance(value, tuple) else str(value)
    return joined.replace("\r", " ").replace("\n", " ").replace("\t", " ")[:CUT]


def _number(name: str, value: Any) -> int:
    if TYPES.get(name) is Type.DELAY:
        return -(2**63) if value is None else -int(value) * 10_000_000
    return int(value)


def _cells(name: str, kind: str) -> Cell:
    """How the value of an attribute is written; two cells where there is a filter."""
    lower = name.lower()
    if kind.endswith("F"):
        return lambda value: ("ETIQUETTE", str(_number(lower, value)))
    if kind in {"INT", "INT64", "BOOL"}:
        return lambda value: (str(_number(lower, value)),)
    if kind in {"DATE", "DATEINT64"}:
        return lambda value: (_date(value),)
    if kind in {"SD", "BIN"}:
        return lambda value: (";".join(one.hex() for one in (value if isinstance(value, tuple) else (value,))),)
    return lambda value: (_text(value),)


class _Table:
    """One file of rows, opened."""

    def __init__(self, stream: IO[bytes], request: str, short: str, base: str) -> None:
        self._stream, self._short, self._base, self._top = stream, short, base, request == "top"
        self._columns = [(name.lower(), _cells(name, kind), 1 + kind.endswith("F")) for name, kind in columns(request)]
        stream.write(b"\xff\xfe")

    def write(self, made: Made, values: Mapping[str, Any]) -> None:
        row = [made.dn]
        if self._top:
            row += [self._short, made.dn.removesuffix(self._base).rstrip(",")]
        for name, cells, width in self._columns:
            value = values.get(name)
            row += cells(value) if value is not None and value != () else ("",) * width
        self._stream.write(("\t".join(row) + "\r\n").encode("utf-16-le"))


def write_oradad(forest: Forest, folder: Path, *, sysvol: bool = True) -> Path:
    """Writes below ``folder`` and returns the folder of the collection."""
    time = dt.datetime.fromtimestamp(forest.collected_at, dt.UTC).strftime("%Y%m%d%H%M%S")
    root = folder / forest.name / time
    root.mkdir(parents=True)
    lines = [f"{forest.name}_{time}"]
    for land in forest.lands:
        with ExitStack() as stack:
            tables: dict[tuple[str, str], _Table] = {}
            for partition, name, base in _partitions(land):
                for request in REQUESTS[partition]:
                    relative = "\\".join(filter(None, (partition, name, f"{request}.tsv")))
                    path = root.joinpath(*relative.split("\\"))
                    path.parent.mkdir(parents=True, exist_ok=True)
                    short = f"{partition}/{name or forest.name}"
                    stream = stack.enter_context(path.open("wb", 1 << 20))
                    tables[partition, request] = _Table(stream, request, short, base)
                    lines.append(_told(relative, request))
            for made in forest.objects(land):
                _write(made, tables)
        if sysvol:
            lines.append(_sysvol(root, land))
    (root / "tables.tsv").write_bytes("\n".join([*lines, ""]).encode("latin-1"))
    metadata = ("oradad_version\t3.6.218", f"forest|rootdns\t{forest.name}", "oradad|config|level\t4", "")
    (root / "metadata.tsv").write_bytes(b"\xff\xfe" + "\r\n".join(metadata).encode("utf-16-le"))
    return root


def _partitions(land: Land) -> Iterator[tuple[str, str, str]]:
    yield "domain", land.name, land.dn
    yield "domaindns", land.name, f"DC=DomainDnsZones,{land.dn}"
    if land.root is land:
        yield "configuration", "", land.configuration
        yield "schema", "", f"CN=Schema,{land.configuration}"
        yield "forestdns", "", f"DC=ForestDnsZones,{land.dn}"


def _told(relative: str, request: str) -> str:
    """The line of tables.tsv."""
    cells: list[str] = []
    own = ("dn", "shortname", "shortdn") if request == "top" else ("dn",)
    for name, kind in [*((one, "STR") for one in own), *columns(request)]:
        if kind.endswith("F"):
            cells += [name, "nvarchar(64)", f"{name}_int", _SQL[kind[:-1]]]
        else:
            cells += [name, _SQL.get(kind, "nvarchar(max)")]
    table = relative.removesuffix(".tsv").replace("\\", "_")
    return "\t".join((relative, table, table, str(len(cells) // 2), *cells))


def _write(made: Made, tables: Mapping[tuple[str, str], _Table]) -> None:
    values = dict(made.values)
    values["memberof"] = tuple(made.member_of)
    values["objectclass"] = made.classes
    if made.access is not None:
        values["ntsecuritydescriptor"] = descriptor(made.access)
    tables[made.partition, "top"].write(made, values)
    request = OF_CLASS.get(made.structural, made.classes[-1])
    table = tables.get((made.partition, request)) or tables.get((made.partition, request.lower()))
    if table is not None:
        table.write(made, values)


# SYSVOL -------------------------------------------------------------------------------------------------------------

_SYSVOL: Sequence[tuple[str, str]] = (
    ("forest", "nvarchar(64)"), ("domain", "nvarchar(64)"), ("guid", "nvarchar(38)"), ("path", "nvarchar(256)"),
    ("filename", "nvarchar(64)"), ("archivename", "nvarchar(20)"), ("securitydescriptor", "varchar(max)"),
    ("fileattributes", "int"), ("ftCreationTime", "datetime2"), ("ftLastAccessTime", "datetime2"),
    ("ftCreaftLastWriteTimetionTime", "datetime2"), ("filesize", "int"), ("take", "tinyint"), ("errorCode", "int"),
)  # fmt: skip
TEMPLATE = b"\xff\xfe" + "[Unicode]\r\nUnicode=yes\r\n[System Access]\r\nMinimumPasswordLength = 14\r\n".encode(
    "utf-16-le"
)


def _sysvol(root: Path, land: Land) -> str:
    """The list, and the copies beside the folder of the collection."""
    rows = []
    policies = [made for made in land.objects.values() if made.structural == "grouppolicycontainer"]
    day = _date(land.now)
    for number, made in enumerate(policies):
        policy = made.dn[3:41]
        archive = str(11_400_714_819_323_198_485 + number)
        copies = root.parent / f"{root.name}_SYSVOL" / land.name / policy
        copies.mkdir(parents=True)
        (copies / f"{archive}_GptTmpl.inf").write_bytes(TEMPLATE)
        path = rf"Policies\{policy}\MACHINE\Microsoft\Windows NT\SecEdit\GptTmpl.inf"
        rights = descriptor(made.access).hex() if made.access else ""
        rows.append((land.root.name, land.name, policy, path, "GptTmpl.inf", archive, rights, "32", day, day, day,
                     str(len(TEMPLATE)), "1", "0"))  # fmt: skip
    text = "".join("\t".join(row) + "\r\n" for row in rows)
    (root / "domain" / land.name / "sysvol.tsv").write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    cells = [cell for column in _SYSVOL for cell in column]
    return "\t".join((rf"domain\{land.name}\sysvol.tsv", f"domain_{land.name}_sysvol", "domain_sysvol", "14", *cells))
