"""``python -m benchmarks``: every figure, its floor and its goal, in one table."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import banking, delivery, feeds, following, log, lookup, payers, rights, search, snooping, start
from benchmarks.figures import Figure, markdown, show
from benchmarks.worlds import ACCOUNT, MAINTAINER, PASSWORD, opened

ROWS = 1_000_000
CODES_MAX = 20_000
LARGE = ("import", "search", "lookup", "payers", "rights")
"""What is measured of the large register; the rest makes its own."""
EVERY = (*LARGE, "follow", "basic", "start", "log", "proofs", "snooping", "banks", "feeds")
LOG_SECONDS = 60.0
LOG_LEAVES = 10_000_000


def main(
    rows: Annotated[
        int,
        typer.Option(min=1000, help="Customers of the large register, and persons whose basic data of VTJ is read."),
    ] = ROWS,
    folder: Annotated[
        Path | None, typer.Option(help="Where to keep files and registers; else a folder that goes.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="import, search, lookup, payers, follow, basic, start, log, proofs, snooping, banks, feeds, rights; again for more. All by default."
        ),
    ] = None,
    feed_customers: Annotated[
        int, typer.Option(min=1000, help="Customers of the recipient that is brought up.")
    ] = feeds.CUSTOMERS,
    log_leaves: Annotated[int, typer.Option(min=1000, help="Leaves of the log that is proved in.")] = LOG_LEAVES,
    markdown_file: Annotated[Path | None, typer.Option(help="Write the table here too.")] = None,
) -> None:
    """Measure; exit with 1 when a goal does not hold."""
    console = Console(width=200)
    with tempfile.TemporaryDirectory(prefix="rekisteri-bench-") as temporary:
        figures = measure(
            folder or Path(temporary),
            rows,
            set(only or EVERY),
            console,
            feed_customers,
            log_leaves,
        )
    show(figures, console)
    if markdown_file is not None:
        markdown_file.write_text(markdown(figures), "utf-8")
    raise typer.Exit(0 if all(figure.holds for figure in figures) else 1)


def measure(
    folder: Path,
    rows: int,
    wanted: set[str],
    console: Console,
    feed_customers: int = feeds.CUSTOMERS,
    log_leaves: int = LOG_LEAVES,
) -> list[Figure]:
    """The wanted figures."""
    folder.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    if wanted & set(LARGE):
        figures += measure_large(folder, rows, wanted, console)
    others: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
        "follow": ("following VTJ", lambda: following.measure(folder)),
        "basic": (f"reading basic data of {rows:,} persons", lambda: following.measure_basic(folder, rows)),
        "start": ("starting the demo", start.measure),
        "log": ("writing and sealing the log", lambda: log.measure(folder, LOG_SECONDS)),
        "proofs": ("proving in a large log", lambda: log.measure_proofs(folder, log_leaves)),
        "snooping": ("snooping among work", lambda: snooping.measure(folder)),
        "banks": ("taking a day of the banks", lambda: banking.measure(folder)),
        "feeds": ("bringing a recipient up", lambda: feeds.measure(folder, feed_customers)),
    }
    for name, (said, taken_by) in others.items():
        if name in wanted:
            console.print(f"{said} ...")
            figures += taken_by()
    return figures


def measure_large(folder: Path, rows: int, wanted: set[str], console: Console) -> list[Figure]:
    """What is measured of one large register, which is imported first unless the folder holds it."""
    figures: list[Figure] = []
    home, file = folder / "whole", folder / f"standard-{rows}.csv"
    if "import" in wanted or not home.exists():
        console.print(f"importing {rows:,} rows ...")
        taken, home, file = delivery.measure(folder, rows)
        figures += taken if "import" in wanted else []
    if "search" in wanted:
        console.print("searching ...")
        with opened(home) as register:
            figures += search.measure(register, MAINTAINER, file, rows)
    if "lookup" in wanted:
        console.print("looking up over HTTP ...")
        figures += lookup.figures(lookup.measure(home, codes_of(file), ACCOUNT, PASSWORD))
    if "payers" in wanted:
        console.print("finding payers ...")
        figures += payers.measure(home, file)
    if "rights" in wanted:
        console.print("living ten years, then asking what is held ...")
        figures += rights.measure(home, file)
    return figures


def codes_of(file: Path) -> list[str]:
    """Identity codes of the first customers of the file who have one."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = csv.DictReader(source, delimiter=";")
        found = (row["henkilotunnus"] for row in rows if row["henkilotunnus"])
        return [code for code, _ in zip(found, range(CODES_MAX), strict=False)]


if __name__ == "__main__":
    typer.run(main)
