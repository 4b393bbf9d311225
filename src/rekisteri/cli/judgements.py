"""merge, unmerge, split, records: which records are one customer, judged on a terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import matching, parties
from rekisteri.access import Action
from rekisteri.catalogue import SOURCES
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, say, screen, told_json

PartyArgument = Annotated[str, typer.Argument(metavar="ID", help="The customer's id, as search shows it.")]
ReasonOption = Annotated[str, typer.Option("--reason", prompt=True, help="Why; kept with the judgement.")]


def records(context: typer.Context, party: PartyArgument) -> None:
    """The records a customer is made of, and the merges that can be undone."""
    frame: Frame = context.obj
    party_id = as_id(party)
    with frame.acting() as acting:
        with acting.read(Action.CUSTOMER_MERGE) as tx:
            found = parties.records_of(tx, party_id)
            merges = matching.merges(tx, party_id)
            tx.saw(party_id)
        codes = acting.organisation_codes()
    if acting.json:
        told_json({"records": telling.plain(found, codes), "merges": telling.plain(merges, codes)})
        return
    console, language = screen(), acting.language
    came = {record_id: one for one in merges for record_id in one.record_ids}
    for one in found:
        who = SOURCES[one.source].in_(language) if one.organisation_id is None else codes[one.organisation_id]
        line = Line(f"{one.record_id}  {who} {one.key}")
        if (merge_ := came.get(one.record_id)) is not None:
            line.append(f"  merged {telling.day(merge_.at)} from {merge_.former_id}", style="dim")
        console.print(line)


def merge(
    context: typer.Context,
    party: PartyArgument,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The customer that is the same one.")],
    reason: ReasonOption = "",
    despite_codes: Annotated[
        bool, typer.Option("--despite-codes", help="Their identity codes differ, and that is known.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the card there would be; change nothing.")] = False,
) -> None:
    """Judge two customers to be one. ID stays; OTHER goes on leading to it. `unmerge` undoes it at any time."""
    frame: Frame = context.obj
    party_id, other_id = as_id(party), as_id(other)
    with frame.acting() as acting:
        vault = acting.register.vault
        with acting.write(Action.CUSTOMER_MERGE) as tx:
            if dry_run:
                tx.note(dry_run=True)
                with tx.rehearsal():
                    kept = matching.merge(tx, vault, party_id, other_id, reason=reason, despite_codes=despite_codes)
                    card = parties.card(tx, vault, kept)
            else:
                kept = matching.merge(tx, vault, party_id, other_id, reason=reason, despite_codes=despite_codes)
                card = parties.card(tx, vault, kept)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(card, codes))
        return
    telling.card(screen(), card, codes, acting.language)
    say("Nothing was changed." if dry_run else f"Merged into {kept}.", acting.language, style="bold")


def unmerge(
    context: typer.Context,
    party: PartyArgument,
    former: Annotated[str, typer.Argument(metavar="FORMER", help="The customer that was merged, as `records` shows.")],
    reason: ReasonOption = "",
) -> None:
    """Undo a merge: the records it moved go back, with all that was said of them since."""
    frame: Frame = context.obj
    party_id, former_id = as_id(party), as_id(former)
    with frame.acting() as acting, acting.write(Action.CUSTOMER_MERGE) as tx:
        matching.undo(tx, acting.register.vault, party_id, former_id, reason=reason)
    if acting.json:
        told_json({"id": former_id, "done": "unmerged"})
    else:
        say(f"Customer {former_id} stands again.", acting.language)


def split(
    context: typer.Context,
    party: PartyArgument,
    chosen: Annotated[list[str], typer.Argument(metavar="RECORD...", help="Records, as `records` shows them.")],
    reason: ReasonOption = "",
) -> None:
    """Judge some of a customer's records to be another customer's, a new one."""
    frame: Frame = context.obj
    party_id, wanted = as_id(party), [as_id(one) for one in chosen]
    with frame.acting() as acting, acting.write(Action.CUSTOMER_MERGE) as tx:
        fresh = matching.split(tx, acting.register.vault, party_id, wanted, reason=reason)
    if acting.json:
        told_json({"id": fresh, "done": "split"})
    else:
        say(f"They are customer {fresh} now.", acting.language)
