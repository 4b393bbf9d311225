"""Coming in by an identity provider in the pages: out, back, on; fresh proofs; data subjects; refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from httpx2 import Response
from starlette.testclient import TestClient

from rekisteri import web
from rekisteri.access import Errand
from rekisteri.simulators import Somebody
from tests.access.provider_world import AAPO_HIMSELF, MAIJA, NOBODY_HERE, ONNI, ProviderWorld, a_provider_world
from tests.builders import AAPO, a_person, only
from tests.web.browsing import BASE, Visitor, open_accounts


@contextmanager
def an_entrance(database_url: str, home: Path) -> Iterator[tuple[ProviderWorld, Visitor]]:
    with a_provider_world(database_url, home) as town:
        client = TestClient(web.application(town.world.register), base_url=BASE, headers={"accept-language": "fi"})
        yield town, Visitor(client, client.get("/kirjaudu"))


def goes(
    town: ProviderWorld, visitor: Visitor, who: Somebody = MAIJA, path: str = "/kirjaudu/palvelu/kunta"
) -> Response:
    """Out by a link of a page, through the provider, and back; what is shown then."""
    out = visitor.client.get(path, follow_redirects=False)
    assert out.status_code == 303, out.text
    answer = town.chosen(Errand(out.headers["location"], ""), who)
    place = path.partition("?")[0]
    visitor.page = visitor.client.get(f"{place}/paluu?{urlencode(answer)}")
    return visitor.page


def test_a_member_of_the_staff_comes_in_by_the_button_and_the_page_goes_on_by_itself(
    database_url: str, tmp_path: Path
) -> None:
    with an_entrance(database_url, tmp_path) as (town, visitor):
        page = visitor.goto("/kirjaudu?seuraava=%2Ftuonti")
        assert "Kunnan tunnuksella" in page.text
        assert "/kirjaudu/palvelu/kunta?seuraava=%2Ftuonti" in page.text
        page = goes(town, visitor, path="/kirjaudu/palvelu/kunta?seuraava=%2Ftuonti")
        assert page.status_code == 200
        assert '<meta http-equiv="refresh" content="0;url=/tuonti">' in page.text
        assert "matka" not in str(visitor.client.cookies)
        assert visitor.goto("/tuonti").url.path == "/tuonti"
        own = visitor.goto("/tili").text
        assert "Tunnistuspalvelu" in own
        assert 'action="/tili/salasana"' not in own


def test_the_cookie_of_the_way_comes_back_with_the_provider_and_the_sessions_own_does_not(
    database_url: str, tmp_path: Path
) -> None:
    with an_entrance(database_url, tmp_path) as (town, visitor):
        out = visitor.client.get("/kirjaudu/palvelu/kunta", follow_redirects=False)
        (cookie,) = [one for one in out.headers.get_list("set-cookie") if one.startswith("rekisteri-matka=")]
        assert "SameSite=lax" in cookie
        assert "HttpOnly" in cookie
        answer = town.chosen(Errand(out.headers["location"], ""))
        stranger = TestClient(visitor.client.app, base_url=BASE)
        assert stranger.get(f"/kirjaudu/palvelu/kunta/paluu?{urlencode(answer)}").status_code == 401
        page = visitor.client.get(f"/kirjaudu/palvelu/kunta/paluu?{urlencode(answer)}")
        (session,) = [one for one in page.headers.get_list("set-cookie") if one.startswith("rekisteri=")]
        assert "SameSite=strict" in session
        assert page.headers["referrer-policy"] == "same-origin"


def test_whoever_is_turned_away_is_told_so_in_their_language_and_may_try_again(
    database_url: str, tmp_path: Path
) -> None:
    with an_entrance(database_url, tmp_path) as (town, visitor):
        page = goes(town, visitor, ONNI)
        assert page.status_code == 401
        assert "Mikään tunnus ei ole sinun" in page.text
        town.staff.mend = lambda claims: claims | {"nonce": "another"}
        assert "Tunnistautuminen ei onnistunut" in goes(town, visitor).text
        assert visitor.client.get("/kirjaudu/palvelu/kunta/paluu?code=a&state=b").status_code == 401
        assert visitor.client.get("/kirjaudu/palvelu/nowhere").status_code == 404
        town.staff.mend = lambda claims: claims
        assert goes(town, visitor).status_code == 200


def test_a_data_subject_sees_as_whom_they_are_signed_in_and_nothing_of_the_staffs(
    database_url: str, tmp_path: Path
) -> None:
    with an_entrance(database_url, tmp_path) as (town, visitor):
        party_id = only(town.world.take(town.world.town, a_person("K1")))
        assert "/tunnistaudu" in visitor.goto("/kirjaudu").text
        assert "Vahva tunnistautuminen" in visitor.goto("/tunnistaudu").text
        page = goes(town, visitor, AAPO_HIMSELF, "/kirjaudu/palvelu/vahva?seuraava=%2Fomat")
        assert 'url=/omat"' in page.text
        page = visitor.goto("/omat")
        assert page.status_code == 200
        assert "Kuvitteellinen Aapo" in page.text
        assert 'name="tarkoitus"' not in page.text
        assert AAPO not in page.text
        for path in ("/haku", f"/asiakas/{party_id}", "/tili", "/hallinta", "/loki", "/tyojono"):
            assert visitor.goto(path).status_code == 403, path
        assert visitor.goto("/").url.path == "/omat"
        assert (
            town.world.sql("select account from audit.event where action = 'self:read' and outcome = 'done'")
            == [(f"subject:{party_id}",)] * 2
        )
        page = visitor.send("/kirjaudu/ulos")
        assert f"{town.subject.issuer}/logout?client_id=rekisteri" in page.text
        assert visitor.goto("/omat").url.path == "/kirjaudu"


def test_who_is_not_in_the_register_is_told_so_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    with an_entrance(database_url, tmp_path) as (town, visitor):
        page = goes(town, visitor, NOBODY_HERE, "/kirjaudu/palvelu/vahva")
        assert page.status_code == 404
        assert "Rekisterissä ei ole tietoja sinusta" in page.text
        assert "Bea" not in page.text
        assert visitor.goto("/omat").url.path == "/kirjaudu"


def test_a_fresh_proof_is_asked_of_the_provider_who_proved_the_first(database_url: str, tmp_path: Path) -> None:
    with an_entrance(database_url, tmp_path) as (town, visitor):
        party_id = only(town.world.take(town.world.town, a_person("K1")))
        goes(town, visitor)
        town.world.clock.at += timedelta(minutes=16)
        card = f"/asiakas/{party_id}"
        visitor.goto(card)
        visitor.client.headers["referer"] = f"{BASE}{card}"
        page = visitor.send(f"{card}/hetu")
        assert page.url.path == "/kirjaudu/vahvista"
        assert 'name="salasana"' not in page.text
        link = page.text.partition('href="/kirjaudu/palvelu/kunta?')[2].partition('"')[0].replace("&amp;", "&")
        page = goes(town, visitor, path=f"/kirjaudu/palvelu/kunta?{link}")
        assert f'url={card}"' in page.text
        visitor.goto(card)
        assert AAPO in visitor.send(f"{card}/hetu").text


def test_an_administrator_links_an_account_and_unlinks_it(database_url: str, tmp_path: Path) -> None:
    with an_entrance(database_url, tmp_path) as (town, visitor):
        open_accounts(town.world, town.world.town)
        boss = Visitor(TestClient(visitor.client.app, base_url=BASE, headers={"accept-language": "fi"}), visitor.page)
        boss.sign_in("paakayttaja")
        account = "/hallinta/tunnus/laskuttaja"
        boss.goto(account)
        wrong = boss.send(f"{account}/liita", {"provider": "kunta", "subject": MAIJA.subject})
        assert wrong.status_code == 409
        assert "on jo liitetty" in wrong.text
        boss.goto(account)
        assert (
            "Tunnus on liitetty" in boss.send(f"{account}/liita", {"provider": "kunta", "subject": ONNI.subject}).text
        )
        assert "Testi Laskuttaja" in goes(town, visitor, ONNI).text
        assert "Liitos on poistettu" in boss.send(f"{account}/irrota").text
        assert visitor.goto("/haku").url.path == "/kirjaudu"
