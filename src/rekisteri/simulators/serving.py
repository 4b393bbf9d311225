"""Serving: an HTTP server of the outside world, on this machine, with what it can be told to do wrong.

A simulator answers each request by a function of its own. ``misbehave`` queues faults that the next
requests meet first: a slow answer, half an answer, a page of HTML, a bare status.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

BODY_MAX: Final = 16 << 20
DRIPS: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Misdeed:
    """Something that goes wrong with one answer.

    ``instead`` stands in its place; ``delay_s`` passes before it; ``drip_s`` before each of twenty parts it comes in;
    ``cut`` leaves out the second half and breaks the connection; ``mend`` changes the answer that would have been given.
    """

    instead: Answered | None = None
    delay_s: float = 0.0
    drip_s: float = 0.0
    cut: bool = False
    mend: Callable[[Answered], Answered] | None = None


class Outsider:
    """A server of the outside world and its memory of what it was asked."""

    def __init__(self, answer: Callable[[Asked], Answered]) -> None:
        self._answer = answer
        self._misdeeds: deque[Misdeed] = deque()
        self._lock = threading.Lock()
        self.asked: list[Asked] = []
        self.port = 0
        self.scheme = "http"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://localhost:{self.port}"

    def misbehave(self, *misdeeds: Misdeed) -> None:
        """The next requests meet these, one each."""
        with self._lock:
            self._misdeeds.extend(misdeeds)

    def meet(self, asked: Asked) -> tuple[Answered, Misdeed]:
        """The answer to a request, and what goes wrong with it."""
        with self._lock:
            self.asked.append(asked)
            misdeed = self._misdeeds.popleft() if self._misdeeds else Misdeed()
        if misdeed.delay_s:
            time.sleep(misdeed.delay_s)
        answered = misdeed.instead or self._answer(asked)
        return (misdeed.mend(answered) if misdeed.mend else answered), misdeed


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate and key of the server, and the authority a caller's certificate must come from."""

    certificate: Path
    key: Path
    callers: Path | None = None


@contextmanager
def serving(outsider: Outsider, *, port: int = 0, tls: Tls | None = None) -> Iterator[Outsider]:
    """The outsider answers, on loopback, until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(outsider))
    server.daemon_threads = True
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)
        if tls.callers is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(tls.callers)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        outsider.scheme = "https"
    outsider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield outsider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(outsider: Outsider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            self._meet()

        def do_POST(self) -> None:
            self._meet()

        def _meet(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), BODY_MAX)
            headers = {name.lower(): value for name, value in self.headers.items()}
            answered, misdeed = outsider.meet(Asked(self.command, self.path, headers, self.rfile.read(length)))
            self.send_response(answered.status)
            self.send_header("Content-Type", answered.content_type)
            self.send_header("Content-Length", str(len(answered.body)))
            for name, value in answered.headers:
                self.send_header(name, value)
            self.end_headers()
            body = answered.body[: len(answered.body) // 2] if misdeed.cut else answered.body
            part = len(body) // DRIPS + 1 if misdeed.drip_s else len(body) or 1
            try:
                for start in range(0, len(body), part):
                    time.sleep(misdeed.drip_s)
                    self.wfile.write(body[start : start + part])
                    self.wfile.flush()
            except OSError:
                # Whoever asked has gone: a slow answer is often met so.
                self.close_connection = True
            if misdeed.cut:
                self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is logged: what is asked may hold identity codes."""

    return Handler
