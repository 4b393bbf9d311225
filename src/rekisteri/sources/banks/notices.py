"""Sender notices and proposals on their way: drafted, looked through, issued, sent, answered, ended.

A notice is one of a client organisation and a payment reason; each version goes to each of its
banks as a message of its own. A version that has been issued never changes. An ending at a
bank ends every order there: whom it concerns is told before, and it counts from the sending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson

from rekisteri import payers
from rekisteri.access import Read, Write, decide_organisation
from rekisteri.catalogue import Content
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.parties import words
from rekisteri.sources.banks import store
from rekisteri.sources.banks.notice import Notice, check, from_json, to_json

KEY_TAIL = len(":") + 36
"""Of a record's key, what stands after the payment reason: the party it was first stated of."""
AFFECTED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class NoticeHead:
    """A notice, as a line of the list: its newest version and how that stands at the banks."""

    id: UUID
    organisation_id: int
    payment_reason: str
    created_at: datetime
    ended_at: datetime | None
    version: int
    action: str
    issued_at: datetime | None
    orders: int


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """One version of a notice."""

    id: UUID
    notice_id: UUID
    version: int
    action: str
    content: Content
    composed_at: datetime
    account: str | None
    issued_at: datetime | None

    @property
    def notice(self) -> Notice:
        """What it says."""
        return from_json(cast("dict[str, Any]", self.content))


@dataclass(frozen=True, slots=True)
class NoticeDelivery:
    """A version at one bank: what was sent, and what the bank said of it."""

    id: UUID
    version_id: UUID
    version: int
    bank: str
    bank_name: str | None
    action: str
    message_id: str
    state: str
    framed_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    code: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Affected:
    """A payer whose order an ending would end."""

    party_id: UUID
    name: str
    bank: str


def notices(tx: Read, *, organisation_id: int | None = None) -> list[NoticeHead]:
    """Notices with their newest version, by organisation and payment reason; ended ones last."""
    return tx.all(
        NoticeHead,
        """
        select n.id, n.organisation_id, n.payment_reason, n.created_at, n.ended_at, v.version, v.action, v.issued_at,
               (select count(*)::integer from parties.record r
                join parties.source src on src.id = r.source_id
                where src.kind = 'bank' and src.organisation_id = n.organisation_id and r.ended_on is null
                  and left(r.key, %(tail)s) = n.payment_reason) as orders
        from sources.notice n
        join lateral (
            select version, action, issued_at from sources.notice_version
            where notice_id = n.id order by version desc limit 1
        ) v on true
        where %(organisation_id)s::integer is null or n.organisation_id = %(organisation_id)s
        order by n.ended_at nulls first, n.organisation_id, n.payment_reason, n.id
        """,
        organisation_id=organisation_id,
        tail=-KEY_TAIL,
    )


def versions(tx: Read, notice_id: UUID) -> list[NoticeVersion]:
    """Every version of a notice, the newest first. Raises ``Missing`` for none."""
    found = tx.all(
        NoticeVersion,
        """
        select v.id, v.notice_id, v.version, v.action, v.content, v.composed_at, a.handle as account, v.issued_at
        from sources.notice_version v left join access.account a on a.id = v.account_id
        where v.notice_id = %(id)s order by v.version desc
        """,
        id=notice_id,
    )
    if not found:
        raise Missing("There is no such notice among those you may see.")
    return found


def deliveries(tx: Read, notice_id: UUID) -> list[NoticeDelivery]:
    """How each version stands at each bank, the newest first."""
    return tx.all(
        NoticeDelivery,
        """
        select d.id, d.version_id, v.version, d.bank, i.name as bank_name, d.action, d.message_id, d.state, d.framed_at,
               d.sent_at, d.answered_at, d.code, d.answer
        from sources.notice_delivery d
        join sources.notice_version v on v.id = d.version_id
        left join sources.intermediator i on i.code = d.bank and i.valid @> %(on)s::date
        where v.notice_id = %(id)s order by v.version desc, d.bank
        """,
        id=notice_id,
        on=day(tx.at),
    )


def notice_organisation(tx: Read, notice_id: UUID) -> int:
    """Whose notice it is. Raises ``Missing``."""
    found = tx.value("select organisation_id from sources.notice where id = %(id)s", id=notice_id)
    if found is None:
        raise Missing("There is no such notice among those you may see.")
    return int(found)


def draft(tx: Write, organisation_id: int, notice: Notice) -> UUID:
    """Keep a notice as a draft: of a new one, or the next version of the one in force. Its notice's id.

    Raises ``Rejected`` for what the banks would refuse, a bank or a payment reason that is not
    known, an identifier that another notice bears.
    """
    decide_organisation(tx.act.viewer, organisation_id)
    check(notice)
    _known_here(tx, organisation_id, notice)
    notice_id = _live(tx, organisation_id, notice.payment_reason)
    if notice_id is None:
        notice_id = ids.fresh()
        tx.run(
            """
            insert into sources.notice (id, organisation_id, payment_reason, created_at)
            values (%(id)s, %(organisation_id)s, %(payment_reason)s, %(at)s)
            """,
            id=notice_id,
            organisation_id=organisation_id,
            payment_reason=notice.payment_reason,
            at=tx.at,
        )
    _put_draft(tx, notice_id, notice)
    tx.note(notice=str(notice_id), organisation=organisation_id)
    return notice_id


def _known_here(tx: Read, organisation_id: int, notice: Notice) -> None:
    if not payers.payment_reasons(tx, [organisation_id], code=notice.payment_reason):
        raise Rejected("The organisation has no such payment reason; add it first.", field="payment_reason")
    unknown = sorted(set(notice.banks) - store.known_banks(tx, day(tx.at)))
    if unknown:
        raise Rejected(f"Not in the list of banks: {', '.join(unknown)}.", field="banks")
    taken = tx.value(
        """
        select exists (
            select from sources.notice_version v join sources.notice n on n.id = v.notice_id
            where v.si_identifier = %(identifier)s
              and (n.organisation_id <> %(organisation_id)s or n.payment_reason <> %(payment_reason)s)
        )
        """,
        identifier=notice.si_identifier,
        organisation_id=organisation_id,
        payment_reason=notice.payment_reason,
    )
    if taken:
        raise Rejected("Another notice bears that identifier; give this one its own.", field="si_identifier")


def _live(tx: Read, organisation_id: int, payment_reason: str) -> UUID | None:
    found: UUID | None = tx.value(
        """
        select id from sources.notice
        where organisation_id = %(organisation_id)s and payment_reason = %(payment_reason)s and ended_at is null
        """,
        organisation_id=organisation_id,
        payment_reason=payment_reason,
    )
    return found


def _put_draft(tx: Write, notice_id: UUID, notice: Notice) -> None:
    """The draft of a notice is one: composed anew it takes the place of the former."""
    content = orjson.dumps(to_json(notice)).decode()
    changed = tx.run(
        """
        update sources.notice_version
        set si_identifier = %(si)s, sender_address = %(address)s, sender_operator = %(operator)s,
            content = %(content)s::jsonb, composed_at = %(at)s, account_id = %(account_id)s
        where notice_id = %(notice_id)s and issued_at is null
        """,
        notice_id=notice_id, si=notice.si_identifier, address=notice.sender_address, operator=notice.sender_operator,
        content=content, at=tx.at, account_id=tx.act.viewer.account_id,
    )  # fmt: skip
    if changed:
        return
    tx.run(
        """
        insert into sources.notice_version (id, notice_id, version, action, si_identifier, sender_address,
                                            sender_operator, content, composed_at, account_id)
        select %(id)s, %(notice_id)s, coalesce(max(version), 0) + 1,
               case when count(*) = 0 then 'add' else 'change' end, %(si)s, %(address)s, %(operator)s,
               %(content)s::jsonb, %(at)s, %(account_id)s
        from sources.notice_version where notice_id = %(notice_id)s
        """,
        id=ids.fresh(), notice_id=notice_id, si=notice.si_identifier, address=notice.sender_address,
        operator=notice.sender_operator, content=content, at=tx.at, account_id=tx.act.viewer.account_id,
    )  # fmt: skip


def issue(tx: Write, notice_id: UUID) -> list[NoticeDelivery]:
    """Make the draft the notice's word: a message to each bank is ready to be sent.

    To a bank that never had the notice it is an ADD, to others a CHANGE. Raises ``Rejected``
    where there is no draft.
    """
    decide_organisation(tx.act.viewer, notice_organisation(tx, notice_id))
    newest = versions(tx, notice_id)[0]
    if newest.issued_at is not None:
        raise Rejected("The notice has no draft; compose the next version first.", field="notice")
    check(newest.notice)
    tx.run("update sources.notice_version set issued_at = %(at)s where id = %(id)s", id=newest.id, at=tx.at)
    there = banks_with(tx, notice_id)
    _ready(tx, newest.id, {bank: "change" if bank in there else "add" for bank in newest.notice.banks})
    tx.note(notice=str(notice_id), version=newest.version)
    return [one for one in deliveries(tx, notice_id) if one.version_id == newest.id]


def banks_with(tx: Read, notice_id: UUID) -> set[str]:
    """Banks that hold the notice: the last message to them that was not refused is no ending."""
    rows = tx.tuples(
        """
        select bank from (
            select distinct on (d.bank) d.bank, d.action from sources.notice_delivery d
            join sources.notice_version v on v.id = d.version_id
            where v.notice_id = %(id)s and d.state <> 'refused'
            order by d.bank, v.version desc
        ) last where action <> 'delete'
        """,
        id=notice_id,
    )
    return {bank for (bank,) in rows}


def _ready(tx: Write, version_id: UUID, actions: dict[str, str]) -> None:
    for bank, action in actions.items():
        delivery_id = ids.fresh()
        tx.run(
            """
            insert into sources.notice_delivery (id, version_id, bank, action, message_id, state, framed_at)
            values (%(id)s, %(version_id)s, %(bank)s, %(action)s, %(message_id)s, 'ready', %(at)s)
            """,
            id=delivery_id,
            version_id=version_id,
            bank=bank,
            action=action,
            message_id=f"SI-{delivery_id.hex}",
            at=tx.at,
        )


def affected(tx: Read, notice_id: UUID, banks: Sequence[str] | None = None) -> list[Affected]:
    """The payers whose orders an ending at the banks (all of them) would end, by name; the act has seen those shown."""
    found = tx.all(
        Affected,
        """
        select distinct on (p.name, p.id) p.id as party_id, p.name,
               (select m.operator from sources.bank_message m
                where m.record_id = r.id and m.outcome = 'matched' and m.action <> 'delete'
                order by m.said_at desc limit 1) as bank
        from sources.notice n
        join parties.source src on src.organisation_id = n.organisation_id and src.kind = 'bank'
        join parties.record r on r.source_id = src.id and r.ended_on is null
        join parties.party p on p.id = r.party_id
        where n.id = %(id)s and left(r.key, %(tail)s) = n.payment_reason
        order by p.name, p.id
        """,
        id=notice_id,
        tail=-KEY_TAIL,
    )
    wanted = sorted(
        (one for one in found if banks is None or one.bank in banks), key=lambda one: words.sort_key(one.name)
    )
    tx.saw(*(one.party_id for one in wanted[:AFFECTED_SHOWN]))
    tx.note(notice=str(notice_id), hits=len(wanted))
    return wanted


def end(tx: Write, notice_id: UUID, banks: Sequence[str], *, confirmed: int) -> list[NoticeDelivery]:
    """End the notice at banks: a DELETE to each is ready to be sent, and counts from its sending.

    ``confirmed`` is how many orders the person was shown would end. Raises ``Conflict`` where
    it is another number now, ``Rejected`` for a bank that does not hold the notice.
    """
    decide_organisation(tx.act.viewer, notice_organisation(tx, notice_id))
    holding = banks_with(tx, notice_id)
    wanted = list(dict.fromkeys(banks))
    if not wanted or not holding >= set(wanted):
        raise Rejected("Name banks that hold the notice.", field="banks")
    count = len(affected(tx, notice_id, wanted))
    if count != confirmed:
        raise Conflict(f"It would end {count} orders now; look again whom it concerns, and confirm that.")
    newest = versions(tx, notice_id)
    if newest[0].issued_at is None:
        raise Conflict("The notice has a draft; issue it or let it be before the notice is ended.")
    notice = newest[0].notice
    moved = replace(
        notice,
        sender_address=notice.new_sender_address or notice.sender_address,
        sender_operator=notice.new_sender_operator or notice.sender_operator,
        new_sender_address="",
        new_sender_operator="",
        banks=tuple(wanted),
    )
    _put_draft(tx, notice_id, moved)
    version_id = versions(tx, notice_id)[0].id
    tx.run(
        "update sources.notice_version set action = 'delete', issued_at = %(at)s where id = %(id)s",
        id=version_id,
        at=tx.at,
    )
    _ready(tx, version_id, dict.fromkeys(wanted, "delete"))
    tx.note(notice=str(notice_id), banks=wanted, orders=count)
    return [one for one in deliveries(tx, notice_id) if one.version_id == version_id]
