"""work: rows in doubt that wait for a person."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import parties, rights
from rekisteri.access import Action
from rekisteri.catalogue import EXPLANATIONS, Text
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, screen, told_json
from rekisteri.sources import organisations

_NOTHING = Text("Mikään ei odota.", "Inget väntar.", "Nothing waits.")
_DECIDED = Text("Ratkaistu", "Avgjort", "Decided")
_NO_CONFLICT = Text(
    "Mitään korjausta vastaan ei puhuta.", "Ingen rättelse motsägs.", "No correction is spoken against."
)

work = typer.Typer(no_args_is_help=True, help="Rows in doubt that wait for a person's decision.")


@work.command("list")
def list_work(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
) -> None:
    """What waits, the oldest first."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.WORK_READ) as tx:
            items = parties.work_list(tx, limit=limit)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(items, codes))
        return
    table = telling.headed("when", "numbers", "reason", "row", language=acting.language)
    table.add_column("id", no_wrap=True, style="dim")
    for item in items:
        table.add_row(
            telling.day(item.opened_at),
            Line(f"{codes[item.organisation_id]} {item.record_key}"),
            EXPLANATIONS[item.reason].what.in_(acting.language),
            str(item.row_no or ""),
            str(item.id),
        )
    screen().print(table if items else _NOTHING.in_(acting.language))


@work.command()
def show(
    context: typer.Context, item: Annotated[str, typer.Argument(metavar="ID", help="As `work list` shows it.")]
) -> None:
    """One item with its two sides: what the row says, and the customer it is compared with."""
    frame: Frame = context.obj
    work_id = as_id(item)
    with frame.acting() as acting:
        with acting.read(Action.WORK_READ) as tx:
            detail = parties.work_item(tx, acting.register.vault, work_id)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(detail, codes))
        return
    console, language = screen(), acting.language
    explanation = EXPLANATIONS[detail.item.reason]
    console.print(Line(f"{explanation.what.in_(language)}. {explanation.mend.in_(language)}.", style="bold"))
    table = telling.headed("item", "value", language=language)
    for name, value in detail.said.items():
        table.add_row(telling.label(name, language), Line(telling.value_text(name, value, language)))
    console.print(Line(f"{codes[detail.item.organisation_id]} {detail.item.record_key}", style="bold"))
    console.print(table)
    if detail.known is not None:
        telling.card(console, detail.known, codes, language)


@work.command()
def decide(
    context: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ID", help="As `work list` shows it.")],
    decision: Annotated[
        str,
        typer.Argument(help="linked: it is that customer; separate: another one; rejected: the row is not taken."),
    ],
    reason: Annotated[str, typer.Option("--reason", prompt=True, help="Why; kept with the decision.")],
) -> None:
    """Decide an item."""
    frame: Frame = context.obj
    work_id = as_id(item)
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        organisations.decide_work(tx, acting.register.vault, work_id, decision, reason=reason)
    if acting.json:
        told_json({"id": work_id, "decision": decision})
    else:
        screen().print(f"{_DECIDED.in_(acting.language)}: {decision}.")


@work.command()
def conflicts(context: typer.Context) -> None:
    """Corrections by hand that a source has spoken against, or agreed with, since."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.WORK_READ) as tx:
        found = rights.conflicts.clashes(tx)
    if frame.json:
        told_json(telling.plain(found, {}))
        return
    for one in found:
        screen().print(Line(f"{one.id}  {one.verdict.value:<7}  {one.item}  {one.name}  {one.source.value}"))
    if not found:
        screen().print(_NO_CONFLICT.in_(acting.language))


@work.command()
def settle(
    context: typer.Context,
    conflict: Annotated[str, typer.Argument(metavar="ID", help="As `work conflicts` shows it.")],
    decision: Annotated[
        rights.conflicts.Decision, typer.Option(help="Keep the correction, withdraw it, or tell the source.")
    ],
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")],
) -> None:
    """Decide of a correction that a source has spoken against."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        rights.conflicts.settle(tx, acting.register.vault, as_id(conflict), decision, reason)
    screen().print(f"{_DECIDED.in_(acting.language)}.")
