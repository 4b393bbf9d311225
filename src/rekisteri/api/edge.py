"""The edge: what holds for every request and answer of the API, whatever its route.

A request has an id, a size within limits and an answer that no cache keeps; an error that
nobody foresaw is answered as a problem and logged by its kind and place only, for a
message of a library may quote a value.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rekisteri.api.problems import problem
from rekisteri.ground import ids
from rekisteri.ground.errors import RekisteriError

BODY_BYTES_MAX = 1 << 20
"""Most bytes of a question; a route that takes more says so."""

SECURITY_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"vary", b"Authorization, Accept-Language"),
)
STAY_ON_TLS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
REQUEST_ID = b"x-request-id"
DPOP_NONCE = b"dpop-nonce"
"""What the caller's next proof is made with (RFC 9449 § 8)."""

_log = structlog.get_logger("rekisteri.api")


class TooLarge(RekisteriError):
    """The body is larger than this route takes; send it in parts."""

    slug = "too-large"
    status = 413
    exit_code = 2


class Edge:
    """Wraps the API's application: request id, headers, limits of size, the last resort."""

    def __init__(self, app: ASGIApp, *, large: Mapping[str, int], over_tls: bool) -> None:
        self._app = app
        self._large = large
        self._headers = (*SECURITY_HEADERS, STAY_ON_TLS) if over_tls else SECURITY_HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(ids.fresh())
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *self._headers, (REQUEST_ID, request_id.encode())]
                if nonce := scope["state"].get("dpop_nonce"):
                    message["headers"].append((DPOP_NONCE, nonce.encode()))
            await send(message)

        most = self._large.get(scope["path"].removeprefix(scope.get("root_path", "")), BODY_BYTES_MAX)
        try:
            await self._app(scope, _limited(scope, receive, most), sending)
        except TooLarge as error:
            if not started:
                await problem(scope, error)(scope, receive, sending)
        except Exception as error:
            _log.error("unforeseen", request_id=request_id, kind=type(error).__name__, at=_place(error))
            if started:
                raise
            await problem(scope, RekisteriError("The register failed; tell the operator the request id."))(
                scope, receive, sending
            )


def _limited(scope: Scope, receive: Receive, most: int) -> Receive:
    """``receive`` that stops at ``most`` bytes, told or untold. Raises ``TooLarge``."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    told = int(length) if length.isdigit() else 0
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        if told > most:
            raise TooLarge
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge
        return message

    return receiving


def _place(error: BaseException) -> str:
    """File and line of the innermost frame of the house: enough to mend, and no values."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "rekisteri" in frame.filename] or frames
    return f"{ours[-1].filename.rpartition('rekisteri/')[2]}:{ours[-1].lineno}" if ours else ""
