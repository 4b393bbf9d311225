"""Following VTJ: who is followed, what is taken, what is kept apart, and that every road ends the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Disclosure, Purpose, Role
from rekisteri.ground.errors import Conflict, Refused, Unavailable
from rekisteri.simulators.serving import Answered, Misdeed
from rekisteri.simulators.vtj_changes import road_error
from rekisteri.simulators.vtj_people import CANARY
from rekisteri.sources.vtj import follow_store
from rekisteri.sources.vtj.client_changes import AccessDenied
from rekisteri.sources.vtj.follow import Kind
from rekisteri.sources.vtj.wire_soap import NoAnswer
from tests.builders import AAPO, AAPO_NEW, BEA, CALLE, World, a_person, a_viewer, a_world, only
from tests.sources.vtj.asking import a_citizen, a_home
from tests.sources.vtj.following import a_bureau, a_row, customers, days_pass, follow, release, words_hash


def states(world: World) -> dict[str, int]:
    with world.register.door.read(world.maintainer, Action.VTJ_STATUS, Purpose.UPKEEP) as tx:
        return follow_store.counts(tx)


def tasks(world: World) -> list[tuple[str, UUID]]:
    with world.register.door.read(world.maintainer, Action.VTJ_WORK, Purpose.UPKEEP) as tx:
        return [(one.kind, one.party_id) for one in follow_store.tasks(tx, 100)]


def mended(change: Callable[[dict[str, Any]], None]) -> Misdeed:
    """An answer with something of it changed on its way."""

    def mend(answered: Answered) -> Answered:
        told = json.loads(answered.body)
        change(told)
        return replace(answered, body=json.dumps(told).encode())

    return Misdeed(mend=mend)


def test_basic_data_is_read_first_and_changes_are_followed_by_key(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), a_citizen(BEA, surname="Keksitty")) as bureau:
        party_ids = customers(world, bureau.nation.people)
        report = follow(world, bureau)
        assert (report.tally.counts["begun"], report.tally.counts["read"], report.stopped) == (2, 2, None)
        card = world.card(party_ids[AAPO])
        assert (card.value("language"), card.turvakielto) == ("fi", Disclosure.OFF)
        world.clock.pass_days(1)
        bureau.nation.today += timedelta(days=1)
        aapo = bureau.nation.find(AAPO)
        assert aapo is not None
        bureau.nation.move(aapo, a_home("Uusikatu"))
        bureau.nation.rename(aapo, "Vaihtunut")
        report = follow(world, bureau)
        assert (report.tally.counts["changes"], report.tally.counts["changed"]) == (2, 1)
        card = world.card(party_ids[AAPO])
        assert (card.value("surname"), card.value("former_surnames")) == ("Vaihtunut", ["Kuvitteellinen"])
        assert "Uusikatu 7 A 12" in str(card.value("permanent_address"))
        assert follow(world, bureau).tally.counts["changes"] == 0


def test_every_road_ends_where_a_whole_resync_does(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(count=60, noise=0.2, page=25) as bureau:
        customers(world, bureau.nation.people)
        follow(world, bureau)
        for _ in range(3):
            days_pass(world, bureau, 5, acts=8)
            assert follow(world, bureau, brake_least=1000).stopped is None
        followed = words_hash(world)
        days_pass(world, bureau, 0)
        report = follow(world, bureau, Kind.RESYNC)
        assert words_hash(world) == followed
        assert report.tally.counts["changed"] == 0
        assert report.tally.counts["read"] == 60


def test_only_live_customers_are_followed_and_the_last_end_ends_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), a_citizen(BEA), a_citizen(CALLE)) as bureau:
        customers(world, [bureau.nation.people[0], bureau.nation.people[1]])
        world.take(world.water, a_person("V1", AAPO))
        world.take(world.town, a_person("K9", None, birth_date="1.1.1980"))
        follow(world, bureau)
        assert states(world) == {"live": 2}
        asked = b"".join(asked.body for asked in bureau.server.asked)
        assert CALLE.encode() not in asked
        world.end(world.town, "K0", "K1")
        follow(world, bureau)
        assert states(world) == {"live": 1}, "Aapo is the waterworks' customer still"
        world.end(world.water, "V1")
        before = len(bureau.server.asked)
        follow(world, bureau)
        assert states(world) == {}
        later = b"".join(asked.body for asked in bureau.server.asked[before:])
        assert AAPO.encode() not in later
        speaking = world.sql("select count(*) from parties.record r join parties.source s on s.id = r.source_id where s.kind = 'vtj' and r.ended_on is null")  # fmt: skip
        assert speaking == [(0,)]
        world.take(world.town, a_person("K0", AAPO))
        follow(world, bureau)
        assert states(world) == {"live": 1}


def test_a_renewed_code_keeps_the_customer_and_its_history_through_a_chain_in_one_page(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau)
        world.clock.pass_days(1)
        bureau.nation.today += timedelta(days=1)
        aapo = bureau.nation.people[0]
        bureau.nation.recode(aapo, AAPO_NEW)
        bureau.nation.recode(aapo, "240360Y910R")
        bureau.nation.move(aapo, a_home("Uusikatu"))
        report = follow(world, bureau)
        assert report.tally.counts["recoded"] >= 1
        with world.register.door.read(world.maintainer, Action.CUSTOMER_UNMASK, Purpose.UPKEEP) as tx:
            assert parties.unmask(tx, world.register.vault, party_id) == "240360Y910R"
        for code in (AAPO, AAPO_NEW, "240360Y910R"):
            assert only(world.take(world.water, a_person(f"V-{code[6:10]}", code))) == party_id
        assert "Uusikatu" in str(world.card(party_id).value("permanent_address"))
        bureau.nation.move(aapo, a_home("Toinenkatu"))
        follow(world, bureau)
        assert "Toinenkatu" in str(world.card(party_id).value("permanent_address"))
        with world.register.door.read(world.maintainer, Action.CUSTOMER_HISTORY, Purpose.UPKEEP) as tx:
            turns = parties.history(tx, world.register.vault, party_id)
        assert sum(any(change.item == "hetu" for change in turn.changes) for turn in turns) >= 2


def test_a_code_that_is_another_customers_waits_for_a_person(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), a_citizen(BEA)) as bureau:
        party_ids = customers(world, bureau.nation.people)
        follow(world, bureau)
        world.take(world.town, a_row("K8", replace(bureau.nation.people[0], hetu=AAPO_NEW)))
        bureau.nation.recode(bureau.nation.people[0], AAPO_NEW)
        bureau.nation.rename(bureau.nation.people[1], "Vaihtunut")
        follow(world, bureau)
        assert ("identity", party_ids[AAPO]) in tasks(world)
        assert states(world)["held"] >= 1
        assert world.card(party_ids[BEA]).value("surname") == "Vaihtunut"


def test_a_change_that_does_not_hold_keeps_its_persons_later_ones_apart_and_nobody_elses(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), a_citizen(BEA)) as bureau:
        party_ids = customers(world, bureau.nation.people)
        follow(world, bureau)
        world.clock.pass_days(1)
        bureau.nation.today += timedelta(days=1)
        aapo, bea = bureau.nation.people
        bureau.nation.rename(aapo, "Ensimmäinen")
        bureau.nation.rename(bea, "Toinen")

        def poison(told: dict[str, Any]) -> None:
            first = told["muutokset"][0]["tietoryhmat"][0]
            assert first["sukunimi"] == "Ensimmäinen"
            first["sukunimi"] = first["sukunimiUTF8"] = {"nimi": "ei teksti"}

        bureau.server.misbehave(Misdeed(), mended(poison))
        report = follow(world, bureau)
        assert report.tally.counts["held"] == 1
        assert states(world) == {"live": 1, "held": 1}
        assert world.card(party_ids[BEA]).value("surname") == "Toinen"
        bureau.nation.move(aapo, a_home("Uusikatu"))
        assert follow(world, bureau).tally.counts["held"] == 1
        card = world.card(party_ids[AAPO])
        assert (card.value("surname"), "Uusikatu" in str(card.values)) == ("Kuvitteellinen", False)
        assert ("held", party_ids[AAPO]) in tasks(world)
        assert release(world, bureau) == 1
        follow(world, bureau)
        card = world.card(party_ids[AAPO])
        assert (card.value("surname"), "Uusikatu" in str(card.values)) == ("Ensimmäinen", True)
        assert (states(world), tasks(world)) == ({"live": 2}, [])
        assert world.sql("select count(*) from sources.vtj_held") == [(0,)]


@pytest.mark.parametrize(
    "misdeed",
    [
        Misdeed(instead=road_error()), Misdeed(cut=True), Misdeed(instead=Answered(429, "application/json", b"{}")),
        Misdeed(instead=Answered(502, "text/html", b"<html>Huoltokatko</html>")),
        Misdeed(instead=Answered(200, "text/html", b"<html/>")),
        Misdeed(instead=Answered(200, "application/json", b'{"muutokset": [')),
        Misdeed(instead=Answered(200, "application/json", b'{"muutokset": [], "ajanTasalla": true}')),
        Misdeed(instead=Answered(200, "application/json", b"[]")),
        Misdeed(instead=Answered(200, "application/json", '{"muutokset": "\u00e5"}'.encode("latin-1"))),
        Misdeed(instead=Answered(200, "application/json", b"[" * 100_000)),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_with_the_call_and_the_next_run_goes_on(
    database_url: str, tmp_path: Path, misdeed: Misdeed
) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau)
        bureau.nation.rename(bureau.nation.people[0], "Vaihtunut")
        bureau.server.misbehave(Misdeed(), *[misdeed] * 3)
        with pytest.raises(NoAnswer, match="VTJ's change interface, call ") as told:
            follow(world, bureau)
        assert AAPO not in told.value.message
        assert world.card(party_id).value("surname") == "Kuvitteellinen"
        bureau.server._misdeeds.clear()
        follow(world, bureau)
        assert world.card(party_id).value("surname") == "Vaihtunut"
        assert [row for (row,) in world.sql("select state from sources.vtj_run order by started_at, id")] == ["done", "failed", "done"]  # fmt: skip


def test_somebody_nobody_asked_of_is_counted_and_nothing_is_taken(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), a_citizen(BEA)) as bureau:
        party_id = customers(world, [bureau.nation.people[0]])[AAPO]

        def another(told: dict[str, Any]) -> None:
            for one in told["perustiedot"]:
                one["henkilotunnus"] = BEA

        bureau.server.misbehave(Misdeed(), mended(another))
        report = follow(world, bureau)
        assert (report.tally.counts["strangers"], report.tally.counts["read"]) == (1, 0)
        assert states(world) == {"absent": 1}
        assert world.card(party_id).value("language") is None
        assert world.sql("select count(*) from parties.party") == [(1,)]


def test_credentials_that_are_not_accepted_stop_the_interface(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        customers(world, bureau.nation.people)
        bureau.service.password = "changed"
        with pytest.raises(AccessDenied):
            follow(world, bureau, password=SecretStr("old"))
        calls = len(bureau.server.asked)
        with pytest.raises(Unavailable, match="stopped"):
            follow(world, bureau)
        assert len(bureau.server.asked) == calls == 1


def test_an_unlikely_share_of_deaths_moves_or_renames_stops_and_asks(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(count=40, page=10) as bureau:
        party_ids = customers(world, bureau.nation.people)
        follow(world, bureau, brake_least=5)
        world.clock.pass_days(1)
        bureau.nation.today += timedelta(days=1)
        living = [one for one in bureau.nation.people if not one.dead]
        for one in living[:30]:
            bureau.nation.die(one)
        report = follow(world, bureau, brake_least=5, brake_share=0.1)
        assert report.stopped is not None
        assert "deaths" in report.stopped
        dead = [hetu for hetu, party_id in party_ids.items() if world.card(party_id).value("deceased")]
        known = sum(one.dead for one in bureau.nation.people) - 30
        assert len(dead) <= known + 10, "nothing of the page that went beyond was taken"
        assert world.sql("select state from sources.vtj_run order by started_at desc, id desc limit 1") == [
            ("stopped",)
        ]
        assert follow(world, bureau, brake_least=5, brake_share=0.1, anyway=True).stopped is None
        dead = [hetu for hetu, party_id in party_ids.items() if world.card(party_id).value("deceased")]
        assert len(dead) == known + 30


def test_the_order_stands_before_the_address_whatever_comes_first(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau)
        world.clock.pass_days(1)
        bureau.nation.today += timedelta(days=1)
        aapo = bureau.nation.people[0]
        bureau.nation.move(aapo, a_home("Salakatu"))
        bureau.nation.protect(aapo, bureau.nation.today + timedelta(days=30))
        follow(world, bureau)
        assert world.card(party_id).turvakielto is Disclosure.ON
        assert world.sql("select 1 from parties.statement where content::text like '%%katu%%' or content::text like '%%tie 7%%'") == []  # fmt: skip
        assert world.sql("select 1 from parties.party where content::text like '%%katu%%'") == []
        with world.register.door.read(world.maintainer, Action.CUSTOMER_PROTECTED, Purpose.UPKEEP) as tx:
            shown = {one.item: one.value for one in parties.protected(tx, world.register.vault, party_id)}
        assert "Salakatu" in str(shown["permanent_address"])
        assert tasks(world) == [("no_contact_address", party_id)]
        bureau.nation.be_reached_at(aapo, a_home("Postilokero"))
        follow(world, bureau)
        assert "Postilokero" in str(world.card(party_id).value("contact_address"))
        assert tasks(world) == []
        world.clock.pass_days(31)
        assert tasks(world) == [("order_ends", party_id)], "a day to look at it again, and nothing is revealed"
        assert world.card(party_id).value("permanent_address") is None


def test_absence_of_news_never_ends_an_order(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(protected=True, ever_protected=True)) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau)
        assert world.card(party_id).turvakielto is Disclosure.ON
        bureau.nation.people[0].protected = bureau.nation.people[0].ever_protected = False
        follow(world, bureau, Kind.RESYNC)
        assert world.card(party_id).turvakielto is Disclosure.ON
        bureau.nation.unprotect(bureau.nation.people[0])
        bureau.nation.people[0].ever_protected = True
        follow(world, bureau)
        assert world.card(party_id).turvakielto is Disclosure.OFF


def test_without_the_permits_word_absence_of_an_order_is_no_word(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau, absent_is_off=False)
        assert world.card(party_id).turvakielto is Disclosure.UNKNOWN


def test_beyond_the_days_quota_nobody_is_read(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), a_citizen(BEA), a_citizen(CALLE)) as bureau:
        customers(world, bureau.nation.people)
        with pytest.raises(Conflict, match="quota"):
            follow(world, bureau, daily_most=2, batch=2)
        assert states(world) == {"live": 2, "pending": 1}
        world.clock.pass_days(1)
        follow(world, bureau, daily_most=2, batch=2)
        assert states(world) == {"live": 3}


def test_somebody_vtj_does_not_know_is_left_to_a_person(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_ids = customers(world, [*bureau.nation.people, a_citizen(BEA)])
        report = follow(world, bureau)
        assert report.tally.counts["absent"] == 1
        assert (states(world), tasks(world)) == ({"live": 1, "absent": 1}, [("absent", party_ids[BEA])])


def test_what_nobody_declared_is_counted_and_nowhere_on_disk(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(count=20) as bureau:
        customers(world, bureau.nation.people)
        bureau.service.groups = None
        follow(world, bureau)
        for one in bureau.nation.people:
            bureau.nation.do_something_new(one)
        report = follow(world, bureau)
        assert report.tally.dropped["KVANTTIPERSOONA"] == 20
        tables = world.sql(
            "select schemaname, tablename from pg_tables where schemaname in ('parties', 'sources', 'audit')"
        )
        for schema, table in tables:
            assert world.sql(f"select 1 from {schema}.{table} as one where one::text like '%%{CANARY}%%'") == []
        assert all(CANARY not in path.read_text(errors="ignore") for path in tmp_path.rglob("*") if path.is_file())


def test_no_role_but_the_maintainers_may_follow(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        for role in (Role.INVOICER, Role.ADMINISTRATOR, Role.INTEGRATION, Role.OFFICER):
            with pytest.raises(Refused):
                follow(world, bureau, viewer=a_viewer(role))
        assert bureau.server.asked == []


def test_every_page_leaves_its_event_with_the_permission_and_whom_it_touched(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen()) as bureau:
        party_id = customers(world, bureau.nation.people)[AAPO]
        follow(world, bureau)
        events = world.sql("select detail, subjects from audit.event where action = 'vtj:follow' order by at, id")
        assert all(detail["permission"] == "1125/410/14" for detail, _ in events)  # type: ignore[index]
        asked = [(detail, subjects) for detail, subjects in events if "asked" in detail]  # type: ignore[operator]
        assert asked[0][1] == [party_id]


def test_keys_are_read_as_numbers_and_as_texts_and_never_backwards(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, a_bureau(a_citizen(), key_as_text=True) as bureau:
        customers(world, bureau.nation.people)
        follow(world, bureau)
        world.clock.pass_days(1)
        bureau.nation.today += timedelta(days=1)
        bureau.nation.rename(bureau.nation.people[0], "Vaihtunut")

        def back(told: dict[str, Any]) -> None:
            told["viimeisinKirjausavain"] = 1

        bureau.server.misbehave(Misdeed(), mended(back))
        with pytest.raises(Unavailable, match="older"):
            follow(world, bureau)
        assert follow(world, bureau).tally.counts["changed"] == 1
