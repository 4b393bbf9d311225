"""Who somebody is once proved: an account in force, a data subject, a system; by what, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from rekisteri import audit
from rekisteri.access.actions import Action
from rekisteri.access.grants import rights_of, stands
from rekisteri.access.proofs import Proven
from rekisteri.access.viewers import Viewer
from rekisteri.catalogue import Role
from rekisteri.ground import clock, ids
from rekisteri.ground.ids import AccountId, PartyId


class Method(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105 - the name of a method, not a secret
    PASSWORD_CODE = "password_code"  # noqa: S105
    RECOVERY = "recovery"
    PROVIDER = "provider"
    KEY = "key"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Proof:
    """How and when somebody proved who they are; of a provider's word also whose, and how strong it was."""

    method: Method
    at: datetime
    provider: str | None = None
    level: str | None = None
    provider_session: bytes | None = None
    provider_subject: bytes | None = None
    key_thumbprint: bytes | None = None
    certificate_thumbprint: bytes | None = None
    scope: tuple[str, ...] | None = None

    def told(self) -> dict[str, object]:
        """What the log tells of it."""
        return {"method": self.method} | ({"provider": self.provider} if self.provider else {})


@dataclass(slots=True)
class Held:
    """What the caller of a request has proved to hold, so that a bound token may be used in it.

    ``proven`` is a DPoP proof that holds; it serves for one request, however often that resumes its session.
    """

    certificate: bytes | None = None
    proven: Proven | None = None
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A data subject: who they are in the register, and their name as strong identification told it."""

    party_id: PartyId
    name: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What decides whether an account lets somebody in now."""

    id: UUID
    handle: str
    name: str
    rights: list[str]
    disabled_at: datetime | None
    expires_on: date | None
    locked_until: datetime | None


class Standing(Protocol):
    """What of a row decides whether its account lets somebody in, and as whom."""

    @property
    def id(self) -> UUID | None:
        """The account's."""
        ...

    @property
    def handle(self) -> str | None:
        """Its sign-in name."""
        ...

    @property
    def name(self) -> str:
        """Whose it is."""
        ...

    @property
    def rights(self) -> list[str]:
        """Its grants in force."""
        ...

    @property
    def disabled_at(self) -> datetime | None:
        """When it was closed."""
        ...

    @property
    def expires_on(self) -> date | None:
        """Its last day."""
        ...

    @property
    def locked_until(self) -> datetime | None:
        """Until when failures keep it closed."""
        ...


def closed(account: Standing, at: datetime) -> bool:
    """Whether an account lets nobody in now: one without a grant in force does not either, whatever it is lent."""
    locked = account.locked_until is not None and account.locked_until > at
    expired = account.expires_on is not None and account.expires_on < clock.day(at)
    return locked or expired or account.disabled_at is not None or not stands(account.rights)


def subject_viewer(
    party_id: PartyId, name: str, channel: str, language: str, authenticated_at: datetime, session_id: UUID
) -> Viewer:
    """The viewer a data subject is: of no organisation, with the one role, named in the log by party."""
    return Viewer(
        account_id=None,
        handle=f"subject:{party_id}",
        name=name,
        roles=frozenset({Role.SUBJECT}),
        organisations=frozenset(),
        every_organisation=False,
        channel=channel,
        language=language,
        party_id=party_id,
        authenticated_at=authenticated_at,
        session_id=session_id,
    )


def viewer_of(account: Standing, channel: str, language: str, authenticated_at: datetime, session_id: UUID) -> Viewer:
    """The viewer an account in force is, with exactly the rights of its grants."""
    assert account.id is not None
    assert account.handle is not None
    rights = rights_of(account.rights)
    return Viewer(
        account_id=AccountId(account.id),
        handle=account.handle,
        name=account.name,
        roles=frozenset(right.role for right in rights),
        organisations=frozenset().union(*(right.organisations for right in rights)),
        every_organisation=any(right.every_organisation for right in rights),
        channel=channel,
        language=language,
        rights=rights,
        authenticated_at=authenticated_at,
        session_id=session_id,
    )


def event_of(viewer: Viewer, action: Action, at: datetime, outcome: str, **detail: object) -> audit.Event:
    """An act of signing in or out as evidence."""
    return audit.Event(
        id=ids.fresh(),
        at=at,
        account_id=viewer.account_id,
        account=viewer.handle,
        roles=tuple(sorted(viewer.roles)),
        organisations=tuple(sorted(viewer.organisations)),
        action=action.policy.name,
        purpose=None,
        case_reference=None,
        channel=viewer.channel,
        outcome=outcome,
        detail=detail,
        session_id=viewer.session_id,
    )
