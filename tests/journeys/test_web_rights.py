"""The desk of the data subject's rights in a real browser: each case from the counter to its answer, nothing axe finds wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from rekisteri import rights, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from tests.builders import AAPO, a_person
from tests.web.browsing import an_office
from tests.web.serving import chromium, faults_of_access, served, sign_in, somebody
from tests.web.town import Town, a_town

WRONG = {"fi": "Väärä tieto", "sv": "Felaktig uppgift", "en": "Wrong value"}
SHOTS = "SHOTS_FOLDER"
"""A folder where each screen is kept as a picture, for whoever wants to look at them."""


def open_case(page: Page, customer: object, kind: str, language: str) -> None:
    """A case opened at the counter, its asker identified by passport."""
    page.goto(f"/asiakas/{customer}/pyynnot")
    page.check(f"[name=laji][value={kind}]")
    page.select_option("form[action$='/pyynnot'] [name=kieli]", language)
    page.click("form[action$='/pyynnot'] .buttons button")
    page.wait_for_selector("form[action$='/henkilollisyys']")
    page.check("[name=asiakirja][value=passport]")
    page.click("form[action$='/henkilollisyys'] button")
    page.wait_for_url("**/tietosuoja/pyynnot/0*")


def cases(page: Page, town: Town, language: str) -> Iterator[str]:
    """Every screen of the desk, each as it stands when it is named."""
    open_case(page, town.calle, "erasure", language)
    yield "a request for erasure"
    page.click("a[href$='/poisto']")
    yield "what may be erased"
    page.click("form[action$='/poisto'] button")
    page.wait_for_url("**/tietosuoja/pyynnot/0*")
    yield "the answer of erasure"
    open_case(page, town.calle, "objection", language)
    yield "an objection"
    page.check("[name=kaytto][value=collection]")
    page.check("[name=ratkaisu][value=compelling]")
    page.fill("[name=perustelut]", "Saatava on vireillä.")
    page.click("form[action$='/vastustus'] button")
    page.wait_for_url("**/tietosuoja/pyynnot/0*")
    yield "an objection answered"
    open_case(page, town.aapo, "access", language)
    yield "a request for access"
    page.goto("/tietosuoja/pyynnot")
    yield "the queue of requests"
    page.goto("/tietosuoja/sailytys")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.fill("#k-asiakas", str(town.aapo))
    page.fill("#k-miksi", "Vaade 1/2026")
    page.click("form[action$='/pito'] button")
    page.wait_for_selector("form[action$='/pidon-paattaminen']")
    yield "retention with a hold"
    page.goto("/tietosuoja/luovutukset")
    yield "the register of disclosures"


def settling(page: Page, town: Town) -> Iterator[str]:
    """The queue of a maintainer: a source that speaks against a correction, and how history marks the wrong value."""
    page.goto("/tyojono")
    yield "the queue with a conflict"
    page.click("a[href^='/tyojono/ristiriita/']")
    yield "a conflict"
    page.check("[name=ratkaisu][value=kept]")
    page.fill("[name=perustelu]", "Kysytty asiakkaalta")
    page.click("form[action^='/tyojono/ristiriita/'] button")
    page.wait_for_load_state()
    page.goto(f"/asiakas/{town.aapo}/historia")
    assert (
        page.locator(".turn", has_text="aapo@esimerkki.fi")
        .get_by_text(WRONG[page.get_attribute("html", "lang") or ""])
        .count()
        >= 1
    ), "the telephone was wrong"
    yield "history with a wrong value marked"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_desk_of_rights_bars_nobody_the_way(database_url: str, tmp_path: Path, language: str) -> None:
    found: dict[str, list[str]] = {}
    with (
        an_office(database_url, tmp_path / "home") as office,
        served(office.client.app) as address,
        chromium() as browser,
    ):
        town = a_town(office.world)
        office.world.take(office.world.town, a_person("100", AAPO, phone="040 7777777"))
        assert wiring.compare_corrections(office.world.register).opened == 2
        for handle, wide in (("tietosuoja", 1280), ("yllapitaja", 420)):
            page = somebody(browser, address, width=wide).new_page()
            sign_in(page, handle, language)
            visits = cases(page, town, language) if handle == "tietosuoja" else settling(page, town)
            for place, name in enumerate(visits):
                keep(page, f"{language}-{name}")
                if language == "fi" or place % 3 == 0:
                    found[name] = faults_of_access(page)
                assert page.get_attribute("html", "lang") == language
        with office.world.register.door.read(office.world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
            assert len(rights.conflicts.clashes(tx)) == 1, "one of two is settled"
    assert {name: faults for name, faults in found.items() if faults} == {}


def keep(page: Page, name: str) -> None:
    """The screen as a picture, where somebody asked for it."""
    if folder := os.environ.get(SHOTS):
        page.screenshot(path=Path(folder) / f"{name.replace(' ', '-')}.png", full_page=True)
