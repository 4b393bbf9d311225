"""audit signals, sweep, canary, tune, incident: watching over looks, and telling exactly what was seen."""

from __future__ import annotations

import csv
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import oversight, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, as_moment, say, screen, told_json, worded
from rekisteri.ground.errors import Rejected
from rekisteri.oversight import Kind, Scope, Verdict
from rekisteri.tongues import LANGUAGES
from rekisteri.wiring import Register

canary = typer.Typer(no_args_is_help=True, help="Customers nobody has a task with: any look at one is a signal.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The customer's id.")]


def sweep(context: typer.Context) -> None:
    """Go through what is new in the log and raise signals of odd looks. `rekisteri serve` does it by itself."""
    frame: Frame = context.obj
    with frame.register() as register:
        register.log.seal()
        leaves, found = sweep_all(register)
    if frame.json:
        told_json({"leaves": leaves, "signals": found})
    else:
        say(f"{leaves} leaves gone through, {found} new signals.", frame.spoken)


def sweep_all(register: Register) -> tuple[int, int]:
    """Sweep until nothing is left: leaves gone through, and new signals."""
    leaves = found = 0
    while True:
        with register.door.write(wiring.overseer(), Action.SIGNAL_SWEEP, Purpose.ADMINISTRATION) as tx:
            before = oversight.swept(tx)
            one = oversight.sweep(tx)
        leaves, found = leaves + one.until - before, found + one.signals
        if one.until == before:
            return leaves, found


def signals(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Those that are closed too.")] = False,
    kind: Annotated[Kind | None, typer.Option(help="Of one kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    before: Annotated[str | None, typer.Option(metavar="ID", help="Go on after this signal.")] = None,
) -> None:
    """Signals of odd looks, the newest first: own name, household, kin, colleagues, no customership, canaries, spikes, nights."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.SIGNAL_READ) as tx:
        found = oversight.signals(
            tx, open_only=not every, kind=kind, before=as_id(before) if before else None, limit=limit
        )
    if frame.json:
        told_json([asdict(one) for one in found])
        return
    table = telling.headed("id", "kind", "account", "customer", "day", "looks", "verdict", language=acting.language)
    for one in found:
        whom = str(one.party_id) if one.party_id else ""
        table.add_row(str(one.id), one.kind, Line(one.account), whom, str(one.day), str(one.count), one.verdict or "")
    screen().print(table if found else worded("No signals.", acting.language))


def close(
    context: typer.Context,
    signal: Annotated[str, typer.Argument(metavar="ID", help="The signal's id.")],
    verdict: Annotated[Verdict, typer.Option(help="What it was found to be.")],
    reason: Annotated[str, typer.Option(help="What you found; no identity code.")],
) -> None:
    """Close a signal with what was found and why."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.SIGNAL_CLOSE) as tx:
        oversight.close(tx, as_id(signal), verdict, reason)
    if frame.json:
        told_json({"id": signal, "verdict": verdict})
    else:
        say(f"Closed as {verdict}.", acting.language)


def tune(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The parameter to set; left out, all are shown.")] = None,
    value: Annotated[int | None, typer.Argument(min=0, help="Its value from the next sweep on.")] = None,
) -> None:
    """Show what counts as odd, or set one parameter of it."""
    frame: Frame = context.obj
    if (name is None) != (value is None):
        raise Rejected("Give both the parameter's name and its value, or neither.")
    with frame.acting() as acting, acting.write(Action.SIGNAL_TUNE) as tx:
        if name is not None and value is not None:
            oversight.set_parameter(tx, name, value)
        found = asdict(oversight.parameters(tx))
    if frame.json:
        told_json(found)
        return
    table = telling.headed("parameter", "value", "between", language=acting.language)
    for one, now in found.items():
        table.add_row(one, str(now), " … ".join(map(str, oversight.BOUNDS[one])))
    screen().print(table)


@canary.command()
def add(context: typer.Context, party: Id, reason: Annotated[str, typer.Option(help="Why it is marked.")]) -> None:
    """Mark a customer."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.SIGNAL_TUNE) as tx:
        oversight.mark_canary(tx, as_id(party), reason)
    _done(frame, party, worded("Marked.", acting.language))


@canary.command()
def end(context: typer.Context, party: Id) -> None:
    """Unmark a customer."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.SIGNAL_TUNE) as tx:
        oversight.end_canary(tx, as_id(party))
    _done(frame, party, worded("Unmarked.", acting.language))


@canary.command("list")
def marked(context: typer.Context) -> None:
    """Every marked customer."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.SIGNAL_TUNE) as tx:
        found = oversight.canaries(tx)
        tx.saw(*(one.party_id for one in found))
    if frame.json:
        told_json([asdict(one) for one in found])
        return
    table = telling.headed("customer", "since", "reason", language=acting.language)
    for one in found:
        table.add_row(str(one.party_id), f"{one.marked_at:%Y-%m-%d}", Line(one.reason))
    screen().print(table if found else worded("No canaries.", acting.language))


def incident(
    context: typer.Context,
    since: Annotated[str, typer.Option(metavar="TIME", help="From, 2026-01-31T12:00.")],
    until: Annotated[str, typer.Option(metavar="TIME", help="Up to.")],
    account: Annotated[str | None, typer.Option(help="Whose acts.")] = None,
    session: Annotated[str | None, typer.Option(metavar="ID", help="Of one sign-in.")] = None,
    noticed: Annotated[str | None, typer.Option(metavar="TIME", help="When it was noticed; else now.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the drafts and lists of each controller.")] = None,
) -> None:
    """Assess an incident: whom and what an account could have seen, exactly, for each controller (GDPR art. 33).

    --out writes for each controller a draft of its notice in three languages and the list of its customers.
    """
    frame: Frame = context.obj
    begins, ends = as_moment(since, "--since"), as_moment(until, "--until")
    assert begins is not None, "the command asks for it"
    assert ends is not None, "the command asks for it"
    scope = Scope(begins, ends, account, as_id(session) if session else None)
    with frame.acting() as acting, acting.read(Action.INCIDENT_ASSESS) as tx:
        found = oversight.assess(tx, scope)
        noticed_at = as_moment(noticed, "--noticed") or tx.at
    if out is not None:
        _write(out, found, noticed_at)
    told = {
        "events": found.events,
        "first_at": found.first,
        "last_at": found.last,
        "actions": found.actions,
        "customers": len(found.customers),
        "controllers": [
            {"code": one.code, "name": one.name, "customers": len(one.customers), "items": one.items}
            for one in found.controllers
        ],
    }
    if frame.json:
        told_json(told)
        return
    console = screen()
    say(f"{found.events} events, {len(found.customers)} customers.", frame.spoken)
    table = telling.headed("controller", "customers", "items", language=frame.spoken)
    for one in found.controllers:
        table.add_row(
            one.name or telling.heading("service_centre", frame.spoken), str(len(one.customers)), ", ".join(one.items)
        )
    console.print(table)


def _write(folder: Path, found: oversight.Incident, noticed_at: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in found.controllers:
        name = one.code or "service-centre"
        for language in LANGUAGES:
            (folder / f"{name}.{language}.md").write_text(oversight.draft(found, one, noticed_at, language), "utf-8")
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as sink:
            writer = csv.writer(sink, delimiter=";")
            writer.writerow(("party_id", "items"))
            writer.writerows((party_id, " ".join(sorted(items))) for party_id, items in one.customers.items())


def _done(frame: Frame, party: str, what: str) -> None:
    if frame.json:
        told_json({"party_id": party})
    else:
        screen().print(what)
