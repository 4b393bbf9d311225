"""admin grant: which role an account has where, for what and how long."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from rekisteri import access
from rekisteri.access import Action, Grant, Wish
from rekisteri.catalogue import PURPOSES, ROLES, Purpose, Role
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_day, as_id, screen, told_json, worded
from rekisteri.ground import clock

granting = typer.Typer(no_args_is_help=True, help="Grants: which role an account has where, for what and how long.")

GrantId = Annotated[str, typer.Argument(metavar="ID", help="The grant's id, from `admin grant list`.")]


@granting.command("list")
def list_grants(
    context: typer.Context,
    handle: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="Of one account; else of all.")] = None,
    past: Annotated[bool, typer.Option("--past", help="Those that are over, too.")] = False,
) -> None:
    """Grants and their state: proposed, coming, in force, expired or ended."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.read(Action.ACCOUNT_MANAGE) as tx:
            found, at = access.grants(tx, handle, past=past), tx.at
        codes = acting.organisation_codes()
    _tell(acting, found, codes, at)


@granting.command("add")
def add_grant(
    context: typer.Context,
    handle: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Sign-in name.")],
    role: Annotated[Role, typer.Argument(help="The role.")],
    organisation: Annotated[
        str | None, typer.Option(help="Code of a client organisation; left out, every one.")
    ] = None,
    for_purpose: Annotated[
        Purpose | None, typer.Option(help="The one purpose it serves; left out, each of the role's.")
    ] = None,
    starts_on: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day; left out, now.")] = None,
    ends_on: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day; a year at most.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for the need of it; left out, you.")] = None,
) -> None:
    """Grant an account a role; a proposal where REKISTERI_TWO_PERSON_GRANTS asks for a second person."""
    frame: Frame = context.obj
    first, last = as_day(starts_on, "--from"), as_day(ends_on, "--until")
    with frame.operating() as acting:
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            scope = None if organisation is None else access.organisation(tx, organisation).id
            made, at = access.grant(tx, handle, Wish(role, scope, for_purpose, first, last, owner)), tx.at
        codes = acting.organisation_codes()
    _tell(acting, [made], codes, at)


@granting.command("approve")
def approve_grant(context: typer.Context, grant_id: GrantId) -> None:
    """Approve a grant that an administrator proposed in the pages or the API."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            changed, at = access.approve_grant(tx, as_id(grant_id)), tx.at
        codes = acting.organisation_codes()
    _tell(acting, [changed], codes, at)


@granting.command("end")
def end_grant(context: typer.Context, grant_id: GrantId) -> None:
    """End a grant at once, in every process."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            changed, at = access.end_grant(tx, as_id(grant_id)), tx.at
        codes = acting.organisation_codes()
    _tell(acting, [changed], codes, at)


def _tell(acting: Acting, found: list[Grant], codes: telling.Codes, at: datetime) -> None:
    if acting.json:
        told_json([telling.plain(one, codes) | {"state": one.state(at)} for one in found])
        return
    table = telling.headed(
        "id", "account", "role", "organisation", "purpose", "until", "owner", "state", language=acting.language
    )
    for one in found:
        table.add_row(
            str(one.id),
            one.account,
            ROLES[one.role].in_(acting.language),
            telling.whose(one.organisation_id, codes, acting.language),
            "" if one.purpose is None else PURPOSES[one.purpose].in_(acting.language),
            clock.eve(one.ends_at).isoformat(),
            one.owner,
            one.state(at),
        )
    screen().print(table if found else worded("No grants.", acting.language))
