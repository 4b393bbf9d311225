"""The query interface over the network: one question, bounded retries, a clear error naming the call.

One person at a time and on a user's demand only; bulk and upkeep go through the change interface
(DVV's terms of VTJkysely).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx2
import stamina
from pydantic import SecretStr

from rekisteri.ground import egress
from rekisteri.ground.egress import Connection
from rekisteri.sources.vtj import wire_query, wire_soap
from rekisteri.sources.vtj.codes import Meaning
from rekisteri.sources.vtj.hearing import heard
from rekisteri.sources.vtj.wire_query import Answer, Question
from rekisteri.sources.vtj.wire_soap import ANSWER_BYTES_MAX, Header, NoAnswer

ATTEMPTS = 3
WAIT_S = 0.5
INTERFACE = "VTJ's query interface"


@dataclass(frozen=True, slots=True)
class QuerySetup:
    """How the query interface is reached and under which permission; all of it configuration.

    ``client`` and ``service`` are X-Road identifiers. ``product`` is the message agreed in
    the permit (*SoSoNimi*), ``permission`` its number, such as 1125/410/14.
    """

    url: str
    client: str
    service: str
    user: str
    password: SecretStr
    product: str
    permission: str
    billing: str = ""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    timeout_s: float = 10.0
    wait_s: float = WAIT_S
    daily_most: int = 500
    """Persons asked of in one day at most."""

    def connection(self) -> Connection:
        """The declared way out. Raises ``Rejected`` for an X-Road identifier that is none."""
        wire_soap.check_identifier(self.client, 4)
        wire_soap.check_identifier(self.service, 6)
        return Connection(
            name="vtj-query",
            url=self.url,
            country="FI",
            purpose="Checking a customer against the Population Information System (VTJkysely)",
            ca=self.ca,
            certificate=self.certificate,
            key=self.key,
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the log tells it: its id, and who asks for what reason."""

    id: str
    end_user: str
    issue: str = ""


def ask(setup: QuerySetup, hetu: str, call: Call, on: date) -> Answer:
    """Ask of one person. Raises ``Unavailable``, naming the interface and the call.

    A trouble that may pass is tried again, a few times, each under an id of its own. What the
    code in force is, where another took its place, stands in the answer: asking by it is the caller's.
    """
    question = Question(
        hetu, setup.product, setup.user, setup.password.get_secret_value(), call.end_user, setup.billing
    )
    with egress.client(setup.connection(), timeout_s=setup.timeout_s) as client:
        for attempt in stamina.retry_context(
            on=_may_pass, attempts=ATTEMPTS, timeout=None, wait_initial=setup.wait_s, wait_jitter=setup.wait_s
        ):
            with attempt:
                message_id = call.id if attempt.num == 1 else f"{call.id}-{attempt.num}"
                header = Header(setup.client, setup.service, message_id, call.end_user, call.issue)
                try:
                    content = _post(client, setup, wire_query.render(header, question))
                    answer = wire_query.parse(content, header, question, on)
                except NoAnswer as error:
                    raise NoAnswer(_told(message_id, error.message), passing=error.passing) from error
                if answer.meaning in (Meaning.PASSING, Meaning.MISMATCH):
                    raise NoAnswer(_told(message_id, f"code {answer.code}: {answer.text}."), passing=True)
                return answer
    raise AssertionError("a retry ends by an answer or an error")


def _post(client: egress.Client, setup: QuerySetup, message: bytes) -> bytes:
    """The bytes of the answer. Raises ``NoAnswer`` where there is none."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept": "text/xml"}
    try:
        with client.stream("POST", setup.url, content=message, headers=headers) as response:
            content = heard(response, bytes_most=ANSWER_BYTES_MAX, timeout_s=setup.timeout_s)
    except httpx2.TimeoutException:
        raise NoAnswer("No answer came in time.", passing=True) from None
    except httpx2.ConnectError as error:
        raise NoAnswer(_unreached(error), passing=not _is_tls(error)) from None
    except httpx2.TransportError:
        raise NoAnswer("The connection broke off in the middle of an answer.", passing=True) from None
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A SOAP fault may come with any status; anything else that is no XML is some server's page.
    if "xml" not in kind:
        raise NoAnswer(
            f"The server answered {response.status_code} with {wire_soap.harmless(kind) or 'nothing'} instead of a SOAP message.",
            passing=response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR,
        )
    return content


def _unreached(error: Exception) -> str:
    if _is_tls(error):
        return "The certificates do not match: the server's or ours is not accepted."
    return "The server cannot be reached."


def _is_tls(error: Exception) -> bool:
    text = str(error).lower()
    return "certificate" in text or "ssl" in text or "tls" in text


def _may_pass(error: Exception) -> bool:
    return isinstance(error, NoAnswer) and error.passing


def _told(message_id: str, text: str) -> str:
    return f"{INTERFACE}, call {message_id}: {text}"
