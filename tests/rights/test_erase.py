"""Erasure where no duty binds, refusal that names the duty where one does; objection decided by its basis."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import orjson
import psycopg
import pytest
from psycopg import sql

from rekisteri import rights, wiring
from rekisteri.access import Action, Ground
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Rejected, Unavailable
from rekisteri.rights import Channel, Identity, Kind, Outcome, Verdict
from tests.builders import AAPO, BEA, World, a_person, a_viewer, a_world, only
from tests.conftest import SERVER_VARIABLE, drop, url_of
from tests.payers import asking as paying
from tests.rights.test_retain import everything

HOUSE = (
    '[controller]\nname = "K Oy"\nytunnus = "9900012-2"\naddress = "E 1"\nphone = "1"\nemail = "a@b.example"\n'
    '[contact]\nname = "M"\nemail = "a@b.example"\n[officer]\nname = "O"\nemail = "a@b.example"\n'
)
MARKS = ("NUMERO1", AAPO, "Poistuva", "poistuva", "Lähtötie", "lahtotie", "1234501", "poista@esimerkki.fi")


def asked(world: World, party_id: UUID, kind: Kind = Kind.ERASURE, *, identified: bool = True) -> rights.Request:
    with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
        made = rights.open_request(
            tx, world.register.vault, kind, Channel.IN_PERSON, party_id=party_id, language="fi",
            asked={"words": "NUMERO1 pois"},
        )  # fmt: skip
        if identified:
            rights.identify(tx, made.id, Identity.PASSPORT)
    return made


def state(world: World, request_id: UUID) -> rights.Request:
    with world.register.door.read(a_viewer(Role.OFFICER), Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
        return rights.request(tx, request_id)


def erase(world: World, request_id: UUID) -> rights.Certificate | None:
    (world.register.settings.home / rights.HOUSE_FILE).write_text(HOUSE, "utf-8")
    return wiring.erase(world.register, a_viewer(Role.OFFICER), request_id)


def a_leaver(world: World) -> UUID:
    row = a_person(
        "NUMERO1", AAPO, surname="Poistuva", phone="040 1234501", email="poista@esimerkki.fi",
        permanent_address__street="Lähtötie 4", turvakielto="k",
    )  # fmt: skip
    return only(world.take(world.town, row))


@contextmanager
def a_backup(url: str) -> Iterator[str]:
    name = f"rekisteri_test_{uuid.uuid4().hex}"
    source = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(os.environ[SERVER_VARIABLE], autocommit=True) as server:
        server.execute(
            sql.SQL("select pg_terminate_backend(pid) from pg_stat_activity where datname = {}").format(source)
        )
        server.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(source)))
    try:
        yield url_of(name)
    finally:
        drop(name)


def test_whoever_was_never_billed_is_erased_whole_and_no_backup_brings_them_back(
    database_url: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with a_world(database_url, home) as world:
        aapo = a_leaver(world)
        world.take(world.town, a_person("NUMERO2", BEA, surname="Pysyvä"))
        world.clock.pass_days(1)
        world.end(world.town, "NUMERO1")
        before = everything(world)
        assert all(mark in before for mark in MARKS if mark != "lahtotie"), [m for m in MARKS if m not in before]
    with a_backup(database_url) as backup:
        with a_world(database_url, home) as world:
            world.clock.pass_days(2)
            request = asked(world, aapo)
            made = erase(world, request.id)
            assert made is not None
            assert made.holds()
            assert not replace(made, body=made.body.replace(b"true", b"false")).holds()
            left = everything(world)
            assert [mark for mark in MARKS if mark in left] == []
            assert "NUMERO2" in left
            assert world.sql("select count(*) from parties.party") == [(1,)]
            found = state(world, request.id)
            assert (found.outcome, found.party_id) == (Outcome.FULFILLED, None)
            told = made.body.decode()
            assert str(aapo) not in told
            assert [mark for mark in MARKS if mark in told] == []
            paper = rights.paper_of(made)
            assert rights.pdf(paper, "fi").startswith(b"%PDF")
            assert orjson.loads(made.body)["destroyed"]["parties.record"] == 1
            with world.register.door.read(a_viewer(Role.OFFICER), Action.RIGHTS_REQUEST, Purpose.DATA_PROTECTION) as tx:
                assert rights.certificate_of(tx, found) == made
            assert wiring.forget(world.register, lambda progress: None).leaves >= 2
            assert wiring.erase_again(world.register) == 0
        with a_world(backup, home) as restored:
            boxes = restored.sql(
                "select id, sealed from parties.statement where record_id = %s and sealed is not null", aapo
            )
            for statement_id, box in boxes:
                with pytest.raises(Unavailable):
                    restored.register.vault.open(
                        bytes(box), key="secret", place=f"parties.statement|sealed|{statement_id}"
                    )  # type: ignore[call-overload]
            wiring.mend_keys(restored.register)
            for statement_id, box in boxes:
                with pytest.raises(Missing):
                    restored.register.vault.open(
                        bytes(box), key="secret", place=f"parties.statement|sealed|{statement_id}"
                    )  # type: ignore[call-overload]
            assert boxes


def test_an_old_backup_is_erased_again_by_what_is_noted_beside_the_keys(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with a_world(database_url, home) as world:
        aapo = only(world.take(world.town, a_person("NUMERO1", None, surname="Poistuva")))
        world.end(world.town, "NUMERO1")
    with a_backup(database_url) as backup:
        with a_world(database_url, home) as world:
            assert erase(world, asked(world, aapo).id) is not None
        with a_world(backup, home) as restored:
            assert "Poistuva" in everything(restored)
            assert wiring.erase_again(restored.register) > 0
            assert "Poistuva" not in everything(restored)
            assert wiring.erase_again(restored.register) == 0


def test_where_a_duty_binds_the_answer_names_it_its_law_and_where_to_complain(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        paying.a_reason(world)
        aapo = only(world.take(world.town, a_person("NUMERO1", AAPO, surname="Poistuva")))
        paying.ask(world, "NUMERO1")
        request = asked(world, aapo)
        assert erase(world, request.id) is None
        found = state(world, request.id)
        assert found.outcome is Outcome.REFUSED
        assert found.answer is not None
        for said in (
            "17 artikla 3 b",
            "kirjanpitolaki 1336/1997",
            "Vastaukset maksajasta",
            "1.1.2033",
            "Tietosuojavaltuutetun toimisto (tietosuoja.fi)",
        ):
            assert said in found.answer
        assert "Poistuva" in everything(world)
        with pytest.raises(Conflict, match="closed already"):
            erase(world, request.id)


@pytest.mark.parametrize(
    ("last_day", "bound_until"), [("31.12.2019", []), ("31.12.2021", [date(2027, 12, 31)]), (None, [None])]
)
def test_a_fact_of_collection_binds_until_its_time_after_its_own_last_day(
    last_day: str | None, bound_until: list[date | None], database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        stop = {"collection_stop__reason": "debt_adjustment", "collection_stop__valid_from": "1.1.2019"}
        stop |= {"collection_stop__valid_to": last_day} if last_day else {}
        aapo = only(world.take(world.town, a_person("NUMERO1", AAPO, **stop)))
        with world.register.door.read(a_viewer(Role.OFFICER), Action.RIGHTS_ERASE, Purpose.DATA_PROTECTION) as tx:
            duties = rights.assess(tx, world.register.vault, aapo).duties
            tx.saw(aapo)
        assert [one.until for one in duties if one.klass == "collection"] == bound_until


def test_what_no_duty_binds_goes_and_the_rest_stays_with_its_law(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = a_leaver(world)
        made = erase(world, asked(world, aapo).id)
        assert made is not None
        told = orjson.loads(made.body)
        assert (told["whole"], told["items"]) == (False, ["email", "phone"])
        assert [one["class"] for one in told["stays"]] == ["customership"]
        left = everything(world)
        assert "1234501" not in left
        assert "poista@esimerkki.fi" not in left
        assert "Lähtötie" in left
        assert world.card(aapo).value("surname") == "Poistuva"
        assert ("erased", [world.town.id]) in world.sql("select kind, organisations from parties.change")


def test_a_legal_hold_binds_everything(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = a_leaver(world)
        world.end(world.town, "NUMERO1")
        with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_HOLD, Purpose.DATA_PROTECTION) as tx:
            rights.hold(tx, aapo, "Kanne")
        request = asked(world, aapo)
        assert erase(world, request.id) is None
        assert "17 artikla 3 e" in str(state(world, request.id).answer)


def test_an_erasure_asks_for_the_right_request_and_a_checked_identity(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = a_leaver(world)
        with pytest.raises(Conflict, match="identity"):
            erase(world, asked(world, aapo, identified=False).id)
        with pytest.raises(Conflict, match="not for erasure"):
            erase(world, asked(world, aapo, Kind.ACCESS).id)


def decide(
    world: World, request_id: UUID, verdict: Verdict, grounds: str, purpose: Purpose = Purpose.COLLECTION
) -> rights.Request:
    with world.register.door.write(a_viewer(Role.OFFICER), Action.RIGHTS_RESTRICT, Purpose.DATA_PROTECTION) as tx:
        return rights.object_to(tx, request_id, verdict, grounds, purpose)


def test_an_objection_is_upheld_or_overruled_on_its_grounds(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = a_leaver(world)
        upheld = decide(world, asked(world, aapo, Kind.OBJECTION).id, Verdict.UPHELD, "Peruste hyväksytään")
        assert (upheld.outcome, upheld.answer) == (Outcome.FULFILLED, "Peruste hyväksytään")
        assert world.sql("select ground from access.restriction") == [(Ground.UPHELD.value,)]
        overruled = decide(world, asked(world, aapo, Kind.OBJECTION).id, Verdict.COMPELLING, "Saatava on vireillä.")
        assert overruled.outcome is Outcome.REFUSED
        assert overruled.answer is not None
        assert overruled.answer.startswith("Saatava on vireillä.")
        for said in ("6 artikla 1 c ja e", "Tietosuojavaltuutetun toimisto (tietosuoja.fi)"):
            assert said in overruled.answer
        waiting = asked(world, aapo, Kind.OBJECTION)
        with pytest.raises(Rejected, match="grounds"):
            decide(world, waiting.id, Verdict.CLAIMS, " ")
        with pytest.raises(Rejected, match="legal obligation alone"):
            decide(world, waiting.id, Verdict.UPHELD, "x", Purpose.DATA_PROTECTION)
        assert (
            decide(world, waiting.id, Verdict.OBLIGATION, "Laki määrää.", Purpose.DATA_PROTECTION).outcome
            is Outcome.REFUSED
        )
        with pytest.raises(Conflict, match="identity"):
            decide(world, asked(world, aapo, Kind.OBJECTION, identified=False).id, Verdict.UPHELD, "x")
        with pytest.raises(Conflict, match="is not an objection"):
            decide(world, asked(world, aapo, Kind.ACCESS).id, Verdict.UPHELD, "x")
