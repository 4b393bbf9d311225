"""`rekisteri rights retain`, `kept`, `hold`, `holds`, `release`: how long things are kept, and what leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import rights, wiring
from rekisteri.access import Action
from rekisteri.catalogue import RETENTIONS
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, say, screen, told_json
from rekisteri.cli.rights_desk import desk
from rekisteri.ground import clock


@desk.command()
def retain(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would go, by class, and undo it.")] = False,
) -> None:
    """Let go what has been kept its time, as the nightly run does. Counts are told, never a value."""
    frame: Frame = context.obj
    with frame.register() as register:
        register.log.seal()
        run = wiring.retain(register, rehearse=dry_run)
    _told(frame, [run])


@desk.command("retention")
def retention(context: typer.Context) -> None:
    """How long each class is kept and by which law, and the last runs with what left."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.RETENTION_READ) as tx:
        runs = rights.runs(tx)
    if not frame.json:
        for name, one in RETENTIONS.items():
            length = f"{one.years} y" if one.years else f"{one.months} mo"
            screen().print(
                Line(f"{name:<13} {length:<5} {one.label.in_(acting.language)}: {one.ground.in_(acting.language)}")
            )
    _told(frame, runs)


def _told(frame: Frame, runs: list[rights.Run]) -> None:
    if frame.json:
        told_json(telling.plain(runs, {}))
        return
    for one in runs:
        when = telling.day(one.at)
        say(
            f"{when}  {one.total} would go, {one.held} customers held"
            if one.rehearsed
            else f"{when}  {one.total} went, {one.held} customers held",
            frame.spoken,
            style="bold",
        )
        for klass, tables in one.counts.items():
            for table, count in tables.items():
                screen().print(Line(f"  {klass:<13} {table:<24} {count}"))


@desk.command()
def hold(
    context: typer.Context,
    party: Annotated[str, typer.Argument(metavar="ID", help="The customer.")],
    reason: Annotated[str, typer.Option("--reason", prompt=True, help="The claim or case it must be kept for.")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; left out: until released.")
    ] = None,
) -> None:
    """Legal hold: nothing of the customer leaves, whatever its time of keeping."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_HOLD) as tx:
        made = rights.hold(tx, as_id(party), reason, until.date() if until else None)
    frame.done(f"Held: {made.id}.")


@desk.command()
def holds(context: typer.Context) -> None:
    """Legal holds: of whom, why, since when and by whom, until when."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.RIGHTS_HOLD) as tx:
        found = rights.holds(tx)
        today = clock.day(tx.at)
        tx.saw(*(one.party_id for one in found))
    if frame.json:
        told_json(telling.plain(found, {}))
        return
    for one in found:
        state = "in force" if one.lasts(today) else "ended"
        until = f" until {telling.day(one.until_on)}" if one.until_on else ""
        screen().print(
            Line(f"{one.id}  {one.party_id}  {telling.day(one.since_at)}  {one.by}  {state}{until}  {one.reason}")
        )
    if not found:
        say("No holds.", acting.language)


@desk.command()
def release(
    context: typer.Context,
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="Its id, as `holds` shows it.")],
) -> None:
    """End a legal hold: what has been kept its time leaves with the next run."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.RIGHTS_HOLD) as tx:
        rights.release(tx, as_id(hold_id))
    frame.done("Released.")
