"""The banks' pages: a file and its report, what waits, why an order stands, notices with each bank's state."""

from __future__ import annotations

from pathlib import Path

from tests.builders import AAPO, BEA
from tests.sources.banks.billing import NOTICE, put_notice, send_all
from tests.sources.banks.mandating import ACCOUNT, CREDITOR, Mandating, cancellation, initiation
from tests.sources.banks.writing import Told
from tests.web.browsing import an_office, form_to
from tests.web.serving import chromium, faults_of_access, served, sign_in, somebody
from tests.web.town import a_town

FILE = "".join(
    told.text()
    for told in (
        Told(due_day="15"),
        Told("A2", hetu=BEA, name="PIILONEN BEA", address="FI3131313131313131"),
        Told("A3", name="ROISTO ROPE", address="FI4950009420028730"),
    )
).encode("iso-8859-15")


def test_a_file_is_brought_in_a_message_matched_and_the_order_explained(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        put_notice(office.world, office.world.town, NOTICE)
        visitor = office.visitor("yllapitaja")
        visitor.goto("/pankit/aineistot")
        page = visitor.send("/pankit/aineistot", tiedosto=("ri.dat", FILE))
        assert "Maksajalla on turvakielto" in page.text
        page = visitor.goto("/pankit/aineistot")
        assert visitor.send("/pankit/aineistot", tiedosto=("sama.dat", FILE)).text.count("Tuli jo aiemmin") >= 1
        visitor.goto("/pankit/aineistot")
        page = visitor.send("/pankit/aineistot", tiedosto=("rikki.dat", FILE[:900]))
        assert "Sanoma tai kehys päättyy kesken" in page.text
        path = page.url.path
        assert visitor.send(path, {"ratkaisu": "rejected"}).status_code == 422
        assert "ehjä tuli" in visitor.send(path, {"ratkaisu": "rejected", "perustelu": "ehjä tuli"}).text

        page = visitor.goto("/pankit/tyot")
        assert "2 avointa työtä" in page.text
        first = page.text.partition('href="/pankit/tyot/')[2].partition('"')[0]
        page = visitor.goto(f"/pankit/tyot/{first}")
        assert "020290-****" in page.text and BEA not in page.text and "PANKINTIE" not in page.text
        path = f"/pankit/tyot/{first}"
        assert visitor.send(path, {"ratkaisu": "matched", "perustelu": "x"}).status_code == 422
        filled = {"ratkaisu": "matched", "asiakas": str(town.bea), "perustelu": "soitettu maksajalle"}
        page = visitor.send(path, filled)
        assert "Työ on ratkaistu" in page.text and "ei tue sitä" in page.text
        assert (
            visitor.send(page.url.path, {"ratkaisu": "released", "perustelu": "koe"}).text.count("odottaa edelleen")
            == 1
        )

        page = visitor.goto(f"/asiakas/{town.aapo}")
        assert (
            "E-laskut pankkiin Nordea." in page.text and "FI2112345600000785" not in page.text.partition("pankeissa")[2]
        )
        link = "/pankit/toimeksianto/" + page.text.partition('href="/pankit/toimeksianto/')[2].partition('"')[0]
        assert "henkilötunnus (03) + nimi, sääntö 3" in visitor.goto(link).text
        assert visitor.send(link, {"perustelu": ""}).status_code == 422
        assert "Keskeytetty" in visitor.send(link, {"perustelu": "laskut palautuvat"}).text
        for language, paused, ended in (
            ("sv", "Avbrutet", "Upphört"), ("en", "Paused", "Ended"), ("fi", "Keskeytetty", "Päättynyt"),
        ):  # fmt: skip
            visitor.send("/kieli", {"kieli": language})
            at_banks = visitor.goto(f"/asiakas/{town.aapo}").text.partition('id="pankeissa"')[2]
            assert paused in at_banks and ended not in at_banks
        visitor.goto(link)
        assert "Keskeytys poistettu" in visitor.send(link, {"perustelu": "korjattu"}).text
        subjects = office.world.sql("select subjects from audit.event where action = 'bank:read' and subjects <> '{}'")
        assert {tuple(found) for (found,) in subjects} == {(town.aapo,)}


MANDATES = initiation(
    Mandating(hetu=AAPO), Mandating(reference="M-2", hetu=BEA, name="Piilonen Bea"),
    Mandating(reference="M-3", ytunnus="2769790-1", name="Joku Muu"),
).encode()  # fmt: skip


def test_mandates_are_brought_in_matched_and_shown(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        put_notice(office.world, office.world.town, NOTICE)
        visitor = office.visitor("yllapitaja")
        visitor.goto("/pankit/aineistot")
        page = visitor.send("/pankit/aineistot", tiedosto=("pain.xml", MANDATES))
        assert "Velkojatunnusta tai sanomaa, johon viitataan, ei tunneta" in page.text
        visitor.goto("/pankit/valtuutukset")
        wrong = {"organisaatio": "kuusilahti", "velkojatunnus": "FI00ZZZ1", "laskutusaihe": "PH"}
        page = visitor.send("/pankit/valtuutukset", wrong)
        assert page.status_code == 422 and "Se ei ole velkojatunnus" in page.text
        page = visitor.send("/pankit/valtuutukset", wrong | {"velkojatunnus": CREDITOR})
        assert "Velkojatunnus on tallennettu" in page.text and "Maksajalla on turvakielto" in page.text
        held = page.text.partition('href="/pankit/valtuutus/')[2].partition('"')[0]
        page = visitor.goto(f"/pankit/valtuutus/{held}")
        assert ACCOUNT not in page.text and BEA not in page.text
        path = f"/pankit/valtuutus/{held}"
        assert visitor.send(path, {"ratkaisu": "matched", "perustelu": "x"}).status_code == 422
        page = visitor.send(path, {"ratkaisu": "matched", "asiakas": str(town.company), "perustelu": "soitettu"})
        assert "Työ on ratkaistu" in page.text and "Keksitty Laiva Oy" in page.text
        visitor.goto("/pankit/aineistot")
        visitor.send("/pankit/aineistot", tiedosto=("pain2.xml", cancellation("M-9", initiator=None).encode()))
        page = visitor.goto("/pankit/valtuutukset")
        word = page.text.partition('action="/pankit/valtuutussanoma/')[2].partition('"')[0]
        page = visitor.send(f"/pankit/valtuutussanoma/{word}", {"perustelu": "ei ole meidän"})
        assert "Työ on ratkaistu" in page.text and "valtuutussanoma/" not in page.text
        page = visitor.goto(f"/asiakas/{town.aapo}")
        assert "laskuttaja veloittaa laskun maksajan tililtä" in page.text
        assert ACCOUNT not in page.text.partition('id="pankeissa"')[2]


def test_a_notice_is_composed_issued_and_ended_at_the_pages(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        notice_id = put_notice(office.world, office.world.town, NOTICE)
        visitor = office.visitor("yllapitaja")
        assert "Lähetetty; pankki ilmoittaa vain virheet" in visitor.goto("/pankit").text
        path = f"/pankit/ilmoitus/{notice_id}/muuta"
        page = visitor.goto(path)
        form = form_to(page, "")
        sent = form.fields | {"names.sv": ["G"]}
        page = visitor.client.post(path, data=sent)
        assert page.status_code == 422 and "names" in page.text
        page = visitor.client.post(path, data=sent | {"names.sv": ["Granvik"], "bank": ["NDEAFIHH", "SBANFIHH"]})
        assert "Luonnos on tallennettu" in page.text
        visitor.page = page
        page = visitor.send(f"/pankit/ilmoitus/{notice_id}/anna")
        assert "Valmis lähetettäväksi" in page.text and "S-Pankki" in page.text
        send_all(office.world)
        visitor.goto("/pankit/aineistot")
        visitor.send("/pankit/aineistot", tiedosto=("ri.dat", FILE))
        page = visitor.goto(f"/pankit/ilmoitus/{notice_id}/paata?pankki=NDEAFIHH")
        assert "1 toimeksianto päättyy" in page.text and "Kuvitteellinen Aapo" in page.text
        assert "Päättäminen on valmis" in visitor.send(f"/pankit/ilmoitus/{notice_id}/paata").text
        send_all(office.world)
        assert (
            "Päättynyt"
            in visitor.goto(f"/asiakas/{town.aapo}").text.partition("Toimeksiannot pankeissa ja valtuutukset")[2]
        )

        own = office.visitor("laskuttaja")
        assert "Kuusilahden kaupunki" in own.goto("/pankit").text
        assert own.goto(f"/pankit/ilmoitus/{notice_id}").status_code == 200
        assert own.goto("/pankit/tyot").status_code == 403
        assert own.goto(f"/pankit/ilmoitus/{notice_id}/paata?pankki=NDEAFIHH").status_code == 403


def test_the_banks_pages_bar_nobody_the_way(database_url: str, tmp_path: Path) -> None:
    found: dict[str, list[str]] = {}
    said: list[str] = []
    with (
        an_office(database_url, tmp_path) as office,
        served(office.client.app) as address,
        chromium() as browser,
    ):
        town = a_town(office.world)
        notice_id = put_notice(office.world, office.world.town, NOTICE)
        visitor = office.visitor("yllapitaja")
        visitor.goto("/pankit/aineistot")
        path = visitor.send("/pankit/aineistot", tiedosto=("ri.dat", FILE)).url.path
        visitor.goto("/pankit/aineistot")
        visitor.send("/pankit/aineistot", tiedosto=("pain.xml", MANDATES))
        creditor = {"organisaatio": "kuusilahti", "velkojatunnus": CREDITOR, "laskutusaihe": "PH"}
        visitor.goto("/pankit/valtuutukset")
        held = visitor.send("/pankit/valtuutukset", creditor).text.partition("/pankit/valtuutus/")[2].partition('"')[0]
        visitor.goto("/pankit/aineistot")
        visitor.send("/pankit/aineistot", tiedosto=("pain2.xml", cancellation("M-9", initiator=None).encode()))
        page = somebody(browser, address).new_page()
        page.on("console", lambda message: said.append(message.text))
        sign_in(page, "yllapitaja")
        for one in (
            "/pankit", f"/pankit/ilmoitus/{notice_id}", f"/pankit/ilmoitus/{notice_id}/muuta",
            f"/pankit/ilmoitus/{notice_id}/paata?pankki=NDEAFIHH", "/pankit/aineistot", path, f"/asiakas/{town.aapo}",
            "/pankit/valtuutukset", f"/pankit/valtuutus/{held}",
        ):  # fmt: skip
            page.goto(one)
            found[one] = faults_of_access(page)
        page.goto(f"/asiakas/{town.aapo}")
        page.click("a[href*='/pankit/toimeksianto/']")
        page.wait_for_selector(".timeline")
        found["why"] = faults_of_access(page)
        page.goto("/pankit/tyot")
        found["queue"] = faults_of_access(page)
        page.click("main td a")
        page.wait_for_selector(".decide")
        found["item"] = faults_of_access(page)
        # The keyboard alone: the decision by its key, the reason, Enter.
        page.keyboard.press("h")
        page.fill("#k-perustelu", "ei maksaja")
        page.press("#k-perustelu", "Enter")
        page.wait_for_selector(".hds-notification--success")
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert said == []
