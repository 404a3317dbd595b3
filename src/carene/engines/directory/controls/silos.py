# SPDX-License-Identifier: EUPL-1.2
"""Authentication policy silos: where the powerful may sign in."""

from __future__ import annotations

from collections.abc import Iterator

from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.contract import Fault, Unknown, control

ASSIGNED = "msds-assignedauthnpolicysilo"


@control("silo_priv", {"user": ("useraccountcontrol", ASSIGNED)})
def silo_priv(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    """The account names its silo, the silo names the account, and the silo is enforced."""
    collection = case.collection
    unknown = 0
    for index in people.privileged(case, domain).tolist():
        name = collection.value(ASSIGNED, index)
        silo = collection.by_dn.get(str(name).lower(), -1) if name else -1
        if not name:
            yield Fault(index, "affecté à aucun silo d'authentification", 4, domain)
        elif silo < 0:
            unknown += 1
        elif not collection.value("msds-authnpolicysiloenforced", silo, False):
            yield Fault(index, f"le silo {collection.objects.name[silo]} n'est pas appliqué", 4, domain)
        elif not _holds(case, silo, index):
            yield Fault(index, f"le silo {collection.objects.name[silo]} ne l'a pas pour membre", 4, domain)
    if unknown:
        yield Unknown(domain, "les silos d'authentification n'ont pas été lus", "une collecte ORADAD de la forêt")
    yield from people.hidden(case, domain)


def _holds(case: Case, silo: int, index: int) -> bool:
    members = case.collection.value("msds-authnpolicysilomembers", silo, ())
    return case.collection.objects.dn[index].lower() in {str(name).lower() for name in members}
