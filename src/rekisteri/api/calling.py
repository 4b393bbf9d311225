"""Who calls, what for, in which case and language: read from the headers of a request.

A ``Caller`` is made without asking anybody; the session is looked up when the handler,
already in its thread, opens the door. So a request costs one hop between threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Annotated, TypeVar, cast

from fastapi import Depends
from starlette.requests import Request

from rekisteri import access
from rekisteri.access import (
    Action,
    Asked,
    Entry,
    Held,
    Organisation,
    Read,
    Session,
    Stale,
    Viewer,
    Write,
    certificate_of,
    prove,
)
from rekisteri.api.pace import Pace
from rekisteri.api.problems import language_of
from rekisteri.catalogue import Purpose
from rekisteri.ground import numbers
from rekisteri.ground.errors import Rejected, Unidentified
from rekisteri.ground.settings import Settings
from rekisteri.wiring import Register

Capability = TypeVar("Capability", bound=Read)

PURPOSE_HEADER = "Rekisteri-Purpose"
CASE_HEADER = "Rekisteri-Case"
CASE = re.compile(r"[\w./:#\- ]{1,80}")
BEARER = "bearer"
DPOP = "dpop"
NAMED_PURPOSE = frozenset({"customer", "work", "import", "audit", "vtj", "payer", "bank"})
"""Acts on these name their purpose each time; others go by the caller's usual one."""


class PurposeUnnamed(Rejected):
    """Say what this is for in the header Rekisteri-Purpose; the allowed values are listed."""

    def __init__(self, allowed: tuple[Purpose, ...]) -> None:
        super().__init__(field=PURPOSE_HEADER)
        self.allowed = tuple(purpose.value for purpose in allowed)


def names_purpose(action: Action) -> bool:
    """Whether the act must name its purpose."""
    return action.policy.name.partition(":")[0] in NAMED_PURPOSE


class OrganisationCodes:
    """Codes of client organisations by id, remembered: neither ever changes."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, wanted: Iterable[int | None], ask: Callable[[], Iterable[Organisation]]) -> Mapping[int, str]:
        """The codes, asked for when one of those wanted is not known."""
        if not self._known.keys() >= set(wanted) - {None}:
            self._known |= {one.id: one.code for one in ask()}
        return self._known


@dataclass(slots=True)
class Caller:
    """One request's caller and the register it calls."""

    register: Register
    token: str | None
    purpose: str | None
    case: str | None
    language: str
    organisations: OrganisationCodes
    threads: Executor
    asked: Asked
    held: Held
    pace: Pace
    counted: bool = False
    looked: bool = False
    """The door has been opened in this request: what was done then is not done again."""
    anew: bool = False
    """What is remembered of the session holds no longer: it is asked for."""

    def codes(self, wanted: Iterable[int | None]) -> Mapping[int, str]:
        """Codes of client organisations by id. Not to be called within an open door."""
        return self.organisations.of(wanted, self._every_organisation)

    def session(self) -> Session:
        """The live session. Raises ``Unidentified``."""
        if self.token is None:
            raise Unidentified("Sign in (POST /session) and send the token as Authorization: Bearer.")
        if self.asked.proof is not None and self.held.proven is None:
            self.held.proven = prove(self.register.vault, self.asked, self.register.now(), token=self.token)
        return self.register.sessions.resume(self.token, self.held)

    @contextmanager
    def read(self, action: Action) -> Iterator[Read]:
        """The door, to look. Raises ``Unidentified``, ``PurposeUnnamed``, ``TooMany``, and what the door raises."""
        with ExitStack() as stack:
            yield self._enter(stack, self.register.door.read, action)

    def look(self, action: Action) -> AbstractContextManager[Read]:
        """``read`` for a handler that does nothing before: its entry goes with its first question, in one round.

        Where what is remembered of the session no longer holds, that question raises ``Stale``, and the desk runs the
        handler again from its beginning. Raises as ``read`` does.
        """
        recalled = None if self.looked else self._remembered()
        if recalled is None:
            return self.read(action)
        self.looked = True
        session, entry = recalled
        self._count(session)
        try:
            purpose, case = self._purpose(session, action), self._case()
        except Rejected:
            self.session()  # Whoever's session has ended is told that, and not what was wrong with the question.
            raise
        return self.register.door.read(session.viewer, action, purpose, case=case, entry=entry)

    @contextmanager
    def write(self, action: Action) -> Iterator[Write]:
        """The door, to look and change. Raises as ``read`` does."""
        with ExitStack() as stack:
            yield self._enter(stack, self.register.door.write, action)

    def _enter(
        self, stack: ExitStack, opening: Callable[..., AbstractContextManager[Capability]], action: Action
    ) -> Capability:
        """Through the door with the session as it is remembered, where it still is so; else with the session asked for."""
        recalled = self._remembered()
        self.looked = True
        if recalled is not None:
            session, entry = recalled
            self._count(session)
            try:
                opened = opening(session.viewer, action, self._purpose(session, action), case=self._case(), entry=entry)
                return stack.enter_context(_begun(opened))
            except (Stale, Rejected):
                pass  # Whoever's session has ended is told that, and not what was wrong with the question.
        session = self.session()
        self._count(session)
        return stack.enter_context(opening(session.viewer, action, self._purpose(session, action), case=self._case()))

    def _remembered(self) -> tuple[Session, Entry] | None:
        """The session as this process remembers it; None where it is to be asked for."""
        if self.token is None or self.asked.proof is not None or self.anew:
            return None
        return self.register.sessions.recall(self.token, self.held)

    def _count(self, session: Session) -> None:
        """Count the request, once however often it opens the door. Raises ``TooMany``."""
        if not self.counted:
            self.counted = True
            self.pace.take(session.viewer.handle)

    def acting(self, action: Action) -> tuple[Viewer, Purpose, str | None]:
        """Who calls, for what and in which case, for an act that opens the door more than once. Raises as ``read``."""
        session = self.session()
        self._count(session)
        return session.viewer, self._purpose(session, action), self._case()

    def _every_organisation(self) -> list[Organisation]:
        with self.read(Action.ORGANISATION_READ) as tx:
            return access.organisations(tx)

    def _purpose(self, session: Session, action: Action) -> Purpose:
        if self.purpose is None and not names_purpose(action):
            return session.purpose
        try:
            return Purpose(self.purpose or "")
        except ValueError:
            raise PurposeUnnamed(session.viewer.purposes()) from None

    def _case(self) -> str | None:
        if self.case is None:
            return None
        if not CASE.fullmatch(self.case) or numbers.without_hetu(self.case) != self.case:
            raise Rejected(
                "A case is named by its reference: at most 80 letters, digits and . / : # - signs, no identity code.",
                field=CASE_HEADER,
            )
        return self.case


@contextmanager
def _begun(opened: AbstractContextManager[Capability]) -> Iterator[Capability]:
    """An act whose entry is not left to its first question."""
    with opened as tx:
        tx.begin()
        yield tx


async def calling(request: Request) -> Caller:
    """The caller of a request. What it has proved to hold is kept with the request, for a proof serves once."""
    headers = request.headers
    kind, _, token = headers.get("authorization", "").partition(" ")
    register: Register = request.app.state.register
    proofs = headers.getlist("dpop") if kind.lower() == DPOP else []
    held = getattr(request.state, "held", None)
    if held is None:
        held = request.state.held = Held(certificate=caller_certificate(register.settings, request))
    if kind.lower() == DPOP:
        request.state.dpop_nonce = register.tokens.nonce()
    return Caller(
        register=register,
        token=(token.strip() or None) if kind.lower() in (BEARER, DPOP) else None,
        purpose=headers.get(PURPOSE_HEADER),
        case=headers.get(CASE_HEADER),
        language=language_of(headers.get("accept-language")),
        organisations=request.app.state.organisations,
        threads=request.app.state.threads,
        asked=Asked(
            request.method,
            # Only a proof is of an address.
            address_of(register.settings, request) if kind.lower() == DPOP else "",
            # Two proofs are none (RFC 9449 § 4.3); and whoever says DPoP must send one.
            None if kind.lower() != DPOP else proofs[0] if len(proofs) == 1 else "",
        ),
        held=held,
        pace=request.app.state.pace,
    )


def address_of(settings: Settings, request: Request) -> str:
    """The address of a request as its caller knows it, without the query."""
    url = request.url
    base = (settings.public_url or f"{url.scheme}://{url.netloc}").rstrip("/")
    return base + url.path


def caller_certificate(settings: Settings, request: Request) -> bytes | None:
    """The caller's certificate, in DER: of the TLS connection, or as the declared proxy tells it."""
    tls = request.scope.get("extensions", {}).get("tls")
    if tls is not None:
        return cast("bytes | None", tls.get("client_cert_der"))
    name = settings.client_certificate_header
    if name is None or not settings.behind_proxy:
        return None
    told = request.headers.getlist(name)
    return certificate_of(told[0]) if len(told) == 1 else None


Calling = Annotated[Caller, Depends(calling)]
