"""Coming and going."""

from __future__ import annotations

from pathlib import Path

from tests.web.browsing import an_office


def test_somebody_signs_in_in_their_language_and_out_again(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor()
        page = visitor.sign_in("laskuttaja", "sv")
        assert page.url.path == "/haku"
        assert '<html lang="sv">' in page.text
        page = visitor.send("/kirjaudu/ulos")
        assert page.url.path == "/kirjaudu"
        assert visitor.goto("/haku").url.path == "/kirjaudu"
