# SPDX-License-Identifier: EUPL-1.2
"""What each kind of file of SharpHound describes, and what its rights, groups and properties are called here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag

from carene.engines.directory.model import EdgeKind

# In the order in which they are read: domains give their SID, templates their names to the authorities that publish.
STRUCTURAL: Mapping[str, str] = {
    "domains": "domaindns",
    "containers": "container",
    "ous": "organizationalunit",
    "gpos": "grouppolicycontainer",
    "groups": "group",
    "users": "user",
    "computers": "computer",
    "certtemplates": "pkicertificatetemplate",
    "enterprisecas": "pkienrollmentservice",
    "rootcas": "certificationauthority",
    "aiacas": "certificationauthority",
    "ntauthstores": "certificationauthority",
    "issuancepolicies": "mspki-enterprise-oid",
}

RIGHTS: Mapping[str, tuple[EdgeKind, ...]] = {
    "owns": (EdgeKind.OWNER,),
    "ownsraw": (EdgeKind.OWNER,),
    "ownslimitedrights": (EdgeKind.OWNER,),
    "writeowner": (EdgeKind.WRITE_OWNER,),
    "writeownerraw": (EdgeKind.WRITE_OWNER,),
    "writeownerlimitedrights": (EdgeKind.WRITE_OWNER,),
    "writedacl": (EdgeKind.WRITE_DACL,),
    "genericall": (EdgeKind.GENERIC_ALL,),
    "genericwrite": (EdgeKind.GENERIC_WRITE,),
    "allextendedrights": (EdgeKind.ALL_EXTENDED,),
    "forcechangepassword": (EdgeKind.FORCE_PASSWORD,),
    "addmember": (EdgeKind.ADD_MEMBER,),
    "addself": (EdgeKind.ADD_SELF,),
    "writespn": (EdgeKind.WRITE_SPN,),
    "addkeycredentiallink": (EdgeKind.WRITE_KEY_CREDENTIAL,),
    "writealtsecurityidentities": (EdgeKind.WRITE_ALT_IDENTITY,),
    "writepublicinformation": (EdgeKind.WRITE_SPN, EdgeKind.WRITE_ALT_IDENTITY),  # the property set holds both
    "addallowedtoact": (EdgeKind.WRITE_ALLOWED_TO_ACT,),
    "writeaccountrestrictions": (EdgeKind.WRITE_ACCOUNT_RESTRICTIONS,),
    "writegplink": (EdgeKind.WRITE_GP_LINK,),
    "readlapspassword": (EdgeKind.READ_LAPS,),
    "readgmsapassword": (EdgeKind.READ_MANAGED_PASSWORD,),
    "getchanges": (EdgeKind.GET_CHANGES,),
    "getchangesall": (EdgeKind.GET_CHANGES_ALL,),
    "getchangesinfilteredset": (EdgeKind.GET_CHANGES_FILTERED,),
    "enroll": (EdgeKind.ENROLL,),
    "autoenroll": (EdgeKind.AUTO_ENROLL,),
    "manageca": (EdgeKind.MANAGE_CA,),
    "managecertificates": (EdgeKind.MANAGE_CERTIFICATES,),
    "writepkinameflag": (EdgeKind.WRITE_PKI_NAME_FLAG,),
    "writepkienrollmentflag": (EdgeKind.WRITE_PKI_ENROLLMENT_FLAG,),
    "sqladmin": (EdgeKind.SQL_ADMIN,),
}

# Local groups of a computer, by the RID of the group
LOCAL: Mapping[str, EdgeKind] = {
    "544": EdgeKind.ADMIN_TO,
    "555": EdgeKind.REMOTE_DESKTOP,
    "562": EdgeKind.REMOTE_DCOM,
    "580": EdgeKind.REMOTE_POWERSHELL,
}
LOCAL_V4: Mapping[str, EdgeKind] = {  # version 4 of computers, and what a GPO puts in local groups
    "LocalAdmins": EdgeKind.ADMIN_TO,
    "RemoteDesktopUsers": EdgeKind.REMOTE_DESKTOP,
    "DcomUsers": EdgeKind.REMOTE_DCOM,
    "PSRemoteUsers": EdgeKind.REMOTE_POWERSHELL,
}

# Bit of « methods » in meta → what its absence leaves unread
METHODS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (1, "les membres des groupes", ("member", "members")),
    (64, "les droits sur les objets", ("descriptor",)),
    (2, "les administrateurs locaux des postes", ()),
    (8, "les sessions ouvertes sur les postes", ()),
)

FUNCTIONAL_LEVELS: Mapping[str, int] = {
    "2000 Mixed/Native": 0,
    "2003 Interim": 1,
    "2003": 2,
    "2008": 3,
    "2008 R2": 4,
    "2012": 5,
    "2012 R2": 6,
    "2016": 7,
    "2025": 10,
}


class NameFlag(IntFlag):
    """msPKI-Certificate-Name-Flag, as SharpHound spells its bits."""

    NONE = 0
    ENROLLEE_SUPPLIES_SUBJECT = 0x1
    ADD_EMAIL = 0x2
    ADD_OBJ_GUID = 0x4
    OLD_CERT_SUPPLIES_SUBJECT_AND_ALT_NAME = 0x8
    ADD_DIRECTORY_PATH = 0x100
    ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME = 0x10000
    SUBJECT_ALT_REQUIRE_DOMAIN_DNS = 0x400000
    SUBJECT_ALT_REQUIRE_SPN = 0x800000
    SUBJECT_ALT_REQUIRE_DIRECTORY_GUID = 0x1000000
    SUBJECT_ALT_REQUIRE_UPN = 0x2000000
    SUBJECT_ALT_REQUIRE_EMAIL = 0x4000000
    SUBJECT_ALT_REQUIRE_DNS = 0x8000000
    SUBJECT_REQUIRE_DNS_AS_CN = 0x10000000
    SUBJECT_REQUIRE_EMAIL = 0x20000000
    SUBJECT_REQUIRE_COMMON_NAME = 0x40000000
    SUBJECT_REQUIRE_DIRECTORY_PATH = 0x80000000


class EnrollmentFlag(IntFlag):
    """msPKI-Enrollment-Flag, as SharpHound spells its bits."""

    NONE = 0
    INCLUDE_SYMMETRIC_ALGORITHMS = 0x1
    PEND_ALL_REQUESTS = 0x2
    PUBLISH_TO_KRA_CONTAINER = 0x4
    PUBLISH_TO_DS = 0x8
    AUTO_ENROLLMENT_CHECK_USER_DS_CERTIFICATE = 0x10
    AUTO_ENROLLMENT = 0x20
    CT_FLAG_DOMAIN_AUTHENTICATION_NOT_REQUIRED = 0x80
    PREVIOUS_APPROVAL_VALIDATE_REENROLLMENT = 0x40
    USER_INTERACTION_REQUIRED = 0x100
    ADD_TEMPLATE_NAME = 0x200
    REMOVE_INVALID_CERTIFICATE_FROM_PERSONAL_STORE = 0x400
    ALLOW_ENROLL_ON_BEHALF_OF = 0x800
    ADD_OCSP_NOCHECK = 0x1000
    ENABLE_KEY_REUSE_ON_NT_TOKEN_KEYSET_STORAGE_FULL = 0x2000
    NOREVOCATIONINFOINISSUEDCERTS = 0x4000
    INCLUDE_BASIC_CONSTRAINTS_FOR_EE_CERTS = 0x8000
    ALLOW_PREVIOUS_APPROVAL_KEYBASEDRENEWAL_VALIDATE_REENROLLMENT = 0x10000
    ISSUANCE_POLICIES_FROM_REQUEST = 0x20000
    SKIP_AUTO_RENEWAL = 0x40000
    NO_SECURITY_EXTENSION = 0x80000


class AuthorityFlag(IntFlag):
    """flags of a pKIEnrollmentService."""

    NONE = 0
    NO_TEMPLATE_SUPPORT = 0x1
    SUPPORTS_NT_AUTHENTICATION = 0x2
    CA_SUPPORTS_MANUAL_AUTHENTICATION = 0x4
    CA_SERVERTYPE_ADVANCED = 0x8
