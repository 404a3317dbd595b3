import logging

import pytest

from carene.apps.organisations.models import Organisation
from tests.attacks.crawl import PAGES

logging.disable(50)


@pytest.mark.parametrize("n", [2**63 - 1, 2**31 - 1, 0])
def test_huge(mine, client_for, n):
    c = client_for(mine.owner)
    c.raise_request_exception = False
    r = c.post(
        f"/o/{mine.node}/etablissement/",
        {
            "name": "x",
            "type": "ch",
            "ght_role": "support",
            "beds": n,
            "staff": n,
            "workstations": n,
            "servers": n,
            "operating_budget": n,
            "digital_budget": n,
        },
    )
    print(r.status_code)
    Organisation.objects.of(mine.organisation.node).update(
        beds=n, staff=n, workstations=n, servers=n, operating_budget=n, digital_budget=n
    )
    for route in PAGES:
        for kind in ("pdf", "docx", "xlsx", "ics") if "document." in route else ("csv",):
            a = mine.address(route, kind=kind)
            r = c.get(a)
            if r.status_code >= 500:
                print("BAD", n, a, r.status_code)
            r.close()
    r = c.get(f"/api/organisations/{mine.node}")
    print(r.content[:100])
    for f in ("xlsx", "yaml", "json"):
        r = c.get(f"/o/{mine.node}/echanges/exporter/?format={f}")
        print(r.status_code)


def test_dates(mine, client_for):
    c = client_for(mine.owner)
    c.raise_request_exception = False
    for e, x in (("0001-01-01", "9999-12-31"), ("9999-12-30", "9999-12-31"), ("0001-01-01", "0001-01-02")):
        r = c.post(
            f"/o/{mine.node}/preuves/ajouter/",
            {"title": "x", "url": "https://x.invalid/", "effective_on": e, "expires_on": x},
        )
        print(r.status_code)
        r = c.post(
            f"/o/{mine.node}/auto-evaluation/{mine.assessment}/confier/?question=GOV.1.2",
            {"question": "GOV.1.2", "user": mine.colleague.pk, "due_on": x},
        )
        print(r.status_code)
        r = c.post(
            f"/o/{mine.node}/auto-evaluation/{mine.assessment}/confier/?question=GOV.1.3",
            {"question": "GOV.1.3", "user": mine.owner.pk, "due_on": e},
        )
        print(r.status_code)
        r = c.post(f"/o/{mine.node}/feuille-de-route/actions/nouvelle/", {"title": "x", "start_on": e, "due_on": x})
        print(r.status_code)
        r = c.post(
            f"/o/{mine.node}/mesures/saisir/",
            {"indicator": "budget_numerique_pct", "observed_on": e, "value": "1", "source": "x"},
        )
        print("obs", r.status_code)
    for s, e in (("2000-01-01", "2100-12-31"), ("2100-12-31", "2100-12-31"), ("2000-01-01", "2000-01-01")):
        r = c.post(
            f"/o/{mine.node}/feuille-de-route/actions/nouvelle/",
            {"title": "x", "start_on": s, "due_on": e, "planned_cost": "1e9"},
        )
        print("act", r.status_code)
        r = c.post(
            f"/o/{mine.node}/feuille-de-route/actions/nouvelle/",
            {"title": "x", "start_on": s, "due_on": e, "planned_cost": "1000M"},
        )
        print("act", r.status_code)
    for route in PAGES:
        for kind in ("pdf", "docx", "xlsx", "ics") if "document." in route else ("csv",):
            a = mine.address(route, kind=kind)
            r = c.get(a)
            if r.status_code >= 500:
                print("BAD", a, r.status_code)
            r.close()
