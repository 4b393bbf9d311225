"""A recipient that asks: snapshot and cursor, in order, own customers and declared items only, nothing twice."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import feeds, matching
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from tests.builders import AAPO, BEA, CALLE, World, a_company, a_person, only
from tests.feeds.told import FIELDS, Follower, a_told_world, changes, declared, snapshot, system

TOWN = declared("town-billing", "kuusilahti")
WATER = declared("water-billing", "vesi")


def merge(world: World, kept: UUID, other: UUID) -> None:
    with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
        matching.merge(tx, world.register.vault, kept, other, reason="one person", despite_codes=True)


def undo(world: World, kept: UUID, former: UUID) -> None:
    with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
        matching.undo(tx, world.register.vault, kept, former, reason="two persons")


def test_a_life_is_told_in_order_and_ends_as_a_snapshot_would(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, TOWN, WATER) as world:
        town, water = (
            Follower(world, "town-billing", world.town),
            Follower(world, "water-billing", world.water),
        )
        aapo = only(world.take(world.town, a_person("T1")))
        world.clock.pass_days(1)
        world.take(world.water, a_person("W9", AAPO, email="aapo@esimerkki.fi"))
        assert (town.follow(), water.follow()) == ([("added", "T1"), ("changed", "T1")], [("added", "W9")])
        assert town.held["T1"]["values"]["email"] == "aapo@esimerkki.fi", "what one organisation says is one customer's"

        world.clock.pass_days(1)
        world.correct(aapo, "surname", value="Oikaistu")
        assert (town.follow(), water.follow()) == ([("corrected", "T1")], [("corrected", "W9")])
        assert water.held["W9"]["values"]["surname"] == "Oikaistu"

        world.clock.pass_days(1)
        bea = only(world.take(world.town, a_person("T2", BEA, surname="Toinen")))
        world.clock.pass_days(1)
        merge(world, aapo, bea)
        assert town.follow()[-2:] == [("merged", "T1"), ("merged", "T2")]
        assert town.held["T1"]["customer"] == town.held["T2"]["customer"] == str(aapo), "the number survives"
        assert all(kind != "merged" for kind, _ in water.follow()), "whose else a customer is is nobody's business"

        world.clock.pass_days(1)
        undo(world, aapo, bea)
        assert town.follow()[-2:] == [("parted", "T1"), ("parted", "T2")]
        assert town.held["T2"]["customer"] == str(bea)

        world.clock.pass_days(1)
        world.end(world.town, "T1")
        assert town.follow() == [("ended", "T1")]
        world.clock.pass_days(1)
        world.take(world.water, a_person("W9", AAPO, surname="Myöhempi", email="uusi@esimerkki.fi"))
        assert (town.follow(), water.follow()) == ([], [("changed", "W9")]), "after the end nothing is told"
        world.clock.pass_days(1)
        world.take(world.town, a_person("T1"))
        assert town.follow() == [("added", "T1")]
        for one in (town, water):
            assert one.held == one.whole()
            assert one.follow() == []


def test_only_declared_items_are_told_and_what_changes_beside_them_is_no_event(
    database_url: str, tmp_path: Path
) -> None:
    narrow = declared("town-billing", "kuusilahti", fields=["surname"])
    with a_told_world(database_url, tmp_path, narrow) as world:
        town = Follower(world, "town-billing", world.town)
        world.take(world.town, a_person("T1"))
        town.follow()
        world.clock.pass_days(1)
        world.take(world.town, a_person("T1", email="aapo@esimerkki.fi"))
        assert town.follow() == []
        assert town.held["T1"]["values"] == {"surname": "Kuvitteellinen"}
        world.clock.pass_days(1)
        world.take(world.town, a_person("T1", email="aapo@esimerkki.fi", surname="Uusi"))
        assert town.follow() == [("changed", "T1")]


def test_when_an_order_comes_on_the_covered_values_are_not_told_and_the_recipient_drops_its_own(
    database_url: str, tmp_path: Path
) -> None:
    with a_told_world(database_url, tmp_path, TOWN, WATER) as world:
        town = Follower(world, "town-billing", world.town)
        world.take(world.town, a_person("T1", email="aapo@esimerkki.fi"))
        town.follow()
        # Changed and then covered before anybody asks: the event of the change has nothing of it either.
        world.clock.pass_days(1)
        world.take(world.town, a_person("T1", email="salainen@esimerkki.fi"))
        world.clock.pass_days(1)
        world.take(world.water, a_person("W1", turvakielto="k", contact_address__street="PL 1"))
        page = changes(world, "town-billing", world.town, town.cursor)
        assert [event["type"] for event in page.events] == [
            "rekisteri.customer.changed",
            "rekisteri.customer.protected",
        ]
        assert "salainen" not in str(page.events)
        assert "Esimerkkitie" not in str(page.events)
        assert page.events[-1]["data"]["drop"] == ["permanent_address", "email"]
        assert page.events[-1]["data"]["values"]["contact_address"] == {"street": "PL 1"}
        assert town.follow()[-1] == ("protected", "T1")
        assert town.held == town.whole()


def test_while_the_order_is_not_known_a_covered_value_is_told_to_whoever_said_it(
    database_url: str, tmp_path: Path
) -> None:
    with a_told_world(database_url, tmp_path, TOWN, WATER) as world:
        aapo = only(world.take(world.town, a_person("T1", turvakielto="")))
        world.clock.pass_days(1)
        world.take(world.water, a_person("W1", turvakielto="", permanent_address__street="Toinen tie 2"))
        town, water = (
            snapshot(world, "town-billing", world.town).customers[0],
            snapshot(world, "water-billing", world.water).customers[0],
        )
        assert town["values"]["permanent_address"]["street"] == "Esimerkkitie 7 A 12"
        assert water["values"]["permanent_address"]["street"] == "Toinen tie 2"
        assert (town["withheld"], water["withheld"]) == (["email"], ["email"])
        world.clock.pass_days(1)
        world.correct(aapo, "permanent_address", street="Oikea tie 3", postcode="00999", town="HELSINKI")
        again = snapshot(world, "water-billing", world.water).customers[0]
        assert again["values"]["permanent_address"]["street"] == "Oikea tie 3"


def test_a_snapshot_and_its_cursor_bring_a_recipient_up_however_it_breaks_off(
    database_url: str, tmp_path: Path
) -> None:
    with a_told_world(database_url, tmp_path) as world:
        world.take(world.town, *(a_company(f"T{n}", None, organisation_name=f"Yhtiö {n} Oy") for n in range(7)))
    with a_told_world(database_url, tmp_path, TOWN) as world:
        first = snapshot(world, "town-billing", world.town, limit=3)
        world.clock.pass_days(1)
        world.take(world.town, a_company("T1", None, organisation_name="Muuttunut Oy"))
        world.end(world.town, "T5")
        world.take(world.town, a_company("T9", None, organisation_name="Myöhäinen Oy"))
        again = snapshot(world, "town-billing", world.town, first.cursor, limit=3)
        assert snapshot(world, "town-billing", world.town, first.cursor, limit=3) == again, "a page can be read anew"
        last = snapshot(world, "town-billing", world.town, again.cursor, limit=3)
        assert last.cursor is None
        held = {
            one["customer_number"]: one["values"].get("organisation_name")
            for page in (first, again, last)
            for one in page.customers
        }
        assert first.changes_from == "0"
        events = changes(world, "town-billing", world.town, first.changes_from).events
        assert sorted(event["type"].rpartition(".")[2] for event in events) == ["added", "changed", "ended"]
        assert set(held) - {"T9"} == {f"T{n}" for n in range(7)} - {"T5"}


def test_pages_are_read_anew_and_no_event_is_passed_over(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, TOWN) as world:
        world.take(world.town, *(a_company(f"T{n}", None, organisation_name=f"Yhtiö {n} Oy") for n in range(5)))
        first = changes(world, "town-billing", world.town, limit=2)
        assert first.more
        assert changes(world, "town-billing", world.town, limit=2).events == first.events
        ids = [event["id"] for event in first.events]
        cursor = first.cursor
        while cursor != (page := changes(world, "town-billing", world.town, cursor, limit=2)).cursor:
            ids += [event["id"] for event in page.events]
            cursor = page.cursor
        assert len(ids) == len(set(ids)) == 5
        sequences = [event["sequence"] for event in changes(world, "town-billing", world.town).events]
        assert sequences == sorted(sequences)


def test_what_is_not_declared_is_refused(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, TOWN) as world:
        door, recipients = world.register.door, world.register.recipients
        with pytest.raises(Missing), door.write(system("x", world.town), Action.FEED_READ, Purpose.INVOICING) as tx:
            feeds.asker(tx, recipients, "somebody-else")
        with (
            pytest.raises(Missing),
            door.write(system("town-billing", world.water), Action.FEED_READ, Purpose.INVOICING) as tx,
        ):
            feeds.asker(tx, recipients, "town-billing")
        with (
            pytest.raises(Refused),
            door.write(system("another", world.town), Action.FEED_READ, Purpose.INVOICING) as tx,
        ):
            feeds.asker(tx, recipients, "town-billing")
        with (
            pytest.raises(Refused),
            door.write(system("town-billing", world.town), Action.FEED_READ, Purpose.COLLECTION) as tx,
        ):
            feeds.asker(tx, recipients, "town-billing")
        with pytest.raises(Rejected):
            changes(world, "town-billing", world.town, "not a cursor")
        with pytest.raises(Conflict):
            changes(world, "town-billing", world.town, "999")
        with pytest.raises(Rejected):
            snapshot(world, "town-billing", world.town, "0.zz")


def test_every_page_is_one_act_in_the_log_with_every_customer_shown(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, TOWN) as world:
        aapo = only(world.take(world.town, a_person("T1")))
        calle = only(world.take(world.town, a_person("T2", CALLE)))
        changes(world, "town-billing", world.town)
        snapshot(world, "town-billing", world.town)
        shown = world.sql("select subjects from audit.event where action = 'feed:read' order by id")
        assert [set(subjects) for (subjects,) in shown] == [{aapo, calle}, {aapo, calle}]


def test_the_access_package_tells_what_was_sent_to_whom_and_when(database_url: str, tmp_path: Path) -> None:
    with a_told_world(database_url, tmp_path, TOWN) as world:
        aapo = only(world.take(world.town, a_person("T1")))
        calle = only(world.take(world.town, a_person("T2", CALLE)))
        with world.register.door.read(world.maintainer, Action.FEED_STATE, Purpose.UPKEEP) as tx:
            assert world.register.sent(tx, aapo) == [], "what waits has not been sent"
        world.clock.pass_days(1)
        changes(world, "town-billing", world.town)
        world.clock.pass_days(1)
        snapshot(world, "town-billing", world.town)
        with world.register.door.read(world.maintainer, Action.FEED_STATE, Purpose.UPKEEP) as tx:
            told = world.register.sent(tx, aapo)
            assert [one.what.en for one in told] == ["New customer", "All customers at once"]
            assert [(world.clock.at - one.at).days for one in told] == [1, 0]
            assert set(told[0].items) == set(told[1].items) == set(FIELDS)
            assert len(world.register.sent(tx, calle)) == 2
        assert "Kuvitteellinen" not in str(world.sql("select e.*, h.* from feeds.event e, feeds.handover h"))
