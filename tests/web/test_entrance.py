"""Coming and going: sign-in, language, purpose, safety of every answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from rekisteri import web
from rekisteri.access import Action
from rekisteri.web import guard
from tests.builders import AAPO
from tests.web.browsing import BASE, PASSWORD, an_office


def test_somebody_signs_in_in_their_language_and_out_again(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor()
        page = visitor.sign_in("laskuttaja", "sv")
        assert page.url.path == "/haku"
        assert '<html lang="sv">' in page.text
        page = visitor.send("/kirjaudu/ulos")
        assert page.url.path == "/kirjaudu"
        assert page.history[0].headers["clear-site-data"] == '"cache", "storage"'
        page = visitor.goto("/haku")
        assert (page.url.path, page.url.params["seuraava"]) == ("/kirjaudu", "/haku")


def test_a_wrong_password_is_told_alike_for_a_known_and_an_unknown_name(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        told = []
        for handle in ("laskuttaja", "tuntematon"):
            visitor = office.visitor()
            visitor.goto("/kirjaudu")
            page = visitor.send("/kirjaudu", {"tunnus": handle, "salasana": "väärä väärä väärä"})
            assert page.status_code == 401
            told.append(page.text.partition("<main")[2].partition("<form")[0])
        assert told[0] == told[1]
        assert "Käyttäjätunnus, salasana tai koodi on väärä" in told[0]


def test_after_sign_in_one_goes_where_one_was_going_but_never_elsewhere(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor()
        visitor.goto("/tuonti")
        page = visitor.send("/kirjaudu", {"tunnus": "laskuttaja", "salasana": PASSWORD})
        assert page.url.path == "/tuonti"
        stranger = office.visitor()
        stranger.goto("/kirjaudu")
        page = stranger.send(
            "/kirjaudu", {"tunnus": "laskuttaja", "salasana": PASSWORD, "seuraava": "https://evil.test/"}
        )
        assert (page.url.host, page.url.path) == ("rekisteri.test", "/haku")


@pytest.mark.parametrize("target", ["//evil.test", "/\\evil.test", "https://evil.test/x", "haku", "", "/a\nb"])
def test_a_target_that_is_no_path_of_this_site_becomes_the_front_page(target: str) -> None:
    assert guard.local(target) == "/"


def test_a_form_without_its_token_or_from_another_site_changes_nothing(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        assert visitor.client.post("/tarkoitus", data={"tarkoitus": "invoicing"}).status_code == 403
        assert visitor.client.post("/tarkoitus", data={"tarkoitus": "invoicing", "csrf": "0" * 64}).status_code == 403
        visitor.goto("/haku")
        visitor.client.headers["sec-fetch-site"] = "cross-site"
        assert visitor.send("/tarkoitus", {"tarkoitus": "invoicing"}).status_code == 403
        del visitor.client.headers["sec-fetch-site"]
        assert '<option value="upkeep" selected>' in visitor.goto("/haku").text


def test_every_answer_is_never_stored_and_carries_the_safety_headers(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        for path in ("/haku", "/kirjaudu", "/ei-ole", "/health", "/static/rekisteri.css", "/tietue.csv"):
            headers = visitor.client.get(path, follow_redirects=False).headers
            assert headers["cache-control"] == "no-store", path
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"


def test_files_under_their_digest_may_be_kept_and_no_page_asks_another_origin(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        page = office.visitor().goto("/kirjaudu").text
        assets = [part.partition('"')[0] for part in page.split('"/static/')[1:]]
        assert len(assets) == 6
        for name in assets:
            answer = office.client.get(f"/static/{name}")
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
        assert "http://" not in page
        assert "https://" not in page
        assert "<style" not in page
        assert ' style="' not in page
        assert " onclick" not in page


def test_the_session_cookie_can_be_read_by_no_script_and_goes_to_no_other_site(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor()
        visitor.goto("/kirjaudu")
        page = visitor.send("/kirjaudu", {"tunnus": "laskuttaja", "salasana": PASSWORD})
        (cookie,) = [
            value for value in page.history[0].headers.get_list("set-cookie") if value.startswith("rekisteri=")
        ]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie


def test_over_tls_cookies_are_bound_to_the_host_and_the_browser_told_to_stay_there() -> None:
    def hello(_: object) -> PlainTextResponse:
        response = PlainTextResponse("hello")
        cookies = guard.Cookies(secure=True)
        cookies.put(response, cookies.session, "token")
        return response

    app = Starlette(routes=[Route("/", hello)], middleware=[Middleware(guard.SafeHeaders, secure=True)])
    answer = TestClient(app, base_url="https://rekisteri.test").get("/")
    assert answer.headers["set-cookie"].startswith("__Host-rekisteri=token;")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_purpose_and_case_stand_in_the_evidence_of_the_next_act(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        visitor.goto("/haku")
        visitor.send("/tarkoitus", {"tarkoitus": "collection", "asia": "KV-2026/17"})
        visitor.search("Kuvitteellinen")
        assert office.world.sql("select purpose, case_reference from audit.event where action = 'customer:search'") == [
            ("collection", "KV-2026/17")
        ]


def test_an_identity_code_is_no_case_reference(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        visitor.goto("/haku")
        page = visitor.send("/tarkoitus", {"asia": f"lasku {AAPO}"})
        assert page.status_code == 422
        assert AAPO not in page.text


def test_a_purpose_that_is_not_the_viewers_is_refused(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("laskuttaja")
        visitor.goto("/haku")
        assert visitor.send("/tarkoitus", {"tarkoitus": "collection"}).status_code == 403
        assert visitor.goto("/tyojono").status_code == 403


MENUS = {
    "yllapitaja": [
        "/haku",
        "/asiakas/uusi",
        "/maksaja",
        "/tuonti",
        "/tyojono",
        "/pankit",
        "/tietosuoja/pyynnot",
    ],
    "laskuttaja": ["/haku", "/asiakas/uusi", "/maksaja", "/tuonti", "/pankit", "/korjauspyynnot"],
    "perija": ["/haku", "/maksaja", "/korjauspyynnot"],
    "tietosuoja": ["/haku", "/loki", "/valvonta", "/tietosuoja/pyynnot", "/tietosuoja/seloste", "/tietosuoja/sailytys"],
    "tarkastaja": ["/loki", "/valvonta", "/tietosuoja/seloste", "/tietosuoja/sailytys"],
    "paakayttaja": ["/hallinta", "/tietosuoja/sailytys", "/vastaanottajat"],
}


def test_the_menu_shows_what_the_viewer_may_do_and_each_of_it_opens(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        for handle, paths in MENUS.items():
            visitor = office.visitor(handle)
            page = visitor.goto("/")
            assert page.url.path == paths[0]
            menu = page.text.partition('<nav class="menu"')[2].partition("</nav>")[0]
            assert [part.partition('"')[0] for part in menu.split('href="')[1:]] == paths
            assert [visitor.goto(path).status_code for path in paths] == [200] * len(paths)


def test_a_refusal_offers_the_purpose_that_would_do(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        visitor.goto("/haku")
        visitor.send("/tarkoitus", {"tarkoitus": "invoicing"})
        page = visitor.goto("/tyojono")
        assert page.status_code == 403
        assert "Vaihda: Rekisterin ylläpito" in page.text
        assert office.world.sql("select outcome from audit.event where action = 'work:read'") == [("refused",)]


def test_health_tells_whether_the_register_answers_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        answer = office.client.get("/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


ELSEWHERE = {
    "AUDIT_TELL", "AUDIT_VERIFY", "AUDIT_WITNESS", "BANK_EXCHANGE", "BANK_FORGET", "CATALOGUE_READ",
    "REGISTER_BACKUP", "REGISTER_RESTORE", "REGISTER_UPKEEP", "RETENTION_RUN", "SUBJECT_IDENTIFY",
    "CORRECTION_COMPARE",
    "SIGNAL_SWEEP", "SIGNAL_TUNE", "INCIDENT_ASSESS", "DIRECTORY_IMPORT", "DIRECTORY_READ",
    "CONNECTION_OPEN", "CONNECTION_READ", "FEED_DELIVER", "FEED_GATHER", "FEED_READ", "FEED_SECRET", "KEYS_READ", "KEYS_TURN", "NOTICE_READ", "PAYER_BATCH",
}  # fmt: skip
"""Acts that no page does: the API and the terminal do them."""


def test_every_page_names_its_action_or_is_known_to_need_none() -> None:
    without = {f"{page.method} {page.path}" for page in web.PAGES if page.action is None and page.leads_to is None}
    assert without == {
        "GET /", "POST /kieli", "POST /tarkoitus", "GET /ohje", "GET /health", "GET /tietue", "GET /tietue.csv",
        "GET /seloste", "GET /seloste.pdf", "GET /seloste.json", "GET /tietopaketti-1.schema.json",
    }  # fmt: skip
    opened = {f"{page.method} {page.path}" for page in web.PAGES if page.open}
    assert opened == (
        without
        | {
            "GET /kirjaudu",
            "POST /kirjaudu",
            "POST /kirjaudu/vahvistin",
            "GET /tunnistaudu",
            "GET /kirjaudu/palvelu/{provider}",
            "GET /kirjaudu/palvelu/{provider}/paluu",
        }
    ) - {"POST /tarkoitus"}
    assert {action.name for action in Action if action not in {page.action for page in web.PAGES}} == ELSEWHERE


def test_an_unknown_address_and_a_wrong_method_are_told_as_pages(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        page = office.client.get("/ei-ole")
        assert page.status_code == 404
        assert "Tällaista sivua ei ole" in page.text
        assert office.client.post("/tietue").status_code == 405
        assert office.client.base_url == BASE
