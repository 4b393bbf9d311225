"""admin review: the quarterly review of grants, its evidence, and the alarms."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import access
from rekisteri.access import Action, Alarms, Decision
from rekisteri.catalogue import ROLES
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, say, screen, told_json, worded
from rekisteri.ground.errors import Rejected

reviewing = typer.Typer(no_args_is_help=True, help="The quarterly review: each grant is confirmed, or it ends.")

Owner = Annotated[str | None, typer.Option(help="Those one sign-in name answers for.")]
Organisation = Annotated[str | None, typer.Option(help="Those of one client organisation, by its code.")]
Within = Annotated[
    int, typer.Option("--within", min=0, max=366, metavar="DAYS", help="Due in so many days, or overdue.")
]


@reviewing.command("due")
def list_due(
    context: typer.Context,
    owner: Owner = None,
    organisation: Organisation = None,
    within: Within = access.LEAD_DAYS,
) -> None:
    """Grants to be reviewed: by owner, then the longest overdue first; and the alarms."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.read(Action.GRANT_REVIEW) as tx:
            scope = None if organisation is None else access.organisation(tx, organisation).id
            found = access.due(tx, owner=owner, organisation_id=scope, within_days=within)
            alarms, today = access.alarms(tx), tx.act.today
        codes = acting.organisation_codes()
    if frame.json:
        told_json({"grants": telling.plain(found, codes), "alarms": asdict(alarms)})
        return
    table = telling.headed(
        "id", "owner", "account", "role", "organisation", "last_used", "due", "late", language=acting.language
    )
    for one in found:
        late = one.late(today)
        table.add_row(
            str(one.id),
            Line(one.owner),
            Line(one.account),
            ROLES[one.role].in_(acting.language),
            telling.whose(one.organisation_id, codes, acting.language),
            telling.heading("never", acting.language) if one.used_at is None else telling.day(one.used_at),
            one.review_on.isoformat(),
            f"{late} d" if late else "",
        )
    screen().print(table if found else worded("No grant is due for review.", acting.language))
    tell_alarms(alarms)


@reviewing.command("decide")
def decide(
    context: typer.Context,
    decision: Annotated[Decision, typer.Argument(help="confirmed or ended.")],
    reason: Annotated[str, typer.Option(help="Why, of all of them; no identity code.")],
    grant: Annotated[list[str] | None, typer.Option(help="A grant's id, from `due`; may be given many times.")] = None,
    owner: Owner = None,
    organisation: Organisation = None,
    within: Within = access.LEAD_DAYS,
) -> None:
    """Confirm or end grants in a body: those named, or every one due of an owner or a client organisation."""
    frame: Frame = context.obj
    if bool(grant) == bool(owner or organisation):
        raise Rejected("Name grants with --grant, or take all due with --owner or --organisation.")
    with frame.operating() as acting, acting.write(Action.GRANT_REVIEW) as tx:
        if grant:
            chosen = [as_id(one) for one in grant]
        else:
            scope = None if organisation is None else access.organisation(tx, organisation).id
            chosen = [one.id for one in access.due(tx, owner=owner, organisation_id=scope, within_days=within)]
        decided = access.review(tx, chosen, decision, reason)
    if frame.json:
        told_json({"decided": decided, "decision": decision})
    else:
        say(f"{decided} grants {decision}.", frame.spoken)


@reviewing.command("evidence")
def evidence(
    context: typer.Context,
    account: Annotated[str | None, typer.Option(help="Of one account.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    before: Annotated[str | None, typer.Option(metavar="ID", help="Go on after this review.")] = None,
) -> None:
    """What was decided of each grant, by whom and why, the newest first; nothing of it is ever changed."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.read(Action.REVIEW_READ) as tx:
            found = access.reviews(tx, account=account, before=as_id(before) if before else None, limit=limit)
        codes = acting.organisation_codes()
    if frame.json:
        told_json(telling.plain(found, codes))
        return
    table = telling.headed(
        "id", "when", "account", "role", "organisation", "decision", "by", "reason", language=acting.language
    )
    for one in found:
        table.add_row(
            str(one.id),
            telling.day(one.at),
            Line(one.account),
            ROLES[one.role].in_(acting.language),
            telling.whose(one.organisation_id, codes, acting.language),
            one.decision,
            Line(one.by_whom),
            Line(one.reason or ""),
        )
    screen().print(table if found else worded("Nothing has been reviewed.", acting.language))


def tell_alarms(alarms: Alarms) -> None:
    """What somebody should have done by now, in a sentence each."""
    told = (
        (alarms.reviews_late, "grants are overdue for review: `rekisteri admin review due`."),
        (alarms.emergencies_waiting, "requests of a right for minutes wait for a second person."),
        (alarms.emergencies_open, "rights are lent and open now."),
        (alarms.emergencies_unreviewed, "lent rights are over and not looked through."),
        (alarms.emergencies_late, "of these are late: the data protection officer looks them through."),
    )
    for count, sentence in told:
        if count:
            screen().print(f"{count} {sentence}")
