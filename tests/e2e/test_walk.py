# SPDX-License-Identifier: EUPL-1.2
"""The whole way, as a security officer and a director walk it: answer, attach, submit, judge, plan, adopt, document."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import PASSWORD, Visitor, free_port, start_server
from tests.support.demonstration import furnish

pytestmark = pytest.mark.e2e

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def open_question(visitor: Visitor, node: int, criterion: str) -> None:
    page = visitor.page
    page.goto(f"{visitor.server}/o/{node}/auto-evaluation/")
    page.get_by_role("link", name=re.compile("Continuer|toutes les questions", re.I)).first.click()
    assessment = re.search(r"/auto-evaluation/(\d+)/", page.url)
    assert assessment, page.url
    page.goto(f"{visitor.server}/o/{node}/auto-evaluation/{assessment[1]}/questions/{criterion}/")


def assessment_of(visitor: Visitor) -> int:
    match = re.search(r"/auto-evaluation/(\d+)/", visitor.page.url)
    assert match, visitor.page.url
    return int(match[1])


def test_the_whole_way(browser: Browser, server: str, tmp_path: Path) -> None:
    rssi = Visitor(browser.new_context(locale="fr-FR", accept_downloads=True), server).sign_in("rssi")
    node = rssi.node()
    page = rssi.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Valmont")

    # Answer with the keyboard only; the answer is there after a reload.
    open_question(rssi, node, "OPS.4.3")
    assessment = assessment_of(rssi)
    first = page.locator("input[name=level]:checked").get_attribute("value")
    wanted = "3" if first != "3" else "2"
    page.keyboard.press(wanted)
    expect(page.locator("#savestate")).to_contain_text("Enregistré")
    page.reload()
    expect(page.locator("input[name=level]:checked")).to_have_value(wanted)

    # A comment, typed with the keyboard.
    page.keyboard.press("n")
    page.locator("#comment").fill("Bastion en service depuis lundi.")
    expect(page.locator("#savestate")).to_contain_text("Enregistré")
    page.reload()
    expect(page.locator("#comment")).to_have_value("Bastion en service depuis lundi.")

    # Attach a file that proves it.
    proof = tmp_path / "export-vpn.pdf"
    proof.write_bytes(PDF)
    page.locator("#attach summary").click()
    form = page.locator("form.attach-form")
    form.get_by_label("Titre").fill("Export du bastion")
    form.locator("input[type=file]").set_input_files(proof)
    form.get_by_role("button", name="Joindre").click()
    expect(page.get_by_role("link", name="Export du bastion")).to_be_visible()

    # Submit, then validate as the management.
    page.goto(f"{server}/o/{node}/auto-evaluation/{assessment}/validation/")
    page.get_by_role("button", name="Soumettre à la direction").click()
    page.locator("#submit-dialog").get_by_role("button", name="Soumettre").click()
    expect(page.get_by_text("soumise", exact=False).first).to_be_visible()
    director = Visitor(browser.new_context(locale="fr-FR"), server).sign_in("direction")
    director.page.goto(f"{server}/o/{node}/auto-evaluation/{assessment}/validation/")
    director.page.get_by_role("button", name="Valider").first.click()
    director.page.locator("#validate-dialog").get_by_role("button", name="Valider").click()
    expect(director.page.get_by_role("heading", level=1)).to_contain_text("Palier")

    # Judge.
    page.goto(f"{server}/o/{node}/auto-evaluation/{assessment}/bilan/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Palier")
    expect(page.locator("svg[role=img]").first).to_be_visible()

    # Plan: a scenario, then force a measure that was left out.
    page.goto(f"{server}/o/{node}/feuille-de-route/scenarios/nouveau/")
    page.get_by_label("Nom", exact=False).first.fill("Essai du navigateur")
    for field in page.locator("div[data-year]:not([hidden]) input").all():
        if field.is_visible():
            field.fill("200 000")
    page.get_by_role("button", name="Calculer le plan").click()
    page.wait_for_url(re.compile(r"/scenarios/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Feuille de route")
    expect(page.get_by_text("Ce que ce plan laisse de côté, et pourquoi")).to_be_visible()
    page.get_by_role("button", name="Forcer et recalculer").first.click()
    page.wait_for_load_state()
    expect(page.get_by_text("imposée", exact=False).first).to_be_visible()

    # Adopt as the management: actions appear.
    scenario = page.url
    director.page.goto(scenario)
    director.page.get_by_role("link", name=re.compile("Adopter")).click()
    director.page.get_by_role("button", name="Adopter ce scénario").click()
    director.page.wait_for_url(re.compile(r"/feuille-de-route/$"))
    expect(director.page.get_by_text("Essai du navigateur").first).to_be_visible()

    # Document.
    page.goto(f"{server}/o/{node}/rapports/")
    with page.expect_download() as download:
        page.locator("a[href*='document.pdf'], button[formaction*='document.pdf']").first.click()
    path = tmp_path / "board.pdf"
    download.value.save_as(path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) > 50_000
    assert rssi.complaints == []
    assert director.complaints == []
    rssi.context.close()
    director.context.close()


def test_the_ten_minute_start_on_a_phone(phone: Visitor) -> None:
    """The director of a nursing home, on a phone: one question a screen, nothing wider than the screen."""
    phone.sign_in("ehpad")
    page = phone.page
    node = phone.node()
    open_question(phone, node, "SEN.1.2")
    start = f"{phone.server}/o/{node}/auto-evaluation/{assessment_of(phone)}/demarrage/"
    for address in (start, f"{start}SEN.1.2/"):
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{address} is {width} px wide"
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(start)
    expect(page.get_by_text(re.compile(r"questions du socle")).first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("priorités"))).to_be_visible()
    assert phone.complaints == []


def test_an_answer_typed_offline_is_kept_and_sent_later(visitor: Visitor) -> None:
    visitor.sign_in("ehpad")
    page, node = visitor.page, visitor.node()
    open_question(visitor, node, "SEN.1.2")
    before = page.locator("input[name=level]:checked").get_attribute("value")
    wanted = "4" if before != "4" else "3"
    visitor.context.set_offline(True)
    page.keyboard.press(wanted)
    expect(page.locator("#savestate")).to_contain_text("Pas encore enregistré")
    visitor.context.set_offline(False)
    expect(page.locator("#savestate")).to_contain_text("Enregistré")
    page.reload()
    expect(page.locator("input[name=level]:checked")).to_have_value(wanted)


def test_two_people_answer_the_same_question(browser: Browser, server: str) -> None:
    """The second one is told who answered what, and chooses; nothing is overwritten in silence."""
    people = [Visitor(browser.new_context(locale="fr-FR"), server).sign_in(login) for login in ("ehpad", "rssi")]
    node = people[0].node()
    for person in people:
        open_question(person, node, "SEN.3.2")
    first, second = people
    current = first.page.locator("input[name=level]:checked").get_attribute("value") or "0"
    mine, theirs = [n for n in "01234" if n != current][:2]
    first.page.keyboard.press(mine)
    expect(first.page.locator("#savestate")).to_contain_text("Enregistré")
    second.page.keyboard.press(theirs)
    dialog = second.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Nadine Le Goff")
    first.page.reload()
    expect(first.page.locator("input[name=level]:checked")).to_have_value(mine)
    for person in people:
        person.context.close()


@pytest.mark.parametrize("signal_number", [signal.SIGKILL])
def test_what_was_acknowledged_survives_a_killed_server(
    browser: Browser, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, signal_number: int
) -> None:
    var = furnish(tmp_path / "var", tmp_path_factory)
    port = free_port()
    process = start_server(var, port)
    try:
        visitor = Visitor(browser.new_context(locale="fr-FR"), f"http://127.0.0.1:{port}").sign_in("ehpad")
        node = visitor.node()
        open_question(visitor, node, "GOV.4.2")
        page = visitor.page
        current = (
            page.locator("input[name=level]:checked").get_attribute("value")
            if page.locator("input[name=level]:checked").count()
            else None
        )
        wanted = "1" if current != "1" else "2"
        page.keyboard.press(wanted)
        expect(page.locator("#savestate")).to_contain_text("Enregistré")
        url = page.url
        _kill_all(process, signal_number)
        process = start_server(var, port)
        page.goto(url)
        if "login" in page.url:
            visitor.sign_in("ehpad")
            page.goto(url)
        expect(page.locator("input[name=level]:checked")).to_have_value(wanted)
        visitor.context.close()
    finally:
        _kill_all(process, signal.SIGTERM)


def _kill_all(process: subprocess.Popen[Any], number: int) -> None:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = [int(p) for p in children.read_text().split()] if children.exists() else []
    for pid in [process.pid, *pids]:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
    process.wait(90)


def test_nobody_signs_up_and_wrong_passwords_are_refused(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(f"{visitor.server}/compte/signup/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("On ne s'inscrit pas")
    page.goto(f"{visitor.server}/compte/login/")
    page.fill("input[name=login]", "rssi@demo.invalid")
    page.fill("input[name=password]", PASSWORD + "x")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_be_visible()
