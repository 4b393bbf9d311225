"""One run of following VTJ in a process of its own; prints what it took as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from benchmarks.worlds import MAINTAINER, opened
from rekisteri.simulators.vtj_query import CLIENT
from rekisteri.sources import vtj
from rekisteri.sources.vtj import ChangesSetup, Following

PERMISSION = "1125/410/14"


def main(home: Path, url: str) -> None:
    """Follow to the present moment, whatever the day brings."""
    setup = ChangesSetup(
        url=url, client=CLIENT, user="rekisteri", password=SecretStr("mutpa-salasana"), permission=PERMISSION,
        absent_is_off=True, daily_most=10_000_000,
    )  # fmt: skip
    with opened(home) as register:
        marks: list[tuple[str, int, float]] = []
        following = Following(
            register.database, register.door, register.vault, register.rules, setup, replace(MAINTAINER, handle="vtj"),
            lambda step, done: marks.append((step, done, peak_mib())), True,
        )  # fmt: skip
        began, worked, served = time.perf_counter(), time.process_time(), server_seconds(home)
        report = vtj.follow(following)
        took, cpu = time.perf_counter() - began, time.process_time() - worked
        server = server_seconds(home) - served
    told = {
        "seconds": took, "cpu_seconds": cpu, "server_seconds": server, "peak_mib": peak_mib(),
        "counts": dict(report.tally.counts), "marks": marks,
    }  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")


def peak_mib() -> float:
    """The most memory this process has held so far.

    Not ``ru_maxrss``: a process inherits that from whoever began it, through fork and exec.
    """
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def server_seconds(home: Path) -> float:
    """Seconds of CPU that the server's living processes have taken."""
    postmaster = (home / "postgresql" / "cluster" / "postmaster.pid").read_text("utf-8").split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            # It has ended since it was listed.
            continue
        if fields[1] == postmaster:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
