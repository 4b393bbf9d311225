"""One delivery in a process of its own; prints what it took as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.worlds import MAINTAINER, bench_organisation, opened
from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.sources import organisations


def main(home: Path, delivery: Path) -> None:
    """Take the delivery as a full file of the benchmark's organisation."""
    with opened(home) as register:
        request = organisations.Request(
            path=delivery, file_name=delivery.name, organisation_id=bench_organisation(register),
            mapping=organisations.standard(), full=True, artificial_hetu=True, ordinary_hetu=False,
        )  # fmt: skip
        began = time.perf_counter()
        with register.door.write(MAINTAINER, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
            report = organisations.run(tx, register.vault, request, lambda rows: None)
        took = time.perf_counter() - began
        parties.settle(register.database)
        settled = time.perf_counter() - began
    told = {"rows": report.rows, "seconds": took, "settled_seconds": settled}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
