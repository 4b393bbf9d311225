"""bank orders, suspend, resume, forget: why orders are as they are, what pauses them, and when it is all forgotten."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME
from rekisteri.cli import telling
from rekisteri.cli.bank_words import counted, said
from rekisteri.cli.banks import Why, bank, done
from rekisteri.cli.frame import Frame, as_id, screen, told_json
from rekisteri.ground.clock import day
from rekisteri.sources import banks

_ORDER_KINDS = BY_NAME["bank_order"].part("kind").kind.codes


@bank.command()
def orders(
    context: typer.Context, customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")]
) -> None:
    """Why a customer's orders are as they are: the messages they follow from, the newest first, and by which rule."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.BANK_READ) as tx:
            found = banks.customer_messages(tx, as_id(customer))
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    table = telling.headed("when", "organisation", "payment_reason", "bank", "reason", language=acting.language)
    table.add_column(telling.heading("order", acting.language), no_wrap=True, style="dim")
    for one in found:
        what = f"{banks.ACTIONS[one.action].in_(acting.language)}: {_ORDER_KINDS[one.kind].in_(acting.language)}"
        why = banks.told_rule(one.rule, one.evidence, acting.language)
        table.add_row(
            telling.day(one.said_at), codes[one.organisation_id], Line(one.payment_reason), one.operator,
            f"{what}\n{why}", str(one.record_id),
        )  # fmt: skip
    screen().print(table if found else said("no_order", acting.language))


@bank.command()
def suspend(
    context: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The order's id, from `bank orders`.")],
    reason: Why,
) -> None:
    """Invoices can't be brought to an order's address: they go otherwise until the payer says something new."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        banks.suspend(tx, acting.register.vault, as_id(order), reason=reason)
    done(acting, said("paused", acting.language), {"order": order, "paused": True})


@bank.command()
def resume(
    context: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The order's id, from `bank orders`.")],
    reason: Why,
) -> None:
    """Lift the pause of an order, set by an officer or by a bank's answer to an invoice."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        banks.resume(tx, acting.register.vault, as_id(order), reason=reason)
    done(acting, said("in_force", acting.language), {"order": order, "paused": False})


@bank.command()
def forget(context: typer.Context) -> None:
    """Forget what banks told, when the time the catalogue keeps it is up; for a nightly timer.

    What an order in force rests on stays. The keys it was sealed with are cut out by `keys forget`.
    """
    frame: Frame = context.obj
    counts: Counter[str] = Counter()
    more = True
    with frame.operating() as acting:
        while more:
            with acting.write(Action.BANK_FORGET) as tx:
                found = banks.forget(tx, day(tx.at))
            more = found.more
            counts.update({name: count for name, count in asdict(found).items() if name != "more"})
    things = {name: "forgotten_files" if name == "files" else name for name in counts}
    told = ", ".join(counted(things[name], count, acting.language) for name, count in counts.items())
    done(acting, said("forgotten", acting.language, told=told), dict(counts))
