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
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount

from rekisteri import api, web
from rekisteri.cli.frame import Frame, aside
from rekisteri.cli.listening import CertifyingProtocol, KnownNames, check_listening, names, tls
from rekisteri.cli.sealing import sealing
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

    On this machine's own address plain HTTP will do. Any other needs REKISTERI_TLS_CERT and
    REKISTERI_TLS_KEY, or REKISTERI_BEHIND_PROXY where a proxy in front does TLS.
    """
    frame: Frame = context.obj
    settings = frame.settings
    check_listening(settings, settings.host if host is None else host)
    with frame.register(make=True, pool_size=settings.pool_size) as register:
        serving(
            register,
            host=settings.host if host is None else host,
            port=settings.port if port is None else port,
            ready=lambda address: aside().print(f"Rekisteri is open at {address}/ (API {address}{api.PREFIX}/)."),
        )


def together(register: Register) -> Starlette:
    """Both faces in one application, which answers to the register's own names."""
    return Starlette(
        routes=[
            Mount(api.PREFIX, api.application(register)),
            Mount(api.AUTHORITY_PREFIX, api.authority(register)),
            *api.well_known(register),
            Mount("/", web.application(register)),
        ],
        middleware=[Middleware(KnownNames, names=names(register.settings))],
        exception_handlers={HTTPException: api.of_http},
    )


def serving(register: Register, *, host: str, port: int, ready: Ready) -> None:
    """Serve until a signal to stop; ``ready`` is told the address.

    Raises ``Unavailable`` for a taken port, ``Rejected`` where the address would be open without TLS.
    Ends by ``KeyboardInterrupt`` (uvicorn raises again the signal that stopped it), so that
    whoever opened the register closes it.
    """
    settings = register.settings
    check_listening(settings, host)
    context = tls(settings)
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
            http=CertifyingProtocol,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            # Whoever is not the declared proxy may not say whom it speaks for.
            proxy_headers=settings.behind_proxy,
            forwarded_allow_ips=settings.proxy_addresses,
            ssl_context_factory=None if context is None else lambda *_: context,
        )
        scheme = "http" if context is None else "https"
        ready(f"{scheme}://{host}:{listener.getsockname()[1]}")
        with sealing(register):
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
