"""Where one message ends and the next begins: whatever leaves that in doubt is refused, and the line is closed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from rekisteri.cli.listening import CertifyingProtocol

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
START_S = 20


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server as ``serve`` runs it, with a route that reads whole bodies."""

    async def take(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    app = Starlette(routes=[Route("/{rest:path}", take, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, http=CertifyingProtocol, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(START_S)


def answered(port: int, message: bytes) -> bytes:
    """Everything that comes back until the line is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=START_S) as line:
        line.sendall(message)
        answer = b""
        while block := line.recv(65536):
            answer += block
    return answer


@pytest.mark.parametrize(
    "message",
    [
        HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + HIDDEN,
        HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc" + HIDDEN,
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN,
        HEAD + b"Content-Length: +3\r\n\r\nabc" + HIDDEN,
        HEAD + b"Content-Length: -1\r\n\r\n" + HIDDEN,
        HEAD + b"Content-Length : 3\r\n\r\nabc" + HIDDEN,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3z\r\nabc\r\n0\r\n\r\n" + HIDDEN,
        HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 3\n\nabc" + HIDDEN,
    ],
)
def test_a_message_whose_end_can_be_read_two_ways_is_refused_and_nothing_behind_it_is_read(
    port: int, message: bytes
) -> None:
    answer = answered(port, message)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_message_that_ends_plainly_is_answered(port: int) -> None:
    closing = HEAD + b"Connection: close\r\n"
    for message in (
        closing + b"Content-Length: 3\r\n\r\nabc",
        closing + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ):
        assert answered(port, message).endswith(b"\r\n3")
