"""Orders at banks: where a payer has asked an organisation's invoices to be sent, as statements.

A payer orders consumer e-invoices or direct payment in the bank, per client organisation and
payment reason. The bank tells the organisation; what it told stands here as statements of a
source of kind ``bank`` that belongs to the organisation and is no customership. The address
looks like an account number and is none to refund to: it is kept sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, cast
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import BY_PATH, Content, Disclosure, PartyKind, Reason, Scalar
from rekisteri.ground import ids, packed
from rekisteri.ground.keys import Vault
from rekisteri.parties import laid
from rekisteri.parties.laid import Origin
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import SEALED_PLACE, Placed, Said, record, silence
from rekisteri.parties.words import texts

ITEM = "bank_order"
ADDRESS = "bank_order.address"

OrderKind = Literal["consumer_einvoice", "direct_payment"]


class OrderTerms(NamedTuple):
    """What a payer asked for, as the bank told it."""

    kind: OrderKind
    payment_reason: str
    address: str
    operator: str
    language: str | None
    due_day: int | None
    times_a_year: int | None
    ordered_on: date
    paused_on: date | None = None
    """Since when invoices go otherwise, for none could be brought to the address; the order itself stands."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order in force on a day: of whose invoices, how and where to deliver, and since when so.

    ``valid_to`` is the first day it was no longer in force, where that is known.
    """

    kind: OrderKind
    organisation_id: int
    payment_reason: str
    address: str
    operator: str
    language: str | None
    due_day: int | None
    times_a_year: int | None
    ordered_on: date
    valid_from: date
    valid_to: date | None
    statement_id: UUID


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """The record under which one party's orders for one payment reason are stated."""

    id: UUID
    party_id: UUID
    key: str
    digest: bytes
    ended_on: date | None

    @property
    def payment_reason(self) -> str:
        """The reason; the key is the reason and the party it was first stated of."""
        return self.key.rpartition(":")[0]


class OrderStated(NamedTuple):
    """What is to be stated of one record: the last terms heard, and whether the order stands, in force or paused.

    Without terms nothing is known any more of a record that was stated before: it ends.
    """

    party_id: UUID
    record_id: UUID
    terms: OrderTerms | None
    stands: bool


class Orderer(NamedTuple):
    """What is needed of a party to tell whether an order may be its: never shown, only compared."""

    id: UUID
    kind: PartyKind
    name: str
    called_name: str | None
    former_surnames: list[str]
    death_date: str | None
    phone: str | None
    turvakielto: Disclosure
    organisations: list[int]


@dataclass(frozen=True, slots=True)
class _Row:
    party_id: UUID
    organisation_id: int
    content: Content
    sealed: bytes | None
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    statement_id: UUID


def orders(tx: Read, vault: Vault, party_id: UUID, organisation_id: int, on: date) -> list[Order]:
    """The party's orders in force on a day for one client organisation, by payment reason.

    Empty for a party or an organisation the viewer does not reach. The act has seen the party.
    """
    tx.saw(party_id)
    return orders_of(tx, vault, [party_id], organisation_id, on).get(party_id, [])


def orders_of(
    tx: Read, vault: Vault, party_ids: Iterable[UUID], organisation_id: int, on: date
) -> dict[UUID, list[Order]]:
    """``orders`` of many parties at once; a party without any is not there. The caller tells whom the act saw."""
    if not tx.act.reaches(organisation_id):
        return {}
    found: dict[UUID, dict[str, _Row]] = {}
    for row in _in_force(tx, list(party_ids), organisation_id, on):
        reasons = found.setdefault(row.party_id, {})
        reason = str(_terms(row.content)["payment_reason"])
        if reason not in reasons or _latest(row) > _latest(reasons[reason]):
            reasons[reason] = row
    return {
        party_id: [_order(vault, reasons[reason]) for reason in sorted(reasons)] for party_id, reasons in found.items()
    }


def _in_force(tx: Read, party_ids: list[UUID], organisation_id: int, on: date) -> list[_Row]:
    return tx.all(
        _Row,
        """
        select r.party_id, src.organisation_id, word.content, word.sealed, lower(word.valid) as valid_from,
               (select min(lower(e.valid)) from parties.statement e
                where e.record_id = r.id and e.content is null and lower(e.valid) > %(on)s) as valid_to,
               lower(word.recorded) as recorded_at, word.id as statement_id
        from parties.source src
        join parties.record r on r.source_id = src.id
        cross join lateral (
            select s.id, s.content, s.sealed, s.valid, s.recorded from parties.statement s
            where s.record_id = r.id and s.valid @> %(on)s::date
            order by lower(s.recorded) desc, s.id desc limit 1
        ) word
        where src.kind = 'bank' and src.organisation_id = %(organisation_id)s
          and r.party_id = any (%(party_ids)s) and word.content -> 'bank_order' is not null
          and word.content -> 'bank_order' -> 'paused_on' is null
        """,
        organisation_id=organisation_id,
        party_ids=party_ids,
        on=on,
    )


def _latest(row: _Row) -> tuple[str, datetime]:
    """Of two records of one party, as after a merge, the later order counts."""
    return str(_terms(row.content)["ordered_on"]), row.recorded_at


def _terms(content: Content) -> dict[str, Scalar]:
    return cast("dict[str, Scalar]", content[ITEM])


def _order(vault: Vault, row: _Row) -> Order:
    terms = _terms(row.content)
    return Order(
        kind=cast("OrderKind", terms["kind"]),
        organisation_id=row.organisation_id,
        payment_reason=str(terms["payment_reason"]),
        address=_address(vault, row.sealed, row.statement_id),
        operator=str(terms["operator"]),
        language=cast("str | None", terms.get("language")),
        due_day=_number(terms.get("due_day")),
        times_a_year=_number(terms.get("times_a_year")),
        ordered_on=date.fromisoformat(str(terms["ordered_on"])),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        statement_id=row.statement_id,
    )


def _number(value: Scalar | None) -> int | None:
    return None if value is None else int(str(value))


def _address(vault: Vault, sealed: bytes | None, statement_id: UUID) -> str:
    """The address of an order, from the secrets of its statement."""
    assert sealed is not None, "an order is stated with its address"
    secrets = orjson.loads(vault.open(sealed, key="secret", place=f"{SEALED_PLACE}{statement_id}"))
    return str(secrets[ADDRESS])


def orderers(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, Orderer]:
    """Parties by id, as far as is needed to judge whether an order is theirs.

    Of the golden record as ``contents`` reads it, four items whose value stands there as it was stated.
    """
    rows = tx.tuples(
        """
        select p.id, p.kind, p.name, held.content ->> 'called_name', held.content -> 'former_surnames',
               held.content ->> 'death_date', held.content ->> 'phone', p.turvakielto, p.organisations
        from parties.party p
        left join parties.statement s on p.content is null and s.record_id = p.id and s.id = p.id
        cross join lateral (select coalesce(p.content, s.content::jsonb)) held (content)
        where p.id = any (%(ids)s::uuid[])
        """,
        ids=packed.ids(party_ids),
    )
    return {
        id_: Orderer(
            id_, PartyKind(kind), name, called, texts(former), died, phone, Disclosure(turvakielto), organisations
        )
        for id_, kind, name, called, former, died, phone, turvakielto, organisations in rows
    }


def order_records(tx: Read, source_id: int, party_ids: Iterable[UUID]) -> list[OrderRecord]:
    """The records of a bank source under which orders of the parties are stated, the oldest first."""
    return tx.all(
        OrderRecord,
        """
        select id, party_id, key, digest, ended_on from parties.record
        where source_id = %(source_id)s and party_id = any (%(party_ids)s::uuid[])
        order by id
        """,
        source_id=source_id,
        party_ids=packed.ids(party_ids),
    )


def order_records_of(tx: Read, record_ids: Iterable[UUID]) -> list[OrderRecord]:
    """Records of bank sources by their ids."""
    return tx.all(
        OrderRecord,
        """
        select r.id, r.party_id, r.key, r.digest, r.ended_on from parties.record r
        join parties.source src on src.id = r.source_id and src.kind = 'bank'
        where r.id = any (%(ids)s::uuid[]) order by r.id
        """,
        ids=packed.ids(record_ids),
    )


def order_address_fault(address: str) -> bool:
    """Whether a text can't be the address of an order."""
    return isinstance(BY_PATH[ADDRESS][1].kind.parse(address), Reason)


def order_organisation(tx: Read, record_id: UUID) -> int:
    """The client organisation whose invoices a bank record is about."""
    return int(
        tx.value(
            """
            select src.organisation_id from parties.record r
            join parties.source src on src.id = r.source_id where r.id = %(id)s
            """,
            id=record_id,
        )
    )


def state_orders(
    tx: Write, vault: Vault, origin: Origin, known: Iterable[OrderRecord], stated: Sequence[OrderStated]
) -> int:
    """State what has changed of orders, end those that stand no longer; how many changed.

    ``known`` are the records that are there; a record not among them is made. What is stated
    already changes nothing. The parties must exist. News of each change is appended.
    """
    there = {one.id: one for one in known}
    begun: list[_Saying] = []
    placed: list[Placed] = []
    silent: list[UUID] = []
    changed: dict[UUID, None] = {}
    for one, said in zip(stated, _said(vault, stated), strict=True):
        record_ = there.get(one.record_id)
        ended = record_ is not None and record_.ended_on is not None
        if record_ is None or one.stands:
            assert said is not None, "an order that stands, or heard of for the first time, has terms"
            if record_ is None:
                begun.append(said)
            elif not ended and vault.lift(record_.digest) == said.digest:
                continue
            else:
                placed.append(_placed(said))
        elif ended:
            continue
        if not one.stands:
            silent.append(one.record_id)
        changed[one.party_id] = None
    _begin(tx, vault, origin, begun)
    record(tx, vault, Lexicon(), origin, placed)
    silence(tx, origin, silent)
    tell(tx, origin, list(changed), ITEM)
    return len(changed)


class _Saying(NamedTuple):
    """What is said of one order: where it stands, the clear content, the address, the digest of both."""

    party_id: UUID
    record_id: UUID
    key: str
    value: dict[str, Scalar]
    address: str
    digest: bytes


def _said(vault: Vault, stated: Sequence[OrderStated]) -> list[_Saying | None]:
    """What is said of each; nothing of one without terms."""
    values = [None if one.terms is None else _value(one.terms) for one in stated]
    contents = [
        b"" if one.terms is None else orjson.dumps([ITEM, value, one.terms.address], option=orjson.OPT_SORT_KEYS)
        for one, value in zip(stated, values, strict=True)
    ]
    digests = vault.digest_all(b"", contents)
    return [
        None
        if terms is None or value is None
        else _Saying(party_id, record_id, f"{terms.payment_reason}:{party_id}", value, terms.address, digest)
        for (party_id, record_id, terms, _), value, digest in zip(stated, values, digests, strict=True)
    ]


def _begin(tx: Write, vault: Vault, origin: Origin, begun: Sequence[_Saying]) -> None:
    """Records that are new with their first statements, which bear their ids: as ``record`` lays them, and no more than an
    order needs of it.
    """
    if not begun:
        return
    record_ids = packed.ids([one.record_id for one in begun])
    nothing = [None] * len(begun)
    sealed = vault.seal_all(
        [orjson.dumps({ADDRESS: one.address}) for one in begun],
        key="secret",
        places=[f"{SEALED_PLACE}{one.record_id}" for one in begun],
    )
    laid.name(
        tx,
        origin,
        laid.Named(
            record_ids,
            packed.ids([one.party_id for one in begun]),
            packed.texts([one.key for one in begun]),
            packed.blobs([one.digest for one in begun]),
            packed.flags(nothing),
        ),
    )
    contents = packed.documents([orjson.dumps({ITEM: one.value}) for one in begun])
    laid.state(tx, origin, laid.Stated(record_ids, record_ids, contents, packed.blobs(sealed), packed.numbers(nothing)))


def _value(terms: OrderTerms) -> dict[str, Scalar]:
    """The terms as an item's value, but for the address, which is kept sealed."""
    value: dict[str, Scalar] = {
        "kind": terms.kind,
        "payment_reason": terms.payment_reason,
        "operator": terms.operator,
        "ordered_on": terms.ordered_on.isoformat(),
    }
    if terms.language is not None:
        value["language"] = terms.language
    if terms.due_day is not None:
        value["due_day"] = str(terms.due_day)
    if terms.times_a_year is not None:
        value["times_a_year"] = str(terms.times_a_year)
    if terms.paused_on is not None:
        value["paused_on"] = terms.paused_on.isoformat()
    return value


def _placed(said: _Saying) -> Placed:
    """A further statement of a record that is there."""
    return Placed(
        said=Said(said.key, PartyKind.PERSON, {ITEM: said.value}, {ADDRESS: said.address}, said.digest),
        party_id=str(said.party_id), record_id=str(said.record_id), statement_id=str(ids.fresh()),
        blinds=[], born=False, fresh_record=False, covered=False,
    )  # fmt: skip


def tell(tx: Write, origin: Origin, party_ids: list[UUID], item: str) -> None:
    """News for the rooms above; and what was read of these customers before is no longer the newest."""
    if not party_ids:
        return
    ids_ = packed.ids(party_ids)
    tx.run("update parties.party set version = version + 1 where id = any (%(ids)s::uuid[])", ids=ids_)
    tx.run(
        """
        insert into parties.change (party_ids, kind, items, organisations, at)
        select array[id], 'changed', array[%(item)s]::text[], %(organisations)s::integer[], %(at)s
        from unnest(%(ids)s::uuid[]) as id
        """,
        ids=ids_,
        item=item,
        organisations=[origin.source.organisation_id],
        at=tx.at,
    )
