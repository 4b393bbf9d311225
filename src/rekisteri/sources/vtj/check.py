"""Checking one customer against VTJ: ask, set side by side, take what a maintainer chooses.

Three acts, each with its own event: the question (written down before it is sent, so that
nobody is asked of unseen), the answer beside what is known, and what was taken of it. Only
persons with a live customership are asked of, and only in the name of a person signed in
(Act 661/2009; register description § 9 A). A non-disclosure order that VTJ tells is taken
at once, whatever else is chosen. A statement holds the items that were taken and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Action, Door, Read, Viewer, Write, decide_case
from rekisteri.catalogue import (
    BY_NAME,
    ITEMS,
    Disclosure,
    Fault,
    PartyKind,
    Purpose,
    Rules,
    SourceKind,
    Value,
    masked,
    with_secrets,
)
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, Unavailable
from rekisteri.ground.keys import Vault
from rekisteri.parties import Card, Lexicon, Origin, Shown
from rekisteri.sources.vtj import answers, client_query, store
from rekisteri.sources.vtj.answers import Told, Waiting
from rekisteri.sources.vtj.client_query import Call, QuerySetup
from rekisteri.sources.vtj.codes import Meaning
from rekisteri.sources.vtj.facts import Death, Facts, Order
from rekisteri.sources.vtj.observe import Stated, merged, observe
from rekisteri.sources.vtj.state import Utterance, state, words_of
from rekisteri.sources.vtj.wire_query import Answer

QUERY = "query"
ORDER = tuple(item.name for item in ITEMS)
ORDER_ITEMS = frozenset({"turvakielto", "turvakielto_until"})
END_USER_COUNTRY = "FI-"
DAYS: frozenset[str] = frozenset({"valid_from", "valid_to"})


RulesOf = Callable[[date], Rules]
"""What this environment accepts as identity on a day."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about to be sent; it is in the log already. The code shows in no printed form."""

    party_id: UUID
    hetu: str = field(repr=False)
    call: Call


class Comparison(StrEnum):
    """How what VTJ says of an item stands to what the register holds."""

    SAME = "same"
    DIFFERS = "differs"
    NEW = "new"
    GONE = "gone"
    """VTJ knows of none; what another source says stays."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One item side by side. ``ours`` is what the card shows and ``said`` who says so; codes are masked."""

    item: str
    comparison: Comparison
    ours: Value | None
    theirs: Value | None
    said: Shown | None
    wins: bool
    """Whether VTJ's word, once taken, would be what the card shows."""

    @property
    def choosable(self) -> bool:
        """Whether there is something to take."""
        return self.comparison in (Comparison.DIFFERS, Comparison.NEW)


@dataclass(frozen=True, slots=True)
class Check:
    """An answer beside the customer's card."""

    id: UUID
    """The answer's, to be applied by within its life."""
    card: Card
    call_id: str
    asked_at: datetime
    code: str
    meaning: Meaning
    text: str
    differences: list[Difference]
    hidden: list[str]
    faults: list[Fault]
    renewed: bool

    @property
    def takeable(self) -> bool:
        """Whether there is anything to take."""
        return any(one.choosable for one in self.differences)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who checks, and in what: the viewer, its purpose and case, and the reason given."""

    viewer: Viewer
    purpose: Purpose
    case: str | None
    reason: str


def run(door: Door, vault: Vault, setup: QuerySetup, rules_of: RulesOf, asker: Asker, party_id: UUID) -> Check:
    """Check a customer: the question written down, asked, and its answer beside the card.

    Nothing is held open in the database while VTJ is waited for. Raises what ``begin`` does, and
    ``Unavailable``, which is written down too; the customer's data is then untouched.
    """
    with door.write(asker.viewer, Action.VTJ_CHECK, asker.purpose, case=asker.case) as tx:
        asking = begin(tx, vault, setup, party_id, asker.reason)
        on = day(tx.at)
    try:
        answer, renewed = ask(setup, asking, on)
    except Unavailable:
        with door.write(asker.viewer, Action.VTJ_COMPARE, asker.purpose, case=asker.case) as tx:
            tx.saw(party_id)
            tx.note(message=asking.call.id, code="")
        raise
    with door.write(asker.viewer, Action.VTJ_COMPARE, asker.purpose, case=asker.case) as tx:
        check = receive(tx, vault, rules_of(on), asking, answer, renewed=renewed)
    return check


def begin(tx: Write, vault: Vault, setup: QuerySetup, party_id: UUID, reason: str) -> Asking:
    """Decide that a customer may be asked of, and write the question down.

    Raises ``Missing``; ``Refused`` for a customer without a live customership, without a person behind the
    viewer, or beyond the day's quota; ``Rejected`` for a customer without an identity code; ``Unavailable``
    while the interface is stopped.
    """
    viewer = tx.act.viewer
    if viewer.account_id is None:
        raise Refused("VTJ is asked in the name of a person; sign in with an account of your own.")
    if not reason.strip():
        raise Rejected("Say why the customer is checked; the reason is kept in the log.", field="reason")
    decide_case(reason)
    standing = parties.standings(tx, [party_id]).get(party_id)
    if standing is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")
    tx.saw(party_id)
    if standing.kind is not PartyKind.PERSON:
        raise Rejected("Only persons are in VTJ; organisations are not.", field="customer")
    if not standing.live:
        raise Refused("The customership has ended: VTJ may be asked only of customers.")
    stopped = store.find_stop(tx, QUERY)
    if stopped is not None:
        raise Unavailable(f"VTJ's query interface is stopped: {stopped.reason}")
    hetu = parties.opened(tx, vault, party_id).get("hetu")
    if hetu is None:
        raise Rejected("The customer has no identity code, by which VTJ is asked.", field="hetu")
    if store.use(tx, QUERY, 1) > setup.daily_most:
        raise Refused("Today's quota of checks is used; bulk goes through the change interface.")
    call = Call(str(ids.fresh()), END_USER_COUNTRY + viewer.handle, tx.act.case_reference or "")
    tx.note(
        permission=setup.permission, product=setup.product, end_user=call.end_user, message=call.id,
        reason=reason.strip(),
    )  # fmt: skip
    return Asking(party_id, str(hetu), call)


def ask(setup: QuerySetup, asking: Asking, on: date) -> tuple[Answer, bool]:
    """The answer, and whether the person was found by a code that took the asked one's place.

    A code that is no longer in force is asked by once more as VTJ renews it. Raises ``Unavailable``.
    """
    answer = client_query.ask(setup, asking.hetu, asking.call, on)
    if answer.meaning is not Meaning.PASSIVE or answer.renewed is None:
        return answer, False
    again = client_query.ask(setup, answer.renewed, replace(asking.call, id=f"{asking.call.id}-uusi"), on)
    if again.meaning is Meaning.PASSIVE:
        raise Unavailable("VTJ renewed an identity code twice in one question; tell the operator.")
    return again, True


def receive(tx: Write, vault: Vault, rules: Rules, asking: Asking, answer: Answer, *, renewed: bool) -> Check:
    """Keep the answer, minimised and sealed, and set it beside the card. An order that is on is taken now."""
    tx.note(message=asking.call.id, code=answer.code)
    if answer.meaning is Meaning.STOP:
        store.stop(tx, QUERY, f"user id or password is not accepted ({answer.code})")
    facts = _facts(asking, answer)
    observed = None if facts is None else observe(facts, rules, language=_language(tx, vault, asking.party_id))
    said = {} if observed is None else observed.items
    if said.get("turvakielto") == Stated(value=True):
        order = {name: one for name, one in said.items() if name in ORDER_ITEMS}
        _state(tx, vault, asking.party_id, order, "order told by VTJ")
        tx.note(items=sorted(order))
    told = Told(
        call_id=asking.call.id,
        code=answer.code,
        meaning=answer.meaning,
        text=answer.text,
        renewed=renewed,
        items=said,
        hidden=[] if observed is None else sorted(observed.hidden),
        faults=[] if observed is None else observed.faults,
    )
    card = parties.card(tx, vault, asking.party_id)
    return _check(tx, vault, answers.keep(tx, vault, asking.party_id, card.version, told), card)


def look(tx: Read, vault: Vault, answer_id: UUID) -> Check:
    """An answer that waits, beside the card as it is now. Raises ``Missing``."""
    waiting = answers.find(tx, vault, answer_id)
    return _check(tx, vault, waiting, parties.card(tx, vault, waiting.party_id))


def apply(tx: Write, vault: Vault, setup: QuerySetup, answer_id: UUID, items: Collection[str], reason: str) -> UUID:
    """Take the chosen items of an answer: they become VTJ's word of the customer. The customer's id.

    Raises ``Missing`` for an answer that is gone or somebody else's, ``Conflict`` where the customer has changed
    since or a new code is another customer's, ``Rejected`` for items the answer does not have.
    """
    decide_case(reason)
    waiting = answers.find(tx, vault, answer_id)
    party_id, told = waiting.party_id, waiting.told
    parties.lock_identity(tx)
    standing = parties.standings(tx, [party_id])[party_id]
    tx.saw(party_id)
    if standing.version != waiting.version:
        raise Conflict("The customer changed since VTJ was asked; check again and decide.", field="version")
    if not standing.live:
        raise Refused("The customership has ended: VTJ may be asked only of customers.")
    if not items or not set(items) <= told.items.keys():
        raise Rejected("Choose which of VTJ's values to take.", field="items")
    _state(tx, vault, party_id, {name: told.items[name] for name in items}, reason.strip() or "checked against VTJ")
    store.delete_answer(tx, answer_id)
    tx.note(
        permission=setup.permission, end_user=END_USER_COUNTRY + tx.act.viewer.handle, message=told.call_id,
        items=sorted(items), reason=reason.strip(),
    )  # fmt: skip
    return party_id


def forget_old(tx: Write) -> int:
    """Delete the answers nobody decided in time; how many. For the nightly run."""
    return store.delete_old_answers(tx, answers.LIFE)


def _facts(asking: Asking, answer: Answer) -> Facts | None:
    """What an answer tells; one that is kept back tells the least that is safe."""
    match answer.meaning:
        case Meaning.FOUND:
            return answer.facts
        case Meaning.DEAD:
            return Facts(asking.hetu, death=Death(dead=True))
        case Meaning.RESTRICTED:
            return Facts(asking.hetu, order=Order(on=True))
        case _:
            return None


def _language(tx: Write, vault: Vault, party_id: UUID) -> str:
    """The language the customer is known to be written to in."""
    known = parties.opened(tx, vault, party_id)
    return str(known.get("contact_language") or known.get("language") or "fi")


def _state(tx: Write, vault: Vault, party_id: UUID, said: Mapping[str, Stated], reason: str) -> None:
    """Say these items as VTJ, upon what it said before. Raises ``Conflict`` for a code that is another's."""
    parties.lock_identity(tx)
    source = parties.sole_source(tx, SourceKind.VTJ)
    before = words_of(tx, vault, source.id, [party_id]).get(party_id)
    content, secrets = merged({}, {}, said) if before is None else merged(before.content, before.secrets, said)
    if "hetu" not in secrets:
        secrets["hetu"] = str(parties.opened(tx, vault, party_id)["hetu"])
    origin = Origin(source, None, tx.act.viewer.account_id, reason)
    done = state(tx, vault, Lexicon(), origin, [Utterance(party_id, before, content, secrets)])
    if done.conflicts:
        raise Conflict(
            "The identity code VTJ tells is another customer's in the register; merge the two, then check again.",
            field="hetu",
        )


def _check(tx: Read, vault: Vault, waiting: Waiting, card: Card) -> Check:
    told = waiting.told
    shown = {one.item: one for one in card.values}
    shown |= {one.item: one for one in parties.protected(tx, vault, waiting.party_id)}
    ours = parties.opened(tx, vault, waiting.party_id)
    order = parties.own_orders(tx, [card.party_id])[card.party_id]
    if order is not Disclosure.UNKNOWN:
        ours["turvakielto"] = order is Disclosure.ON
    sides = [(name, ours.get(name), told.items[name], shown.get(name)) for name in ORDER if name in told.items]
    differences = [found for side in sides if (found := _difference(*side)) is not None]
    return Check(
        id=waiting.id,
        card=card,
        call_id=told.call_id,
        asked_at=waiting.asked_at,
        code=told.code,
        meaning=told.meaning,
        text=told.text,
        differences=differences,
        hidden=told.hidden,
        faults=told.faults,
        renewed=told.renewed,
    )


def _difference(name: str, ours: Value | None, stated: Stated, shown: Shown | None) -> Difference | None:
    """One item side by side; None where neither side says anything."""
    theirs = stated.value
    if stated.secrets:
        theirs = with_secrets({} if theirs is None or theirs == "" else {name: theirs}, stated.secrets)[name]
    if theirs is None:
        if ours is None:
            return None
        comparison = Comparison.GONE
    elif ours is None:
        comparison = Comparison.NEW
    else:
        comparison = Comparison.SAME if alike(ours, theirs) else Comparison.DIFFERS
    return Difference(
        item=name,
        comparison=comparison,
        ours=None if ours is None else masked(name, ours),
        theirs=None if theirs is None else masked(name, theirs),
        said=shown,
        wins=_wins(name, shown),
    )


def _wins(name: str, shown: Shown | None) -> bool:
    ranks = BY_NAME[name].ranks
    return shown is None or ranks.index(SourceKind.VTJ) <= ranks.index(shown.saying.source)


def alike(ours: Value, theirs: Value) -> bool:
    """Whether two values mean the same: capitals, blanks, order of a list and days only one side tells are no matter."""
    if isinstance(ours, list) and isinstance(theirs, list):
        rest: list[Value] = list(theirs)
        for one in ours:
            met = next((place for place, other in enumerate(rest) if alike(one, other)), None)
            if met is None:
                return False
            rest.pop(met)
        return not rest
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = (ours.keys() | theirs.keys()) - (DAYS - (ours.keys() & theirs.keys()))
        if not (names <= ours.keys() and names <= theirs.keys()):
            return False
        pairs: list[tuple[Value, Value]] = [(ours[name], theirs[name]) for name in names]
        return all(alike(one, other) for one, other in pairs)
    if isinstance(ours, str) and isinstance(theirs, str):
        return " ".join(ours.casefold().split()) == " ".join(theirs.casefold().split())
    return ours == theirs
