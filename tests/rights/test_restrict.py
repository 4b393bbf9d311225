"""Restriction stops use, not storage: every act against a restricted customer, and the case around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

import orjson
import pytest

from rekisteri import access, audit, payers, rights
from rekisteri.access import NAMED_PURPOSES, Action, Excuse, Ground, Limit, Right, Standing, Viewer, Write
from rekisteri.access.restricting import STANDING, USE, stopped
from rekisteri.catalogue import ITEMS, PartyKind, Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.ground.ids import PartyId
from rekisteri.rights import Channel, Identity, Kind
from tests.api import world as api
from tests.builders import BEA, World, a_person, a_viewer, a_world, only
from tests.feeds import told as feed
from tests.payers import asking as paying
from tests.web.browsing import an_office
from tests.web.town import a_town

SECRETS = ("Esimerkkitie", "aapo@esimerkki.fi", "HELSINKI", "00999", "1960")
MINOR = "010115A902D"
ALLOWED = {Standing.NOBODY, Standing.KEEPS, Standing.SERVES, Standing.FLAGS}


def restricted(world: World, party_id: UUID, ground: Ground = Ground.ACCURACY) -> access.Restriction:
    """The customer's processing restricted as was asked at the counter."""
    officer = a_viewer(Role.OFFICER)
    with world.register.door.write(officer, Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
        made = rights.open_request(
            tx, world.register.vault, Kind.RESTRICTION, Channel.IN_PERSON, party_id=party_id, language="fi"
        )
        rights.identify(tx, made.id, Identity.PASSPORT)
    with world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx:
        return rights.restrict(tx, made.id, ground, "Käsittelyä on rajoitettu.")


def excepted(world: World, of: access.Restriction, purpose: Purpose, **more: object) -> access.Exemption:
    with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx:
        return access.exempt(
            tx, of.id, purpose=purpose, ground=Excuse.CLAIMS, reason="Haastehakemus 12", **more,  # type: ignore[arg-type]
        )  # fmt: skip


def acts(party_id: UUID) -> Iterable[tuple[Viewer, Action, Purpose]]:
    """Every act of every role, for every purpose it may be done for; the data subject is the customer."""
    for role, action, purpose in product(Role, Action, Purpose):
        viewer = a_viewer(role)
        if role is Role.SUBJECT:
            viewer = replace(viewer, account_id=None, party_id=PartyId(party_id))
        if action is Action.AUDIT_TELL and role in action.policy.roles:
            named = (Right(role, frozenset(NAMED_PURPOSES[role]), frozenset(), False),)
            viewer = replace(viewer, party_id=PartyId(party_id), rights=named)
        if viewer.rights_for(action, purpose) and purpose in action.policy.purposes:
            yield viewer, action, purpose


def done(world: World, viewer: Viewer, action: Action, purpose: Purpose, party_id: UUID) -> bool:
    """Whether an act that tells of the customer comes through the door."""
    try:
        with world.register.door.write(viewer, action, purpose) as tx:
            tx.saw(party_id)
    except Refused:
        return False
    return True


def test_the_operation_matrix_each_act_on_a_restricted_customer_is_allowed_or_refused_as_declared(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1")))
        free = only(world.take(world.town, a_person("K2", BEA)))
        made = restricted(world, bound)
        told = {
            (action, purpose): done(world, viewer, action, purpose, bound) for viewer, action, purpose in acts(bound)
        }
        assert {action for action, _ in told} == set(Action)
        for (action, purpose), came in told.items():
            standing = STANDING[action]
            allowed = standing in ALLOWED or (standing is Standing.USES and purpose not in USE)
            assert came == allowed == (not stopped(action, purpose)), (action, purpose)
        assert sum(not came for came in told.values()) >= 12
        assert all(done(world, viewer, action, purpose, free) for viewer, action, purpose in acts(free))
        refused = world.sql("select count(*) from audit.event where outcome = 'refused' and %s = any (subjects)", bound)
        assert refused[0][0] >= sum(not came for came in told.values())
        excepted(world, made, Purpose.COLLECTION)
        for viewer, action, purpose in acts(bound):
            opened = STANDING[action] is Standing.USES and purpose is Purpose.COLLECTION
            assert done(world, viewer, action, purpose, bound) is (told[action, purpose] or opened), (action, purpose)


def test_a_bulk_act_that_told_a_restricted_customer_is_refused_whole(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1")))
        restricted(world, bound)
        many = [str(UUID(int=number)) for number in range(audit.SINGLE_ROWS_MAX + 5)]
        with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
            tx.gather(many)
        with (
            pytest.raises(Refused, match="restricted"),
            world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx,
        ):
            tx.gather([*many, str(bound)])


def test_card_and_search_flag_the_customer_and_tell_nothing_more_to_whoever_uses(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1", email="aapo@esimerkki.fi")))
        invoicer, maintainer = a_viewer(Role.INVOICER, world.town), world.maintainer
        assert world.card(bound, invoicer).limit is None
        made = restricted(world, bound)
        card = world.card(bound, invoicer)
        assert (card.limit, card.values, card.at_banks) == (Limit.WITHHELD, [], [])
        assert {one.item for one in card.withheld} == {item.name for item in ITEMS if PartyKind.PERSON in item.kinds}
        assert {one.rule for one in card.withheld} == {"restricted"}
        assert [one.key for one in card.customerships] == ["K1"]
        assert not any(secret in repr(card) for secret in SECRETS)
        (hit,) = world.find("Kuvitteellinen", invoicer)
        assert (hit.limit, hit.address, hit.birth_date) == (Limit.WITHHELD, None, None)
        for told in ("Esimerkkitie", "Kuvitteellinen 00999", "aapo@esimerkki.fi", "24.3.1960"):
            assert world.find(told, invoicer) == [], "by where somebody lives or is reached nobody restricted is found"
            assert world.find(told, maintainer), told
        checked = world.card(bound, maintainer)
        assert checked.limit is Limit.FLAGGED
        assert checked.value("email") == "aapo@esimerkki.fi"
        assert world.find("Kuvitteellinen", maintainer)[0].limit is Limit.FLAGGED
        excepted(world, made, Purpose.INVOICING, organisation_id=world.town.id)
        assert world.card(bound, invoicer).limit is Limit.FLAGGED
        assert world.card(bound, invoicer).value("email") == "aapo@esimerkki.fi"
        world.take(world.water, a_person("W1"))
        assert world.card(bound, a_viewer(Role.INVOICER, world.water)).limit is Limit.WITHHELD
        assert world.card(bound, a_viewer(Role.COLLECTOR, world.town)).limit is Limit.WITHHELD


def test_an_exception_ends_on_its_day_or_when_it_is_ended(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1")))
        made = restricted(world, bound)
        collector = a_viewer(Role.COLLECTOR, world.town)
        excepted(world, made, Purpose.COLLECTION, until_on=world.clock.at.date() + timedelta(days=2))
        for day, limit in enumerate((Limit.FLAGGED, Limit.FLAGGED, Limit.FLAGGED, Limit.WITHHELD)):
            assert world.card(bound, collector).limit is limit, day
            world.clock.pass_days(1)
        lasting = excepted(world, made, Purpose.COLLECTION)
        assert world.card(bound, collector).limit is Limit.FLAGGED
        officer = a_viewer(Role.OFFICER)
        with world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx:
            access.end_exemption(tx, lasting.id)
        assert world.card(bound, collector).limit is Limit.WITHHELD
        for wrong, found in (
            ({"purpose": Purpose.UPKEEP}, "invoicing or of collection"),
            ({"reason": " "}, "Say why"),
            ({"until_on": world.clock.at.date() - timedelta(days=1)}, "has passed"),
        ):
            kept = {"purpose": Purpose.INVOICING, "ground": Excuse.OTHERS, "reason": "x"} | wrong
            with (
                pytest.raises(Rejected, match=found),
                world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx,
            ):
                access.exempt(tx, made.id, **kept)  # type: ignore[arg-type]
        with (
            pytest.raises(Missing),
            world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx,
        ):
            access.end_exemption(tx, lasting.id)


def test_who_pays_answers_that_it_is_restricted_and_by_which_rule(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        paying.a_reason(world)
        bound = only(world.take(world.town, a_person("K1", MINOR, custodian__name="Bea", custodian__hetu=BEA)))
        custodian = only(world.take(world.town, a_person("K2", BEA, permanent_address__street="Salakuja 5")))
        before = paying.answer(world, "K1")
        assert before["deliveries"]
        made = restricted(world, bound)
        invoicer = a_viewer(Role.INVOICER, world.town)
        told = paying.answer(world, "K1", viewer=invoicer)
        assert told["may"] == {"invoicing": False, "collection": False}
        assert [(one["code"], one["why"]) for one in told["stops"]] == [("restricted", {"rule": "stop.restricted"})]
        assert (told["liable"], told["deliveries"], told["withheld"]) == ([], [], [])
        assert "age" not in told["customer"]
        assert not any(secret in orjson.dumps(told).decode() for secret in (*SECRETS, "Salakuja"))
        words = payers.explain(orjson.dumps(told), "fi")
        assert any("käsittelyä on rajoitettu" in one for chapter in words for one in chapter.sentences)
        excepted(world, made, Purpose.INVOICING)
        told = paying.answer(world, "K1", viewer=invoicer)
        assert told["deliveries"] == before["deliveries"]
        assert {"code": "restricted", "about": "customer", "settle": "ask_exception"} in told["uncertain"]
        restricted(world, custodian)
        told = paying.answer(world, "K1", viewer=invoicer)
        assert [one["code"] for one in told["stops"]] == ["restricted"]
        assert "Salakuja" not in orjson.dumps(told).decode()


def test_what_comes_in_is_stored_and_others_are_told_that_processing_is_restricted(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1")))
        restricted(world, bound)
        world.clock.pass_days(1)
        world.take(world.town, a_person("K1", email="uusi@esimerkki.fi"))
        assert world.card(bound).value("email") == "uusi@esimerkki.fi"
        news = world.sql("select kind, organisations from parties.change where %s = any (party_ids) order by id", bound)
        assert [kind for kind, _ in news] == ["born", "restricted", "changed"]
        assert news[1][1] == [world.town.id]
        with pytest.raises(Refused, match="restricted"):
            world.correct(bound, "email", value="kolmas@esimerkki.fi")
        assert world.card(bound).value("email") == "uusi@esimerkki.fi"


def test_recipients_are_told_that_processing_is_restricted_and_nothing_more_until_it_is_lifted(
    database_url: str, tmp_path: Path
) -> None:
    with feed.a_told_world(database_url, tmp_path, feed.declared("town-billing", "kuusilahti")) as world:
        bound = only(world.take(world.town, a_person("K1", email="aapo@esimerkki.fi")))
        follower = feed.Follower(world, "town-billing", world.town)
        follower.follow()
        assert follower.held["K1"]["values"]["email"] == "aapo@esimerkki.fi"
        made = restricted(world, bound)
        found = feed.changes(world, "town-billing", world.town).events[-1]["data"]
        assert (found["restricted"], found["values"]) == (True, {})
        assert "email" in found["withheld"]
        (line,) = feed.snapshot(world, "town-billing", world.town).customers
        assert (line["restricted"], line["values"]) == (True, {})
        excepted(world, made, Purpose.INVOICING, organisation_id=world.town.id)
        (line,) = feed.snapshot(world, "town-billing", world.town).customers
        assert line["values"]["email"] == "aapo@esimerkki.fi"


def test_lifting_tells_the_person_before_and_waits_for_the_day_told(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1")))
        made = restricted(world, bound)
        officer = a_viewer(Role.OFFICER)
        today = world.clock.at.date()

        def act(what: Callable[[Write], object]) -> None:
            with world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx:
                what(tx)

        with pytest.raises(Conflict, match="Tell the person first"):
            act(lambda tx: rights.lift(tx, made.id, "Tarkistettu"))
        with pytest.raises(Rejected, match="after today"):
            act(lambda tx: rights.foretell(tx, made.id, lifts_on=today, how="Kirjeellä"))
        with pytest.raises(Rejected, match="how the person"):
            act(lambda tx: rights.foretell(tx, made.id, lifts_on=today + timedelta(days=7), how=""))
        act(lambda tx: rights.foretell(tx, made.id, lifts_on=today + timedelta(days=7), how="Kirjeellä"))
        world.clock.pass_days(6)
        with pytest.raises(Conflict, match="not before"):
            act(lambda tx: rights.lift(tx, made.id, "Tarkistettu"))
        world.clock.pass_days(1)
        with pytest.raises(Rejected, match="why the restriction"):
            act(lambda tx: rights.lift(tx, made.id, " "))
        act(lambda tx: rights.lift(tx, made.id, "Tarkistettu VTJ:stä"))
        assert world.card(bound, a_viewer(Role.INVOICER, world.town)).limit is None
        with pytest.raises(Conflict, match="already"):
            act(lambda tx: rights.lift(tx, made.id, "Toisen kerran"))
        assert [one[0] for one in world.sql("select kind from rights.step order by step_no")] == [
            "opened", "identified", "restricted", "closed", "lift_told", "lifted",
        ]  # fmt: skip


def test_a_restriction_is_of_a_request_whose_asker_is_known_and_once_on_a_ground(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1")))
        officer = a_viewer(Role.OFFICER)
        with world.register.door.write(officer, Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
            asked = {
                kind: rights.open_request(
                    tx, world.register.vault, kind, Channel.IN_WRITING, party_id=bound, language="fi"
                )
                for kind in (Kind.RESTRICTION, Kind.ACCESS)
            }
        for kind, sentence in ((Kind.RESTRICTION, "identity"), (Kind.ACCESS, "asks for no restriction")):
            with (
                pytest.raises(Conflict, match=sentence),
                world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx,
            ):
                rights.restrict(tx, asked[kind].id, Ground.ACCURACY, "x")
        restricted(world, bound)
        with pytest.raises(Conflict, match="already on this ground"):
            restricted(world, bound)
        restricted(world, bound, Ground.CLAIMS)


def test_the_package_tells_of_restrictions_and_exceptions(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        bound = only(world.take(world.town, a_person("K1")))
        excepted(world, restricted(world, bound), Purpose.COLLECTION, organisation_id=world.town.id)
        with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_PACKAGE, Purpose.DATA_PROTECTION) as tx:
            package = rights.package(tx, world.register.vault, bound, sent=world.register.sent)
        (section,) = [one for one in package.document.sections if one.code == "restrictions"]
        told = orjson.dumps([[text.en for text in row] for table in section.tables for row in table.rows]).decode()
        assert "contests that the data is right" in told
        assert "Haastehakemus 12" in told
        assert "Kuusilahden kaupunki" in told


def test_over_the_api_processing_is_restricted_excepted_foretold_and_lifted(database_url: str, tmp_path: Path) -> None:
    with api.a_world(database_url, tmp_path) as world:
        (person,) = api.with_codes(1)
        world.bring([api.row(1, person)])
        customer = world.customer(person.hetu)
        officer, invoicer = world.headers(Role.OFFICER), world.headers(Role.INVOICER)
        asked = {"customer": customer, "kind": "restriction", "channel": "in_person"}
        request_id = world.client.post("/requests", json=asked, headers=officer).json()["id"]
        world.client.post(f"/requests/{request_id}/identity", json={"by": "passport"}, headers=officer)
        question = {"ground": "accuracy", "answer": "Rajoitettu"}
        assert (
            world.client.post(f"/requests/{request_id}/restriction", json=question, headers=invoicer).status_code == 403
        )
        made = world.client.post(f"/requests/{request_id}/restriction", json=question, headers=officer)
        assert made.status_code == 201, made.text
        card = world.client.get(f"/customers/{customer}", headers=invoicer).json()
        assert (card["restricted"], card["values"]) == ("withheld", [])
        place = f"/restrictions/{made.json()['id']}"
        use = {"purpose": "invoicing", "organisation": "kuusilahti", "ground": "consent", "reason": "Sovittu"}
        exemption = world.client.post(f"{place}/exemptions", json=use, headers=officer)
        assert exemption.status_code == 201, exemption.text
        assert world.client.get(f"/customers/{customer}", headers=invoicer).json()["restricted"] == "flagged"
        ending = f"/exemptions/{exemption.json()['id']}/ending"
        assert world.client.post(ending, headers=officer).status_code == 204
        early = world.client.post(f"{place}/lifting", json={"because": "x"}, headers=officer)
        assert (early.status_code, early.json()["field"]) == (409, "told")
        foretold = {"lifts_on": "2999-01-01", "how": "Kirjeellä"}
        assert world.client.post(f"{place}/notice", json=foretold, headers=officer).status_code == 204
        assert world.client.post(f"{place}/lifting", json={"because": "x"}, headers=officer).status_code == 409
        (line,) = world.client.get(f"/customers/{customer}/restrictions", headers=officer).json()["restrictions"]
        assert (line["ground"], line["lifts_on"], line["exemptions"][0]["organisation"]) == (
            "accuracy", "2999-01-01", "kuusilahti",
        )  # fmt: skip


def test_in_the_pages_processing_is_restricted_excepted_foretold_and_lifted(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        clerk, invoicer = office.visitor("yllapitaja"), office.visitor("laskuttaja")
        path = f"/asiakas/{town.aapo}/pyynnot"
        clerk.goto(path)
        page = clerk.send(path, {"laji": "restriction", "tapa": "in_person", "kieli": "fi"})
        place = page.url.path
        clerk.send(f"{place}/henkilollisyys", {"asiakirja": "passport"})
        page = clerk.send(f"{place}/rajoitus", {"peruste": "accuracy", "vastaus": "Rajoitettu"})
        assert "Käsittelyä on rajoitettu: tietoja säilytetään eikä käytetä." in page.text
        shown = invoicer.goto(f"/asiakas/{town.aapo}").text
        assert "tietoja säilytetään eikä käytetä" in shown
        assert "Esimerkkitie" not in shown
        listed = clerk.goto(path).text
        home = "/tietosuoja/rajoitukset/" + listed.partition("/tietosuoja/rajoitukset/")[2][:36]
        clerk.goto(home)
        use = {"kaytto": "invoicing", "peruste": "claims", "miksi": "Haastehakemus", "organisaatio": "", "asti": ""}
        assert "Poikkeus on kirjattu" in clerk.send(f"{home}/poikkeus", use).text
        assert "Esimerkkitie" in invoicer.goto(f"/asiakas/{town.aapo}").text
        exemption_id = str(office.world.sql("select id from access.exemption")[0][0])
        clerk.goto(home)
        ended = clerk.send(f"{home}/poikkeuksen-paattaminen", {"poikkeus": exemption_id})
        assert "Poikkeus on päätetty" in ended.text
        clerk.goto(home)
        assert "tämän päivän jälkeen" in clerk.send(f"{home}/ilmoitus", {"paiva": "", "miten": "Kirje"}).text
        clerk.goto(home)
        tomorrow = (office.world.clock.at + timedelta(days=1)).date().isoformat()
        assert "on kerrottu" in clerk.send(f"{home}/ilmoitus", {"paiva": tomorrow, "miten": "Kirjeellä"}).text
        office.world.clock.pass_days(1)
        again = office.visitor("yllapitaja")
        again.goto(home)
        assert "Rajoitus on poistettu" in again.send(f"{home}/poisto", {"miksi": "Tarkistettu"}).text
