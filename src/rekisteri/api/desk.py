"""Desks: the routes of one topic, each naming the one action it does.

The declaration makes the route, its place in the OpenAPI description (``x-action``, headers,
problems) and nothing else; a law of the house reads it and compares it with the page of actions.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, get_origin

import orjson
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rekisteri.access import Action, Stale
from rekisteri.api.calling import CASE_HEADER, PURPOSE_HEADER, Caller, calling, names_purpose
from rekisteri.api.problems import MEDIA_TYPE
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Rejected
from rekisteri.tongues import LANGUAGES

ACTION_KEY = "x-action"
BODY_MAX_KEY = "x-body-bytes-max"
PROBLEM_REF = "#/components/schemas/Problem"
JSON = "application/json"
LIMIT_MAX = 200

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Question(BaseModel):
    """What a caller sends: nothing but what is declared."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(frozen=True)


class GuardedRoute(APIRoute):
    """A route that takes a large body from the signed-in only, and tells them alone what was wrong with a form."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The handler, with sign-in checked before a large body is read or a form is explained."""
        handler = super().get_route_handler()
        described = self.openapi_extra or {}
        open_to_all = not described.get("security")
        large = BODY_MAX_KEY in described
        plain = _plain(self)
        lists = {one.alias for one in self.dependant.query_params if get_origin(one.field_info.annotation) is list}

        async def guarded(request: Request) -> Response:
            if large:
                await _prove(request)
            given = [name for name, _ in request.query_params.multi_items() if name not in lists]
            if len(given) != len(set(given)):
                # Whichever of the two we took, somebody before us may have taken the other.
                raise Rejected("A parameter of the address is given more than once; give each once.")
            try:
                answer = None if plain is None else await plain(request)
                return await handler(request) if answer is None else answer
            except RequestValidationError:
                if not (open_to_all or large):
                    await _prove(request)
                raise

        return guarded


def _plain(route: APIRoute) -> Callable[[Request], Awaitable[Response | None]] | None:
    """The handler of a route that takes a question and its caller and nothing else, for a question that is sound.

    Half of what the framework does for any route there may be. Whatever is not plain is left to it, with every word about
    what is wrong: then the answer is None. A route that takes more has no such handler.
    """
    field, given = route.body_field, inspect.signature(route.endpoint).parameters
    if (
        field is None
        or given.keys() != {field.name, "caller"}
        or [one.name for one in route.dependant.body_params] != [field.name]
    ):
        return None
    question = field.name

    async def plain(request: Request) -> Response | None:
        if request.headers.get("content-type") != JSON:
            return None
        try:
            said = json.loads(await request.body())
        except (ValueError, RecursionError):
            return None
        sound, wrong = field.validate(said, {}, loc=("body",))
        if wrong:
            return None
        answer: Response = await route.endpoint(**{question: sound, "caller": await calling(request)})
        return answer

    return plain


async def _prove(request: Request) -> None:
    """Raise ``Unidentified`` unless the caller is signed in."""
    caller = await calling(request)
    await asyncio.get_running_loop().run_in_executor(caller.threads, caller.session)


class Desk:
    """The routes of one topic."""

    def __init__(self, topic: str) -> None:
        self.router = APIRouter(tags=[topic], route_class=GuardedRoute)

    def get(
        self, path: str, action: Action, answer: type[BaseModel] | None = None, **more: Any
    ) -> Callable[[Handler], Handler]:
        """A route that looks."""
        return self.route("GET", path, action, answer, **more)

    def post(
        self, path: str, action: Action, answer: type[BaseModel] | None = None, **more: Any
    ) -> Callable[[Handler], Handler]:
        """A route that acts, or asks by what must not stand in an address."""
        return self.route("POST", path, action, answer, **more)

    def route(
        self,
        method: str,
        path: str,
        action: Action,
        answer: type[BaseModel] | None = None,
        *,
        status: int = 200,
        guarded: bool = True,
        headers: Sequence[Mapping[str, Any]] = (),
        extra: Mapping[str, Any] | None = None,
        body_bytes_max: int | None = None,
        response_class: type[Response] = JSONResponse,
    ) -> Callable[[Handler], Handler]:
        """Declare a route: ``answer`` is the shape of its success, None for an empty one.

        ``body_bytes_max`` is told where a body may be larger than a question's.
        The handler's docstring is its description, the docstring's first line the summary.
        """
        described: dict[str, Any] = {ACTION_KEY: action.policy.name, **(extra or {})}
        if body_bytes_max is not None:
            described[BODY_MAX_KEY] = body_bytes_max
        parameters = [_LANGUAGE, *headers]
        if guarded:
            described["security"] = [{"bearer": []}]
            parameters += [_purpose(action), _CASE]
        described["parameters"] = parameters

        def declare(handler: Handler) -> Handler:
            self.router.add_api_route(
                path,
                _hopping(handler),
                methods=[method],
                response_model=answer,
                response_class=response_class,
                status_code=status,
                summary=(handler.__doc__ or "").strip().partition("\n")[0].rstrip("."),
                responses=_PROBLEMS,
                openapi_extra=described,
                operation_id=handler.__name__,
            )
            return handler

        return declare


def _hopping(handler: Callable[..., Response]) -> Callable[..., Awaitable[Response]]:
    """The handler as a coroutine that runs it in a thread of the API's own.

    Measured on the look-up by identity code: 1.12 ms of processor a request, where the
    framework's own way of running a plain function takes 1.26 ms.
    A handler that came to nothing because the session was remembered wrongly is run again.
    """

    def work(given: dict[str, Any]) -> Response:
        try:
            return handler(**given)
        except Stale:
            given["caller"].anew = True
            return handler(**given)

    @functools.wraps(handler)
    async def hop(**given: Any) -> Response:
        caller: Caller = given["caller"]
        return await asyncio.get_running_loop().run_in_executor(caller.threads, work, given)

    return hop


def told(answer: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer as bytes. Made in the handler's thread: the shape has been checked by its making."""
    return Response(answer.__pydantic_serializer__.to_json(answer), status, headers, JSON)


def told_plainly(answer: Mapping[str, object], *, headers: Mapping[str, str] | None = None) -> Response:
    """An answer already in the shape of its model, which a test holds it to: a third of the cost of making the model."""
    return Response(orjson.dumps(answer, option=orjson.OPT_UTC_Z), headers=headers, media_type=JSON)


def done() -> Response:
    """The answer to an act that has nothing to tell."""
    return Response(status_code=204)


def header(name: str, description: str, *, required: bool = False, example: str) -> dict[str, Any]:
    """A header of a route, for its description."""
    schema = {"type": "string", "maxLength": 200}
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": schema,
        "example": example,
    }


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REF}}}}
    for status, description in (("4XX", "A problem of the request."), ("5XX", "A problem of the register."))
}
_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "Language of labels and explanations.",
    "schema": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
}
_CASE = header(CASE_HEADER, "Reference of the case the act belongs to; kept in the log.", example="KUU/123/2026")


def _purpose(action: Action) -> dict[str, Any]:
    return {
        "name": PURPOSE_HEADER,
        "in": "header",
        "required": names_purpose(action),
        "description": "What the act is for; kept in the log. Left out where allowed, the caller's usual purpose.",
        "schema": {"type": "string", "enum": sorted(action.policy.purposes & frozenset(Purpose))},
    }
