"""Protocol routes beside the API, at ``/oauth``: what identity providers and systems speak with, by their standards.

Answers and errors are in the standards' own shapes (RFC 6749 § 5.2), not in problems.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from rekisteri import access
from rekisteri.api.edge import Edge
from rekisteri.ground.errors import Missing, RekisteriError, Unavailable, Unidentified
from rekisteri.wiring import Register

PREFIX = "/oauth"
FORM_MAX = 2**15


def authority(register: Register) -> ASGIApp:
    """The protocol routes of a register, to be mounted at ``PREFIX``."""
    routes = [
        Route("/jwks", partial(_keys, register), methods=["GET"]),
        Route("/logout/{provider}", partial(_ended, register), methods=["POST"]),
    ]
    return Edge(Starlette(routes=routes), large={}, over_tls=register.settings.over_tls)


def _keys(register: Register, request: Request) -> Response:
    """The public halves of our own keys: what we prove ourselves to providers with."""
    return JSONResponse({"keys": list(access.public_keys(register.arrivals.every_provider))})


async def _ended(register: Register, request: Request) -> Response:
    """A provider tells that a session of its own has ended (Back-Channel Logout 1.0): so do ours of it."""
    form = await _form(request)
    try:
        await to_thread.run_sync(register.arrivals.end, request.path_params["provider"], form.get("logout_token", ""))
    except (Unidentified, Missing) as error:
        return refused("invalid_request", error)
    except Unavailable as error:
        return refused("temporarily_unavailable", error, status=503)
    return Response(status_code=200)


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form, each told once; empty for anything else."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: value for name, value in form.items() if isinstance(value, str) and len(form.getlist(name)) == 1}


def refused(
    code: str, error: RekisteriError, *, status: int = 400, headers: Mapping[str, str] | None = None
) -> Response:
    """An error as the standards shape it."""
    told = {"error": code, "error_description": error.message}
    return JSONResponse(told, status_code=status, headers=dict(headers or {}))
