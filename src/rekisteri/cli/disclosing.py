"""disclosures: single disclosures required by law, the ledger first and then the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text as Line

from rekisteri import rights
from rekisteri.access import Action
from rekisteri.cli import telling
from rekisteri.cli.frame import Frame, as_id, say, screen, told_json
from rekisteri.ground.errors import Rejected
from rekisteri.rights import disclosures

desk = typer.Typer(
    no_args_is_help=True,
    help="Single disclosures required by law: written in the ledger first, then given to the one recipient.",
)
LineArgument = Annotated[
    str, typer.Argument(metavar="DISCLOSURE", help="The line's id, as `disclosures list` shows it.")
]


@desk.command()
def enter(
    context: typer.Context,
    recipient: Annotated[str, typer.Option(help="To whom, by name.")],
    ground: Annotated[str, typer.Option(help="The law and its section.")],
    reference: Annotated[str, typer.Option(help="The recipient's reference; never an identity code.")],
    item: Annotated[list[str], typer.Option(help="An item to be given; repeat for more.")],
    customer: Annotated[list[str], typer.Option(metavar="ID", help="A customer; repeat for more.")],
    country: Annotated[str, typer.Option(help="The recipient's country; EU and EEA alone.")] = "FI",
    key: Annotated[
        str | None, typer.Option(help="The recipient's public key (age1…): the file is sealed to it.")
    ] = None,
) -> None:
    """Write a line. Nothing is given by it."""
    frame: Frame = context.obj
    wanted = disclosures.Wanted(
        recipient, country, ground, reference, tuple(item), tuple(map(as_id, customer)),
        disclosures.Form.HANDED if key is None else disclosures.Form.SEALED, key,
    )  # fmt: skip
    with frame.acting() as acting, acting.write(Action.DISCLOSURE_ENTER) as tx:
        made = disclosures.enter(tx, wanted)
    _tell(frame, made)


@desk.command("list")
def list_lines(
    context: typer.Context,
    pdf: Annotated[Path | None, typer.Option(help="Write the register as a PDF to print.")] = None,
    language: Annotated[str, typer.Option(help="Language of the PDF: fi, sv or en.")] = "fi",
) -> None:
    """The register of disclosures, the newest first."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.read(Action.DISCLOSURE_READ) as tx:
        found = disclosures.ledger(tx)
        house = acting.register.declared().house if pdf else None
    if pdf is not None and house is not None:
        pdf.write_bytes(rights.pdf(disclosures.printed(found), language, foot=house.controller.name))
    if frame.json:
        told_json(telling.plain(found, {}))
        return
    for one in found:
        screen().print(Line(f"{one.number:>5}  {one.id}  {one.state.value:<9}  {one.recipient}  {one.ground}"))
    if not found:
        say("Nothing has been disclosed.", acting.language)


@desk.command()
def agree(context: typer.Context, disclosure: LineArgument) -> None:
    """Agree as the second person, where protected data is among it."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.DISCLOSURE_AGREE) as tx:
        made = disclosures.agree(tx, as_id(disclosure))
    _tell(frame, made)


@desk.command()
def give(
    context: typer.Context,
    disclosure: LineArgument,
    out: Annotated[Path, typer.Option("--out", help="The file to write, for the recipient.")],
) -> None:
    """Make the file for the recipient, once."""
    frame: Frame = context.obj
    if out.exists():
        raise Rejected(f"{out} is there already; name another file.", field="--out")
    with frame.acting() as acting, acting.write(Action.DISCLOSURE_GIVE) as tx:
        made = disclosures.give(tx, acting.register.vault, as_id(disclosure))
    out.touch(mode=0o600)
    out.write_bytes(made)
    if frame.json:
        told_json({"file": out, "bytes": len(made)})
    else:
        say(f"{out} is for the recipient alone; the ledger says it was given.", frame.spoken)


@desk.command()
def strike(
    context: typer.Context, disclosure: LineArgument, because: Annotated[str, typer.Option(help="Why.")]
) -> None:
    """Strike a line that was not given; it stays in the register."""
    frame: Frame = context.obj
    with frame.acting() as acting, acting.write(Action.DISCLOSURE_ENTER) as tx:
        made = disclosures.withdraw(tx, as_id(disclosure), because)
    _tell(frame, made)


def _tell(frame: Frame, made: disclosures.Entry) -> None:
    if frame.json:
        told_json(telling.plain(made, {}))
    else:
        say(f"Disclosure {made.number} ({made.id}): {made.state.value}.", frame.spoken)
