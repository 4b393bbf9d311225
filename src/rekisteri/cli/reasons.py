"""payers reasons: payment reasons with their channel policies."""

from __future__ import annotations

from typing import Annotated

import typer

from rekisteri import access, payers
from rekisteri.access import Action
from rekisteri.catalogue import Text
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_day, screen, told_json, worded
from rekisteri.payers import Channel, Households, LastResort

reasons = typer.Typer(no_args_is_help=True, help="Payment reasons (laskutusaihe) and their channel policies.")

Organisation = Annotated[str, typer.Option(help="A client organisation's code.")]
Code = Annotated[str, typer.Argument(help="The payment reason's code, as the banks know it.")]


@reasons.command("list")
def list_reasons(
    context: typer.Context,
    organisation: Annotated[str | None, typer.Option(help="A client organisation's code; else all.")] = None,
    on: Annotated[str | None, typer.Option(help="On that day, 2026-01-31; else today.")] = None,
) -> None:
    """Payment reasons in use."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.REASON_READ) as tx:
            wanted = None if organisation is None else [access.organisation(tx, organisation).id]
            found = payers.payment_reasons(tx, wanted, on=as_day(on, "--on"))
        codes = acting.organisation_codes()
    _tell(acting, found, codes)


@reasons.command("set")
def set_reason(
    context: typer.Context,
    code: Code,
    organisation: Organisation,
    fi: Annotated[str, typer.Option("--fi", help="Its name in Finnish.")],
    sv: Annotated[str, typer.Option("--sv", help="Its name in Swedish.")],
    en: Annotated[str, typer.Option("--en", help="Its name in English.")],
    channel: Annotated[list[Channel], typer.Option(help="A channel; given many times, in the order they are tried.")],
    last_resort: Annotated[LastResort | None, typer.Option(help="What is left when no channel will do.")] = None,
    households: Annotated[
        Households, typer.Option(help="Custodians in two households: a bill to every one, or to the child's.")
    ] = Households.EVERY,
    valid_from: Annotated[str | None, typer.Option("--from", help="From that day; else today.")] = None,
    valid_to: Annotated[str | None, typer.Option("--to", help="Until that day.")] = None,
) -> None:
    """Set a payment reason and its channel policy from a day on. What was before stays in history.

    \b
    rekisteri payers reasons set PAIVAHOITO --organisation kuusilahti --fi Varhaiskasvatus \\
      --sv Småbarnspedagogik --en "Early childhood education" \\
      --channel consumer_einvoice --channel direct_payment --channel mailbox --channel letter \\
      --last-resort by_hand
    """
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.write(Action.REASON_MANAGE) as tx:
            made = payers.set_reason(
                tx,
                access.organisation(tx, organisation).id,
                code,
                Text(fi, sv, en),
                payers.Policy(tuple(channel), last_resort, households),
                valid_from=as_day(valid_from, "--from"),
                valid_to=as_day(valid_to, "--to"),
            )
        _tell(acting, [made], {made.organisation_id: organisation})


@reasons.command("end")
def end_reason(
    context: typer.Context,
    code: Code,
    organisation: Organisation,
    from_on: Annotated[str | None, typer.Option("--from", help="From that day; else today.")] = None,
) -> None:
    """End a payment reason from a day on."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.REASON_MANAGE) as tx:
        payers.end_reason(tx, access.organisation(tx, organisation).id, code, from_on=as_day(from_on, "--from"))


def _tell(acting: Acting, found: list[payers.PaymentReason], codes: telling.Codes) -> None:
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    table = telling.headed(
        "organisation", "code", "name", "channels", "last_resort", "since", "until", language=acting.language
    )
    for one in found:
        table.add_row(
            codes[one.organisation_id],
            one.code,
            one.name.in_(acting.language),
            " > ".join(one.policy.channels),
            one.policy.last_resort or "-",
            telling.day(one.valid_from),
            telling.day(one.valid_to),
        )
    screen().print(table if found else worded("No payment reasons.", acting.language))
