"""The access package: complete by proof, of the customer alone, and made at once."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

import jsonschema_rs
import orjson
import psycopg
import pytest

from rekisteri import rights
from rekisteri.access import Action, Viewer
from rekisteri.access.tables import TABLES
from rekisteri.catalogue import BY_NAME, BY_PATH, COLUMNS, ITEMS, PartyKind, Purpose, Role, months_later
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.rights import Channel, Clock, Identity, Kind, Outcome
from rekisteri.rights.act_phrases import ACTS
from rekisteri.rights.code_phrases import RULES, WORK_DECISIONS
from tests.builders import AAPO, BEA, CALLE, World, a_person, a_viewer, a_world

EVERYTHING = {
    "customer_number": "K1",
    "hetu": AAPO,
    "ytunnus": "2769790-1",
    "foreign_id.value": "XX-7788",
    "foreign_id.country": "SE",
    "surname": "Kuvitteellinen",
    "first_names": "Aapo Testi",
    "called_name": "Aapo",
    "former_surnames": "Entinen",
    "permanent_address.street": "Esimerkkitie 7 A 12",
    "permanent_address.postcode": "00999",
    "permanent_address.town": "HELSINKI",
    "temporary_address.street": "Tilapäiskuja 1",
    "temporary_address.postcode": "00999",
    "temporary_address.town": "HELSINKI",
    "postal_address.street": "PL 12",
    "postal_address.postcode": "00999",
    "postal_address.town": "HELSINKI",
    "contact_address.street": "Yhteystie 9",
    "contact_address.postcode": "00999",
    "contact_address.town": "HELSINKI",
    "phone": "+358401234567",
    "email": "aapo@esimerkki.fi",
    "language": "fi",
    "contact_language": "sv",
    "invoice_language": "sv",
    "turvakielto": "k",
    "custodian.name": "Huoltaja Kuvitteellinen",
    "custodian.hetu": BEA,
    "guardian.name": "Edunvalvoja Kuvitteellinen",
    "estate_contact": "Pesän Hoitaja",
    "invoice_channel": "letter",
    "invoice_reference": "Tilaus 55",
    "refund_account": "FI2112345600000785",
    "collection_stop.reason": "ban",
    "insolvency.kind": "debt_adjustment",
    "dispute.valid_from": "2026-02-01",
}
IN_WORDS = {
    "dispute.valid_from": "1.2.2026",
    "foreign_id.country": "Ruotsi",
    "language": "suomi",
    "contact_language": "ruotsi",
    "invoice_language": "ruotsi",
}
"""What stands as a code in a file, as the customer reads it."""


def opened(world: World, viewer: Viewer | None = None) -> UUID:
    """An access request of the only customer, identity not yet checked."""
    (party,) = world.sql("select id from parties.party order by id limit 1")
    with world.register.door.write(
        viewer or a_viewer(Role.OFFICER), Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION
    ) as tx:
        made = rights.open_request(
            tx,
            world.register.vault,
            Kind.ACCESS,
            Channel.IN_PERSON,
            party_id=UUID(str(party[0])),
            language="fi",
            asked={"words": "Kaikki mitä minusta on"},
        )
    return made.id


def identify(world: World, request_id: UUID) -> None:
    with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
        rights.identify(tx, request_id, Identity.PASSPORT)


def made(world: World, request_id: UUID, language: str | None = None) -> rights.Files:
    with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_PACKAGE, Purpose.DATA_PROTECTION) as tx:
        return rights.fulfil(
            tx, world.register.vault, request_id, house="Kuvitelma Oy", sent=world.register.sent, language=language
        )


def told(files: rights.Files) -> str:
    return files.machine.decode()


def test_every_table_that_can_concern_a_person_is_told_or_says_why_not(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        reached = connection.execute(
            """
            select distinct n.nspname || '.' || c.relname
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
              and n.nspname not like 'pg\\_%%' and n.nspname <> 'information_schema'
              and (a.attname in ('party_id', 'party_ids', 'subjects') or n.nspname || '.' || c.relname || '.' || a.attname = any (%s))
            """,
            (list(COLUMNS),),
        ).fetchall()
    missing = {name for (name,) in reached} - rights.TABLES.keys()
    assert missing == set(), "say in rights/report.py which section tells of them, or why none does"
    sections = {place for place in rights.TABLES.values() if ":" not in place}
    assert sections <= {
        *("who", "data", "customerships", "judgements", "work", "banks", "answers", "reports", "requests"),
        *("notices", "looks", "sent", "restrictions", "disclosures"),
    }
    act = Action.RIGHTS_PACKAGE.policy
    shut = {
        table.name
        for table in TABLES
        if ":" not in rights.TABLES.get(table.name, ":")
        and (areas := getattr(table.rows, "areas", frozenset()))
        and not areas & (act.opens | act.writes)
    }
    assert shut == set(), "the act that makes the package must open their areas"


def test_every_item_of_the_catalogue_is_in_the_package_whole(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, EVERYTHING)
        request_id = opened(world)
        identify(world, request_id)
        files = made(world, request_id)
        data = next(one for one in orjson.loads(files.machine)["document"]["sections"] if one["code"] == "data")
        captions = {table["caption"]["en"] for table in data["tables"]}
        stated = {BY_PATH[path][0].name for path in EVERYTHING if path in BY_PATH} - {"customer_number"}
        wanted = {item.label.en for item in ITEMS if item.name in stated and PartyKind.PERSON in item.kinds}
        assert wanted <= captions
        text = told(files)
        secret = {"custodian.hetu"}
        for path, value in EVERYTHING.items():
            if path in secret or path in (
                "turvakielto",
                "collection_stop.reason",
                "insolvency.kind",
                "invoice_channel",
            ):
                continue
            assert IN_WORDS.get(path, value) in text, path
        assert BEA not in text


def test_a_correction_and_what_it_corrected_are_both_told_with_their_grounds(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1", email="vanha@esimerkki.fi"))
        (party,) = world.sql("select id from parties.party")
        world.correct(UUID(str(party[0])), "email", value="oikea@esimerkki.fi")
        request_id = opened(world)
        identify(world, request_id)
        text = told(made(world, request_id))
        assert "vanha@esimerkki.fi" in text
        assert "oikea@esimerkki.fi" in text
        assert "customer told" in text
        assert "vanha@esimerkki.fi – wrong value, corrected on 2.3.2026" in text
        assert "oikea@esimerkki.fi – wrong" not in text


def test_a_value_said_again_is_told_once_from_the_first_word_to_the_last(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        for phone in ("0401", "0402", "0402", "0401"):
            world.take(
                world.town,
                a_person(
                    "K1", phone=f"{phone}11222", email="sama@esimerkki.fi", language="fi" if phone == "0401" else "sv"
                ),
            )
            world.clock.pass_days(30)
        request_id = opened(world)
        identify(world, request_id)
        sections = orjson.loads(made(world, request_id).machine)["document"]["sections"]
        tables = {table["caption"]["en"]: table["rows"] for table in sections[1]["tables"]}
        (email,) = [[cell["en"] for cell in row] for row in tables[BY_NAME["email"].label.en]]
        assert (email[0], email[2]) == ("sama@esimerkki.fi", "2.3.2026 – ")
        assert len(tables[BY_NAME["phone"].label.en]) == 3, "what came back after another is another time"


def test_the_file_is_of_the_published_schema(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, EVERYTHING)
        request_id = opened(world)
        identify(world, request_id)
        file = orjson.loads(made(world, request_id).machine)
    schema = orjson.loads(rights.schema())
    check = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    assert [error.message for error in check.iter_errors(file)] == []
    assert schema["$id"] == rights.SCHEMA == file["schema"]
    told = schema["$defs"]["section"]["properties"]["code"]["enum"]
    assert [section["code"] for section in file["document"]["sections"]] == told, "each in its place, and no other"
    assert not check.is_valid(file | {"more": 1})


def test_looks_are_told_with_purpose_and_organisation_and_without_the_employee(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"))
        (party,) = world.sql("select id from parties.party")
        world.card(UUID(str(party[0])), a_viewer(Role.INVOICER, world.town))
        request_id = opened(world)
        identify(world, request_id)
        files = made(world, request_id)
        looks = next(one for one in orjson.loads(files.machine)["document"]["sections"] if one["code"] == "looks")
        rows = [[cell["en"] for cell in row] for row in looks["tables"][0]["rows"]]
        assert ["Look at the card", "Invoicing", "Kuusilahden kaupunki", ""] in [row[1:] for row in rows]
        assert any(row[1] == "A client organisation's delivery" for row in rows)
        assert "test-invoicer" not in told(files)
        assert "test-maintainer" not in told(files)


def test_every_act_and_code_has_plain_words(database_url: str) -> None:
    assert {action.policy.name for action in Action} == ACTS.keys()
    names = ("rekisteri.matching.judge", "rekisteri.matching.place", "rekisteri.sources.organisations.by_hand")
    judging, exact, deciding = map(importlib.import_module, names)
    rules = {
        judging.RULE_MERGED,
        judging.RULE_UNDONE,
        judging.RULE_SPLIT,
        exact.RULE_IDENTITY,
        exact.RULE_FIRST_CODE,
        deciding.RULE_DECIDED,
    }
    assert rules <= RULES.keys()
    with psycopg.connect(database_url) as owner:
        (told,) = owner.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = 'work_decision_check'"
        ).fetchone() or ("",)
    assert set(re.findall(r"'(\w+)'", told)) == WORK_DECISIONS.keys()


def test_a_representative_under_an_order_is_not_named(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        child = a_person("L1", AAPO, custodian__name="Salainen Huoltaja", custodian__hetu=BEA)
        world.take(world.town, child)
        world.take(world.water, a_person("H1", BEA, surname="Huoltaja", first_names="Salainen", turvakielto="k"))
        request_id = opened(world)
        identify(world, request_id)
        files = made(world, request_id)
        assert "Salainen Huoltaja" not in told(files)
        world.clock.pass_days(1)
        (party,) = world.sql("select party_id from parties.record where key = 'L1'")
        world.correct(UUID(str(party[0])), "custodian", name="Uusi Huoltaja", hetu=CALLE)
        request_id = opened(world)
        identify(world, request_id)
        later = told(made(world, request_id))
        assert "Uusi Huoltaja" in later, "who represents the child today is told"
        assert "Salainen Huoltaja" not in later, "who did before is not, protected or no longer anything to the child"
        assert "(tieto salattu)" in told(files)
        assert "not named" in told(files)


def test_nothing_is_made_before_the_identity_is_checked_and_each_step_is_written_down(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"))
        request_id = opened(world)
        with pytest.raises(Conflict, match="identity"):
            made(world, request_id)
        identify(world, request_id)
        made(world, request_id, "sv")
        with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
            rights.hand_over(tx, request_id, "Tiskillä")
            steps = [(one.kind, one.note) for one in rights.steps(tx, request_id)]
            found = rights.request(tx, request_id)
            assert rights.asked(tx, world.register.vault, request_id) == {"words": "Kaikki mitä minusta on"}
        assert steps == [
            ("opened", None),
            ("identified", "passport"),
            ("packaged", "sv"),
            ("handed_over", "Tiskillä"),
            ("closed", "fulfilled"),
        ]
        assert found.outcome is Outcome.FULFILLED
        assert b"Kaikki" not in bytes(str(world.sql("select asked from rights.request")), "utf-8")
        with pytest.raises(Conflict, match="closed already"):
            identify(world, request_id)


def test_the_clock_alarms_and_tells_of_a_breach_and_more_time_is_given_once(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, a_person("K1"))
        request_id = opened(world)
        officer = a_viewer(Role.OFFICER)

        def clock() -> Clock:
            with world.register.door.read(officer, Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
                return rights.request(tx, request_id).clock(world.clock.at.date())

        assert clock() is Clock.RUNNING
        world.clock.pass_days(21)
        assert clock() is Clock.ALARM
        world.clock.pass_days(10)
        assert clock() is Clock.ALARM
        world.clock.pass_days(1)
        assert clock() is Clock.BREACHED
        with world.register.door.write(officer, Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
            with pytest.raises(Rejected):
                rights.extend(tx, request_id, " ")
            assert rights.extend(tx, request_id, "Paljon aineistoa").isoformat() == "2026-06-02"
            with pytest.raises(Conflict):
                rights.extend(tx, request_id, "Vielä")
        assert clock() is Clock.RUNNING


def test_a_month_ends_on_the_same_day_or_the_months_last() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 12, 15), 2) == date(2027, 2, 15)


def test_the_paper_is_accessible_and_only_officers_and_maintainers_may_make_it(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        world.take(world.town, EVERYTHING)
        request_id = opened(world)
        identify(world, request_id)
        path = tmp_path / "tiedot.pdf"
        path.write_bytes(made(world, request_id).paper)
        checked = subprocess.run(
            [Path(sys.executable).parent / "pdfua", "check", path], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout
        for role in (Role.INVOICER, Role.COLLECTOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTEGRATION):
            viewer = a_viewer(role, *([world.town] if role in (Role.INVOICER, Role.INTEGRATION) else []))
            with (
                pytest.raises(Refused),
                world.register.door.write(viewer, Action.RIGHTS_PACKAGE, viewer.purposes()[0]) as tx,
            ):
                rights.package(tx, world.register.vault, UUID(int=1), sent=world.register.sent)
        with (
            pytest.raises(Missing),
            world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx,
        ):
            rights.request(tx, UUID(int=1))
