"""The demo's certified provider in a real browser: in as staff and as a customer, out at both; killed, it leaves no orphan."""

from __future__ import annotations

import json
import re
import time
import tomllib
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from rekisteri import simulators
from rekisteri.ground import postgres
from rekisteri.simulators import certified_provider, identity_providers, people
from rekisteri.wiring import CLUSTER
from tests.journeys.test_cli_demo import SEED, a_demo
from tests.web.serving import chromium, faults_of_access, somebody

GONE_S = 10.0
STAFF_SV = "Med servicecentralens konto"
ADDRESSES = ["http://127.0.0.1:9", "http://localhost:9"]


def issuers(home: Path) -> dict[str, str]:
    declared = tomllib.loads((home / "oidc.toml").read_text("utf-8"))["provider"]
    return {one["name"]: one["issuer"] for one in declared}


def out_at_the_provider(page: Page, address: str, question: str, yes: str) -> None:
    """From the register's word of the session's end to the provider's, and back."""
    expect(page.get_by_role("heading", level=1)).to_have_text(question)
    assert faults_of_access(page) == []
    page.get_by_role("button", name=yes, exact=True).click()
    page.wait_for_url(f"{address}/kirjaudu*")


def as_staff(browser: Browser, address: str, issuer: str) -> None:
    """In Swedish: in, in again as another though the provider remembers, out at both; then out by the provider's word."""
    page = somebody(browser, address).new_page()
    page.goto("/kirjaudu")
    page.click("button[name=kieli][value=sv]")
    page.get_by_role("link", name=STAFF_SV).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vem är du?")
    assert faults_of_access(page) == []
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who are you?")
    page.go_back()
    page.click("button[value=maintainer]")
    page.wait_for_url(f"{address}/haku*")

    page.goto(f"{address}/kirjaudu/palvelu/kunta")
    page.click("button[value=officer]")
    page.wait_for_url(re.compile(f"{re.escape(address)}/(haku|loki).*"))
    page.get_by_role("button", name="Logga ut").click()
    page.get_by_role("link", name="Logga ut också").click()
    out_at_the_provider(page, address, "Vill du logga ut också från identifieringstjänsten?", "Logga ut")

    page.goto("/kirjaudu/palvelu/kunta")
    page.click("button[value=maintainer]")
    page.wait_for_url(f"{address}/haku*")
    page.goto(f"{issuer}/session/end?ui_locales=en")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Olet kirjautunut ulos tunnistuspalvelusta")
    page.goto(f"{address}/haku")
    page.wait_for_url(f"{address}/kirjaudu*")


def as_customer(browser: Browser, address: str) -> None:
    """In Finnish, without scripts: declined, then in, to one's own data alone, and out at both."""
    page = somebody(browser, address, scripts=False).new_page()
    page.goto("/tunnistaudu")
    page.get_by_role("link", name="Tunnistaudu vahvasti").click()
    page.get_by_role("button", name="En halua tunnistautua").click()
    page.wait_for_url(f"{address}/kirjaudu/palvelu/vahva/paluu*")
    page.goto("/tunnistaudu")
    page.get_by_role("link", name="Tunnistaudu vahvasti").click()
    page.locator("button[value^=person-]").first.click()
    page.wait_for_url(f"{address}/omat*")
    page.get_by_role("button", name="Kirjaudu ulos").click()
    page.get_by_role("link", name="Kirjaudu ulos myös").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kirjaudutko ulos myös tunnistuspalvelusta?")
    page.get_by_role("button", name="Kirjaudu ulos", exact=True).click()
    page.wait_for_url(f"{address}/kirjaudu*")


def test_staff_and_customers_come_and_go_by_the_certified_provider_which_dies_with_the_demo(tmp_path: Path) -> None:
    if not simulators.certified_provider_installed():
        pytest.skip("the certified provider is not installed: ./rekisteri-dev setup")
    home = tmp_path / "home"
    try:
        with a_demo(home) as (process, told):
            at = issuers(home)
            metadata = httpx2.get(f"{at['kunta']}/.well-known/openid-configuration").json()
            assert (metadata["issuer"], metadata["backchannel_logout_supported"]) == (at["kunta"], True)
            with chromium() as browser:
                as_staff(browser, told["address"], at["kunta"])
                as_customer(browser, told["address"])
            process.kill()
            process.wait()
            assert ends(at["kunta"]), "the provider outlived the demo"
    finally:
        postgres.stop(home / CLUSTER)


def ends(issuer: str) -> bool:
    """Whether nobody answers there any more, after a while at most."""
    deadline = time.monotonic() + GONE_S
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"{issuer}/jwks", timeout=1)
        except httpx2.TransportError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("lacks", ["package", "node", "sound"])
def test_where_the_certified_provider_cannot_be_had_the_simulation_stands_in(
    lacks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed: dict[str, Any] = {"package": ("INSTALLED", tmp_path / "none"), "node": ("node", lambda: None)}
    if lacks == "sound":
        # Half an installation: the program begins, finds no package and ends.
        (tmp_path / "half" / "node_modules" / "oidc-provider").mkdir(parents=True)
        placed["sound"] = ("INSTALLED", tmp_path / "half")
    monkeypatch.setattr(certified_provider, *placed[lacks])
    staff = [("maintainer", {"fi": "Ylläpitäjä", "sv": "Förvaltare", "en": "Maintainer"})]
    with identity_providers(tmp_path / "home", staff, list(people(SEED, 3)), ADDRESSES) as certified:
        assert not certified
        for issuer in issuers(tmp_path / "home").values():
            assert httpx2.get(f"{issuer}/.well-known/openid-configuration").json()["issuer"] == issuer


def test_what_set_up_fetches_is_pinned_by_its_content_and_not_by_where_it_lies() -> None:
    locked = json.loads((certified_provider.PROGRAM.parent / "package-lock.json").read_text("utf-8"))["packages"]
    wished = json.loads((certified_provider.PROGRAM.parent / "package.json").read_text("utf-8"))["dependencies"]
    assert locked.pop("")["dependencies"] == wished
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wished} == wished
    assert [
        name for name, one in locked.items() if "resolved" in one or not one["integrity"].startswith("sha512-")
    ] == []
