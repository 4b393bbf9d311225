"""directories: public directories' files: e-invoice addresses and business details of companies that are customers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text as Line

from rekisteri.access import Action
from rekisteri.catalogue import EXPLANATIONS, Reason, Text
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, screen, told_json, worded
from rekisteri.cli.imports import watching
from rekisteri.sources import directories as wing
from rekisteri.sources.directories import Delivery, Directory, Mode

directories = typer.Typer(no_args_is_help=True, help="Public directories: companies' e-invoice addresses and details.")

OUTCOMES = {
    "rows": Text("rivejä", "rader", "rows"),
    "customers": Text("asiakkaita", "kunder", "customers"),
    "new": Text("uusia", "nya", "new"),
    "changed": Text("muuttuneita", "ändrade", "changed"),
    "unchanged": Text("ennallaan", "oförändrade", "unchanged"),
    "ended": Text("päättyneitä", "avslutade", "ended"),
    "further": Text("muita osoitteita", "övriga adresser", "further addresses"),
    "strangers": Text("ei asiakkaita, ohitettu", "inte kunder, förbigångna", "nobody's customers, passed over"),
    "people": Text("henkilöitä, ohitettu", "personer, förbigångna", "persons, passed over"),
    "silent": Text("ei kerro mitään säilytettävää", "säger inget som sparas", "tell nothing that is kept"),
    "quarantined": Text("karanteenissa", "i karantän", "quarantined"),
}
DirectoryArgument = Annotated[Directory, typer.Argument(help="Which directory.")]


@directories.command("import")
def import_directory(
    context: typer.Context,
    directory: DirectoryArgument,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, XML, JSON, or a ZIP.")],
    full: Annotated[
        bool | None,
        typer.Option("--full/--delta", help="Whether the file holds every company; else as the layout says."),
    ] = None,
    allow_endings: Annotated[
        bool, typer.Option("--allow-endings", help="Let a full file end much of what was told before.")
    ] = False,
) -> None:
    """Take a directory's file, all or nothing. Only customers of ours are kept; the same file again changes nothing.

    Rows that do not hold are set aside and the rest goes on: see `rekisteri directories quarantine`. Where the
    file has other headings than expected, copy the layout (`rekisteri directories layout`) to the home folder and mend it.

    \b
    rekisteri directories import einvoice addresses.csv
    rekisteri directories import business all_companies.zip
    """
    frame: Frame = context.obj
    mode: Mode | None = None if full is None else "full" if full else "delta"
    with frame.acting() as acting:
        register = acting.register
        layout = register.layout(directory)
        request = wing.Request(file, layout, mode, allow_endings=allow_endings)
        with watching(file.name, None) as progress, acting.write(Action.DIRECTORY_IMPORT) as tx:
            rules = register.rules(tx.at.date())
            made = wing.take(tx, register.vault, rules, request, progress)
        if made.format in layout.unverified:
            sys.stderr.write(
                f"The layout of {directory} in {made.format.upper()} is not verified: compare the report with the file.\n"
            )
        if acting.json:
            told_json(_plain(made))
            return
        _tell(made, acting.language)


@directories.command("list")
def list_directories(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 20,
) -> None:
    """Files taken, the newest first."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.DIRECTORY_READ) as tx:
            found = wing.deliveries(tx, limit=limit)
        if acting.json:
            told_json([_plain(one) for one in found])
            return
    table = telling.headed(
        "directory", "file", "taken", "customers", "changed", "quarantined", language=acting.language
    )
    for one in found:
        counts = one.counts
        changed = counts["new"] + counts["changed"] + counts["ended"]
        table.add_row(
            one.directory, Line(one.file_name), telling.day(one.finished_at), str(counts["customers"]), str(changed),
            str(counts["quarantined"]),
        )  # fmt: skip
    screen().print(table if found else worded("No directory has been taken.", acting.language))


@directories.command("quarantine")
def quarantine(
    context: typer.Context,
    directory: DirectoryArgument,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many rows at most.")] = 50,
) -> None:
    """Rows of a directory's last file that do not hold: which row, which field, why, and what to do."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.DIRECTORY_READ) as tx:
            found = wing.quarantine(tx, acting.register.vault, directory, limit=limit)
        if acting.json:
            told_json(
                [
                    {
                        "row": one.row_no,
                        "field": one.field,
                        "reason": one.reason,
                        "raw": one.raw.decode("utf-8", "replace"),
                    }
                    for one in found
                ]
            )
            return
        table = telling.headed("row", "field", "what", "mend", language=acting.language)
        for one in found:
            said = EXPLANATIONS[one.reason]
            table.add_row(str(one.row_no), one.field, said.what.in_(acting.language), said.mend.in_(acting.language))
        screen().print(table if found else worded("Nothing is in quarantine.", acting.language))


@directories.command("layout")
def show_layout(context: typer.Context, directory: DirectoryArgument) -> None:
    """Print where things stand in a directory's file, to be copied to the home folder and mended there.

    \b
    rekisteri directories layout einvoice > rekisteri-data/directories/einvoice.toml
    """
    sys.stdout.write(wing.text_of(directory))


def _plain(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id, "directory": one.directory, "file": one.file_name, "format": one.format, "mode": one.mode,
        "finished_at": one.finished_at, "counts": dict(one.counts), "reasons": dict(one.reasons),
    }  # fmt: skip


def _tell(made: Delivery, language: str) -> None:
    console = screen()
    for name in wing.COUNTS:
        if made.counts[name] or name == "rows":
            console.print(f"{made.counts[name]:>9}  {OUTCOMES[name].in_(language)}", highlight=False)
    for reason, count in made.reasons.items():
        console.print(Line(f"{count:>9}    {EXPLANATIONS[Reason(reason)].what.in_(language)}"))
