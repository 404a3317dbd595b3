# SPDX-License-Identifier: EUPL-1.2
"""The many: users, computers, groups and units of an invented hospital, drawn by columns and written one by one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.generating.land import AES, DISABLED, MACHINE, NORMAL, PERSON, WORKSTATION, Land
from carene.engines.directory.generating.made import DAY, FORCE_PASSWORD, Access, Made, extended, guid

SERVICES = [
    "Urgences",
    "Réanimation",
    "Cardiologie",
    "Pédiatrie",
    "Imagerie",
    "Laboratoire",
    "Pharmacie",
    "Bloc",
    "DSI",
    "RH",
    "Accueil",
    "GAP",
]
FIRST = [
    "Anne",
    "Karim",
    "Lucie",
    "Paul",
    "Inès",
    "Hugo",
    "Fatou",
    "Jean",
    "Claire",
    "Omar",
    "Nadia",
    "Luc",
    "Sophie",
    "Yann",
    "Léa",
    "Marc",
]
LAST = [
    "Martin",
    "Diallo",
    "Bernard",
    "Petit",
    "Nguyen",
    "Robert",
    "Durand",
    "Leroy",
    "Moreau",
    "Simon",
    "Benali",
    "Roux",
    "Garcia",
]
USERS, COMPUTERS, GROUPS = 0.55, 0.25, 0.18  # shares of the objects of a domain
BY_UNIT = 400
PER_USER = 5  # groups that a user is directly in
FIRST_RID = 10_000


class Crowd:
    """``count`` objects around the heart of a domain. ``stale``, ``unending``: shares of users whose password is four
    years old with no logon since, and of users whose password never expires."""

    def __init__(
        self,
        land: Land,
        count: int,
        seed: int,
        *,
        stale: float = 0.02,
        unending: float = 0.01,
        per_user: int = PER_USER,
    ) -> None:
        self.land = land
        self._seed = [seed, len(land.name), *land.name.encode()]
        self.users, self.computers = int(count * USERS), int(count * COMPUTERS)
        self.groups = max(int(count * GROUPS), 1)
        self.units = max(count // BY_UNIT, 1)
        self.stale, self.unending = stale, unending
        self.of_user: NDArray[np.int32] = np.random.default_rng(self._seed).integers(
            0, self.groups, (self.users, per_user), np.int32
        )
        order = np.argsort(self.of_user.ravel(), kind="stable")
        self._member = (order // per_user).astype(np.int32)
        self._starts = np.searchsorted(self.of_user.ravel()[order], np.arange(self.groups + 1))

    def unit(self, number: int) -> str:
        service = SERVICES[number % len(SERVICES)]
        return f"OU={service} {number // len(SERVICES) + 1},{self.land.dn}"

    def user(self, number: int) -> str:
        return f"CN={self.name(number)},{self.unit(number % self.units)}"

    def name(self, number: int) -> str:
        return f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]} {number}"

    def group(self, number: int) -> str:
        return f"CN=G-{SERVICES[number % len(SERVICES)]}-{number},{self.unit(number % self.units)}"

    def __iter__(self) -> Iterator[Made]:
        accesses = [self._access(number) for number in range(self.units)]
        for number in range(self.units):
            yield self._made(self.unit(number), ("top", "organizationalUnit"), {}, accesses[number])
        yield from self._groups(accesses)
        yield from self._users(accesses)
        yield from self._computers(accesses)

    def _access(self, unit: int) -> Access:
        """The helpdesk of each unit resets its passwords."""
        return self.land.access.plus(extended(self._group_sid(unit), FORCE_PASSWORD, "ForceChangePassword"))

    def _group_sid(self, number: int) -> str:
        return self.land.rid(FIRST_RID + number % self.groups)

    def _made(self, dn: str, classes: tuple[str, ...], values: dict[str, object], access: Access) -> Made:
        values["objectguid"] = guid(dn)
        values.setdefault("whencreated", self.land.now - 700 * DAY)
        return Made(dn, classes, values, access)

    def _groups(self, accesses: list[Access]) -> Iterator[Made]:
        for number in range(self.groups):
            mine = np.unique(self._member[self._starts[number] : self._starts[number + 1]])
            name = f"G-{SERVICES[number % len(SERVICES)]}-{number}"
            values: dict[str, object] = {
                "samaccountname": name, "objectsid": self._group_sid(number), "grouptype": -2147483646,
                "member": tuple(self.user(int(user)) for user in mine),
            }  # fmt: skip
            yield self._made(self.group(number), ("top", "group"), values, accesses[number % self.units])

    def _users(self, accesses: list[Access]) -> Iterator[Made]:
        now, count = self.land.now, self.users
        draw = np.random.default_rng([*self._seed, 1])  # the same each time that they are walked
        ages, logons, chances = draw.integers(1, 300, count), draw.integers(0, 28, count), draw.random((3, count))
        for number in range(count):
            name = self.name(number)
            stale = chances[0, number] < self.stale
            flags = NORMAL | (0x10000 if chances[1, number] < self.unending else 0)
            if chances[2, number] < 0.03:
                flags |= DISABLED
            values: dict[str, object] = {
                "samaccountname": name.lower().replace(" ", "."), "displayname": name, "useraccountcontrol": flags,
                "objectsid": self.land.rid(FIRST_RID + self.groups + number), "primarygroupid": 513,
                "pwdlastset": now - (1_500 if stale else int(ages[number])) * DAY,
                "lastlogontimestamp": now - (500 if stale else int(logons[number])) * DAY,
                "whencreated": now - 2_000 * DAY,
            }  # fmt: skip
            made = self._made(self.user(number), PERSON, values, accesses[number % self.units])
            made.member_of = [self.group(int(group)) for group in np.unique(self.of_user[number])]
            yield made

    def _computers(self, accesses: list[Access]) -> Iterator[Made]:
        now = self.land.now
        for number in range(self.computers):
            server = number % 20 == 0
            name = f"{'SRV' if server else 'PC'}-{number:06}"
            values: dict[str, object] = {
                "samaccountname": f"{name}$", "objectsid": self.land.rid(FIRST_RID + self.groups + self.users + number),
                "useraccountcontrol": WORKSTATION, "primarygroupid": 515, "dnshostname": f"{name}.{self.land.name}",
                "operatingsystem": "Windows Server 2022 Standard" if server else "Windows 11 Professionnel",
                "operatingsystemversion": "10.0 (20348)" if server else "10.0 (26100)",
                "pwdlastset": now - (1 + number % 29) * DAY, "lastlogontimestamp": now - (number % 20) * DAY,
                "serviceprincipalname": (f"HOST/{name}",), "msds-supportedencryptiontypes": AES,
            }  # fmt: skip
            unit = number % self.units
            yield self._made(f"CN={name},{self.unit(unit)}", MACHINE, values, accesses[unit])
