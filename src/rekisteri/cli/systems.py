"""admin system: other organisations' systems, which prove themselves by a key or a certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from rekisteri import access
from rekisteri.access import Action, Client, Registration
from rekisteri.catalogue import Purpose
from rekisteri.cli import telling
from rekisteri.cli.frame import Acting, Frame, as_day, screen, told_json, worded
from rekisteri.ground.errors import Rejected

systems = typer.Typer(
    no_args_is_help=True, help="Systems: OAuth 2 clients that prove themselves by a key or a certificate."
)

Handle = Annotated[str, typer.Argument(metavar="SYSTEM", help="Its name (client_id).")]
Keys = Annotated[
    Path | None, typer.Option("--keys", exists=True, dir_okay=False, help="Its public keys: a JWK set, in a file.")
]
Certificates = Annotated[
    list[Path] | None,
    typer.Option("--certificate", exists=True, dir_okay=False, help="Its certificate: PEM, in a file."),
]


@systems.command("add")
def add(
    context: typer.Context,
    handle: Handle,
    name: Annotated[str, typer.Option(help="What it is called.")],
    organisation: Annotated[list[str], typer.Option(help="Code of a client organisation; may be given many times.")],
    keys: Keys = None,
    certificate: Certificates = None,
    for_purpose: Annotated[
        list[Purpose] | None, typer.Option(help="A purpose it serves; left out, each that systems serve.")
    ] = None,
    act: Annotated[
        list[str] | None, typer.Option(help="An act its tokens may carry, such as customer:read; left out, each.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Last day; a year at most.")] = None,
) -> None:
    """Register a system. It keeps its private key; tokens are asked for at /oauth/token."""
    frame: Frame = context.obj
    wish = Registration(
        handle=handle,
        name=name,
        organisation_codes=organisation,
        purposes=for_purpose or (),
        actions=act,
        keys=_keys(keys),
        certificates=[one.read_bytes() for one in certificate or ()],
        expires_on=as_day(until, "--until"),
    )
    with frame.operating() as acting:
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            made = access.add_client(tx, acting.register.hasher, wish)
        codes = acting.organisation_codes()
    _tell(acting, [made], codes)


@systems.command("list")
def list_systems(context: typer.Context) -> None:
    """Every system: by what it proves itself, for whom, for what."""
    frame: Frame = context.obj
    with frame.operating() as acting:
        with acting.read(Action.ACCOUNT_MANAGE) as tx:
            found = access.clients(tx)
        codes = acting.organisation_codes()
    _tell(acting, found, codes)


@systems.command("keys")
def change_keys(context: typer.Context, handle: Handle, keys: Keys = None, certificate: Certificates = None) -> None:
    """Give a system other keys and certificates instead of those it has; every token of it ends."""
    frame: Frame = context.obj
    certificates = [one.read_bytes() for one in certificate or ()]
    with frame.operating() as acting:
        with acting.write(Action.ACCOUNT_MANAGE) as tx:
            changed = access.change_keys(tx, handle, keys=_keys(keys), certificates=certificates)
        codes = acting.organisation_codes()
    _tell(acting, [changed], codes)


def _keys(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        told = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        raise Rejected(f"{path.name} is no JSON; give a JWK set (RFC 7517).", field="--keys") from None
    return told if isinstance(told, dict) else {}


def _tell(acting: Acting, found: list[Client], codes: telling.Codes) -> None:
    if acting.json:
        told_json([telling.plain(one, codes) for one in found])
        return
    table = telling.headed(
        "system", "name", "organisations", "purposes", "acts", "proved_by", "until", language=acting.language
    )
    for one in found:
        table.add_row(
            one.handle,
            one.name,
            ", ".join(codes[number] for number in one.organisations),
            ", ".join(one.purposes),
            telling.heading("every", acting.language) if one.actions is None else ", ".join(one.actions),
            ", ".join([*(["key"] * bool(one.keys)), *(["certificate"] * bool(one.certificates))]),
            telling.heading("closed", acting.language) if one.disabled_at else telling.day(one.expires_on),
        )
    screen().print(table if found else worded("No systems.", acting.language))
