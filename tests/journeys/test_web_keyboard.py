"""An expert's day without a mouse: search, card, correction; the queue; new customers; no scripts at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.builders import AAPO
from tests.web.browsing import Office, an_office
from tests.web.serving import chromium, served, sign_in, somebody
from tests.web.town import FILE, Town, a_town


@contextmanager
def at_work(database_url: str, home: Path, handle: str, *, scripts: bool = True) -> Iterator[tuple[Page, Town, Office]]:
    """Somebody signed in at a browser, in a town with customers."""
    with an_office(database_url, home) as office:
        town = a_town(office.world)
        with served(office.client.app) as address, chromium() as browser:
            page = somebody(browser, address, scripts=scripts).new_page()
            page.set_default_timeout(10_000)
            sign_in(page, handle)
            yield page, town, office


def press_until(page: Page, selector: str, key: str = "Tab", most: int = 60) -> None:
    """Press a key until the focus is on what is looked for."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never came to {selector}")


def test_from_search_to_card_to_correction_by_keys_alone(database_url: str, tmp_path: Path) -> None:
    with at_work(database_url, tmp_path, "yllapitaja") as (page, town, _):
        page.goto("/tuonti")
        page.keyboard.press("/")
        page.keyboard.type("Kuvitteelinen Aapo")
        page.keyboard.press("Enter")
        page.wait_for_selector(".hits")
        page.keyboard.press("/")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/asiakas/{town.aapo}")
        press_until(page, "[href$='/korjaa/email']")
        page.keyboard.press("Enter")
        page.wait_for_selector("#k-email")
        press_until(page, "#k-email")
        page.keyboard.press("Control+A")
        page.keyboard.type("nappaimin@esimerkki.fi")
        press_until(page, "#k-reason")
        page.keyboard.type("Asiakas soitti")
        press_until(page, "main button")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/asiakas/{town.aapo}?tehty=korjattu")
        expect(page.locator("main")).to_contain_text("nappaimin@esimerkki.fi")
        page.keyboard.press("h")
        page.wait_for_url("**/historia")
        expect(page.locator(".timeline")).to_contain_text("Asiakas soitti")
        page.keyboard.press("h")
        page.wait_for_url(f"**/asiakas/{town.aapo}")


def test_arrows_walk_the_hits_and_back_to_the_box(database_url: str, tmp_path: Path) -> None:
    with at_work(database_url, tmp_path, "yllapitaja") as (page, _, _office):
        page.keyboard.type("Kuvitteellinen")
        page.keyboard.press("Enter")
        page.wait_for_selector(".hits")
        hits = page.locator(".hit-link")
        expect(hits).to_have_count(2)
        page.keyboard.press("ArrowDown")
        expect(hits.nth(0)).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(hits.nth(1)).to_be_focused()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        expect(page.locator("#haku")).to_be_focused()


def test_single_keys_can_be_turned_off_and_stay_off(database_url: str, tmp_path: Path) -> None:
    with at_work(database_url, tmp_path, "yllapitaja") as (page, town, _):
        page.goto(f"/asiakas/{town.aapo}")
        page.keyboard.press("?")
        page.keyboard.press("Space")
        page.keyboard.press("Escape")
        page.reload()
        page.keyboard.press("/")
        expect(page.locator("#haku")).not_to_be_focused()
        page.keyboard.press("?")
        page.keyboard.press("Space")
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        expect(page.locator("#haku")).to_be_focused()


def test_unmasking_keeps_the_keyboard_where_it_was(database_url: str, tmp_path: Path) -> None:
    with at_work(database_url, tmp_path, "laskuttaja") as (page, town, _):
        page.goto(f"/asiakas/{town.aapo}")
        press_until(page, "#hetu button")
        page.keyboard.press("Enter")
        expect(page.locator("#hetu .secret")).to_have_text(AAPO)
        expect(page.locator("#hetu .secret")).to_be_focused()


def test_customers_alike_are_offered_while_a_name_is_typed(database_url: str, tmp_path: Path) -> None:
    with at_work(database_url, tmp_path, "laskuttaja") as (page, town, office):
        page.goto("/asiakas/uusi")
        page.focus("#k-surname")
        page.keyboard.type("Kuvitteelinen")
        page.keyboard.press("Tab")
        page.keyboard.type("Aapo")
        expect(page.locator("#samat .hit-link").first).to_have_attribute("href", f"/asiakas/{town.aapo}")
        assert office.world.sql("select count(*) from audit.event where action = 'customer:search'") != [(0,)]


def test_an_import_shows_its_progress_and_the_queue_is_cleared_by_one_key_and_a_reason(
    database_url: str, tmp_path: Path
) -> None:
    delivery = tmp_path / "aineisto.csv"
    delivery.write_text(FILE)
    with at_work(database_url, tmp_path / "home", "yllapitaja") as (page, _, office):
        page.goto("/tuonti")
        page.select_option("#k-organisaatio", "kuusilahti")
        page.set_input_files("#k-tiedosto", delivery)
        page.check("input[name=laajuus][value=delta]")
        page.keyboard.press("Enter")
        page.wait_for_selector(".counts")
        page.click("main form[action$='/vie'] button")
        page.wait_for_url("**/tuonti/0*")
        page.goto("/tyojono")
        press_until(page, "main td a")
        page.keyboard.press("Enter")
        page.wait_for_selector(".sides")
        page.keyboard.press("s")
        page.keyboard.type("Eri ihminen, soitin")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tyojono?tehty=ratkaistu")
        assert office.world.sql("select decision, decision_reason from parties.work") == [
            ("separate", "Eri ihminen, soitin")
        ]


def test_everything_works_without_scripts(database_url: str, tmp_path: Path) -> None:
    delivery = tmp_path / "aineisto.csv"
    delivery.write_text(FILE)
    with at_work(database_url, tmp_path / "home", "yllapitaja", scripts=False) as (page, town, _):
        page.fill("#haku", AAPO)
        page.press("#haku", "Enter")
        page.wait_for_url(f"**/asiakas/{town.aapo}")
        page.click("#hetu button")
        expect(page.locator("main")).to_contain_text(AAPO)
        page.goto(f"/asiakas/{town.bea}")
        page.click("#suojatut button")
        expect(page.locator("main")).to_contain_text("Esimerkkitie 7 A 12")
        page.goto("/tuonti")
        page.select_option("#k-organisaatio", "kuusilahti")
        page.set_input_files("#k-tiedosto", delivery)
        page.check("input[name=laajuus][value=delta]")
        page.click("main form button")
        # The page of a delivery under way refreshes itself by its own head.
        page.wait_for_selector(".counts", timeout=20_000)
        page.click("main form[action$='/vie'] button")
        page.wait_for_url("**/tuonti/0*", timeout=20_000)
        expect(page.locator(".counts")).to_contain_text("5")


def test_a_printed_card_holds_the_data_and_none_of_the_controls(database_url: str, tmp_path: Path) -> None:
    with at_work(database_url, tmp_path, "yllapitaja") as (page, town, _):
        page.goto(f"/asiakas/{town.aapo}")
        page.emulate_media(media="print")
        expect(page.locator(".head")).to_be_hidden()
        expect(page.locator("#hetu button")).to_be_hidden()
        expect(page.locator("[href$='/korjaa/email']")).to_be_hidden()
        expect(page.get_by_text("Korjattu katu 1").first).to_be_visible()
        expect(page.locator(".printed")).to_contain_text("Testi Yllapitaja")
