# SPDX-License-Identifier: EUPL-1.2
"""Templates of certificates that give another's identity, when an authority publishes them and lets one ask.

What needs the registry of controllers or a second account (ESC9, ESC10) is not derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from carene.engines.directory.graph.edges import edges_of, head_of, pairs_of
from carene.engines.directory.graph.together import Held
from carene.engines.directory.model import Collection, EdgeKind, Edges

_K = EdgeKind
_CLIENT, _SMART_CARD, _PKINIT = "1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.311.20.2.2", "1.3.6.1.5.2.3.4"
_ANY_PURPOSE, _AGENT = "2.5.29.37.0", "1.3.6.1.4.1.311.20.2.1"
_SUPPLIES_SUBJECT, _SUPPLIES_OTHER_NAMES = 0x1, 0x10000  # msPKI-Certificate-Name-Flag
_APPROVAL, _NO_SECURITY_EXTENSION = 0x2, 0x80000  # msPKI-Enrollment-Flag
_STRONG = 2  # StrongCertificateBindingEnforcement: certificates without the extension are refused
_TEMPLATE, _AUTHORITY = "pkicertificatetemplate", "pkienrollmentservice"
_SERVICES = ",cn=public key services,"  # what follows it names the forest
_ASK = (_K.ENROLL, _K.ALL_EXTENDED, _K.GENERIC_ALL)
_REWRITE = (_K.GENERIC_ALL, _K.GENERIC_WRITE, _K.WRITE_DACL, _K.WRITE_OWNER, _K.OWNER)


@dataclass(frozen=True)
class Template:
    """``free``: delivered without approval nor signature of an agent."""

    index: int
    uses: frozenset[str]
    names: int
    free: bool
    unbound: bool  # the certificate does not carry the identity of the account
    by_agent: bool  # an agent may ask for others

    @property
    def signs_in(self) -> bool:
        return not self.uses or bool(self.uses & {_CLIENT, _SMART_CARD, _PKINIT, _ANY_PURPOSE})

    @property
    def any_name(self) -> bool:
        return bool(self.names & (_SUPPLIES_SUBJECT | _SUPPLIES_OTHER_NAMES))

    @property
    def makes_agents(self) -> bool:
        return not self.uses or bool(self.uses & {_AGENT, _ANY_PURPOSE})


def certificates(collection: Collection, held: Held) -> Edges:
    """Golden certificates, ESC1, ESC3, ESC4, ESC6 towards the domain of the authority, ESC13 towards the group
    that the template gives."""
    made: list[Edges] = [_golden(collection, held)]
    for authority, templates in published(collection):
        head = head_of(collection, authority)
        if head < 0:
            continue
        askers = held.sources(authority, *_ASK)
        by_agent = any(one.by_agent and one.signs_in for one in templates)
        any_name_added = bool(collection.value("sharphound:isuserspecifiessanenabled", authority, False))
        weak = _weak_binding(collection, int(collection.objects.domain[authority]))
        for one in templates:
            fits: Mapping[EdgeKind, bool] = {
                _K.ESC1: one.free and one.signs_in and one.any_name,
                _K.ESC3: one.free and one.makes_agents and by_agent,
                _K.ESC6: one.free and one.signs_in and any_name_added and (one.unbound or weak),
            }
            enrolled = held.both(held.sources(one.index, *_ASK), askers) if any(fits.values()) else None
            if enrolled is not None:
                made += [edges_of(kind, enrolled, np.full(len(enrolled), head)) for kind, yes in fits.items() if yes]
            writers = held.both(held.sources(one.index, *_REWRITE), askers)
            made.append(edges_of(_K.ESC4, writers, np.full(len(writers), head)))
            group = _group_given(collection, one.index)
            if group >= 0 and one.free and one.signs_in:
                given = held.both(held.sources(one.index, *_ASK), askers)
                made.append(edges_of(_K.ESC13, given, np.full(len(given), group)))
    return Edges.joined(made)


def _golden(collection: Collection, held: Held) -> Edges:
    """The computer of an authority holds its key, and so makes certificates in anybody's name."""
    hosts = {host for one in held.targets(_K.HOSTS_CA).tolist() for host in held.sources(one, _K.HOSTS_CA).tolist()}
    return pairs_of(_K.GOLDEN_CERTIFICATE, ((i, head) for i in sorted(hosts) if (head := head_of(collection, i)) >= 0))


def published(collection: Collection) -> Iterator[tuple[int, list[Template]]]:
    """Each authority with the templates that it delivers."""
    objects = collection.objects
    forest = {i: objects.dn[i].lower().partition(_SERVICES)[2] for i in collection.of(_TEMPLATE, _AUTHORITY).tolist()}
    templates = {(forest[i], objects.name[i].lower()): i for i in collection.of(_TEMPLATE).tolist()}
    for authority in collection.of(_AUTHORITY).tolist():
        names = collection.value("certificatetemplates", authority, ()) or ()
        found = (templates.get((forest[authority], str(name).lower()), -1) for name in names)
        yield authority, [_template(collection, index) for index in sorted({i for i in found if i >= 0})]


def _template(collection: Collection, index: int) -> Template:
    def value(name: str, default: int = 0) -> int:
        found = collection.value(name, index)
        return default if found is None else int(found)

    uses = collection.value("pkiextendedkeyusage", index, ()) or ()
    policies = collection.value("mspki-certificate-application-policy", index, ()) or ()
    version = value("mspki-template-schema-version", 1)
    flags = value("mspki-enrollment-flag", _APPROVAL)  # every template has them: not there, they were not read
    return Template(
        index=index,
        uses=frozenset(policies if version > 1 and policies else uses),
        names=value("mspki-certificate-name-flag"),
        free=not flags & _APPROVAL and value("mspki-ra-signature") <= 0,
        unbound=bool(flags & _NO_SECURITY_EXTENSION),
        by_agent=not flags & _APPROVAL
        and (version == 1 or _AGENT in (collection.value("mspki-ra-application-policies", index, ()) or ())),
    )


def _weak_binding(collection: Collection, domain: int) -> bool:
    return any(
        value is not None and 0 <= value < _STRONG
        for index, value in collection.having("sharphound:strongcertificatebindingenforcement")
        if collection.objects.domain[index] == domain
    )


def _group_given(collection: Collection, template: int) -> int:
    """The group that an issuance policy of the template is linked to; -1: none."""
    policies = set(collection.value("mspki-certificate-policy", template, ()) or ())
    for index, oid in collection.having("mspki-cert-template-oid") if policies else ():
        if oid in policies:
            return collection.by_dn.get(str(collection.value("msds-oidtogrouplink", index, "")).lower(), -1)
    return -1
