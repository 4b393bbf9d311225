"""Following VTJ: who is followed, basic data first, then changes by key, page after page.

Every page is one transaction: what it says, the key to read on from, and the evidence. So a
run may end at any moment and the next one goes on where it was; what is sent again changes
nothing. The network is never waited for within a transaction. One run at a time.

While the server writes a page, another thread makes the next one ready, which is of other persons: it is fetched and
parsed, then its own transaction begins, in which the last words are opened and what came is folded upon them. Only with
the identity lock held is that believed, and what it rests on looked at again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from psycopg.errors import LockNotAvailable

from rekisteri import parties
from rekisteri.access import Action, Door, Viewer, Write
from rekisteri.catalogue import Purpose, SourceKind
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.database import Database
from rekisteri.ground.errors import Conflict, Rejected, RekisteriError, Unavailable
from rekisteri.ground.keys import Vault
from rekisteri.ground.memory import undisturbed
from rekisteri.parties import Lexicon, Origin
from rekisteri.sources.take import fall_silent
from rekisteri.sources.vtj import client_changes, follow_store, store, wire_changes
from rekisteri.sources.vtj.ahead import Fold, Step, one_ahead
from rekisteri.sources.vtj.check import RulesOf, forget_old
from rekisteri.sources.vtj.client_changes import AccessDenied, ChangesSetup, Interface
from rekisteri.sources.vtj.follow_store import Subscription
from rekisteri.sources.vtj.lay import HELD_PLACE, Anomaly, Layer, Laying, Tally, brake, codes_of, sealed_codes
from rekisteri.sources.vtj.wire_changes import Page, Person

CHANGES, BASIC = "changes", "basic_data"
RUN_LOCK = 0x56544A
LETTING_GO_MS = 500
UNEXPECTED = "Something unexpected happened, and it has been noted; the run may go on."
PORTION = 1000
NOBODY = UUID(int=0)
CONNECTIONS = 3
"""Of the database: one keeps others out, one page is laid, and one made ready."""
BUCKET_SIZE = 1000
"""Persons whose changes are asked for in one request (the interface's own limit is not known)."""

Progress = Callable[[str, int], None]
"""Told the step of a run and how many persons or changes it has come through."""


class Busy(Conflict):
    """VTJ is being followed already; wait until that run has ended."""


class Kind(StrEnum):
    """What a run is for."""

    FOLLOW = "follow"
    RESYNC = "resync"
    """Everybody's basic data is read anew: the register ends as if it had been followed without a gap."""
    CHECK = "check"
    """Chosen customers are checked, and what differs may be taken."""


@dataclass(frozen=True, slots=True)
class Following:
    """What a run needs: the door and who goes through it, the keys, the interface."""

    database: Database
    door: Door
    vault: Vault
    rules_of: RulesOf
    setup: ChangesSetup
    viewer: Viewer
    progress: Progress
    despite_anomaly: bool = False
    case: str | None = None
    reason: str | None = None
    """Why, where somebody gave a reason: kept in the log with each step."""

    @property
    def end_user(self) -> str:
        """Whose name stands in the header of each call."""
        return f"FI-{self.viewer.handle}"


@dataclass(slots=True)
class Report:
    """What a run did, and why it stopped if it did."""

    run_id: UUID
    kind: Kind
    tally: Tally = field(default_factory=Tally)
    stopped: str | None = None


def follow(following: Following, kind: Kind = Kind.FOLLOW) -> Report:
    """Follow VTJ to the present moment.

    Raises ``Conflict`` while another run goes on, ``Unavailable`` where the interface is stopped or does not
    answer; what was done before stays done. A run stopped by an anomaly is told in the report. ``Rejected`` where the
    register has too few connections.
    """
    if following.database.size < CONNECTIONS:
        raise Rejected(f"Following VTJ takes {CONNECTIONS} database connections; raise REKISTERI_POOL_SIZE.")
    with alone(following.database):
        run = Run(following, kind)
        run.begin()
        with run.settled(), client_changes.opened(following.setup, following.end_user) as interface:
            run.follow(interface)
    return run.report


def release(following: Following, party_ids: Collection[UUID]) -> int:
    """Let changes that were kept apart go on, of these customers or (none named) of everybody; of how many.

    What holds now is laid in order; then the person is read anew, at the next run at the latest. What still does
    not hold is passed over: basic data has it right or is kept apart again.
    """
    with following.door.write(following.viewer, Action.VTJ_FOLLOW, Purpose.UPKEEP) as tx:
        layer = _layer(tx, following)
        lines = [line.party_id for line in follow_store.held_lines(tx, PORTION)]
        chosen = [one for one in follow_store.of_parties(tx, party_ids or lines) if one.state == "held"]
        held = follow_store.held_of(tx, [one.id for one in chosen])
        kept: dict[UUID, list[Person]] = {one.id: [] for one in chosen}
        codes = dict(zip([one.id for one in chosen], codes_of(following.vault, chosen), strict=True))
        for one in held:
            raw = following.vault.open(one.sealed, key="protected", place=f"{HELD_PLACE}{one.id}")
            person = wire_changes.parse_raw(codes[one.subscription_id], raw, one.changed_on)
            if isinstance(person, Person) and person.on is not None:
                kept[one.subscription_id].append(person)
        parties.lock_identity(tx)
        follow_store.unhold(tx, [one.id for one in held])
        follow_store.set_state(tx, [one.party_id for one in chosen], "doubt")
        fresh = follow_store.of_parties(tx, [one.party_id for one in chosen])
        laying = Laying(tx, layer)
        laying.again(fresh, kept)
        laying.close()
        for kind in ("held", "identity"):
            follow_store.close_tasks(tx, kind, [one.party_id for one in chosen], "released")
        tx.gather([str(one.party_id) for one in chosen])
        tx.note(released=len(chosen))
    return len(chosen)


def _layer(tx: Write, following: Following) -> Layer:
    return Layer(following.vault, Lexicon(), following.setup, following.rules_of(day(tx.at)))


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Only one run at a time, in whatever process; a process that dies lets the next one in. Raises ``Busy``."""
    with database.statement() as connection:
        # A run that has just told its end is about to let go: that is waited for, another's work is not.
        connection.execute("select set_config('lock_timeout', %(most)s, false)", {"most": str(LETTING_GO_MS)})
        try:
            connection.execute("select pg_advisory_lock(%(lock)s)", {"lock": RUN_LOCK})
        except LockNotAvailable:
            raise Busy from None
        finally:
            connection.execute("select set_config('lock_timeout', '0', false)")
        try:
            yield
        finally:
            connection.execute("select pg_advisory_unlock(%(lock)s)", {"lock": RUN_LOCK})


def _renewed(codes: dict[str, UUID], recoded: Mapping[UUID, str]) -> dict[str, UUID]:
    """The customers by the code each is asked by from now on."""
    if not recoded:
        return codes
    kept = {code: party_id for code, party_id in codes.items() if party_id not in recoded}
    return kept | {code: party_id for party_id, code in recoded.items()}


@dataclass(slots=True)
class _Asking:
    """A bucket's changes about to be asked for: from which key on, and the customers by the code each is asked by."""

    bucket: int
    key: int
    codes: dict[str, UUID] = field(default_factory=dict, repr=False)


class Run:
    """One run under way."""

    def __init__(self, following: Following, kind: Kind) -> None:
        self.following = following
        self.today = date.min
        self.report = Report(ids.fresh(), kind)

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Within, the run is under way; however it ends, how it ended is kept."""
        try:
            # Of a page, looking for rings of garbage took half of the time of parsing it.
            with undisturbed(in_step=True):
                yield
        except Anomaly as anomaly:
            self.report.stopped = anomaly.message
            self.end("stopped", anomaly.message)
        except AccessDenied as error:
            self.stop(error.message)
            raise
        except RekisteriError as error:
            self.end("failed", error.message)
            raise
        except Exception:
            self.end("failed", UNEXPECTED)
            raise
        else:
            self.end("done", None)

    @contextmanager
    def write(self) -> Iterator[Write]:
        """The door, for one step of the run."""
        one = self.following
        with one.door.write(one.viewer, Action.VTJ_FOLLOW, Purpose.UPKEEP, case=one.case) as tx:
            tx.note(run=str(self.report.run_id), permission=one.setup.permission)
            if one.reason is not None:
                tx.note(reason=one.reason, end_user=one.end_user)
            yield tx

    def begin(self) -> None:
        """The run begins. Raises ``Unavailable`` where the interface is stopped."""
        with self.write() as tx:
            stopped = store.find_stop(tx, CHANGES)
            if stopped is not None:
                raise Unavailable(f"VTJ's change interface is stopped: {stopped.reason}")
            self.today = day(tx.at)
            follow_store.end_broken_runs(tx)
            forget_old(tx)
            follow_store.insert_run(tx, self.report.run_id, self.report.kind, self.following.viewer.handle)

    def end(self, state: str, told: str | None) -> None:
        """The run has ended so."""
        with self.write() as tx:
            self._keep(tx, state, self.report.tally, told)

    def stop(self, told: str) -> None:
        """The credentials are not accepted: nothing more is asked before somebody has mended them."""
        with self.write() as tx:
            store.stop(tx, CHANGES, told)
            self._keep(tx, "failed", self.report.tally, told)

    def follow(self, interface: Interface) -> None:
        """Everything a run does, in order."""
        self.end_relations()
        self.begin_relations()
        key = interface.day_key(self.today)
        if self.report.kind is Kind.RESYNC:
            self._read(interface, key, follow_store.everybody)
        self.read_due(interface, key)
        self.poll(interface)
        self.read_due(interface, key)

    def end_relations(self) -> None:
        """Whoever is no customer any more is followed no more, and VTJ's word of them falls silent."""
        done = 0
        while True:
            with self.write() as tx:
                source = parties.sole_source(tx, SourceKind.VTJ)
                gone = follow_store.ended(tx, PORTION)
                silent = follow_store.orphans(tx, source.id, PORTION)
                follow_store.unsubscribe(tx, [one for one, _ in gone])
                origin = Origin(source, None, self.following.viewer.account_id)
                fall_silent(tx, self.following.vault, Lexicon(), origin, silent)
                tx.gather([str(party_id) for _, party_id in gone])
                self._count(tx, Tally(), ended=len(gone))
            done += len(gone)
            self.following.progress("ended", done)
            if len(gone) < PORTION and len(silent) < PORTION:
                return

    def begin_relations(self) -> None:
        """Whoever became a customer is followed from now on."""
        after, done = NOBODY, 0
        while True:
            with self.write() as tx:
                found = follow_store.unfollowed(tx, after, PORTION)
                codes = parties.identity_codes(tx, self.following.vault, found)
                fresh = map(UUID, ids.batch(len(codes)))
                begun = list(zip(fresh, codes.items(), strict=True))
                sealed = sealed_codes(self.following.vault, [(one, hetu) for one, (_, hetu) in begun])
                rows = [(one, party_id, code) for (one, (party_id, _)), code in zip(begun, sealed, strict=True)]
                follow_store.subscribe(tx, rows)
                tx.gather([str(party_id) for _, party_id, _ in rows])
                self._count(tx, Tally(), begun=len(rows))
            done += len(rows)
            self.following.progress("begun", done)
            if len(found) < PORTION:
                return
            after = found[-1]

    def read_due(self, interface: Interface, key: int) -> None:
        """Basic data of those never read, or in doubt."""
        self._read(interface, key, follow_store.due)

    def _read(self, interface: Interface, key: int, listed: Callable[[Write, UUID, int], list[Subscription]]) -> None:
        after = NOBODY

        def portion() -> tuple[dict[str, Subscription], Callable[[], Step]] | None:
            nonlocal after
            with self.write() as tx:
                some = listed(tx, after, self.following.setup.batch)
                self.ask_basic(tx, some)
            if not some:
                return None
            after = some[-1].id
            asked = dict(zip(codes_of(self.following.vault, some), some, strict=True))
            return asked, lambda: self._ready(
                interface.basic(list(asked)), lambda laying, page: laying.basic(asked, page)
            )

        with closing(one_ahead(portion)) as answers:
            for asked, step in answers:
                with step.act:
                    laid = self._lay_basic(step.tx, self._locked(step), asked, key)
                self.report.tally = self.report.tally.plus(laid)
                self.following.progress("read", self.report.tally.counts["read"])

    def ask_basic(self, tx: Write, some: Sequence[Subscription]) -> None:
        """Write down, before it is asked, whose basic data is read. Raises ``Conflict`` beyond the day's quota."""
        if not some:
            return
        if store.use(tx, BASIC, len(some)) > self.following.setup.daily_most:
            raise Conflict("Today's quota of basic data is used; the run goes on tomorrow, or raise the quota.")
        tx.gather([str(one.party_id) for one in some])
        tx.note(asked=len(some), end_user=self.following.end_user)

    def lay_in(self, tx: Write, asked: Mapping[str, Subscription], page: Page, key: int) -> Tally:
        """Lay basic data of the persons asked for in the caller's step, who adds the tally to the run's when it stands.

        Raises ``Anomaly``, and nothing of the step may stand.
        """
        parties.lock_identity(tx)
        laying = Laying(tx, _layer(tx, self.following))
        laying.basic(asked, page)
        return self._lay_basic(tx, laying, asked, key)

    def _lay_basic(self, tx: Write, laying: Laying, asked: Mapping[str, Subscription], key: int) -> Tally:
        laying.close()
        self._assign(tx, [one for one in asked.values() if one.bucket is None], key)
        self._finish(tx, laying.tally)
        return laying.tally

    def _assign(self, tx: Write, some: Sequence[Subscription], key: int) -> None:
        """A place in a bucket for everybody new; a bucket begins at the key fetched before they were read."""
        left = list(some)
        room = [(one.id, BUCKET_SIZE - one.size) for one in follow_store.buckets(tx) if one.size < BUCKET_SIZE]
        while left:
            bucket, free = room.pop(0) if room else (follow_store.add_bucket(tx, key), BUCKET_SIZE)
            follow_store.place(tx, bucket, [one.id for one in left[:free]])
            left = left[free:]

    def poll(self, interface: Interface) -> None:
        """Every bucket's changes to the present moment."""
        with self.write() as tx:
            buckets = [one for one in follow_store.buckets(tx) if one.size]
            if buckets:
                store.use(tx, CHANGES, sum(one.size for one in buckets))
                tx.note(polled=sum(one.size for one in buckets), end_user=self.following.end_user)
        left = deque(_Asking(one.id, one.change_key) for one in buckets)

        def changes() -> tuple[_Asking, Callable[[], Step]] | None:
            if not left:
                return None
            one = left.popleft()
            one.codes = one.codes or self._codes(one.bucket)
            key, listed = one.key, list(one.codes)
            return one, lambda: self._ready(
                interface.changes(key, listed), lambda laying, page: laying.changes(one.codes, page)
            )

        # Of two buckets one is asked while the other is laid; what a bucket is asked by depends on its last page.
        with closing(one_ahead(changes)) as answers:
            for one, step in answers:
                recoded, page = self._take(one, step), step.page
                if not page.up_to_date:
                    left.appendleft(_Asking(one.bucket, page.key or one.key, _renewed(one.codes, recoded)))
                self.following.progress("changes", self.report.tally.counts["changes"])

    def _codes(self, bucket: int) -> dict[str, UUID]:
        """The customers of a bucket by the code each is asked by."""
        with self.write() as tx:
            listed = follow_store.of_bucket(tx, bucket)
        codes = codes_of(self.following.vault, listed)
        return {code: one.party_id for code, one in zip(codes, listed, strict=True)}

    def _take(self, asking: _Asking, step: Step) -> dict[UUID, str]:
        """Lay a page; the codes that changed in it, by customer."""
        page = step.page
        assert page.key is not None, "changes come with a key"
        if page.key < asking.key:
            raise Unavailable("VTJ's change interface gave a key older than the one asked by; nothing was taken.")
        if page.key == asking.key and not page.up_to_date:
            raise Unavailable("VTJ's change interface stands still: the same key again, and not up to date.")
        with step.act:
            laying = self._locked(step)
            laying.close()
            follow_store.set_key(step.tx, asking.bucket, page.key)
            self._finish(step.tx, laying.tally)
        self.report.tally = self.report.tally.plus(laying.tally)
        return laying.recoded

    def _ready(self, page: Page, fold: Fold) -> Step:
        """The page made ready in the act it will be laid in: folded, and nobody is locked out."""
        with ExitStack() as act:
            tx = act.enter_context(self.write())
            laying = Laying(tx, _layer(tx, self.following), locked=False)
            fold(laying, page)
            return Step(page, fold, act.pop_all(), tx, laying)

    def _locked(self, step: Step) -> Laying:
        """The page folded upon what stands now, with the identity lock held: anew where that is not what it was."""
        parties.lock_identity(step.tx)
        if step.laying.holds():
            return step.laying
        laying = Laying(step.tx, _layer(step.tx, self.following))
        step.fold(laying, step.page)
        return laying

    def _finish(self, tx: Write, tally: Tally) -> None:
        """The brake is asked before anything of the page stands; then the run's figures are kept with it."""
        together = self.report.tally.plus(tally)
        if not self.following.despite_anomaly:
            brake(together, sum(follow_store.counts(tx).values()), self.following.setup)
        self._keep(tx, "running", together, None)
        tx.note(**{name: count for name, count in tally.counts.items() if count})

    def _count(self, tx: Write, tally: Tally, **more: int) -> None:
        tally.counts.update(more)
        self.report.tally = self.report.tally.plus(tally)
        self._keep(tx, "running", self.report.tally, None)
        tx.note(**{name: count for name, count in more.items() if count})

    def _keep(self, tx: Write, state: str, tally: Tally, told: str | None) -> None:
        follow_store.update_run(tx, self.report.run_id, state, tally.counts, tally.dropped, told)
