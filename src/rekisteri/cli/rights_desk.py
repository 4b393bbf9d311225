"""rights: what data subjects ask, as cases with their clock; the access package."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import access, parties, rights
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, say, screen, told_json
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected

desk = typer.Typer(
    no_args_is_help=True,
    help="What data subjects ask: access, rectification, restriction, objection, erasure.",
)
RequestArgument = Annotated[str, typer.Argument(metavar="REQUEST", help="The request's id, as `rights list` shows it.")]


@desk.command("open")
def open_(
    context: typer.Context,
    party: Annotated[str, typer.Argument(metavar="ID", help="The customer, as `rekisteri search` shows.")],
    kind: Annotated[rights.Kind, typer.Option(help="What is asked.")] = rights.Kind.ACCESS,
    channel: Annotated[rights.Channel, typer.Option(help="How it came.")] = rights.Channel.IN_PERSON,
    spoken: Annotated[str, typer.Option("--language", help="The asker's language: fi, sv or en.")] = "fi",
    words: Annotated[str | None, typer.Option(help="What is asked, in the asker's words; kept sealed.")] = None,
) -> None:
    """Open a case. Its clock runs from today: a month."""
    frame: Frame = context.obj
    if spoken not in rights.LANGUAGES:
        raise Rejected("The languages are fi, sv and en.", field="--language")
    with frame.acting() as acting, acting.write(Action.RIGHTS_REQUEST) as tx:
        made = rights.open_request(
            tx,
            acting.register.vault,
            kind,
            channel,
            party_id=as_id(party),
            language=spoken,
            asked={"words": words} if words else None,
        )
    if frame.json:
        told_json(telling.plain(made, {}))
    else:
        say(f"Request {made.id} is open until {telling.day(made.due_on)}.", acting.language)


@desk.command("list")
def list_requests(
    context: typer.Context,
    party: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Of one customer.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
) -> None:
    """Requests, those due first; what is late or nearly late is said."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.RIGHTS_REQUEST) as tx:
        found = rights.requests(tx, party_id=as_id(party) if party else None, open_only=not every)
        today = clock.day(tx.at)
    if frame.json:
        told_json(telling.plain(found, {}))
        return
    for one in found:
        screen().print(
            Line(
                f"{one.id}  {telling.day(one.due_on)}  {one.clock(today).value:<8}  {one.kind.value}  {one.channel.value}"
            )
        )
    if not found:
        say("Nothing is asked.", acting.language)


@desk.command()
def show(context: typer.Context, request: RequestArgument) -> None:
    """One request: what was asked, and what was done with it."""
    frame: Frame = context.obj
    request_id = as_id(request)
    with frame.acting() as acting, acting.read(Action.RIGHTS_REQUEST) as tx:
        found = rights.request(tx, request_id)
        asked = rights.asked(tx, acting.register.vault, request_id)
        done = rights.steps(tx, request_id)
    if frame.json:
        told_json({"request": telling.plain(found, {}), "asked": asked, "steps": telling.plain(done, {})})
        return
    console = screen()
    say(f"{found.kind.value} · {found.channel.value} · until {telling.day(found.due_on)}", frame.spoken, style="bold")
    for name, text in asked.items():
        console.print(Line(f"{name}: {text}"))
    for one in done:
        console.print(Line(f"{telling.day(one.at)}  {one.by}  {one.kind}  {one.note or ''}"))


@desk.command()
def identify(
    context: typer.Context,
    request: RequestArgument,
    by: Annotated[rights.Identity, typer.Option(help="The kind of document seen; never its number or a copy.")],
) -> None:
    """Write down that the asker's identity was checked."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_REQUEST) as tx:
        rights.identify(tx, as_id(request), by)
    frame.done("Identity checked.")


@desk.command()
def package(
    context: typer.Context,
    request: RequestArgument,
    out: Annotated[Path, typer.Option(help="Folder for the PDF and the JSON file; readable by you alone.")],
    spoken: Annotated[str | None, typer.Option("--language", help="Another language than the request's.")] = None,
) -> None:
    """Make the access package: a readable PDF and a JSON file, everything held with sources, times and looks."""
    frame: Frame = context.obj
    request_id = as_id(request)
    with frame.acting() as acting:
        house = acting.register.declared().house
        with acting.write(Action.RIGHTS_PACKAGE) as tx:
            made = rights.fulfil(
                tx,
                acting.register.vault,
                request_id,
                house=house.controller.name,
                sent=acting.register.sent,
                language=spoken,
            )
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = [out / f"{request_id}-{made.language}.pdf", out / f"{request_id}.json"]
    for path, data in zip(paths, (made.paper, made.machine), strict=True):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:
            sink.write(data)
    if frame.json:
        told_json({"files": [str(path) for path in paths], "counts": made.package.counts})
    else:
        for path in paths:
            say(f"Written to {path}.", acting.language)
        say("Give it to the customer alone, then: rekisteri rights hand-over", acting.language)


@desk.command("schema")
def schema(context: typer.Context) -> None:
    """The published JSON Schema of the package's file for machines."""
    sys.stdout.buffer.write(rights.schema())


@desk.command("hand-over")
def hand_over(
    context: typer.Context,
    request: RequestArgument,
    how: Annotated[
        str, typer.Option(prompt=True, help="How it was given: at the counter, by letter to the address...")
    ],
    notice: Annotated[
        bool, typer.Option("--notice", help="The privacy notice was given too: its version is kept.")
    ] = False,
) -> None:
    """Write down that the package was given; the request is fulfilled."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_REQUEST) as tx:
        rights.hand_over(tx, as_id(request), how, notice=notice)
    frame.done("Handed over; the request is closed.")


@desk.command()
def ask(
    context: typer.Context,
    party: Annotated[str, typer.Argument(metavar="ID", help="The customer.")],
    item: Annotated[str, typer.Argument(help="The item, such as permanent_address.")],
    values: Annotated[list[str], typer.Argument(metavar="VALUE | PART=VALUE...", help="As it should be.")],
    organisation: Annotated[str, typer.Option(help="Code of the client organisation that asks.")],
    reason: Annotated[str, typer.Option("--reason", prompt=True, help="How you know.")] = "",
) -> None:
    """Ask the maintainers for a correction. An identity code is corrected in the pages or the API: none stands here."""
    frame: Frame = context.obj
    scalar = item in BY_NAME and BY_NAME[item].scalar
    if not scalar and not all("=" in value for value in values):
        raise Rejected("Give the parts as part=value.", field="values")
    parts = {"": " ".join(values)} if scalar else dict(value.split("=", 1) for value in values)
    with frame.acting() as acting, acting.write(Action.RIGHTS_ASK) as tx:
        asking = access.organisation(tx, organisation)
        access.decide_organisation(acting.viewer, asking.id)
        made = rights.ask(
            tx,
            acting.register.vault,
            parties.card(tx, acting.register.vault, as_id(party)).party_id,
            item,
            parts,
            reason=reason,
            channel=rights.Channel.INVOICER,
            language=acting.language,
            organisation_id=asking.id,
        )
    frame.done(f"Asked: request {made.id}.")


@desk.command("asked")
def asked_by_us(context: typer.Context) -> None:
    """What your client organisations have asked, and the answers."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.RIGHTS_ASK) as tx:
        found = rights.own(tx)
    if frame.json:
        told_json(telling.plain(found, {}))
        return
    for one in found:
        outcome = one.outcome.value if one.outcome else "open"
        screen().print(Line(f"{one.id}  {telling.day(one.opened_at)}  {outcome:<9}  {one.answer or ''}"))


@desk.command()
def accept(
    context: typer.Context,
    request: RequestArgument,
    answer: Annotated[str, typer.Option(prompt=True, help="The answer to the asker.")],
    evidence: Annotated[str | None, typer.Option(help="What the correction rests on.")] = None,
) -> None:
    """Correct as was asked, and answer. To refuse, use close."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_RECTIFY) as tx:
        rights.accept(
            tx,
            acting.register.vault,
            as_id(request),
            rules=acting.register.rules(clock.day(tx.at)),
            answer=answer,
            evidence=evidence,
        )
    frame.done("Corrected; the asker is answered.")


@desk.command()
def extend(
    context: typer.Context,
    request: RequestArgument,
    because: Annotated[str, typer.Option(prompt=True, help="Why; the asker is told.")],
) -> None:
    """Give a complex request two months more, once."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_REQUEST) as tx:
        due_on = rights.extend(tx, as_id(request), because)
    frame.done(f"It must be answered by {telling.day(due_on)}.")


@desk.command()
def close(
    context: typer.Context,
    request: RequestArgument,
    outcome: Annotated[rights.Outcome, typer.Option(help="How it ends.")],
    answer: Annotated[str, typer.Option(prompt=True, help="What was done, or the ground of a refusal.")],
) -> None:
    """End a request with its answer."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_REQUEST) as tx:
        rights.close(tx, as_id(request), outcome, answer, authority=acting.register.authority)
    frame.done("Closed.")
