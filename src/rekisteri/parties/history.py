"""History: every word of every record of a customer, as what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import orjson

from rekisteri.access import Read, Sight, sight
from rekisteri.catalogue import BY_NAME, Content, Disclosure, SourceKind, Value, masked, with_secrets
from rekisteri.ground.errors import Missing
from rekisteri.ground.keys import Vault
from rekisteri.parties.corrected import Heard, Mark, Marks, marks
from rekisteri.parties.record import SEALED_PLACE
from rekisteri.parties.survive import changed_items


class Turn(StrEnum):
    """What kind of event a line of history is."""

    FIRST = "first"
    CHANGED = "changed"
    ENDED = "ended"
    CORRECTION = "correction"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"
    PLACED = "placed"
    ORDERED = "ordered"
    ORDER_CHANGED = "order_changed"
    ORDER_ENDED = "order_ended"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item before and after; None where it was not stated."""

    item: str
    before: Value | None
    after: Value | None
    mark: Mark | None = None
    """The value after was put right later, by hand."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to a customer's data."""

    kind: Turn
    recorded_at: datetime
    statement_id: UUID
    source: SourceKind
    organisation_id: int | None
    key: str | None
    valid_from: date | None
    valid_to: date | None
    changes: list[ItemChange]
    reason: str | None
    evidence: str | None
    account: str | None
    batch_id: UUID | None
    row_no: int | None


@dataclass(frozen=True, slots=True)
class _Word:
    statement_id: UUID
    record_id: UUID
    key: str
    source_kind: SourceKind
    organisation_id: int | None
    content: Content | None
    sealed: bytes | None
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    batch_id: UUID | None
    row_no: int | None
    account: str | None
    reason: str | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class _Placement:
    id: UUID
    key: str
    source_kind: SourceKind
    organisation_id: int | None
    at: datetime
    rule: str
    reason: str | None
    account: str | None


@dataclass(frozen=True, slots=True)
class _State:
    turvakielto: Disclosure


def history(tx: Read, vault: Vault, party_id: UUID) -> list[HistoryEntry]:
    """What happened to the customer's data, the newest first. Raises ``Missing``.

    Secrets are masked; covered values show only as long as no non-disclosure order covers
    them; other organisations' words are told to those alone who reach them.
    """
    state = tx.find(_State, "select turvakielto from parties.party where id = %(id)s", id=party_id)
    if state is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")
    hidden = {item.name for item in BY_NAME.values() if sight(tx.act, item, state.turvakielto) is not Sight.SHOWN}
    entries = [_placed(row) for row in _placements(tx, party_id) if _reaches(tx, row.organisation_id)]
    before: dict[UUID, Content] = {}
    told = [(word, _opened(vault, word)) for word in _words(tx, party_id) if _reaches(tx, word.organisation_id)]
    marked = marks([_heard(word, content) for word, content in told])
    entries += [_entry(word, content, before, hidden, marked) for word, content in told]
    tx.saw(party_id)
    return sorted(entries, key=lambda entry: (entry.recorded_at, entry.statement_id), reverse=True)


def _reaches(tx: Read, organisation_id: int | None) -> bool:
    return organisation_id is None or tx.act.reaches(organisation_id)


def _heard(word: _Word, content: Content) -> Heard:
    said = None if word.content is None else content
    return Heard(word.record_id, word.statement_id, word.source_kind, said, word.valid_from, word.recorded_at)


def _entry(word: _Word, now: Content, before: dict[UUID, Content], hidden: set[str], marked: Marks) -> HistoryEntry:
    earlier = before.get(word.record_id)
    kind = _turn(word, first=earlier is None)
    changed = [] if word.content is None else changed_items(earlier or {}, now)
    if word.content is not None:
        before[word.record_id] = now
    return HistoryEntry(
        kind=kind,
        recorded_at=word.recorded_at,
        statement_id=word.statement_id,
        source=word.source_kind,
        organisation_id=word.organisation_id,
        key=word.key if word.source_kind is SourceKind.ORGANISATION else None,
        valid_from=word.valid_from,
        valid_to=word.valid_to,
        changes=[
            _change(name, earlier or {}, now, marked.get((word.statement_id, name)))
            for name in changed
            if name not in hidden
        ],
        reason=word.reason,
        evidence=word.evidence,
        account=word.account,
        batch_id=word.batch_id,
        row_no=word.row_no,
    )


def _turn(word: _Word, *, first: bool) -> Turn:
    silent = word.content is None
    match word.source_kind:
        case SourceKind.MAINTAINER:
            return Turn.WITHDRAWN if silent else Turn.CORRECTION
        case SourceKind.PERSON if silent:
            return Turn.TAKEN_BACK
        case SourceKind.BANK:
            return Turn.ORDER_ENDED if silent else Turn.ORDERED if first else Turn.ORDER_CHANGED
        case _:
            return Turn.ENDED if silent else Turn.FIRST if first else Turn.CHANGED


def _placed(row: _Placement) -> HistoryEntry:
    return HistoryEntry(
        kind=Turn.PLACED, recorded_at=row.at, statement_id=row.id, source=row.source_kind,
        organisation_id=row.organisation_id, key=row.key, valid_from=None, valid_to=None, changes=[],
        reason=row.rule, evidence=row.reason, account=row.account, batch_id=None, row_no=None,
    )  # fmt: skip


def _change(name: str, earlier: Content, now: Content, mark: Mark | None) -> ItemChange:
    """A changed value, its codes masked: two codes may look alike and yet differ."""
    before, after = (None if value is None else masked(name, value) for value in (earlier.get(name), now.get(name)))
    return ItemChange(name, before, after, mark)


def _opened(vault: Vault, word: _Word) -> Content:
    """The content with its secrets, to be compared and then masked."""
    content: Content = dict(word.content or {})
    if word.sealed is not None:
        secrets = orjson.loads(vault.open(word.sealed, key="secret", place=f"{SEALED_PLACE}{word.statement_id}"))
        content = with_secrets(content, secrets)
    return content


def _words(tx: Read, party_id: UUID) -> list[_Word]:
    return tx.all(
        _Word,
        """
        select s.id as statement_id, s.record_id, r.key, src.kind as source_kind, src.organisation_id, s.content,
               s.sealed, lower(s.valid) as valid_from, upper(s.valid) as valid_to, lower(s.recorded) as recorded_at,
               s.batch_id, s.row_no, access.handle(s.account_id) as account, s.reason, s.evidence
        from parties.record r
        join parties.source src on src.id = r.source_id
        join parties.statement s on s.record_id = r.id
        where r.party_id = %(party_id)s
        order by lower(s.recorded), s.id
        """,
        party_id=party_id,
    )


def _placements(tx: Read, party_id: UUID) -> list[_Placement]:
    return tx.all(
        _Placement,
        """
        select j.id, r.key, src.kind as source_kind, src.organisation_id, j.at, j.rule, j.reason, access.handle(j.account_id) as account
        from parties.judgement j
        join parties.record r on r.id = j.record_id
        join parties.source src on src.id = r.source_id
        where j.party_id = %(party_id)s or j.former_party_id = %(party_id)s
        """,
        party_id=party_id,
    )
