"""Single disclosures required by law: written in the ledger first, then given to the one recipient named.

There are no regular disclosures (register description § 7). Each single one says to whom, on which ground, at whose
request, which items of which customers, who decided and, where protected data is among them, which second person
agreed. Only then is the file made, once, for that recipient, in the EU or EEA (GDPR arts 6(3), 15(1)(c), 44).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import orjson
from pyrage import RecipientError, encrypt, x25519

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.catalogue import BY_NAME, COVERED, Choice, Disclosure, Value, masked
from rekisteri.ground import countries, ids, numbers
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.rights import phrases as p
from rekisteri.rights import words
from rekisteri.rights.document import Document, Section, Table, joined, same

CUSTOMERS_MAX = 500
"""Customers of one disclosure: a single one is no delivery of the register."""
RECIPIENT_MAX = 200
GROUND_MAX = 300
REFERENCE_MAX = 120
LIST_MAX = 500
SECTION = re.compile(r"§|\bart\.?\b|\bartikla|\bartikel|\barticle\b", re.IGNORECASE)
SCHEMA = "urn:rekisteri:disclosure:1"


class Form(StrEnum):
    """How it is given."""

    SEALED = "sealed"
    """A file that the recipient's key alone opens (age, X25519)."""
    HANDED = "handed"
    """A file handed over in person or by a protected line of the operator's."""


class State(StrEnum):
    """Where a disclosure stands."""

    WAITING = "waiting"
    """A second person must agree."""
    AGREED = "agreed"
    """May be given."""
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a disclosure is to be, as somebody writes it down."""

    recipient: str
    country: str
    ground: str
    reference: str
    items: tuple[str, ...]
    customers: tuple[UUID, ...]
    form: Form
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger. ``protected``: a value that a non-disclosure order covers is or may be among the items."""

    id: UUID
    number: int
    recipient: str
    country: str
    ground: str
    reference: str
    items: list[str]
    form: Form
    recipient_key: str | None
    protected: bool
    decided_by: str
    decided_at: datetime
    agreed_by: str | None
    agreed_at: datetime | None
    given_by: str | None
    given_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    customers: int

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        if self.given_at is not None:
            return State.GIVEN
        return State.WAITING if self.protected and self.agreed_at is None else State.AGREED


def enter(tx: Write, wanted: Wanted) -> Entry:
    """Write a disclosure down; nothing is given by it. Raises ``Rejected`` naming the field, ``Missing`` for a customer."""
    _check(wanted, tx)
    whose = [_known(tx, one) for one in dict.fromkeys(wanted.customers)]
    heads = parties.heads(tx, whose)
    protected = any(name in COVERED for name in wanted.items) and any(
        heads[one].turvakielto is not Disclosure.OFF for one in whose
    )
    made = ids.fresh()
    tx.run("lock table rights.disclosure in share row exclusive mode")
    tx.run(
        """
        insert into rights.disclosure (id, number, recipient, country, ground, reference, items, form, recipient_key,
                                       protected, decided_by, decided_account, decided_at)
        select %(id)s, coalesce(max(number), 0) + 1, %(recipient)s, %(country)s, %(ground)s, %(reference)s, %(items)s,
               %(form)s, %(key)s, %(protected)s, %(by)s, %(account)s, %(at)s
        from rights.disclosure
        """,
        id=made,
        recipient=wanted.recipient.strip(),
        country=wanted.country,
        ground=wanted.ground.strip(),
        reference=wanted.reference.strip(),
        items=[name for name in BY_NAME if name in wanted.items],
        form=wanted.form,
        key=wanted.key,
        protected=protected,
        by=tx.act.viewer.handle,
        account=tx.act.viewer.account_id,
        at=tx.at,
    )
    tx.run(
        "insert into rights.disclosed (disclosure_id, party_id) select %(id)s, unnest(%(parties)s::uuid[])",
        id=made,
        parties=whose,
    )
    tx.saw(*whose)
    return _noted(tx, made)


def agree(tx: Write, disclosure_id: UUID) -> Entry:
    """Agree as the second person. Raises ``Missing``, ``Conflict`` for who decided, or where nothing waits."""
    found = _held(tx, disclosure_id)
    if found.state is not State.WAITING:
        raise Conflict("This disclosure does not wait for a second person.", field="disclosure")
    if found.decided_by == tx.act.viewer.handle:
        raise Conflict(
            "Another person than who decided must agree, for protected data is among it.", field="disclosure"
        )
    tx.run(
        "update rights.disclosure set agreed_by = %(by)s, agreed_at = %(at)s where id = %(id)s",
        id=disclosure_id,
        by=tx.act.viewer.handle,
        at=tx.at,
    )
    return _noted(tx, disclosure_id)


def withdraw(tx: Write, disclosure_id: UUID, because: str) -> Entry:
    """Strike a disclosure that was not given; the line stays. Raises ``Missing``, ``Conflict``, ``Rejected``."""
    found = _held(tx, disclosure_id)
    if found.state in (State.GIVEN, State.WITHDRAWN):
        raise Conflict("What has been given or struck already cannot be struck.", field="disclosure")
    _told("because", because, GROUND_MAX)
    tx.run(
        "update rights.disclosure set withdrawn_at = %(at)s, withdrawn_because = %(because)s where id = %(id)s",
        id=disclosure_id,
        at=tx.at,
        because=because.strip(),
    )
    return _noted(tx, disclosure_id)


def give(tx: Write, vault: Vault, disclosure_id: UUID) -> bytes:
    """The file for the recipient, made once; the ledger says so in the same act.

    JSON of what the customers' cards say now of the items named, or that sealed to the recipient's key. Raises
    ``Missing``, and ``Conflict`` where a second person has not agreed, or it has been given or struck.
    """
    found = _held(tx, disclosure_id)
    match found.state:
        case State.WAITING:
            raise Conflict("A second person must agree first, for protected data is among it.", field="disclosure")
        case State.GIVEN:
            raise Conflict("It has been given already; for another time write another line.", field="disclosure")
        case State.WITHDRAWN:
            raise Conflict("It has been struck from the ledger; write another line.", field="disclosure")
        case State.AGREED:
            pass
    whose = disclosed_to(tx, disclosure_id)
    if not found.protected and any(name in COVERED for name in found.items):
        heads = parties.heads(tx, whose)
        if any(head.turvakielto is not Disclosure.OFF for head in heads.values()):
            raise Conflict(
                "A non-disclosure order has come since; strike this line and write another.", field="disclosure"
            )
    plain = _file(found, [(one, _values(tx, vault, one, found.items)) for one in whose])
    tx.run(
        "update rights.disclosure set given_by = %(by)s, given_at = %(at)s where id = %(id)s",
        id=disclosure_id,
        by=tx.act.viewer.handle,
        at=tx.at,
    )
    tx.saw(*whose)
    _noted(tx, disclosure_id)
    if found.form is Form.HANDED:
        return plain
    assert found.recipient_key is not None
    return bytes(encrypt(plain, [x25519.Recipient.from_str(found.recipient_key)]))


def entry(tx: Read, disclosure_id: UUID) -> Entry:
    """One line. Raises ``Missing``."""
    for one in _entries(tx, [disclosure_id], None):
        return one
    raise Missing("There is no such disclosure among those you may see.")


def ledger(tx: Read, *, since: datetime | None = None) -> list[Entry]:
    """The register of disclosures, the newest first."""
    return _entries(tx, None, since)


def disclosed_to(tx: Read, disclosure_id: UUID) -> list[UUID]:
    """The customers of a disclosure."""
    rows = tx.tuples(
        "select party_id from rights.disclosed where disclosure_id = %(id)s order by party_id", id=disclosure_id
    )
    return [party_id for (party_id,) in rows]


def of_party(tx: Read, party_id: UUID) -> list[Entry]:
    """The disclosures that were given of one customer."""
    rows = tx.tuples("select disclosure_id from rights.disclosed where party_id = %(id)s", id=party_id)
    return [one for one in _entries(tx, [found for (found,) in rows], None) if one.given_at is not None]


def given_count(tx: Read) -> int:
    """How many disclosures have been given: told beside the notice, which says that there are no regular ones."""
    return int(tx.value("select count(*) from rights.disclosure where given_at is not null"))


def printed(found: Iterable[Entry]) -> Document:
    """The register of disclosures as a document: a page, a PDF and JSON are made of it."""
    rows = tuple(
        (
            same(str(one.number)),
            same(words.at(one.decided_at)),
            same(f"{one.recipient} ({one.country})"),
            same(f"{one.ground}; {one.reference}"),
            joined([BY_NAME[name].label for name in one.items], ", "),
            same(str(one.customers)),
            same(words.at(one.given_at) if one.given_at else "" if one.withdrawn_at is None else "–"),
        )
        for one in found
    )
    head = (p.NUMBER, p.DECIDED, p.TO_WHOM, p.GROUNDS, p.ITEM, p.CUSTOMERS, p.GIVEN)
    tables = (Table(p.LEDGER_TITLE, head, rows),) if rows else ()
    told = (p.NO_DISCLOSURES, p.ONE_OFF)
    return Document("disclosures", p.LEDGER_TITLE, (Section("disclosures", p.DISCLOSED, told, tables=tables),))


def _entries(tx: Read, wanted: Collection[UUID] | None, since: datetime | None) -> list[Entry]:
    return tx.all(
        Entry,
        """
        select d.id, d.number, d.recipient, d.country, d.ground, d.reference, d.items, d.form, d.recipient_key,
               d.protected, d.decided_by, d.decided_at, d.agreed_by, d.agreed_at, d.given_by, d.given_at,
               d.withdrawn_at, d.withdrawn_because,
               (select count(*) from rights.disclosed c where c.disclosure_id = d.id)::integer as customers
        from rights.disclosure d
        where (%(ids)s::uuid[] is null or d.id = any (%(ids)s))
          and (%(since)s::timestamptz is null or d.decided_at >= %(since)s)
        order by d.number desc limit %(limit)s
        """,
        ids=None if wanted is None else list(wanted),
        since=since,
        limit=LIST_MAX,
    )


def _check(wanted: Wanted, tx: Write) -> None:
    _told("recipient", wanted.recipient, RECIPIENT_MAX)
    _told("reference", wanted.reference, REFERENCE_MAX)
    _told("ground", wanted.ground, GROUND_MAX)
    if SECTION.search(wanted.ground) is None:
        raise Rejected("Name the law and its section: a disclosure rests on a statute.", field="ground")
    if not countries.inside(wanted.country, day(tx.at)):
        raise Rejected("Data is given to recipients in the EU and EEA alone.", field="country")
    if not wanted.items or not set(wanted.items) <= DISCLOSABLE:
        raise Rejected("Name the items to be given, of those on the list.", field="items")
    if not 0 < len(set(wanted.customers)) <= CUSTOMERS_MAX:
        raise Rejected(f"A disclosure is of at least one customer and at most {CUSTOMERS_MAX}.", field="customers")
    if wanted.form is Form.SEALED:
        _check_key(wanted.key)


def _check_key(key: str | None) -> None:
    try:
        x25519.Recipient.from_str(key or "")
    except RecipientError as error:
        raise Rejected("Give the recipient's public key: it begins with age1.", field="key") from error


def _told(field: str, text: str, most: int) -> None:
    if not text.strip() or len(text) > most or not text.isprintable():
        raise Rejected(f"It must be told in at most {most} characters.", field=field)
    if numbers.without_hetu(text) != text:
        raise Rejected("An identity code does not stand here; customers are named by their register id.", field=field)


DISCLOSABLE = frozenset(item.name for item in BY_NAME.values() if item.choice is not Choice.OWN)
"""Items of the shared record; what is an organisation's own is that organisation's to give."""


def _known(tx: Read, party_id: UUID) -> UUID:
    if parties.kind_of(tx, party_id) is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")
    return party_id


def _held(tx: Write, disclosure_id: UUID) -> Entry:
    tx.run("select from rights.disclosure where id = %(id)s for update", id=disclosure_id)
    return entry(tx, disclosure_id)


def _noted(tx: Write, disclosure_id: UUID) -> Entry:
    found = entry(tx, disclosure_id)
    tx.note(disclosure=found.number, state=found.state.value)
    return found


def _values(tx: Read, vault: Vault, party_id: UUID, items: Iterable[str]) -> dict[str, Value]:
    """The values of the items as the card has them now; codes of other people masked, the customer's own in full."""
    content = parties.opened(tx, vault, party_id)
    return {
        name: content[name] if BY_NAME[name].scalar else masked(name, content[name])
        for name in items
        if name in content
    }


def _file(found: Entry, customers: Iterable[tuple[UUID, dict[str, Value]]]) -> bytes:
    whole = {
        "schema": SCHEMA,
        "number": found.number,
        "recipient": found.recipient,
        "ground": found.ground,
        "reference": found.reference,
        "customers": [{"customer": str(party_id), "data": values} for party_id, values in customers],
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)
