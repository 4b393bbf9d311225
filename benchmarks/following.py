"""Following VTJ: basic data of everybody, then a stream of changes, beside raw COPY of the same changes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from benchmarks import delivery
from benchmarks.figures import Figure
from benchmarks.following_server import SEED, nation_of
from rekisteri.ground import postgres
from rekisteri.simulators import STANDARD, Form, write_rows
from rekisteri.simulators.vtj_people import Citizen, Residence, citizens

SPEED_GOAL = 3000
MEMORY_GOAL_MIB = 500
GROWTH_GOAL = 1.1
CUSTOMERS = 20_000
DAYS = 30
ACTS_SHARE = 0.1
"""Acts a day, of those followed: a crowded month, every tenth person a day."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One run: seconds of the clock, of the process and of the server's, its peak memory, what it counted.

    ``marks``: the peak so far after each step, given as (step, how many it has come through, MiB).
    """

    seconds: float
    cpu_seconds: float
    server_seconds: float
    peak_mib: float
    counts: dict[str, int]
    marks: list[tuple[str, int, float]]


@dataclass(frozen=True, slots=True)
class Served:
    """The nation's server: where it listens, and its ear and mouth."""

    url: str
    ear: IO[str]
    mouth: IO[str]

    def live(self, days: int, acts: int) -> int:
        """Let time go by; how many changes it brought."""
        self.ear.write(f"live {days} {acts}\n")
        self.ear.flush()
        return int(self.mouth.readline())


@contextmanager
def served(count: int) -> Iterator[Served]:
    """VTJ's change interface with so many persons, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.following_server", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Served(process.stdout.readline().strip(), process.stdin, process.stdout)
        process.stdin.close()


def follow(home: Path, url: str) -> Followed:
    """One run in a process of its own, as the command line does it."""
    command = [sys.executable, "-m", "benchmarks.following_run", str(home), url]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Followed(**json.loads(told.stdout))


def customers_file(folder: Path, count: int) -> Path:
    """The file by which these persons become customers, made once."""
    path = folder / f"followed-{count}.csv"
    if not path.exists():
        write_rows(path, STANDARD.columns, _rows(citizens(SEED, count)), Form(kind="csv"))
    return path


def _rows(people: Iterator[Citizen]) -> Iterator[list[str]]:
    for number, one in enumerate(people):
        home = one.permanent if isinstance(one.permanent, Residence) else None
        known = {
            "asiakasnumero": f"V{number}", "henkilotunnus": one.hetu, "sukunimi": one.surname, "etunimet": one.first_names,
            "osoite_katu": home.line_fi if home else "", "osoite_postinumero": home.postcode if home else "",
            "osoite_toimipaikka": home.town_fi if home else "",
        }  # fmt: skip
        yield [known.get(column, "") for column in STANDARD.columns]


def floor_seconds(home: Path, count: int, acts: int) -> float:
    """Raw COPY of the same changes (code, day, groups as JSON) into a bare table, committed, on the same server."""
    nation = nation_of(count)
    nation.pass_days(DAYS, acts)
    text = io.StringIO()
    for one in nation.stream:
        groups = json.dumps(one.groups, ensure_ascii=False).replace("\\", "\\\\")
        text.write(f"{one.hetu}\t{one.on}\t{groups}\n")
    content = text.getvalue().encode()
    server = postgres.start(home / "postgresql")
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("drop table if exists floor")
            connection.execute("create table floor (code text, day text, groups text)")
            began = time.perf_counter()
            with connection.cursor() as cursor, cursor.copy("copy floor from stdin") as sink:
                for start in range(0, len(content), delivery.BLOCK):
                    sink.write(content[start : start + delivery.BLOCK])
            took = time.perf_counter() - began
            connection.execute("drop table floor")
            return took
    finally:
        server.stop()


def measure(folder: Path, count: int = CUSTOMERS) -> list[Figure]:
    """A month's changes of ``count`` persons' customers, who have been read before."""
    home, acts = folder / "followed", int(count * ACTS_SHARE)
    delivery.take(home, customers_file(folder, count))
    delivery.rest(home)
    with served(count) as server:
        follow(home, server.url)
        changes = server.live(DAYS, acts)
        followed = follow(home, server.url)
    floor, speed = floor_seconds(home, count, acts), changes / followed.seconds
    assert followed.counts["changes"] == changes, "every change came"
    return [
        Figure(
            f"{changes:,} changes of VTJ applied: statement, golden record, evidence, news",
            f"{followed.seconds:.1f} s, {speed:,.0f} changes/s (CPU {followed.cpu_seconds:.1f} s ours, "
            f"{followed.server_seconds:.1f} s the server's)",
            f"{floor:.2f} s raw COPY", f"{floor / followed.seconds:.1%}", f">= {SPEED_GOAL:,} changes/s", speed >= SPEED_GOAL,
        ),
        _memory(followed),
    ]  # fmt: skip


def measure_basic(folder: Path, rows: int) -> list[Figure]:
    """Basic data of everybody in a register of ``rows`` persons, read for the first time."""
    home = folder / "begun"
    delivery.take(home, customers_file(folder, rows))
    delivery.rest(home)
    with served(rows) as server:
        first = follow(home, server.url)
    read = first.counts["read"]
    return [
        Figure(
            f"basic data of {read:,} persons", f"{first.seconds:.1f} s, {read / first.seconds:,.0f} persons/s", "-",
            f"CPU {first.cpu_seconds:.1f} s ours, {first.server_seconds:.1f} s the server's", "-", True,
        ),
        _memory(first),
        _growth(first, read),
    ]  # fmt: skip


def _growth(first: Followed, read: int) -> Figure:
    """The peak of the whole beside the peak when the first tenth had been read."""
    tenth = next(mib for step, done, mib in first.marks if step == "read" and done >= read // 10)
    growth = first.peak_mib / tenth
    return Figure(
        f"peak memory at {read:,} persons against {read // 10:,}", f"{first.peak_mib:.0f} MiB", f"{tenth:.0f} MiB",
        f"{growth:.2f} x", f"<= {GROWTH_GOAL} x", growth <= GROWTH_GOAL,
    )  # fmt: skip


def _memory(followed: Followed) -> Figure:
    mib = followed.peak_mib
    return Figure(
        "peak memory of its process", f"{mib:.0f} MiB", "-", "-", f"<= {MEMORY_GOAL_MIB} MiB", mib <= MEMORY_GOAL_MIB
    )
