"""The log: acts a second with every event sealed meanwhile, against bare inserts; proofs and verification at ten million leaves."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from benchmarks.figures import Figure
from rekisteri import audit
from rekisteri.audit import merkle
from rekisteri.audit.notes import signed
from rekisteri.audit.sequencer import Sequencer
from rekisteri.audit.tree import entries, inclusion, tree
from rekisteri.ground import ids, migrations, postgres
from rekisteri.ground.database import Database, Read
from rekisteri.ground.keys import KeyFile

WRITERS = 16
"""As many as wait for the disk at a time in a busy office; the server commits those together that wait together."""
SEAL_EVERY_S = 1.0
TURNS = 6
PROOFS = 400
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Driven:
    """What writers did: events, seconds on the wall, microseconds of processor an event (theirs and the server's)."""

    events: int
    seconds: float
    cpu_us: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


def measure(folder: Path, seconds: float) -> list[Figure]:
    """Acts a second, on a server of its own."""
    with _Server(folder / "log-driven") as url:
        return _driven(url, folder, seconds)


def measure_proofs(folder: Path, leaves: int) -> list[Figure]:
    """Proofs and verification in a log of so many leaves, on a server of its own."""
    with _Server(folder / "log-large") as url:
        return _large(url, folder, leaves)


class _Server:
    """An embedded server in a folder of its own, gone at the end."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> str:
        shutil.rmtree(self._home, ignore_errors=True)
        self._server = postgres.start(self._home)
        migrations.migrate(self._server.url)
        return self._server.url

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        shutil.rmtree(self._home)


# Acts a second


def _driven(url: str, folder: Path, seconds: float) -> list[Figure]:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("create table public.bare (id uuid primary key, at timestamptz not null, detail jsonb not null)")
        owner.execute("grant insert on public.bare to rekisteri_app")
    log = _sequencer(url, folder)
    sealing_cpu = [0.0]

    def seal() -> None:
        began = time.process_time()
        log.seal()
        sealing_cpu[0] += time.process_time() - began

    # In turns, so that whatever else the machine does falls upon both.
    bares, acted = [], []
    for _ in range(TURNS):
        bares.append(_drive(url, _bare, seconds / TURNS))
        acted.append(_drive(url, _act, seconds / TURNS, meanwhile=seal))
        # Sealing does not pause when acts do: what came last must not wait for the bare turn to end.
        seal()
    bare, acts = _together(bares), _together(acted)
    with psycopg.connect(url) as owner:
        row = owner.execute(
            """
            select count(*), percentile_cont(0.99) within group (order by extract(epoch from sealed.at - l.at))
            from audit.leaf l
            join lateral (select at from audit.checkpoint c where c.size > l.number order by c.size limit 1) sealed on true
            """
        ).fetchone()
        assert row is not None
        assert row[0] == acts.events, "every event has its leaf"
    late = float(row[1])
    spent = acts.cpu_us + sealing_cpu[0] / acts.events * 1e6
    return [
        Figure(
            f"acts logged and sealed, {seconds:.0f} s sustained, {WRITERS} writers",
            f"{acts.rate:,.0f}/s", f"{bare.rate:,.0f}/s bare inserts, one a transaction",
            f"{acts.rate / bare.rate:.2f} ×", "≥ 2,000/s", acts.rate >= 2000,
        ),
        Figure(
            "its processor time an event, sealing included", f"{spent:,.0f} µs", f"{bare.cpu_us:,.0f} µs bare",
            f"{spent / bare.cpu_us:.2f} ×", "≤ 3 ×", spent <= 3 * bare.cpu_us,
        ),
        Figure("from act to leaf, 99th percentile", f"{late:.2f} s", "", "", "≤ 5 s", late <= 5),
    ]  # fmt: skip


def _together(turns: list[Driven]) -> Driven:
    events = sum(one.events for one in turns)
    return Driven(events, sum(one.seconds for one in turns), sum(one.cpu_us * one.events for one in turns) / events)


def _drive(
    url: str, turn: Callable[[psycopg.Connection[tuple[object, ...]]], None], seconds: float,
    meanwhile: Callable[[], None] | None = None,
) -> Driven:  # fmt: skip
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    began = time.monotonic()
    writers = [context.Process(target=_write, args=(url, turn, seconds, told)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        time.sleep(SEAL_EVERY_S)
        if meanwhile is not None:
            meanwhile()
        if told.qsize() == len(writers):
            break
    results = [told.get() for _ in writers]
    for writer in writers:
        writer.join()
    events = sum(count for count, _, _ in results)
    ended = max(end for _, _, end in results)
    return Driven(events, ended - began, sum(cpu for _, cpu, _ in results) / events * 1e6)


def _write(
    url: str, turn: Callable[[psycopg.Connection[tuple[object, ...]]], None], seconds: float,
    told: multiprocessing.Queue[tuple[int, float, float]],
) -> None:  # fmt: skip
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set role rekisteri_app")
        connection.execute("set plan_cache_mode = 'force_generic_plan'")
        backend = connection.info.backend_pid
        until, count = time.monotonic() + seconds, 0
        own, server = time.process_time(), _cpu(backend)
        while time.monotonic() < until:
            turn(connection)
            count += 1
        cpu = time.process_time() - own + _cpu(backend) - server
        told.put((count, cpu, time.monotonic()))


def _act(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    with connection.transaction():
        audit.append(
            connection,
            audit.Event(
                id=ids.fresh(), at=datetime.now(UTC), account_id=UUID(int=7), account="invoicer", roles=("invoicer",),
                organisations=(1,), action="customer:read", purpose="invoicing", case_reference=None, channel="api",
                outcome="done", subjects=(ids.fresh(),), session_id=UUID(int=9),
            ),
        )  # fmt: skip


def _bare(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    with connection.transaction():
        connection.execute(
            "insert into public.bare (id, at, detail) values (%s, %s, '{}'::jsonb)", (ids.fresh(), datetime.now(UTC))
        )


def _cpu(process: int) -> float:
    """Seconds of processor a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _sequencer(url: str, folder: Path) -> Sequencer:
    keys = KeyFile.ensure(folder / "log-keys.json", audit.LOG_KEY_NAMES)
    memory = folder / "log-signed.json"
    memory.unlink(missing_ok=True)
    return Sequencer(Database(url, size=2), audit.log_signers(keys, None), audit.Memory(memory))


# Ten million leaves


def _large(url: str, folder: Path, leaves: int) -> list[Figure]:
    log = _sequencer(url, folder)
    grow(url, leaves, log)
    draw = random.Random(1)
    with psycopg.connect(url) as connection:
        connection.execute("set role rekisteri_app")
        tx = Read(connection, BEGUN)
        root = tree(tx, leaves).root()
        spent = []
        backend = connection.info.backend_pid
        cpu = time.process_time() + _cpu(backend)
        for _ in range(PROOFS):
            index = draw.randrange(leaves)
            began = time.perf_counter()
            path = inclusion(tx, index, leaves)
            spent.append((time.perf_counter() - began) * 1000)
            (entry,) = entries(tx, index, index + 1)
            assert merkle.includes(merkle.leaf_hash(entry.encoded()), index, leaves, path, root)
        proof_cpu = (time.process_time() + _cpu(backend) - cpu) / PROOFS * 1000
        read = []
        for _ in range(PROOFS):
            began = time.perf_counter()
            connection.execute(
                "select commitment from audit.leaf where number = %s", (draw.randrange(leaves),)
            ).fetchone()
            read.append((time.perf_counter() - began) * 1000)
        exported = folder / "log-exported"
        shutil.rmtree(exported, ignore_errors=True)
        audit.export(tx, exported)
    began, cpu = time.monotonic(), time.process_time()
    verdict = audit.verify(exported, audit.Trust.of(log.keys), BEGUN + timedelta(days=1))
    took, cpu = time.monotonic() - began, time.process_time() - cpu
    assert verdict.size == leaves
    assert verdict.findings == [], verdict.findings[:3]
    shutil.rmtree(exported)
    ours, floor = sorted(spent), statistics.median(read)
    return [
        Figure(
            f"inclusion proof at {leaves:,} leaves, 95th percentile (median {statistics.median(ours):.2f} ms, "
            f"{proof_cpu:.2f} ms of processor with its check)",
            f"{ours[int(len(ours) * 0.95)]:.2f} ms", f"{floor:.2f} ms, one indexed row",
            f"{ours[int(len(ours) * 0.95)] / floor:.0f} ×", "≤ 5 ms", ours[int(len(ours) * 0.95)] <= 5,
        ),
        Figure(
            f"verification of {leaves:,} leaves off line ({took:.0f} s on the wall)", f"{cpu:.0f} s of processor",
            "", "", "≤ 60 s for ten million", cpu <= 60 * leaves / 10_000_000,
        ),
    ]  # fmt: skip


def grow(url: str, leaves: int, log: Sequencer) -> None:
    """A log of so many invented leaves, laid out as the sequencer would have: in bulk, then tile by tile."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("alter table audit.leaf drop constraint leaf_pkey, drop constraint leaf_event_id_key")
        owner.execute(
            """
            insert into audit.leaf (number, event_id, at, commitment)
            select g, overlay(gen_random_uuid()::text placing to_hex(g / 65536 + 268435456) from 1 for 8)::uuid,
                   timestamptz '2026-01-01 00:00:00Z' + g * interval '1 millisecond', sha256(int8send(g))
            from generate_series(0, %s - 1) g
            """,
            (leaves,),
        )
        owner.execute("set maintenance_work_mem = '512MB'")
        owner.execute("alter table audit.leaf add primary key (number), add unique (event_id)")
        roots: list[tuple[int, int, bytes]] = []
        row = [merkle.fold(tile) for tile in _tiles(owner, leaves)]
        level = 0
        while row:
            roots += [(level, number, root) for number, root in enumerate(row)]
            row = [merkle.fold(row[at : at + 256]) for at in range(0, len(row) // 256 * 256, 256)]
            level += 1
        with owner.cursor() as cursor, cursor.copy("copy audit.tile (level, number, root) from stdin") as sink:
            for one in roots:
                sink.write_row(one)
        root = tree(Read(owner, BEGUN), leaves).root()
        checkpoint = audit.Checkpoint(log.origin, leaves, root)
        owner.execute(
            "insert into audit.checkpoint (size, root, at, note, horizon) values (%s, %s, %s, %s, '3')",
            (leaves, root, BEGUN, str(signed(checkpoint.text, log.signers))),
        )
        owner.execute("analyze audit.leaf")


def _tiles(owner: psycopg.Connection[tuple[object, ...]], leaves: int) -> Iterator[list[bytes]]:
    """The leaf hashes of every full tile, in order."""
    full = leaves // 256 * 256
    tile: list[bytes] = []
    with owner.transaction(), owner.cursor(name="leaves", binary=True) as cursor:
        cursor.itersize = 50_000
        cursor.execute(
            "select uuid_send(event_id), int8send((extract(epoch from at) * 1000000)::bigint), commitment "
            "from audit.leaf where number < %s order by number",
            (full,),
        )
        for event_id, at_us, commitment in cursor:
            tile.append(merkle.leaf_hash(b"\x01" + event_id + at_us + commitment))
            if len(tile) == 256:
                yield tile
                tile = []
