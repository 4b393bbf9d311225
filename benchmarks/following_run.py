"""One run of following VTJ in a process of its own; prints what it took as JSON."""

from __future__ import annotations

import json
import resource
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
        following = Following(
            register.database, register.door, register.vault, register.rules, setup, replace(MAINTAINER, handle="vtj"),
            lambda _step, _done: None, True,
        )  # fmt: skip
        began, worked = time.perf_counter(), time.process_time()
        report = vtj.follow(following)
        took, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counts = dict(report.tally.counts)
    sys.stdout.write(
        json.dumps({"seconds": took, "cpu_seconds": cpu, "peak_mib": peak / 1024, "counts": counts}) + "\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
