"""Erasure: where no duty binds everything goes; where one does, what it does not bind, and the answer names it.

First it is looked at: which duties bind the register to keep the customer's data, by which law, until when. The
decision follows from that and nothing else (GDPR art. 17(1) and (3)). What goes leaves every table at once, the
one-time keys of what was sealed are condemned, and a signed certificate says what was destroyed: counts, never of whom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

import orjson

from rekisteri import parties, payers
from rekisteri.access import Read, Write
from rekisteri.catalogue import BY_NAME, ITEMS, RETENTIONS, Text, due_on, each
from rekisteri.ground import clock, ids
from rekisteri.ground.errors import Conflict, Missing
from rekisteri.ground.keys import Vault, forgetting
from rekisteri.parties import Aged, Left
from rekisteri.rights import erase_phrases as e
from rekisteri.rights import legal_hold, sweeps, words
from rekisteri.rights.document import Document, Entry, Section, Table, joined, same
from rekisteri.rights.going import Gone
from rekisteri.rights.house import ANY_AUTHORITY, Authority
from rekisteri.rights.requests import Kind, Outcome, Request, close, request, step
from rekisteri.rights.sweep_customer import OF_CUSTOMER

HOLD = "hold"
COLLECTION = frozenset(item.name for item in ITEMS if item.retention == "collection")
"""Items that are facts of collection."""
WORDS = "parties.statement"
Beyond = Callable[[Write, UUID], Gone]
"""Takes what a room above holds of a customer away."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Why something must be kept: the class, and the last day it binds (None: as long as what it is of lasts)."""

    klass: str
    until: date | None

    @property
    def ground(self) -> Text:
        """The law, in words."""
        return e.HOLD_GROUND if self.klass == HOLD else RETENTIONS[self.klass].ground


@dataclass(frozen=True, slots=True)
class Assessment:
    """What binds, and which items no duty binds; ``whole`` where nothing does."""

    party_id: UUID
    duties: tuple[Duty, ...]
    free: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether everything may go."""
        return not self.duties


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was destroyed, as it is kept: signed, and of nobody."""

    id: UUID
    at: datetime
    body: bytes
    public: bytes
    signature: bytes

    def holds(self) -> bool:
        """Whether the signature is the register's for these very bytes."""
        return payers.verified(self.public, self.id, self.body, b"", self.signature)


@dataclass(slots=True)
class _Destroyed:
    rows: dict[str, int] = field(default_factory=dict)
    boxes: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, table: str, count: int) -> None:
        if count:
            self.rows[table] = self.rows.get(table, 0) + count


def assess(tx: Read, vault: Vault, party_id: UUID) -> Assessment:
    """Which duties bind the register to keep a customer's data. The act must open what is protected."""
    party_id = parties.standing(tx, party_id)
    today = clock.day(tx.at)
    said = parties.spoken_of(tx, party_id)
    names = {name for one in said for name in one.items(vault)}
    duties = [*_held(tx, party_id), *_billed(tx, party_id, today), *_collected(tx, party_id, said)]
    free = {name for name in names if not RETENTIONS[BY_NAME[name].retention].duty}
    if duties and duties[0].klass == HOLD:
        free = set()
    return Assessment(party_id, tuple(duties), tuple(sorted(free if duties else names)))


def _held(tx: Read, party_id: UUID) -> list[Duty]:
    today = clock.day(tx.at)
    found = [one for one in legal_hold.holds(tx) if one.lasts(today) and parties.standing(tx, one.party_id) == party_id]
    return [Duty(HOLD, None if any(one.until_on is None for one in found) else max(one.until_on for one in found if one.until_on))] if found else []  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Use:
    lives: bool
    ended_on: date | None
    answered_on: date | None
    told_on: date | None
    ordered: bool
    order_ended_on: date | None


def _billed(tx: Read, party_id: UUID, today: date) -> list[Duty]:
    """Duties of accounting: a live customership, or bills that rest on the data. One never billed binds nothing."""
    use = tx.fetch(
        _Use,
        """
        select exists (select from parties.record r join parties.source s on s.id = r.source_id and s.kind = 'organisation'
                       where r.party_id = %(id)s and (r.ended_on is null or r.ended_on > %(today)s)) as lives,
               (select max(r.ended_on) from parties.record r join parties.source s on s.id = r.source_id
                where s.kind = 'organisation' and r.party_id = %(id)s) as ended_on,
               (select max((made_at at time zone 'Europe/Helsinki')::date) from payers.receipt
                where %(id)s = any (party_ids)) as answered_on,
               (select max((reported_at at time zone 'Europe/Helsinki')::date) from payers.report
                where party_id = %(id)s) as told_on,
               exists (select from parties.record r join parties.source s on s.id = r.source_id and s.kind = 'bank'
                       where r.party_id = %(id)s) as ordered,
               (select case when bool_or(r.ended_on is null) then null else max(r.ended_on) end
                from parties.record r join parties.source s on s.id = r.source_id and s.kind = 'bank'
                where r.party_id = %(id)s) as order_ended_on
        """,
        id=party_id,
        today=today,
    )
    found = []
    if use.lives:
        found.append(Duty("customership", None))
    elif use.ended_on is not None and (use.answered_on or use.told_on or use.ordered):
        found.append(Duty("customership", due_on("customership", use.ended_on, today)))
    if use.answered_on is not None:
        found.append(Duty("receipt", due_on("receipt", use.answered_on, today)))
    if use.ordered:
        ended = use.order_ended_on
        found.append(Duty("bank_message", None if ended is None else due_on("bank_message", ended, today)))
    if use.told_on is not None:
        found.append(Duty("collection", due_on("collection", use.told_on, today)))
    return [one for one in found if one.until is None or one.until > today]


def _collected(tx: Read, party_id: UUID, said: Sequence[Aged]) -> list[Duty]:
    """A fact of collection binds while it holds, and its time after its own last day or the last day it was said."""
    today = clock.day(tx.at)
    ends = parties.ends(tx, party_id)
    bound: list[date | None] = []
    for one in said:
        for name in COLLECTION & (one.content or {}).keys():
            for fact in each((one.content or {})[name]):
                ended = min(filter(None, (ends[one.statement_id], _last_day(fact))), default=None)
                until = None if ended is None or ended > today else due_on("collection", ended, today)
                if until is None or until > today:
                    bound.append(until)
    if not bound:
        return []
    known = [until for until in bound if until is not None]
    return [Duty("collection", max(known) if len(known) == len(bound) else None)]


def _last_day(fact: object) -> date | None:
    told = fact.get("valid_to") if isinstance(fact, dict) else None
    return None if told is None else date.fromisoformat(str(told))


def look_before(tx: Read, vault: Vault, request_id: UUID) -> Assessment:
    """What would become of a request for erasure. Raises ``Conflict`` for another kind of request or for one answered."""
    found = request(tx, request_id)
    if found.kind is not Kind.ERASURE or found.closed_at is not None or found.party_id is None:
        raise Conflict("This request is not for erasure; answer what it asks.", field="kind")
    looked = assess(tx, vault, found.party_id)
    tx.saw(looked.party_id)
    return looked


def erase(
    tx: Write,
    vault: Vault,
    signer: payers.Signer,
    request_id: UUID,
    *,
    house: str,
    authority: Authority = ANY_AUTHORITY,
    beyond: Sequence[tuple[str, Beyond]] = (),
) -> Certificate | None:
    """Decide a request for erasure by the duties there are, and carry it out; None where it is refused whole.

    The answer names each duty, until when it binds, and where to complain. ``beyond`` are the rooms above.
    Raises ``Conflict`` for another kind of request, or before the asker's identity is checked.
    """
    found = request(tx, request_id)
    if found.kind is not Kind.ERASURE:
        raise Conflict("This request is not for erasure; answer what it asks.", field="kind")
    if found.closed_at is not None:
        raise Conflict("The request is closed already; open a new one.", field="request")
    if found.party_id is None or found.identity_at is None:
        raise Conflict("Check the asker's identity first.", field="identity")
    parties.lock_identity(tx)
    looked = assess(tx, vault, found.party_id)
    if not looked.whole and not looked.free:
        close(tx, request_id, Outcome.REFUSED, refusal(looked, found.language), authority=authority)
        return None
    done = _carry_out(tx, vault, looked, beyond)
    certificate = _certify(tx, signer, looked, done, house=house, request_id=request_id)
    step(tx, request_id, "erased", str(certificate.id))
    answer = e.DONE_WHOLE.in_(found.language) if looked.whole else partial(looked, found.language, authority)
    close(tx, request_id, Outcome.FULFILLED, answer)
    if looked.whole:
        _forget_asker(tx, looked.party_id)
    return certificate


def erase_again(tx: Write, vault: Vault, party_id: UUID, items: Sequence[str] | None) -> int:
    """After an old backup was restored: take away again what had been erased; how many rows and items."""
    if parties.kind_of(tx, party_id) is None:
        return 0
    said = parties.spoken_of(tx, party_id)
    names = {name for one in said for name in one.items(vault)}
    looked = Assessment(
        party_id, () if items is None else (Duty("customership", None),), tuple(names & set(items or names))
    )
    if not looked.free and not (looked.whole and said):
        return 0
    done = _carry_out(tx, vault, looked, ())
    if looked.whole:
        _forget_asker(tx, party_id)
    return sum(done.rows.values())


def _carry_out(tx: Write, vault: Vault, looked: Assessment, beyond: Sequence[tuple[str, Beyond]]) -> _Destroyed:
    done, left, today = _Destroyed(), Left(), clock.day(tx.at)
    parties.inform(tx, looked.party_id, "erased", () if looked.whole else looked.free)
    said = parties.spoken_of(tx, looked.party_id)
    parties.stand_alone(tx, [looked.party_id])
    for one in said:
        gone = one.items(vault) if looked.whole else one.items(vault) & set(looked.free)
        if gone or looked.whole:
            parties.cut(tx, vault, left, replace(one, ended_on=today) if looked.whole else one, gone, {})
    if looked.whole:
        for table, take_away in (*beyond, *OF_CUSTOMER):
            taken = take_away(tx, looked.party_id)
            done.add(table, taken.count)
            done.boxes.setdefault(taken.key, []).extend(taken.boxes)
    parties.settle_left(tx, vault, left, sweeps.referred_records(tx, [looked.party_id]))
    done.add(WORDS, sum(left.items.values()) + left.statements)
    done.add("parties.record", left.records)
    done.add("parties.identifier", left.codes)
    done.add("parties.word", left.words)
    for key, boxes in (*left.boxes.items(), *done.boxes.items()):
        done.add("ground.lot", forgetting.condemn(tx, key, boxes))
    tx.saw(looked.party_id)
    return done


def _forget_asker(tx: Write, party_id: UUID) -> None:
    """Requests stay as evidence that they were answered; of whom they were is known no more."""
    boxes = tx.tuples("select asked from rights.request where party_id = %(id)s and asked is not null", id=party_id)
    tx.run(
        """
        delete from rights.step where kind <> 'erased' and note is not null
          and request_id in (select id from rights.request where party_id = %(id)s)
        """,
        id=party_id,
    )
    tx.run("update rights.request set party_id = null, asked = null, extended_because = null where party_id = %(id)s", id=party_id)  # fmt: skip
    forgetting.condemn(tx, "secret", [bytes(box) for (box,) in boxes])
    sweeps.remove_shells(tx)


def refusal(looked: Assessment, language: str) -> str:
    """Why nothing is erased: each duty with its law and its last day."""
    return " ".join([e.REFUSED.in_(language), *_bound(looked, language)])


def partial(looked: Assessment, language: str, authority: Authority) -> str:
    """What was erased and what stays, by which law, and where to complain (art. 12(4))."""
    items = ", ".join(BY_NAME[name].label.in_(language).lower() for name in looked.free)
    return " ".join(
        [e.DONE_PART.in_(language).format(items=items), *_bound(looked, language), authority.way.in_(language)]
    )


def _bound(looked: Assessment, language: str) -> list[str]:
    told = []
    for one in looked.duties:
        until = (
            e.WHILE_IT_LASTS.in_(language)
            if one.until is None
            else e.UNTIL.in_(language).format(day=words.on_day(one.until))
        )
        label = e.HOLD_LABEL if one.klass == HOLD else RETENTIONS[one.klass].label
        told.append(f"{label.in_(language)}: {one.ground.in_(language)} ({until}).")
    return told


def _certify(
    tx: Write, signer: payers.Signer, looked: Assessment, done: _Destroyed, *, house: str, request_id: UUID
) -> Certificate:
    certificate_id = ids.fresh()
    body = orjson.dumps(
        {
            "version": 1,
            "number": str(certificate_id),
            "made_at": tx.at.isoformat(),
            "controller": house,
            "request": str(request_id),
            "whole": looked.whole,
            "items": [] if looked.whole else list(looked.free),
            "destroyed": dict(sorted(done.rows.items())),
            "stays": [{"class": one.klass, "until": one.until and one.until.isoformat()} for one in looked.duties],
        }
    )
    signature, _ = signer.sign([payers.leaf(certificate_id, body)])
    tx.run(
        """
        insert into rights.certificate (id, at, body, public, signature)
        values (%(id)s, %(at)s, %(body)s, %(public)s, %(signature)s)
        """,
        id=certificate_id,
        at=tx.at,
        body=body,
        public=signer.public,
        signature=signature,
    )
    tx.note(certificate=str(certificate_id), destroyed=done.rows)
    return Certificate(certificate_id, tx.at, body, signer.public, signature)


def certificate(tx: Read, certificate_id: UUID) -> Certificate:
    """A certificate. Raises ``Missing``."""
    found = tx.find(
        Certificate,
        "select id, at, body, public, signature from rights.certificate where id = %(id)s",
        id=certificate_id,
    )
    if found is None:
        raise Missing("There is no such certificate.")
    return found


def certificate_of(tx: Read, one: Request) -> Certificate | None:
    """The certificate of a request for erasure that was carried out; None for another."""
    note = tx.value("select (select note from rights.step where request_id = %(id)s and kind = 'erased')", id=one.id)
    return None if note is None else certificate(tx, UUID(note))


def paper_of(one: Certificate) -> Document:
    """The certificate as a document: what was destroyed, how much of it, what stays and by which law."""
    told: Mapping[str, object] = orjson.loads(one.body)
    destroyed = told["destroyed"]
    stays = told["stays"]
    items = told["items"]
    assert isinstance(destroyed, dict)
    assert isinstance(stays, list)
    assert isinstance(items, list)
    rows = tuple((e.TABLES.get(table, same(table)), same(str(count))) for table, count in destroyed.items())
    kept = tuple(
        (
            RETENTIONS[row["class"]].label if row["class"] in RETENTIONS else e.HOLD_LABEL,
            RETENTIONS[row["class"]].ground if row["class"] in RETENTIONS else e.HOLD_GROUND,
            same(words.on_day(date.fromisoformat(row["until"]) if row["until"] else None)),
        )
        for row in stays
    )
    entries = (
        Entry(e.NUMBER, same(str(one.id))),
        Entry(e.WHEN, same(words.at(one.at))),
        Entry(e.CONTROLLER, same(str(told["controller"]))),
        Entry(e.REQUEST, same(str(told["request"]))),
        Entry(e.WHAT, e.EVERYTHING if told["whole"] else joined([BY_NAME[str(name)].label for name in items])),
        Entry(e.SEAL, same(one.signature.hex())),
    )
    sections = [
        Section("certificate", e.TITLE, (e.TOLD,), entries),
        Section("destroyed", e.DESTROYED, tables=(Table(e.DESTROYED, (e.WHAT, e.COUNT), rows),)),
    ]
    if kept:
        sections.append(Section("stays", e.STAYS, tables=(Table(e.STAYS, (e.WHAT, e.LAW, e.LAST), kept),)))
    return Document("certificate", e.TITLE, tuple(sections))
