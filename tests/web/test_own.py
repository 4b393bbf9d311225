"""The data subject's own pages, without scripts: what is held and from whom, protected data, one's own word, looks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.builders import AAPO, BEA, a_person, a_world, only
from tests.web.subjects import a_subject


def test_a_person_sees_what_is_held_of_them_and_from_whom(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", phone="0401234567")))
        world.take(world.water, a_person("V9", permanent_address__street="Toinen tie 1"))
        stranger = only(world.take(world.water, a_person("V2", BEA, surname="Vieras")))
        world.correct(party_id, "surname", value="Korjattu")
        visitor = a_subject(world, party_id)
        page = visitor.goto("/omat/tiedot")
        assert page.status_code == 200
        for told in ("Korjattu", "Kuvitteellinen", "Esimerkkitie 7 A 12", "Toinen tie 1", "Kuusilahden kaupunki",
                     "Granvikin vesi", "Rekisterin ylläpitäjä", "customer told", "K1", "V9", "2.3.2026"):  # fmt: skip
            assert told in page.text, told
        assert AAPO not in page.text
        assert "Vieras" not in page.text
        assert str(stranger) not in page.text
        assert world.sql(
            "select subjects from audit.event where action = 'self:read' and outcome = 'done' order by id desc limit 1"
        ) == [([party_id],)]


def test_while_an_order_covers_them_contact_data_is_shown_to_a_fresh_proof_alone(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", phone="0401234567", turvakielto="k")))
        visitor = a_subject(world, party_id)
        for path in ("/omat/tiedot", "/omat/yhteystiedot", "/omat/yhteystiedot/phone"):
            assert "Esimerkkitie" not in visitor.goto(path).text
            assert "123 4567" not in visitor.page.text
        page = visitor.goto("/omat/suojatut")
        assert "Esimerkkitie 7 A 12" in page.text
        assert "+358 40 1234567" in page.text
        world.clock.at += timedelta(minutes=14)
        assert visitor.goto("/omat/suojatut").status_code == 200
        world.clock.at += timedelta(minutes=2)
        page = visitor.goto("/omat/suojatut")
        assert page.url.path == "/kirjaudu/vahvista"
        assert "/kirjaudu/palvelu/vahva?vahvista=k" in page.text
        assert "Esimerkkitie" not in page.text


def test_what_a_person_tells_is_used_at_once_and_taken_back_leaves_the_others_to_speak(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", phone="0401234567")))
        visitor = a_subject(world, party_id)
        visitor.goto("/omat/yhteystiedot/phone")
        page = visitor.send("/omat/yhteystiedot/phone", {"phone": "ei numero"})
        assert page.status_code == 422
        assert "mistake" in page.text
        page = visitor.send("/omat/yhteystiedot/phone", {"phone": "050 765 4321"})
        assert "Ilmoituksesi on tallennettu." in page.text
        assert "Rekisteröity itse" in page.text
        assert world.kept(party_id)["phone"] == "+358507654321"
        assert world.card(party_id).value("phone") == "+358507654321"
        visitor.goto("/omat/yhteystiedot/phone")
        assert 'value="+358507654321"' in visitor.page.text
        assert "Mikään ei muuttunut" in visitor.send("/omat/yhteystiedot/phone", {"phone": "050 7654321"}).text
        world.take(world.town, a_person("K1", phone="0409999999"))
        assert world.kept(party_id)["phone"] == "+358507654321"
        visitor.goto("/omat/yhteystiedot")
        assert "Oma ilmoituksesi on peruttu" in visitor.send("/omat/yhteystiedot/phone/peru").text
        assert world.kept(party_id)["phone"] == "+358409999999"
        assert "/omat/yhteystiedot/phone/peru" not in visitor.page.text
        changes = world.sql("select kind, items from parties.change where items = '{phone}' order by id")
        assert changes == [("changed", ["phone"])] * 2


def test_a_persons_word_is_no_customership_and_outlives_none(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1", phone="0401234567")))
        visitor = a_subject(world, party_id)
        visitor.goto("/omat/yhteystiedot/contact_address")
        page = visitor.send("/omat/yhteystiedot/contact_address",
                            {"contact_address.street": "PL 1", "contact_address.postcode": "00101",
                             "contact_address.town": "HELSINKI"})  # fmt: skip
        assert page.status_code == 200
        world.clock.pass_days(1)
        world.end(world.town, "K1")
        kept = world.kept(party_id)
        assert kept["surname"] == "Kuvitteellinen"
        assert kept["contact_address"] == {"street": "PL 1", "postcode": "00101", "town": "HELSINKI"}
        assert world.find("PL 1")[0].party_id == party_id


def test_a_wish_of_channel_is_one_the_register_can_grant(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        visitor = a_subject(world, party_id)
        page = visitor.goto("/omat/yhteystiedot/invoice_channel")
        assert 'value="direct_payment"' not in page.text
        page = visitor.send("/omat/yhteystiedot/invoice_channel", {"invoice_channel": "direct_payment"})
        assert page.status_code == 422
        assert "omasta pankista" in page.text
        page = visitor.send("/omat/yhteystiedot/invoice_channel", {"invoice_channel": "email"})
        assert "Ilmoituksesi on tallennettu." in page.text
        assert "Oma ilmoituksesi" in page.text
        assert visitor.goto("/omat/yhteystiedot/surname").status_code == 404


def test_a_person_sees_who_looked_and_why_and_nobodys_name(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        world.card(party_id)
        visitor = a_subject(world, party_id, language="sv")
        page = visitor.goto("/omat/katselut")
        assert page.status_code == 200
        assert "Visning av egna uppgifter" not in page.text
        assert "Den registrerade själv" in visitor.goto("/omat/katselut?omat=k").text
        assert "Servicecentralen" in page.text
        assert "Registerunderhåll" in page.text
        assert "test-maintainer" not in page.text
