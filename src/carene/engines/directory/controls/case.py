# SPDX-License-Identifier: EUPL-1.2
"""What controls look at: the collection, its dates, who is privileged, who has which right on what."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.model import MISSING, NEVER, Collection, Edges, Integers

DAY = 86_400
DISABLED = 0x2  # userAccountControl: ACCOUNTDISABLE
USERS = ("user", "inetorgperson")
MANAGED = ("msds-groupmanagedserviceaccount", "msds-managedserviceaccount", "msds-delegatedmanagedserviceaccount")
ACCOUNTS = (*USERS, "computer", *MANAGED)
# A forest has them once, in the partition of its configuration (or, for zones, of its DNS): any of its domains tells
CONFIGURATION = frozenset({
    "certificationauthority", "controlaccessright", "crossref", "crossrefcontainer", "displayspecifier", "dnszone",
    "msds-authnpolicysilo", "mskds-provrootkey", "ntdsdsa", "ntdsdsaro", "ntdsservice", "pkicertificatetemplate",
    "pkienrollmentservice", "server", "site",
})  # fmt: skip
# Every domain, every forest has one, that only who asks for all objects reads: without it, « none » is not told
EVERYWHERE, EVERY_FOREST = "ridmanager", "ntdsservice"


class Case:
    """``privileged``: mask over objects (recursive members of the privileged groups, RID 500). ``rights``: who can do
    what to whom by descriptors and delegations, without membership."""

    def __init__(self, collection: Collection, privileged: NDArray[np.bool_], rights: Edges) -> None:
        self.collection = collection
        self.privileged = privileged
        self.rights = rights

    @cached_property
    def collected(self) -> tuple[int, ...]:
        """Domains that a collection read, by number."""
        return tuple(number for number, domain in enumerate(self.collection.domains) if domain.sources)

    def now(self, domain: int) -> int:
        """Seconds UTC: when it was collected, or the last thing that happened in it when its files do not say."""
        told = self.collection.domains[domain].collected_at
        if told is not None:
            return told
        objects = self.collection.objects
        mine = objects.domain == domain
        last = [int(times[mine].max(initial=NEVER)) for times in (objects.last_logon, objects.password_set)]
        return max(last)

    def knows(self, domain: int, structural: str, attribute: str) -> bool:
        """Would a collection of the domain hold this attribute, were it set? « ?class »: only where there is one, when
        its collection would have found them."""
        optional = structural.startswith("?")
        structural = structural.lstrip("?")
        if optional and not len(self.collection.of(structural, domain=domain)) and self.whole(domain, structural):
            return True
        name = self.collection.domains[domain].name
        broken = any(attribute in gap.attributes and gap.domain in {"", name} for gap in self.collection.gaps)
        return not broken and self.collection.knowledge.of(domain, structural, attribute)

    def whole(self, domain: int, structural: str) -> bool:
        """Was the partition that holds such objects read object by object, whatever their class?"""
        if domain in self.collection.knowledge.everything:
            return True
        proof, domains = (EVERY_FOREST, self.forest(domain)) if structural in CONFIGURATION else (EVERYWHERE, (domain,))
        return any(self.collection.knowledge.of(one, proof, "whencreated") for one in domains)

    def forest(self, domain: int) -> tuple[int, ...]:
        """The collected domains of its forest, by number, itself among them."""
        return tuple(one for one in self.collected if self._roots[one] == self._roots[domain])

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        """By domain, the name of the root of its forest; when no collection says it, the domain above it."""
        domains = self.collection.domains
        names = [domains[number].name for number in self.collected]
        return tuple(
            one.forest or min((name for name in names if one.name.endswith(f".{name}")), key=len, default=one.name)
            for one in domains
        )

    # Objects of a domain --------------------------------------------------------------------------------------------

    def of(self, domain: int, *structural: str) -> NDArray[np.int64]:
        return self.collection.of(*structural, domain=domain)

    def of_forest(self, domain: int, *structural: str) -> NDArray[np.int64]:
        return np.concatenate([self.of(one, *structural) for one in self.forest(domain)])

    def enabled(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        kept: NDArray[np.int64] = indices[self.flag(indices, DISABLED) == 0]
        return kept

    def flag(self, indices: NDArray[np.int64], bit: int) -> Integers:
        """Nonzero where userAccountControl has the bit; 0 where it was not read."""
        uac = self.collection.objects.uac[indices]
        return np.where(uac == MISSING, 0, uac & bit)

    def days(self, times: Integers, indices: NDArray[np.int64], domain: int) -> Integers:
        """Days from these times to the collection; MISSING where there is no time, and for NEVER."""
        values = times[indices]
        return np.where((values == MISSING) | (values == NEVER), MISSING, (self.now(domain) - values) // DAY)
