"""audit: the log of use, for data protection officers and auditors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.text import Text as Line

from rekisteri import access, audit, parties
from rekisteri.access import Action
from rekisteri.cli import log, overseeing, telling, witnessing
from rekisteri.cli.frame import Acting, Frame, as_id, as_moment, say, screen, told_json, worded

evidence = typer.Typer(no_args_is_help=True, help="Who did what to whom, when and what for.")

Limit = Annotated[int, typer.Option(min=1, max=200, help="How many at most.")]
Before = Annotated[str | None, typer.Option(metavar="ID", help="Go on after this event.")]


Account = Annotated[str | None, typer.Option(help="By whom.")]
Act = Annotated[str | None, typer.Option("--action", help="What, such as customer:unmask.")]
Outcome = Annotated[str | None, typer.Option(help="done, refused, missing, rejected or conflict.")]
Sought = Annotated[str | None, typer.Option("--of-purpose", help="What for, such as invoicing.")]
Organisation = Annotated[str | None, typer.Option(help="Code of a client organisation acted for.")]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="From, 2026-01-31 or 2026-01-31T12:00.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Up to.")]


@evidence.command()
def search(
    context: typer.Context,
    account: Account = None,
    action: Act = None,
    outcome: Outcome = None,
    of_purpose: Sought = None,
    organisation: Organisation = None,
    session: Annotated[str | None, typer.Option(metavar="ID", help="Within one sign-in.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    before: Before = None,
) -> None:
    """Search the log, the newest first."""
    frame: Frame = context.obj
    query = audit.Query(
        account=account,
        action=action,
        outcome=outcome,
        purpose=of_purpose,
        session_id=as_id(session) if session else None,
        since=as_moment(since, "--since"),
        until=as_moment(until, "--until"),
        before=as_id(before) if before else None,
        limit=limit,
    )
    with frame.acting() as acting:
        query = replace(query, organisation=_organisation(acting, organisation))
        with acting.read(Action.AUDIT_SEARCH) as tx:
            found = audit.search(tx, query)
    _tell(acting, found)


@evidence.command()
def extract(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="The file to write; one JSON object a line.")],
    account: Account = None,
    action: Act = None,
    outcome: Outcome = None,
    of_purpose: Sought = None,
    organisation: Organisation = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Take an extract of the log with you, at most 200,000 events. An act of its own in the log."""
    frame: Frame = context.obj
    query = audit.Query(
        account=account,
        action=action,
        outcome=outcome,
        purpose=of_purpose,
        since=as_moment(since, "--since"),
        until=as_moment(until, "--until"),
    )
    with frame.acting() as acting:
        query = replace(query, organisation=_organisation(acting, organisation))
        with acting.read(Action.AUDIT_EXTRACT) as tx:
            lines = [
                orjson.dumps(audit.flat(one), option=orjson.OPT_APPEND_NEWLINE) for one in audit.extract(tx, query)
            ]
            tx.note(events=len(lines), **audit.asked(query))
    out.write_bytes(b"".join(lines))
    if frame.json:
        told_json({"file": out, "events": len(lines)})
    else:
        say(f"{len(lines)} events in {out}.", frame.spoken)


@evidence.command()
def about(
    context: typer.Context,
    party: Annotated[str, typer.Argument(metavar="ID", help="The customer's id.")],
    limit: Limit = 50,
    before: Before = None,
) -> None:
    """Who has seen or changed one customer, imports included, under every id the customer has gone by."""
    frame: Frame = context.obj
    party_id = as_id(party)
    assert party_id is not None
    with frame.acting() as acting, acting.read(Action.AUDIT_SEARCH) as tx:
        tx.saw(party_id)
        guises = parties.guises(tx, party_id)
        found = audit.about(tx, party_id, guises=guises, before=as_id(before) if before else None, limit=limit)
    _tell(acting, found)


@evidence.command()
def looks(
    context: typer.Context,
    party: Annotated[str, typer.Argument(metavar="ID", help="The customer's id.")],
    limit: Limit = 50,
    before: Before = None,
) -> None:
    """What the customer may know of it: when, what for, which organisation. Who did it is withheld (C-579/21)."""
    frame: Frame = context.obj
    party_id = as_id(party)
    assert party_id is not None
    with frame.acting() as acting, acting.read(Action.AUDIT_SEARCH) as tx:
        tx.saw(party_id)
        guises = parties.guises(tx, party_id)
        found = audit.looks(tx, party_id, guises=guises, before=as_id(before) if before else None, limit=limit)
        names = {one.id: one.name for one in access.organisations(tx)}
    told: list[dict[str, Any]] = [
        {
            "at": one.at,
            "action": one.action,
            "purpose": one.purpose,
            "organisations": [names.get(number, str(number)) for number in one.organisations],
            "others": one.customers - 1,
            "own": one.own,
        }
        for one in found
    ]
    if frame.json:
        told_json(told)
        return
    table = telling.headed("when", "what", "purpose", "organisation", "other_customers", language=acting.language)
    for one, line in zip(found, told, strict=True):
        by = telling.heading("the_customer" if one.own else "service_centre", acting.language)
        where = by if one.own else ", ".join(map(str, line["organisations"])) or by
        table.add_row(telling.day(one.at), one.action, one.purpose or "", Line(where), str(one.customers - 1))
    screen().print(table if found else worded("Nobody yet.", acting.language))


def _tell(acting: Acting, found: list[audit.Found]) -> None:
    if acting.json:
        told_json(telling.plain(found, {}))
        return
    table = telling.headed(
        "when", "who", "what", "purpose", "outcome", "customers", "case", "detail", language=acting.language
    )
    for event in found:
        detail = " ".join(f"{name}={value}" for name, value in event.detail.items())
        table.add_row(
            telling.day(event.at),
            Line(f"{event.account} ({event.channel})"),
            event.action,
            event.purpose or "",
            event.outcome,
            str(event.subject_count),
            Line(event.case_reference or ""),
            Line(detail),
        )
    screen().print(table if found else worded("No events.", acting.language))


def _organisation(acting: Acting, code: str | None) -> int | None:
    if code is None:
        return None
    with acting.read(Action.ORGANISATION_READ) as tx:
        return access.organisation(tx, code).id


COMMANDS: tuple[Callable[..., None], ...] = (
    log.seal,
    log.checkpoint,
    log.key,
    log.export,
    log.verify,
    log.prove,
    overseeing.signals,
    overseeing.close,
    overseeing.sweep,
    overseeing.tune,
    overseeing.incident,
)
for command in COMMANDS:
    evidence.command()(command)
evidence.add_typer(witnessing.witness, name="witness")
evidence.add_typer(overseeing.canary, name="canary")
