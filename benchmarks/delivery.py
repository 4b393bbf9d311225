"""A delivery taken into an empty register, beside raw COPY of the same file into a bare table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.figures import Figure
from rekisteri.ground import postgres
from rekisteri.simulators import STANDARD, Form, clientele_of, write_file

SEED = 7
SHARE_GOAL = 0.10
SHARE_AIM = 0.25
MEMORY_GOAL_MIB = 500
GROWTH_GOAL = 1.3
REPEAT_GOAL = 2.0
BLOCK = 1 << 20
LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Taken:
    """One delivery: seconds until committed, until searching is quick again, and the peak memory of its processes."""

    rows: int
    seconds: float
    settled_seconds: float
    peak_mib: float


def standard_file(folder: Path, rows: int) -> Path:
    """The standard file of so many invented customers, made once."""
    path = folder / f"standard-{rows}.csv"
    if not path.exists():
        write_file(path, STANDARD, clientele_of(SEED, "bench", rows), Form(kind="csv"))
    return path


def take(home: Path, delivery: Path) -> Taken:
    """Take the delivery in a process of its own, as the command line does."""
    os.sync()  # What was written before is not this one's to wait for.
    command = [sys.executable, "-m", "benchmarks.delivery_run", str(home), str(delivery)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak_kib = 0
        while process.poll() is None:
            peak_kib = max(peak_kib, held_kib(process.pid))
            time.sleep(LOOK_EVERY_S)
        told = process.communicate()[0]
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Taken(**json.loads(told), peak_mib=peak_kib / 1024)


def held_kib(process: int) -> int:
    """What the process and those it began hold now; a page that several share counts once. The server is none of them."""
    children = Path(f"/proc/{process}/task/{process}/children")
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
        others = [int(child) for child in children.read_text("ascii").split()]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return own + sum(map(held_kib, others))


def floor_seconds(home: Path, delivery: Path) -> float:
    """Raw COPY of the same bytes into a table of text columns, committed, on the same server."""
    server = postgres.start(home / "postgresql")
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            with delivery.open("rb") as file:
                columns = file.readline().decode("utf-8-sig").strip().split(";")
            connection.execute("drop table if exists floor")
            listed = ", ".join(f'"{column}" text' for column in columns)
            connection.execute(f"create table floor ({listed})".encode())
            os.sync()
            began = time.perf_counter()
            with (
                connection.cursor() as cursor,
                cursor.copy("copy floor from stdin with (format csv, header, delimiter ';')") as sink,
                delivery.open("rb") as file,
            ):
                while block := file.read(BLOCK):
                    sink.write(block)
            took = time.perf_counter() - began
            connection.execute("drop table floor")
            return took
    finally:
        server.stop()


def rest(home: Path) -> None:
    """Let the server do now what it would do in the night: what follows is measured of a register at rest."""
    server = postgres.start(home / "postgresql")
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("vacuum (analyze)")
    finally:
        server.stop()


def measure(folder: Path, rows: int) -> tuple[list[Figure], Path, Path]:
    """A tenth, the whole and the whole again; the figures, and the home and file of the whole for what follows."""
    small, whole = standard_file(folder, rows // 10), standard_file(folder, rows)
    tenth = take(folder / "tenth", small)
    home = folder / "whole"
    first = take(home, whole)
    floor = floor_seconds(home, whole)
    again = take(home, whole)
    rest(home)
    share = floor / first.seconds
    growth = (first.seconds / first.rows) / (tenth.seconds / tenth.rows)
    figures = [
        Figure(
            f"import of {rows:,} rows until committed (searching is quick after {first.settled_seconds:.1f} s)",
            f"{first.seconds:.1f} s, {rows / first.seconds:,.0f} rows/s", f"{floor:.2f} s raw COPY", f"{share:.1%}",
            f">= {SHARE_GOAL:.0%} (aim {SHARE_AIM:.0%})", share >= SHARE_GOAL,
        ),
        Figure(
            "peak memory of the importing processes", f"{first.peak_mib:.0f} MiB", "-", "-", f"<= {MEMORY_GOAL_MIB} MiB",
            first.peak_mib <= MEMORY_GOAL_MIB,
        ),
        Figure(
            f"cost of a row at {rows:,} against {rows // 10:,}", f"{first.seconds / rows * 1e6:.1f} us",
            f"{tenth.seconds / (rows // 10) * 1e6:.1f} us", f"{growth:.2f} x", f"<= {GROWTH_GOAL} x", growth <= GROWTH_GOAL,
        ),
        Figure(
            "the same file again", f"{again.seconds:.1f} s", f"{first.seconds:.1f} s the first time",
            f"{first.seconds / again.seconds:.1f} x faster", f">= {REPEAT_GOAL:.0f} x", first.seconds / again.seconds >= REPEAT_GOAL,
        ),
    ]  # fmt: skip
    return figures, home, whole
