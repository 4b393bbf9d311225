"""serve: the pages and the API in one server, on this machine's own address unless told otherwise."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Annotated

import structlog
import typer
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from rekisteri import api, web
from rekisteri.cli.frame import Frame, aside
from rekisteri.ground.errors import Unavailable
from rekisteri.wiring import Register

BACKLOG = 512
GRACE_S = 5
"""How long requests under way may take when the server is told to stop."""

Ready = Callable[[str], None]


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = None,
) -> None:
    """Serve the pages and the API until ctrl-C.

    Plain HTTP: where others than this machine are served, put a proxy with TLS in front.
    """
    frame: Frame = context.obj
    settings = frame.settings
    with frame.register(make=True, pool_size=settings.pool_size) as register:
        serving(
            register,
            host=host or settings.host,
            port=settings.port if port is None else port,
            ready=lambda address: aside().print(f"Rekisteri is open at {address}/ (API {address}{api.PREFIX}/)."),
        )


def together(register: Register) -> Starlette:
    """Both faces in one application."""
    return Starlette(routes=[Mount(api.PREFIX, api.application(register)), Mount("/", web.application(register))])


def serving(register: Register, *, host: str, port: int, ready: Ready) -> None:
    """Serve until a signal to stop; ``ready`` is told the address. Raises ``Unavailable`` for a taken port.

    Ends by ``KeyboardInterrupt`` (uvicorn raises again the signal that stopped it), so that
    whoever opened the register closes it.
    """
    _quiet_log()
    try:
        listener = socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        raise Unavailable(
            f"Port {port} of {host} cannot be had ({error.strerror}); choose another with --port."
        ) from None
    with listener:
        config = uvicorn.Config(
            together(register),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        ready(f"http://{host}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


def _quiet_log() -> None:
    """One JSON line an event, on standard error; addresses of requests are not logged, they are the caller's words."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
