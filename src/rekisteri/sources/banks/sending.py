"""Messages on their way to the banks: proposals made, what is ready as bytes, what has been sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson

from rekisteri import parties
from rekisteri.access import Read, Write, decide_organisation
from rekisteri.catalogue import Content, PartyKind
from rekisteri.ground import ids
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.sources.banks import box, messages, notice_wire
from rekisteri.sources.banks.known import Book, Notices
from rekisteri.sources.banks.notice import Notice, from_json
from rekisteri.sources.banks.notice_wire import Envelope, Proposal
from rekisteri.sources.banks.notices import banks_with, notice_organisation, versions
from rekisteri.sources.banks.settle import Settler

FREE_TEXT_MAX = 420


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to be sent: its bytes, and to which bank."""

    id: UUID
    name: str
    bank: str
    content: bytes


def propose(
    tx: Write, vault: Vault, notice_id: UUID, party_id: UUID, *, bank: str, address: str, free_text: str = ""
) -> UUID:
    """Have a proposal ready: that a payer of the organisation be sent e-invoices at an address the payer has given.

    Raises ``Rejected`` for an address or a payer that will not do, ``Missing`` for none.
    """
    organisation_id = notice_organisation(tx, notice_id)
    decide_organisation(tx.act.viewer, organisation_id)
    newest = next((one for one in versions(tx, notice_id) if one.issued_at is not None), None)
    if newest is None:
        raise Rejected("The notice has not been issued; banks do not know it.", field="notice")
    if bank not in banks_with(tx, notice_id):
        raise Rejected("That bank does not hold the notice.", field="bank")
    record_id, name, identifiers = _payer(tx, vault, organisation_id, party_id, newest.notice)
    compact = address.replace(" ", "").upper()
    if parties.order_address_fault(compact) or len(free_text) > FREE_TEXT_MAX:
        raise Rejected("The address is no e-invoice address; ask the payer for it.", field="address")
    proposal_id = ids.fresh()
    content = orjson.dumps([name, compact, identifiers, free_text])
    tx.run(
        """
        insert into sources.proposal (id, notice_id, record_id, bank, message_id, state, sealed, framed_at, account_id)
        values (%(id)s, %(notice_id)s, %(record_id)s, %(bank)s, %(message_id)s, 'ready', %(sealed)s, %(at)s,
                %(account_id)s)
        """,
        id=proposal_id,
        notice_id=notice_id,
        record_id=record_id,
        bank=bank,
        message_id=f"RP-{proposal_id.hex}",
        sealed=vault.seal(content, key="secret", place=f"{box.PROPOSAL_PLACE}{proposal_id}"),
        at=tx.at,
        account_id=tx.act.viewer.account_id,
    )
    tx.saw(party_id)
    tx.note(notice=str(notice_id))
    return proposal_id


@dataclass(frozen=True, slots=True)
class _Customer:
    record_id: UUID
    key: str
    kind: PartyKind
    name: str


def _payer(
    tx: Read, vault: Vault, organisation_id: int, party_id: UUID, notice: Notice
) -> tuple[UUID, str, list[tuple[str, str]]]:
    """The customership, the name, and the identifiers that the notice asks for, as far as they are known."""
    customer = tx.find(
        _Customer,
        """
        select r.id as record_id, r.key, p.kind, p.name from parties.record r
        join parties.source src on src.id = r.source_id
        join parties.party p on p.id = r.party_id
        where src.kind = 'organisation' and src.organisation_id = %(organisation_id)s and r.party_id = %(party_id)s
          and r.ended_on is null
        order by r.id limit 1
        """,
        organisation_id=organisation_id,
        party_id=party_id,
    )
    if customer is None:
        raise Missing("There is no such customer of the organisation.")
    if customer.kind is not PartyKind.PERSON:
        raise Rejected("Proposals are for consumers; companies have e-invoice addresses of their own.", field="party")
    identifiers = []
    for asked in notice.asked:
        if asked.means == "hetu":
            identifiers.append((asked.type, parties.unmask(tx, vault, party_id)))
        elif asked.means == "customer_number":
            identifiers.append((asked.type, customer.key))
    if not identifiers:
        raise Rejected("Nothing that the notice asks for is known of the payer.", field="party")
    return customer.record_id, customer.name, identifiers


def outgoing(tx: Read, vault: Vault, banks: Iterable[str] | None = None) -> list[Outgoing]:
    """Every message that is ready to be sent, as bytes, the oldest first; to the named banks, else to all."""
    wanted = None if banks is None else set(banks)
    found = [_notice_message(row) for row in _ready_notices(tx)] + [
        _proposal_message(vault, row) for row in _ready_proposals(tx)
    ]
    return [one for one in found if wanted is None or one.bank in wanted]


@dataclass(frozen=True, slots=True)
class _ReadyNotice:
    id: UUID
    bank: str
    action: str
    message_id: str
    framed_at: datetime
    content: Content


def _ready_notices(tx: Read) -> list[_ReadyNotice]:
    return tx.all(
        _ReadyNotice,
        """
        select d.id, d.bank, d.action, d.message_id, d.framed_at, v.content from sources.notice_delivery d
        join sources.notice_version v on v.id = d.version_id
        where d.state = 'ready' order by d.framed_at, d.bank, d.id
        """,
    )


def _notice_message(row: _ReadyNotice) -> Outgoing:
    notice = from_json(cast("dict[str, Any]", row.content))
    # The frame's sender must be the notice's own address, else the bank answers with code 6.
    envelope = Envelope(
        notice.sender_address, notice.sender_operator, notice_wire.SI_RECEIVER, row.bank, row.message_id, row.framed_at
    )
    return Outgoing(row.id, row.message_id, row.bank, notice_wire.sender_notice(envelope, notice, row.action))


@dataclass(frozen=True, slots=True)
class _ReadyProposal:
    id: UUID
    bank: str
    message_id: str
    framed_at: datetime
    sealed: bytes
    content: Content


def _ready_proposals(tx: Read) -> list[_ReadyProposal]:
    """Proposals to send; one of a payer whose processing is restricted waits (GDPR art. 18)."""
    return tx.all(
        _ReadyProposal,
        """
        select p.id, p.bank, p.message_id, p.framed_at, p.sealed, v.content from sources.proposal p
        join lateral (
            select content from sources.notice_version
            where notice_id = p.notice_id and issued_at is not null order by version desc limit 1
        ) v on true
        where p.state = 'ready'
          and not exists (select from parties.record k join access.restriction x on x.party_id = k.party_id
                          where k.id = p.record_id and x.lifted_at is null)
        order by p.framed_at, p.bank, p.id
        """,
    )


def _proposal_message(vault: Vault, row: _ReadyProposal) -> Outgoing:
    notice = from_json(cast("dict[str, Any]", row.content))
    place = f"{box.PROPOSAL_PLACE}{row.id}"
    name, address, identifiers, free_text = orjson.loads(vault.open(row.sealed, key="secret", place=place))
    proposal = Proposal(name, address, row.bank, tuple((kind, value) for kind, value in identifiers), free_text)
    envelope = Envelope(
        notice.sender_address, notice.sender_operator, notice_wire.RP_RECEIVER, row.bank, row.message_id, row.framed_at
    )
    return Outgoing(row.id, row.message_id, row.bank, notice_wire.receiver_proposal(envelope, notice, proposal))


def sent(tx: Write, vault: Vault, outgoing_ids: Iterable[UUID]) -> int:
    """Messages have gone out. An ending counts from now: the orders it ended are stated so; how many."""
    wanted = list(outgoing_ids)
    parties.lock_identity(tx)
    tx.run(
        """
        update sources.notice_delivery set state = 'sent', sent_at = %(at)s
        where id = any (%(ids)s) and state = 'ready'
        """,
        ids=wanted,
        at=tx.at,
    )
    tx.run(
        "update sources.proposal set state = 'sent', sent_at = %(at)s where id = any (%(ids)s) and state = 'ready'",
        ids=wanted,
        at=tx.at,
    )
    rows = tx.tuples(
        """
        select d.id, v.notice_id, d.bank from sources.notice_delivery d
        join sources.notice_version v on v.id = d.version_id
        where d.id = any (%(ids)s) and d.action = 'delete'
          and not exists (select from sources.notice_end e where e.delivery_id = d.id)
        """,
        ids=wanted,
    )
    for delivery_id, notice_id, bank in rows:
        _end_at(tx, delivery_id, notice_id, bank)
    if not rows:
        return 0
    settler = Settler(tx, vault, Notices(tx), Book(tx))
    return settler.state(messages.records_of_notices(tx, {notice_id for _, notice_id, _ in rows})).orders


def _end_at(tx: Write, delivery_id: UUID, notice_id: UUID, bank: str) -> None:
    tx.run(
        """
        insert into sources.notice_end (id, notice_id, delivery_id, bank, at)
        values (%(id)s, %(notice_id)s, %(delivery_id)s, %(bank)s, %(at)s)
        """,
        id=ids.fresh(),
        notice_id=notice_id,
        delivery_id=delivery_id,
        bank=bank,
        at=tx.at,
    )
    if not banks_with(tx, notice_id):
        tx.run("update sources.notice set ended_at = %(at)s where id = %(id)s", id=notice_id, at=tx.at)
