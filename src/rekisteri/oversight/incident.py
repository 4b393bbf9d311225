"""An incident: what an account, or one sign-in of it, could have seen in a stretch of time, exactly (GDPR art. 33-34).

Told from the events, which are written in the transaction of each look: no estimate. Whom it touched is told for
each controller by itself, for each tells the authority of its own customers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri import access, audit, parties
from rekisteri.access import Read
from rekisteri.catalogue import ITEMS, Purpose, Role
from rekisteri.ground.errors import Rejected

SERVICE_CENTRE = ""
"""The code of the controller of customers that no client organisation has now."""
SEARCH_ITEMS = (
    "surname",
    "first_names",
    "organisation_name",
    "birth_date",
    "ytunnus",
    "permanent_address",
    "customer_number",
)
"""What a line of a search shows."""
PARTIES_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Scope:
    """What is assessed: an account, or one sign-in of it, between two instants."""

    since: datetime
    until: datetime
    account: str | None = None
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """What was touched of one controller: its code and name, its customers with the items seen of each."""

    code: str
    name: str
    customers: dict[UUID, frozenset[str]]

    @property
    def items(self) -> list[str]:
        """Every item seen of some customer, in the order of the catalogue."""
        seen = frozenset().union(*self.customers.values())
        return [item.name for item in ITEMS if item.name in seen]


@dataclass(frozen=True, slots=True)
class Incident:
    """An assessed incident. ``first`` and ``last`` are instants of its events; ``actions`` counts them by kind."""

    scope: Scope
    events: int
    first: datetime | None
    last: datetime | None
    actions: dict[str, int]
    customers: dict[UUID, frozenset[str]]
    controllers: tuple[Touched, ...]


def assess(tx: Read, scope: Scope) -> Incident:
    """Whom and what the acts in the scope showed or changed. Raises ``Rejected`` for a scope that names nobody.

    The act must open the log; every customer told of is one it showed.
    """
    if scope.account is None and scope.session_id is None:
        raise Rejected("Name the account, or the sign-in, that the incident is about.", field="account")
    if scope.until <= scope.since:
        raise Rejected("The incident ends after it begins.", field="until")
    acts = list(audit.acts(tx, scope.since, scope.until, account=scope.account, session_id=scope.session_id))
    seen: dict[UUID, set[str]] = {}
    for act in acts:
        shown = _items(act)
        for party_id in act.party_ids:
            seen.setdefault(party_id, set()).update(shown)
    customers = {party_id: frozenset(items) for party_id, items in seen.items()}
    tx.saw(*customers)
    tx.note(events=len(acts))
    return Incident(
        scope=scope,
        events=len(acts),
        first=min((act.at for act in acts), default=None),
        last=max((act.at for act in acts), default=None),
        actions=dict(Counter(act.action for act in acts).most_common()),
        customers=customers,
        controllers=tuple(_controllers(tx, customers)),
    )


def _items(act: audit.Act) -> frozenset[str]:
    """The items an act may have shown: by its kind, and by what its roles may read for its purpose."""
    named = {str(act.detail["item"])} if isinstance(act.detail.get("item"), str) else set()
    match act.action:
        case "customer:search":
            return frozenset(SEARCH_ITEMS)
        case "customer:unmask":
            return frozenset({"hetu"})
        case "customer:protected":
            return frozenset(item.name for item in ITEMS if item.covered)
        case _:
            return frozenset(named | _readable(act))


def _readable(act: audit.Act) -> set[str]:
    roles = {Role(role) for role in act.roles if role in set(Role)}
    return {
        item.name
        for item in ITEMS
        if roles & item.readers and (act.purpose is None or Purpose(act.purpose) in item.purposes)
    }


def _controllers(tx: Read, customers: dict[UUID, frozenset[str]]) -> Iterable[Touched]:
    """The customers of each client organisation; of the service centre those whom none has now."""
    organisations = {one.id: one for one in access.organisations(tx)}
    found: dict[int, dict[UUID, frozenset[str]]] = {}
    orphans: dict[UUID, frozenset[str]] = {}
    wanted = list(customers)
    for at in range(0, len(wanted), PARTIES_AT_ONCE):
        some = wanted[at : at + PARTIES_AT_ONCE]
        owners = parties.controllers(tx, some)
        for party_id in some:
            for number in owners.get(party_id, ()):
                found.setdefault(number, {})[party_id] = customers[party_id]
            if not owners.get(party_id):
                orphans[party_id] = customers[party_id]
    for number in sorted(found, key=lambda one: organisations[one].code):
        yield Touched(organisations[number].code, organisations[number].name, found[number])
    if orphans:
        yield Touched(SERVICE_CENTRE, "", orphans)
