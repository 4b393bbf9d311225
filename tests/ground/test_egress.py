"""Nothing leaves but by declared connections, to countries of the EU and EEA."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
import requests

from rekisteri.ground import countries, egress
from rekisteri.ground.egress import Connection, Refusal
from rekisteri.ground.errors import Refused, Rejected, Unavailable
from tests.certificates import a_certificate

TODAY = date(2026, 3, 2)
REGISTRY = Connection("registry", "https://rajapinta.example.fi/v1", "FI", "asks whether an address holds")


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "http://192.0.2.7/elsewhere")
            self.send_header("Content-Length", "0")
        else:
            self.send_response(200)
            self.send_header("Content-Length", "2")
        self.end_headers()
        if not self.path.startswith("/away"):
            self.wfile.write(b"ok")

    def log_message(self, *_: Any) -> None:
        """Nothing is said."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on this machine; its port."""
    server = HTTPServer(("127.0.0.1", 0), Answering)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def told() -> Iterator[list[Refusal]]:
    """What the guard refuses while a test runs closed in."""
    refusals: list[Refusal] = []
    with egress.guarded(refusals.append):
        yield refusals


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"country": "US"}, "country"),
        ({"country": "GB"}, "country"),
        ({"country": "CH"}, "country"),
        ({"country": "fi"}, "country"),
        ({"country": ""}, "country"),
        ({"url": "http://rajapinta.example.fi/"}, "url"),
        ({"url": "ftp://rajapinta.example.fi/"}, "url"),
        ({"url": "https://user:salasana@rajapinta.example.fi/"}, "url"),
        ({"url": "https:///v1"}, "url"),
        ({"url": "https://rajapinta.example.fi:99999/"}, "url"),
        ({"url": "https://[::1/"}, "url"),
        ({"url": "https://rajapinta.example.fi/?a=b"}, "url"),
        ({"purpose": " "}, "purpose"),
        ({"name": "Registry"}, "name"),
        ({"networks": ("192.0.2.0/33",)}, "networks"),
        ({"ca": Path("/nowhere.pem")}, "ca"),
    ],
)
def test_a_declaration_that_does_not_hold_is_rejected_by_its_field(change: dict[str, Any], field: str) -> None:
    egress.check(REGISTRY, TODAY)
    wrong = replace(REGISTRY, **change)
    with pytest.raises(Rejected) as caught:
        egress.check(wrong, TODAY)
    assert caught.value.field == field
    assert "salasana" not in caught.value.message
    with pytest.raises(Rejected):
        egress.client(wrong)
    with pytest.raises(Rejected):
        egress.session(wrong)


def test_countries_belong_for_as_long_as_they_did() -> None:
    assert all(countries.inside(code, TODAY) for code in ["FI", "AX", "SE", "EE", "NO", "IS", "LI", "DE", "HR"])
    assert countries.inside("GB", date(2020, 12, 31)) and not countries.inside("GB", date(2021, 1, 1))
    assert not countries.inside("HR", date(2013, 6, 30))
    assert len([one for one in countries.MEMBERSHIPS if one.until is None]) == 27 + 3 + 1


def test_http_without_tls_stays_on_this_machine() -> None:
    for host in ("127.0.0.1", "localhost", "[::1]", "127.9.9.9"):
        egress.check(replace(REGISTRY, url=f"http://{host}:8500/"), TODAY)
    for host in ("localhost.example.fi", "10.0.0.1", "0.0.0.0", "127.0.0.1.example.fi"):  # noqa: S104
        with pytest.raises(Rejected):
            egress.check(replace(REGISTRY, url=f"http://{host}/"), TODAY)


def test_a_client_and_a_session_reach_their_origin_and_no_other(told: list[Refusal]) -> None:
    with serving() as port:
        here = replace(REGISTRY, url=f"http://127.0.0.1:{port}/v1/")
        with egress.client(here) as client, egress.session(here) as session:
            assert client.get("thing").text == "ok"
            assert session.get(f"http://127.0.0.1:{port}/v1/thing").text == "ok"
            assert client.get(f"http://127.0.0.1:{port}/away").status_code == 302
            assert not told
            for url in ("http://192.0.2.7/", f"https://127.0.0.1:{port}/", "http://127.0.0.1:9/"):
                with pytest.raises(Refused):
                    client.get(url)
                with pytest.raises(Refused):
                    session.get(url)
            with pytest.raises(Refused):
                session.get(f"http://127.0.0.1:{port}/away")
    assert [one.connection for one in told] == ["registry"] * 7
    assert told[-1] == Refusal("192.0.2.7", 80, "registry")


def test_no_socket_of_this_process_leaves_the_machine_undeclared(told: list[Refusal]) -> None:
    with serving() as port, socket.create_connection(("localhost", port), 2):
        pass
    with pytest.raises(Refused):
        socket.create_connection(("192.0.2.7", 443), 0.1)
    with pytest.raises(Refused):
        socket.getaddrinfo("0912.secret.example.org", 443)
    with pytest.raises(Refused):
        socket.gethostbyname("example.org")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram, pytest.raises(Refused):
        datagram.sendto(b"x", ("192.0.2.7", 53))
    with socket.socket(socket.AF_INET6) as six, pytest.raises(Refused):
        six.connect(("::ffff:192.0.2.7", 53))
    with pytest.raises(Refused):
        httpx2.get("https://192.0.2.7/", trust_env=False)
    with pytest.raises(Refused):
        requests.get("https://example.org/", timeout=1)
    assert len(told) == 7
    assert {one.connection for one in told} == {None}


def test_within_a_call_only_the_declared_host_port_and_networks_are_reached(told: list[Refusal]) -> None:
    pinned = replace(REGISTRY, networks=("192.0.2.0/28",))
    with egress.calling(pinned):
        for address in (
            ("192.0.2.77", 443),  # beyond the pinned network
            ("192.0.2.7", 444),  # another port
            ("127.0.0.1", 443),  # its name was made to resolve to this machine
            ("169.254.169.254", 443),  # or to the machine that hosts this one
        ):
            with socket.socket() as plain, pytest.raises(Refused):
                plain.connect(address)
        with pytest.raises(Refused):
            socket.getaddrinfo("other.example.fi", 443)
        with socket.socket() as plain:
            plain.setblocking(False)
            with pytest.raises(OSError) as caught:
                plain.connect(("192.0.2.7", 443))
            assert not isinstance(caught.value, Refused)
    assert len(told) == 5
    # The thread that makes a call opens nothing to another.
    refused: list[BaseException] = []

    def elsewhere() -> None:
        try:
            socket.create_connection(("192.0.2.7", 443), 0.1)
        except Refused as error:
            refused.append(error)

    with egress.calling(pinned):
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_the_guard_lets_go_when_it_is_over() -> None:
    told: list[Refusal] = []
    with egress.guarded(told.append), egress.guarded(told.append), pytest.raises(Refused):
        socket.getaddrinfo("example.org", 443)
    assert len(told) == 2
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.setblocking(False)
        # Nothing is sent: connecting a datagram only names the other side.
        assert datagram.connect_ex(("192.0.2.7", 53)) in (0, errno.ENETUNREACH, errno.EHOSTUNREACH)
    assert len(told) == 2


def test_the_other_side_is_who_its_certificate_says_by_the_declared_authority(tmp_path: Path) -> None:
    certificate, key = a_certificate(tmp_path, "localhost")
    stranger, _ = a_certificate(tmp_path, "stranger")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(context) as port:
        url = f"https://localhost:{port}/"
        trusted = replace(REGISTRY, url=url, ca=certificate, certificate=certificate, key=key)
        with egress.client(trusted) as client, egress.session(trusted) as session:
            assert client.get("").text == "ok"
            assert session.get(url).text == "ok"
        told = egress.reach(trusted)
        assert told["subjectAltName"] == (("DNS", "localhost"),)
        for wrong in (replace(trusted, ca=stranger), replace(trusted, ca=None)):
            with egress.client(wrong) as client, pytest.raises(httpx2.ConnectError):
                client.get("")
            with egress.session(wrong) as session, pytest.raises(requests.exceptions.SSLError):
                session.get(url, verify=False)
            with pytest.raises(Unavailable):
                egress.reach(wrong)
    key.chmod(0o640)
    with pytest.raises(Rejected):
        egress.client(trusted)


def test_a_connection_without_tls_would_trust_nobody() -> None:
    plain = Connection("bank", "http://127.0.0.1:8080/x", "FI", "a simulation")
    context = egress.tls(plain)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509"] == 0
    assert egress.tls(REGISTRY).cert_store_stats()["x509"] > 0
