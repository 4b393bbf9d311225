"""Every page in a real browser, in Finnish and Swedish: nothing axe finds wrong, nothing the console complains of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.payers.asking import a_reason
from tests.web.browsing import an_office
from tests.web.serving import chromium, faults_of_access, served, sign_in, somebody
from tests.web.town import FILE, Town, a_town

CALM = ("Failed to load resource", "Autofocus processing was blocked")
"""What Chromium says of an answer that is meant to be a refusal, and of a field that has the focus already."""


def visits(page: Page, town: Town, delivery: Path) -> Iterator[str]:
    """Every page of the maintainer, one after another, each as it stands when it is named."""
    page.click("main >> #haku")
    page.keyboard.type("Kuvitteelinen")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits")
    yield "hits"
    for name in ("aapo", "bea", "calle", "didrik", "company"):
        page.goto(f"/asiakas/{getattr(town, name)}")
        yield f"card of {name}"
    page.goto(f"/asiakas/{town.aapo}")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.click("#hetu button")
    page.wait_for_selector("#hetu .secret")
    yield "why and unmasked"
    page.goto(f"/asiakas/{town.bea}")
    page.click("#suojatut button")
    page.wait_for_selector("#suojatut .row")
    yield "protected"
    for path in ("historia", "historia/hetki?paiva=10.3.2026", "korjaa/permanent_address", "peru/phone"):
        page.goto(f"/asiakas/{town.aapo}/{path}")
        yield path
    page.goto(f"/asiakas/{town.aapo}/korjaa/email")
    page.fill("#k-email", "ei osoite")
    page.fill("#k-reason", "x")
    page.press("#k-email", "Enter")
    page.wait_for_selector(".mistake")
    yield "a mistake"
    page.goto("/asiakas/uusi")
    page.fill("#k-hetu", "240360-909X")
    page.press("#k-hetu", "Enter")
    page.wait_for_selector("#virheet")
    yield "mistakes of a new customer"
    page.goto(f"/maksaja?asiakas={town.aapo}")
    yield "who pays"
    page.press("#k-tunniste", "Enter")
    page.wait_for_selector(".envelopes")
    yield "the payer"
    answer = page.locator("footer a[href^='/maksaja/vastaus/']").get_attribute("href")
    page.goto(f"{answer}/palaute")
    yield "tell back"
    page.goto("/laskutusaiheet")
    yield "payment reasons"
    page.goto("/laskutusaiheet/uusi")
    yield "a payment reason"
    page.goto("/tuonti")
    yield "imports"
    page.select_option("#k-organisaatio", "kuusilahti")
    page.set_input_files("#k-tiedosto", delivery)
    page.check("input[name=laajuus][value=delta]")
    page.click("main form button")
    page.wait_for_selector(".counts")
    yield "dry run"
    page.click("main form[action$='/vie'] button")
    page.wait_for_url("**/tuonti/0*")
    yield "delivery"
    page.goto("/tyojono")
    yield "work"
    page.click("main td a")
    page.wait_for_selector(".sides")
    yield "work item"
    for path in ("/tietue", "/ohje", "/loki", "/ei-ole"):
        page.goto(path)
        yield path
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    yield "keys"


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_no_page_bars_anybody_the_way(database_url: str, tmp_path: Path, language: str) -> None:
    delivery = tmp_path / "aineisto.csv"
    delivery.write_text(FILE)
    found: dict[str, list[str]] = {}
    said: list[str] = []
    with (
        an_office(database_url, tmp_path / "home") as office,
        served(office.client.app) as address,
        chromium() as browser,
    ):
        town = a_town(office.world)
        a_reason(office.world)
        page = somebody(browser, address).new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/kirjaudu")
        found["sign in"] = faults_of_access(page)
        sign_in(page, "yllapitaja", language)
        assert page.get_attribute("html", "lang") == language
        found["search"] = faults_of_access(page)
        for place, name in enumerate(visits(page, town, delivery)):
            # What bars the way is seldom in the words: the second language is asked at every third page.
            if language == "fi" or place % 3 == 0:
                found[name] = faults_of_access(page)
        for handle, paths in {
            "tietosuoja": ["/loki", f"/loki/asiakas/{town.aapo}", f"/asiakas/{town.bea}"],
            "paakayttaja": ["/hallinta", "/hallinta/uusi-tunnus", "/hallinta/organisaatio", "/hallinta/tunnus/perija"],
        }.items():
            page = somebody(browser, address, width=420).new_page()
            sign_in(page, handle, language)
            for path in paths:
                page.goto(path)
                found[path] = faults_of_access(page)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) >= (32 if language == "fi" else 16)
    assert [message for message in said if not message.startswith(CALM)] == []
