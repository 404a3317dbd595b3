# SPDX-License-Identifier: EUPL-1.2
"""Properties of SharpHound → attributes, where they say the same thing.

What SharpHound derives from userAccountControl keeps its own name (« sharphound:enabled »…), because the raw value,
that most control points need, is not in its files: enabled, unconstraineddelegation, trustedtoauth, dontreqpreauth,
passwordnotreqd, pwdneverexpires and sensitive say something of an account; isdc and haslaps of a computer;
isaclprotected of any object; the rest of certificate authorities and of domain controllers' registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import IntFlag
from functools import partial
from typing import Any

from carene.engines.directory.model import NEVER
from carene.engines.directory.readers.sharphound.kinds import (
    FUNCTIONAL_LEVELS,
    AuthorityFlag,
    EnrollmentFlag,
    NameFlag,
)

PREFIX = "sharphound:"
Convert = Callable[[Any], Any]  # None: unset. Raises ValueError, TypeError or KeyError for what it does not understand
SPAN = re.compile(r"(\d+)\s*(day|hour|minute|second)", re.IGNORECASE)
SECONDS = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
LARGEST = 1 << 62
FAR = 1 << 40  # seconds; a date beyond is an overflow of the collector


def _text(value: Any) -> str | None:
    return str(value) or None


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(map(str, value)) or None if isinstance(value, list) else (str(value),)


def _integer(value: Any) -> int:
    number = int(value)
    if abs(number) >= LARGEST:
        raise ValueError(value)
    return number


def _time(value: Any) -> int | None:
    """-1: the attribute is not there."""
    seconds = int(value)
    if seconds >= FAR:
        raise ValueError(value)
    return seconds if seconds >= 0 else None


def _created(value: Any) -> int | None:
    return _time(value) or None


def _logon(value: Any) -> int | None:
    """-1: the account never logged on since the attribute exists."""
    return NEVER if int(value) == -1 else _time(value)


def _true(value: Any) -> int | None:
    """adminCount: false stands for 0 and for unset alike."""
    return 1 if value is True or value == 1 else None


def _flags(names: type[IntFlag], value: Any) -> int:
    text = str(value)
    if text.lstrip("-").isdigit():
        return int(text) & 0xFFFFFFFF
    found = 0
    for one in text.split(","):
        found |= names[one.strip()]
    return int(found)


def _level(value: Any) -> int:
    return FUNCTIONAL_LEVELS[str(value)] if not isinstance(value, int) else value


def _delay(value: Any) -> int | None:
    """« 42 days, 2 hours »; « Forever »: None is a value here, that the caller keeps."""
    if isinstance(value, int):
        return value
    found = SPAN.findall(str(value))
    if not found and str(value).lower() not in {"forever", "never"}:
        raise ValueError(value)
    return sum(int(count) * SECONDS[unit.lower()] for count, unit in found) if found else None


ATTRIBUTES: Mapping[str, tuple[str, Convert]] = {
    "samaccountname": ("samaccountname", _text),
    "description": ("description", _text),
    "displayname": ("displayname", _text),
    "email": ("mail", _text),
    "logonscript": ("scriptpath", _text),
    "operatingsystem": ("operatingsystem", _text),
    "dnshostname": ("dnshostname", _text),
    "gpcpath": ("gpcfilesyspath", _text),
    "caname": ("cn", _text),
    "dsheuristics": ("dsheuristics", _text),
    "whencreated": ("whencreated", _created),
    "pwdlastset": ("pwdlastset", _time),
    "lastlogon": ("lastlogon", _time),
    "lastlogontimestamp": ("lastlogontimestamp", _logon),
    "useraccountcontrol": ("useraccountcontrol", _integer),
    "admincount": ("admincount", _true),
    "sidhistory": ("sidhistory", _texts),
    "serviceprincipalnames": ("serviceprincipalname", _texts),
    "allowedtodelegate": ("msds-allowedtodelegateto", _texts),
    "functionallevel": ("msds-behavior-version", _level),
    "machineaccountquota": ("ms-ds-machineaccountquota", _integer),
    "minpwdlength": ("minpwdlength", _integer),
    "pwdproperties": ("pwdproperties", _integer),
    "pwdhistorylength": ("pwdhistorylength", _integer),
    "lockoutthreshold": ("lockoutthreshold", _integer),
    "minpwdage": ("minpwdage", _delay),
    "maxpwdage": ("maxpwdage", _delay),
    "lockoutduration": ("lockoutduration", _delay),
    "expirepasswordsonsmartcardonlyaccounts": ("msds-expirepasswordsonsmartcardonlyaccounts", bool),
    "blocksinheritance": ("gpoptions", lambda value: 1 if value else 0),
    "certificatenameflag": ("mspki-certificate-name-flag", partial(_flags, NameFlag)),
    "enrollmentflag": ("mspki-enrollment-flag", partial(_flags, EnrollmentFlag)),
    "flags": ("flags", partial(_flags, AuthorityFlag)),
    "schemaversion": ("mspki-template-schema-version", _integer),
    "authorizedsignatures": ("mspki-ra-signature", lambda value: max(int(value), 0)),
    "ekus": ("pkiextendedkeyusage", _texts),
    "certificateapplicationpolicy": ("mspki-certificate-application-policy", _texts),
    "applicationpolicies": ("mspki-ra-application-policies", _texts),
    "certificatepolicy": ("mspki-certificate-policy", _texts),
}

_OWN = """
    enabled unconstraineddelegation trustedtoauth dontreqpreauth passwordnotreqd pwdneverexpires sensitive isdc
    haslaps isaclprotected authenticationenabled certthumbprint certthumbprints"""
OWN = frozenset(_OWN.split())
# Written only when they hold something, by every version that reads the properties of such objects
WHEN_SET: Mapping[str, tuple[str, ...]] = {
    "user": ("msds-allowedtodelegateto",),
    "computer": ("msds-allowedtodelegateto",),
}
_NOT_OF: Mapping[str, frozenset[str]] = {"pkicertificatetemplate": frozenset({"flags"})}


def attributes_of(
    structural: str, properties: Mapping[str, Any], unknown: Callable[[str, Any], None]
) -> dict[str, Any]:
    """``unknown`` is told each property that is not understood, by the name of its attribute."""
    values: dict[str, Any] = {}
    for name, value in properties.items():
        if name in OWN and value is not None:
            values[PREFIX + name] = tuple(value) if isinstance(value, list) else value
            continue
        known = ATTRIBUTES.get(name)
        if known is None or value is None or name in _NOT_OF.get(structural, ()):
            continue
        try:
            converted = known[1](value)
        except (ValueError, TypeError, KeyError, OverflowError):
            unknown(known[0], value)
            continue
        if converted is not None or known[1] is _delay:
            values[known[0]] = converted
    return values


def read_by(structural: str, names: Iterable[str]) -> frozenset[str]:
    """The attributes that a file reads, from the properties that its objects hold."""
    skipped = _NOT_OF.get(structural, frozenset())
    read = {ATTRIBUTES[name][0] for name in names if name in ATTRIBUTES and name not in skipped}
    read |= {PREFIX + name for name in names if name in OWN}
    if "pwdlastset" in read:
        read |= set(WHEN_SET.get(structural, ()))
    return frozenset(read)
