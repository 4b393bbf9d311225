"""The dossier: every word ever said of one customer, opened whole. For the customer's own eyes.

Unlike the card and the history nothing is masked by purpose or role here: the right of access
covers all that is held (GDPR art. 15). Whoever asks goes through an action of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson

from rekisteri.access import Read
from rekisteri.catalogue import Content, Disclosure, PartyKind, SourceKind, with_secrets
from rekisteri.ground.errors import Missing
from rekisteri.ground.keys import Vault
from rekisteri.parties.corrected import Heard, Mark, Marks, marks
from rekisteri.parties.move import standing
from rekisteri.parties.record import PROTECTED_PLACE, SEALED_PLACE


@dataclass(frozen=True, slots=True)
class Uttered:
    """One statement, opened: what was said, by whom, of which days, and when the register knew it.

    ``content`` is None where the source fell silent. ``corrects`` names the item a maintainer
    put right, or the person told; the organisation's own number is ``key`` otherwise.
    """

    record_id: UUID
    statement_id: UUID
    source: SourceKind
    organisation_id: int | None
    key: str
    content: Content | None
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    reason: str | None
    evidence: str | None
    corrected: Mapping[str, Mark]
    """By item the mark of a value that was put right later, by hand."""

    @property
    def corrects(self) -> str | None:
        """The item of a correction by hand, or of a word of the person; None of any other word."""
        return self.key.rpartition(":")[2] if self.source in (SourceKind.MAINTAINER, SourceKind.PERSON) else None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A customer as the register holds them: who they are, and every word, the oldest first."""

    party_id: UUID
    kind: PartyKind
    name: str
    turvakielto: Disclosure
    language: str | None
    words: list[Uttered]


@dataclass(frozen=True, slots=True)
class _Head:
    id: UUID
    kind: PartyKind
    name: str
    turvakielto: Disclosure


@dataclass(frozen=True, slots=True)
class _Row:
    record_id: UUID
    statement_id: UUID
    source: SourceKind
    organisation_id: int | None
    key: str
    content: Content | None
    sealed: bytes | None
    protected: bytes | None
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    reason: str | None
    evidence: str | None


def dossier(tx: Read, vault: Vault, party_id: UUID) -> Dossier:
    """Every word of every record of the customer. Raises ``Missing``. The act must open what is protected."""
    party_id = standing(tx, party_id)
    head = tx.find(_Head, "select id, kind, name, turvakielto from parties.party where id = %(id)s", id=party_id)
    if head is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")
    told = [(row, _opened(vault, row)) for row in _rows(tx, party_id)]
    marked = marks(
        [Heard(row.record_id, row.statement_id, SourceKind(row.source), said, row.valid_from, row.recorded_at)
         for row, said in told]
    )  # fmt: skip
    words = [_uttered(row, said, marked) for row, said in told]
    tx.saw(party_id)
    return Dossier(
        party_id=party_id,
        kind=PartyKind(head.kind),
        name=head.name,
        turvakielto=Disclosure(head.turvakielto),
        language=_language(words),
        words=words,
    )


def _rows(tx: Read, party_id: UUID) -> list[_Row]:
    return tx.all(
        _Row,
        """
        select r.id as record_id, s.id as statement_id, src.kind as source, src.organisation_id, r.key, s.content,
               s.sealed, p.sealed as protected, lower(s.valid) as valid_from, upper(s.valid) as valid_to,
               lower(s.recorded) as recorded_at, upper(s.recorded) as superseded_at, s.reason, s.evidence
        from parties.record r
        join parties.source src on src.id = r.source_id
        join parties.statement s on s.record_id = r.id
        left join parties.protected p on p.record_id = s.record_id and p.statement_id = s.id
        where r.party_id = %(party_id)s
        order by lower(s.recorded), s.id
        """,
        party_id=party_id,
    )


def _opened(vault: Vault, row: _Row) -> Content | None:
    content = row.content
    if content is not None:
        if row.protected is not None:
            place = f"{PROTECTED_PLACE}{row.statement_id}"
            content = content | orjson.loads(vault.open(row.protected, key="protected", place=place))
        if row.sealed is not None:
            place = f"{SEALED_PLACE}{row.statement_id}"
            content = with_secrets(content, orjson.loads(vault.open(row.sealed, key="secret", place=place)))
    return content


def _uttered(row: _Row, content: Content | None, marked: Marks) -> Uttered:
    return Uttered(
        record_id=row.record_id,
        statement_id=row.statement_id,
        source=SourceKind(row.source),
        organisation_id=row.organisation_id,
        key=row.key,
        content=content,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        recorded_at=row.recorded_at,
        superseded_at=row.superseded_at,
        reason=row.reason,
        evidence=row.evidence,
        corrected={
            name: marked[row.statement_id, name] for name in content or () if (row.statement_id, name) in marked
        },
    )


def _language(words: list[Uttered]) -> str | None:
    """The language the customer is last known to want: of contact, of invoices, else the mother tongue."""
    for item in ("contact_language", "invoice_language", "language"):
        for word in reversed(words):
            if word.content and item in word.content:
                return str(word.content[item])
    return None
