"""notice: what the register says of itself, its versions, and whether it is true."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.text import Text as Line

from rekisteri import feeds, rights
from rekisteri.access import Action
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, say, screen, told_json
from rekisteri.ground.errors import Rejected

notice = typer.Typer(
    no_args_is_help=True, help="The privacy notice, written from what is declared; and whether it is true."
)

UNTRUE = 5


class Kind(StrEnum):
    """How it is written."""

    TEXT = "text"
    PDF = "pdf"
    JSON = "json"


FormOption = Annotated[
    rights.Form,
    typer.Option(
        "--form", help="description: the old form of twelve sections; notice: GDPR 13 and 14; record: GDPR 30."
    ),
]


@notice.command("show")
def show_notice(
    context: typer.Context,
    form: FormOption = rights.Form.NOTICE,
    kind: Annotated[Kind, typer.Option("--format", help="text, pdf or json.")] = Kind.TEXT,
    out: Annotated[Path | None, typer.Option(help="A file to write; standard output if left out.")] = None,
) -> None:
    """What the register says of itself now, in the language of --lang. Needs no sign-in: it is public within the network."""
    frame: Frame = context.obj
    with frame.register() as register:
        declared = register.declared()
    document = rights.document(form, declared)
    language = frame.language or "fi"
    match kind:
        case Kind.PDF:
            mark = rights.mark(rights.contents(declared))
            data = rights.pdf(document, language, foot=f"{declared.house.controller.name} · {mark}")
        case Kind.JSON:
            data = orjson.dumps(document.plain(), option=orjson.OPT_INDENT_2)
        case _:
            data = rights.text(document, language).encode()
    if out is not None:
        out.write_bytes(data)
        say(f"Written to {out}.", frame.spoken)
    elif kind is Kind.PDF and sys.stdout.isatty():
        raise Rejected("A PDF is no text for a terminal; name a file with --out.", field="--out")
    else:
        sys.stdout.buffer.write(data)


@notice.command()
def publish(context: typer.Context) -> None:
    """Keep what the register says now as the newest version; what changed is told."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        declared = acting.register.declared()
        with acting.write(Action.NOTICE_PUBLISH) as tx:
            before = rights.current(tx)
            old = {} if before is None else rights.content_of(tx, before.number)
            version = rights.publish(tx, declared)
        found = [] if before is None else rights.changes(old, rights.contents(declared))
    if frame.json:
        told_json({"version": version.number, "mark": version.mark, "changes": telling.plain(found, {})})
        return
    say(f"Version {version.number} ({version.mark}) is published.", acting.language)
    _tell_changes(found, acting.language)


@notice.command("versions")
def list_versions(context: typer.Context) -> None:
    """Every version, the newest first."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.NOTICE_READ) as tx:
        found = rights.versions(tx)
    if frame.json:
        told_json(telling.plain(found, {}))
        return
    for one in found:
        screen().print(
            Line(f"{one.number:>3}  {telling.day(one.published_at)}  {one.mark}  {one.published_by}"), highlight=False
        )
    if not found:
        say("None is published; `rekisteri notice publish` publishes the first.", acting.language)


@notice.command("changes")
def list_changes(
    context: typer.Context,
    older: Annotated[int, typer.Argument(help="The older version.")],
    newer: Annotated[int | None, typer.Argument(help="The newer one; what is declared now if left out.")] = None,
) -> None:
    """What changed between two versions, in words."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        declared = acting.register.declared()
        with acting.read(Action.NOTICE_READ) as tx:
            before = rights.content_of(tx, older)
            after = rights.contents(declared) if newer is None else rights.content_of(tx, newer)
    found = rights.changes(before, after)
    if frame.json:
        told_json(telling.plain(found, {}))
    else:
        _tell_changes(found, acting.language)


@notice.command()
def verify(context: typer.Context) -> None:
    """Compare what is declared with what is: tables, sources, roles, connections, countries, times of keeping.

    Ends with code 5 when anything differs.
    """
    frame: Frame = context.obj
    with frame.acting() as acting:
        declared = acting.register.declared()
        with acting.read(Action.NOTICE_VERIFY) as tx:
            found = rights.differences(tx, declared, feeds.reached(tx))
            given = rights.disclosures.given_count(tx)
    if frame.json:
        told_json(telling.plain(found, {}))
    elif found:
        for one in found:
            screen().print(Line(f"§ {one.section}  {one.subject}: {one.told}"))
    else:
        say("The notice is true: nothing differs.", acting.language)
    if not frame.json:
        say(f"Single disclosures given: {given}.", acting.language)
    if found:
        raise typer.Exit(UNTRUE)


def _tell_changes(found: list[rights.Change], language: str) -> None:
    for one in found:
        screen().print(Line(f"{one.section}: {one.told.in_(language)}"))
    if not found:
        say("Nothing differs.", language)
