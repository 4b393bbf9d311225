"""Retention: twelve simulated years, in which nothing leaves early and nothing late, nowhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from rekisteri import feeds, rights, wiring
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import ITEMS, KEPT, KEYED, RETENTIONS, TERMS, Purpose, Retention, Role, due_on, last_due
from rekisteri.catalogue import keeping as keeping_module
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.rights import Channel, Identity, Kind, Outcome
from rekisteri.rights.sweeps import SWEEPS
from tests.builders import AAPO, BEA, CALLE, World, a_person, a_viewer, a_world, only
from tests.payers import asking as paying
from tests.rights.test_restrict import restricted
from tests.web.browsing import an_office
from tests.web.town import a_town


def test_every_table_of_every_room_names_its_class_or_why_nothing_of_it_need_leave(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        there = {
            name
            for (name,) in connection.execute(
                """
                select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
                """
            )
        }
    assert there - KEPT.keys() == set(), "say in catalogue/keeping.py how long its rows are kept, or why they may stay"
    assert KEPT.keys() - there == set()
    swept = {sweep.table: sweep.klass for sweep in (*SWEEPS, *feeds.SWEEPS)}
    along = {
        "access.emergency",
        "access.review",
        "access.client",
        "access.factor",
        "access.grant",
        "access.identity",
        "access.recovery",
    }
    classed = {table: klass for table, klass in KEPT.items() if ":" not in klass}
    of_log = {"audit.event", "audit.subject", "audit.subject_block"}
    assert set(classed) - swept.keys() - along == of_log, "a class that no sweep carries out is a promise nobody keeps"
    assert all(classed[table] == klass for table, klass in swept.items())
    assert set(classed.values()) <= RETENTIONS.keys()
    assert {item.retention for item in ITEMS} <= RETENTIONS.keys()


def test_a_class_is_counted_from_the_event_or_the_end_of_its_year_to_the_day() -> None:
    for name, ended_on, due in (
        ("log", date(2020, 2, 29), date(2025, 2, 28)),
        ("intake", date(2023, 2, 28), date(2024, 2, 28)),
        ("customership", date(2020, 1, 1), date(2027, 1, 1)),
        ("customership", date(2020, 12, 31), date(2027, 1, 1)),
        ("session", date(2026, 1, 31), date(2026, 2, 28)),
    ):
        assert due_on(name, ended_on, date(2026, 1, 1)) == due
    for name in RETENTIONS:
        for today in (date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 1)):
            last = last_due(name, today)
            assert due_on(name, last, today) <= today
            assert due_on(name, date.fromordinal(last.toordinal() + 1), today) > today


def test_a_change_of_law_is_one_more_row_with_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    longer = replace(RETENTIONS["log"], years=7, since_on=date(2030, 1, 1))
    monkeypatch.setattr(keeping_module, "TERMS", {**TERMS, "log": (*TERMS["log"], longer)})
    assert due_on("log", date(2026, 5, 1), date(2029, 12, 31)) == date(2031, 5, 1)
    assert due_on("log", date(2026, 5, 1), date(2030, 1, 1)) == date(2033, 5, 1)
    assert all(isinstance(row, Retention) for rows in TERMS.values() for row in rows)


def keeper() -> Viewer:
    return replace(wiring.operator(), every_organisation=True, rights=None)


def run(world: World, *, rehearse: bool = False) -> rights.Run:
    world.register.log.seal()
    with world.register.door.write(keeper(), Action.RETENTION_RUN, Purpose.ADMINISTRATION) as tx:
        return rights.retain(tx, world.register.vault, beyond=feeds.SWEEPS, rehearse=rehearse)


@dataclass(frozen=True, slots=True)
class Planted:
    """Something that may be found again: by which marks, until which day it must be there and from when nowhere."""

    name: str
    marks: tuple[str, ...]
    gone_on: date


def everything(world: World) -> str:
    """Every row of every table as text, with what is sealed opened: what anybody with the keys could ever find."""
    tables = [
        name
        for (name,) in world.sql(
            "select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema', 'ground')"
        )
    ]
    found = [str(row) for name in tables for (row,) in world.sql(f"select t::text from {name} t")]
    for column in KEYED:
        if column.key in ("secret", "protected"):
            table, _, bare = column.column.rpartition(".")
            names = ", ".join(f"{name}::text" for name, _ in column.row)
            for *row, box in world.sql(f"select {names}, {bare} from {table} where {bare} is not null"):
                opened = world.register.vault.open(
                    bytes(box), key=column.key, place=column.place_of([str(one) for one in row])
                )  # type: ignore[call-overload]
                found.append(opened.decode(errors="replace"))
    return "\n".join(found)


def at(day: date) -> datetime:
    return datetime.combine(day, time(7), UTC)


def lived(world: World) -> list[Planted]:
    """A few lives, some words of which end in each of several years."""
    planted = []
    paying.a_reason(world)
    world.clock.at = at(date(2026, 3, 2))
    aapo = only(world.take(world.town, a_person(
        "NUMERO1", AAPO, surname="Ensisukunimi", first_names="Ensietunimi", phone="040 1234501", email="eka@esimerkki.fi",
        permanent_address__street="Vanhakatu 1",
    )))  # fmt: skip
    world.take(world.town, a_person(
        "NUMERO2", BEA, surname="Suojattunen", turvakielto="k", phone="040 7654302", permanent_address__street="Salakuja 9",
        collection_stop__reason="payment_plan", collection_stop__valid_from="2026-01-01", collection_stop__valid_to="2026-06-30",
    ))  # fmt: skip
    world.take(world.town, a_person("NUMERO3", CALLE, surname="Pysyvainen", permanent_address__street="Pysyvätie 3"))
    paying.ask(world, "NUMERO1")
    receipt = str(world.sql("select id from payers.receipt")[0][0])
    planted.append(Planted("receipt", (receipt,), date(2033, 1, 1)))
    planted.append(Planted("a past fact", ("payment_plan", "2026-06-30"), date(2032, 6, 30)))
    # A move: the old address was replaced, and leaves six years after the year it was.
    world.clock.at = at(date(2027, 5, 10))
    world.take(world.town, a_person(
        "NUMERO1", AAPO, surname="Ensisukunimi", first_names="Ensietunimi", phone="040 1234502", email="eka@esimerkki.fi",
        permanent_address__street="Uusipolku 2",
    ))  # fmt: skip
    planted.append(Planted("the address before the move", ("Vanhakatu", "vanhakatu"), date(2034, 1, 1)))
    planted.append(Planted("the telephone before", ("1234501",), date(2028, 5, 10)))
    # A request for access, answered.
    world.clock.at = at(date(2028, 2, 1))
    officer = a_viewer(Role.OFFICER)
    with world.register.door.write(officer, Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
        asked = rights.open_request(
            tx, world.register.vault, Kind.ACCESS, Channel.IN_WRITING, party_id=aapo, language="fi",
            asked={"words": "Haluan tietoni heti"},
        )  # fmt: skip
        rights.identify(tx, asked.id, Identity.LETTER)
        rights.close(tx, asked.id, Outcome.FULFILLED, "Annettu postitse")
    planted.append(Planted("the request", ("Haluan tietoni", "Annettu postitse"), date(2033, 2, 1)))
    # Customerships end.
    world.clock.at = at(date(2028, 9, 15))
    world.end(world.town, "NUMERO1")
    planted.append(Planted("contact of the one who left", ("1234502", "eka@esimerkki.fi"), date(2029, 9, 15)))
    planted.append(
        Planted(
            "the one who left",
            ("NUMERO1", AAPO, "Ensisukunimi", "ensisukunimi", "Ensietunimi", "Uusipolku", "uusipolku"),
            date(2035, 1, 1),
        )
    )
    world.clock.at = at(date(2029, 4, 1))
    world.end(world.town, "NUMERO2")
    planted.append(Planted("covered contact of the protected one", ("7654302",), date(2030, 4, 1)))
    planted.append(Planted("the protected one", ("NUMERO2", BEA, "Suojattunen", "Salakuja"), date(2036, 1, 1)))
    return planted


def test_twelve_years_pass_and_nothing_leaves_early_and_nothing_late_nowhere(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        planted = lived(world)
        before = everything(world)
        for one in planted:
            assert all(mark in before for mark in one.marks), one.name
        blinds = world.sql("select count(*) from parties.identifier")[0][0]
        days = sorted({day for one in planted for day in (date.fromordinal(one.gone_on.toordinal() - 1), one.gone_on)})
        assert days[-1] <= date(2038, 3, 2)
        for day in [*days, date(2038, 3, 2)]:
            world.clock.at = at(day)
            run(world)
            left = everything(world)
            for one in planted:
                there = [mark for mark in one.marks if mark in left]
                if day < one.gone_on:
                    assert there == list(one.marks), f"{one.name} left early: {day} and not {one.gone_on}"
                else:
                    assert there == [], f"{one.name} is late: still there on {day}"
        assert "Pysyvätie 3" in left
        assert "NUMERO3" in left
        assert world.sql("select count(*) from parties.party") == [(1,)]
        assert world.sql("select count(*) from parties.identifier")[0][0] == blinds - 2
        assert world.find("Ensisukunimi") == []
        assert len(world.find("Pysyvainen")) == 1
        assert world.sql(
            "select count(*) from parties.word where word in ('suojattunen', 'salakuja', 'vanhakatu')"
        ) == [(0,)]
        assert world.sql("select count(*) from audit.event where at < %s", at(date(2033, 3, 1))) == [(0,)]
        again = run(world)
        assert again.total == 0, again.counts
        waiting = world.sql("select count(*) from ground.condemned")[0][0]
        assert waiting > 0
        forgotten = wiring.forget(world.register, lambda progress: None)
        assert forgotten.leaves == waiting


def test_a_legal_hold_keeps_everything_of_the_customer_until_it_ends(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        paying.a_reason(world)
        aapo = only(world.take(world.town, a_person("NUMERO1", AAPO, surname="Pidetty")))
        world.take(world.town, a_person("NUMERO2", BEA, surname="Lähtevä"))
        paying.ask(world, "NUMERO1")
        world.end(world.town, "NUMERO1", "NUMERO2")
        officer = a_viewer(Role.OFFICER)

        def hold(reason: str, until: date | None = None, whom: UUID = aapo) -> rights.Hold:
            with world.register.door.write(officer, Action.RIGHTS_HOLD, Purpose.DATA_PROTECTION) as tx:
                return rights.hold(tx, whom, reason, until)

        made = hold("Korvausvaatimus 3/2026")
        with pytest.raises(Rejected, match="Say why"):
            hold(" ")
        with pytest.raises(Rejected, match="has passed"):
            hold("x", date(2020, 1, 1))
        with pytest.raises(Missing):
            hold("x", whom=UUID(int=3))
        world.clock.at = at(date(2038, 1, 1))
        assert run(world).held == 1
        left = everything(world)
        assert "Pidetty" in left
        assert "Lähtevä" not in left
        assert world.sql("select count(*) from payers.receipt") == [(1,)]
        assert (
            world.sql(
                "select count(*) from audit.event where %s = any (subjects) and at < %s", aapo, at(date(2027, 1, 1))
            )[0][0]
            > 0
        )
        with world.register.door.write(officer, Action.RIGHTS_HOLD, Purpose.DATA_PROTECTION) as tx:
            rights.release(tx, made.id)
        with (
            pytest.raises(Missing),
            world.register.door.write(officer, Action.RIGHTS_HOLD, Purpose.DATA_PROTECTION) as tx,
        ):
            rights.release(tx, made.id)
        run(world)
        left = everything(world)
        assert "Pidetty" not in left
        assert world.sql("select count(*) from parties.party") == [(0,)]


def test_a_rehearsal_tells_what_would_go_and_nothing_goes(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("NUMERO1", AAPO, phone="040 1234501"))
        world.end(world.town, "NUMERO1")
        world.clock.at = at(date(2033, 1, 1))
        before = world.sql("select record_id, id, content::text, sealed from parties.statement order by id")
        rehearsed = run(world, rehearse=True)
        assert world.sql("select record_id, id, content::text, sealed from parties.statement order by id") == before
        assert world.sql("select count(*) from ground.condemned") == [(0,)]
        assert rehearsed.counts["contact"] == {"parties.statement": 1}
        assert rehearsed.counts["customership"]["parties.party"] == 1
        really = run(world)
        assert {k: v for k, v in really.counts.items() if k != "log"} == {
            k: v for k, v in rehearsed.counts.items() if k != "log"
        }
        with world.register.door.read(a_viewer(Role.OFFICER), Action.RETENTION_READ, Purpose.DATA_PROTECTION) as tx:
            assert [(one.rehearsed, one.total) for one in rights.runs(tx)] == [
                (False, really.total),
                (True, rehearsed.total),
            ]
        assert "1234501" not in str(world.sql("select counts::text from rights.retention_run"))


def test_the_notice_is_not_true_while_something_stands_past_its_time(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("NUMERO1", AAPO, phone="040 1234501"))
        world.end(world.town, "NUMERO1")
        world.clock.at = at(date(2028, 1, 1))

        def overdue() -> dict[str, int]:
            with world.register.door.read(a_viewer(Role.OFFICER), Action.NOTICE_VERIFY, Purpose.DATA_PROTECTION) as tx:
                return rights.overdue(tx, world.clock.at.date())

        assert overdue() == {"contact": 1}
        run(world)
        assert overdue() == {}
        world.sql("update parties.statement set content = '{}' where sealed is not null returning 1")
        assert overdue() == {}, "what is under seal may be kept longer"
        world.clock.at = at(date(2036, 1, 1))
        assert sum(overdue().values()) == 1, "whatever is under seal has stood too long"
        run(world)
        assert overdue() == {}


def test_of_a_restricted_customer_nothing_leaves_until_the_restriction_is_lifted(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = only(world.take(world.town, a_person("NUMERO1", AAPO, surname="Rajoitettu")))
        world.take(world.town, a_person("NUMERO2", BEA, surname="Lähtevä"))
        world.end(world.town, "NUMERO1", "NUMERO2")
        made = restricted(world, aapo)
        world.clock.at = at(date(2038, 1, 1))
        run(world)
        left = everything(world)
        assert "Rajoitettu" in left and "Lähtevä" not in left
        officer, week = a_viewer(Role.OFFICER), world.clock.at.date() + timedelta(days=7)
        with world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx:
            rights.foretell(tx, made.id, lifts_on=week, how="Kirjeellä")
        world.clock.pass_days(8)
        with world.register.door.write(officer, Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx:
            rights.lift(tx, made.id, "Tarkistettu")
        run(world)
        assert "Rajoitettu" not in everything(world)


def test_in_the_pages_the_officer_sees_classes_and_runs_and_holds_a_customer(database_url: str, tmp_path: Path) -> None:
    with an_office(database_url, tmp_path) as office:
        town = a_town(office.world)
        wiring.retain(office.world.register, rehearse=True)
        officer = office.visitor("tietosuoja")
        page = officer.goto("/tietosuoja/sailytys").text
        assert "kirjanpitolaki 1336/1997" in page
        assert "Harjoitus" in page
        done = officer.send("/tietosuoja/sailytys/pito", {"asiakas": str(town.aapo), "miksi": "Kanne", "asti": ""})
        assert "Pito on kirjattu" in done.text
        hold_id = str(office.world.sql("select id from rights.hold")[0][0])
        officer.goto("/tietosuoja/sailytys")
        assert "Pito on päätetty" in officer.send("/tietosuoja/sailytys/pidon-paattaminen", {"pito": hold_id}).text
        officer.goto("/tietosuoja/sailytys")
        assert (
            officer.send("/tietosuoja/sailytys/pito", {"asiakas": "x", "miksi": "Kanne", "asti": ""}).status_code == 404
        )
