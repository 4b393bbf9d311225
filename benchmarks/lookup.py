"""Looking a customer up by identity code over HTTP, beside the bare query in the same server.

Both are served by one uvicorn process, each as an application of the same framework at the same depth,
from as large a pool of connections to the same database of invented customers, to the same client over
kept-alive connections: ``bare`` runs one indexed query in a plain handler, as the tables' owner, whom no policy
binds; ``full`` is the register's own route, with sign-in, purpose, policies, opening of sealed values,
masking and the audit event committed. The floor is ``bare``; the figure is a ratio. They are asked in short
turns, so that whatever else the machine does falls upon both.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure

CLIENTS = 4
TURNS = 40
REQUESTS = 200
"""In one turn."""
WARM_UP = 400
START_S = 20
RATE_FLOOR = 0.5
P99_CEILING = 2.5
BODY_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of requests took."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


def request_bytes(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """One HTTP/1.1 request, ready to send."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def drive(port: int, kinds: Sequence[Sequence[bytes]], *, clients: int = CLIENTS) -> list[Load]:
    """Send each kind of requests over so many connections from another process, the kinds by turns.

    Fails on any answer but 200.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_drive_by_turns, (port, kinds, clients))


def _drive_by_turns(port: int, kinds: Sequence[Sequence[bytes]], clients: int) -> list[Load]:
    lines = [_connected(port) for _ in range(clients)]
    times: list[list[float]] = [[] for _ in kinds]
    spent = [0.0 for _ in kinds]
    for first in range(0, max(map(len, kinds)), REQUESTS):
        for kind, requests in enumerate(kinds):
            began = time.perf_counter()
            times[kind] += _turn(lines, requests[first : first + REQUESTS])
            spent[kind] += time.perf_counter() - began
    return [_load(taken, seconds) for taken, seconds in zip(times, spent, strict=True)]


def _turn(lines: Sequence[socket.socket], requests: Sequence[bytes]) -> list[float]:
    """Seconds of each request; raises where any failed."""
    times: list[float] = []
    parts = [requests[start :: len(lines)] for start in range(len(lines))]
    threads = [
        threading.Thread(target=_drive_one, args=(line, part, times)) for line, part in zip(lines, parts, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != len(requests):
        raise RuntimeError("a request was not answered with 200; its connection says so above")
    return times


def _load(times: list[float], seconds: float) -> Load:
    times.sort()
    middle, high, higher = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95, 0.99))
    return Load(len(times) / seconds, middle, high, higher)


def _drive_one(line: socket.socket, requests: Sequence[bytes], times: list[float]) -> None:
    for request in requests:
        began = time.perf_counter()
        line.sendall(request)
        answer = b""
        while BODY_END not in answer:
            answer += line.recv(65536)
        head, _, body = answer.partition(BODY_END)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"not 200: {head.splitlines()[0].decode()} {body[:200]!r}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += line.recv(65536)
        times.append(time.perf_counter() - began)


def measure(home: Path, codes: Sequence[str], account: str, password: str) -> dict[str, Load]:
    """Both ways on a server of this home."""
    with served(home) as (_, port):
        token = sign_in(port, account, password)
        chosen = random.Random(1).choices(codes, k=TURNS * REQUESTS)
        headers = {"Authorization": f"Bearer {token}", "Rekisteri-Purpose": "invoicing"}
        full = [request_bytes("/api/v1/customers/lookup", _body(code), headers) for code in chosen]
        bare = [request_bytes("/bare/lookup", _body(code), {}) for code in chosen]
        drive(port, [bare[:WARM_UP], full[:WARM_UP]])
        loads = drive(port, [bare, full])
        return {"bare": loads[0], "full": loads[1]}


@contextmanager
def served(home: Path) -> Iterator[tuple[int, int]]:
    """A server of this home: its process and its port."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lookup_server", str(home)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield server.pid, int(server.stdout.readline())
    finally:
        # Terminated, it would end at once and leave its database running.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def _connected(port: int) -> socket.socket:
    """A connection to a server that may still be starting."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _body(code: str) -> bytes:
    return json.dumps({"hetu": code}).encode()


def sign_in(port: int, account: str, password: str) -> str:
    body = json.dumps({"account": account, "password": password}).encode()
    with _connected(port) as line:
        line.sendall(request_bytes("/api/v1/session", body, {"Connection": "close"}))
        answer = b""
        while block := line.recv(65536):
            answer += block
    token: str = json.loads(answer.partition(BODY_END)[2])["token"]
    return token


def figures(loads: dict[str, Load]) -> list[Figure]:
    """The two ratios: rate and 99th percentile."""
    bare, full = loads["bare"], loads["full"]
    rate, tail = full.per_second / bare.per_second, full.p99_ms / bare.p99_ms
    return [
        Figure(
            "look-up by identity code over HTTP, with access and audit", f"{full.per_second:,.0f}/s",
            f"{bare.per_second:,.0f}/s bare", f"{rate:.2f} x", f">= {RATE_FLOOR} x", rate >= RATE_FLOOR,
        ),
        Figure(
            "its 99th percentile", f"{full.p99_ms:.1f} ms", f"{bare.p99_ms:.1f} ms bare", f"{tail:.2f} x",
            f"<= {P99_CEILING} x", tail <= P99_CEILING,
        ),
    ]  # fmt: skip
