"""What a mandate's messages come to: in what state it is, and on what terms. Pure: no clock, no table.

The words are looked at in their senders' order of time, so that the order in which they came
makes no difference. What asks for something (initiation, amendment, cancellation) is answered
by an acceptance report that names its message, or names none and comes after it. Unanswered, a
beginning and a change count where the creditor's bank sends no answers; an end counts at once,
for whoever stops collecting does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from rekisteri.sources.banks.mandate_wire import MandateKind, Terms


class MandateState(StrEnum):
    """In what state a mandate is."""

    UNKNOWN = "unknown"
    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Heard:
    """A word of a mandate as it matters here."""

    kind: MandateKind
    at: datetime
    message_id: str
    position: int
    digest: bytes
    original_message_id: str
    accepted: bool | None
    terms: Terms

    @property
    def turn(self) -> tuple[datetime, int, str, int, bytes]:
        """Its place among others: the sender's time, a question before its answer, its name."""
        return self.at, self.kind is MandateKind.ACCEPTANCE, self.message_id, self.position, self.digest


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a mandate stands: since when, on what terms, and whether a change of it waits for an answer."""

    state: MandateState
    since: datetime | None
    terms: Terms
    changing: bool

    @property
    def in_force(self) -> bool:
        """Whether the creditor may collect by it."""
        return self.state is MandateState.ACTIVE


NOTHING = Followed(MandateState.UNKNOWN, None, Terms(), changing=False)


def follow(words: Iterable[Heard], *, answered: bool) -> Followed:
    """Fold the words of one mandate; ``answered``: the creditor's bank sends acceptance reports."""
    ordered = sorted(words, key=lambda heard: heard.turn)
    standing = NOTHING
    for heard in ordered:
        if heard.kind is MandateKind.ACCEPTANCE:
            continue
        answer = _answer(heard, ordered)
        if answer is None:
            standing = _after(standing, heard, None if answered else True, heard.at)
        else:
            standing = _after(standing, heard, answer.accepted, max(heard.at, answer.at))
    return standing


def _answer(asked: Heard, ordered: Sequence[Heard]) -> Heard | None:
    """The last answer to a question: one that names its message; else one that names none, before the next question."""
    answers = [
        one for one in ordered if one.kind is MandateKind.ACCEPTANCE and one.original_message_id == asked.message_id
    ]
    if answers:
        return answers[-1]
    found = None
    for one in ordered:
        if one.turn <= asked.turn:
            continue
        if one.kind is not MandateKind.ACCEPTANCE:
            break
        if not one.original_message_id:
            found = one
    return found


def _after(standing: Followed, heard: Heard, yes: bool | None, since: datetime) -> Followed:
    """The next state; ``yes`` is None where the answer is still to come."""
    match heard.kind:
        case MandateKind.INITIATION:
            return _begun(standing, heard, yes, since)
        case MandateKind.AMENDMENT:
            if yes is None:
                return replace(standing, changing=True)
            return replace(standing, terms=merged(standing.terms, heard.terms), changing=False) if yes else standing
        case MandateKind.CANCELLATION:
            ends = yes is not False and standing.state is not MandateState.UNKNOWN
            return Followed(MandateState.CANCELLED, since, standing.terms, changing=False) if ends else standing
        case MandateKind.ACCEPTANCE:
            return standing


def _begun(standing: Followed, heard: Heard, yes: bool | None, since: datetime) -> Followed:
    if standing.in_force and yes is not True:
        return standing
    state = {True: MandateState.ACTIVE, False: MandateState.REFUSED, None: MandateState.REQUESTED}[yes]
    goes_on = standing.in_force and state is MandateState.ACTIVE
    return Followed(state, standing.since if goes_on else since, heard.terms, changing=False)


def merged(terms: Terms, change: Terms) -> Terms:
    """The terms with what a change says in place of what was."""
    said = {one.name: value for one in fields(Terms) if (value := getattr(change, one.name)) is not None}
    return replace(terms, **said)
