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
from rekisteri.access import Asked, TokenRefused, Unbound
from rekisteri.api.application import PREFIX as API_PREFIX
from rekisteri.api.calling import address_of, caller_certificate
from rekisteri.api.edge import Edge
from rekisteri.ground.errors import Missing, RekisteriError, Unavailable, Unidentified
from rekisteri.wiring import Register

PREFIX = "/oauth"
FORM_MAX = 2**15


def authority(register: Register) -> ASGIApp:
    """The protocol routes of a register, to be mounted at ``PREFIX``."""
    routes = [
        Route("/token", partial(_token, register), methods=["POST"]),
        Route("/jwks", partial(_keys, register), methods=["GET"]),
        Route("/logout/{provider}", partial(_ended, register), methods=["POST"]),
    ]
    return Edge(Starlette(routes=routes), large={}, over_tls=register.settings.over_tls)


def well_known(register: Register) -> list[Route]:
    """The metadata of the protocol routes, at the addresses the standards give it."""
    return [
        Route("/.well-known/oauth-authorization-server", partial(_server, register), methods=["GET"]),
        Route("/.well-known/oauth-protected-resource", partial(_resource, register), methods=["GET"]),
    ]


def _server(register: Register, request: Request) -> Response:
    """Authorization server metadata (RFC 8414)."""
    base = _base(register, request)
    algorithms = access.DPOP_ALGORITHMS.split(" ")
    return _public(
        {
            "issuer": base,
            "token_endpoint": f"{base}{PREFIX}/token",
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": [
                "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth",
            ],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "dpop_signing_alg_values_supported": algorithms,
            "tls_client_certificate_bound_access_tokens": True,
            "scopes_supported": sorted(action.policy.name for action in access.OFFERED),
            "service_documentation": f"{base}/ohje",
        }
    )  # fmt: skip


def _resource(register: Register, request: Request) -> Response:
    """Protected resource metadata (RFC 9728)."""
    base = _base(register, request)
    return _public(
        {
            "resource": f"{base}{API_PREFIX}",
            "authorization_servers": [base],
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": access.DPOP_ALGORITHMS.split(" "),
            "tls_client_certificate_bound_access_tokens": True,
            "scopes_supported": sorted(action.policy.name for action in access.OFFERED),
        }
    )


def _base(register: Register, request: Request) -> str:
    return (register.settings.public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def _public(told: dict[str, object]) -> Response:
    return JSONResponse(told, headers={"cache-control": "max-age=300", "x-content-type-options": "nosniff"})


async def _token(register: Register, request: Request) -> Response:
    """A token for a system (RFC 6749 § 4.4), bound to its key or its certificate."""
    request.state.dpop_nonce = register.tokens.nonce()
    form = await _form(request)
    proofs = request.headers.getlist("dpop")
    asked = Asked(
        "POST",
        address_of(register.settings, request),
        None if not proofs else proofs[0] if len(proofs) == 1 else "",
        caller_certificate(register.settings, request),
    )
    give = partial(register.tokens.give, form, asked, issuer=_base(register, request))
    try:
        given = await to_thread.run_sync(give)
    except TokenRefused as error:
        challenge = {"WWW-Authenticate": f'DPoP algs="{access.DPOP_ALGORITHMS}"'} if error.http_status == 401 else {}
        return refused(error.code, error, status=error.http_status, headers=challenge)
    except Unbound as error:
        return refused(error.code, error)
    return JSONResponse(
        {
            "access_token": given.token,
            "token_type": given.kind,
            "expires_in": given.seconds,
            "scope": given.scope,
        },
        headers={"pragma": "no-cache"},
    )


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
