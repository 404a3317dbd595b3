# SPDX-License-Identifier: EUPL-1.2
"""Takes the pictures of README.md from the demonstration: ``make screenshots``."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
OUT = ROOT / "docs" / "images"


def main() -> None:
    from tests.e2e.conftest import FLAGS, Visitor, chromium, free_port, start_server

    OUT.mkdir(parents=True, exist_ok=True)
    var = Path(tempfile.mkdtemp(prefix="carene-shots-")) / "var"
    var.mkdir()
    port = free_port()
    server = start_server(var, port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
            visitor = Visitor(context, f"http://127.0.0.1:{port}").sign_in("rssi")
            _take(visitor.page, visitor.server, visitor.node())
            browser.close()
    finally:
        server.terminate()
        server.wait(30)


def _take(page: Page, server: str, node: int) -> None:
    def shot(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=OUT / f"{name}.png")

    page.goto(f"{server}/o/{node}/")
    shot("accueil")
    page.goto(f"{server}/o/{node}/auto-evaluation/")
    page.get_by_role("link", name=re.compile("Toutes les questions")).first.click()
    page.goto(f"{page.url.partition('?')[0]}OPS.4.2/")
    shot("question")
    page.goto(f"{server}/o/{node}/feuille-de-route/scenarios/")
    page.locator("main a[href*='/scenarios/']").filter(has_text="Avec l'aide du domaine 2").first.click()
    shot("feuille-de-route")


if __name__ == "__main__":
    main()
