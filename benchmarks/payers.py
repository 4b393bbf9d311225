"""Who pays: a batch with receipts and evidence beside the plain SQL that fetches the same rows, and one answer over HTTP.

The floor of the batch is one join that reads each customer's record, last statement and golden record by customer number,
in chunks of the same size, with no rule, no receipt and no evidence. Processor time is told beside the clock's, of this process,
of its helper and of their database sessions: on a machine that others use it is the steadier of the two.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.lookup import drive, request_bytes, served, sign_in
from benchmarks.worlds import ACCOUNT, CODE, MAINTAINER, PASSWORD, bench_organisation, opened
from rekisteri import payers
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Text
from rekisteri.payers import Channel, LastResort, Policy, Usual
from rekisteri.wiring import Register

BATCH = 100_000
REASON = "BENCH"
REQUESTS = 1_200
WARM_UP = 100
RATE_GOAL = 10_000
P95_CEILING_MS = 15.0
CORES = 2
HELPER = "lend_a_hand"
ENDED_S = 0.5
"""In which a session whose process has gone ends."""
CHANNELS = (Channel.CONSUMER_EINVOICE, Channel.DIRECT_PAYMENT, Channel.EINVOICE, Channel.MAILBOX, Channel.LETTER)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took: seconds by the clock, and of the processor here (a helper's too) and in the database."""

    answers: int
    seconds: float
    here: float
    there: float

    @property
    def per_second(self) -> float:
        """Answers a second by the clock."""
        return self.answers / self.seconds

    @property
    def room(self) -> float:
        """Answers a second that two cores have room for, by the processor time they take."""
        return CORES * self.answers / (self.here + self.there)


def measure(home: Path, file: Path) -> list[Figure]:
    """The batch, its floor, and single answers over HTTP, on the register of a home."""
    with opened(home) as register:
        _declare(register)
        numbers = _living(register, _numbers(file))
        floor = _timed(register, len(numbers), lambda: _plain(register, numbers))
        first, batch = _batch(register, numbers), _batch(register, numbers)
    return [
        *figures(batch, floor, "in one batch, with receipts and evidence"),
        *figures(first, floor, "in the first batch of a process, which starts its helper"),
        *_single(home, numbers),
    ]


def figures(batch: Run, floor: Run, what: str) -> list[Figure]:
    """A batch beside its floor."""
    cost = (batch.here + batch.there) / batch.answers * 1e6
    return [
        Figure(
            f"who pays, {batch.answers:,} customers {what}",
            f"{batch.per_second:,.0f}/s ({cost:.0f} us of processor each; room for {batch.room:,.0f}/s on {CORES} cores)",
            f"{floor.per_second:,.0f}/s plain join", f"{batch.per_second / floor.per_second:.2f} x",
            f">= {RATE_GOAL:,}/s", batch.per_second >= RATE_GOAL,
        )
    ]  # fmt: skip


def _numbers(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        return [
            row["asiakasnumero"] for row, _ in zip(csv.DictReader(source, delimiter=";"), range(BATCH), strict=False)
        ]


def _living(register: Register, numbers: Sequence[str]) -> list[str]:
    """Those of the customers that are such still: the register may have taken later files."""
    with register.door.read(MAINTAINER, Action.CUSTOMER_SEARCH, Purpose.UPKEEP) as tx:
        rows = tx.tuples(
            """
            select r.key from parties.source src join parties.record r on r.source_id = src.id
            where src.kind = 'organisation' and src.organisation_id = %(organisation)s
              and r.key = any (%(keys)s) and r.ended_on is null
            """,
            organisation=bench_organisation(register),
            keys=list(numbers),
        )
        tx.note(benchmark="living")
    living = {key for (key,) in rows}
    return [number for number in numbers if number in living]


def _declare(register: Register) -> None:
    organisation = bench_organisation(register)
    with register.door.write(MAINTAINER, Action.REASON_MANAGE, Purpose.UPKEEP) as tx:
        named = Text("Mittaus", "Mätning", "Measurement")
        payers.set_reason(tx, organisation, REASON, named, Policy(CHANNELS, LastResort.LETTER))


def _timed(register: Register, answers: int, act: Callable[[], int]) -> Run:
    """An act that tells the process id of its database session.

    The session of a helper is over when the act is, and is counted with the server it was started by.
    """
    began, here = time.perf_counter(), _here()
    before = {process: _seconds(process) + _seconds(process, ended=True) for process in _processes()}
    session = act()
    took = time.perf_counter() - began
    time.sleep(ENDED_S)
    server = _started_by(session)
    there = _seconds(session) - before.get(session, 0.0)
    there += _seconds(server) + _seconds(server, ended=True) - before.get(server, 0.0)
    return Run(answers, took, _here() - here, max(there, 0.0))


def _plain(register: Register, numbers: Sequence[str]) -> int:
    """The rows alone: record, last statement, golden record, a chunk at a time."""
    organisation = bench_organisation(register)
    with register.door.read(MAINTAINER, Action.CUSTOMER_SEARCH, Purpose.UPKEEP) as tx:
        session = int(tx.value("select pg_backend_pid()"))
        for start in range(0, len(numbers), payers.CHUNK):
            tx.tuples(
                """
                select r.key, r.party_id, p.kind, p.turvakielto, p.organisations, word.content, word.valid, word.recorded
                from parties.source src
                join parties.record r on r.source_id = src.id
                join parties.party p on p.id = r.party_id
                join lateral (
                    select s.content, s.valid, s.recorded from parties.statement s
                    where s.record_id = r.id order by s.recorded desc limit 1
                ) word on true
                where src.kind = 'organisation' and src.organisation_id = %(organisation)s and r.key = any (%(keys)s)
                """,
                organisation=organisation,
                keys=list(numbers[start : start + payers.CHUNK]),
            )
        tx.note(benchmark="plain join")
    return session


def _batch(register: Register, numbers: Sequence[str]) -> Run:
    organisation = bench_organisation(register)
    source = io.BytesIO(b"".join(b'{"customer_number":"%s"}\n' % number.encode() for number in numbers))

    def act() -> int:
        with (
            payers.spool(register.settings.home / "incoming") as out,
            register.door.write(MAINTAINER, Action.PAYER_RESOLVE, Purpose.INVOICING) as tx,
        ):
            session = int(tx.value("select pg_backend_pid()"))
            usual = Usual(organisation, REASON)
            done = payers.bulk(
                tx, register.office, source, usual, out, language="fi", progress=lambda _: None, crew=register.crew
            )
        if done.answered != len(numbers):
            raise RuntimeError(f"{done.problems} of {len(numbers)} lines had a problem")
        return session

    return _timed(register, len(numbers), act)


def _here() -> float:
    """Processor seconds of this process, of those it started that are over, and of the helper that waits."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    helpers = [one for one in _processes() if _started_by(one) == os.getpid() and HELPER in _command(one)]
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_seconds, helpers))


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _seconds(process: int, *, ended: bool = False) -> float:
    """Processor seconds of a process, or of those it started that are over."""
    told = _stat(process)
    first = 13 if ended else 11
    return (int(told[first]) + int(told[first + 1])) / os.sysconf("SC_CLK_TCK") if told else 0.0


def _started_by(process: int) -> int:
    told = _stat(process)
    return int(told[1]) if told else 0


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _stat(process: int) -> list[str]:
    """What the kernel tells of a process after its name; nothing of one that is over."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _single(home: Path, numbers: Sequence[str]) -> list[Figure]:
    """One answer after another over HTTP."""
    with served(home) as (process, port):
        token = sign_in(port, ACCOUNT, PASSWORD)
        headers = {"Authorization": f"Bearer {token}", "Rekisteri-Purpose": "invoicing"}
        chosen = random.Random(1).choices(numbers, k=REQUESTS)
        asked = [request_bytes("/api/v1/payers/resolve", _body(number), headers) for number in chosen]
        drive(port, [asked[:WARM_UP]], clients=1)
        before = _seconds(process)
        (load,) = drive(port, [asked], clients=1)
        cost_ms = (_seconds(process) - before) / len(asked) * 1000
    return [
        Figure(
            "who pays, one answer over HTTP, 95th percentile", f"{load.p95_ms:.1f} ms (median {load.p50_ms:.1f} ms, {cost_ms:.1f} ms of the server's processor)", "-",
            "-", f"<= {P95_CEILING_MS:.0f} ms", load.p95_ms <= P95_CEILING_MS,
        )
    ]  # fmt: skip


def _body(number: str) -> bytes:
    return json.dumps({"organisation": CODE, "payment_reason": REASON, "customer_number": number}).encode()
