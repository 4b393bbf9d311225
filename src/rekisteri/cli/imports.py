"""import: a client organisation's deliveries: try, take, look at, mend."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text as Line

from rekisteri import access, parties
from rekisteri.access import Action
from rekisteri.catalogue import EXPLANATIONS, Reason, Text, layout
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_id, aside, say, screen, told_json
from rekisteri.ground.errors import Rejected
from rekisteri.sources import organisations

imports = typer.Typer(no_args_is_help=True, help="Client organisations' deliveries: try, take, look at, mend.")

ZIP = b"PK"
FAULT_LINES = 20

FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, XLSX or NDJSON.")]
Batch = Annotated[str, typer.Argument(metavar="ID", help="The delivery's id, as `import list` shows it.")]


@imports.command("run")
def run_import(
    context: typer.Context,
    file: FileArgument,
    organisation: Annotated[str, typer.Option(help="Code of the client organisation.")],
    full: Annotated[
        bool | None, typer.Option("--full/--delta", help="Whether the file holds every customer, or only changes.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; store nothing.")] = False,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Another mapping than the organisation's own.")
    ] = None,
    mend_file: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the rows that were not taken here, to be mended.")
    ] = None,
    allow_endings: Annotated[
        bool, typer.Option("--allow-endings", help="Let a full file end many customerships.")
    ] = False,
) -> None:
    """Take a delivery, all or nothing: killed at any moment, nothing of it is stored.

    Each row ends as new, changed, unchanged, rejected or in doubt. The same file again changes nothing.
    """
    frame: Frame = context.obj
    with frame.acting() as acting:
        chosen = organisations.load(mapping) if mapping else acting.register.mapping(organisation)
        whole = chosen.mode == "full" if full is None and chosen.mode is not None else full
        if whole is None:
            raise Rejected("Say --full or --delta: a full file ends the customerships it does not hold.")
        report, first = take(
            acting, file, organisation, chosen, full=whole, dry_run=dry_run, allow_endings=allow_endings,
            mend_file=mend_file,
        )  # fmt: skip
    if acting.json:
        told_json(_report(report, organisation, acting.language) | {"dry_run": dry_run, "faults": _faults(first)})
        return
    tell_report(screen(), report, acting.language, dry_run=dry_run)
    _tell_faults(screen(), first, report.rejected + report.doubt, acting.language)
    if mend_file and (report.rejected or report.doubt):
        screen().print(_TO_MEND.in_(acting.language).format(file=mend_file), markup=False)


def take(
    acting: Acting,
    file: Path,
    organisation: str,
    mapping: organisations.Mapping,
    *,
    full: bool,
    dry_run: bool = False,
    allow_endings: bool = False,
    mend_file: Path | None = None,
) -> tuple[organisations.Report, list[organisations.FaultRow]]:
    """Take a file with its progress shown; its report and first faults, told even of a rehearsal."""
    settings = acting.register.settings
    with (
        watching(file.name, expected_rows(file)) as progress,
        acting.write(Action.IMPORT_RUN) as tx,
        tx.rehearsal() if dry_run else nullcontext(),
    ):
        report = organisations.run(
            tx,
            acting.register.vault,
            organisations.Request(
                path=file,
                file_name=file.name,
                organisation_id=access.organisation(tx, organisation).id,
                mapping=mapping,
                full=full,
                allow_endings=allow_endings,
                artificial_hetu=settings.artificial_hetu,
                ordinary_hetu=settings.ordinary_hetu,
            ),
            progress,
        )
        first = organisations.fault_rows(tx, report.batch_id, limit=FAULT_LINES)
        mending = (
            None
            if mend_file is None
            else organisations.mend_file(tx, acting.register.vault, report.batch_id, acting.language)
        )
    parties.settle(acting.register.database)
    if mend_file is not None and mending is not None:
        _write_privately(mend_file, mending)
    return report, first


@imports.command("list")
def list_imports(
    context: typer.Context,
    organisation: Annotated[str | None, typer.Option(help="Of one client organisation.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 20,
) -> None:
    """Deliveries, the newest first."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.IMPORT_READ) as tx:
            organisation_id = None if organisation is None else access.organisation(tx, organisation).id
            found = organisations.batches(tx, organisation_id=organisation_id, limit=limit)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    table = Table(box=None, pad_edge=False)
    language = acting.language
    for column in ("when", "organisation", "file"):
        table.add_column(telling.heading(column, language))
    table.add_column(_MODE.in_(language))
    for word in _COUNTED.values():
        table.add_column(word.in_(language), justify="right")
    table.add_column("id", no_wrap=True)
    for batch in found:
        table.add_row(
            telling.day(batch.started_at), codes[batch.organisation_id], Line(batch.file_name), _MODES[batch.mode].in_(language),
            *(str(getattr(batch, f"{'row' if name == 'rows' else name}_count")) for name in COUNTS), str(batch.id),
        )  # fmt: skip
    screen().print(table if found else _NONE.in_(language))


@imports.command()
def show(context: typer.Context, batch: Batch) -> None:
    """One delivery: its counts, why rows were not taken, and the first such rows."""
    frame: Frame = context.obj
    batch_id = as_id(batch)
    with frame.acting() as acting:
        with acting.read(Action.IMPORT_READ) as tx:
            found = organisations.batch(tx, batch_id)
            counts = organisations.fault_counts(tx, batch_id)
            rows = organisations.fault_rows(tx, batch_id, limit=FAULT_LINES)
        codes = acting.organisation_codes()
    if acting.json:
        faults = _faults(rows)
        told_json(telling.plain(found, codes) | {"reasons": telling.plain(counts, codes), "faults": faults})
        return
    console, language = screen(), acting.language
    console.print(
        Line(
            f"{codes[found.organisation_id]}: {found.file_name} "
            f"({found.format}, {found.encoding}, {_MODES[found.mode].in_(language)})"
        )
    )
    counts_of = {name: getattr(found, f"{'row' if name == 'rows' else name}_count") for name in COUNTS}
    console.print(_counts(counts_of, language))
    _tell_dropped(console, found.dropped, language)
    _tell_reasons(console, [(one.field, Reason(one.reason), one.count) for one in counts], language)
    _tell_faults(console, rows, found.rejected_count + found.doubt_count, language)


@imports.command()
def mend(
    context: typer.Context,
    batch: Batch,
    out: Annotated[Path, typer.Argument(dir_okay=False, help="CSV file to write; it may hold identity codes.")],
) -> None:
    """Write the rows that were not taken to a file with their reasons; mended, it can be taken as it is."""
    frame: Frame = context.obj
    batch_id = as_id(batch)
    with frame.acting() as acting, acting.read(Action.IMPORT_READ) as tx:
        found = organisations.batch(tx, batch_id)
        content = organisations.mend_file(tx, acting.register.vault, batch_id, acting.language)
    _write_privately(out, content)
    written = found.rejected_count + found.doubt_count
    if acting.json:
        told_json({"file": out, "rows": written})
    else:
        say(
            f"{written} rows in {out}; mend them and run `rekisteri import run {out} --organisation CODE --delta`.",
            acting.language,
        )


@imports.command("draft-mapping")
def draft_mapping(
    context: typer.Context,
    sample: FileArgument,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write it here instead of the screen.")] = None,
) -> None:
    """Draft a mapping from a sample file: which heading is which item, each line with its why.

    Read it, correct it, and put it in the home folder as mappings/CODE.toml.
    """
    frame: Frame = context.obj
    text = organisations.draft(sample, frame.language or "fi")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, "utf-8")
    if frame.json:
        told_json({"mapping": text, "file": out})
    elif out is None:
        sys.stdout.write(text)
    else:
        say(f"Drafted {out}; read it and correct it before use.", frame.spoken)


@imports.command("layout")
def show_layout(context: typer.Context) -> None:
    """The standard layout: every column a file may have, and the item it holds."""
    frame: Frame = context.obj
    language = frame.language or "fi"
    if frame.json:
        told_json(
            [
                {"column": column, "path": item.path(part), "kind": part.kind.name, "codes": list(part.kind.codes)}
                for column, item, part in layout()
            ]
        )
        return
    table = telling.headed("column", "path", "kind", "", language=language)
    for column, item, part in layout():
        label = item.label.in_(language) + (f": {part.label.in_(language)}" if part.name else "")
        table.add_row(column, item.path(part), part.kind.name, label)
    screen().print(table)


COUNTS = ("rows", "new", "changed", "unchanged", "rejected", "doubt", "ended")
_COUNTED = {
    "rows": Text("Rivejä", "Rader", "Rows"),
    "new": Text("Uusia", "Nya", "New"),
    "changed": Text("Muuttuneita", "Ändrade", "Changed"),
    "unchanged": Text("Ennallaan", "Oförändrade", "Unchanged"),
    "rejected": Text("Hylättyjä", "Avvisade", "Rejected"),
    "doubt": Text("Epäselviä", "Oklara", "In doubt"),
    "ended": Text("Päättyneitä", "Avslutade", "Ended"),
}
_MODES = {
    "full": Text("koko aineisto", "hela materialet", "full"),
    "delta": Text("muutokset", "ändringar", "delta"),
}
_MODE = Text("Laajuus", "Omfattning", "Mode")
_NONE = Text("Ei aineistoja.", "Inga material.", "No deliveries.")
_REHEARSED = Text("KOEAJO: mitään ei tallennettu", "PROVKÖRNING: inget sparades", "DRY RUN: nothing was stored")
_DROPPED = Text(
    "Jätettiin pois, koska sarakkeelle ei ole tietolajia: {told}",
    "Utelämnat, för kolumnen har ingen uppgift: {told}",
    "Dropped, for no declared item holds them: {told}",
)
_FIRST = Text(
    "Vain ensimmäiset {shown}; kaikki ovat korjattavien tiedostossa (--mend-file tai rekisteri import mend).",
    "Bara de {shown} första; alla finns i filen med rader att rätta (--mend-file eller rekisteri import mend).",
    "Only the first {shown}; all are in the file of rows to mend (--mend-file, or rekisteri import mend).",
)
_TO_MEND = Text(
    "Korjattavat rivit ovat tiedostossa {file}. Korjaa ne siinä ja aja se uudelleen valinnalla --delta.",
    "Raderna att rätta finns i {file}. Rätta dem där och kör filen på nytt med --delta.",
    "The rows to mend are in {file}; mend them there and run it again with --delta.",
)


def tell_report(console: Console, report: organisations.Report, language: str, *, dry_run: bool = False) -> None:
    """A report as tables."""
    mode = _MODES["full" if report.full else "delta"].in_(language)
    would = f"  {_REHEARSED.in_(language) if dry_run else report.batch_id}"
    console.print(Line(f"{report.file_name} ({report.format}, {report.encoding}, {mode}){would}", style="bold"))
    console.print(_counts({name: getattr(report, name) for name in COUNTS}, language))
    _tell_dropped(console, report.dropped, language)
    reasons = [(field, Reason(reason), count) for (reason, field), count in report.reasons.most_common()]
    _tell_reasons(console, reasons, language)


def summary(reports: Iterable[organisations.Report], language: str) -> Table:
    """Several deliveries, one a line."""
    counted = (word.in_(language) for word in _COUNTED.values())
    table = Table(telling.heading("file", language), *counted, box=None, pad_edge=False)
    for report in reports:
        table.add_row(Line(report.file_name), *(str(getattr(report, name)) for name in COUNTS))
    return table


def _counts(counts: dict[str, int], language: str) -> Table:
    table = Table(*(_COUNTED[name].in_(language) for name in counts), box=None, pad_edge=False)
    table.add_row(*map(str, counts.values()))
    return table


def _tell_dropped(console: Console, dropped: dict[str, int], language: str) -> None:
    if dropped:
        told = ", ".join(f"{column} ({count})" for column, count in dropped.items())
        console.print(Line(_DROPPED.in_(language).format(told=told), style="yellow"))


def _tell_reasons(console: Console, reasons: list[tuple[str, Reason, int]], language: str) -> None:
    if not reasons:
        return
    table = telling.headed("count", "field", "reason", "mend", language=language)
    for field, reason, count in reasons:
        explanation = EXPLANATIONS[reason]
        table.add_row(str(count), Line(field), explanation.what.in_(language), explanation.mend.in_(language))
    console.print(table)


def _tell_faults(console: Console, rows: list[organisations.FaultRow], not_taken: int, language: str) -> None:
    """The first faulty rows of those not taken: row, field, reason, mend."""
    if not rows:
        return
    table = telling.headed("row", "field", "reason", "mend", language=language)
    for one in rows:
        explanation = EXPLANATIONS[Reason(one.reason)]
        table.add_row(str(one.row_no), Line(one.field), explanation.what.in_(language), explanation.mend.in_(language))
    console.print(table)
    # The first rows come with all their faults, so more rows than are asked for never do.
    if (shown := len({one.row_no for one in rows})) < not_taken:
        console.print(_FIRST.in_(language).format(shown=shown), markup=False)


def _faults(rows: list[organisations.FaultRow]) -> list[dict[str, Any]]:
    return [{"row_no": one.row_no, "field": one.field, "reason": one.reason, "outcome": one.outcome} for one in rows]


def _report(report: organisations.Report, organisation: str, language: str) -> dict[str, Any]:
    return {
        "id": report.batch_id,
        "organisation": organisation,
        "file_name": report.file_name,
        "format": report.format,
        "encoding": report.encoding,
        "mode": "full" if report.full else "delta",
        **{name: getattr(report, name) for name in COUNTS},
        "dropped": dict(report.dropped),
        "reasons": [
            {"field": field, "reason": reason, "what": EXPLANATIONS[Reason(reason)].what.in_(language), "count": count}
            for (reason, field), count in report.reasons.most_common()
        ],
    }


def _write_privately(out: Path, content: bytes) -> None:
    """Rows to mend may hold identity codes: the file is its owner's alone."""
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
        sink.write(content)


def expected_rows(file: Path) -> int | None:
    """About how many rows a file has, by its line ends; None for a workbook."""
    with file.open("rb") as source:
        if source.read(len(ZIP)) == ZIP:
            return None
        source.seek(0)
        return sum(block.count(b"\n") for block in iter(lambda: source.read(1 << 20), b""))


class _Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Line:
        """The rate so far."""
        return Line(f"{task.speed:,.0f} rows/s" if task.speed else "")


@contextmanager
def watching(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress line with its rate and the time left; gone when it is done."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), _Rate(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=aside(), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda rows: progress.update(task, completed=rows, total=None if total is None else max(total, rows))
