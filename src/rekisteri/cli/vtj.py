"""vtj: check a customer against the Population Information System, and how its interfaces stand."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from rekisteri.access import Action
from rekisteri.catalogue import EXPLANATIONS, SOURCES, Text
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, screen, told_json
from rekisteri.ground.errors import Rejected
from rekisteri.sources import vtj as wing
from rekisteri.sources.vtj import Check, Comparison

vtj = typer.Typer(help="The Population Information System: check a customer, and how the interfaces stand.")

COMPARISONS = {
    Comparison.SAME: Text("sama", "samma", "same"),
    Comparison.DIFFERS: Text("eri", "olika", "differs"),
    Comparison.NEW: Text("uusi", "ny", "new"),
    Comparison.GONE: Text("ei VTJ:ssä", "finns inte i BDS", "not in VTJ"),
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
        done = wing.run(register.door, register.vault, register.vtj_query(), register.rules, asker, _id(party))
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
        party_id = _take(acting, _id(answer), items, reason)
    if acting.json:
        told_json({"customer": party_id, "taken": items})
    else:
        screen().print(f"Taken from VTJ: {', '.join(items)}.", markup=False)


@vtj.command()
def status(context: typer.Context) -> None:
    """How VTJ's interfaces stand: what is stopped and why, and how much was asked today."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.VTJ_STATUS) as tx:
        stops, used = wing.stops(tx), wing.used_today(tx)
    if acting.json:
        told_json({"stops": telling.plain(stops, {}), "used_today": {one.interface: one.count for one in used}})
        return
    for stop in stops:
        screen().print(f"{stop.interface}: stopped {telling.day(stop.stopped_at)}: {stop.reason}", markup=False)
    for one in used:
        screen().print(f"{one.interface}: {one.count} persons asked of today", markup=False)
    if not stops:
        screen().print("Nothing is stopped.")


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
        screen().print(f"{interface}: {'called again' if was else 'was not stopped'}.", markup=False)


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
        console.print("* somebody believed more has said it: VTJ's word would not show before that is withdrawn.")
    if done.hidden:
        console.print(f"VTJ keeps back: {', '.join(done.hidden)}", style="yellow", markup=False)
    for fault in done.faults:
        console.print(f"{fault.field}: {EXPLANATIONS[fault.reason].what.in_(language)}", style="yellow", markup=False)
    if taken:
        console.print(f"Taken from VTJ: {', '.join(taken)}.", markup=False)
    elif done.takeable:
        console.print(f"To take some: rekisteri vtj take {done.id} ITEM...", style="dim", markup=False)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Rejected("That is no id; `rekisteri search` and `rekisteri vtj check` show them.") from None
