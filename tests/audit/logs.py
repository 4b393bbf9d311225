"""Logs for tests: a register's log exported and witnessed, and the same log written anew by whoever has its key."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from rekisteri import audit
from rekisteri.audit import LOG_KEY, Checkpoint, Note, Signer, VerifierKey, Witness, merkle
from rekisteri.audit.entries import bundle, unbundle
from rekisteri.ground import ids
from rekisteri.ground.database import Read, Write
from rekisteri.ground.keys import KeyFile
from tests.builders import MORNING, World


def an_event(**more: object) -> audit.Event:
    """An invoicer's look at a customer, unless told otherwise."""
    told = {
        "id": ids.fresh(), "at": MORNING, "account_id": UUID(int=7), "account": "maija", "roles": ("invoicer",),
        "organisations": (1,), "action": "customer:read", "purpose": "invoicing", "case_reference": "LASKU-1",
        "channel": "web", "outcome": "done", "detail": {"item": "phone"},
    }  # fmt: skip
    return audit.Event(**(told | more))  # type: ignore[arg-type]


def append(world: World, count: int, *, seed: int = 1, at: datetime = MORNING) -> None:
    """Events of different shapes in one transaction, a minute apart: none, some, and very many customers."""
    draw = random.Random(seed)
    with world.register.database.connection() as connection:
        for number in range(count):
            shape = number % 97
            parties = [UUID(int=draw.randrange(50)) for _ in range(draw.randrange(4))]
            if shape == 96:
                parties = [UUID(int=one * 1_000_003) for one in range(1, 300)]
            event = an_event(
                at=at + timedelta(seconds=number), account=draw.choice(("maija", "matti", "åke")),
                subjects=list(dict.fromkeys(parties)), outcome=draw.choice(("done", "refused")),
            )  # fmt: skip
            audit.append(connection, event)


@contextmanager
def working(world: World, at: datetime = MORNING) -> Iterator[Write]:
    """A transaction that may read the log and write what witnesses say, as the door's would."""
    with world.register.database.connection() as connection:
        connection.execute(
            "select set_config('rekisteri.writes', '{evidence,cosignatures}', true), set_config('rekisteri.log', 'on', true)"
        )
        yield Write(connection, at)


def a_witness(world: World, home: Path, name: str) -> Witness:
    """A witness with a key and a folder of its own, known to the register."""
    keys = KeyFile.ensure(home / f"{name}.json", audit.WITNESS_KEY_NAMES)
    witness = Witness(f"{name}.example/log", keys, home / name, world.register.log.keys)
    with working(world) as tx:
        audit.add_witness(tx, str(witness.key))
    return witness


def cosign(world: World, *witnesses: Witness, at: datetime = MORNING) -> None:
    """Each witness signs the latest checkpoint, and the register keeps the signature."""
    for witness in witnesses:
        with working(world, at) as tx:
            asked = audit.request(tx, witness.signed(world.register.log.origin))
            line = witness.cosign(asked, int(at.timestamp()))
            assert audit.accept(tx, Checkpoint.parse(asked.note.text).size, str(line)) == [witness.key.name]


def export(world: World, folder: Path) -> audit.Exported:
    """The log as files."""
    with world.register.database.connection() as connection:
        return audit.export(Read(connection, MORNING), folder)


def compared(world: World, folder: Path, trust: audit.Trust, now: datetime) -> audit.Verdict:
    """The log verified, and the database held to it."""
    verdict = audit.Verdict()
    with working(world, now) as tx:
        comparison = audit.Comparison(tx, verdict, now)
        audit.verify(folder, trust, now, into=verdict, watch=comparison.watch)
        comparison.finish()
    return verdict


def as_owner(url: str, statement: str, *parameters: object) -> None:
    """What only whoever owns the database can do."""
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode(), parameters)


def stolen(home: Path, keys: Sequence[VerifierKey]) -> Signer:
    """The log's own signer, made of its stolen key file."""
    return Signer(keys[0].name, LOG_KEY, KeyFile(home / "log-keys.json").key("log"))


def entries_of(folder: Path) -> list[bytes]:
    """Every entry of an exported log, in order."""
    size = Checkpoint.parse(Note.parse((folder / "checkpoint").read_text()).text).size
    found: list[bytes] = []
    while len(found) < size:
        width = min(size - len(found), 256)
        path = folder / audit.tile_path("entries", len(found) // 256, width)
        found += unbundle(path.read_bytes())
    return found


def write_anew(folder: Path, entries: Sequence[bytes], signer: Signer, *, keep_witnesses: bool) -> None:
    """Another history, whole: every tile made anew and every checkpoint signed anew with the log's own key.

    Old cosignatures are kept beside the new roots, or dropped with the checkpoints that bore them.
    """
    notes = [folder / "checkpoint", *(folder / "checkpoints").glob("*")]
    for path in sorted((folder / "tile").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    row, level = [merkle.leaf_hash(entry) for entry in entries], 0
    hashes = list(row)
    while row:
        for at in range(0, len(row), 256):
            some = row[at : at + 256]
            _write(folder / audit.tile_path(level, at // 256, len(some)), b"".join(some))
            if level == 0:
                _write(folder / audit.tile_path("entries", at // 256, len(some)), bundle(entries[at : at + 256]))
        row = [merkle.fold(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
        level += 1
    for path in notes:
        old = Note.parse(path.read_text())
        size = len(entries) if path.name == "checkpoint" else min(Checkpoint.parse(old.text).size, len(entries))
        text = Checkpoint(signer.key.name, size, merkle.fold(hashes[:size])).text
        others = [one for one in old.signatures if one.name != signer.key.name] if keep_witnesses else []
        _write(path, str(Note(text, (signer.sign(text), *others))).encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


NOW = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
