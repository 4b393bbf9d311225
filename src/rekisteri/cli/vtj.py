"""vtj: check a customer against the Population Information System, and how its interfaces stand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from rekisteri import access
from rekisteri.access import Action
from rekisteri.catalogue import EXPLANATIONS, SOURCES, Text
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_id, aside, say, screen, told_json, worded
from rekisteri.ground.errors import Conflict
from rekisteri.sources import vtj as wing
from rekisteri.sources.vtj import Check, Comparison

vtj = typer.Typer(help="The Population Information System: check a customer, and how the interfaces stand.")

COMPARISONS = {
    Comparison.SAME: Text("sama", "samma", "same"),
    Comparison.DIFFERS: Text("eri", "olika", "differs"),
    Comparison.NEW: Text("uusi", "ny", "new"),
    Comparison.GONE: Text("ei VTJ:ssä", "finns inte i BDS", "not in VTJ"),
}
TASKS_MOST = 500
LINES_MOST = 100_000
TASKS = {
    "order_ends": Text(
        "Turvakielto on päättymässä: tarkista", "Spärrmarkeringen upphör: granska", "Non-disclosure order ends: review"
    ),
    "no_contact_address": Text("Ei yhteysosoitetta", "Ingen kontaktadress", "No contact address"),
    "held": Text("Muutos ei kelpaa", "Ändringen duger inte", "Change does not hold"),
    "identity": Text("Tunnus kuuluu toiselle", "Koden tillhör en annan", "Code is another's"),
    "absent": Text("VTJ ei tunne", "BDS känner inte", "Unknown to VTJ"),
    "passive": Text("Passivoitu VTJ:ssä", "Passiverad i BDS", "Passive in VTJ"),
}
PartyArgument = Annotated[str, typer.Argument(metavar="ID", help="The customer's id, as search shows it.")]
ReasonOption = Annotated[str, typer.Option("--reason", prompt=True, help="Why; kept in the log with the permission.")]


@vtj.command()
def check(
    context: typer.Context,
    party: PartyArgument,
    reason: ReasonOption = "",
    take: Annotated[
        list[str] | None, typer.Option(help="An item to take at once, such as permanent_address; may be repeated.")
    ] = None,
    take_all: Annotated[bool, typer.Option("--take-all", help="Take everything that differs or is new.")] = False,
) -> None:
    """Ask VTJ of one customer and show the answer beside the card, field by field.

    Nothing is changed unless you say what to take; but a non-disclosure order that VTJ tells is taken at
    once. What you leave can be taken within the hour with `rekisteri vtj take`.
    """
    frame: Frame = context.obj
    with frame.acting() as acting:
        register = acting.register
        asker = wing.Asker(acting.viewer, acting.purpose, acting.case, reason)
        done = wing.run(register.door, register.vault, register.vtj_query(), register.rules, asker, as_id(party))
        items = [one.item for one in done.differences if one.choosable] if take_all else take or []
        if items:
            _take(acting, done.id, items, reason)
        codes = acting.organisation_codes()
        _tell(acting, done, codes, items)


@vtj.command()
def take(
    context: typer.Context,
    answer: Annotated[str, typer.Argument(metavar="CHECK", help="The check's id, as `vtj check` told it.")],
    items: Annotated[list[str], typer.Argument(help="Items to take, such as permanent_address surname.")],
    reason: ReasonOption = "",
) -> None:
    """Take values of a check made within the hour; they become VTJ's word of the customer."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        party_id = _take(acting, as_id(answer), items, reason)
    if acting.json:
        told_json({"customer": party_id, "taken": items})
    else:
        say(f"Taken from VTJ: {', '.join(items)}.", acting.language)


@vtj.command("check-many")
def check_many(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Why; kept in the log with the permission.")] = "",
    organisation: Annotated[str | None, typer.Option(help="Every followed customer of a client organisation.")] = None,
    take: Annotated[bool, typer.Option("--take", help="Take what differs, not only tell it.")] = False,
    anyway: Annotated[
        bool, typer.Option("--despite-anomaly", help="Go on though deaths, moves or renames are unlikely many.")
    ] = False,
    go_on: Annotated[
        str | None, typer.Option("--go-on", metavar="RUN", help="Go on with a check that stopped or was stopped.")
    ] = None,
) -> None:
    """Check many customers by the change interface's basic data: ids on standard input, or a client organisation's.

    The query interface is for one customer at a time; many are asked of only in this way, within the day's quota.
    The check stands in the register: what is left of it can go on later, here or in the browser.
    """
    frame: Frame = context.obj
    with frame.acting() as acting:
        following = _following(acting, anyway=anyway, reason=reason)
        if go_on is None:
            run_id = _ordered(acting, following, organisation, take=take)
        else:
            run_id = as_id(go_on)
            wing.let_go_on(following, run_id)
        with _steps() as told:
            wing.carry_on(replace(following, progress=told), run_id)
        with acting.read(Action.VTJ_WORK) as tx:
            done = wing.checked(tx, run_id)
            lines = wing.checked_lines(tx, run_id, UUID(int=0), LINES_MOST)
        _tell_checked(acting, done, lines)
    if done.run.state == "stopped":
        raise typer.Exit(Conflict.exit_code)


def _ordered(acting: Acting, following: wing.Following, organisation: str | None, *, take: bool) -> UUID:
    if organisation is None:
        return wing.order_check(following, [as_id(line.strip()) for line in sys.stdin if line.strip()], take=take)
    with acting.read(Action.ORGANISATION_READ) as tx:
        number = access.organisation(tx, organisation).id
    return wing.order_check(following, wing.chosen_of(following, number), take=take)


def _tell_checked(acting: Acting, done: wing.Checked, lines: list[wing.CheckedLine]) -> None:
    items = {f"{name}: {how}": count for name, how, count in done.items}
    if acting.json:
        told_json(
            {
                "run": done.run.id, "state": done.run.state, "told": done.run.told, "chosen": done.chosen,
                "outcomes": done.outcomes, "items": items, "changed": done.run.counts.get("changed", 0),
                "customers": {str(one.party_id): {"outcome": one.outcome, "items": one.items} for one in lines},
            }
        )  # fmt: skip
        return
    console, found = screen(), done.outcomes
    say(
        f"{done.chosen - done.waiting} of {done.chosen} asked, {found.get('same', 0)} the same, {found.get('differs', 0)} differ, "
        f"{found.get('absent', 0)} unknown to VTJ, {found.get('unreadable', 0)} not readable.",
        acting.language,
    )
    for name, count in items.items():
        console.print(f"  {name}: {count}", markup=False)
    if done.run.told:
        say(done.run.told, acting.language, style="bold red")
        say(f"To go on: rekisteri vtj check-many --go-on {done.run.id}", acting.language, style="dim")


@vtj.command()
def follow(
    context: typer.Context,
    resync: Annotated[bool, typer.Option("--resync", help="Read everybody's basic data anew.")] = False,
    anyway: Annotated[
        bool, typer.Option("--despite-anomaly", help="Go on though deaths, moves or renames are unlikely many.")
    ] = False,
) -> None:
    """Follow VTJ to the present moment: customers begun and ended, basic data of the new, changes of all.

    Run it at least daily, from a timer. It may be stopped at any moment: the next run goes on where it was.
    """
    frame: Frame = context.obj
    with frame.acting() as acting:
        with _steps() as told:
            following = replace(_following(acting, anyway=anyway), progress=told)
            report = wing.follow(following, wing.Kind.RESYNC if resync else wing.Kind.FOLLOW)
        counts = {name: count for name, count in report.tally.counts.items() if count}
        if acting.json:
            told_json(
                {"run": report.run_id, "counts": counts, "dropped": report.tally.dropped, "stopped": report.stopped}
            )
        else:
            console = screen()
            news = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            console.print(news or worded("Nothing new.", acting.language))
            for name, count in report.tally.dropped.most_common():
                say(f"  not kept: {name} {count}", acting.language, style="dim")
            if report.stopped:
                say(report.stopped, acting.language, style="bold red")
    if report.stopped:
        raise typer.Exit(Conflict.exit_code)


@vtj.command()
def status(context: typer.Context) -> None:
    """How VTJ's interfaces stand: who is followed, how fresh it is, what is stopped and why, the latest runs."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.VTJ_STATUS) as tx:
        stops, used, followed = wing.stops(tx), wing.used_today(tx), wing.counts(tx)
        polled, runs = wing.oldest_poll(tx), wing.runs(tx, 5)
    if acting.json:
        told_json(
            {
                "stops": telling.plain(stops, {}),
                "used_today": {one.interface: one.count for one in used},
                "followed": followed,
                "oldest_poll": polled,
                "runs": telling.plain(runs, {}),
            }
        )
        return
    for stop in stops:
        reason = worded(stop.reason, acting.language)
        say(f"{stop.interface}: stopped {telling.day(stop.stopped_at)}: {reason}", acting.language)
    for one in used:
        say(f"{one.interface}: {one.count} persons asked of today", acting.language)
    told = ", ".join(f"{count} {state}" for state, count in sorted(followed.items())) or worded(
        "nobody", acting.language
    )
    longest = telling.day(polled) or telling.heading("never", acting.language)
    say(f"followed: {told}; asked longest ago: {longest}", acting.language)
    for run in runs:
        counts = ", ".join(f"{name} {count}" for name, count in sorted(run.counts.items()) if count)
        screen().print(
            f"{telling.day(run.started_at)} {run.kind} {run.state}: {counts} {worded(run.told or '', acting.language)}",
            markup=False,
        )
    if not stops:
        say("Nothing is stopped.", acting.language)


@vtj.command()
def tasks(context: typer.Context) -> None:
    """What following leaves to a person: changes that do not hold, orders to look at, nobody to write to."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.VTJ_WORK) as tx:
        found, held = wing.tasks(tx, TASKS_MOST), wing.held_lines(tx, TASKS_MOST)
    if acting.json:
        told_json({"tasks": telling.plain(found, {}), "held": telling.plain(held, {})})
        return
    for one in found:
        kind = TASKS[one.kind].in_(acting.language)
        screen().print(f"{one.id}  {kind}  {one.name}  {one.party_id}", markup=False, highlight=False)
    for line in held:
        say(f"held: {line.count} of {line.name} {line.party_id}: {line.reason}", acting.language)
    if not found and not held:
        say("Nothing waits.", acting.language)


@vtj.command()
def done(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task's id, as `vtj tasks` told it.")],
    reason: ReasonOption = "",
) -> None:
    """Say that a task is done, and how."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.VTJ_DECIDE) as tx:
        closed = wing.close_task(tx, as_id(task), reason)
    if acting.json:
        told_json({"task": closed.id, "kind": closed.kind})
    else:
        screen().print(f"{TASKS[closed.kind].in_(acting.language)}: {closed.name}.", markup=False)


@vtj.command()
def release(
    context: typer.Context,
    parties: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Customers; everybody if left out.")
    ] = None,
) -> None:
    """Let changes that were kept apart go on, after whatever was wrong is mended; the next run reads the rest anew."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        count = wing.release(_following(acting), [as_id(one) for one in parties or []])
    if acting.json:
        told_json({"released": count})
    else:
        say(f"{count} released.", acting.language)


@vtj.command()
def resume(
    context: typer.Context, interface: Annotated[str, typer.Argument(help="query or changes.")] = "query"
) -> None:
    """Call an interface again that was stopped, after its fault is mended (a new password, say)."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.VTJ_RESUME) as tx:
        was = wing.resume(tx, interface)
    if acting.json:
        told_json({"interface": interface, "was_stopped": bool(was)})
    else:
        say(f"{interface}: called again." if was else f"{interface}: was not stopped.", acting.language)


def _following(acting: Acting, *, anyway: bool = False, reason: str | None = None) -> wing.Following:
    return acting.register.vtj_following(
        acting.viewer, lambda _step, _done: None, despite_anomaly=anyway, case=acting.case, reason=reason
    )


@contextmanager
def _steps() -> Iterator[wing.Progress]:
    """The steps of a run as they go, on standard error."""
    with Progress(
        TextColumn("{task.description}"),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
        console=aside(),
        transient=True,
    ) as bars:
        shown: dict[str, TaskID] = {}

        def told(step: str, count: int) -> None:
            if step not in shown:
                shown[step] = bars.add_task(step, total=None)
            bars.update(shown[step], completed=count)

        yield told


def _take(acting: Acting, answer_id: UUID, items: list[str], reason: str) -> UUID:
    with acting.write(Action.VTJ_APPLY) as tx:
        party_id = wing.apply(tx, acting.register.vault, acting.register.vtj_query(), answer_id, items, reason)
    return party_id


def _tell(acting: Acting, done: Check, codes: dict[int, str], taken: list[str]) -> None:
    language = acting.language
    if acting.json:
        told_json(telling.plain(done, codes) | {"taken": taken})
        return
    console = screen()
    state = telling.DISCLOSURE[done.card.turvakielto].in_(language)
    console.print(f"{done.card.name}   VTJ {done.code} {done.text}   {state}", style="bold", markup=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("", telling.heading("item", language), telling.heading("value", language), "VTJ"):
        table.add_column(heading, overflow="fold")
    table.add_column(telling.heading("source", language))
    for one in done.differences:
        ours, theirs = (
            "" if value is None else telling.value_text(one.item, value, language) for value in (one.ours, one.theirs)
        )
        said = one.said.saying if one.said is not None else None
        source = "" if said is None else codes.get(said.organisation_id or -1, SOURCES[said.source].in_(language))
        mark = COMPARISONS[one.comparison].in_(language) + ("" if one.wins else " *")
        table.add_row(mark, telling.label(one.item, language), ours, theirs, source)
    console.print(table)
    if not all(one.wins for one in done.differences):
        say("* somebody believed more has said it: VTJ's word would not show before that is withdrawn.", language)
    if done.hidden:
        say(f"VTJ keeps back: {', '.join(done.hidden)}", acting.language, style="yellow")
    for fault in done.faults:
        console.print(f"{fault.field}: {EXPLANATIONS[fault.reason].what.in_(language)}", style="yellow", markup=False)
    if taken:
        say(f"Taken from VTJ: {', '.join(taken)}.", acting.language)
    elif done.takeable:
        say(f"To take some: rekisteri vtj take {done.id} ITEM...", acting.language, style="dim")
