# SPDX-License-Identifier: EUPL-1.2
"""The attributes that are kept, and the type that each value has once read, whichever collector wrote it.

A reader drops what is not named here: 4,000 attributes of a schema are collected, some ninety decide something.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Type(Enum):
    INTEGER = "int"
    TIME = "int, seconds UTC; NEVER for zero"
    DELAY = "int, seconds; None: no limit"  # maxPwdAge, lockoutDuration: negative hundreds of nanoseconds in LDAP
    BOOLEAN = "bool"
    TEXT = "str"
    TEXTS = "tuple of str"
    NAME = "str, a DN as written"
    NAMES = "tuple of str, DNs as written"
    SID = "str, S-1-…"
    SIDS = "tuple of str, S-1-…"
    GUID = "str, lower case with hyphens"
    BLOB = "bytes"
    BLOBS = "tuple of bytes"


_BY_TYPE: Mapping[Type, str] = {
    Type.INTEGER: """
        useraccountcontrol primarygroupid msds-supportedencryptiontypes admincount grouptype trustattributes
        trustdirection trusttype msds-behavior-version revision ms-ds-machineaccountquota minpwdlength pwdproperties
        pwdhistorylength lockoutthreshold msds-passwordsettingsprecedence msds-minimumpasswordlength
        msds-lockoutthreshold msds-secondarykrbtgtnumber mspki-certificate-name-flag mspki-enrollment-flag
        mspki-ra-signature mspki-template-schema-version mspki-private-key-flag pkidefaultkeyspec flags options
        systemflags schemaflagsex searchflags msds-user-account-control-computed logoncount badpwdcount
        msds-delegatedmsastate dfsr-flags gpoptions objectversion""",
    Type.TIME: """
        pwdlastset lastlogontimestamp lastlogon whencreated whenchanged accountexpires mslaps-passwordexpirationtime
        ms-mcs-admpwdexpirationtime""",
    Type.DELAY: """
        maxpwdage minpwdage lockoutduration lockoutobservationwindow msds-maximumpasswordage msds-minimumpasswordage
        msds-lockoutduration""",
    Type.BOOLEAN: """
        msds-passwordreversibleencryptionenabled msds-passwordcomplexityenabled msds-authnpolicysiloenforced
        msds-expirepasswordsonsmartcardonlyaccounts isdeleted isrecycled""",
    Type.TEXT: """
        samaccountname cn displayname description operatingsystem operatingsystemversion dnshostname dsheuristics
        gpcfilesyspath scriptpath trustpartner flatname dnsroot netbiosname ldapdisplayname adminpropertypages
        defaultsecuritydescriptor userprincipalname mail ipsecdata gplink mspki-cert-template-oid""",
    Type.TEXTS: """
        serviceprincipalname msds-allowedtodelegateto altsecurityidentities pkiextendedkeyusage
        mspki-certificate-application-policy mspki-certificate-policy mspki-ra-application-policies certificatetemplates
        admincontextmenu shellcontextmenu admin-multiselect-property-pages gpcmachineextensionnames
        gpcuserextensionnames msds-keycredentiallink""",
    Type.NAME: """
        managedby serverreference serverreferencebl fsmoroleowner msds-assignedauthnpolicysilo
        msds-assignedauthnpolicy msds-krbtgtlink ncname msds-oidtogrouplink dfsr-computerreference
        msds-managedaccountprecededbylink msds-computerauthnpolicy msds-userauthnpolicy""",
    Type.NAMES: """
        member memberof msds-authnpolicysilomembers msds-psoappliesto msds-revealedusers msds-neverrevealgroup
        msds-revealondemandgroup msds-hasdomainncs systempossuperiors possuperiors msds-revealedlist
        msds-supersededmanagedaccountlink""",
    Type.SID: "objectsid securityidentifier ms-ds-creatorsid",
    Type.SIDS: "sidhistory",
    Type.GUID: "objectguid schemaidguid attributesecurityguid rightsguid",
    Type.BLOB: """
        msds-allowedtoactonbehalfofotheridentity msds-groupmsamembership msds-trustforesttrustinfo
        pkiexpirationperiod pkioverlapperiod""",
    Type.BLOBS: "cacertificate usercertificate usersmimecertificate dnsproperty crosscertificatepair",
}

TYPES: Mapping[str, Type] = {name: kind for kind, names in _BY_TYPE.items() for name in names.split()}

# These have a column of their own: attribute → name of the column of Objects
COLUMNS: Mapping[str, str] = {
    "useraccountcontrol": "uac",
    "pwdlastset": "password_set",
    "lastlogontimestamp": "last_logon",
    "whencreated": "created",
    "primarygroupid": "primary_group",
    "msds-supportedencryptiontypes": "encryption",
    "admincount": "admin_count",
}
