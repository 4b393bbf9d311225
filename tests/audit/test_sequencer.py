"""The sequencer: every committed event gets one leaf, in whatever order transactions end."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.audit import merkle, sequencer
from rekisteri.audit.entries import Entry, bundle, canonical, commitment, entry_of, unbundle
from rekisteri.audit.notes import Checkpoint, Note
from rekisteri.audit.tree import entries, last_checkpoint, tree
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import ids
from rekisteri.ground.database import Read
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.ground.keys import KeyFile
from tests.builders import MORNING, World, a_person, a_viewer, a_world, only


def an_event(**more: object) -> audit.Event:
    told = {
        "id": ids.fresh(), "at": MORNING, "account_id": UUID(int=7), "account": "maija", "roles": ("invoicer",),
        "organisations": (1,), "action": "customer:read", "purpose": "invoicing", "case_reference": "LASKU-1",
        "channel": "web", "outcome": "done", "detail": {"item": "phone"},
    }  # fmt: skip
    return audit.Event(**(told | more))  # type: ignore[arg-type]


def as_owner(url: str, statement: str, *parameters: object) -> None:
    """What only whoever owns the database can do."""
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode(), parameters)


def unsealed(world: World) -> int:
    (row,) = world.sql(
        "select count(*) from audit.event e where not exists (select from audit.leaf where event_id = e.id)"
    )
    return int(str(row[0]))


def test_every_event_gets_one_leaf_and_the_checkpoint_is_its_root(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        only(world.take(world.town, a_person("K1")))
        done = world.register.log.seal()
        assert done.added == done.size >= 2
        assert unsealed(world) == 0
        assert world.register.log.seal() == audit.Sealed(0, done.size), "again it changes nothing"
        numbers = [number for (number,) in world.sql("select number from audit.leaf order by number")]
        assert numbers == list(range(done.size))
        with world.register.database.connection() as connection:
            tx = Read(connection, MORNING)
            stamped = last_checkpoint(tx)
            assert stamped is not None
            note = Note.parse(stamped.note)
            assert set(note.signed_by(world.register.log.keys)) == set(world.register.log.keys)
            told = Checkpoint.parse(note.text)
            leaves = [merkle.leaf_hash(one.encoded()) for one in entries(tx, 0, done.size)]
            assert told == Checkpoint(world.register.log.origin, done.size, merkle.fold(leaves))
            assert tree(tx, done.size).root() == told.root
        assert (tmp_path / "log-keys.json").stat().st_mode & 0o777 == 0o600
        log_seed = base64.b64encode(KeyFile(tmp_path / "log-keys.json").key("log"))
        assert log_seed not in (tmp_path / "keys.json").read_bytes()


def test_events_that_commit_late_and_out_of_order_are_never_skipped(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, psycopg.connect(database_url) as slow:
        log = world.register.log
        log.seal()
        early = an_event(account="slow")
        slow.execute("set role rekisteri_app")
        audit.append(slow, early)
        for _ in range(3):
            with world.register.database.connection() as connection:
                audit.append(connection, an_event(account="quick"))
        assert log.seal().added == 3, "whoever is done does not wait for the slow one"
        with world.register.database.connection() as connection:
            audit.append(connection, an_event(account="quick"))
        assert log.seal().added == 1
        slow.commit()
        assert log.seal().added == 1
        assert unsealed(world) == 0
        last = world.sql("select event_id from audit.leaf order by number desc limit 1")
        assert last == [(early.id,)]
        assert log.seal().added == 0


def test_many_writers_and_two_sequencers_at_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "EVENTS_AT_ONCE", 40)
    with a_world(database_url, tmp_path) as world:

        def write(writer: int) -> None:
            for turn in range(90):
                with world.register.database.connection() as connection:
                    parties = [UUID(int=writer), UUID(int=turn + 100)]
                    audit.append(connection, an_event(account=f"writer-{writer}", subjects=parties))

        with ThreadPoolExecutor(6) as threads:
            writing = [threads.submit(write, writer) for writer in range(3)]
            sealing = [threads.submit(lambda: [world.register.log.seal() for _ in range(25)]) for _ in range(2)]
            for one in (*writing, *sealing):
                one.result()
        world.register.log.seal()
        assert unsealed(world) == 0
        ((leaves, distinct, highest),) = world.sql(
            "select count(*), count(distinct event_id), max(number) from audit.leaf"
        )
        assert leaves == distinct == int(str(highest)) + 1
        assert int(str(leaves)) > 256, "at least one tile is full"
        assert world.sql("select count(*) from audit.subject where party_id = %s", UUID(int=1)) == [(90,)]
        with world.register.database.connection() as connection:
            tx = Read(connection, MORNING)
            stamped = last_checkpoint(tx)
            assert stamped is not None
            every = [merkle.leaf_hash(one.encoded()) for one in entries(tx, 0, stamped.size)]
            assert stamped.root == merkle.fold(every) == tree(tx, stamped.size).root()


def test_who_looked_is_told_at_once_and_after_sealing_alike(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = only(world.take(world.town, a_person("K1")))
        world.card(party_id)

        def told() -> list[str]:
            with world.register.door.read(a_viewer(Role.OFFICER), Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
                return [event.action for event in audit.about(tx, party_id)]

        assert told() == ["customer:read", "import:run"]
        world.register.log.seal()
        assert told() == ["customer:read", "import:run"]
        world.card(party_id)
        assert told() == ["customer:read", "customer:read", "import:run"]


def test_an_entry_opens_with_its_salt_and_tells_nothing_without_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        party_id = UUID(int=4242)
        few, bulk = an_event(subjects=[party_id]), an_event(subjects=[UUID(int=one) for one in range(300)])
        for event in (few, bulk):
            with world.register.database.connection() as connection:
                audit.append(connection, event)
        with world.register.database.connection() as connection:
            connection.execute("select set_config('rekisteri.log', 'on', true)")
            payloads = {one.id: one for one in sequencer._pending(audit_write(connection), "0")}  # type: ignore[arg-type]
        one, many = payloads[str(few.id)], payloads[str(bulk.id)]
        assert one.subjects == [str(party_id)] and one.blocks is None
        assert many.subjects == [] and many.blocks is not None and len(many.blocks) == 256
        entry = entry_of(one)
        assert entry.commitment == commitment(one.salt, canonical(one))
        assert entry.at == few.at
        assert Entry.parse(entry.encoded()) == entry
        assert str(party_id).encode() in canonical(one)
        assert party_id.bytes not in entry.encoded()
        assert commitment(bytes(16), canonical(one)) != entry.commitment
        assert list(unbundle(bundle([entry.encoded()] * 3))) == [entry.encoded()] * 3
        for wrong in (bundle([entry.encoded()])[:-1], bundle([entry.encoded()]) + b"\x00", bundle([b""] * 257)):
            with pytest.raises(Rejected):
                list(unbundle(wrong))
        for wrong in (b"", entry.encoded()[:-1], b"\x02" + entry.encoded()[1:]):
            with pytest.raises(Rejected):
                Entry.parse(wrong)


def audit_write(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    return sequencer.Write(connection, MORNING)


def test_an_altered_log_is_not_signed_over(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.register.log.seal()
        as_owner(database_url, "update audit.leaf set commitment = sha256('x') where number = 0")
        with world.register.database.connection() as connection:
            audit.append(connection, an_event())
        with pytest.raises(Conflict, match="verify"):
            world.register.log.seal()


def test_a_database_that_was_rolled_back_is_not_signed_over(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        size = world.register.log.seal().size
        as_owner(database_url, "delete from audit.checkpoint")
        as_owner(database_url, "delete from audit.leaf where number >= %s", size - 1)
        with world.register.database.connection() as connection:
            audit.append(connection, an_event())
        with pytest.raises(Conflict, match="rolled back"):
            world.register.log.seal()
        for kept in ("log-signed.json", "log-keys.json"):
            (tmp_path / kept).rename(tmp_path / f"{kept}.old")
    with a_world(database_url, tmp_path) as world:
        assert world.register.log.seal().size >= size, "a log of a new name begins with what is there"


def test_a_database_restored_from_a_dump_goes_on_although_it_counts_its_transactions_anew(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        size = world.register.log.seal().size
        with world.register.database.connection() as connection:
            audit.append(connection, an_event())
        as_owner(database_url, "update audit.event set xid = (xid::text::bigint + 5000000)::text::xid8")
        as_owner(database_url, "update audit.checkpoint set horizon = (horizon::text::bigint + 5000000)::text::xid8")
        with world.register.database.connection() as connection:
            audit.append(connection, an_event())
        added = world.register.log.seal().added + world.register.log.seal().added
        assert added == 2
        assert unsealed(world) == 0
        assert world.sql("select max(number) from audit.leaf") == [(size + 1,)]
        with world.register.database.connection() as connection:
            audit.append(connection, an_event())
        assert world.register.log.seal().added == 1


def test_the_application_alone_can_not_write_to_the_log(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        world.register.log.seal()
        for forbidden in (
            "insert into audit.leaf values (999, gen_random_uuid(), now(), sha256('x'))",
            "update audit.leaf set number = number + 1",
            "delete from audit.checkpoint",
            "update audit.tile set root = sha256('x')",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                world.register.database.connection() as connection,
            ):
                connection.execute(forbidden.encode())
        assert world.register.log.seal().added == 0


def test_what_was_signed_last_is_remembered_whoever_signs_beside(tmp_path: Path) -> None:
    memory = sequencer.Memory(tmp_path / "log-signed.json")
    sizes = list(range(1, 101))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda size: memory.keep(size, bytes(32)), sizes))
    assert memory.recall() == (100, bytes(32))
    assert [one.name for one in tmp_path.iterdir()] == ["log-signed.json"]
