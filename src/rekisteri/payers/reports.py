"""What invoicing and collection tell back, each a statement of the organisation's ledger: mail that came back, a
channel that refused, a wrong person, disputes, payment plans and stops, set and lifted.

What is told once is known to every organisation's next answer; whose claim it is of is told to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import orjson

from rekisteri import parties
from rekisteri.access import Write, decide_organisation
from rekisteri.catalogue import BY_PATH, Content, PartyKind, Reason
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.parties import Lexicon, Origin, Placed, Said
from rekisteri.payers import fetch, receipts, tasks
from rekisteri.payers.answer import Problem
from rekisteri.payers.problems import error
from rekisteri.payers.question import By, Question
from rekisteri.payers.resolve import Office
from rekisteri.payers.tasks import TaskKind

LEDGER_LOCK = 0x4C444752
REFERENCE_MAX = 70
KEY_MAX = 200


class ReportKind(StrEnum):
    """What is told."""

    MAIL_RETURNED = "mail_returned"
    CHANNEL_REFUSED = "channel_refused"
    WRONG_PERSON = "wrong_person"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_CLOSED = "dispute_closed"
    PAYMENT_PLAN = "payment_plan"
    STOP_SET = "stop_set"
    STOP_LIFTED = "stop_lifted"


REFERENCED = frozenset(ReportKind) - {ReportKind.MAIL_RETURNED, ReportKind.CHANNEL_REFUSED, ReportKind.WRONG_PERSON}
ENDING = {ReportKind.DISPUTE_CLOSED: "dispute", ReportKind.STOP_LIFTED: "collection_stop"}
OF_DELIVERY = frozenset({ReportKind.MAIL_RETURNED, ReportKind.CHANNEL_REFUSED})
TASKS = {
    ReportKind.MAIL_RETURNED: TaskKind.MAIL_RETURNED,
    ReportKind.CHANNEL_REFUSED: TaskKind.CHANNEL_REFUSED,
    ReportKind.WRONG_PERSON: TaskKind.WRONG_PERSON,
}
"""What somebody must act upon."""


@dataclass(frozen=True, slots=True)
class Report:
    """One thing told. ``on`` is the day it happened or begins, ``until`` the last day it holds.

    The customer is named by an identifier, or by the ``receipt`` of the answer that was acted on; ``delivery`` is
    which of its bills. ``address`` are the parts of the postal address, or ``{"address": ...}`` of an electronic one,
    where there is no receipt. ``reference`` is the claim's in the organisation's own ledger; no one else is told it.
    """

    kind: ReportKind
    organisation_id: int
    on: date
    by: By | None = None
    identifier: str = ""
    receipt: UUID | None = None
    delivery: int = 0
    address: Mapping[str, str] | None = None
    channel: str | None = None
    cause: str | None = None
    reference: str | None = None
    reason: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report. ``new`` is false where the same had been told before: nothing changed."""

    id: UUID
    party_id: UUID
    new: bool
    task: TaskKind | None


@dataclass(frozen=True, slots=True)
class _Aim:
    """Whom and which address a report is about: the party, and the fingerprint of what failed."""

    party_id: UUID
    fingerprint: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class _Told:
    id: UUID
    digest: bytes
    party_id: UUID


@dataclass(frozen=True, slots=True)
class _Record:
    """What is to be stated: the ledger's key, and the content; None where a word ends."""

    key: str
    content: Content | None


def report(tx: Write, office: Office, told: Report, idempotency_key: str) -> Reported:
    """State what was told, once for an idempotency key.

    Raises ``Rejected`` naming the field, ``Missing`` for no such customer, receipt, dispute or stop, ``Conflict`` for
    the key used for something else, or a reference that is another customer's.
    """
    decide_organisation(tx.act.viewer, told.organisation_id)
    _check(told, idempotency_key)
    tx.run("select pg_advisory_xact_lock(%(lock)s, %(id)s)", lock=LEDGER_LOCK, id=told.organisation_id)
    key, content = f"report|{told.organisation_id}|{idempotency_key}".encode(), b"report" + orjson.dumps(told)
    before = _before(tx, told.organisation_id, office.vault.digests(key))
    if before is not None:
        if before.digest not in office.vault.digests(content):
            raise Conflict("The idempotency key was used for another report; give each report a key of its own.",
                           field="Idempotency-Key")  # fmt: skip
        tx.saw(before.party_id)
        return Reported(before.id, before.party_id, new=False, task=None)
    aim = _aim(tx, office, told)
    word = _record(told, aim)
    changed = _state(tx, office, told, aim, word)
    task = TASKS.get(told.kind) if changed else None
    if task is not None:
        tasks.open_tasks(tx, [(task, told.organisation_id, aim.party_id)])
    report_id = _remember(tx, told, office.vault.digest(key), office.vault.digest(content), aim, word.key)
    tx.saw(aim.party_id)
    tx.note(report=told.kind.value)
    return Reported(report_id, aim.party_id, new=changed, task=task)


def _check(told: Report, idempotency_key: str) -> None:
    if not idempotency_key or len(idempotency_key) > KEY_MAX or not idempotency_key.isprintable():
        raise Rejected("Give the report an idempotency key of at most 200 characters.", field="Idempotency-Key")
    if (told.by is None) == (told.receipt is None):
        raise Rejected("Name the customer by one identifier, or give the receipt that was acted on.", field="customer")
    if told.kind in REFERENCED:
        reference = told.reference or ""
        if not reference.strip() or len(reference) > REFERENCE_MAX or not reference.isprintable():
            raise Rejected("Give the claim's reference in your own ledger, at most 70 characters.", field="reference")
    if told.until is not None and told.until < told.on:
        raise Rejected("It would end before it begins; choose a later day.", field="until")
    if told.kind is ReportKind.STOP_SET and not _code("collection_stop.reason", told.reason):
        raise Rejected("Give the reason of the stop; see the items' codes.", field="reason")
    if told.kind is ReportKind.CHANNEL_REFUSED and told.receipt is None and not _code("invoice_channel", told.channel):
        raise Rejected("Name the channel that refused.", field="channel")
    if told.cause is not None and not _code("returned_mail.cause", told.cause):
        raise Rejected("The cause is none of the codes; see the items' codes.", field="cause")


def _code(path: str, code: str | None) -> bool:
    return code is not None and code in BY_PATH[path][1].kind.codes


def _before(tx: Write, organisation_id: int, key_hashes: list[bytes]) -> _Told | None:
    return tx.find(
        _Told,
        """
        select id, digest, party_id from payers.report
        where organisation_id = %(organisation_id)s and key_hash = any (%(key_hashes)s)
        """,
        organisation_id=organisation_id,
        key_hashes=key_hashes,
    )


def _aim(tx: Write, office: Office, told: Report) -> _Aim:
    """Whom the report is about. Of a receipt it is what that answer said, whatever holds today."""
    if told.receipt is not None:
        return _of_receipt(tx, office, told)
    assert told.by is not None
    question = Question(told.by, told.identifier, told.organisation_id, "")
    found = fetch.customer(tx, office.vault, question)
    if isinstance(found, Problem):
        raise error(found)
    fingerprint = None
    if told.kind in OF_DELIVERY:
        fingerprint = _fingerprint(office, told)
    return _Aim(found, fingerprint, told.channel)


def _fingerprint(office: Office, told: Report) -> str:
    parts = dict(told.address or {})
    if told.kind is ReportKind.CHANNEL_REFUSED:
        if told.channel != "mailbox" and not parts.get("address"):
            raise Rejected("Give the electronic address that refused, or the receipt.", field="address")
        return office.marker.of_channel(str(told.channel), "" if told.channel == "mailbox" else parts["address"])
    checked: dict[str, str] = {}
    for name in ("street", "postcode", "town", "country"):
        if not parts.get(name):
            continue
        value = BY_PATH[f"postal_address.{name}"][1].kind.parse(parts[name])
        if isinstance(value, Reason):
            raise Rejected("The address does not hold; give it as it stood on the envelope.", field="address")
        checked[name] = str(value)
    if "street" not in checked:
        raise Rejected("Give the street of the address the mail came back from, or the receipt.", field="address")
    return office.marker.of_address(checked)


def _of_receipt(tx: Write, office: Office, told: Report) -> _Aim:
    assert told.receipt is not None
    kept = receipts.show(tx, office.vault, told.receipt)
    if kept.organisation_id != told.organisation_id:
        raise Missing("There is no such receipt among those you may see; check the identifier.")
    if told.kind not in OF_DELIVERY:
        return _Aim(kept.customer_id, None, None)
    deliveries = orjson.loads(kept.body)["deliveries"]
    if not 0 <= told.delivery < len(deliveries):
        raise Rejected("The answer has no such delivery; they are counted from 0.", field="delivery")
    delivery = deliveries[told.delivery]
    if told.kind is ReportKind.MAIL_RETURNED:
        if "address" not in delivery:
            raise Rejected("The answer gave no address for that delivery.", field="delivery")
        return _Aim(UUID(delivery["address"]["party"]), delivery["address"]["mark"], None)
    channel = delivery["channel"]
    if channel["code"] not in BY_PATH["invoice_channel"][1].kind.codes or channel["code"] == "letter":
        raise Rejected("The answer gave no electronic channel for that delivery.", field="delivery")
    party = UUID(delivery["parties"][0]) if delivery["parties"] else kept.customer_id
    address = channel.get("routing", {}).get("address", "")
    return _Aim(party, office.marker.of_channel(channel["code"], address), channel["code"])


def _record(told: Report, aim: _Aim) -> _Record:
    """The record of the ledger the report is a word of, and the word; no content where it ends."""
    dated: dict[str, str] = {"valid_from": told.on.isoformat()}
    if told.until is not None:
        dated["valid_to"] = told.until.isoformat()
    match told.kind:
        case ReportKind.MAIL_RETURNED:
            mail = {"fingerprint": str(aim.fingerprint), "returned_on": told.on.isoformat()}
            if told.cause is not None:
                mail["cause"] = told.cause
            return _Record(f"returned_mail:{aim.party_id}:{aim.fingerprint}", {"returned_mail": dict(mail)})
        case ReportKind.CHANNEL_REFUSED:
            refused = {
                "channel": str(aim.channel), "fingerprint": str(aim.fingerprint), "refused_on": told.on.isoformat()
            }  # fmt: skip
            return _Record(f"refused_channel:{aim.party_id}:{aim.fingerprint}", {"refused_channel": dict(refused)})
        case ReportKind.WRONG_PERSON:
            return _Record(f"wrong_person:{aim.party_id}", {"wrong_person": dict(dated)})
        case ReportKind.DISPUTE_OPENED:
            return _Record(f"dispute:{told.reference}", {"dispute": dict(dated)})
        case ReportKind.DISPUTE_CLOSED:
            return _Record(f"dispute:{told.reference}", None)
        case ReportKind.PAYMENT_PLAN:
            return _Record(f"stop:{told.reference}", {"collection_stop": {"reason": "payment_plan", **dated}})
        case ReportKind.STOP_SET:
            return _Record(f"stop:{told.reference}", {"collection_stop": {"reason": str(told.reason), **dated}})
        case ReportKind.STOP_LIFTED:
            return _Record(f"stop:{told.reference}", None)


def _state(tx: Write, office: Office, told: Report, aim: _Aim, word: _Record) -> bool:
    """State the word; whether it was news."""
    source = parties.ledger_source(tx, told.organisation_id)
    known = parties.known_records(tx, source.id, [word.key]).get(word.key)
    origin = Origin(source, None, tx.act.viewer.account_id)
    if known is not None and known.party_id != aim.party_id:
        raise Conflict("That reference is of another customer of yours; check it.", field="reference")
    if word.content is None:
        today = day(tx.at)
        if known is None or (known.ended_on is not None and known.ended_on <= min(told.on, today)):
            raise Missing("You have told of no such dispute or stop that is still open; check the reference.")
        parties.silence(tx, origin, [known.id], from_on=told.on)
        parties.refresh(tx, office.vault, Lexicon(), [aim.party_id])
        return True
    content = orjson.dumps(word.content)
    if known is not None and known.digest in office.vault.digests(content) and known.ended_on is None:
        return False
    (outline,) = parties.outlines(tx, [aim.party_id]).values()
    statement_id = str(ids.fresh())
    placed = Placed(
        said=Said(word.key, PartyKind(outline.kind), word.content, {}, office.vault.digest(content)),
        party_id=str(aim.party_id),
        record_id=str(known.id) if known else statement_id,
        statement_id=statement_id,
        blinds=[],
        born=False,
        fresh_record=known is None,
        covered=False,
    )
    lexicon = Lexicon()
    parties.record(tx, office.vault, lexicon, origin, [placed])
    parties.refresh(tx, office.vault, lexicon, [aim.party_id])
    return True


def _remember(tx: Write, told: Report, key_hash: bytes, digest: bytes, aim: _Aim, record_key: str) -> UUID:
    made = ids.fresh()
    tx.run(
        """
        insert into payers.report (id, organisation_id, key_hash, digest, kind, party_id, record_key, reported_at,
                                   account_id)
        values (%(id)s, %(organisation_id)s, %(key_hash)s, %(digest)s, %(kind)s, %(party_id)s, %(record_key)s, %(at)s,
                %(account_id)s)
        """,
        id=made,
        organisation_id=told.organisation_id,
        key_hash=key_hash,
        digest=digest,
        kind=told.kind,
        party_id=aim.party_id,
        record_key=record_key,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
    )
    return made
