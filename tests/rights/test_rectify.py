"""Rectification: asked from the card or the API, decided in the queue, answered; never half done."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import rights
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.rights import Channel, Outcome
from tests.api import world as api
from tests.builders import World, a_person, a_viewer, a_world
from tests.web.browsing import an_office
from tests.web.subjects import a_subject
from tests.web.town import a_town


def the_party(world: World) -> UUID:
    return UUID(str(world.sql("select party_id from parties.record where key = 'K1'")[0][0]))


def ask(world: World, item: str = "email", **parts: str) -> rights.Request:
    viewer = a_viewer(Role.INVOICER, world.town)
    raw = {"" if name == "value" else name: text for name, text in parts.items()}
    with world.register.door.write(viewer, Action.RIGHTS_ASK, Purpose.INVOICING) as tx:
        return rights.ask(
            tx, world.register.vault, the_party(world), item, raw, reason="Asiakas soitti", channel=Channel.INVOICER,
            language="fi", organisation_id=world.town.id,
        )  # fmt: skip


def accept(world: World, request_id: UUID) -> None:
    with world.register.door.write(world.maintainer, Action.RIGHTS_RECTIFY, Purpose.UPKEEP) as tx:
        rights.accept(tx, world.register.vault, request_id, rules=world.rules(), answer="Korjattu")


def test_what_is_asked_is_corrected_with_its_grounds_and_the_asker_is_answered(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", email="vaara@esimerkki.fi"))
        made = ask(world, value="oikea@esimerkki.fi")
        assert world.card(the_party(world)).value("email") == "vaara@esimerkki.fi"
        accept(world, made.id)
        assert world.card(the_party(world)).value("email") == "oikea@esimerkki.fi"
        invoicer = a_viewer(Role.INVOICER, world.town)
        with world.register.door.read(invoicer, Action.RIGHTS_ASK, Purpose.INVOICING) as tx:
            assert [(one.outcome, one.answer) for one in rights.own(tx)] == [(Outcome.FULFILLED, "Korjattu")]
        other = a_viewer(Role.INVOICER, world.water)
        with world.register.door.read(other, Action.RIGHTS_ASK, Purpose.INVOICING) as tx:
            assert rights.own(tx) == []
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", email="vaara@esimerkki.fi"))
        assert world.card(the_party(world)).value("email") == "oikea@esimerkki.fi"
        with pytest.raises(Conflict, match="closed already"):
            accept(world, made.id)


def test_a_wrong_wish_is_refused_whole_and_the_request_stays_open(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"))
        made = ask(world, "permanent_address", street="Uusikatu 1", postcode="12")
        with pytest.raises(Rejected):
            accept(world, made.id)
        assert world.sql("select count(*) from rights.request where closed_at is null") == [(1,)]
        assert world.sql("select count(*) from parties.record") == [(1,)]
        for item, parts in (
            ("customer_number", {"": "K2"}),
            ("email", {"": " "}),
            ("nothing", {"": "x"}),
            ("email", {"street": "x"}),
        ):
            with pytest.raises(Rejected):
                ask(world, item, **{name or "value": text for name, text in parts.items()})


def test_an_invoicer_asks_for_own_customers_alone_and_never_corrects(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"))
        made = ask(world, value="oikea@esimerkki.fi")
        invoicer = a_viewer(Role.INVOICER, world.town)
        with (
            pytest.raises(Refused),
            world.register.door.write(invoicer, Action.RIGHTS_RECTIFY, Purpose.INVOICING) as tx,
        ):
            rights.accept(tx, world.register.vault, made.id, rules=world.rules(), answer="Korjattu")
        stranger = a_viewer(Role.INVOICER, world.water)
        with pytest.raises(Missing), world.register.door.read(stranger, Action.RIGHTS_ASK, Purpose.INVOICING) as tx:
            rights.request(tx, made.id)


def test_over_the_api_it_is_asked_seen_accepted_and_answered(database_url: str, tmp_path: Path) -> None:
    with api.a_world(database_url, tmp_path) as world:
        (person,) = api.with_codes(1)
        world.bring([api.row(1, person)])
        customer = world.customer(person.hetu)
        invoicer, maintainer = world.headers(Role.INVOICER), world.headers(Role.MAINTAINER)
        question = {
            "organisation": "kuusilahti",
            "item": "email",
            "parts": {"": "oikea@esimerkki.fi"},
            "reason": "Soitti",
        }
        made = world.client.post(f"/customers/{customer}/correction-requests", json=question, headers=invoicer)
        assert made.status_code == 201, made.text
        request_id = made.json()["id"]
        assert world.client.get(f"/requests/{request_id}/wish", headers=maintainer).json()["parts"] == {
            "": "oikea@esimerkki.fi"
        }
        assert world.client.get(f"/requests/{request_id}/wish", headers=invoicer).status_code == 403
        accepted = world.client.post(
            f"/requests/{request_id}/acceptance", json={"answer": "Korjattu"}, headers=maintainer
        )
        assert accepted.status_code == 204, accepted.text
        (line,) = world.client.get("/correction-requests", headers=invoicer).json()["requests"]
        assert (line["outcome"], line["answer"]) == ("fulfilled", "Korjattu")
        elsewhere = world.client.post(
            f"/customers/{customer}/correction-requests", json=question | {"organisation": api.OTHER}, headers=invoicer
        )
        assert elsewhere.status_code == 403


def test_in_the_pages_it_goes_from_the_card_to_the_queue_and_back(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        invoicer = office.visitor("laskuttaja")
        path = f"/asiakas/{town.aapo}/pyyda/email"
        assert path in invoicer.goto(f"/asiakas/{town.aapo}").text
        invoicer.goto(path)
        page = invoicer.send(path, {"email": "oikea@esimerkki.fi", "miksi": "Asiakas soitti"})
        assert "Odottaa ylläpitäjää" in page.text
        request_id = str(office.world.sql("select id from rights.request")[0][0])
        maintainer = office.visitor("yllapitaja")
        assert "Tiedon korjaaminen" in maintainer.goto("/tietosuoja/pyynnot").text
        page = maintainer.goto(f"/tietosuoja/pyynnot/{request_id}")
        assert "oikea@esimerkki.fi" in page.text
        page = maintainer.send(f"/tietosuoja/pyynnot/{request_id}/korjaus", {"vastaus": "Korjattu, kiitos"})
        assert "Pyyntöön on vastattu" in page.text
        assert "oikea@esimerkki.fi" in maintainer.goto(f"/asiakas/{town.aapo}").text
        assert "Korjattu, kiitos" in invoicer.goto("/korjauspyynnot").text


def test_in_the_pages_a_request_for_access_goes_from_the_counter_to_the_package(
    database_url: str, tmp_path: Path
) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        home = office.world.register.settings.home
        (home / rights.HOUSE_FILE).write_text(
            '[controller]\nname = "K Oy"\nytunnus = "9900012-2"\naddress = "E 1"\nphone = "1"\nemail = "a@b.example"\n'
            '[contact]\nname = "M"\nemail = "a@b.example"\n[officer]\nname = "O"\nemail = "a@b.example"\n',
            "utf-8",
        )
        with office.world.register.door.write(
            a_viewer(Role.OFFICER), Action.NOTICE_PUBLISH, Purpose.DATA_PROTECTION
        ) as tx:
            rights.publish(tx, office.world.register.declared())
        clerk = office.visitor("yllapitaja")
        path = f"/asiakas/{town.aapo}/pyynnot"
        clerk.goto(path)
        page = clerk.send(path, {"laji": "access", "tapa": "in_person", "kieli": "sv"})
        assert "Pyyntö on kirjattu" in page.text
        place = page.url.path
        page = clerk.send(f"{place}/henkilollisyys", {"asiakirja": "passport"})
        assert "Henkilöllisyys tarkistettiin · Passi" in page.text, "codes are told in words"
        assert "Tee luettava paketti" in page.text
        paper = clerk.send(f"{place}/paketti", {"kieli": "sv", "muoto": "pdf"})
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF")
        clerk.goto(place)
        page = clerk.send(f"{place}/luovutus", {"miten": "Tiskillä", "seloste": "k"})
        assert "Tiedot on luovutettu" in page.text
        shown = "select number, party_id, channel from rights.notice_shown order by id"
        assert office.world.sql(shown) == [(1, town.aapo, "in_person")]
        for _ in range(2):
            assert a_subject(office.world, town.bea).goto("/seloste").status_code == 200
        assert office.visitor("yllapitaja").goto("/seloste").status_code == 200
        assert office.world.sql(shown)[1:] == [(1, town.bea, "self_service")], "once, and of staff nothing"
