"""What was known on a day, as known at a moment: the last word of every record, of one customer or of many.

Today and now are one such day and moment, so nothing is answered by another way when asked of the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from rekisteri.access import Read
from rekisteri.catalogue import Content, Disclosure, PartyKind, SourceKind, with_secrets
from rekisteri.ground import packed
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties.record import PROTECTED_PLACE, SEALED_PLACE
from rekisteri.parties.survive import ADDED, BESIDE, Golden, Word, heard, survive

LONG_AGO = date(1, 1, 1)


class Spoken(NamedTuple):
    """The last word of one record on a day, and from when the record was silent.

    A tuple, as the database gives it: a hundred thousand of them are read at once.
    """

    party_id: UUID
    record_id: UUID
    key: str
    source_kind: SourceKind
    organisation_id: int | None
    since_on: date
    silent_from: date | None
    statement_id: UUID
    content: Content
    sealed: bytes | None
    protected: bytes | None
    holds_from: date | None
    recorded_at: datetime

    @property
    def recorded_on(self) -> date:
        """The Finnish day the register heard it."""
        return _day(self.recorded_at)

    def speaks(self, on: date) -> bool:
        """Whether the record was in force on the day."""
        return self.silent_from is None or self.silent_from > on


def members(tx: Read, party_ids: Iterable[UUID], known_at: datetime) -> dict[UUID, UUID]:
    """The records held to be the customers' at a moment, each with its customer: where the last judgement put them."""
    wanted = list(party_ids)
    if known_at >= tx.at:
        now = tx.tuples(
            "select id, party_id from parties.record where party_id = any (%(ids)s::uuid[])",
            ids=packed.uuid_bytes([one.bytes for one in wanted]),
        )
        return dict(now)
    then = tx.tuples(
        """
        select held.id, held.party_id
        from (
            select r.id, coalesce(
                (select j.party_id from parties.judgement j
                 where j.record_id = r.id and j.verdict = 'same' and j.at <= %(known_at)s
                 order by j.at desc, j.id desc limit 1),
                (select j.former_party_id from parties.judgement j
                 where j.record_id = r.id and j.verdict = 'same' and j.at > %(known_at)s
                 order by j.at, j.id limit 1),
                r.party_id) as party_id
            from parties.record r
            where r.party_id = any (%(ids)s)
               or r.id in (select record_id from parties.judgement
                           where party_id = any (%(ids)s) or former_party_id = any (%(ids)s))
        ) held
        where held.party_id = any (%(ids)s)
        """,
        ids=wanted,
        known_at=known_at,
    )
    return dict(then)


def spoken(tx: Read, held: Mapping[UUID, UUID], on: date, known_at: datetime) -> list[Spoken]:
    """The last word of each record (given with its customer) as known then, and from when it was silent.

    A correction, or a word of the person, that has ended or was taken back is no word any more; history keeps it.
    """
    rows = tx.tuples(
        """
        select held.party_id, r.id as record_id, r.key, src.kind as source_kind, src.organisation_id, r.since_on,
               case when head.content is null then lower(head.valid) end as silent_from,
               word.id as statement_id, word.content::text as content, word.sealed, p.sealed as protected,
               lower(word.valid) as holds_from, lower(word.recorded) as recorded_at
        from unnest(%(records)s::uuid[], %(parties)s::uuid[]) as held (record_id, party_id)
        join parties.record r on r.id = held.record_id
        join parties.source src on src.id = r.source_id
        cross join lateral (
            select s.content, s.valid from parties.statement s
            where s.record_id = r.id and lower(s.recorded) <= %(known_at)s and s.valid @> %(on)s::date
            order by lower(s.recorded) desc, s.id desc limit 1
        ) head
        cross join lateral (
            select s.id, s.content, s.sealed, s.valid, s.recorded from parties.statement s
            where s.record_id = r.id and lower(s.recorded) <= %(known_at)s and lower(s.valid) <= %(on)s
              and s.content is not null
            order by lower(s.recorded) desc, s.id desc limit 1
        ) word
        left join parties.protected p on p.statement_id = word.id
        where src.kind not in ('maintainer', 'person') or head.content is not null
        """,
        records=packed.uuid_bytes([one.bytes for one in held]),
        parties=packed.uuid_bytes([one.bytes for one in held.values()]),
        on=on,
        known_at=known_at,
    )
    return [_word(row) for row in rows]


def clear_words(tx: Read, party_ids: Iterable[UUID], on: date, known_at: datetime) -> list[Spoken]:
    """What ``spoken`` tells of every record held to be the customers' at a moment, without protected values.

    Known now, the last word of most records is all that was ever said and speaks on the day: those are read without
    laying statements in order. Of the rest it is asked as of any other moment.
    """
    if known_at < tx.at:
        return [word._replace(protected=None) for word in spoken(tx, members(tx, party_ids, known_at), on, known_at)]
    rows = tx.tuples(
        """
        select r.party_id, r.id as record_id, r.key, src.kind as source_kind, src.organisation_id, r.since_on,
               null::date as silent_from, s.id as statement_id, s.content::text as content, s.sealed,
               null::bytea as protected, lower(s.valid) as holds_from, lower(s.recorded) as recorded_at,
               s.content is not null and s.valid @> %(on)s::date and lower(s.valid) <= %(on)s
                   and lower(s.recorded) <= %(known_at)s as speaks
        from parties.record r
        join parties.source src on src.id = r.source_id
        left join parties.statement s on s.record_id = r.id and upper_inf(s.recorded)
        where r.party_id = any (%(parties)s::uuid[])
        """,
        parties=packed.uuid_bytes([one.bytes for one in party_ids]),
        on=on,
        known_at=known_at,
    )
    # By their numbers: identifiers are hashed by Python itself.
    once = len({row[1].int for row in rows}) == len(rows)
    words = [_word(row) for row in rows if once and row[WORD_WIDTH]]
    if len(words) < len(rows):
        known = {word.record_id for word in words}
        rest = {row[1]: row[0] for row in rows if row[1] not in known}
        words += [word._replace(protected=None) for word in spoken(tx, rest, on, known_at)]
    return words


class Present(NamedTuple):
    """A customer as it stands now, with the last words of its records."""

    id: UUID
    kind: PartyKind
    name: str
    version: int
    turvakielto: Disclosure
    restricted: bool
    words: list[Spoken]


def present(
    tx: Read, on: date, *, party_id: UUID | None = None, kind: str = "", blinds: Sequence[bytes] = ()
) -> Present | None:
    """The customer of an id, or else of a code of some kind, with what ``spoken`` tells of it as known now.

    All in one statement, for this is what is asked most. None where nobody is found, or where no record speaks: then
    the id may have gone to another, or something else must be told.
    """
    rows = tx.tuples(
        """
        select p.id as party_id, r.id as record_id, r.key, src.kind as source_kind, src.organisation_id, r.since_on,
               case when head.content is null then lower(head.valid) end as silent_from,
               word.id as statement_id, word.content::text as content, word.sealed, guarded.sealed as protected,
               lower(word.valid) as holds_from, lower(word.recorded) as recorded_at,
               p.kind as party_kind, p.name, p.version, p.turvakielto,
               exists (select from access.restriction x
                       where x.party_id = p.id and x.lifted_at is null) as restricted
        from parties.party p
        join parties.record r on r.party_id = p.id
        join parties.source src on src.id = r.source_id
        cross join lateral (
            select s.content, s.valid from parties.statement s
            where s.record_id = r.id and lower(s.recorded) <= %(at)s and s.valid @> %(on)s::date
            order by lower(s.recorded) desc, s.id desc limit 1
        ) head
        cross join lateral (
            select s.id, s.content, s.sealed, s.valid, s.recorded from parties.statement s
            where s.record_id = r.id and lower(s.recorded) <= %(at)s and lower(s.valid) <= %(on)s
              and s.content is not null
            order by lower(s.recorded) desc, s.id desc limit 1
        ) word
        left join parties.protected guarded on guarded.statement_id = word.id
        where p.id = case when %(party_id)s::uuid is null
                          then (select i.party_id from parties.identifier i
                                where i.kind = %(kind)s and i.blind = any (%(blinds)s::bytea[]) limit 1)
                          else %(party_id)s::uuid end
          and (src.kind not in ('maintainer', 'person') or head.content is not null)
        """,
        at=tx.at,
        on=on,
        party_id=party_id,
        kind=kind,
        blinds=packed.blobs(blinds),
    )
    if not rows:
        return None
    party_kind, name, version, turvakielto, restricted = rows[0][WORD_WIDTH:]
    words = [_word(row) for row in rows]
    return Present(rows[0][0], PartyKind(party_kind), name, version, Disclosure(turvakielto), restricted, words)


def _word(row: tuple[Any, ...]) -> Spoken:
    return _made(Spoken, (*row[:3], _KINDS[row[3]], *row[4:8], orjson.loads(row[8]), *row[9:WORD_WIDTH]))


WORD_WIDTH = len(Spoken._fields)
_made = tuple.__new__
"""Makes a row of its fields for half of what the class's own call takes."""
_day = lru_cache(maxsize=65_536)(day)
"""What came in one delivery was heard at one instant."""
_KINDS = {kind.value: kind for kind in SourceKind}


def counting(words: Iterable[Spoken], on: date) -> list[Spoken]:
    """The words of one customer that count on a day, as ``survive.heard`` has it: those of records in force;
    where no source's is, the last words of all of them; a correction only while it is in force."""
    every = words if isinstance(words, list) else list(words)
    if len(every) == 1 and every[0].source_kind not in BESIDE:
        return every
    sources = [row for row in every if row.source_kind not in BESIDE]
    corrections = [row for row in every if row.source_kind in ADDED and row.speaks(on)]
    return ([row for row in sources if row.speaks(on)] or sources) + corrections


def secrets(vault: Vault, row: Spoken) -> dict[str, str]:
    """The secret values of a word by path, opened; empty where it has none."""
    if row.sealed is None:
        return {}
    found: dict[str, str] = orjson.loads(
        vault.open(row.sealed, key="secret", place=f"{SEALED_PLACE}{row.statement_id}")
    )
    return found


def every_secret(vault: Vault, rows: Sequence[Spoken]) -> dict[UUID, dict[str, str]]:
    """``secrets`` of many words at once, by statement; a word that has none is not there."""
    boxes = [(row.statement_id, row.sealed) for row in rows if row.sealed is not None]
    plains = vault.open_all(
        [sealed for _, sealed in boxes],
        key="secret",
        places=[f"{SEALED_PLACE}{statement_id}" for statement_id, _ in boxes],
    )
    return {statement_id: orjson.loads(plain) for (statement_id, _), plain in zip(boxes, plains, strict=True)}


def opened(vault: Vault, row: Spoken) -> Spoken:
    """The word with its secrets, and its protected values where the act may read them."""
    content = with_secrets(row.content, secrets(vault, row))
    if row.protected is not None:
        place = f"{PROTECTED_PLACE}{row.statement_id}"
        content |= orjson.loads(vault.open(row.protected, key="protected", place=place))
    return row._replace(content=content)


def golden(words: Iterable[Spoken], on: date) -> Golden:
    """The golden record of one customer on a day, from the last words of its records."""
    return survive(
        heard(
            (
                Word(
                    row.statement_id,
                    row.source_kind,
                    row.organisation_id,
                    (row.holds_from or LONG_AGO).isoformat(),
                    row.recorded_at,
                    row.content,
                ),
                row.speaks(on),
            )
            for row in words
        )
    )
