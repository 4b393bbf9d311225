"""What a payer's messages come to: whose each is, and which order stands. Pure: no clock, no table.

The messages of one e-address about one client organisation's payment reason are a *thread*.
``resolve`` says of each message of a thread whose order it is about, or why that is not
certain. ``stand`` folds the messages of one payer into the one order in force. Both look at
the set of messages in the senders' own order of time, so that the order in which they came
makes no difference (guideline of 5.12.2012: the time stamp decides, the latest wish wins).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple
from uuid import UUID

from rekisteri.sources.banks.holds import Hold

ALWAYS_HELD = frozenset({Hold.DEAD_PAYER, Hold.COMPANY})
"""What an earlier message about the same order makes no more certain: nobody dead orders, and no company."""


class Outcome(StrEnum):
    """What became of a message."""

    MATCHED = "matched"
    HELD = "held"
    WAITING = "waiting"
    OVERTAKEN = "overtaken"
    REJECTED = "rejected"


class Rule(IntEnum):
    """By which rule a message was found to be a payer's; the numbers stand in explanations."""

    REFERENCE = 1
    SAME_ORDER = 2
    IDENTITY_CODE = 3
    CUSTOMER_NUMBER = 4
    OFFICER = 5
    ENDING = 6
    BUSINESS_ID = 7


class Certain(NamedTuple):
    """The message's own identifiers are one payer's beyond doubt: by which rule, on what evidence."""

    party_id: UUID
    rule: Rule
    evidence: tuple[str, ...]


class Doubt(NamedTuple):
    """They are not; ``party_id`` is whom they would point at, where they point at one."""

    hold: Hold
    party_id: UUID | None = None


Own = Certain | Doubt


class Told(NamedTuple):
    """A message as it matters here. ``digest`` is of its content; ``party_id`` an officer's decision."""

    id: UUID
    thread: bytes
    wish: bytes | None
    message_id: str
    ref_message_id: str | None
    said_at: datetime
    framed_at: datetime
    action: str
    operator: str
    digest: bytes
    rejected: bool = False
    party_id: UUID | None = None

    @property
    def turn(self) -> tuple[datetime, datetime, int, str, bytes]:
        """Its place among others: the sender's time, the frame's, an ending before a beginning, its name."""
        return self.said_at, self.framed_at, self.action != "delete", self.message_id, self.digest


class Resolved(NamedTuple):
    """Whose a message is, and why; or why that is not certain."""

    outcome: Outcome
    party_id: UUID | None = None
    rule: Rule | None = None
    evidence: tuple[str, ...] = ()
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class BillerEnd:
    """The biller has ended its notice at one bank: every order below falls."""

    at: datetime
    operator: str


@dataclass(frozen=True, slots=True)
class Pause:
    """The order at one address can't be delivered to from a moment on; or, ``resumes``, it can again."""

    at: datetime
    thread: bytes
    resumes: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """The last order heard of: the message whose terms it has, since when, whether it is in force, or since when paused."""

    terms: Told
    since: datetime
    in_force: bool
    paused_at: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether it stands, but invoices go otherwise."""
        return self.paused_at is not None

    @property
    def stands(self) -> bool:
        """Whether it has not ended: in force or paused."""
        return self.in_force or self.paused


def resolve(
    thread: Sequence[Told], own: Mapping[UUID, Own], elsewhere: Mapping[str, UUID | None]
) -> dict[UUID, Resolved]:
    """Whose each message of one thread is, by its id.

    ``own`` is what each message's own identifiers say, of those no officer has decided.
    ``elsewhere`` tells of message ids referred to outside the thread: the payer where the
    message is our own proposal, None where it is of another thread.
    """
    ordered = sorted(thread, key=lambda told: told.turn)
    settled = {told.id: _alone(told, own.get(told.id)) for told in ordered}
    bases = {told.id: one.party_id for told in ordered if (one := settled[told.id]) and one.party_id is not None}
    world = _Thread(ordered, bases, own, elsewhere)
    found = {told.id: world.judge(told, settled[told.id]) for told in ordered}
    for place, told in enumerate(ordered):
        if found[told.id].outcome is Outcome.HELD and any(_overtakes(later, told) for later in ordered[place + 1 :]):
            found[told.id] = Resolved(Outcome.OVERTAKEN, hold=found[told.id].hold)
    return found


def by_itself(action: str, own: Own) -> Resolved:
    """What a message comes to of which no other message tells anything."""
    if isinstance(own, Certain):
        return Resolved(Outcome.MATCHED, own.party_id, own.rule, own.evidence)
    if action != "delete":
        return Resolved(Outcome.HELD, hold=own.hold)
    # Ending is safe wherever it points: only an order at this very address can end by it.
    return Resolved(Outcome.WAITING) if own.party_id is None else Resolved(Outcome.MATCHED, own.party_id, Rule.ENDING)


def _alone(told: Told, own: Own | None) -> Resolved | None:
    """What a message is by itself: decided, or certain by its own identifiers; None for neither."""
    if told.rejected:
        return Resolved(Outcome.REJECTED)
    if told.party_id is not None:
        return Resolved(Outcome.MATCHED, told.party_id, Rule.OFFICER)
    if isinstance(own, Certain):
        return Resolved(Outcome.MATCHED, own.party_id, own.rule, own.evidence)
    return None


def _overtakes(later: Told, told: Told) -> bool:
    """Whether a later message makes one that waits for a person void: it is about the same order."""
    if later.rejected:
        return False
    return later.wish is None or later.wish == told.wish or later.ref_message_id == told.message_id


class _Thread:
    """A thread under judgement. Certainty spreads from messages certain by themselves, never from guesses."""

    def __init__(
        self,
        ordered: Sequence[Told],
        bases: Mapping[UUID, UUID],
        own: Mapping[UUID, Own],
        elsewhere: Mapping[str, UUID | None],
    ) -> None:
        self._named = {told.message_id: told for told in ordered if not told.rejected}
        self._ordered = ordered
        self._bases = bases
        self._own = own
        self._elsewhere = elsewhere

    def judge(self, told: Told, alone: Resolved | None) -> Resolved:
        if alone is not None and alone.rule in (None, Rule.OFFICER):
            return alone
        doubt = self._own.get(told.id)
        if isinstance(doubt, Doubt) and doubt.hold in ALWAYS_HELD and told.action != "delete":
            return Resolved(Outcome.HELD, hold=doubt.hold)
        if self._strays(told):
            return Resolved(Outcome.HELD, hold=Hold.CONTRADICTS_ORIGINAL)
        referred = self._referred(told, set())
        same = self._same_order(told)
        mine = {alone.party_id} if alone is not None else self._would_be(told, doubt)
        parties = {party for party in (referred, *same) if party is not None}
        if len(parties | mine) > 1:
            return Resolved(Outcome.HELD, hold=Hold.CONTRADICTS_ORIGINAL)
        if referred is not None:
            return Resolved(Outcome.MATCHED, referred, Rule.REFERENCE, () if alone is None else alone.evidence)
        if alone is not None:
            return alone
        if parties:
            return Resolved(Outcome.MATCHED, parties.pop(), Rule.SAME_ORDER)
        assert doubt is not None, "a message that nobody has decided says what its identifiers say"
        return by_itself(told.action, doubt)

    def _strays(self, told: Told) -> bool:
        """Whether it refers to a message about another order."""
        ref = told.ref_message_id
        return ref is not None and ref not in self._named and ref in self._elsewhere and self._elsewhere[ref] is None

    def _referred(self, told: Told, seen: set[UUID]) -> UUID | None:
        """The payer of the message it refers to, through as many as need be."""
        ref = told.ref_message_id
        if ref is None or told.id in seen:
            return None
        if ref not in self._named:
            return self._elsewhere.get(ref)
        original = self._named[ref]
        if original.id == told.id:
            return None
        return self._bases.get(original.id) or self._referred(original, seen | {told.id})

    def _same_order(self, told: Told) -> set[UUID]:
        """The payers of other messages with the same identifiers, all of them where this one has none."""
        return {
            self._bases[other.id]
            for other in self._ordered
            if other.id != told.id and other.id in self._bases and (told.wish is None or other.wish == told.wish)
        }

    def _would_be(self, told: Told, doubt: Own | None) -> set[UUID | None]:
        """Whom its own identifiers point at, where they do without being enough."""
        assert not isinstance(doubt, Certain)
        return set() if doubt is None or doubt.party_id is None else {doubt.party_id}


def stand(messages: Iterable[Told], ends: Iterable[BillerEnd] = (), pauses: Iterable[Pause] = ()) -> Standing | None:
    """The one order that all messages of one payer for one payment reason come to; None where nothing was ordered.

    A later order takes the place of an earlier one, at whatever bank. An ending ends the order
    at its own address only, so that a late ending of an old address leaves the new order alone.
    Of an order never heard of but its ending, the ending's own terms are the last heard. A pause
    holds until it is lifted, or the payer says something new about the order.
    """
    turns: list[tuple[datetime, int, Told | BillerEnd | Pause]] = [
        (told.said_at, place, told) for place, told in enumerate(sorted(messages, key=lambda told: told.turn))
    ]
    turns += [(end.at, len(turns), end) for end in ends]
    turns += [(pause.at, len(turns), pause) for pause in pauses]
    turns.sort(key=lambda turn: turn[:2])
    standing: Standing | None = None
    for _, _, turn in turns:
        standing = _after(standing, turn)
    return standing


def _after(standing: Standing | None, turn: Told | BillerEnd | Pause) -> Standing | None:
    if isinstance(turn, Pause):
        if standing is None or not standing.stands or standing.terms.thread != turn.thread:
            return standing
        paused_at = None if turn.resumes else standing.paused_at or turn.at
        return replace(standing, in_force=turn.resumes, paused_at=paused_at)
    if isinstance(turn, BillerEnd):
        if standing is not None and standing.terms.operator == turn.operator:
            return Standing(standing.terms, standing.since, in_force=False)
        return standing
    if turn.action == "delete":
        if standing is None:
            return Standing(turn, turn.said_at, in_force=False)
        ends = standing.terms.thread == turn.thread
        return Standing(standing.terms, standing.since, in_force=False) if ends else standing
    goes_on = standing is not None and standing.stands and standing.terms.thread == turn.thread
    return Standing(turn, standing.since if standing is not None and goes_on else turn.said_at, in_force=True)
