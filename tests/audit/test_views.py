"""Whoever watches finds what they ask for; a data subject sees the use of their own data, and nobody's name."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from rekisteri import audit, matching, parties
from rekisteri.access import Action, Viewer
from rekisteri.audit import Query
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.ids import PartyId
from tests.builders import AAPO, BEA, MORNING, World, a_person, a_viewer, a_world, only

OFFICER = a_viewer(Role.OFFICER)


def found(world: World, query: Query, viewer: Viewer = OFFICER) -> list[tuple[str, str]]:
    """Account and action of each event found, the newest first."""
    with world.register.door.read(viewer, Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
        events = audit.search(tx, query)
    return [(event.account, event.action) for event in events]


def told(world: World, party_id: UUID, viewer: Viewer = OFFICER) -> list[str]:
    """Actions upon a customer, the newest first."""
    with world.register.door.read(viewer, Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
        events = audit.about(tx, party_id, guises=parties.guises(tx, party_id))
    return [event.action for event in events if event.action != "audit:search"]


def own(world: World, party_id: UUID) -> list[audit.Look]:
    """What a data subject is shown of the subject's own."""
    subject = replace(a_viewer(Role.SUBJECT), party_id=PartyId(party_id), every_organisation=False, rights=None)
    with world.register.door.read(subject, Action.AUDIT_OWN, Purpose.DATA_PROTECTION) as tx:
        looks = audit.looks(tx, party_id, guises=parties.guises(tx, party_id))
        # The database itself shows no more than that.
        seen = {row[0] for row in tx.tuples("select id from audit.event")}
    assert seen >= {one.event_id for one in looks}
    return looks


def test_every_filter_finds_its_events_and_pages_follow(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        invoicer, collector = a_viewer(Role.INVOICER, world.town), a_viewer(Role.COLLECTOR, world.water)
        with world.register.door.read(invoicer, Action.CUSTOMER_READ, Purpose.INVOICING, case="LASKU-9") as tx:
            parties.card(tx, world.register.vault, party_id)
        world.clock.pass_days(2)
        session = UUID(int=77)
        world.find("kuvitteellinen", replace(collector, session_id=session))
        read, searched = ("test-invoicer", "customer:read"), ("test-collector", "customer:search")
        for query, expected in (
            (Query(account="test-invoicer"), [read]),
            (Query(action="customer:search"), [searched]),
            (Query(purpose="invoicing"), [read]),
            (Query(organisation=world.water.id, action="customer:search"), [searched]),
            (Query(organisation=world.town.id, action="customer:search"), []),
            (Query(session_id=session), [searched]),
            (Query(case_reference="LASKU-9"), [read]),
            (Query(outcome="refused"), []),
            (Query(since=MORNING + timedelta(days=1), action="customer:search"), [searched]),
            (Query(until=MORNING + timedelta(days=1), account="test-collector"), []),
            (Query(account="test-invoicer", since=MORNING, until=MORNING + timedelta(seconds=1)), [read]),
        ):
            assert found(world, query) == expected, query
        whole = found(world, Query(limit=200, until=world.clock.at + timedelta(days=1)))
        paged: list[tuple[str, str]] = []
        with world.register.door.read(OFFICER, Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
            page = audit.search(tx, Query(limit=2))
            while page:
                paged += [(event.account, event.action) for event in page]
                page = audit.search(tx, Query(limit=2, before=page[-1].id))
            rows = list(audit.extract(tx, Query(account="test-invoicer")))
        assert paged[-len(whole) :] == whole
        assert [audit.flat(row)["action"] for row in rows] == ["customer:read"]
        assert audit.flat(rows[0])["case"] == "LASKU-9"


def test_looks_are_found_under_every_id_a_customer_went_by_and_only_while_it_did(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = only(world.take(world.town, a_person("K1", AAPO)))
        other = only(world.take(world.water, a_person("V1", None, first_names="Aapo Testi")))
        bea = only(world.take(world.town, a_person("K2", BEA, first_names="Bea")))
        world.clock.pass_days(1)
        world.card(other)
        world.clock.pass_days(1)
        with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
            kept = matching.merge(tx, world.register.vault, aapo, other, reason="same person")
        world.clock.pass_days(1)
        gone = other if kept == aapo else aapo
        assert told(world, kept).count("customer:read") == 1, "the look at the other id was a look at this customer"
        world.card(kept)
        world.clock.pass_days(1)
        with world.register.door.write(world.maintainer, Action.CUSTOMER_MERGE, Purpose.UPKEEP) as tx:
            matching.undo(tx, world.register.vault, kept, gone, reason="not the same after all")
        world.clock.pass_days(1)
        world.card(gone)
        seen = {one: told(world, one).count("customer:read") for one in (aapo, other)}
        assert seen[kept] == 1 + (1 if kept == other else 0)
        assert seen[gone] == (2 if gone == other else 1) + 1, "while they were one, a look at one was a look at both"
        assert told(world, bea) == ["import:run"]


def test_a_data_subject_sees_when_what_for_and_which_organisation_and_nobodys_name(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = only(world.take(world.town, a_person("K1", AAPO)))
        bea = only(world.take(world.water, a_person("V1", BEA, first_names="Bea")))
        rows = [a_person(f"M{number}", None, surname=f"Massa{number}") for number in range(300)]
        world.take(world.town, a_person("K1", AAPO, phone="040 1234567"), *rows)
        invoicer = a_viewer(Role.INVOICER, world.town)
        world.card(aapo, invoicer)
        with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
            parties.card(tx, world.register.vault, bea)
        for _ in range(2):
            looks = own(world, aapo)
            assert [(one.action, one.purpose, one.organisations) for one in looks if one.action != "audit:own"] == [
                ("customer:read", "invoicing", [world.town.id]),
                ("import:run", "upkeep", []),
                ("import:run", "upkeep", []),
            ]
            bulk = [one for one in looks if one.action == "import:run"]
            assert {one.customers for one in bulk} == {1, 301}
            assert {one.action for one in own(world, bea)} >= {"customer:read", "import:run"}
            world.register.log.seal()
        names = {field.name for field in dataclasses.fields(audit.Look)}
        assert names == {
            "event_id",
            "at",
            "action",
            "purpose",
            "organisations",
            "channel",
            "customers",
            "own",
            "represented",
        }
        with world.register.door.read(
            replace(a_viewer(Role.SUBJECT), party_id=PartyId(bea), every_organisation=False, rights=None),
            Action.AUDIT_OWN, Purpose.DATA_PROTECTION,
        ) as tx:  # fmt: skip
            assert tx.value("select count(*) from audit.event") == 0, "nothing is open before it is said whose"
            assert audit.about(tx, aapo) == []


def test_an_officer_of_one_client_organisation_sees_the_acts_for_that_organisation(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        world.card(party_id, a_viewer(Role.INVOICER, world.town))
        world.find("kuvitteellinen", a_viewer(Role.COLLECTOR, world.water))
        bound = a_viewer(Role.AUDITOR, world.town)
        assert {account for account, _ in found(world, Query(limit=200), bound)} == {"test-invoicer"}
        assert told(world, party_id, bound) == ["customer:read"]
        world.register.log.seal()
        assert told(world, party_id, bound) == ["customer:read"]
        assert {"test-invoicer", "test-collector"} <= {account for account, _ in found(world, Query(limit=200))}
