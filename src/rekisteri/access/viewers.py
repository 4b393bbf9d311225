"""Who acts, and whether they may: the decision, pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from rekisteri.access.actions import NAMED_PURPOSES, PURPOSES_OF_ROLE, Action, Reach
from rekisteri.access.duties import clash
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import numbers
from rekisteri.ground.errors import Refused, Rejected, Unproven
from rekisteri.ground.ids import AccountId, PartyId

CASE_MAX = 80
UNTIL_CHANGED = frozenset({Action.ACCOUNT_PROOF.policy.name})
"""The scope of a sign-in with a password that somebody else made: to change it."""
TO_CHANGE = (
    "Your password was made by somebody else; change it first: on your own page, with `rekisteri password`, or by "
    "POST /session/password."
)


@dataclass(frozen=True, slots=True)
class Right:
    """One role, for some purposes, for some client organisations or every one.

    ``emergency_id`` is the break-glass request the right was lent by, if it was.
    """

    role: Role
    purposes: frozenset[Purpose]
    organisations: frozenset[int]
    every_organisation: bool = False
    emergency_id: UUID | None = None

    def carries(self, action: Action, purpose: Purpose) -> bool:
        """Whether it carries an action for a purpose."""
        return self.role in action.policy.roles and purpose in self.purposes


@dataclass(frozen=True, slots=True)
class ActScope:
    """What the rights that carry an act reach: these and no other are lent to it."""

    rights: tuple[Right, ...]
    roles: frozenset[Role]
    organisations: frozenset[int]
    every_organisation: bool
    reach: Reach
    emergency_id: UUID | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person or system, or a job of the register itself.

    ``rights`` say which role reaches which organisations for which purposes; left out, every
    role reaches every named organisation for each of its purposes. ``party_id`` is who a data
    subject is in the register; ``acts_for`` is whom the subject now represents (a custodian the
    child, a guardian the principal), if anybody. ``authenticated_at`` is when they last proved
    who they are; None for jobs, which do nothing that asks for it. ``session_id`` tells the
    sign-ins of one account apart in the log; it opens nothing. ``scope`` names the acts the
    token of a system was asked for; None is every act of its rights.
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
    rights: tuple[Right, ...] | None = None
    session_id: UUID | None = None
    scope: frozenset[str] | None = None
    authenticated_at: datetime | None = None
    _scopes: dict[tuple[Action, Purpose], ActScope] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Of the acts it has come to; a viewer never changes, and a remembered one comes again and again."""

    def __post_init__(self) -> None:
        if self.rights is None:
            every = tuple(
                Right(role, frozenset(PURPOSES_OF_ROLE[role]), self.organisations, self.every_organisation)
                for role in self.roles
            )
            object.__setattr__(self, "rights", every)
        assert {right.role for right in self._rights} == self.roles, "the rights are of other roles"

    @property
    def _rights(self) -> tuple[Right, ...]:
        assert self.rights is not None
        return self.rights

    @property
    def self_id(self) -> PartyId | None:
        """The party whose data ``Reach.SELF`` opens; None for whoever is no data subject."""
        return self.acts_for or self.party_id

    def may(self, action: Action) -> bool:
        """Whether any of the viewer's roles carries the action."""
        return bool(self.roles & action.policy.roles)

    def rights_for(self, action: Action, purpose: Purpose) -> tuple[Right, ...]:
        """The rights that carry an action for a purpose: no other is lent to it."""
        return tuple(right for right in self._rights if right.carries(action, purpose))

    def scope_of(self, action: Action, purpose: Purpose) -> ActScope:
        """What ``rights_for`` an act reach."""
        known = self._scopes.get((action, purpose))
        if known is None:
            rights = self.rights_for(action, purpose)
            everywhere = any(right.every_organisation for right in rights)
            declared = action.policy.reach
            reach = Reach.ALL if declared is Reach.OWN and everywhere else declared
            lent = None if reach is Reach.NONE else next((one.emergency_id for one in rights if one.emergency_id), None)
            named: frozenset[int] = frozenset().union(*(right.organisations for right in rights))
            known = ActScope(rights, frozenset(right.role for right in rights), named, everywhere, reach, lent)
            self._scopes[action, purpose] = known
        return known

    def purposes(self) -> tuple[Purpose, ...]:
        """What the viewer may name as purpose, the usual one first."""
        found: dict[Purpose, None] = {}
        for role in Role:
            if role in self.roles:
                own = [right.purposes for right in self._rights if right.role is role]
                found |= dict.fromkeys(
                    one
                    for one in (*PURPOSES_OF_ROLE[role], *NAMED_PURPOSES.get(role, ()))
                    if any(one in named for named in own)
                )
        return tuple(found)

    def reaches(self, organisation_id: int) -> bool:
        """Whether a client organisation is within the viewer's scope, for one act or another."""
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
    def rights(self) -> tuple[Right, ...]:
        """The viewer's rights that carry this action for this purpose: no other is lent to it."""
        return self.viewer.scope_of(self.action, self.purpose).rights

    @property
    def every_organisation(self) -> bool:
        """Whether these rights reach every client organisation."""
        return self.viewer.scope_of(self.action, self.purpose).every_organisation

    @property
    def organisations(self) -> frozenset[int]:
        """The client organisations these rights name."""
        return self.viewer.scope_of(self.action, self.purpose).organisations

    @property
    def reach(self) -> Reach:
        """The reach row-level security is set to."""
        return self.viewer.scope_of(self.action, self.purpose).reach

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of these rights."""
        return self.viewer.scope_of(self.action, self.purpose).roles

    @property
    def emergency_id(self) -> UUID | None:
        """The break-glass request that lent one of these rights, if any was lent; acts that meet no customer need none."""
        return self.viewer.scope_of(self.action, self.purpose).emergency_id

    def reaches(self, organisation_id: int) -> bool:
        """Whether a client organisation is within the scope of this act."""
        scope = self.viewer.scope_of(self.action, self.purpose)
        return scope.every_organisation or organisation_id in scope.organisations


def decide(viewer: Viewer, action: Action, purpose: Purpose) -> None:
    """Raise ``Refused`` unless one right of the viewer carries the action for the purpose."""
    policy = action.policy
    if clash(viewer.roles) is not None:
        raise Refused("Your roles exclude each other; your administrator must end one of them first.")
    if not viewer.may(action):
        raise Refused(f"Your roles do not carry {policy.name}; ask your administrator for it.")
    if viewer.scope == UNTIL_CHANGED and policy.name not in UNTIL_CHANGED and not policy.implied:
        raise Refused(TO_CHANGE)
    if viewer.scope is not None and policy.name not in viewer.scope and not policy.implied:
        raise Refused(f"The token does not carry {policy.name}; ask for a token with that scope.")
    if purpose not in policy.purposes:
        raise Refused(f"{policy.name} is not done for the purpose {purpose}.")
    if policy.reach is Reach.SELF and viewer.self_id is None:
        raise Refused(f"{policy.name} is for data subjects, of their own data.")
    if not viewer.scope_of(action, purpose).rights:
        allowed = ", ".join(viewer.purposes())
        raise Refused(f"Your roles do not carry {policy.name} for {purpose}; you may name: {allowed}.")


def decide_fresh(viewer: Viewer, action: Action, at: datetime, within: timedelta) -> None:
    """Raise ``Unproven`` where the act asks for a fresh proof of who acts and there is none."""
    if not action.policy.fresh:
        return
    if viewer.authenticated_at is None or at - viewer.authenticated_at > within:
        raise Unproven


def decide_case(reference: str | None) -> None:
    """Raise ``Rejected`` where a case reference is too long, or holds what looks like an identity code.

    The reference is kept in the log for years; a personal identity code is not.
    """
    if reference is None:
        return
    if len(reference) > CASE_MAX or not reference.isprintable() or numbers.without_hetu(reference) != reference:
        raise Rejected(f"A case reference has at most {CASE_MAX} characters and never an identity code.", field="case")


def decide_organisation(who: Viewer | Act, organisation_id: int) -> None:
    """Raise ``Refused`` where somebody acts for a client organisation that is not within reach."""
    if not who.reaches(organisation_id):
        raise Refused("You may act only for your own client organisations.")
