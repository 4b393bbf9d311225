"""SEPA mandates taken and followed: a document's words kept, each mandate's state folded, its payer found and stated.

Nothing is in force by guess: a mandate whose payer is not certain waits for a person, a word
whose creditor is not known waits for the creditor. All of it is found anew from everything
ever heard, so that the order in which documents come makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

import orjson

from rekisteri import parties
from rekisteri.access import Write
from rekisteri.catalogue import PartyKind
from rekisteri.ground import ids, numbers
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import MandateStated, MandateTerms, Origin
from rekisteri.sources.banks import mandate_store as store
from rekisteri.sources.banks.holds import DECIDE_DAYS, Hold, Unfit
from rekisteri.sources.banks.mandate_standing import Followed, Heard, follow
from rekisteri.sources.banks.mandate_store import Creditor, MandateRow, WordRow
from rekisteri.sources.banks.mandate_wire import Debtor, MandateDocument, MandateWord, Terms, read_mandates
from rekisteri.sources.banks.match import Finder, Sought, Typed
from rekisteri.sources.banks.standing import Certain, Doubt, Outcome, Own, Rule

SEALED = "sources.mandate_message|sealed|"
NO_BANK = "NOTPROVIDED"
"""What SEPA messages say where a bank is not named."""
NUMBER = "09"
"""The type of a customer number, as evidence names it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling came to: mandates looked at, those whose statement changed, whom it concerned."""

    mandates: frozenset[UUID]
    changed: int
    party_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a document's words."""

    words: int
    repeated: int
    changed: int


def take_mandates(tx: Write, vault: Vault, file_id: UUID, content: bytes) -> Taken:
    """Take a document. Raises ``Unfit`` where it does not hold, or its name was used before with other words."""
    document = read_mandates(content)
    rows = [(_row(vault, file_id, document, word), _once(vault, document, word)) for word in document.words]
    there = store.known_words(tx, [once for _, once in rows])
    fresh = []
    for row, once in rows:
        if once not in there:
            fresh.append((row, once))
        elif there[once] != row.digest:
            raise Unfit(Hold.MESSAGE_ID_REUSED, 0)
    for row, once in fresh:
        store.insert_word(tx, row, once)
    settled = settle(tx, vault, set())
    return Taken(len(rows), len(rows) - len(fresh), settled.changed)


def _once(vault: Vault, document: MandateDocument, word: MandateWord) -> bytes:
    name = f"{document.kind}\0{document.initiator}\0{document.message_id}\0{document.created_at.isoformat()}"
    return vault.digest(f"mandate once|{name}\0{word.position}".encode())


def _row(vault: Vault, file_id: UUID, document: MandateDocument, word: MandateWord) -> WordRow:
    """A word as it is kept. Raises ``Unfit``: a code in a reference would stand in the clear."""
    if any(
        numbers.without_hetu(text) != text for text in (word.reference, word.original_message_id, document.message_id)
    ):
        raise Unfit(Hold.FIELD_INVALID, 0)
    word_id = ids.fresh()
    return WordRow(
        id=word_id,
        file_id=file_id,
        position=word.position,
        digest=vault.digest(b"mandate word" + word.digest),
        kind=document.kind,
        message_id=document.message_id,
        created_at=document.created_at,
        initiator=numbers.creditor_id(document.initiator) or "",
        creditor_id=word.creditor,
        reference=word.reference,
        original_message_id=word.original_message_id,
        accepted=word.accepted,
        reason=word.reason,
        sealed=vault.seal(closed(word.terms), key="secret", place=f"{SEALED}{word_id}"),
        mandate_id=None,
        hold=Hold.MANDATE_RENAMED if word.renamed else None,
    )


def closed(terms: Terms) -> bytes:
    """The terms as they are sealed."""
    debtor = terms.debtor
    days = [None if one is None else one.isoformat() for one in (terms.given_on, terms.first_on, terms.last_on)]
    said = None if debtor is None else [debtor.name, debtor.identifiers]
    return orjson.dumps([said, terms.account, terms.bank, terms.sequence, *days])


def opened(vault: Vault, row: WordRow) -> Terms:
    """The terms sealed with a word."""
    values: list[Any] = orjson.loads(vault.open(row.sealed, key="secret", place=f"{SEALED}{row.id}"))
    said, account, bank, sequence, *days = values
    debtor = None if said is None else Debtor(said[0], tuple((kind, text) for kind, text in said[1]))
    given, first, last = (None if one is None else date.fromisoformat(one) for one in days)
    return Terms(debtor, account, bank, sequence, given, first, last)


def settle(
    tx: Write, vault: Vault, mandate_ids: Iterable[UUID], decided: Mapping[UUID, UUID] = MappingProxyType({})
) -> Settled:
    """Find where mandates stand and whose they are, those too that words not placed before are of now.

    ``decided`` are payers whom an officer has just found mandates to be of.
    """
    creditors = {one.id: one for one in store.creditors(tx)}
    wanted = set(mandate_ids) | _route(tx, creditors)
    rows = store.mandates(tx, wanted)
    words: dict[UUID, list[WordRow]] = {}
    for mandate_id, word in store.words_of(tx, wanted):
        words.setdefault(mandate_id, []).append(word)
    followed = {row.id: folded(vault, words.get(row.id, []), creditors[row.creditor]) for row in rows}
    judged = _judge(tx, vault, rows, followed, creditors)
    judged |= {mandate_id: Certain(party_id, Rule.OFFICER, ()) for mandate_id, party_id in decided.items()}
    changed, concerned = _state(tx, vault, rows, followed, judged, creditors)
    return Settled(frozenset(wanted), changed, concerned)


def _route(tx: Write, creditors: dict[UUID, Creditor]) -> set[UUID]:
    """Place words that have no mandate yet; the mandates that have new words by it."""
    waiting = [one for one in store.unrouted(tx) if one.hold is not Hold.MANDATE_RENAMED]
    by_name = {one.creditor_id: one.id for one in creditors.values()}
    touched: set[UUID] = set()
    left = waiting
    while left:
        placed = _place(tx, left, by_name)
        if not placed:
            break
        touched |= set(placed.values())
        left = [one for one in left if one.id not in placed]
    whole = {one.original_message_id for one in left if not one.reference and one.original_message_id}
    answered = store.creditors_of_messages(tx, whole)
    held = [one for one in left if one.original_message_id not in answered or one.reference]
    store.route(tx, [(one.id, None, Hold.CREDITOR_UNKNOWN) for one in held])
    store.route(tx, [(one.id, None, None) for one in left if one not in held])
    return touched | set(store.mandates_of_messages(tx, answered))


def _place(tx: Write, waiting: Sequence[WordRow], by_name: dict[str, UUID]) -> dict[UUID, UUID]:
    """The mandate of each word that can be placed: by the creditor it names, the message it answers, its sender."""
    answered = store.creditors_of_messages(tx, {one.original_message_id for one in waiting if one.original_message_id})
    found: list[tuple[WordRow, UUID]] = []
    for one in waiting:
        if not one.reference:
            continue
        creditor = by_name.get(one.creditor_id)
        if creditor is None and not one.creditor_id:
            of_message = answered.get(one.original_message_id, set())
            creditor = next(iter(of_message)) if len(of_message) == 1 else by_name.get(one.initiator)
        if creditor is not None:
            found.append((one, creditor))
    if not found:
        return {}
    wanted = list(dict.fromkeys((creditor, one.reference) for one, creditor in found))
    begun = store.begin(tx, [(ids.fresh(), creditor, reference) for creditor, reference in wanted])
    placed = {one.id: begun[creditor, one.reference] for one, creditor in found}
    store.route(tx, [(word_id, mandate_id, None) for word_id, mandate_id in placed.items()])
    return placed


def folded(vault: Vault, words: Iterable[WordRow], creditor: Creditor) -> Followed:
    """Where the words of one mandate bring it."""
    return follow((_heard(vault, word) for word in words if word.hold is None), answered=creditor.answered)


def _heard(vault: Vault, word: WordRow) -> Heard:
    return Heard(
        word.kind, word.created_at, word.message_id, word.position, bytes(word.digest), word.original_message_id,
        word.accepted, opened(vault, word),
    )  # fmt: skip


def _judge(
    tx: Write,
    vault: Vault,
    rows: Sequence[MandateRow],
    followed: dict[UUID, Followed],
    creditors: dict[UUID, Creditor],
) -> dict[UUID, Own]:
    """Whose each mandate is by its debtor, of those that nobody has decided and that say who the debtor is."""
    asked = [row for row in rows if row.decision is None and followed[row.id].terms.debtor is not None]
    sought = []
    for row in asked:
        debtor, creditor = followed[row.id].terms.debtor, creditors[row.creditor]
        assert debtor is not None, "only those are asked for"
        sought.append(Sought(creditor.organisation_id, creditor.customers, debtor.name, typed(debtor), companies=True))
    return {row.id: own for row, own in zip(asked, Finder(tx, vault).seek(sought), strict=True)}


def typed(debtor: Debtor) -> Typed:
    """The identifiers of a debtor in canonical form."""
    found = Typed()
    for what, text in debtor.identifiers:
        match what:
            case "hetu":
                found.hetu = numbers.hetu(text)
                found.invalid = found.invalid or found.hetu is None
            case "ytunnus":
                found.ytunnus = numbers.ytunnus(text)
                found.invalid = found.invalid or found.ytunnus is None
            case _:
                found.customer_numbers[NUMBER] = text
    return found


def _state(
    tx: Write,
    vault: Vault,
    rows: Sequence[MandateRow],
    followed: dict[UUID, Followed],
    judged: dict[UUID, Own],
    creditors: dict[UUID, Creditor],
) -> tuple[int, frozenset[UUID]]:
    """Write down what has changed, and state it of the payers; how many statements changed, whom it concerned."""
    after = {row.id: _after(tx, row, followed[row.id], judged.get(row.id)) for row in rows}
    payers = {
        row.id: party_id for row in rows if (party_id := _payer(row, judged.get(row.id), after[row.id])) is not None
    }
    records = [one.record_id for pair in zip(rows, after.values(), strict=True) for one in pair if one.record_id]
    known = {one.id: one for one in parties.order_records_of(tx, records)}
    kinds = parties.heads(tx, payers.values())
    stated: dict[int, list[MandateStated]] = {}
    for row in rows:
        creditor, now = creditors[row.creditor], after[row.id]
        ones = stated.setdefault(creditor.organisation_id, [])
        if row.record_id is not None and row.record_id != now.record_id and row.party_id is not None:
            terms = _terms(row, followed[row.id], creditor)
            ones.append(MandateStated(row.party_id, PartyKind.PERSON, row.record_id, _name(row), terms, in_force=False))
        if now.record_id is not None:
            payer = payers[row.id]
            terms = _terms(row, followed[row.id], creditor)
            in_force = followed[row.id].in_force
            ones.append(MandateStated(payer, kinds[payer].kind, now.record_id, _name(row), terms, in_force))
        if now != row:
            store.change(tx, now)
    changed = 0
    for organisation_id, ones in stated.items():
        origin = Origin(parties.bank_source(tx, organisation_id), None, tx.act.viewer.account_id)
        changed += parties.state_mandates(tx, vault, origin, known.values(), ones)
    concerned = frozenset(one.party_id for ones in stated.values() for one in ones)
    tx.gather([str(party_id) for party_id in concerned])
    return changed, concerned


def _payer(row: MandateRow, own: Own | None, after: MandateRow) -> UUID | None:
    if after.record_id is None:
        return None
    return own.party_id if isinstance(own, Certain) else row.party_id


def _after(tx: Write, row: MandateRow, followed: Followed, own: Own | None) -> MandateRow:
    """The mandate as it is to be written down; a record is begun for a payer found first now."""
    now = replace(row, state=followed.state, since_at=followed.since, changing=followed.changing)
    if row.decision == "matched" and own is None:
        return now
    if row.decision == "rejected":
        return replace(
            now, outcome=Outcome.REJECTED, hold=None, rule=None, evidence=[], record_id=None, deadline_on=None
        )
    match own:
        case Certain(party_id, rule, evidence):
            begun = ids.fresh() if followed.in_force else None
            record_id = row.record_id if row.party_id == party_id else begun
            return replace(
                now, outcome=Outcome.MATCHED, hold=None, rule=int(rule), evidence=list(evidence), record_id=record_id,
                deadline_on=None,
            )  # fmt: skip
        case Doubt(hold) if followed.in_force:
            deadline = row.deadline_on or day(tx.at) + timedelta(days=DECIDE_DAYS)
            return replace(
                now, outcome=Outcome.HELD, hold=hold, rule=None, evidence=[], record_id=None, deadline_on=deadline
            )
        case _:
            return replace(
                now, outcome=Outcome.WAITING, hold=None, rule=None, evidence=[], record_id=None, deadline_on=None
            )


def _name(row: MandateRow) -> str:
    return f"sdd:{row.id}"


def _terms(row: MandateRow, followed: Followed, creditor: Creditor) -> MandateTerms:
    terms = followed.terms
    given_on = terms.given_on or (None if followed.since is None else day(followed.since))
    assert given_on is not None, "a mandate whose payer is known was begun"
    return MandateTerms(
        reference=row.reference,
        creditor=creditor.creditor_id,
        payment_reason=creditor.payment_reason,
        account=terms.account,
        bank=terms.bank or NO_BANK,
        sequence=cast("parties.Sequenced", terms.sequence or "recurring"),
        given_on=given_on,
        first_on=terms.first_on,
        last_on=terms.last_on,
    )
