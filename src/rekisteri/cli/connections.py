"""connection: the declared ways out of the house, and whether they answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from rekisteri.access import Action
from rekisteri.cli.frame import Frame, say, screen, told_json, worded
from rekisteri.ground import egress
from rekisteri.ground.egress import Connection
from rekisteri.ground.errors import Missing

connections = typer.Typer(no_args_is_help=True, help="The declared connections to elsewhere: no other is opened.")

_CERTIFICATE_TIME = "%b %d %H:%M:%S %Y %Z"


@connections.command("list")
def list_connections(context: typer.Context) -> None:
    """Every declared connection: where to, in which country, what for."""
    frame: Frame = context.obj
    with frame.operating() as acting, acting.read(Action.CONNECTION_READ):
        declared = acting.register.connections
    if frame.json:
        told_json([_plain(one) for one in declared])
        return
    table = Table("name", "host", "port", "country", "what for")
    for one in declared:
        table.add_row(one.name, one.host, str(one.port), one.country, one.purpose)
    screen().print(table if declared else worded("No connection leaves this machine.", acting.language))


@connections.command("try")
def try_connection(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A name of `rekisteri connection list`.")],
) -> None:
    """Open one declared connection and close it again: does it answer, and until when is its certificate good?"""
    frame: Frame = context.obj
    with frame.operating() as acting:
        connection = next((one for one in acting.register.connections if one.name == name), None)
        if connection is None:
            raise Missing(f"There is no connection '{name}'; `rekisteri connection list` tells them.")
        with acting.read(Action.CONNECTION_OPEN) as tx:
            tx.note(connection=name)
        certificate = egress.reach(connection)
    until = certificate.get("notAfter")
    told = datetime.strptime(until, _CERTIFICATE_TIME).date() if until else None  # noqa: DTZ007 - the form says GMT
    if frame.json:
        told_json(_plain(connection) | {"answers": True, "certificate_until": told})
    else:
        say(f"{name} answers. Its certificate is good until {told}." if told else f"{name} answers.", acting.language)


def _plain(one: Connection) -> dict[str, object]:
    return {"name": one.name, "host": one.host, "port": one.port, "country": one.country, "purpose": one.purpose}
