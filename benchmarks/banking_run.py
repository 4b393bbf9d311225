"""One bank's file taken in a process of its own; prints what it took as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.worlds import MAINTAINER, opened
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.sources import banks


def main(home: Path, file: Path) -> None:
    """Take the file."""
    with opened(home) as register:
        began, cpu = time.perf_counter(), time.process_time()
        with register.door.write(MAINTAINER, Action.BANK_IMPORT, Purpose.UPKEEP) as tx:
            report = banks.take(tx, register.vault, banks.Delivery(file, file.name, "upload"), lambda _: None)
        took, used = time.perf_counter() - began, time.process_time() - cpu
    # Not getrusage: its peak is inherited from the process that started this one.
    peak = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    told = {
        "messages": report.messages, "matched": report.matched, "orders": report.orders, "seconds": took,
        "cpu_seconds": used, "peak_mib": peak / 1024,
    }  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
