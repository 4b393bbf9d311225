"""Egress: the only way out of the house, for declared connections alone.

A ``Connection`` declares where it goes, in which country, and what for. ``client`` and
``session`` give an HTTP client that reaches its one origin and no other, over TLS unless it
stays on this machine. ``guarded`` closes the process: while it lasts, no socket opened in
Python reaches anything beyond this machine but for a declared connection's own call, and no
other name is even resolved. Outside the EU and EEA nothing is declared (register description
§ 8). Libraries with sockets of their own in C (the database driver) are not seen by the guard;
the database's address is a declared connection that is checked at start.
"""

from __future__ import annotations

import re
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx2
import requests
from requests.adapters import HTTPAdapter

from rekisteri.ground import clock, countries
from rekisteri.ground.errors import Refused, Rejected, Unavailable

Client = httpx2.Client
Session = requests.Session

TIMEOUT_S = 20.0
"""How long a connection, and each pause of an answer, may take unless told otherwise."""

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Suites of TLS 1.2 at either end, the strongest first: forward secrecy and sealing in one, as those of TLS 1.3 all are."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_PORTS = {"https": 443, "http": 80}
_LOCAL_NAMES = frozenset({"", "localhost", "ip6-localhost", "ip6-loopback"})


@dataclass(frozen=True, slots=True)
class Connection:
    """One declared way out. ``check`` judges it; ``client`` and ``session`` use it.

    ``country`` is that of whoever receives (ISO 3166-1, two letters). ``ca`` is the authority
    the other side's certificate must come from (else the machine's own list), ``certificate``
    and ``key`` are ours, for a side that asks who calls. ``networks``, where given, are the only
    ones the host's name may resolve to.
    """

    name: str
    url: str
    country: str
    purpose: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    networks: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The name or address it goes to, in small letters."""
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def port(self) -> int:
        """The port it goes to."""
        parts = urlsplit(self.url)
        return parts.port or _PORTS.get(parts.scheme, 0)

    @property
    def local(self) -> bool:
        """Whether it stays on this machine."""
        return is_local(self.host)


def is_local(host: str) -> bool:
    """Whether a host, as a name or an address, is this machine by its very form; nothing is resolved."""
    if host.lower().rstrip(".") in _LOCAL_NAMES:
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def check(connection: Connection, on: date) -> None:
    """Hold a declaration against the rules of a day. Raises ``Rejected``, naming the connection and the cure."""
    name = connection.name
    if not _NAME.fullmatch(connection.name):
        raise Rejected(f"The connection '{name}' needs a name of small letters, digits and hyphens.", field="name")
    try:
        parts = urlsplit(connection.url)
        sound = parts.scheme in _PORTS and bool(parts.hostname) and connection.port > 0
    except ValueError:
        raise Rejected(
            f"The connection '{name}' has an address that cannot be read; write it as https://host/path.", field="url"
        ) from None
    if not sound or parts.query or parts.fragment:
        raise Rejected(f"The connection '{name}' needs an address of the form https://host/path.", field="url")
    if parts.username is not None or parts.password is not None:
        raise Rejected(
            f"The connection '{name}' carries a password in its address; keep secrets in a setting of their own.",
            field="url",
        )
    if parts.scheme != "https" and not connection.local:
        raise Rejected(
            f"The connection '{name}' would leave this machine without TLS; declare it as https.", field="url"
        )
    if not connection.purpose.strip():
        raise Rejected(f"The connection '{name}' does not say what it is for; declare its purpose.", field="purpose")
    if not countries.inside(connection.country, on):
        raise Rejected(
            f"The connection '{name}' goes to a country ('{connection.country}') that is not of the EU or EEA, and nothing is sent there.",
            field="country",
        )
    _check_files(connection)
    try:
        for network in connection.networks:
            ip_network(network)
    except ValueError:
        raise Rejected(
            f"The connection '{name}' names a network that is none; write it as 192.0.2.0/24.", field="networks"
        ) from None


def _check_files(connection: Connection) -> None:
    name = connection.name
    for field, path in (("ca", connection.ca), ("certificate", connection.certificate), ("key", connection.key)):
        if path is not None and not path.is_file():
            raise Rejected(f"The connection '{name}' names a file that is not there: {path}.", field=field)
    if connection.key is not None and connection.key.stat().st_mode & 0o077:
        raise Rejected(
            f"The connection '{name}' has a key that others may read; run chmod 600 on {connection.key}.", field="key"
        )
    if (connection.key is None) != (connection.certificate is None):
        raise Rejected(
            f"The connection '{name}' needs both a certificate and its key, or neither.", field="certificate"
        )


def client(connection: Connection, *, timeout_s: float = TIMEOUT_S) -> Client:
    """An HTTP client of the connection's origin; paths are taken from its address on.

    Redirections are not followed, and no proxy is taken from the environment. Raises
    ``Rejected`` for a declaration that does not hold; its calls raise ``Refused`` for another origin.
    """
    check(connection, clock.day(clock.now()))
    return httpx2.Client(
        base_url=connection.url,
        transport=_Transport(connection),
        timeout=timeout_s,
        trust_env=False,
        follow_redirects=False,
    )


def session(connection: Connection, *, timeout_s: float = TIMEOUT_S) -> Session:
    """As ``client``, for libraries that speak through requests; a call's own time-out wins over ``timeout_s``.

    A redirection is followed within the origin and refused beyond it.
    """
    check(connection, clock.day(clock.now()))
    made = requests.Session()
    made.trust_env = False
    made.adapters.clear()
    made.mount("https://", (adapter := _Adapter(connection, timeout_s)))
    made.mount("http://", adapter)
    return made


def tls(connection: Connection) -> ssl.SSLContext:
    """How the connection proves who is at either end: TLS 1.2 or newer, names checked.

    One without TLS trusts nobody: to read the system's authorities takes longer than such a call.
    """
    if urlsplit(connection.url).scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context(cafile=None if connection.ca is None else str(connection.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    if connection.certificate is not None:
        context.load_cert_chain(connection.certificate, connection.key)
    return context


@contextmanager
def calling(connection: Connection) -> Iterator[None]:
    """Within, this thread may open sockets to the connection's host and port, and resolve its name.

    For libraries that open sockets themselves; ``client`` and ``session`` do it for each call.
    """
    token = _calling.set(connection)
    try:
        yield
    finally:
        _calling.reset(token)


def reach(connection: Connection, *, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """Open the connection and close it again: what its server's certificate says, empty without TLS.

    Raises ``Rejected`` for a declaration that does not hold, ``Unavailable`` where nobody answers as declared.
    """
    check(connection, clock.day(clock.now()))
    try:
        with calling(connection), socket.create_connection((connection.host, connection.port), timeout_s) as plain:
            if urlsplit(connection.url).scheme != "https":
                return {}
            with tls(connection).wrap_socket(plain, server_hostname=connection.host) as secured:
                return dict(secured.getpeercert() or {})
    except OSError as error:
        why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.strerror or error
        raise Unavailable(f"The connection '{connection.name}' does not answer as declared: {why}.") from error


# Calls: one origin, whatever a redirection or a caller asks for


def _hold(connection: Connection, url: str) -> None:
    """Raise ``Refused`` unless the address is of the connection's origin."""
    wanted, given = urlsplit(connection.url), urlsplit(url)
    port = given.port or _PORTS.get(given.scheme, 0)
    if (given.scheme, (given.hostname or "").lower(), port) != (wanted.scheme, connection.host, connection.port):
        _GUARD.refuse(given.hostname or "", port, connection)


class _Transport(httpx2.BaseTransport):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._inner = httpx2.HTTPTransport(verify=tls(connection), trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        _hold(self._connection, str(request.url))
        with calling(self._connection):
            return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class _Adapter(HTTPAdapter):
    def __init__(self, connection: Connection, timeout_s: float) -> None:
        self._connection = connection
        self._timeout_s = timeout_s
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=tls(self._connection), **named)

    def cert_verify(self, conn: Any, url: str, verify: bool | str, cert: Any) -> None:
        """The connection's own context has decided already; a library's list of authorities is not added to it."""
        conn.cert_reqs = "CERT_REQUIRED"

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        _hold(self._connection, request.url or "")
        with calling(self._connection):
            return super().send(request, stream, timeout or self._timeout_s, True, None, None)


# The guard: what no declaration covers does not leave this machine


@dataclass(frozen=True, slots=True)
class Refusal:
    """An attempt to leave that no declaration covers."""

    host: str
    port: int
    connection: str | None
    """The connection in whose call it was tried, if in one."""


Listener = Callable[[Refusal], None]

_calling: ContextVar[Connection | None] = ContextVar("calling", default=None)


class _Guard:
    """Sees every socket Python opens. An audit hook can't be taken away, so it is disarmed instead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hooked = False
        self._listeners: tuple[Listener, ...] = ()

    def arm(self, listener: Listener) -> None:
        with self._lock:
            if not self._hooked:
                sys.addaudithook(self._heard)
                self._hooked = True
            self._listeners = (*self._listeners, listener)

    def disarm(self, listener: Listener) -> None:
        with self._lock:
            kept = list(self._listeners)
            kept.remove(listener)
            self._listeners = tuple(kept)

    def refuse(self, host: str, port: int, connection: Connection | None) -> NoReturn:
        """Tell whoever listens, and raise ``Refused``."""
        refusal = Refusal(host, port, None if connection is None else connection.name)
        for listener in self._listeners:
            listener(refusal)
        place = f"{host}:{port}" if port else host
        raise Refused(f"Nothing goes to {place} from here: no connection is declared for it.")

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not event.startswith("socket.") or not self._listeners:
            return
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._heard_address(*arguments[:2])
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            self._heard_name(arguments[0])

    def _heard_address(self, opened: socket.socket, address: Any) -> None:
        if opened.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
            return
        connection, (host, port) = _calling.get(), address[:2]
        host = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        if not _covers(connection, host, port):
            self.refuse(host, port, connection)

    def _heard_name(self, name: Any) -> None:
        host = name.decode("ascii", "replace") if isinstance(name, bytes) else str(name or "")
        connection = _calling.get()
        # An address is resolved by nobody; a name would be asked from a server outside.
        known = is_local(host) or _address(host) is not None
        if not known and (connection is None or host.lower() != connection.host):
            self.refuse(host, 0, connection)


_GUARD = _Guard()


@contextmanager
def guarded(listener: Listener) -> Iterator[None]:
    """Close the process: within, only declared connections' calls leave this machine.

    ``listener`` is told each refusal before it is raised as ``Refused`` to whoever tried.
    """
    _GUARD.arm(listener)
    try:
        yield
    finally:
        _GUARD.disarm(listener)


def _covers(connection: Connection | None, host: str, port: int) -> bool:
    """Whether a socket may go to an address (or a name that is local) now."""
    address = _address(host)
    here = address.is_loopback if address else is_local(host)
    if connection is None:
        return here
    if port != connection.port:
        return False
    if connection.local or address is None:
        return here and connection.local
    # A name outside that resolves to this machine or its neighbours' services is a trick.
    if here or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    networks = [ip_network(network) for network in connection.networks]
    return not networks or any(address in network for network in networks)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
