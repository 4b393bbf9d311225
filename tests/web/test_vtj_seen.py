"""VTJ's pages in a real browser, in three languages: nothing axe finds wrong, nothing wider than the window."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page

from rekisteri.simulators.vtj_people import Citizen, Custodian
from tests.builders import AAPO, BEA, CALLE, EEVA
from tests.sources.vtj.asking import a_citizen, a_home
from tests.sources.vtj.asking import an_office as a_query_office
from tests.sources.vtj.following import a_bureau, customers, follow
from tests.web.browsing import an_office
from tests.web.serving import chromium, faults_of_access, served, sign_in, somebody

SHOTS = os.environ.get("VTJ_SHOTS")
"""A folder for pictures of every page, where somebody wants to look at them."""

PEOPLE: tuple[Citizen, ...] = (
    a_citizen(permanent=a_home("Uusikatu"), former_surnames=[("Entinen", None, date(2010, 1, 1))]),
    a_citizen(BEA, surname="Piilonen", first_names="Bea", protected=True, ever_protected=True),
    a_citizen(CALLE, surname="Öhberg", dead=True, died_on=date(2026, 2, 1)),
    a_citizen(EEVA, custodians=[Custodian(BEA, "Piilonen", "Bea", date(1990, 2, 2), date(2006, 6, 6), None)]),
)


def visits(page: Page, party: object) -> Iterator[str]:
    """Every page of VTJ, each as it stands when it is named."""
    page.goto(f"/asiakas/{party}/vtj")
    yield "question"
    page.fill("#k-syy", "Lasku palautui")
    page.press("#k-syy", "Enter")
    page.wait_for_selector("main table")
    yield "answer"
    page.goto("/vtj")
    yield "status"
    page.goto("/vtj/tyot")
    yield "work"


def checks_many(page: Page) -> Iterator[str]:
    """A check of many, by the keyboard alone, from the choice to the report."""
    page.goto("/vtj/joukko")
    yield "many"
    page.focus("#k-organisaatio")
    page.keyboard.type("Kuus")
    page.focus("#k-syy")
    page.keyboard.type("Vuosittainen tarkistus")
    page.keyboard.press("Enter")
    page.wait_for_selector("main table")
    yield "checked"


def test_no_page_of_vtj_bars_anybody_the_way(database_url: str, tmp_path: Path) -> None:
    found: dict[str, list[str]] = {}
    with (
        a_bureau(*(replace(one) for one in PEOPLE)) as bureau,
        a_query_office(*PEOPLE) as query,
        an_office(database_url, tmp_path / "home", **(query.settings() | bureau.settings())) as office,
        served(office.client.app) as address,
        chromium() as browser,
    ):
        world = office.world
        party_ids = customers(world, [*bureau.nation.people, a_citizen("101010A908C", surname="Tuntematon")])
        follow(world, bureau)
        world.clock.pass_days(1)
        bureau.nation.today += timedelta(days=1)
        bureau.nation.do_something_new(bureau.nation.people[0])
        follow(world, bureau)
        world.correct(party_ids[AAPO], "permanent_address", street="Vanhakatu 3", postcode="00999", town="HELSINKI")
        for language in ("fi", "sv", "en"):
            page = somebody(browser, address, width=420 if language == "fi" else 1280).new_page()
            sign_in(page, "yllapitaja", language)
            for name in checks_many(page):
                look(page, f"{name}-{language}", found)
        world.sql("insert into sources.vtj_stop (interface, reason, stopped_at) values ('changes', 'user id or password is not accepted (401)', now()) returning 1")  # fmt: skip
        for language, width in (("fi", 1280), ("sv", 420), ("en", 1280)):
            page = somebody(browser, address, width=width).new_page()
            sign_in(page, "yllapitaja", language)
            for name in visits(page, party_ids[AAPO]):
                look(page, f"{name}-{language}", found)
    assert {name: faults for name, faults in found.items() if faults} == {}


def look(page: Page, name: str, found: dict[str, list[str]]) -> None:
    """What is wrong with the page as it stands, and a picture of it."""
    found[name] = faults_of_access(page)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, (name, wide)
    if SHOTS is not None:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
