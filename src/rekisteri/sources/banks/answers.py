"""Acknowledgements: what banks answer to notices and proposals; mostly they answer failures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.catalogue import Text
from rekisteri.ground import ids
from rekisteri.ground.keys import Vault
from rekisteri.sources.banks import box, packing, wire
from rekisteri.sources.banks.pauses import by_answer

RECEIVED = "1"
CODES: Mapping[str, Text] = MappingProxyType(
    {
        "1": Text("Vastaanotettu", "Mottaget", "Received"),
        "2": Text("Vastaanottajaa ei löydy, tai ilmoitus on osoitettu väärin", "Mottagaren hittas inte, eller fel adress",
                  "Receiver not found, or addressed wrongly"),
        "3": Text("Finvoice-sopimus puuttuu", "Finvoice-avtal saknas", "No Finvoice agreement"),
        "4": Text("Välittäjää ei löydy", "Förmedlaren hittas inte", "Intermediator not found"),
        "5": Text("Sanomatunnus ja aika on jo käytetty", "Meddelande-id och tid har redan använts",
                  "Message id and time were used already"),
        "6": Text("Muu virhe", "Annat fel", "Another error"),
        "7": Text("Skeemavirhe", "Schemafel", "Schema error"),
        "800": Text("Muu ilmoituspalvelun virhe", "Annat fel i anmälningstjänsten", "Another error of the service"),
        "801": Text("Laskuttajailmoitusta ei löydy", "Faktureraranmälan hittas inte", "Sender notice not found"),
        "802": Text("Laskuttaja ei tarjoa suoramaksua", "Faktureraren erbjuder inte direktbetalning",
                    "The biller offers no direct payment"),
        "803": Text("Laskuttajailmoitus on jo olemassa", "Faktureraranmälan finns redan", "The sender notice exists already"),
        "804": Text("Muutettavaa tai poistettavaa laskuttajailmoitusta ei löydy",
                    "Faktureraranmälan som ska ändras eller tas bort hittas inte",
                    "The sender notice to change or delete is not found"),
        "805": Text("Vastaanottaja on yritys", "Mottagaren är ett företag", "The recipient is a company"),
        "806": Text("Vastaanottaja kieltäytyi", "Mottagaren avböjde", "The recipient refused"),
        "807": Text("Vastaanottoehdotusta ei voitu kohdistaa", "Mottagningsförslaget kunde inte riktas",
                    "The proposal could not be matched"),
        "901": Text("Suoraveloitustunnus puuttuu laskuttajailmoituksesta", "Direktdebiteringskod saknas i faktureraranmälan",
                    "The direct-debit id is missing in the sender notice"),
        "902": Text("Suoraveloitustunnus puuttuu vastaanottoehdotuksesta",
                    "Direktdebiteringskod saknas i mottagningsförslaget",
                    "The direct-debit id is missing in the proposal"),
    }
)  # fmt: skip
"""What a code means, by the guideline of 5.12.2012; a bank may send others, which are shown as they are."""


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """A bank's answer; of which notice or proposal, if it is one of ours."""

    id: UUID
    bank: str
    framed_at: datetime
    original_id: str
    code: str
    answer: str
    delivery_id: UUID | None
    proposal_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Original:
    message_id: str
    delivery_id: UUID | None
    proposal_id: UUID | None


@dataclass(frozen=True, slots=True)
class Answered:
    """How many acknowledgements came before, the notices whose ending was refused, and the threads that are paused."""

    repeated: int
    revived: frozenset[UUID]
    paused: frozenset[bytes]


def take(tx: Write, vault: Vault, file_id: UUID, read: Sequence[wire.Read]) -> Answered:
    """Take acknowledgements: what they answer changes its state. One that came before changes nothing."""
    onces = vault.digest_all(b"bank answer", (one.frame.once for one in read))
    there = {bytes(once) for once in _known(tx, onces)}
    repeated = 0
    revived: set[UUID] = set()
    paused: set[bytes] = set()
    for one, once in zip(read, onces, strict=True):
        if once in there:
            repeated += 1
            continue
        there.add(once)
        assert isinstance(one.message, wire.Acknowledgement)
        revived |= _take_one(tx, vault, file_id, one, one.message, once, paused)
    return Answered(repeated, frozenset(revived), frozenset(paused))


def _known(tx: Read, onces: Sequence[bytes]) -> list[bytes]:
    rows = tx.tuples("select once from sources.bank_answer where once = any (%(onces)s)", onces=list(onces))
    return [once for (once,) in rows]


def _take_one(
    tx: Write,
    vault: Vault,
    file_id: UUID,
    one: wire.Read,
    ack: wire.Acknowledgement,
    once: bytes,
    paused: set[bytes],
) -> set[UUID]:
    answer_id = ids.fresh()
    original = _original(tx, ack.message_id)
    delivery_id, proposal_id = (original.delivery_id, original.proposal_id) if original else (None, None)
    tx.run(
        """
        insert into sources.bank_answer (id, file_id, position, once, bank, framed_at, original_id, code, answer,
                                         delivery_id, proposal_id)
        values (%(id)s, %(file_id)s, %(position)s, %(once)s, %(bank)s, %(framed_at)s, %(original_id)s, %(code)s,
                %(answer)s, %(delivery_id)s, %(proposal_id)s)
        """,
        id=answer_id,
        file_id=file_id,
        position=one.pair.number,
        once=once,
        bank=one.frame.sender_operator or one.frame.sender,
        framed_at=one.frame.framed_at,
        original_id=ack.message_id,
        code=ack.code,
        answer=ack.text,
        delivery_id=delivery_id,
        proposal_id=proposal_id,
    )
    raw = packing.packed(one.pair.frame + one.pair.message)
    tx.run(
        "insert into sources.bank_evidence (message_id, sealed) values (%(id)s, %(sealed)s)",
        id=answer_id,
        sealed=vault.seal(raw, key="secret", place=f"{box.EVIDENCE_PLACE}{answer_id}"),
    )
    if original is None:
        paused |= by_answer(tx, vault, answer_id, ack.code, ack.named, one.frame.framed_at)
    refused = ack.code != RECEIVED
    revived = set() if delivery_id is None else _answer_notice(tx, delivery_id, ack, refused=refused)
    if proposal_id is not None and refused:
        tx.run(
            """
            update sources.proposal set state = 'refused', answered_at = %(at)s, code = %(code)s, answer = %(answer)s
            where id = %(id)s
            """,
            id=proposal_id,
            at=tx.at,
            code=ack.code,
            answer=ack.text,
        )
    return revived


def _original(tx: Read, message_id: str) -> _Original | None:
    return tx.find(
        _Original,
        """
        select message_id, id as delivery_id, null::uuid as proposal_id from sources.notice_delivery
        where message_id = %(message_id)s
        union all
        select message_id, null::uuid, id from sources.proposal where message_id = %(message_id)s
        """,
        message_id=message_id,
    )


def _answer_notice(tx: Write, delivery_id: UUID, ack: wire.Acknowledgement, *, refused: bool) -> set[UUID]:
    """A refused notice is refused for good; an ending that was refused ended nothing: the notices it was of."""
    tx.run(
        """
        update sources.notice_delivery
        set state = %(state)s, answered_at = %(at)s, code = %(code)s, answer = %(answer)s
        where id = %(id)s and state <> 'refused'
        """,
        id=delivery_id,
        state="refused" if refused else "received",
        at=tx.at,
        code=ack.code,
        answer=ack.text,
    )
    if not refused:
        return set()
    rows = tx.tuples(
        "update sources.notice_end set void = true where delivery_id = %(id)s and not void returning notice_id",
        id=delivery_id,
    )
    for (notice_id,) in rows:
        tx.run(
            """
            update sources.notice n set ended_at = null
            where n.id = %(id)s and not exists (
                select from sources.notice other
                where other.organisation_id = n.organisation_id and other.payment_reason = n.payment_reason
                  and other.ended_at is null
            )
            """,
            id=notice_id,
        )
    return {notice_id for (notice_id,) in rows}


def bank_answers(tx: Read, *, limit: int = 50) -> list[BankAnswer]:
    """Answers, the newest first."""
    return tx.all(
        BankAnswer,
        """
        select id, bank, framed_at, original_id, code, answer, delivery_id, proposal_id
        from sources.bank_answer order by id desc limit %(limit)s
        """,
        limit=limit,
    )
