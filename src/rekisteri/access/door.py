"""One door: no transaction without a viewer, an action and a purpose, and none without its event.

``with door.read(...) as tx`` and ``with door.write(...) as tx`` decide, set row-level
security, lend a capability, and append the audit event as the last statement of the same
transaction. If the event can't be written nothing is shown: the caller leaves the block
by an error. Whatever is read must therefore be used after the block, not within it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import TypeVar
from uuid import UUID

from rekisteri import audit
from rekisteri.access.actions import Action, Reach
from rekisteri.access.restricting import Limit, limit_of, met, refuse_restricted
from rekisteri.access.terms import DEFAULT_TERMS, Terms
from rekisteri.access.viewers import Act, Viewer, decide, decide_case, decide_fresh
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import clock, database, ids
from rekisteri.ground.database import Connection, Database
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, RekisteriError
from rekisteri.ground.transactions import Transaction


@dataclass(slots=True)
class Evidence:
    """What the act showed or changed, gathered as it goes: ids and counts, never values."""

    event_id: UUID = field(default_factory=ids.fresh)
    subjects: dict[UUID, None] = field(default_factory=dict)
    gathered: audit.Gathered | None = None
    bulk_count: int = 0
    detail: dict[str, object] = field(default_factory=dict)


class Read(database.Read):
    """May look, as ``act`` says; what is shown must be told with ``saw``."""

    __slots__ = ("act", "evidence", "terms")

    def __init__(self, connection: Connection | Transaction, act: Act, at: datetime, terms: Terms) -> None:
        super().__init__(connection, at)
        self.act = act
        self.terms = terms
        self.evidence = Evidence()

    def saw(self, *party_ids: UUID) -> None:
        """These customers were shown or changed in this act."""
        self.evidence.subjects.update(dict.fromkeys(party_ids))

    def limits(
        self, party_ids: Collection[UUID], organisation_id: int | None = None, act: Act | None = None
    ) -> dict[UUID, Limit]:
        """Which of these customers are restricted, and how this act meets them; of the others nothing is said.

        ``organisation_id`` is the client organisation the act answers, where it answers one; ``act`` is whose
        use it is, where that is another's.
        """
        act = act or self.act
        found = met(self._connection, act, party_ids, organisation_id) if party_ids else {}
        return {party: limit_of(act, by_exception=one) for party, one in found.items()}

    def note(self, **detail: object) -> None:
        """Add to the event: query class, counts, items; never a value of a customer."""
        self.evidence.detail.update(detail)


class Write(Read, database.Write):
    """May look and change, as ``act`` says."""

    __slots__ = ()

    def gather(self, party_ids: Collection[str]) -> None:
        """These customers are touched by this act, be they one or a million."""
        if (gathered := self._gathered(len(party_ids))) is None:
            self.saw(*map(UUID, party_ids))
        else:
            gathered.add(party_ids)

    def gather_bytes(self, party_ids: Collection[bytes]) -> None:
        """``gather`` of identifiers of sixteen bytes each."""
        if (gathered := self._gathered(len(party_ids))) is None:
            self.saw(*(UUID(bytes=one) for one in party_ids))
        else:
            gathered.add_bytes(party_ids)

    def _gathered(self, more: int) -> audit.Gathered | None:
        """Where the customers of a bulk act are gathered; None while they are few."""
        if self.evidence.gathered is None and more > audit.SINGLE_ROWS_MAX:
            self.evidence.gathered = audit.Gathered()
        return self.evidence.gathered

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Whatever is done within is undone at its end; the act and its event stay."""
        self.run("savepoint rehearsal")
        try:
            yield
        finally:
            self.run("rollback to savepoint rehearsal")
            self.evidence.gathered = None
            self.evidence.subjects.clear()


Entry = Callable[[Transaction, dict[str, str], datetime], None]
"""Tells the database who is here, before anything else is asked. One that holds the viewer against what stands there
now lets whoever asks first meet ``Stale``."""


@dataclass(frozen=True, slots=True)
class Lent:
    """A reading that others may join while the act is open: the act, its moment, and what it saw when it lent."""

    act: Act
    at: datetime
    snapshot: str


def lend(tx: Read) -> Lent:
    """Let others read as a part of this act (``Door.joined``)."""
    return Lent(tx.act, tx.at, str(tx.value("select pg_export_snapshot()")))


Capability = TypeVar("Capability", bound=Read)


class Stale(Conflict):
    """What was remembered of the viewer no longer holds: ask who it is anew. Nothing was done, and nothing recorded."""


class Door:
    """The only maker of transactions at run time."""

    def __init__(self, pool: Database, now: clock.Clock = clock.now, terms: Terms = DEFAULT_TERMS) -> None:
        self._pool = pool
        self._terms = terms
        self._now = now

    def read(
        self, viewer: Viewer, action: Action, purpose: Purpose, *, case: str | None = None, entry: Entry | None = None
    ) -> AbstractContextManager[Read]:
        """A transaction that may look. Raises ``Refused`` (after recording it).

        With an ``entry`` of ``Sessions.recall`` the viewer is a remembered one: then ``Stale`` before anything else.
        """
        return self._open(Read, viewer, action, purpose, case, entry)

    def write(
        self, viewer: Viewer, action: Action, purpose: Purpose, *, case: str | None = None, entry: Entry | None = None
    ) -> AbstractContextManager[Write]:
        """A transaction that may look and change. Raises ``Refused`` (after recording it)."""
        return self._open(Write, viewer, action, purpose, case, entry)

    @contextmanager
    def joined(self, lent: Lent) -> Iterator[Read]:
        """Read as a part of an act that is open elsewhere, in this process or another: what it saw, and no more.

        There is no such snapshot once the act is over, so nothing is read beside it. Its event is the only one: whom a
        joined reading saw is told to the act by whoever lent it.
        """
        with self._pool.joined(lent.snapshot) as connection:
            tx = Read(connection, lent.act, lent.at, self._terms)
            connection.execute(_ENTER, _settings(lent.act))
            yield tx
            assert not tx.evidence.subjects, "whoever lent the reading tells whom it saw"

    @contextmanager
    def _open(
        self,
        capability: type[Capability],
        viewer: Viewer,
        action: Action,
        purpose: Purpose,
        case: str | None,
        entry: Entry | None,
    ) -> Iterator[Capability]:
        at = self._now()
        act = Act(viewer, action, purpose, None, clock.day(at))
        evidence = Evidence()
        try:
            try:
                decide_case(case)
                act = replace(act, case_reference=case)
                decide(viewer, action, purpose)
                decide_fresh(viewer, action, at, self._terms.step_up)
            except RekisteriError as error:
                if entry is None:
                    raise
                # What is remembered gives no right, and refuses none either.
                raise Stale from error
            with self._pool.transaction() as transaction:
                tx = capability(transaction, act, at, self._terms)
                evidence = tx.evidence
                (entry or _enter)(transaction, _settings(act), at)
                try:
                    yield tx
                except RekisteriError:
                    # Whoever's session has ended is told that, and not what was wrong with the question.
                    transaction.begin()
                    raise
                refuse_restricted(transaction, act, evidence.subjects, evidence.gathered)
                if evidence.gathered is not None:
                    evidence.bulk_count = evidence.gathered.append(transaction.connection, evidence.event_id)
                audit.append_last(transaction, _event(act, at, "done", evidence))
        except Stale:
            raise
        except RekisteriError as error:
            self._record_failure(act, at, error, evidence)
            raise

    def _record_failure(self, act: Act, at: datetime, error: RekisteriError, evidence: Evidence) -> None:
        """A refusal, a miss and a rejection are acts too; a database that is away can't hold them."""
        outcome = _outcome(error)
        if outcome == "failed":
            return
        detail = evidence.detail | ({"field": error.field} if error.field else {})
        with self._pool.connection() as connection:
            audit.append(connection, _event(act, at, outcome, Evidence(subjects=evidence.subjects, detail=detail)))


def _settings(act: Act) -> dict[str, str]:
    """What row-level security is told of an act."""
    return {
        "reach": act.reach.value,
        "organisations": _array(map(str, sorted(act.organisations))),
        "everywhere": "on" if act.every_organisation else "off",
        "account": str(act.viewer.account_id or ""),
        "self": str(act.viewer.self_id or ""),
        "log": _log(act),
        **_told(act.action),
        "protected": _protected(act),
    }


def _enter(transaction: Transaction, settings: dict[str, str], _at: datetime) -> None:
    """Tell row-level security who is here; local to the transaction, so a pooled session forgets."""
    transaction.first(_ENTER, settings)


_ENTER = """
select set_config('rekisteri.reach', %(reach)s, true),
       set_config('rekisteri.organisations', %(organisations)s, true),
       set_config('rekisteri.everywhere', %(everywhere)s, true),
       set_config('rekisteri.account', %(account)s, true),
       set_config('rekisteri.self', %(self)s, true),
       set_config('rekisteri.opens', %(opens)s, true),
       set_config('rekisteri.writes', %(writes)s, true),
       set_config('rekisteri.protected', %(protected)s, true),
       set_config('rekisteri.log', %(log)s, true)
"""


@cache
def _told(action: Action) -> dict[str, str]:
    """What is told of an action alone, whoever does it."""
    policy = action.policy
    return {
        "opens": _array(sorted(policy.opens | policy.writes)),
        "writes": _array(sorted(policy.writes)),
    }


def _protected(act: Act) -> str:
    """Whether protected values open: never to somebody who acts for another, be it a custodian or a guardian."""
    return "on" if act.action.policy.protected and act.viewer.acts_for is None else "off"


def _log(act: Act) -> str:
    """How the log opens: not at all; whole; to whoever is bound to client organisations, the acts of these;

    to a data subject, the acts upon the subject. Whoever runs the register verifies it whole.
    """
    if not act.action.policy.log:
        return "off"
    if act.reach is Reach.SELF:
        return "self"
    return "on" if act.every_organisation or Role.ADMINISTRATOR in act.roles else "own"


def _array(values: Iterable[str]) -> str:
    """Numbers and code words as the server writes an array."""
    return "{" + ",".join(values) + "}"


def _outcome(error: RekisteriError) -> str:
    match error:
        case Refused():
            return "refused"
        case Missing():
            return "missing"
        case Rejected():
            return "rejected"
        case Conflict():
            return "conflict"
        case _:
            return "failed"


def _event(act: Act, at: datetime, outcome: str, evidence: Evidence) -> audit.Event:
    viewer = act.viewer
    # Who looks for another is no stranger and not the customer either: the log says so.
    behalf = {} if viewer.acts_for is None else {"acts_for": str(viewer.acts_for)}
    lent = {} if act.emergency_id is None else {"emergency": str(act.emergency_id)}
    return audit.Event(
        id=evidence.event_id,
        at=at,
        account_id=viewer.account_id,
        account=viewer.handle,
        roles=tuple(sorted(viewer.roles)),
        organisations=tuple(sorted(viewer.organisations)),
        action=act.action.policy.name,
        purpose=act.purpose.value,
        case_reference=act.case_reference,
        channel=viewer.channel,
        outcome=outcome,
        subjects=evidence.subjects,
        detail=evidence.detail | behalf | lent,
        bulk_count=evidence.bulk_count,
        session_id=viewer.session_id,
    )
