"""`rekisteri rights erase`, `certificate`, `erase-again`, `object`: erasure and objection."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import rights, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, say, screen, told_json, worded
from rekisteri.cli.rights_desk import RequestArgument, desk


@desk.command()
def erase(
    context: typer.Context,
    request: RequestArgument,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell which duties bind, and do nothing.")] = False,
) -> None:
    """Decide a request for erasure by the duties there are, and carry it out. Nothing brings back what goes."""
    frame: Frame = context.obj
    request_id = as_id(request)
    with frame.acting() as acting:
        if dry_run:
            with acting.read(Action.RIGHTS_ERASE) as tx:
                looked = rights.look_before(tx, acting.register.vault, request_id)
            _looked(frame, looked, acting.language)
            return
        made = wiring.erase(acting.register, acting.viewer, request_id)
        with acting.read(Action.RIGHTS_REQUEST) as tx:
            found = rights.request(tx, request_id)
    if frame.json:
        told_json({"outcome": found.outcome, "answer": found.answer, "certificate": made and str(made.id)})
        return
    screen().print(Line(found.answer or ""))
    if made is not None:
        say(f"Certificate {made.id}. Old backups open what was sealed until `rekisteri keys forget`.", acting.language)


def _looked(frame: Frame, looked: rights.Assessment, language: str) -> None:
    if frame.json:
        told_json({"whole": looked.whole, "duties": telling.plain(looked.duties, {}), "items": looked.free})
        return
    for one in looked.duties:
        until = telling.day(one.until) if one.until else worded("while it lasts", language)
        screen().print(Line(f"{one.klass}  {until}  {one.ground.in_(language)}"))
    free = ", ".join(looked.free) or worded("nothing", language)
    say("Everything goes." if looked.whole else f"No duty binds: {free}.", language)


@desk.command("erase-again")
def erase_again(context: typer.Context) -> None:
    """After an old backup was restored: erase again what had been erased, by what is noted beside the keys."""
    frame: Frame = context.obj
    with frame.register() as register:
        count = wiring.erase_again(register)
    frame.done(f"{count} rows and items erased again.")


@desk.command()
def certificate(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="CERTIFICATE", help="Its number.")],
    out: Annotated[Path | None, typer.Option(help="Write it as an accessible PDF.")] = None,
    spoken: Annotated[str | None, typer.Option("--language", help="fi, sv or en.")] = None,
) -> None:
    """Show a certificate of erasure and whether its signature holds; it tells of nobody."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.RIGHTS_REQUEST) as tx:
        made = rights.certificate(tx, as_id(number))
    language = spoken if spoken in rights.LANGUAGES else acting.language
    if out is not None:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
            sink.write(rights.pdf(rights.paper_of(made), language))
    if frame.json:
        told_json({"number": str(made.id), "body": made.body.decode(), "holds": made.holds()})
        return
    screen().print(Line(rights.text(rights.paper_of(made), language)))
    say("The signature holds." if made.holds() else "The signature does NOT hold.", acting.language)


@desk.command("object")
def object_to(
    context: typer.Context,
    request: RequestArgument,
    verdict: Annotated[rights.Verdict, typer.Option(help="How the objection is decided.")],
    use: Annotated[Purpose, typer.Option(help="To processing for what: invoicing or collection.")],
    grounds: Annotated[str, typer.Option(prompt=True, help="On which grounds; the asker is told.")],
) -> None:
    """Decide an objection. Upheld, the data is stored and used no more."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_RESTRICT) as tx:
        found = rights.object_to(tx, as_id(request), verdict, grounds, use, authority=acting.register.authority)
    frame.done(found.answer or "")
