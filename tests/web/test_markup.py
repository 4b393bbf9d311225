"""What people write is shown as they wrote it, and is never markup; passwords may be pasted and kept by a manager."""

from __future__ import annotations

from html import escape
from pathlib import Path

from tests.builders import a_company
from tests.web.browsing import an_office

MARK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_what_people_write_is_never_markup(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        world = office.world
        world.take(world.town, a_company("Y1", organisation_name=f"Merkki {MARK}"))
        keeper = office.visitor("yllapitaja")
        pages = [
            keeper.search(MARK),
            keeper.search("Merkki"),
            keeper.goto(f"/asiakas/{MARK}"),
            keeper.goto(f"/haku?sivu={MARK}"),
        ]
        shown = [page.text for page in pages]
    assert any(escape(MARK, quote=False) in text.replace("&#34;", '"').replace("&#39;", "'") for text in shown)
    for text in shown:
        assert "<script>alert" not in text and "<img src=x" not in text


def test_passwords_may_be_pasted_and_kept_by_a_manager(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = office.client.get("/kirjaudu").text
        own = office.visitor("yllapitaja").goto("/tili").text
    for text in (page, own):
        assert 'autocomplete="current-password"' in text and "onpaste" not in text
        assert 'autocomplete="off" type="password"' not in text
