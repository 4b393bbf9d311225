"""Relations: who answers for a customer. Custodians of a child, a guardian, the contact of an estate.

A relation is read from statements; it is resolved to the party it means where its identity code is known to
the register, by blind index. Row-level security decides whom the act may know as a party: a relation to
somebody out of its reach has a name and no party. Names are not covered by a non-disclosure order
(Act 661/2009 § 36), addresses are, and none is told here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rekisteri.access import Act, Read, may_see
from rekisteri.catalogue import BY_NAME, Content, Scalar, SourceKind, each, with_secrets
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import asof, store
from rekisteri.parties.asof import Spoken


class RelationKind(StrEnum):
    """What somebody is to a customer; each is the item of the catalogue it is read from."""

    CUSTODIAN = "custodian"
    GUARDIAN = "guardian"
    ESTATE_CONTACT = "estate_contact"


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody who answers for a customer, with the word it was taken from.

    ``valid_to`` is the last day. ``party_id`` is None for one whose code is not known, not seen in the
    register, or out of reach. ``organisation_id`` is None for other organisations' words. ``matters`` are what a
    guardian's order is of, as its source words it; None where the order names none.
    """

    kind: RelationKind
    name: str
    party_id: UUID | None
    phone: str | None
    matters: str | None
    valid_from: date | None
    valid_to: date | None
    source: SourceKind
    organisation_id: int | None
    holds_from: date | None
    recorded_at: datetime
    statement_id: UUID

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class _Said:
    """One relation as one record states it, with the blind indexes of the codes it names."""

    kind: RelationKind
    parts: Mapping[str, Scalar]
    blinds: tuple[bytes, ...]
    row: Spoken


def relations(
    tx: Read,
    vault: Vault,
    party_ids: Collection[UUID],
    *,
    on: date | None = None,
    known_at: datetime | None = None,
    kinds: Collection[RelationKind] | None = None,
) -> dict[UUID, list[Relation]]:
    """The relations of each customer in force on a day, as known at a moment.

    Of each kind the most believed source that names anybody counts; where several client organisations do, all of
    theirs, each person once. A customer without relations is not among the answers.
    ``kinds`` are those the act may see, unless the caller decides itself what it shows of them.
    """
    on, known_at = on or day(tx.at), known_at or tx.at
    words = asof.spoken(tx, asof.members(tx, party_ids, known_at), on, known_at)
    return related(tx, vault, words, on=on, kinds=kinds)


def related(
    tx: Read, vault: Vault, words: Iterable[Spoken], *, on: date, kinds: Collection[RelationKind] | None = None
) -> dict[UUID, list[Relation]]:
    """``relations`` of customers whose words are at hand."""
    if kinds is None:
        kinds = [kind for kind in RelationKind if may_see(tx.act, BY_NAME[kind])]
    of_party: dict[UUID, list[Spoken]] = defaultdict(list)
    for row in words:
        of_party[row.party_id].append(row)
    telling = [
        (party_id, row, told)
        for party_id, rows in of_party.items()
        for row in asof.counting(rows, on)
        if (told := [kind for kind in kinds if kind in row.content])
    ]
    said: dict[UUID, list[_Said]] = defaultdict(list)
    opened = asof.every_secret(vault, [row for _, row, told in telling if not SECRETIVE.isdisjoint(told)])
    for party_id, row, told in telling:
        for kind in told:
            said[party_id] += _stated(vault, kind, row, opened)
    blinds = {blind for every in said.values() for one in every for blind in one.blinds}
    parties = {known.blind: known.party_id for known in store.known_identities(tx, blinds)} if blinds else {}
    found = {}
    for party_id, every in said.items():
        chosen = [
            one
            for kind in kinds
            for one in _distinct(_relation(tx.act, each, parties) for each in _believed(kind, every))
            if one.holds(on)
        ]
        if chosen:
            found[party_id] = chosen
    return found


SECRETIVE = frozenset(kind for kind in RelationKind if any(part.secret for part in BY_NAME[kind].parts))
"""Kinds of which a part is sealed."""


def _stated(vault: Vault, kind: RelationKind, row: Spoken, opened: Mapping[UUID, dict[str, str]]) -> Iterable[_Said]:
    """The relations one record states, with its secrets by statement: of a kind there may be several."""
    said: Content = {kind.value: row.content[kind]}
    if kind in SECRETIVE:
        said = with_secrets(said, opened.get(row.statement_id, {}))
    for one in each(said[kind.value]):
        parts: Mapping[str, Scalar] = one if isinstance(one, dict) else {"name": str(one)}
        codes = ((code, str(parts[code])) for code in ("hetu", "ytunnus") if code in parts)
        blinds = tuple(blind for code, value in codes for blind in vault.blinds(code, value))
        yield _Said(kind, parts, blinds, row)


def _believed(kind: RelationKind, said: Iterable[_Said]) -> list[_Said]:
    """What the most believed source says, the latest word first."""
    of_kind = [one for one in said if one.kind is kind and one.row.source_kind in BY_NAME[kind].ranks]
    if not of_kind:
        return []
    ranks = {source: rank for rank, source in enumerate(BY_NAME[kind].ranks)}
    best = min(ranks[one.row.source_kind] for one in of_kind)
    chosen = [one for one in of_kind if ranks[one.row.source_kind] == best]
    # Sorting keeps the order in which one record names them.
    return sorted(chosen, key=lambda one: (one.row.recorded_at, one.row.statement_id), reverse=True)


def _distinct(found: Iterable[Relation]) -> list[Relation]:
    """Each once: the same party, or, of those that are no party, the same name and days."""
    seen: dict[object, Relation] = {}
    for one in found:
        key: object = one.party_id or (one.name.casefold(), one.valid_from, one.valid_to)
        seen.setdefault(key, one)
    return list(seen.values())


def _relation(act: Act, said: _Said, parties: Mapping[bytes, UUID]) -> Relation:
    row = said.row
    phone, matters = said.parts.get("phone"), said.parts.get("matters")
    return Relation(
        kind=said.kind,
        name=str(said.parts.get("name", "")),
        party_id=next((parties[blind] for blind in said.blinds if blind in parties), None),
        phone=None if phone is None else str(phone),
        matters=None if matters is None else str(matters),
        valid_from=_day(said.parts.get("valid_from")),
        valid_to=_day(said.parts.get("valid_to")),
        source=row.source_kind,
        organisation_id=row.organisation_id if _reaches(act, row.organisation_id) else None,
        holds_from=row.holds_from,
        recorded_at=row.recorded_at,
        statement_id=row.statement_id,
    )


def _day(value: Scalar | None) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _reaches(act: Act, organisation_id: int | None) -> bool:
    return organisation_id is not None and act.reaches(organisation_id)
