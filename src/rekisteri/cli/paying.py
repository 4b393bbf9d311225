"""payers: who pays, one by one and by the batch; receipts; what invoicing and collection tell back."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.text import Text as Line

from rekisteri import access, payers
from rekisteri.access import Action
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_day, as_id, as_moment, asked, say, screen, told_json, worded
from rekisteri.cli.imports import watching
from rekisteri.cli.reasons import reasons
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected
from rekisteri.payers import By, Channel, Receipt, Report, ReportKind

paying = typer.Typer(no_args_is_help=True, help="Who pays, at which address, by which channel, and may we.")
receipts = typer.Typer(no_args_is_help=True, help="Receipts: the answer as it was given, proved.")
tasks = typer.Typer(no_args_is_help=True, help="What somebody must do before bills reach a payer again.")
paying.add_typer(reasons, name="reasons")
paying.add_typer(receipts, name="receipt")
paying.add_typer(tasks, name="tasks")

OrganisationOption = Annotated[str, typer.Option(help="The client organisation's code.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="The payment reason's code.")]
NumberOption = Annotated[str | None, typer.Option("--number", help="The organisation's own customer number.")]
YtunnusOption = Annotated[str | None, typer.Option("--ytunnus", help="The customer's business ID.")]
ForeignOption = Annotated[str | None, typer.Option("--foreign-id", help="The customer's foreign identifier.")]
PartyOption = Annotated[str | None, typer.Option("--party", help="The customer's id in the register.")]
HetuOption = Annotated[bool, typer.Option("--hetu", help="By identity code, which is asked for.")]
ReceiptId = Annotated[str, typer.Argument(metavar="ID", help="The receipt's id.")]


@paying.command("resolve")
def resolve(
    context: typer.Context,
    organisation: OrganisationOption,
    reason: ReasonOption,
    number: NumberOption = None,
    ytunnus: YtunnusOption = None,
    foreign_id: ForeignOption = None,
    party: PartyOption = None,
    hetu: HetuOption = False,
    on: Annotated[str | None, typer.Option(help="The day of the bill, 2026-01-31; else today.")] = None,
    known_at: Annotated[str | None, typer.Option("--known-at", help="As known at that moment; else now.")] = None,
) -> None:
    """Who pays the customer's bill, where it goes and how, whether we may bill and collect; in words, with a receipt.

    \b
    rekisteri payers resolve --organisation kuusilahti --reason PAIVAHOITO --number 100001
    rekisteri payers resolve --organisation kuusilahti --reason PAIVAHOITO --number 100001 --on 2026-03-31 --json
    """
    frame: Frame = context.obj
    by, identifier = _named(frame.spoken, number, ytunnus, foreign_id, party, hetu=hetu)
    day, moment = as_day(on, "--on"), as_moment(known_at, "--known-at")
    with frame.acting() as acting:
        with acting.write(Action.PAYER_RESOLVE) as tx:
            asked_of = access.organisation(tx, organisation).id
            question = payers.Question(by, identifier, asked_of, reason, day, moment)
            found = payers.resolve(tx, acting.register.office, question)
        _tell(acting, found.receipt, found.body)


@paying.command("bulk")
def bulk(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="NDJSON, or CSV with a heading.")
    ],
    organisation: OrganisationOption,
    reason: ReasonOption,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the answers here; else to the screen.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="The day of the bills; else today.")] = None,
) -> None:
    """Who pays, for every line of a file: a JSON line out for each line in, in order, in one act.

    A line names its customer by one of hetu, ytunnus, foreign_id, customer_number, party, and may name a
    payment_reason and a day (on) of its own. A line without an answer gets its problem and the rest go on.

    \b
    rekisteri payers bulk customers.csv --organisation kuusilahti --reason PAIVAHOITO --out answers.ndjson
    """
    frame: Frame = context.obj
    day = as_day(on, "--on")
    with frame.acting() as acting, payers.spool(acting.register.settings.home / "incoming") as spool:
        register, language = acting.register, acting.language
        with (
            file.open("rb") as source,
            watching(file.name, None) as progress,
            acting.write(Action.PAYER_BATCH) as tx,
        ):
            usual = payers.Usual(access.organisation(tx, organisation).id, reason, day)
            batch = payers.bulk(
                tx, register.office, source, usual, spool, language=language, progress=progress, crew=register.crew
            )
        _deliver(spool, out)
    sys.stderr.write(f"{batch.answered} answered, {batch.problems} with a problem\n")


def _deliver(spool: payers.Spool, out: Path | None) -> None:
    if out is None:
        for piece in spool.pieces():
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    with out.open("wb") as sink:
        out.chmod(0o600)
        for piece in spool.pieces():
            sink.write(piece)


@receipts.command("show")
def show_receipt(
    context: typer.Context,
    receipt: ReceiptId,
    covered: Annotated[
        bool, typer.Option("--covered", help="Also where a non-disclosure order has come on since; maintainers alone.")
    ] = False,
) -> None:
    """The answer a receipt is of, as it was given: in words, or with --json byte for byte."""
    frame: Frame = context.obj
    action = Action.PAYER_RECEIPT_COVERED if covered else Action.PAYER_RECEIPT
    with frame.acting() as acting:
        with acting.read(action) as tx:
            kept = payers.show(tx, acting.register.vault, as_id(receipt))
        _tell(acting, kept.receipt, kept.body)


@receipts.command("verify")
def verify_receipt(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Receipt and answer, as given.")
    ],
) -> None:
    """Whether a receipt is the register's own for the very answer it came with: one JSON object, or a line each.

    Exit code 0 when every one is, 2 when any is not.
    """
    frame: Frame = context.obj
    with frame.acting() as acting:
        lines = [line for line in file.read_bytes().splitlines() if line.strip()]
        given = [payers.given(line) for line in lines]
        with acting.read(Action.PAYER_RECEIPT) as tx:
            wrong = [
                place for place, one in enumerate(given, 1) if one is None or not payers.verify(tx, one[0], one[1])
            ]
    if wrong:
        raise Rejected(f"{len(wrong)} of {len(given)} are not proved; the first is line {wrong[0]}.")
    say(f"{len(given)} proved", frame.spoken)


@receipts.command("keys")
def keys(context: typer.Context) -> None:
    """Every public key receipts were ever signed with, for proving them elsewhere."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.PAYER_RECEIPT) as tx:
            found = payers.public_keys(tx)
        if acting.json:
            told_json([{"id": one.id, "public": one.public.hex(), "since_at": one.since_at} for one in found])
            return
        for one in found:
            screen().print(f"{one.id}  {one.public.hex()}  {one.since_at.date()}", highlight=False)


@paying.command("report")
def report(
    context: typer.Context,
    kind: Annotated[ReportKind, typer.Argument(help="What is told.")],
    organisation: OrganisationOption,
    number: NumberOption = None,
    ytunnus: YtunnusOption = None,
    foreign_id: ForeignOption = None,
    party: PartyOption = None,
    hetu: HetuOption = False,
    receipt: Annotated[str | None, typer.Option(help="The receipt of the answer that was acted on.")] = None,
    delivery: Annotated[int, typer.Option(help="Which bill of that answer, from 0.")] = 0,
    on: Annotated[str | None, typer.Option(help="The day it happened or begins; else today.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day it holds.")] = None,
    reference: Annotated[str | None, typer.Option(help="The claim's in your own ledger; told to nobody else.")] = None,
    reason: Annotated[str | None, typer.Option(help="Of a stop: its code, such as ban.")] = None,
    cause: Annotated[str | None, typer.Option(help="Of returned mail: its code, such as moved.")] = None,
    channel: Annotated[Channel | None, typer.Option(help="The channel that refused.")] = None,
    street: Annotated[str | None, typer.Option(help="Of the address the mail came back from.")] = None,
    postcode: Annotated[str | None, typer.Option()] = None,
    town: Annotated[str | None, typer.Option()] = None,
    country: Annotated[str | None, typer.Option()] = None,
    address: Annotated[str | None, typer.Option(help="The electronic address that refused.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key; the same again changes nothing.")] = None,
) -> None:
    """Tell back: mail returned, channel refused, wrong person, dispute, payment plan, stop set or lifted.

    \b
    rekisteri payers report mail_returned --organisation kuusilahti --receipt ID --cause moved
    rekisteri payers report dispute_opened --organisation kuusilahti --number 100001 --reference 2026-117
    rekisteri payers report dispute_closed --organisation kuusilahti --number 100001 --reference 2026-117
    """
    frame: Frame = context.obj
    day = as_day(on, "--on") or clock.day(clock.now())
    named = (None, "") if receipt else _named(frame.spoken, number, ytunnus, foreign_id, party, hetu=hetu)
    parts = {"street": street, "postcode": postcode, "town": town, "country": country, "address": address}
    with frame.acting() as acting, acting.write(Action.PAYER_REPORT) as tx:
        told = Report(
            kind=kind,
            organisation_id=access.organisation(tx, organisation).id,
            on=day,
            by=named[0],
            identifier=named[1],
            receipt=as_id(receipt) if receipt else None,
            delivery=delivery,
            address={name: text for name, text in parts.items() if text} or None,
            channel=channel,
            cause=cause,
            reference=reference,
            reason=reason,
            until=as_day(until, "--until"),
        )
        made = payers.report(tx, acting.register.office, told, key or _key_of(told, day))
    if acting.json:
        told_json({"id": made.id, "customer": made.party_id, "new": made.new, "task": made.task})
        return
    say("It is told." if made.new else "It had been told before; nothing changed.", acting.language)


@tasks.command("list")
def list_tasks(context: typer.Context) -> None:
    """Open tasks, the oldest first."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.WORK_READ) as tx:
            found = payers.tasks(tx, limit=200)
        codes = acting.organisation_codes()
        if acting.json:
            told_json(
                [
                    {
                        "id": one.id,
                        "kind": one.kind,
                        "organisation": codes[one.organisation_id],
                        "customer": one.party_id,
                    }
                    for one in found
                ]
            )
            return
        table = telling.headed("task", "kind", "organisation", "customer", language=acting.language)
        for one in found:
            table.add_row(str(one.id), one.kind, codes[one.organisation_id], Line(one.name))
        screen().print(table if found else worded("No open tasks.", acting.language))


@tasks.command("settle")
def settle(
    context: typer.Context,
    task: Annotated[str, typer.Argument(metavar="ID", help="The task's id.")],
    settlement: Annotated[str, typer.Option("--how", help="How it was settled; kept.")],
) -> None:
    """Write down that a task is done, and how."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        payers.settle(tx, as_id(task), settlement)


def _named(
    spoken: str, number: str | None, ytunnus: str | None, foreign_id: str | None, party: str | None, *, hetu: bool
) -> tuple[By, str]:
    given = [
        (by, value)
        for by, value in (
            (By.CUSTOMER_NUMBER, number),
            (By.YTUNNUS, ytunnus),
            (By.FOREIGN_ID, foreign_id),
            (By.PARTY, party),
            (By.HETU, asked(worded("Personal identity code", spoken), hidden=True) if hetu else None),
        )
        if value is not None
    ]
    if len(given) != 1:
        raise Rejected("Name the customer by exactly one of --number, --ytunnus, --foreign-id, --party, --hetu.")
    by, value = given[0]
    identifier = payers.checked(by, value)
    if identifier is None:
        raise Rejected("The identifier is not valid; check it with the customer.", field=by.value)
    return by, identifier


def _key_of(told: Report, day: date) -> str:
    """The same thing told again on the same day is the same report."""
    whom = told.receipt or f"{told.by} {told.identifier}"
    return f"cli {told.kind} {day} {whom} {told.reference or ''} {told.delivery}"


def _tell(acting: Acting, receipt: Receipt, body: bytes) -> None:
    if acting.json:
        sys.stdout.buffer.write(payers.whole(receipt, body) + b"\n")
        return
    console = screen()
    for chapter in payers.explain(body, acting.language):
        console.print(Line(chapter.heading, style="bold"))
        for sentence in chapter.sentences:
            console.print(Line(f"  {sentence}"))
    day = orjson.loads(body)["on"]
    say(f"{day}   receipt {receipt.id}", acting.language, style="dim")
