"""The change interface over the network: X-Road REST, basic authentication, bounded retries, clear errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import httpx2
import orjson
import stamina
from pydantic import SecretStr

from rekisteri.ground import egress, ids
from rekisteri.ground.egress import Connection
from rekisteri.ground.errors import Unavailable
from rekisteri.sources.vtj import wire_changes, wire_soap
from rekisteri.sources.vtj.groups import FIELDS
from rekisteri.sources.vtj.hearing import heard
from rekisteri.sources.vtj.wire_changes import PAGE_BYTES_MAX, Page
from rekisteri.sources.vtj.wire_soap import NoAnswer, harmless

T = TypeVar("T")
INTERFACE = "VTJ's change interface"
ATTEMPTS = 3
BATCH_MOST = 1000
"""Persons in one request for basic data (DVV's limit)."""
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class ChangesSetup:
    """How the change interface is reached and under which permission; all of it configuration.

    ``url`` is the address up to and with ``/api/v1``. ``groups`` are those of the permit that are asked for.
    """

    url: str
    client: str
    user: str
    password: SecretStr
    permission: str
    groups: frozenset[str] = frozenset(FIELDS)
    absent_is_off: bool = False
    """The permit opens the non-disclosure order: whoever has none told, and had none, has none."""
    batch: int = BATCH_MOST
    daily_most: int = 100_000
    """Persons whose basic data may be read in one day."""
    brake_share: float = 0.02
    brake_least: int = 50
    """Deaths, moves or renames in one run beyond this share of those followed, and this many, stop it."""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    timeout_s: float = 60.0
    wait_s: float = 2.0

    def connection(self) -> Connection:
        """The declared way out. Raises ``Rejected`` for an X-Road identifier that is none."""
        wire_soap.check_identifier(self.client, 4)
        return Connection(
            name="vtj-changes",
            url=self.url,
            country="FI",
            purpose="Following customers in the Population Information System (muutosrajapinta)",
            ca=self.ca,
            certificate=self.certificate,
            key=self.key,
        )


class AccessDenied(Unavailable):
    """The interface does not accept our credentials; nothing more is asked before an operator has mended it."""


class Interface:
    """The change interface, open for a run."""

    def __init__(self, setup: ChangesSetup, client: egress.Client, end_user: str) -> None:
        self._setup = setup
        self._client = client
        self._end_user = end_user

    def day_key(self, day: date) -> int:
        """The key from which a day's changes begin. Raises ``NoAnswer``."""
        return self._call("GET", f"kirjausavain/{day.isoformat()}", b"", wire_changes.parse_key)

    def basic(self, hetus: Sequence[str]) -> Page:
        """Basic data of at most ``BATCH_MOST`` persons; those VTJ does not know, or the permit, are not there."""
        body, asked = wire_changes.basic_request(hetus, self._setup.groups), frozenset(hetus)
        return self._call("POST", "perustiedot", body, lambda content: wire_changes.parse_basic(content, asked))

    def changes(self, key: int, hetus: Sequence[str]) -> Page:
        """A page of these persons' changes from a key on. Raises ``NoAnswer``."""
        body, asked = wire_changes.changes_request(key, hetus), frozenset(hetus)
        return self._call("POST", "muutokset", body, lambda content: wire_changes.parse_changes(content, asked))

    def _call(self, method: str, path: str, body: bytes, parse: Callable[[bytes], T]) -> T:
        call = str(ids.fresh())
        for attempt in stamina.retry_context(
            on=_may_pass,
            attempts=ATTEMPTS,
            timeout=None,
            wait_initial=self._setup.wait_s,
            wait_jitter=self._setup.wait_s,
        ):
            with attempt:
                message_id = call if attempt.num == 1 else f"{call}-{attempt.num}"
                try:
                    return parse(self._send(method, path, body, message_id))
                except AccessDenied as error:
                    raise AccessDenied(_told(message_id, error.message)) from error
                except NoAnswer as error:
                    raise NoAnswer(_told(message_id, error.message), passing=error.passing) from error
        raise AssertionError("a retry ends by an answer or an error")

    def _send(self, method: str, path: str, body: bytes, message_id: str) -> bytes:
        headers = {
            "X-Road-Client": self._setup.client, "X-Road-Id": message_id, "X-Road-UserId": self._end_user,
            "Accept": "application/json", "Content-Type": "application/json",
        }  # fmt: skip
        url = f"{self._setup.url.rstrip('/')}/{path}"
        auth = httpx2.BasicAuth(self._setup.user, self._setup.password.get_secret_value())
        try:
            with self._client.stream(method, url, content=body or None, headers=headers, auth=auth) as response:
                content = heard(response, bytes_most=PAGE_BYTES_MAX, timeout_s=self._setup.timeout_s)
        except httpx2.TimeoutException:
            raise NoAnswer("No answer came in time.", passing=True) from None
        except httpx2.ConnectError as error:
            raise _unreached(error) from None
        except httpx2.TransportError:
            raise NoAnswer("The connection broke off in the middle of an answer.", passing=True) from None
        if response.status_code != httpx2.codes.OK:
            raise _refused(response, content)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise NoAnswer(f"The server answered with {harmless(kind) or 'nothing'} instead of JSON.", passing=True)
        return content


@contextmanager
def opened(setup: ChangesSetup, end_user: str) -> Iterator[Interface]:
    """The interface for a run; ``end_user`` stands in the X-Road header of each call."""
    with egress.client(setup.connection(), timeout_s=setup.timeout_s) as client:
        yield Interface(setup, client, end_user)


def _refused(response: httpx2.Response, content: bytes) -> Unavailable:
    """An answer that is no success: the security server's error, or the service's."""
    status = response.status_code
    kind = response.headers.get("x-road-error", "")
    said = kind
    if not said and "json" in response.headers.get("content-type", ""):
        try:
            told = orjson.loads(content)
            said = str(told.get("message", "")) if isinstance(told, dict) else ""
        except orjson.JSONDecodeError:
            said = ""
    text = f"The server answered {status}{f' ({harmless(said)})' if said else ''}."
    return AccessDenied(text) if status in _REFUSED and not kind else NoAnswer(text, passing=status in _PASSING)


def _unreached(error: Exception) -> NoAnswer:
    text = str(error).lower()
    if any(word in text for word in ("certificate", "ssl", "tls")):
        return NoAnswer("The certificates do not match: the server's or ours is not accepted.")
    return NoAnswer("The server cannot be reached.", passing=True)


def _may_pass(error: Exception) -> bool:
    return isinstance(error, NoAnswer) and error.passing


def _told(message_id: str, text: str) -> str:
    return f"{INTERFACE}, call {message_id}: {text}"
