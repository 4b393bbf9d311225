"""One's own account, proving anew who one is, the second factor, and grants by an administrator."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pyotp
from starlette.testclient import TestClient

from rekisteri import access, web
from rekisteri.access.signin import SignIn
from rekisteri.access.terms import Terms
from rekisteri.catalogue import Role
from tests.builders import AAPO, a_person, only
from tests.web.browsing import BASE, PASSWORD, Visitor, an_office


def secret_of(text: str) -> pyotp.TOTP:
    return pyotp.TOTP(re.findall(r'<code class="secret">([A-Z2-7]{32})</code>', text)[0])


def test_a_stale_sign_in_is_proved_again_before_a_code_is_shown_and_the_page_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        party_id = only(office.world.take(office.world.town, a_person("K1")))
        visitor = office.visitor("yllapitaja")
        office.world.clock.at += timedelta(minutes=16)
        card = f"/asiakas/{party_id}"
        visitor.goto(card)
        visitor.client.headers["referer"] = f"{BASE}{card}"
        page = visitor.send(f"{card}/hetu")
        assert page.url.path == "/kirjaudu/vahvista"
        assert AAPO not in page.text
        wrong = visitor.send("/kirjaudu/vahvista", {"salasana": "wrong"})
        assert wrong.status_code == 401
        before = visitor.client.cookies["rekisteri"]
        page = visitor.send("/kirjaudu/vahvista", {"salasana": PASSWORD})
        assert page.url.path == card
        assert visitor.client.cookies["rekisteri"] != before
        assert AAPO in visitor.send(f"{card}/hetu").text


def test_a_part_of_a_page_leads_the_whole_page_to_the_proof(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        party_id = only(office.world.take(office.world.town, a_person("K1")))
        visitor = office.visitor("yllapitaja")
        office.world.clock.at += timedelta(minutes=16)
        card = f"/asiakas/{party_id}"
        token = re.findall(r'"X-CSRF-Token": "(\w+)"', visitor.goto(card).text)[0]
        headers = {"hx-request": "true", "hx-current-url": f"{BASE}{card}", "x-csrf-token": token}
        answer = visitor.client.post(f"{card}/hetu", headers=headers)
        assert answer.status_code == 204
        assert answer.headers["hx-redirect"] == f"/kirjaudu/vahvista?seuraava={card.replace('/', '%2F')}"


def test_somebody_sees_their_rights_and_sessions_and_ends_one(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        here, elsewhere = office.visitor("laskuttaja"), office.visitor("laskuttaja")
        page = here.goto("/tili")
        rights = page.text.partition("<h2>Oikeudet</h2>")[2].partition("</table>")[0]
        assert "Laskuttaja" in rights
        assert "Kuusilahden kaupunki" in rights
        assert "1.3.2027" in rights or "2.3.2027" in rights
        (end,) = set(re.findall(r'action="(/tili/istunto/[^"]+)"', page.text))
        assert "Istunto on päätetty" in here.send(end).text
        assert elsewhere.goto("/haku").url.path == "/kirjaudu"


def test_a_password_is_changed_with_the_one_in_use(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        here, elsewhere = office.visitor("laskuttaja"), office.visitor("laskuttaja")
        here.goto("/tili")
        for given, told in (
            ({"salasana": "wrong", "uusi": "a-whole-new-one"}, "on väärä"),
            ({"salasana": PASSWORD, "uusi": "short"}, "vähintään 12"),
        ):
            page = here.send("/tili/salasana", given)
            assert page.status_code in (401, 422)
            assert told in page.text
        assert (
            "Salasana on vaihdettu"
            in here.send("/tili/salasana", {"salasana": PASSWORD, "uusi": "a-whole-new-one"}).text
        )
        assert elsewhere.goto("/haku").url.path == "/kirjaudu"
        visitor = office.visitor()
        visitor.goto("/kirjaudu")
        page = visitor.send("/kirjaudu", {"tunnus": "laskuttaja", "salasana": "a-whole-new-one"})
        assert page.url.path == "/haku"


def test_a_device_is_enrolled_on_ones_own_page_and_then_asked_for(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        visitor = office.visitor("yllapitaja")
        visitor.goto("/tili")
        device = secret_of(visitor.send("/tili/vahvistin").text)
        again = visitor.send("/tili/vahvistin/koodi", {"koodi": "123"})
        assert again.status_code == 422
        assert secret_of(again.text).secret == device.secret
        page = visitor.send("/tili/vahvistin/koodi", {"koodi": device.at(office.world.clock.at)})
        assert len(re.findall(r'<code class="secret">', page.text)) == 10
        office.world.clock.at += timedelta(minutes=1)
        newcomer = office.visitor()
        newcomer.goto("/kirjaudu")
        filled = {"tunnus": "yllapitaja", "salasana": PASSWORD}
        assert newcomer.send("/kirjaudu", filled).status_code == 401
        page = newcomer.send("/kirjaudu", filled | {"koodi": device.at(office.world.clock.at)})
        assert page.url.path == "/haku"
        boss = office.visitor("paakayttaja")
        boss.goto("/hallinta/tunnus/yllapitaja")
        assert "Kertakäyttökoodi on poistettu" in boss.send("/hallinta/tunnus/yllapitaja/vahvistin/poista").text
        assert newcomer.goto("/haku").url.path == "/kirjaudu"


def test_who_must_have_a_device_enrols_it_on_the_way_in(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        one = office.world.register
        terms = Terms(second_factor_roles=frozenset({Role.MAINTAINER}))
        strict = SignIn(one.database, one.vault, one.sessions, one.hasher, terms, office.world.clock)
        register = type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"sign_in": strict})
        client = TestClient(web.application(register), base_url=BASE, headers={"accept-language": "fi"})
        visitor = Visitor(client, client.get("/kirjaudu"))
        page = visitor.send("/kirjaudu", {"tunnus": "yllapitaja", "salasana": PASSWORD})
        assert "rekisteri" not in client.cookies
        device = secret_of(page.text)
        assert visitor.send("/kirjaudu/vahvistin", {"koodi": "1"}).status_code == 422
        page = visitor.send("/kirjaudu/vahvistin", {"koodi": device.at(office.world.clock.at)})
        assert "Palautuskoodit" in page.text
        assert visitor.goto("/haku").url.path == "/haku"
        assert visitor.goto("/kirjaudu").url.path == "/haku"


def test_an_administrator_grants_ends_and_sees_what_is_over(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        boss, invoicer = office.visitor("paakayttaja"), office.visitor("laskuttaja")
        account = "/hallinta/tunnus/laskuttaja"
        boss.goto(account)
        page = boss.send(f"{account}/oikeus", {"role": "collector", "organisation": "vesi", "ends_on": "31.12.2026"})
        assert "Oikeus on annettu" in page.text
        assert "31.12.2026" in page.text
        assert "Perintä" in invoicer.goto("/haku").text
        ends = re.findall(r'action="(/hallinta/oikeus/[^"]+/paata)"', page.text)
        assert len(ends) == 2
        assert "Oikeus on päätetty" in boss.send(ends[0]).text
        assert "Päätetty" in boss.goto(f"{account}?kaikki=k").text
        assert "Perintä" not in invoicer.goto("/haku").text
        for wrong, told in (
            ({"role": "auditor"}, "eivät sovi yhteen"),
            ({"role": "collector", "ends_on": "1.1.2020"}, "Oikeus alkaa"),
            ({"role": "invoicer", "organisation": "kuusilahti"}, "jo sama oikeus"),
            ({"role": "collector", "for": "invoicing"}, "Käyttötarkoitus ei kuulu rooliin"),
        ):
            page = boss.send(f"{account}/oikeus", wrong)
            assert page.status_code in (409, 422), wrong
            assert told in page.text, wrong
            boss.goto(account)
        own = boss.goto("/hallinta/tunnus/paakayttaja")
        assert boss.send("/hallinta/tunnus/paakayttaja/oikeus", {"role": "maintainer"}).status_code == 403
        assert own.status_code == 200


def test_an_administrator_gives_a_password_shown_once(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        boss, invoicer = office.visitor("paakayttaja"), office.visitor("laskuttaja")
        boss.goto("/hallinta/tunnus/laskuttaja")
        page = boss.send("/hallinta/tunnus/laskuttaja/salasana")
        password = page.text.partition('<code class="secret">')[2].partition("<")[0]
        assert invoicer.goto("/haku").url.path == "/kirjaudu"
        page = invoicer.send("/kirjaudu", {"tunnus": "laskuttaja", "salasana": password})
        assert page.url.path == "/tili" and "vaihda se alla" in page.text
        assert access.invent_password() != password
