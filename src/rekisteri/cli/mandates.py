"""bank mandate, bank creditor: SEPA direct debit mandates, whose they are, and the identifiers they are given to."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.text import Text as Line

from rekisteri import access
from rekisteri.access import Action
from rekisteri.cli import telling
from rekisteri.cli.bank_words import counted, said, state
from rekisteri.cli.banks import Id, Why, bank, done
from rekisteri.cli.frame import Frame, as_id, screen, told_json
from rekisteri.sources import banks

mandate = typer.Typer(no_args_is_help=True, help="SEPA direct debit mandates: look, match, reject.")
creditor = typer.Typer(no_args_is_help=True, help="Creditor identifiers that mandates are given to.")
bank.add_typer(mandate, name="mandate")
bank.add_typer(creditor, name="creditor")


@creditor.command("list")
def list_creditors(context: typer.Context) -> None:
    """Creditor identifiers with their payment reasons."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.BANK_READ) as tx:
            found = banks.creditors(tx)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    table = telling.headed("creditor", "organisation", "payment_reason", "answered", language=acting.language)
    for one in found:
        answered = telling.heading("yes" if one.answered else "no", acting.language)
        table.add_row(one.creditor_id, codes[one.organisation_id], Line(one.payment_reason), answered)
    screen().print(table if found else said("no_creditor", acting.language))


@creditor.command("set")
def set_creditor(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(help="SEPA creditor identifier (AT-02).")],
    organisation: Annotated[str, typer.Option(help="The client organisation's code.")],
    reason: Annotated[str, typer.Option(help="The payment reason whose bills are collected.")],
    answered: Annotated[
        bool, typer.Option("--answered", help="Its bank accepts mandates (pain.012): before that none is in force.")
    ] = False,
) -> None:
    """Say whose a creditor identifier is, or change it; mandates that waited for it are taken at once."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.BANK_IMPORT) as tx:
        number = access.organisation(tx, organisation).id
        settled = banks.set_creditor(tx, acting.register.vault, number, identifier, reason, answered=answered)
    count = len(settled.mandates)
    told = counted("mandates", count, acting.language)
    done(acting, said("creditor", acting.language, organisation=organisation, mandates=told), {"mandates": count})


@mandate.command("list")
def list_mandates(
    context: typer.Context,
    held: Annotated[bool, typer.Option("--held", help="Only those that wait for a person.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
) -> None:
    """Mandates, the newest first, and messages that no mandate has."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.BANK_READ) as tx:
            found = banks.mandates(tx, held=held, limit=limit)
            aside = banks.aside(tx, limit=limit)
        codes = acting.organisation_codes()
    if acting.json:
        told_json({"mandates": telling.plain(found, codes), "aside": telling.plain(aside, codes)})
        return
    language = acting.language
    table = telling.headed("message", "organisation", "state", "name", "reason", language=language)
    table.add_column("id", no_wrap=True, style="dim")
    for one in found:
        why = banks.EXPLANATIONS[one.hold].what.in_(language) if one.hold else ""
        table.add_row(
            Line(one.reference),
            codes[one.organisation_id],
            state(one.state, language),
            Line(one.name or ""),
            why,
            str(one.id),
        )
    for word in aside:
        why = banks.EXPLANATIONS[word.hold].what.in_(language)
        table.add_row(
            Line(word.reference or word.original_message_id), "", state(word.kind, language), "", why, str(word.id)
        )
    screen().print(table if found or aside else said("no_mandate", language))


@mandate.command("show")
def show(context: typer.Context, item: Id) -> None:
    """One mandate: its terms, its messages, and whom it may be of."""
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.read(Action.BANK_READ) as tx:
            found = banks.mandate(tx, acting.register.vault, as_id(item))
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(found, codes))
        return
    console, language, line = screen(), acting.language, found.line
    console.print(
        Line(f"{line.reference}  {line.creditor_id}  {state(line.state, language)}  {line.name or ''}", style="bold")
    )
    if line.hold is not None:
        told = banks.EXPLANATIONS[line.hold]
        console.print(Line(f"{told.what.in_(language)}. {told.mend.in_(language)}."))
    given = ", ".join(f"{what} {text}" for what, text in found.identifiers)
    console.print(Line(f"{found.debtor}  {given}  {found.account} {found.bank}"))
    table = telling.headed("when", "what", "message", "reason", language=language)
    for word in found.words:
        answer = "" if word.accepted is None else f" {telling.heading('yes' if word.accepted else 'no', language)}"
        table.add_row(
            telling.day(word.created_at),
            f"{state(word.kind, language)}{answer}",
            Line(word.message_id),
            Line(word.reason),
        )
    console.print(table)
    for one in found.candidates:
        fors = ", ".join(banks.EVIDENCE[code].in_(language) for code in one.fors)
        againsts = ", ".join(banks.AGAINSTS[code].in_(language) for code in one.againsts)
        console.print(Line(f"{one.party_id}  {one.name}  + {fors}  - {againsts}"))


@mandate.command("match")
def match(
    context: typer.Context,
    item: Id,
    customer: Annotated[str, typer.Argument(help="The customer's id, from `bank mandate show` or `search`.")],
    reason: Why,
) -> None:
    """The mandate is this customer's: it comes in force."""
    _decide(context, item, "matched", reason, as_id(customer))


@mandate.command("retry")
def retry(context: typer.Context, item: Id, reason: Why) -> None:
    """The cause is mended: the payer is sought again."""
    _decide(context, item, "retried", reason)


@mandate.command("reject")
def reject(context: typer.Context, item: Id, reason: Why) -> None:
    """Nothing is collected by the mandate; of a message that no mandate has, it is set aside for good."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.WORK_DECIDE) as tx:
        if any(one.id == as_id(item) for one in banks.aside(tx)):
            banks.reject_word(tx, as_id(item), reason=reason)
        else:
            banks.decide_mandate(tx, acting.register.vault, as_id(item), "rejected", reason=reason)
    done(acting, said("rejected", acting.language), {"id": item, "decision": "rejected"})


def _decide(context: typer.Context, item: str, decision: str, reason: str, party_id: UUID | None = None) -> None:
    frame: Frame = context.obj
    with frame.acting() as acting:
        with acting.write(Action.WORK_DECIDE) as tx:
            banks.decide_mandate(tx, acting.register.vault, as_id(item), decision, reason=reason, party_id=party_id)
        with acting.read(Action.BANK_READ) as tx:
            left = banks.mandate(tx, acting.register.vault, as_id(item)).line
    stands, outcome = state(left.state, acting.language), banks.OUTCOMES[left.outcome].in_(acting.language)
    told = said("mandate_is", acting.language, state=stands, outcome=outcome)
    done(acting, told, {"id": item, "decision": decision, "outcome": left.outcome})
