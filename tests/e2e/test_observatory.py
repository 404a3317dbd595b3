# SPDX-License-Identifier: EUPL-1.2
"""What is measured in an establishment is read by its group, its region and the nation, some seconds later."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Visitor, free_port, start_server, stop_server
from tests.support.demonstration import furnish

pytestmark = pytest.mark.e2e

FIGURE = "incidents"
PATIENCE = 120  # seconds: the first count of two years begins when the server has just started


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: the figures of the other walks stay as they are."""
    var = furnish(tmp_path_factory.mktemp("observatoire") / "var", tmp_path_factory)
    port = free_port()
    process = start_server(var, port)
    yield f"http://127.0.0.1:{port}"
    stop_server(process)


@pytest.fixture
def people(browser: Browser, address: str) -> Iterator[dict[str, Visitor]]:
    found = {
        login: Visitor(browser.new_context(locale="fr-FR", timezone_id="Europe/Paris"), address).sign_in(login)
        for login in ("rssi", "national")
    }
    yield found
    for visitor in found.values():
        visitor.context.close()


def read(page: Page, address: str, node: int) -> str:
    page.goto(f"{address}/o/{node}/observatoire/indicateurs/{FIGURE}/")
    return page.locator(".obs-value").inner_text().strip()


def until(page: Page, address: str, node: int, words: str, patience: float) -> None:
    end = time.monotonic() + patience
    while (said := read(page, address, node)) != words:
        assert time.monotonic() < end, f"{said} instead of {words}"
        time.sleep(0.3)


def test_from_a_hospital_to_the_nation(people: dict[str, Visitor], address: str) -> None:
    rssi, above = people["rssi"], people["national"]
    hospital, page = rssi.node(), rssi.page
    nation, region, group = 1, 2, 3
    until(above.page, address, nation, "8\u00a0incidents", PATIENCE)

    page.goto(f"{address}/o/{hospital}/indicateurs/saisir/")
    page.get_by_label("Indicateur", exact=True).select_option("incidents_12_mois")
    page.get_by_label("Valeur", exact=True).fill("10")
    page.get_by_label("Mesurée le").fill(f"{dt.date.today():%Y-%m-%d}")  # noqa: DTZ011 - same machine
    page.get_by_label("D'où vient cette valeur ?").fill("Registre des incidents")
    page.get_by_role("button", name="Enregistrer cette valeur").click()
    page.wait_for_url(f"**/indicateurs/{FIGURE}_12_mois/")

    # The hospital said 3 before: seven more, everywhere above.
    for node in (group, region, nation):
        until(above.page, address, node, "15\u00a0incidents", PATIENCE)
    assert read(page, address, hospital) == "10\u00a0incidents"

    for path in ("", f"indicateurs/{FIGURE}/", f"indicateurs/{FIGURE}/carte/"):
        above.page.goto(f"{address}/o/{nation}/observatoire/{path}")
        assert violations(above.page) == []
    above.page.goto(f"{address}/o/{group}/observatoire/indicateurs/{FIGURE}/")
    above.page.get_by_role("link", name="Voir les établissements un par un").click()
    expect(above.page.get_by_role("heading", level=1)).to_have_text("Où en est chaque établissement ?")
    row = above.page.get_by_role("row").filter(has_text="Centre hospitalier de Valmont")
    expect(row).to_contain_text("10\u00a0incidents")
    assert violations(above.page) == []
    page.goto(f"{address}/o/{hospital}/observatoire/indicateurs/budget_numerique/")
    expect(page.get_by_text("Personne n'est nommé")).to_be_visible()
    assert violations(page) == []
    assert rssi.complaints == above.complaints == []
