"""SEPA direct debit mandates: that a payer lets a client organisation collect from an account, as statements.

A kind of its own beside orders at banks (``orders``): a mandate is given to the biller, names
an account that may be debited, and says nothing of how the bill travels. The account is no
account to refund to: it is kept sealed. Stated under the banks' source to the organisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import Content, PartyKind, Scalar
from rekisteri.ground import ids
from rekisteri.ground.keys import Vault
from rekisteri.parties.laid import Origin
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.orders import OrderRecord, tell
from rekisteri.parties.record import SEALED_PLACE, Placed, Said, record, silence

MANDATE = "direct_debit_mandate"
ACCOUNT = f"{MANDATE}.account"

Sequenced = Literal["recurring", "one_off"]


@dataclass(frozen=True, slots=True)
class MandateTerms:
    """What a mandate says. ``reference`` is unique per ``creditor`` (SEPA: AT-01, AT-02)."""

    reference: str
    creditor: str
    payment_reason: str
    account: str | None
    bank: str
    sequence: Sequenced
    given_on: date
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate in force on a day."""

    organisation_id: int
    terms: MandateTerms
    valid_from: date
    statement_id: UUID


@dataclass(frozen=True, slots=True)
class MandateStated:
    """What is to be stated of one record: the terms, and whether they are in force. ``name`` is the mandate's own."""

    party_id: UUID
    kind: PartyKind
    record_id: UUID
    name: str
    terms: MandateTerms
    in_force: bool


@dataclass(frozen=True, slots=True)
class _Row:
    party_id: UUID
    organisation_id: int
    content: Content
    sealed: bytes | None
    valid_from: date
    statement_id: UUID


def mandates_of(
    tx: Read, vault: Vault, party_ids: Iterable[UUID], organisation_id: int, on: date
) -> dict[UUID, list[Mandate]]:
    """The mandates in force on a day that parties have given to one client organisation, the oldest first.

    A party without any is not there. The caller tells whom the act saw.
    """
    if not tx.act.reaches(organisation_id):
        return {}
    rows = tx.all(
        _Row,
        """
        select r.party_id, src.organisation_id, word.content, word.sealed, lower(word.valid) as valid_from,
               word.id as statement_id
        from parties.source src
        join parties.record r on r.source_id = src.id
        cross join lateral (
            select s.id, s.content, s.sealed, s.valid, s.recorded from parties.statement s
            where s.record_id = r.id and s.valid @> %(on)s::date
            order by lower(s.recorded) desc, s.id desc limit 1
        ) word
        where src.kind = 'bank' and src.organisation_id = %(organisation_id)s
          and r.party_id = any (%(party_ids)s) and word.content -> 'direct_debit_mandate' is not null
        order by r.id
        """,
        organisation_id=organisation_id,
        party_ids=list(party_ids),
        on=on,
    )
    found: dict[UUID, list[Mandate]] = {}
    for row in rows:
        mandate = Mandate(row.organisation_id, _terms(vault, row), row.valid_from, row.statement_id)
        if mandate.terms.last_on is None or mandate.terms.last_on >= on:
            found.setdefault(row.party_id, []).append(mandate)
    return found


def _terms(vault: Vault, row: _Row) -> MandateTerms:
    said = cast("dict[str, Scalar]", row.content[MANDATE])
    secrets = {}
    if row.sealed is not None:
        secrets = orjson.loads(vault.open(row.sealed, key="secret", place=f"{SEALED_PLACE}{row.statement_id}"))
    return MandateTerms(
        reference=str(said["reference"]),
        creditor=str(said["creditor"]),
        payment_reason=str(said["payment_reason"]),
        account=secrets.get(ACCOUNT),
        bank=str(said["bank"]),
        sequence=cast("Sequenced", said["sequence"]),
        given_on=date.fromisoformat(str(said["given_on"])),
        first_on=_day(said.get("first_on")),
        last_on=_day(said.get("last_on")),
    )


def _day(value: Scalar | None) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def state_mandates(
    tx: Write, vault: Vault, origin: Origin, known: Iterable[OrderRecord], stated: Sequence[MandateStated]
) -> int:
    """State what has changed of mandates, end those no longer in force; how many changed.

    ``known`` are the records that are there; a record not among them is made, where the mandate
    is in force. What is stated already changes nothing. News of each change is appended.
    """
    there = {one.id: one for one in known}
    placed: list[Placed] = []
    silent: list[UUID] = []
    changed: dict[UUID, None] = {}
    for one, fresh in zip(stated, ids.batch(len(stated)), strict=True):
        record_ = there.get(one.record_id)
        if one.in_force:
            said = _said(vault, one)
            if record_ is not None and record_.ended_on is None and vault.lift(record_.digest) == said.digest:
                continue
            placed.append(_placed(one, said, None if record_ is None else fresh))
        elif record_ is None or record_.ended_on is not None:
            continue
        else:
            silent.append(one.record_id)
        changed[one.party_id] = None
    record(tx, vault, Lexicon(), origin, placed)
    silence(tx, origin, silent)
    tell(tx, origin, list(changed), MANDATE)
    return len(changed)


def _said(vault: Vault, one: MandateStated) -> Said:
    terms = one.terms
    value: dict[str, Scalar] = {
        "reference": terms.reference,
        "creditor": terms.creditor,
        "payment_reason": terms.payment_reason,
        "bank": terms.bank,
        "sequence": terms.sequence,
        "given_on": terms.given_on.isoformat(),
    }
    days = {"first_on": terms.first_on, "last_on": terms.last_on}
    value |= {name: on.isoformat() for name, on in days.items() if on is not None}
    digest = vault.digest(orjson.dumps([MANDATE, value, terms.account], option=orjson.OPT_SORT_KEYS))
    secrets = {} if terms.account is None else {ACCOUNT: terms.account}
    return Said(f"{one.name}:{one.party_id}", one.kind, {MANDATE: value}, secrets, digest)


def _placed(one: MandateStated, said: Said, statement_id: str | None) -> Placed:
    """Without an identifier of its own the statement is the record's first."""
    return Placed(
        said=said, party_id=str(one.party_id), record_id=str(one.record_id),
        statement_id=statement_id or str(one.record_id), blinds=[], born=False, fresh_record=statement_id is None,
        covered=False,
    )  # fmt: skip
