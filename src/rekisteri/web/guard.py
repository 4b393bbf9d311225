"""What keeps a page safe: cookies, the token of forms, the headers of every answer."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rekisteri.ground.errors import Refused
from rekisteri.ground.keys import Vault

YEAR_S = 365 * 24 * 3600
STATIC = "/static/"
FORM_TOKEN = "csrf"  # noqa: S105 - the name of a field, not a secret
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of the face: none can be read by scripts; but for one none travels to or from another site."""

    secure: bool

    @property
    def session(self) -> str:
        """Name of the cookie that holds the session's token."""
        return self._name("rekisteri")

    @property
    def visit(self) -> str:
        """Name of the cookie that binds the sign-in form to this browser, before any session."""
        return self._name("rekisteri-kaynti")

    @property
    def case(self) -> str:
        """Name of the cookie that holds the case reference in use."""
        return self._name("rekisteri-asia")

    @property
    def language(self) -> str:
        """Name of the cookie that holds the language of the last visit."""
        return self._name("rekisteri-kieli")

    @property
    def errand(self) -> str:
        """Name of the cookie that a browser keeps on its way to an identity provider and back."""
        return self._name("rekisteri-matka")

    def _name(self, base: str) -> str:
        return f"__Host-{base}" if self.secure else base

    def put(self, response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
        """Set a cookie; without ``max_age`` it goes when the browser is closed."""
        response.set_cookie(
            name, value, max_age=max_age, path="/", secure=self.secure, httponly=True, samesite="strict"
        )

    def put_lax(self, response: Response, name: str, value: str, *, max_age: int) -> None:
        """Set a cookie that comes along when another site leads here: for the way back from an identity provider."""
        response.set_cookie(name, value, max_age=max_age, path="/", secure=self.secure, httponly=True, samesite="lax")

    def drop(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="strict")


def visit_token() -> str:
    """A fresh token for a browser that has not signed in."""
    return secrets.token_urlsafe(24)


def form_token(vault: Vault, secret: str) -> str:
    """The token a form carries; derived from the cookie's secret, so nothing is kept for it."""
    return vault.token_hash(f"form|{secret}").hex()


def check_origin(request: Request) -> None:
    """Raise ``Refused`` for a change that another site asks for (Fetch Metadata)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused("The form did not come from this register; open the page again and send it anew.")


def check_form(vault: Vault, secret: str | None, given: str) -> None:
    """Raise ``Refused`` unless the form carries the token of this browser's session."""
    if secret is None or not hmac.compare_digest(form_token(vault, secret), given):
        raise Refused("The form is too old; open the page again and send it anew.")


def local(target: str) -> str:
    """A path of this site to go to next; anything else becomes the front page."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if inside and target.isprintable() else "/"


def next_query(target: str) -> str:
    """The query that says where to go after sign-in; empty for the front page."""
    return urlencode({"seuraava": target}) if target != "/" else ""


class SafeHeaders:
    """Gives every answer its safety headers; what is not a vendored file is never stored."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = _HEADERS | (
            {"strict-transport-security": "max-age=31536000; includeSubDomains"} if secure else {}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: adds the headers as the answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fixed = scope["path"].startswith(STATIC) and b"v=" in scope["query_string"]

        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                stored = fixed and message["status"] == 200
                headers["cache-control"] = f"public, max-age={YEAR_S}, immutable" if stored else "no-store"
            await send(message)

        await self._app(scope, receive, send_safe)


def content_length(headers: Headers) -> int | None:
    """How long the body says it is; None when it does not say."""
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None
