"""How the register listens: on this machine's own address, or over TLS, and to its own names only.

Register description § 9 B: a closed environment. Anything but loopback must be served over TLS,
by the register itself or by a proxy that is declared; else it does not start.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rekisteri.ground import egress
from rekisteri.ground.errors import Rejected
from rekisteri.ground.settings import Settings

OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - named to be refused as a name


def check_listening(settings: Settings, host: str) -> None:
    """Raise ``Rejected``, with the cure, where listening on ``host`` would open the register to plain HTTP."""
    if settings.tls_cert is None and settings.tls_key is None:
        if settings.tls_client_ca is not None:
            raise Rejected("Callers' certificates need TLS: set REKISTERI_TLS_CERT and REKISTERI_TLS_KEY as well.")
        if (host in EVERY_ADDRESS or not egress.is_local(host)) and not settings.behind_proxy:
            raise Rejected(
                f"Others than this machine reach {host or 'every address'}, and plain HTTP shows them everything. "
                "Set REKISTERI_TLS_CERT and REKISTERI_TLS_KEY, or REKISTERI_BEHIND_PROXY=true where a proxy does TLS, "
                "or listen on 127.0.0.1.",
                field="host",
            )
        if settings.behind_proxy and not names(settings):
            raise Rejected(
                "Behind a proxy the register must know its name: set REKISTERI_HOSTS, such as rekisteri.example.fi.",
                field="hosts",
            )
        return
    if settings.tls_cert is None or settings.tls_key is None:
        raise Rejected("TLS needs both REKISTERI_TLS_CERT and REKISTERI_TLS_KEY.", field="tls_cert")
    for field, path in (("tls_cert", settings.tls_cert), ("tls_key", settings.tls_key)):
        if not path.is_file():
            raise Rejected(f"There is no file {path}.", field=field)
    if settings.tls_key.stat().st_mode & 0o077:
        raise Rejected(f"The key {settings.tls_key} is readable by others; run chmod 600 on it.", field="tls_key")
    if settings.behind_proxy:
        raise Rejected(
            "Either the register does TLS or a proxy does: unset REKISTERI_BEHIND_PROXY.", field="behind_proxy"
        )


def names(settings: Settings) -> frozenset[str]:
    """The names others call the register by: as set, else those of its certificate."""
    given = frozenset(name.strip().lower() for name in settings.hosts.split(",") if name.strip())
    if given or settings.tls_cert is None:
        return given
    return frozenset(_certified(settings.tls_cert))


def _certified(path: Path) -> Iterable[str]:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    try:
        said = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return ()
    assert isinstance(said, x509.SubjectAlternativeName)
    addresses = (str(one) for one in said.get_values_for_type(x509.IPAddress))
    return (
        *(name.lower() for name in said.get_values_for_type(x509.DNSName)),
        *(f"[{one}]" if ":" in one else one for one in addresses),
    )


def tls(settings: Settings) -> ssl.SSLContext | None:
    """How the register is served over TLS (1.2 or newer); None where it is not. Raises ``Rejected``."""
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(egress.CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
        if settings.tls_client_ca is not None:
            context.load_verify_locations(settings.tls_client_ca)
            context.verify_mode = ssl.CERT_OPTIONAL if settings.tls_client_optional else ssl.CERT_REQUIRED
    except OSError as error:
        raise Rejected(f"The certificate and key of TLS cannot be used: {error.strerror or error}.") from None
    return context


class CertifyingProtocol(HttpToolsProtocol):
    """Tells the application the caller's certificate, where the caller showed one as TLS began."""

    def on_message_begin(self) -> None:
        """A request begins: its scope gets the certificate of its connection."""
        super().on_message_begin()
        secured = self.transport.get_extra_info("ssl_object")
        if secured is not None:
            self.scope["extensions"] = {"tls": {"client_cert_der": secured.getpeercert(binary_form=True)}}


class KnownNames:
    """Answers only to the register's own names: a page of another site that points here is told so."""

    def __init__(self, app: ASGIApp, *, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(names) | frozenset(OWN_NAMES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: let the request through, or answer 421."""
        if scope["type"] != "http" or self._known(scope):
            await self._app(scope, receive, send)
            return
        told = PlainTextResponse(
            "This is not the name of the register.\n",
            HTTPStatus.MISDIRECTED_REQUEST,
            headers={"cache-control": "no-store", "x-content-type-options": "nosniff"},
        )
        await told(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            return False
        host = given[0].decode("latin-1").lower()
        name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
        return name.rstrip(".") in self._names
