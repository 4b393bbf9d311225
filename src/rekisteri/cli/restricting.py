"""`rekisteri rights restrict`, `restrictions`, `exempt`, `end-exemption`, `foretell`, `lift`: restriction of processing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import access, parties, rights
from rekisteri.access import Action, Excuse, Ground
from rekisteri.catalogue import Purpose
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, say, screen, told_json
from rekisteri.cli.rights_desk import RequestArgument, desk

RestrictionArgument = Annotated[str, typer.Argument(metavar="RESTRICTION", help="Its id, as `restrictions` shows it.")]


@desk.command()
def restrict(
    context: typer.Context,
    request: RequestArgument,
    ground: Annotated[Ground, typer.Option(help="Why, by GDPR art. 18(1).")],
    answer: Annotated[str, typer.Option(prompt=True, help="The answer to the asker.")],
) -> None:
    """Restrict processing as was asked: from now on the data is stored and not used."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_RESTRICT) as tx:
        made = rights.restrict(tx, as_id(request), ground, answer)
    if frame.json:
        told_json(telling.plain(made, {}))
    else:
        say(f"Restricted: {made.id}. It is lifted by `foretell`, then `lift`.", acting.language)


@desk.command("restrictions")
def list_restrictions(
    context: typer.Context,
    party: Annotated[str, typer.Argument(metavar="ID", help="The customer.")],
) -> None:
    """Restrictions a customer is or was under, with the exceptions from each."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.RIGHTS_RESTRICT) as tx:
        whose = parties.card(tx, acting.register.vault, as_id(party)).party_id
        found = [(one, access.exemptions(tx, one.id)) for one in access.restrictions(tx, whose)]
    if frame.json:
        told_json([telling.plain(one, {}) | {"exemptions": telling.plain(uses, {})} for one, uses in found])
        return
    for one, uses in found:
        end = f"lifted {telling.day(one.lifted_at)}" if one.lifted_at else "in force"
        foretold = f", the person was told: {telling.day(one.lifts_on)}" if one.lifts_on else ""
        screen().print(Line(f"{one.id}  {telling.day(one.since_at)}  {one.ground.value}  {end}{foretold}"))
        for use in uses:
            state = "ended" if use.ended_at else f"until {telling.day(use.until_on)}" if use.until_on else "in force"
            screen().print(Line(f"  {use.id}  {use.purpose.value}  {use.ground.value}  {state}  {use.reason}"))
    if not found:
        say("No restriction.", acting.language)


@desk.command()
def exempt(
    context: typer.Context,
    restriction: RestrictionArgument,
    use: Annotated[Purpose, typer.Option(help="invoicing or collection.")],
    ground: Annotated[Excuse, typer.Option(help="Why, by GDPR art. 18(2).")],
    reason: Annotated[str, typer.Option("--reason", prompt=True, help="What the exception rests on.")],
    organisation: Annotated[str | None, typer.Option(help="Code of one client organisation; left out: any.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day.")] = None,
) -> None:
    """Record that restricted data may be used all the same."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_RESTRICT) as tx:
        made = access.exempt(
            tx,
            as_id(restriction),
            purpose=use,
            ground=ground,
            reason=reason,
            organisation_id=access.organisation(tx, organisation).id if organisation else None,
            until_on=until.date() if until else None,
        )
    frame.done(f"Recorded: {made.id}.")


@desk.command("end-exemption")
def end_exemption(
    context: typer.Context,
    exemption: Annotated[str, typer.Argument(metavar="EXEMPTION", help="Its id, as `restrictions` shows it.")],
) -> None:
    """End an exception: the data is used no more."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_RESTRICT) as tx:
        access.end_exemption(tx, as_id(exemption))
    frame.done("Ended.")


@desk.command()
def foretell(
    context: typer.Context,
    restriction: RestrictionArgument,
    lifts_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day it will be lifted, after today.")],
    how: Annotated[str, typer.Option(prompt=True, help="How the person was told: by letter, at the counter.")],
) -> None:
    """Write down that the person was told when the restriction will be lifted; the law wants that first."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_RESTRICT) as tx:
        rights.foretell(tx, as_id(restriction), lifts_on=lifts_on.date(), how=how)
    frame.done(f"It can be lifted on {telling.day(lifts_on.date())} or later.")


@desk.command()
def lift(
    context: typer.Context,
    restriction: RestrictionArgument,
    because: Annotated[str, typer.Option(prompt=True, help="What was found or decided.")],
) -> None:
    """Lift a restriction, on the day the person was told or later."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_RESTRICT) as tx:
        rights.lift(tx, as_id(restriction), because)
    frame.done("Lifted.")
