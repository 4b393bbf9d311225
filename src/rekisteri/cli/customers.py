"""search, show, history, correct, create: customers on a terminal."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
import typer

from rekisteri import access, parties
from rekisteri.access import Action, Read
from rekisteri.catalogue import BY_NAME, BY_PATH, EXPLANATIONS, Text, find_path
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_day, as_id, as_moment, asked, screen, told_json, worded
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected
from rekisteri.sources import organisations

_NOBODY = Text(
    "Ketään ei löytynyt niistä, jotka saat nähdä.", "Ingen hittades bland dem du får se.",
    "Nobody found among those you may see.",
)  # fmt: skip
_MORE = Text(
    "Lisääkin on: lisää hakusana tai pyydä enemmän valinnalla --limit.",
    "Det finns fler: lägg till ett ord eller be om fler med --limit.",
    "There are more: add a word, or ask for more with --limit.",
)
_DONE = {
    "corrected": Text("korjattu", "rättad", "corrected"),
    "withdrawn": Text("korjaus peruttu", "rättelsen återtagen", "withdrawn"),
}
_NEW = Text("uusi asiakas", "ny kund", "new customer")
_KNOWN = Text("ennestään tunnettu asiakas", "redan känd kund", "known customer")

PartyArgument = Annotated[str, typer.Argument(metavar="ID", help="The customer's id, as search shows it.")]


def search(
    context: typer.Context,
    text: Annotated[
        list[str] | None,
        typer.Argument(help="Name, address, customer number, telephone, birth date… Asked for if left out."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 10,
) -> None:
    """Find customers by anything; typing errors are forgiven.

    An identity code is never typed here: run `rekisteri search` without a text and it is asked for.
    """
    frame: Frame = context.obj
    wanted = " ".join(text) if text else asked(worded("Search", frame.spoken))
    with frame.acting() as acting:
        with acting.read(Action.CUSTOMER_SEARCH) as tx:
            page = parties.search(tx, acting.register.vault, wanted, limit=limit)
        codes = acting.organisation_codes()
    if acting.json:
        told = telling.plain(page, codes)
        for hit in told["hits"]:
            hit["customerships"] = [
                {"organisation": codes[number], "customer_number": key} for number, key in hit["customerships"]
            ]
        told_json(told)
        return
    console = screen()
    if not page.hits:
        console.print(_NOBODY.in_(acting.language))
        return
    telling.hits(console, page, codes, acting.language)
    if page.capped or page.cursor:
        console.print(_MORE.in_(acting.language), style="dim")


def show(
    context: typer.Context,
    party: Annotated[str | None, typer.Argument(metavar="[ID]", help="The customer's id.")] = None,
    hetu: Annotated[bool, typer.Option("--hetu", help="By identity code: it is asked for.")] = False,
    ytunnus: Annotated[str | None, typer.Option(help="By business ID.")] = None,
    customer_number: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="ORGANISATION NUMBER", help="By an organisation's own customer number."),
    ] = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="As of a day in the world, 2026-01-31.")] = None,
    known_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="As known at a moment, 2026-01-31T12:00.")
    ] = None,
    unmask: Annotated[bool, typer.Option("--unmask", help="The identity code in full; logged.")] = False,
    protected: Annotated[bool, typer.Option("--protected", help="What a non-disclosure order covers; logged.")] = False,
) -> None:
    """Show a customer's card: each value with its source, and what is withheld and why."""
    frame: Frame = context.obj
    if sum((party is not None, hetu, ytunnus is not None, customer_number is not None)) != 1:
        raise Rejected("Name the customer in one way: ID, --hetu, --ytunnus or --customer-number.")
    day, moment = as_day(on, "--on"), as_moment(known_at, "--known-at")
    code = asked(worded("Personal identity code", frame.spoken), hidden=True) if hetu else None
    with frame.acting() as acting:
        vault = acting.register.vault
        earlier = day is not None or moment is not None
        with acting.read(Action.CUSTOMER_HISTORY if earlier else Action.CUSTOMER_READ) as tx:
            party_id = as_id(party) if party else _looked_up(acting, tx, code, ytunnus, customer_number)
            card = parties.card(tx, vault, party_id, on=day, known_at=moment)
        codes = acting.organisation_codes()
        full, covered = None, None
        if unmask:
            with acting.read(Action.CUSTOMER_UNMASK) as tx:
                full = parties.unmask(tx, vault, party_id)
        if protected:
            with acting.read(Action.CUSTOMER_PROTECTED) as tx:
                covered = parties.protected(tx, vault, party_id)
    if acting.json:
        told = telling.plain(card, codes)
        told |= {"hetu": full} if full is not None else {}
        told |= {"protected": telling.plain(covered, codes)} if covered is not None else {}
        told_json(told)
        return
    console = screen()
    telling.card(console, card, codes, acting.language)
    if full is not None:
        console.print(f"{BY_NAME['hetu'].label.in_(acting.language)}: {full}", style="bold", highlight=False)
    if covered is not None:
        telling.values(console, covered, codes, acting.language)


def history(context: typer.Context, party: PartyArgument) -> None:
    """What happened to a customer's data: what changed, by whom, from which file and row."""
    frame: Frame = context.obj
    party_id = as_id(party)
    with frame.acting() as acting:
        with acting.read(Action.CUSTOMER_HISTORY) as tx:
            entries = parties.history(tx, acting.register.vault, party_id)
        codes = acting.organisation_codes()
    if acting.json:
        told_json(telling.plain(entries, codes))
    else:
        telling.history(screen(), entries, codes, acting.language)


def correct(
    context: typer.Context,
    party: PartyArgument,
    item: Annotated[str, typer.Argument(help="The item, such as surname or permanent_address.")],
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VALUE | PART=VALUE]...", help="street='Mallikuja 1' postcode=00100. Asked for if left out."
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", prompt=True, help="Why; kept in the history.")] = "",
    evidence: Annotated[str | None, typer.Option(help="What it rests on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The day it ends, if it does.")] = None,
    version: Annotated[int | None, typer.Option(help="Refuse if the card has changed since.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the correction back.")] = False,
) -> None:
    """Correct one item by hand; the sources' words stay in history and can speak again."""
    frame: Frame = context.obj
    party_id, end = as_id(party), as_day(until, "--until")
    parts = {} if withdraw else _parts(item, values or [], frame.spoken)
    with frame.acting() as acting:
        vault = acting.register.vault
        with acting.write(Action.CUSTOMER_CORRECT) as tx:
            if withdraw:
                parties.withdraw(tx, vault, party_id, item, reason=reason)
            else:
                parties.correct(
                    tx,
                    vault,
                    party_id,
                    item,
                    parts,
                    rules=acting.register.rules(clock.day(tx.at)),
                    reason=reason,
                    evidence=evidence,
                    until=end,
                    version=version,
                )
    done = "withdrawn" if withdraw else "corrected"
    if acting.json:
        told_json({"party_id": party_id, "item": item, "done": done})
    else:
        said = _DONE[done].in_(acting.language)
        screen().print(f"{BY_NAME[item].label.in_(acting.language)}: {said}.", markup=False)


def create(
    context: typer.Context,
    organisation: Annotated[str, typer.Option(help="Code of the client organisation.")],
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH=VALUE...", help="surname=Mallikas first_names=Maija permanent_address.town=…"),
    ] = None,
    customer_number: Annotated[
        str | None, typer.Option(help="The organisation's number; else a provisional one is given.")
    ] = None,
    hetu: Annotated[bool, typer.Option("--hetu", help="With an identity code: it is asked for.")] = False,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read a JSON object of paths and values from standard input.")
    ] = False,
) -> None:
    """Bring in a customer by hand. A known identity code leads to the customer who is there."""
    frame: Frame = context.obj
    parts = _pairs(values or [])
    if stdin:
        parts |= _object(typer.get_text_stream("stdin").read())
    if hetu:
        parts["hetu"] = asked(worded("Personal identity code", frame.spoken), hidden=True)
    if not BY_PATH.keys() >= parts.keys():
        raise Rejected("The catalogue declares no such item; see `rekisteri import layout`.")
    with frame.acting() as acting, acting.write(Action.CUSTOMER_CREATE) as tx:
        made = organisations.create(
            tx,
            acting.register.vault,
            organisation_id=access.organisation(tx, organisation).id,
            parts=parts,
            customer_number=customer_number,
            rules=acting.register.rules(clock.day(tx.at)),
        )
    if acting.json:
        told_json(telling.plain(made, {}))
    elif made.doubt:
        told = EXPLANATIONS[made.doubt]
        what, mend = (text.in_(acting.language) for text in (told.what, told.mend))
        screen().print(f"{made.customer_number}: {what}. {mend}.", markup=False)
    else:
        said = (_NEW if made.new else _KNOWN).in_(acting.language)
        screen().print(f"{made.customer_number}: {said} {made.party_id}", markup=False)


def _looked_up(acting: Acting, tx: Read, hetu: str | None, ytunnus: str | None, number: tuple[str, str] | None) -> UUID:
    vault = acting.register.vault
    if number is not None:
        organisation_id = access.organisation(tx, number[0]).id
        return parties.lookup(tx, vault, organisation_id=organisation_id, customer_number=number[1])
    return parties.lookup(tx, vault, hetu=hetu, ytunnus=ytunnus)


def _parts(item_name: str, values: list[str], language: str) -> dict[str, str]:
    """Raw texts by part name; what is secret, or left out, is asked for."""
    item = BY_NAME.get(item_name)
    if item is None:
        raise Rejected("The catalogue declares no such item; see `rekisteri import layout`.")
    if item.scalar:
        return {"": " ".join(values) or asked(item.label.in_(language), hidden=item.secret)}
    pairs = _pairs(values)
    paths = [item.name + ("" if name.startswith("[") else ".") + name for name in pairs]
    if any(find_path(path) is None for path in paths):
        raise Rejected(f"{item_name} has the parts {', '.join(part.name for part in item.parts)}.")
    return pairs or {
        part.name: asked(f"{item.label.in_(language)}, {part.label.in_(language)}", hidden=part.secret)
        for part in item.parts
    }


def _pairs(values: list[str]) -> dict[str, str]:
    if not all("=" in value for value in values):
        raise Rejected("Give values as name=value.")
    return {name: value for name, _, value in (one.partition("=") for one in values)}


def _object(text: str) -> dict[str, str]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Rejected("Standard input must be one JSON object of texts by path.")
    return found
