"""One's own pages in a real browser, as narrow as a telephone and without scripts: nothing axe finds wrong, nothing too wide."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

from rekisteri import web
from tests.builders import a_world
from tests.web.serving import chromium, faults_of_access, served, somebody
from tests.web.subjects import a_token
from tests.web.test_own_behalf import family

WIDTH = 360
PAGES = (
    "/omat", "/omat/tiedot", "/omat/suojatut", "/omat/yhteystiedot", "/omat/yhteystiedot/contact_address", "/omat/katselut?omat=k",
    "/omat/luovutukset", "/omat/pyynnot", "/omat/edustus",
)  # fmt: skip


def test_ones_own_pages_bar_nobody_the_way_on_a_telephone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, chromium() as browser:
        mother, _, child = family(world)
        token = a_token(world, mother)
        with served(web.application(world.register)) as address:
            page = _visitor(browser, address, token, scripts=False)
            page.goto("/omat/edustus")
            page.click(f"button[value='{child}']")
            page.wait_for_selector(".behalf")
            page.click(".behalf button")
            page.wait_for_selector(".tiles")
            (cookie,) = [one for one in page.context.cookies() if one["name"] == "rekisteri"]
            page = _visitor(browser, address, cookie["value"], scripts=True)
            wrong: dict[str, object] = {}
            for path in PAGES:
                page.goto(path)
                faults: list[object] = [*faults_of_access(page)]
                if page.evaluate("document.documentElement.scrollWidth") > WIDTH:
                    faults.append("too wide")
                wrong |= {path: faults} if faults else {}
    assert wrong == {}


def _visitor(browser: Browser, address: str, token: str, *, scripts: bool) -> Page:
    context = somebody(browser, address, scripts=scripts, width=WIDTH)
    context.add_cookies([{"name": "rekisteri", "value": token, "url": address}])
    return context.new_page()
