"""What ages: statements whose word has ended, the items of them that leave, and what leaves with them.

A word ends when a newer one of the same source takes its place, or with its record: a customership on the day it
ended; what anybody else said of a customer with the customer's last customership, if not before. Which item leaves
how long after that is decided above; here it is found and carried out, and nothing of it stays in golden
records, indexes of codes, or the dictionary of words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import Content
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import store, words
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.move import codes_of
from rekisteri.parties.record import PROTECTED_PLACE, SEALED_PLACE
from rekisteri.parties.refresh import refresh
from rekisteri.parties.survive import single

SHELL = "–"
"""The name of a customer of whom nothing is known any more, while something may still refer to it."""


@dataclass(frozen=True, slots=True)
class Aged:
    """One statement whose word may have ended: on which day (None: it still holds), and what it says, sealed parts too."""

    party_id: UUID
    record_id: UUID
    statement_id: UUID
    ended_on: date | None
    content: Content | None
    sealed: bytes | None
    protected: bytes | None

    def paths(self, vault: Vault) -> dict[str, object]:
        """Every sealed path and covered item with its value, opened."""
        found: dict[str, object] = {}
        if self.sealed is not None:
            found |= orjson.loads(vault.open(self.sealed, key="secret", place=f"{SEALED_PLACE}{self.statement_id}"))
        if self.protected is not None:
            place = f"{PROTECTED_PLACE}{self.statement_id}"
            found |= orjson.loads(vault.open(self.protected, key="protected", place=place))
        return found

    def items(self, vault: Vault) -> set[str]:
        """The items it speaks of, under seal too."""
        return {*(self.content or ()), *(item_of(path) for path in self.paths(vault))}


@dataclass(frozen=True, slots=True)
class Term:
    """Items that leave once the word that told them ended on a day or before."""

    ended_by: date
    names: frozenset[str]

    def asked(self) -> dict[str, object]:
        """As the query reads it; quoted, a name is looked for in the text before the text is read as JSON."""
        names = sorted(self.names)
        return {"ended_by": self.ended_by, "names": names, "quoted": [f'%"{name}"%' for name in names]}


@dataclass(slots=True)
class Left:
    """What has left: sealed values by key, to be condemned; customers touched; how many of what."""

    boxes: dict[str, list[bytes]] = field(default_factory=lambda: {"secret": [], "protected": []})
    parties: dict[UUID, None] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    """Words of what has left, for the dictionary to forget where nobody bears them any more."""
    statements: int = 0
    records: int = 0
    customers: int = 0
    codes: int = 0
    words: int = 0


def item_of(path: str) -> str:
    """The item of a sealed path: ``custodian`` of ``custodian[1].hetu``."""
    return path.partition(".")[0].partition("[")[0]


def aged(
    tx: Read, terms: Collection[Term], *, sealed_by: date, bare_by: date | None, held: Collection[UUID]
) -> list[Aged]:
    """Statements that speak of an item of a term, and whose word ended on the term's day or before.

    ``sealed_by``: those too that speak under seal, whatever they say, and ended by then. ``bare_by``: silences too, which
    speak of none, that ended by then. Of the
    customers ``held`` none. Every word is looked at once, however many terms there are.
    """
    rows = tx.tuples(
        """
        with other as materialized (
            select r.id, r.party_id from parties.record r
            where r.source_id = any (array(select id from parties.source where kind <> 'organisation'))
        ), customer as materialized (
            select r.party_id,
                   bool_or(r.source_id <> all (array(select id from parties.source where kind <> 'organisation'))
                           and (r.ended_on is null or r.ended_on > %(today)s)) as lives,
                   coalesce(max(r.ended_on) filter (
                       where r.source_id <> all (array(select id from parties.source where kind <> 'organisation'))
                   ), max(r.since_on)) as ended_on
            from parties.record r
            where r.party_id in (select party_id from other)
            group by r.party_id
        ), ended as (
            select s.record_id, s.id, (upper(s.recorded) at time zone 'Europe/Helsinki')::date as ended_on
            from parties.statement s
            where upper(s.recorded) < (%(ended_by)s::date + 1)::timestamp at time zone 'Europe/Helsinki'
            union all
            select s.record_id, s.id, r.ended_on
            from parties.record r join parties.statement s on s.record_id = r.id
            where r.ended_on <= least(%(ended_by)s::date, %(today)s::date)
            union all
            -- what others say of a customer ends with the last live customership
            select s.record_id, s.id, c.ended_on
            from other o join customer c on c.party_id = o.party_id and not c.lives and c.ended_on <= %(ended_by)s
            join parties.statement s on s.record_id = o.id
        ), word as materialized (
            select record_id, id, min(ended_on) as ended_on from ended group by record_id, id
        )
        select r.party_id, w.record_id, w.id, w.ended_on, s.content::text, s.sealed, p.sealed
        from word w
        -- one by one, by their keys: there are few, however many statements there are
        cross join lateral (select content, sealed from parties.statement s
                            where s.record_id = w.record_id and s.id = w.id offset 0) s
        cross join lateral (select party_id from parties.record r where r.id = w.record_id offset 0) r
        left join parties.protected p on p.statement_id = w.id and p.record_id = w.record_id
        where (exists (select from jsonb_to_recordset(%(terms)s::jsonb) as t (ended_by date, names text[], quoted text[])
                       where w.ended_on <= t.ended_by
                         and s.content::text like any (t.quoted) and s.content::jsonb ?| t.names)
               or w.ended_on <= %(sealed_by)s::date and (s.sealed is not null or p.sealed is not null)
               or w.ended_on <= %(bare_by)s::date and (s.content is null or s.content::text = '{}'))
          and not r.party_id = any (%(held)s)
        order by r.party_id, w.record_id, w.id
        """,
        today=day(tx.at),
        ended_by=max([one.ended_by for one in terms] + ([] if bare_by is None else [bare_by])),
        bare_by=bare_by,
        terms=orjson.dumps([one.asked() for one in terms]).decode(),
        sealed_by=sealed_by,
        held=list(held),
    )
    return [_aged(row) for row in rows]


def dated(tx: Read, names: Collection[str], held: Collection[UUID]) -> list[Aged]:
    """Statements that still hold and tell a dated fact of these items with its last day; of the customers ``held`` none."""
    rows = tx.tuples(
        """
        select r.party_id, s.record_id, s.id, null::date, s.content::text, s.sealed, null::bytea
        from parties.record r join parties.statement s on s.record_id = r.id
        where upper_inf(s.recorded) and s.content::jsonb ?| %(names)s::text[] and s.content::text like '%%"valid_to"%%'
          and not r.party_id = any (%(held)s)
        order by r.party_id, s.record_id, s.id
        """,
        names=sorted(names),
        held=list(held),
    )
    return [_aged(row) for row in rows]


def ends(tx: Read, party_id: UUID) -> dict[UUID, date | None]:
    """On which day the word of each of a customer's statements ended, as in ``aged``; None while it holds."""
    rows = tx.tuples(
        """
        with customer as (
            select bool_or(src.kind = 'organisation' and (r.ended_on is null or r.ended_on > %(today)s)) as lives,
                   coalesce(max(r.ended_on) filter (where src.kind = 'organisation'), max(r.since_on)) as ended_on
            from parties.record r join parties.source src on src.id = r.source_id
            where r.party_id = %(party_id)s
        )
        select s.id, least((upper(s.recorded) at time zone 'Europe/Helsinki')::date,
                           case when r.ended_on <= %(today)s then r.ended_on end,
                           case when src.kind <> 'organisation' and not c.lives then c.ended_on end)
        from parties.record r
        join parties.source src on src.id = r.source_id
        join parties.statement s on s.record_id = r.id
        cross join customer c
        where r.party_id = %(party_id)s
        """,
        party_id=party_id,
        today=day(tx.at),
    )
    return dict(rows)


def spoken_of(tx: Read, party_id: UUID) -> list[Aged]:
    """Every statement of a customer, whether its word has ended or not."""
    rows = tx.tuples(
        """
        select r.party_id, s.record_id, s.id, null::date, s.content::text, s.sealed, p.sealed
        from parties.record r
        join parties.statement s on s.record_id = r.id
        left join parties.protected p on p.record_id = s.record_id and p.statement_id = s.id
        where r.party_id = %(party_id)s order by s.record_id, s.id
        """,
        party_id=party_id,
    )
    return [_aged(row) for row in rows]


def _aged(row: tuple[Any, ...]) -> Aged:
    party_id, record_id, statement_id, ended_on, content, sealed, protected = row
    said = None if content is None else orjson.loads(content)
    return Aged(party_id, record_id, statement_id, ended_on, said, sealed, protected)


def stand_alone(tx: Write, party_ids: Iterable[UUID]) -> None:
    """Write out the golden records that are read from a first statement, before anything of that is taken away."""
    rows = tx.tuples(
        "select id from parties.party where id = any (%(ids)s) and content is null", ids=list(dict.fromkeys(party_ids))
    )
    found = store.contents(tx, [party_id for (party_id,) in rows])
    for party_id, content in found.items():
        tx.run(
            "update parties.party set content = %(content)s::jsonb where id = %(id)s",
            content=orjson.dumps(content).decode(),
            id=party_id,
        )


def cut(tx: Write, vault: Vault, left: Left, one: Aged, gone: Collection[str], facts: Mapping[str, object]) -> None:
    """Take items out of a statement, under seal too; ``facts`` are items that stay with a shorter value.

    A statement that says nothing more goes, unless it is a word that still holds.
    """
    content = None if one.content is None else {name: said for name, said in one.content.items() if name not in gone}
    if content is not None:
        content |= facts  # type: ignore[arg-type]
    sealed = _resealed(vault, left, one, one.sealed, gone, "secret", SEALED_PLACE)
    protected = _resealed(vault, left, one, one.protected, gone, "protected", PROTECTED_PLACE)
    left.parties[one.party_id] = None
    left.heard |= _words(vault, one, gone)
    for name in gone:
        left.items[name] = left.items.get(name, 0) + 1
    if protected is None:
        tx.run("delete from parties.protected where statement_id = %(id)s", id=one.statement_id)
    elif protected is not one.protected:
        tx.run(
            "update parties.protected set sealed = %(sealed)s where statement_id = %(id)s",
            sealed=protected,
            id=one.statement_id,
        )
    if not content and sealed is None and protected is None and (one.ended_on is not None or one.content is None):
        left.statements += tx.run(
            "delete from parties.statement where record_id = %(record)s and id = %(id)s",
            record=one.record_id,
            id=one.statement_id,
        )
        return
    tx.run(
        """
        update parties.statement set content = %(content)s::json, sealed = %(sealed)s
        where record_id = %(record)s and id = %(id)s
        """,
        content=None if content is None else orjson.dumps(content).decode(),
        sealed=sealed,
        record=one.record_id,
        id=one.statement_id,
    )


def _words(vault: Vault, one: Aged, gone: Collection[str]) -> set[str]:
    said = {name: value for name, value in (one.content or {}).items() if name in gone}
    if one.protected is not None:
        covered = {name: value for name, value in one.paths(vault).items() if name in gone and "." not in name}
        said |= covered  # type: ignore[arg-type]
    return set(words.of_party(single(said), ())[1])


def _resealed(
    vault: Vault, left: Left, one: Aged, box: bytes | None, gone: Collection[str], key: str, place: str
) -> bytes | None:
    """A sealed value without some items: itself where none of them is in it, None where nothing stays."""
    if box is None:
        return None
    at = f"{place}{one.statement_id}"
    said = orjson.loads(vault.open(box, key=key, place=at))
    kept = {path: value for path, value in said.items() if item_of(path) not in gone}
    if kept == said:
        return box
    left.boxes[key].append(box)
    return vault.seal(orjson.dumps(kept), key=key, place=at) if kept else None


def settle_left(tx: Write, vault: Vault, left: Left, kept_records: Collection[UUID] = ()) -> None:
    """Bring up to date what follows from statements: records, golden records, codes, words, customers nothing is said of.

    ``kept_records`` stay though nothing is said of them: something above refers to them.
    """
    touched = list(left.parties)
    if not touched:
        return
    before = _lexemes(tx, touched)
    empty = tx.tuples(
        """
        select r.id from parties.record r where r.party_id = any (%(parties)s) and not r.id = any (%(kept)s)
          and not exists (select from parties.statement s where s.record_id = r.id)
        """,
        parties=touched,
        kept=list(kept_records),
    )
    gone = [record_id for (record_id,) in empty]
    former = tx.tuples(
        "select distinct unnest(array[party_id, former_party_id]) from parties.judgement where record_id = any (%(gone)s)",
        gone=gone,
    )
    tx.run(
        """
        delete from parties.named n using parties.record r
        where r.id = n.record_id and r.party_id = any (%(parties)s)
          and not exists (select from parties.statement s
                          where s.record_id = r.id and s.content::jsonb ?| array['custodian', 'guardian'])
        """,
        parties=touched,
    )
    tx.run("delete from parties.judgement where record_id = any (%(gone)s)", gone=gone)
    left.records += tx.run("delete from parties.record where id = any (%(gone)s)", gone=gone)
    left.parties |= dict.fromkeys(party_id for (party_id,) in former if party_id is not None)
    refresh(tx, vault, Lexicon(), touched)
    for party_id in touched:
        _drop_codes(tx, vault, left, party_id)
    _shell(tx, list(left.parties))
    left.words += unlearn(tx, (before | left.heard) - _lexemes(tx, touched))


def _drop_codes(tx: Write, vault: Vault, left: Left, party_id: UUID) -> None:
    """Blind indexes of codes that no word tells any more."""
    told = {blind for codes in codes_of(tx, vault, party_id).values() for _, blind in codes}
    left.codes += tx.run(
        "delete from parties.identifier where party_id = %(party)s and not blind = any (%(told)s)",
        party=party_id,
        told=list(told),
    )


def _shell(tx: Write, party_ids: Sequence[UUID]) -> None:
    """Customers without a record keep nothing but their id."""
    tx.run(
        """
        update parties.party p set name = %(shell)s, content = '{}', winners = null, organisations = '{}', words = ''
        where p.id = any (%(parties)s) and not exists (select from parties.record r where r.party_id = p.id)
        """,
        shell=SHELL,
        parties=party_ids,
    )


def _lexemes(tx: Read, party_ids: Sequence[UUID]) -> set[str]:
    """The folded words the customers are found by."""
    rows = tx.tuples(
        "select distinct unnest(tsvector_to_array(words)) from parties.party where id = any (%(ids)s)",
        ids=list(party_ids),
    )
    return {lexeme[1:] for (lexeme,) in rows if lexeme[0] in "na"}


def unlearn(tx: Write, known: Iterable[str]) -> int:
    """Take words out of the dictionary that no customer bears any more; how many."""
    gone = [word for word in sorted(known) if not _borne(tx, word)]
    tx.run("delete from parties.word_variant where word = any (%(words)s)", words=gone)
    return tx.run("delete from parties.word where word = any (%(words)s)", words=gone)


def _borne(tx: Read, word: str) -> bool:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    query = f"'n{quoted}' | 'a{quoted}'"
    return bool(tx.tuples("select id from parties.find(%(query)s::tsquery, ''::tsquery, 1)", query=query))
