"""audit: the log of use, for data protection officers and auditors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text as Line

from rekisteri import audit
from rekisteri.access import Action
from rekisteri.cli import log, telling, witnessing
from rekisteri.cli.frame import Acting, Frame, screen, told_json
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected

evidence = typer.Typer(no_args_is_help=True, help="Who did what to whom, when and what for.")

Limit = Annotated[int, typer.Option(min=1, max=200, help="How many at most.")]
Before = Annotated[str | None, typer.Option(metavar="ID", help="Go on after this event.")]


@evidence.command()
def search(
    context: typer.Context,
    account: Annotated[str | None, typer.Option(help="By whom.")] = None,
    action: Annotated[str | None, typer.Option(help="What, such as customer:unmask.")] = None,
    outcome: Annotated[str | None, typer.Option(help="done, refused, missing, rejected or conflict.")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="From, 2026-01-31 or 2026-01-31T12:00.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Up to.")] = None,
    limit: Limit = 50,
    before: Before = None,
) -> None:
    """Search the log, the newest first."""
    frame: Frame = context.obj
    query = audit.Query(
        account=account,
        action=action,
        outcome=outcome,
        since=_moment(since, "--since"),
        until=_moment(until, "--until"),
        before=_id(before),
        limit=limit,
    )
    with frame.acting() as acting, acting.read(Action.AUDIT_SEARCH) as tx:
        found = audit.search(tx, query)
    _tell(acting, found)


@evidence.command()
def about(
    context: typer.Context,
    party: Annotated[str, typer.Argument(metavar="ID", help="The customer's id.")],
    limit: Limit = 50,
    before: Before = None,
) -> None:
    """Who has seen or changed one customer, imports included."""
    frame: Frame = context.obj
    party_id = _id(party)
    assert party_id is not None
    with frame.acting() as acting, acting.read(Action.AUDIT_SEARCH) as tx:
        tx.saw(party_id)
        found = audit.about(tx, party_id, before=_id(before), limit=limit)
    _tell(acting, found)


def _tell(acting: Acting, found: list[audit.Found]) -> None:
    if acting.json:
        told_json(telling.plain(found, {}))
        return
    table = telling.headed("when", "who", "what", language=acting.language)
    for column in ("purpose", "outcome", "customers", "case", "detail"):
        table.add_column(column)
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
    screen().print(table if found else "No events.")


def _id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise Rejected("That is no id.") from None


def _moment(text: str | None, option: str) -> datetime | None:
    try:
        found = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise Rejected("Give the time as 2026-01-31 or 2026-01-31T12:00.", field=option) from None
    return found.replace(tzinfo=clock.HELSINKI) if found is not None and found.tzinfo is None else found


for command in (log.seal, log.checkpoint, log.key, log.export, log.verify, log.prove):
    evidence.command()(command)
evidence.add_typer(witnessing.witness, name="witness")
