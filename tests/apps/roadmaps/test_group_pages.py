# SPDX-License-Identifier: EUPL-1.2
"""« Planifier ensemble » in pages: the form, the plan found, who reads what of it. Plans are rows: none is computed."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carene.apps.roadmaps.group_sheet import headline, said_once
from carene.apps.roadmaps.models import CommonPart, CommonPlan
from carene.apps.roadmaps.objectives import Value
from carene.apps.sharing import actions as sharing
from carene.core.jobs.models import Job
from tests.support.common_plans import make_common_plan
from tests.support.factories import World, give, make_assessment, make_organisation, make_user
from tests.support.text import plain

LEVELS = {"GOV.1.1": 1, "GOV.2.1": 0}


@pytest.fixture
def pair(world: World) -> World:
    """Both hospitals of the GHT have answered; Alice is its RSSI."""
    for one in (world.hospital, world.sister):
        make_assessment(one, LEVELS, state="validated")
    give(world.alice, world.ght, "rssi")
    return world


def address(world: World, rest: str = "") -> str:
    return f"/o/{world.ght.pk}/feuille-de-route/ensemble/{rest}"


def text_of(client: Any, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return " ".join(re.sub(r"<[^>]+>", " ", plain(response)).split())


def posted(world: World, **changes: str) -> dict[str, str]:
    """The form as it is proposed, with some money."""
    start = dt.date(timezone.localdate().year + 1, 1, 1)
    data = {"start": start.strftime("%Y-%m"), "months": "12", "objective": "maturity", "key": "fair", "carrier": "",
            "seconds": "30"}  # fmt: skip
    for one in (world.hospital, world.sister):
        data |= {f"in_{one.pk}": "on", f"budget_{one.pk}_{start.year}": "12 k€", f"team_{one.pk}": "20"}
    return {key: value for key, value in (data | changes).items() if value is not None}


# From the rail to the form --------------------------------------------------------------------------------------------


def test_the_rail_of_a_ght_leads_there(pair: World, client_for: Any) -> None:
    client = client_for(pair.alice)
    assert f'href="{address(pair)}"' in client.get(f"/o/{pair.ght.pk}/").content.decode()
    response = client.get(f"/o/{pair.ght.pk}/feuille-de-route/")
    assert (response.status_code, response["Location"]) == (302, address(pair))
    said = text_of(client, address(pair))
    assert "Aucun plan commun pour l'instant" in said
    make_organisation(pair.ght, name="Hôpital muet")
    assert "Hôpital muet aucune auto-évaluation commencée" in text_of(client, address(pair))


def test_a_hospital_and_a_region_have_no_such_page(pair: World, client_for: Any) -> None:
    give(pair.alice, pair.region, "gestionnaire")
    for node in (pair.hospital, pair.region):
        assert client_for(pair.alice).get(f"/o/{node.pk}/feuille-de-route/ensemble/").status_code == 404


def test_the_form_proposes_the_means_of_each(pair: World, client_for: Any) -> None:
    content = client_for(pair.alice).get(address(pair, "nouveau/")).content.decode()
    for one in (pair.hospital, pair.sister):
        assert f'name="team_{one.pk}"' in content
        assert f'name="in_{one.pk}"' in content
    assert "Proposé d&#x27;après son profil" in content or "Proposé d'après son profil" in content


def test_who_may_plan_none_of_them_is_sent_back(pair: World, client_for: Any) -> None:
    client = client_for(pair.bob)
    assert "Planifier ensemble" in text_of(client, address(pair))
    assert client.get(address(pair, "nouveau/")).status_code == 302
    client.post(address(pair, "nouveau/"), posted(pair))
    assert not CommonPlan.objects.of(pair.ght.node).exists()


def test_asked_it_becomes_a_job_whose_progress_shows(pair: World, client_for: Any) -> None:
    client = client_for(pair.alice)
    response = client.post(address(pair, "nouveau/"), posted(pair))
    row = CommonPlan.objects.of(pair.ght.node).get()
    assert (response.status_code, response["Location"]) == (302, address(pair, f"{row.pk}/"))
    means = row.asked["members"][str(pair.hospital.pk)]
    assert list(means["budgets"].values()) == [12_000.0]
    assert sum(means["team"].values()) == pytest.approx(20, abs=0.1)
    assert "Le plan commun est en cours de recherche" in text_of(client, address(pair, f"{row.pk}/"))
    fragment = client.get(address(pair, f"{row.pk}/avancement/"), headers={"HX-Request": "true"})
    assert "En attente" in fragment.content.decode()
    client.post(address(pair, f"{row.pk}/arreter/"))
    assert Job.objects.of(pair.ght.node).get().state == "stopped"
    assert "Rien n'a encore été trouvé" in text_of(client, address(pair, f"{row.pk}/"))
    client.post(address(pair, f"{row.pk}/relancer/"))
    assert Job.objects.of(pair.ght.node).count() == 2


def test_bad_input_is_said_at_its_field(pair: World, client_for: Any) -> None:
    client, hospital, sister = client_for(pair.alice), pair.hospital, pair.sister
    year = timezone.localdate().year + 1

    def errors(**changes: Any) -> dict[str, Any]:
        response = client.post(address(pair, "nouveau/"), posted(pair, **changes))
        assert response.status_code == 400
        return dict(response.context["form"].errors)

    assert "n'est pas un nombre" in str(errors(**{f"budget_{hospital.pk}_{year}": "beaucoup"}))
    assert set(errors(**{f"budget_{hospital.pk}_{year}": ""})) == {f"budget_{hospital.pk}_{year}"}
    assert set(errors(**{f"in_{sister.pk}": None})) == {"__all__"}
    assert set(errors(months="3")) == {"months"}
    assert set(errors(key="activity")) == {"key"}
    assert set(errors(key="custom")) == {f"percent_{hospital.pk}", f"percent_{sister.pk}"}
    wrong = errors(key="custom", **{f"percent_{hospital.pk}": "60", f"percent_{sister.pk}": "30"})
    assert "font 90" in str(wrong["key"])
    other = make_organisation(pair.ght)
    make_assessment(other, LEVELS)
    assert set(errors(carrier=str(other.pk))) == {"carrier"}
    assert set(errors(carrier="999999")) == {"carrier"}
    assert not CommonPlan.objects.of(pair.ght.node).exists()


# The plan -------------------------------------------------------------------------------------------------------------


def test_the_plan_in_the_order_that_one_reads(pair: World, client_for: Any) -> None:
    row, _ = make_common_plan(pair.ght, pair.hospital, "fer", (pair.sister,))
    said = text_of(client_for(pair.alice), address(pair, f"{row.pk}/"))
    wanted = [
        "planifier ensemble épargne 2 k€ et 6 jours de travail, et vaut 4,0 points de plus, avec les mêmes moyens",
        "il est à 10,0 % au plus du meilleur plan possible", "Qu'y gagne chacun", "10,0 points → 12,0 points",
        "Ceux qui participent à une mesure paient tous autant", "Que fait-on une seule fois", "Mesure de fer",
        "100 € de part propre, 500 € de part commune", "Phrase de fer", "Sur quoi repose ce plan",
    ]  # fmt: skip
    places = [said.find(one) for one in wanted]
    assert -1 not in places, [one for one, place in zip(wanted, places, strict=True) if place < 0]
    assert places == sorted(places)


def test_the_establishments_are_compared_in_charts(pair: World, client_for: Any) -> None:
    """What sharing costs each of them, and what is left of its risk; a plan that did not keep the risk has one less."""
    row, _ = make_common_plan(pair.ght, pair.hospital, "fer", (pair.sister,))
    page = client_for(pair.alice).get(address(pair, f"{row.pk}/")).content.decode()
    for said in ("Hôpital voisin : 1,6 k€ → 600 €", "Hôpital voisin : 52 k€ → 37 k€ (seul : 41 k€)"):
        assert said in page.replace("\u00a0", " ").replace("\u202f", " ").replace("&#x27;", "'")
    CommonPlan.objects.of(pair.ght.node).update(result={**row.result, "risk": {}})
    page = client_for(pair.alice).get(address(pair, f"{row.pk}/")).content.decode()
    assert "Ce que les attaques coûtent" not in page
    assert "Ce que les mesures communes coûtent à chacun" in page


def test_what_changed_since_is_said(pair: World, client_for: Any) -> None:
    row, _ = make_common_plan(pair.ght, pair.hospital, "fer", (pair.sister,))
    basis = {"assessment": 0, "changed_at": None, "done": [], "scenario": None, "means": None}
    CommonPlan.objects.of(pair.ght.node).update(basis={str(pair.sister.pk): basis})
    said = text_of(client_for(pair.alice), address(pair, f"{row.pk}/"))
    assert "Depuis ce calcul ont changé : Hôpital voisin : des réponses de l'auto-évaluation" in said


def test_nothing_of_a_member_for_who_may_not_read_it(pair: World, client_for: Any) -> None:
    """An officer of the GHT to whom one hospital alone has opened its detail."""
    officer = make_user("Odile Oury")
    give(officer, pair.ght, "officier")
    row, _ = make_common_plan(pair.ght, pair.hospital, "fer", (pair.sister,))
    client, page = client_for(officer), address(pair, f"{row.pk}/")
    closed = text_of(client, page)
    assert "2 établissements" in closed
    assert "Hôpital" not in closed
    assert "Mesure de" not in closed
    end = timezone.localdate() + dt.timedelta(days=3)
    sharing.give(pair.actor(pair.alice), pair.hospital, holder_id=pair.ght.pk, ends_on=end, reason="Appui")
    said = text_of(client, page)
    assert "Hôpital d'Alice" in said
    assert "Hôpital voisin" not in said
    assert f"fer {pair.sister.pk}" not in said
    assert "Phrase commune" not in said
    assert "1 autre établissement participe" in said
    assert "non montré" in said
    # What all of them save is what the other one saves. (A graduation of the chart says « 2 k€ ».)
    assert "épargne 2 k€" not in said
    assert "6 jours" not in said
    table = client.get(page + "exporter/plan.csv").content.decode()
    assert "Alice" in table
    assert "voisin" not in table
    assert client.get(page + "exporter/plan.json").status_code == 403
    assert "Donner à chacun sa part" not in said
    assert client.get(address(pair, "nouveau/")).status_code == 302


def test_exports(pair: World, client_for: Any) -> None:
    row, _ = make_common_plan(pair.ght, pair.hospital, "fer", (pair.sister,))
    client, page = client_for(pair.alice), address(pair, f"{row.pk}/exporter/plan.")
    lines = client.get(page + "csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "oui;2027-01-01;2027-06-30;3000,0;500,0" in lines[1]
    assert client.get(page + "xlsx").content[:2] == b"PK"
    assert json.loads(client.get(page + "json").content)["value"] == 24.0
    assert client.get(page + "exe").status_code == 404


def test_the_member_is_told_and_accepts(pair: World, client_for: Any) -> None:
    _, part = make_common_plan(pair.ght, pair.hospital, "fer")
    client, roadmap = client_for(pair.director), f"/o/{pair.hospital.pk}/feuille-de-route/"
    assert "Le groupe « Groupe de fer » propose un plan commun" in text_of(client, roadmap)
    refused = client_for(pair.bob).post(f"{roadmap}plan-commun/{part.pk}/accepter/")
    assert refused.status_code == 403
    response = client.post(f"{roadmap}plan-commun/{part.pk}/accepter/")
    part = CommonPart.objects.of(pair.hospital.node).get()
    assert response["Location"] == f"{roadmap}scenarios/{part.scenario_id}/"
    said = text_of(client, response["Location"])
    assert "Plan commun du GHT" in said
    assert "propose un plan commun" not in text_of(client, roadmap)


def test_a_scenario_says_from_which_group_it_comes(pair: World, client_for: Any) -> None:
    from carene.apps.roadmaps import actions
    from carene.apps.roadmaps.models import Scenario
    from tests.apps.roadmaps.conftest import means

    row, _ = make_common_plan(pair.ght, pair.hospital, "fer")
    scenario = actions.create_scenario(pair.actor(pair.alice), pair.hospital, means())
    common = {"group": pair.ght.pk, "name": "GHT d'ici", "plan": row.pk, "on": "2026-11-23"}
    Scenario.objects.of(pair.hospital.node).update(common=common)
    page = f"/o/{pair.hospital.pk}/feuille-de-route/scenarios/{scenario.pk}/"
    content = client_for(pair.alice).get(page).content.decode()
    assert "plan commun du groupe « GHT d&#x27;ici »" in content
    assert address(pair, f"{row.pk}/") in content
    assert address(pair, f"{row.pk}/") not in client_for(pair.director).get(page).content.decode()


@pytest.mark.parametrize("page", ["", "nouveau/", "{plan}/"])
def test_as_many_queries_for_two_members_as_for_twelve(pair: World, client_for: Any, page: str) -> None:
    client = client_for(pair.alice)

    def count(others: tuple[Any, ...]) -> int:
        row, _ = make_common_plan(pair.ght, pair.hospital, "fer", others)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address(pair, page.format(plan=row.pk))).status_code == 200
        return len(seen)

    client.get(address(pair))
    two = count((pair.sister,))
    more = tuple(make_organisation(pair.ght) for _ in range(10))
    for one in more:
        make_assessment(one, LEVELS)
    assert count((pair.sister, *more)) == two <= 20


# Words ----------------------------------------------------------------------------------------------------------------


def test_it_says_when_sharing_brings_nothing() -> None:
    nothing = {"value": 5.0, "apart": 5.0, "common": [], "saved": {"euros": 0, "person_days": 0}, "gap": 0.2}
    assert headline(nothing, Value("maturity")).startswith("Mettre en commun n'apporte rien ici")


def test_what_holds_for_all_is_said_once() -> None:
    names = [{"name": "CH A"}, {"name": "CH B"}]
    data = {"members": names, "notices": ["CH A : août compte peu.", "CH B : août compte peu.", "CH B : autre chose."]}
    assert said_once(data) == ["août compte peu.", "CH B : autre chose."]
