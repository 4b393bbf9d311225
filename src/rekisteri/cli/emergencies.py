"""emergency: a right asked for, opened by a second person for minutes, and looked through afterwards."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import access
from rekisteri.access import MINUTES_MAX, Action, Finding, Plea
from rekisteri.catalogue import ROLES, Purpose, Role
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_id, say, screen, told_json, worded

emergency = typer.Typer(
    no_args_is_help=True, help="Break-glass: a right for minutes that one person asks for and another opens."
)

Id = Annotated[str, typer.Argument(metavar="ID", help="The request's id.")]


@emergency.command()
def ask(
    context: typer.Context,
    role: Annotated[Role, typer.Argument(help="maintainer, invoicer or collector.")],
    for_purpose: Annotated[Purpose, typer.Option(help="The purpose it serves.")],
    reason: Annotated[str, typer.Option(help="Why it cannot wait; no identity code.")],
    organisation: Annotated[str | None, typer.Option(help="A client organisation's code; left out, every one.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=MINUTES_MAX, help="For how long.")] = 30,
) -> None:
    """Ask for a right for minutes; name the case with --case. A second person opens it."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.write(Action.EMERGENCY_ASK) as tx:
            scope = None if organisation is None else access.organisation(tx, organisation).id
            made = access.ask_emergency(tx, Plea(role, scope, for_purpose, reason, minutes))
        _tell(acting, [made])


@emergency.command()
def own(context: typer.Context) -> None:
    """Your own requests, the newest first."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.ACCOUNT_OWN) as tx:
            found = access.own_emergencies(tx)
        _tell(acting, found)


@emergency.command()
def end(context: typer.Context, request: Id) -> None:
    """End your own open right before its time."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.write(Action.EMERGENCY_ASK) as tx:
            changed = access.end_emergency(tx, as_id(request))
        _tell(acting, [changed])


@emergency.command()
def waiting(context: typer.Context) -> None:
    """What waits for a second person, of what you may decide."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.EMERGENCY_DECIDE) as tx:
            found = access.waiting_emergencies(tx)
        _tell(acting, found)


@emergency.command()
def decide(
    context: typer.Context,
    request: Id,
    opens: Annotated[bool, typer.Option("--open/--decline", help="Open it from now on, or decline it.")],
) -> None:
    """Open what somebody else asked for, or decline it."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.write(Action.EMERGENCY_DECIDE) as tx:
            changed = access.decide_emergency(tx, as_id(request), opens=opens)
        _tell(acting, [changed])


@emergency.command("list")
def list_emergencies(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    before: Annotated[str | None, typer.Option(metavar="ID", help="Go on after this request.")] = None,
) -> None:
    """Every request, the newest first; for officers and auditors."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.EMERGENCY_READ) as tx:
            found = access.emergencies(tx, before=as_id(before) if before else None, limit=limit)
        _tell(acting, found)


@emergency.command()
def show(context: typer.Context, request: Id) -> None:
    """One request, and every act its right carried."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.EMERGENCY_READ) as tx:
            (found, acts), at = access.emergency(tx, as_id(request)), tx.at
        codes = acting.organisation_codes()
    if frame.json:
        told_json({**telling.plain(found, codes), "state": found.state(at), "acts": telling.plain(acts, codes)})
        return
    _tell(acting, [found])
    say(f"Case {found.case_reference}: {found.reason}", acting.language)
    table = telling.headed("when", "what", "outcome", "customers", language=acting.language)
    for one in acts:
        table.add_row(telling.day(one.at), one.action, one.outcome, str(one.subject_count))
    screen().print(table if acts else worded("It carried no act.", acting.language))


@emergency.command()
def stop(context: typer.Context, request: Id) -> None:
    """End anybody's open right at once; for the data protection officer."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.write(Action.EMERGENCY_REVIEW) as tx:
            changed = access.end_emergency(tx, as_id(request))
        _tell(acting, [changed])


@emergency.command()
def review(
    context: typer.Context,
    request: Id,
    verdict: Annotated[Finding, typer.Option(help="What its use was found to be.")],
    finding: Annotated[str, typer.Option(help="What you found; no identity code.")],
) -> None:
    """Say what the use of a right that is over was found to be; for the data protection officer."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.write(Action.EMERGENCY_REVIEW) as tx:
            changed = access.review_emergency(tx, as_id(request), verdict, finding)
        _tell(acting, [changed])


def _tell(acting: Acting, found: list[access.Emergency]) -> None:
    at, codes = acting.register.now(), acting.organisation_codes()
    if acting.json:
        told_json([telling.plain(one, codes) | {"state": one.state(at)} for one in found])
        return
    table = telling.headed(
        "id", "account", "role", "organisation", "minutes", "asked", "state", "by", language=acting.language
    )
    for one in found:
        table.add_row(
            str(one.id),
            Line(one.account),
            ROLES[one.role].in_(acting.language),
            telling.whose(one.organisation_id, codes, acting.language),
            str(one.minutes),
            telling.day(one.asked_at),
            one.state(at),
            Line(one.decided_by or ""),
        )
    screen().print(table if found else worded("No requests.", acting.language))
