"""The application: every desk in one description, every error in one shape."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rekisteri import __version__
from rekisteri.api import (
    administration,
    banks,
    catalogue,
    customers,
    disclosing,
    emergencies,
    erasing,
    evidence,
    feeds,
    grants,
    imports,
    judgements,
    log,
    mandates,
    notices,
    oversight,
    payers,
    paying,
    requests,
    restrictions,
    retention,
    reviews,
    signing,
    systems,
    usage,
    vtj,
    vtj_many,
    work,
)
from rekisteri.api.calling import OrganisationCodes
from rekisteri.api.desk import BODY_MAX_KEY, PROBLEM_REF, Answer, GuardedRoute, told
from rekisteri.api.edge import Edge, TooLarge
from rekisteri.api.pace import Pace, TooMany
from rekisteri.api.problems import ProblemShape, faults_of_form, language_of, problem
from rekisteri.ground.errors import Conflict, Missing, Rejected, RekisteriError
from rekisteri.wiring import Register

PREFIX = "/api/v1"
_DESCRIBING = Lock()
THREADS_PER_CONNECTION = 2
"""Some callers wait for a connection or prove a password while others hold the database."""
DESKS = (
    signing.desk,
    customers.desk,
    judgements.desk,
    work.desk,
    imports.desk,
    catalogue.desk,
    evidence.desk,
    log.desk,
    mandates.desk,
    oversight.desk,
    notices.desk,
    requests.desk,
    restrictions.desk,
    disclosing.desk,
    usage.desk,
    erasing.desk,
    retention.desk,
    administration.desk,
    grants.desk,
    reviews.desk,
    emergencies.desk,
    systems.desk,
    payers.desk,
    vtj_many.desk,
    vtj.desk,
    paying.desk,
    banks.desk,
    feeds.desk,
)
DESCRIPTION = """
The customer register of a public service centre, for invoicing and debt collection only.

Systems ask for tokens at `/oauth/token` (see `/.well-known/oauth-authorization-server`) and send them as `Authorization: DPoP` with a proof, or
by their certificate; people sign in with `POST /session` and send the token as `Authorization: Bearer`. Every act on customers names
its purpose (`Rekisteri-Purpose`) and leaves its event in the log. Identity codes travel in bodies only,
never in addresses. Each operation's `x-action` is the right it takes.
"""


class HealthAnswer(Answer):
    """Whether the register answers."""

    status: str = Field(examples=["ok"])


def application(register: Register) -> FastAPI:
    """The API of a register, to be mounted at ``PREFIX``."""
    api = _routes()
    api.state.register = register
    api.state.pace = Pace(register.settings.calls_per_second)
    api.state.proving = signing.proving()
    api.state.organisations = OrganisationCodes()
    threads = THREADS_PER_CONNECTION * register.settings.pool_size
    api.state.threads = ThreadPoolExecutor(threads, thread_name_prefix="api")
    api.add_exception_handler(RekisteriError, _of_the_family)
    api.add_exception_handler(RequestValidationError, _of_a_form)
    api.add_exception_handler(HTTPException, of_http)
    api.add_middleware(Edge, large=_large_bodies(), over_tls=register.settings.over_tls)
    api.openapi = described  # type: ignore[method-assign]
    return api


def _routes() -> FastAPI:
    """Every route, of no register yet."""
    api = FastAPI(
        title="Rekisteri",
        version=__version__,
        description=DESCRIPTION,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    # Side by side: routers within a router would each be asked twice whose a request is.
    api.router.routes += [route for desk in DESKS for route in desk.router.routes]
    api.router.add_route("/openapi.json", description, methods=["GET"], include_in_schema=False)
    api.add_api_route("/health", health, methods=["GET"], response_model=HealthAnswer, tags=["health"])
    return api


def _large_bodies() -> dict[str, int]:
    """Paths of the routes that take more than a question, and how many bytes."""
    routes = [route for desk in DESKS for route in desk.router.routes if isinstance(route, GuardedRoute)]
    return {
        route.path: route.openapi_extra[BODY_MAX_KEY]
        for route in routes
        if route.openapi_extra and BODY_MAX_KEY in route.openapi_extra
    }


async def health() -> Response:
    """Say that the process answers; tells nothing else."""
    return told(HealthAnswer(status="ok"))


async def _of_the_family(request: Request, error: Exception) -> Response:
    assert isinstance(error, RekisteriError)
    allowed = getattr(error, "allowed", ())
    if isinstance(error, Conflict) and error.field == "version":
        return problem(request.scope, error, status=HTTPStatus.PRECONDITION_FAILED, slug="changed")
    wait = {"Retry-After": str(error.wait_s)} if isinstance(error, TooMany) else None
    return problem(request.scope, error, allowed=allowed, headers=wait)


async def _of_a_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    language = language_of(request.headers.get("accept-language"))
    faults = faults_of_form(error.errors(), await asyncio.to_thread(_names_known), language)
    rejected = Rejected("The request does not fit its description.", field=faults[0].field if faults else None)
    return problem(request.scope, rejected, faults=faults)


async def of_http(request: Request, error: Exception) -> Response:
    """The answer to what no route took, as a problem: also where an address is none that routes can read."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, TooLarge):
        return problem(request.scope, error.__cause__)
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return problem(request.scope, Missing("There is no such route; see /openapi.json."))
        case HTTPStatus.METHOD_NOT_ALLOWED:
            wrong = Rejected("This route does not take that method; see Allow.")
            return problem(request.scope, wrong, status=error.status_code, slug="not-allowed", headers=error.headers)
        case status:
            wrong = Rejected("The request could not be read; see /openapi.json.")
            return problem(request.scope, wrong, status=status, slug="malformed")


async def description(_: Request) -> Response:
    """The OpenAPI description; while it is being made, others are answered."""
    return JSONResponse(await asyncio.to_thread(described))


def described() -> dict[str, Any]:
    """The OpenAPI description. It is the same of every register, and takes a second to make: made once a process, when first needed."""
    with _DESCRIBING:
        return _described()


@cache
def _names_known() -> frozenset[str]:
    """Names of fields that may be told to whoever sent them: no other may, for it may be anything."""
    return frozenset(_names(described())) | {"body", "query", "path", "header"}


@cache
def _described() -> dict[str, Any]:
    api = _routes()
    whole = get_openapi(
        title=api.title,
        version=api.version,
        description=api.description,
        routes=api.routes,
        servers=api.servers,
    )
    parts = whole.setdefault("components", {})
    parts.setdefault("securitySchemes", {})["bearer"] = {"type": "http", "scheme": "bearer"}
    shape = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = parts.setdefault("schemas", {}) | shape.pop("$defs", {})
    schemas[PROBLEM_REF.rpartition("/")[2]] = shape
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    parts["schemas"] = schemas
    return whole


def _names(description: Mapping[str, Any]) -> Iterator[str]:
    """Every declared name a place of a fault may be made of."""
    for shape in description["components"]["schemas"].values():
        yield from shape.get("properties", {})
    for operations in description["paths"].values():
        for operation in operations.values():
            yield from (parameter["name"] for parameter in operation.get("parameters", ()))
