# SPDX-License-Identifier: EUPL-1.2
"""Answering in a real browser: by keyboard, without network, together with a colleague."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e
SAVED = re.compile("Enregistré à")


@pytest.fixture
def opened(visitor: Visitor) -> str:
    """The RSSI signed in, on the questions of an open assessment. Returns their address."""
    visitor.sign_in("rssi")
    page = visitor.page
    page.goto(f"{visitor.server}/o/{visitor.node()}/auto-evaluation/")
    page.get_by_role("link", name="Toutes les questions").click()
    page.wait_for_url(re.compile("/questions/$"))
    return page.url


@pytest.fixture
def colleague(browser: Browser, server: str) -> Iterator[Visitor]:
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    yield Visitor(context, server).sign_in("contributeur")
    context.close()


def choose(page: Page, level: int, row: int = 0) -> None:
    page.locator(".qrow").nth(row).locator(f'input[value="{level}"]').check(force=True)


def chosen(page: Page, row: int = 0) -> str | None:
    found = page.locator(".qrow").nth(row).locator("input:checked")
    return found.get_attribute("value") if found.count() else None


def test_an_answer_is_saved_at_once_and_undone(visitor: Visitor, opened: str) -> None:
    page = visitor.page
    before = chosen(page)
    choose(page, 4 if before != "4" else 3)
    expect(page.locator("#savestate")).to_have_text(SAVED)
    with page.expect_response(lambda answer: "/repondre/" in answer.url):
        page.get_by_role("button", name="Annuler").click()
    page.reload()
    assert chosen(page) == before
    assert not visitor.complaints


def test_answers_given_without_network_are_sent_when_it_comes_back(visitor: Visitor, opened: str) -> None:
    page = visitor.page
    level = 0 if chosen(page, 1) != "0" else 1
    visitor.context.set_offline(True)
    choose(page, level, 1)
    expect(page.locator("#savestate")).to_have_text("Pas encore enregistré, nouvel essai…")
    visitor.context.set_offline(False)
    expect(page.locator("#savestate")).to_have_text(SAVED)
    page.reload()
    assert chosen(page, 1) == str(level)


def test_answers_left_behind_are_sent_by_the_next_page(visitor: Visitor, opened: str) -> None:
    page = visitor.page
    level = 0 if chosen(page, 2) != "0" else 1
    page.route("**/repondre/**", lambda route: route.abort())
    choose(page, level, 2)
    expect(page.locator("#savestate")).to_have_class(re.compile("late"))
    page.unroute("**/repondre/**")
    page.reload()
    expect(page.locator("#savestate")).to_have_text(SAVED)
    page.reload()
    assert chosen(page, 2) == str(level)


def test_two_people_on_one_question_choose_which_answer_stands(
    visitor: Visitor, opened: str, colleague: Visitor
) -> None:
    other = colleague.page
    other.goto(opened)
    first, second = [level for level in (1, 2, 3) if str(level) != chosen(visitor.page, 3)][:2]
    choose(visitor.page, first, 3)
    expect(visitor.page.locator("#savestate")).to_have_text(SAVED)
    choose(other, second, 3)
    dialog = other.locator("#conflict-dialog")
    expect(dialog).to_contain_text(f"a répondu « niveau {first} »")
    dialog.get_by_role("button", name=f"Mettre la mienne : niveau {second}").click()
    expect(other.locator("#savestate")).to_have_text(SAVED)
    visitor.page.reload()
    assert chosen(visitor.page, 3) == str(second)


def test_a_question_is_answered_and_left_by_keyboard(visitor: Visitor, opened: str) -> None:
    page = visitor.page
    page.locator(".qrow a").first.click()
    page.wait_for_selector("#answer")
    first = page.url
    page.keyboard.press("3")
    expect(page.locator("#savestate")).to_have_text(SAVED)
    page.keyboard.press("n")
    page.keyboard.type("Vu avec la direction en 2026.")  # digits typed in a text are no answers
    page.locator("#comment").blur()
    expect(page.locator("#savestate")).to_have_text(SAVED)
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(first)
    assert page.locator("input[name=level]:checked").get_attribute("value") == "3"
    assert page.locator("#comment").input_value().endswith("Vu avec la direction en 2026.")
    assert not visitor.complaints


def test_not_applicable_asks_why(visitor: Visitor, opened: str) -> None:
    page = visitor.page
    row = page.locator(".qrow").nth(4)
    choose(page, 1 if chosen(page, 4) != "1" else 2, 4)
    expect(page.locator("#savestate")).to_have_text(SAVED)
    row.get_by_role("button", name="Non applicable").click()
    page.keyboard.press("Escape")
    expect(row.locator(".lv-na")).to_have_attribute("aria-pressed", "false")
    row.get_by_role("button", name="Non applicable").click()
    page.locator("#na-text").fill("Confié au groupe.")
    page.locator("#na-dialog").get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#savestate")).to_have_text(SAVED)
    expect(row.locator(".lv-na")).to_have_attribute("aria-pressed", "true")


def test_everything_fits_a_phone(phone: Visitor) -> None:
    phone.sign_in("rssi")
    page = phone.page
    page.goto(f"{phone.server}/o/{phone.node()}/auto-evaluation/")
    page.get_by_role("link", name="Toutes les questions").click()
    page.locator(".qrow a").first.click()
    page.wait_for_selector("#answer")
    page.locator(".level").nth(1).tap()
    expect(page.locator("#savestate")).to_have_text(SAVED)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
