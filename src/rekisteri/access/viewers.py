"""Who acts, and whether they may: the decision, pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rekisteri.access.actions import PURPOSES_OF_ROLE, Action, Reach
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import numbers
from rekisteri.ground.errors import Refused, Rejected
from rekisteri.ground.ids import AccountId, PartyId

CASE_MAX = 80


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person or system, or a job of the register itself.

    ``party_id`` is who a data subject is in the register; ``acts_for`` is whom the subject
    now represents (a custodian the child, a guardian the principal), if anybody.
    """

    account_id: AccountId | None
    handle: str
    name: str
    roles: frozenset[Role]
    organisations: frozenset[int]
    every_organisation: bool
    channel: str
    language: str = "fi"
    party_id: PartyId | None = None
    acts_for: PartyId | None = None

    @property
    def self_id(self) -> PartyId | None:
        """The party whose data ``Reach.SELF`` opens; None for whoever is no data subject."""
        return self.acts_for or self.party_id

    def may(self, action: Action) -> bool:
        """Whether any of the viewer's roles carries the action."""
        return bool(self.roles & action.policy.roles)

    def purposes(self) -> tuple[Purpose, ...]:
        """What the viewer may name as purpose, the usual one first."""
        found: dict[Purpose, None] = {}
        for role in Role:
            if role in self.roles:
                found |= dict.fromkeys(PURPOSES_OF_ROLE[role])
        return tuple(found)

    def reaches(self, organisation_id: int) -> bool:
        """Whether a client organisation is within the viewer's scope."""
        return self.every_organisation or organisation_id in self.organisations


@dataclass(frozen=True, slots=True)
class Act:
    """What is being done: by whom, what, why, and on which day."""

    viewer: Viewer
    action: Action
    purpose: Purpose
    case_reference: str | None
    today: date

    @property
    def reach(self) -> Reach:
        """The reach row-level security is set to."""
        declared = self.action.policy.reach
        return Reach.ALL if declared is Reach.OWN and self.viewer.every_organisation else declared

    @property
    def roles(self) -> frozenset[Role]:
        """The viewer's roles that carry this action for this purpose: no other right is lent to it."""
        return frozenset(
            role for role in self.viewer.roles & self.action.policy.roles if self.purpose in PURPOSES_OF_ROLE[role]
        )


def decide(viewer: Viewer, action: Action, purpose: Purpose) -> None:
    """Raise ``Refused`` unless one role of the viewer carries the action for the purpose."""
    policy = action.policy
    if not viewer.may(action):
        raise Refused(f"Your roles do not carry {policy.name}; ask your administrator for it.")
    if purpose not in policy.purposes:
        raise Refused(f"{policy.name} is not done for the purpose {purpose}.")
    if policy.reach is Reach.SELF and viewer.self_id is None:
        raise Refused(f"{policy.name} is for data subjects, of their own data.")
    roles = viewer.roles & policy.roles
    if not any(purpose in PURPOSES_OF_ROLE[role] for role in roles):
        allowed = ", ".join(viewer.purposes())
        raise Refused(f"Your roles do not carry {policy.name} for {purpose}; you may name: {allowed}.")


def decide_case(reference: str | None) -> None:
    """Raise ``Rejected`` where a case reference is too long, or holds what looks like an identity code.

    The reference is kept in the log for years; a personal identity code is not.
    """
    if reference is None:
        return
    if len(reference) > CASE_MAX or not reference.isprintable() or numbers.without_hetu(reference) != reference:
        raise Rejected(f"A case reference has at most {CASE_MAX} characters and never an identity code.", field="case")


def decide_organisation(viewer: Viewer, organisation_id: int) -> None:
    """Raise ``Refused`` where the viewer acts for a client organisation that is not its own."""
    if not viewer.reaches(organisation_id):
        raise Refused("You may act only for your own client organisations.")
