"""Recording: new words of a source appended, set-based; one row takes the same road as a million."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from rekisteri.access import Write
from rekisteri.catalogue import COVERED, Content, PartyKind
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import words
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.store import Source
from rekisteri.parties.survive import single

SEALED_PLACE = "parties.statement|sealed|"
PROTECTED_PLACE = "parties.protected|sealed|"
NULL = "\\N"
"""COPY's word for nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of one record: the clear content, the secrets, where it stood."""

    key: str
    kind: PartyKind
    content: Content
    secrets: dict[str, str]
    digest: bytes
    row_no: int | None = None


@dataclass(slots=True)
class Placed:
    """A saying with its place: which record and party, and which of them are new."""

    said: Said
    party_id: str
    record_id: str
    statement_id: str
    """A new record's first statement bears the record's identifier, and a new party's first record the party's."""
    blinds: list[tuple[str, bytes]]
    born: bool
    fresh_record: bool
    covered: bool
    moved_from: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where words come from: the source, the delivery, and the account that brought them."""

    source: Source
    batch_id: UUID | None = None
    account_id: UUID | None = None
    reason: str | None = None
    evidence: str | None = None
    valid_to: date | None = None


def record(tx: Write, vault: Vault, lexicon: Lexicon, origin: Origin, placed: Sequence[Placed]) -> None:
    """Append every saying: parties born, records named, statements, identity codes, judgements.

    Existing parties' golden records are left to ``refresh``; a born party's is its one
    statement's content, and is not written again.
    """
    if not placed:
        return
    tx.run(STAGE)
    tx.copy(_STAGE_COPY, _blocks(vault, lexicon, origin, placed))
    append_staged(tx, origin, spoken_of=not all(one.fresh_record for one in placed))
    tx.run(_IDENTIFY)
    _judge(tx, origin, placed)
    _protect(tx, vault, placed)
    lexicon.learn(tx)
    tx.run("truncate said")


def append_staged(tx: Write, origin: Origin, *, spoken_of: bool) -> None:
    """Append what is staged, but for identity codes; one customer takes the same road as a million.

    ``spoken_of``: the source may have spoken of some of them before.
    """
    parameters = {
        "source_id": origin.source.id,
        "today": day(tx.at),
        "at": tx.at,
        "batch_id": origin.batch_id,
        "account_id": origin.account_id,
        "reason": origin.reason,
        "evidence": origin.evidence,
        "valid_to": origin.valid_to,
        "news_block": NEWS_BLOCK,
        "organisations": [] if origin.source.organisation_id is None else [origin.source.organisation_id],
    }
    tx.run(_BEAR, **parameters)
    tx.run(_NEWS, **parameters)
    tx.run(_NAME, **parameters)
    if spoken_of:
        tx.run(_CLOSE, **parameters)
        tx.run(_RENAME, **parameters)
    tx.run(_STATE, **parameters)


STAGE = """
create temp table if not exists said (
    party_id uuid, born boolean default true, fresh_record boolean default true, turvakielto boolean, row_no integer,
    hetu bytea, ytunnus bytea, record_id uuid, statement_id uuid, key text, digest bytea, kind text, name text,
    content json, golden jsonb, sealed bytea, words tsvector
) on commit drop
"""
"""Where sayings are laid out, what is asked for oftenest first.

Without identifiers of their own a record and a statement bear the party's.
"""

_STAGE_COPY = """
copy said (party_id, record_id, statement_id, born, fresh_record, kind, name, key, digest, content, golden, sealed,
           turvakielto, words, row_no, hetu, ytunnus)
from stdin
"""

_BEAR = """
insert into parties.party (id, kind, name, content, turvakielto, organisations, words)
select party_id, kind, name, golden,
       case when kind = 'organisation' or not turvakielto then 'off' when turvakielto then 'on' else 'unknown' end,
       %(organisations)s::integer[], words
from said where born
"""

NEWS_BLOCK = 100
"""Births told in one row of news: as many as fit a row that stays in its page."""

_NEWS = """
insert into parties.change (party_ids, kind, items, organisations, at)
select array_agg(party_id), 'born', '{}', %(organisations)s::integer[], %(at)s
from (select party_id, (row_number() over () - 1) / %(news_block)s as block from said where born) as births
group by block order by block
"""

_NAME = """
insert into parties.record (id, source_id, key, party_id, digest, turvakielto, since_on, ended_on)
select coalesce(record_id, party_id), %(source_id)s, key, party_id, digest, turvakielto, %(today)s, %(valid_to)s
from said where fresh_record
"""

_IDENTIFY = """
insert into parties.identifier (kind, blind, party_id)
select 'hetu', hetu, party_id from said where hetu is not null
union all
select 'ytunnus', ytunnus, party_id from said where ytunnus is not null
on conflict (blind) do nothing
"""
"""Remember every identity code, and whose it is; one seen before stays where it is."""

_CLOSE = """
update parties.statement s set recorded = tstzrange(lower(s.recorded), %(at)s)
from said
where not said.fresh_record and s.record_id = said.record_id and upper_inf(s.recorded) and lower(s.recorded) < %(at)s
"""

_RENAME = """
update parties.record r
set party_id = said.party_id, digest = said.digest, turvakielto = coalesce(said.turvakielto, r.turvakielto),
    since_on = case when r.ended_on is null then r.since_on else %(today)s end, ended_on = %(valid_to)s
from said
where not said.fresh_record and r.id = said.record_id
"""

_STATE = """
insert into parties.statement (id, record_id, content, sealed, valid, recorded, batch_id, row_no, account_id,
                               reason, evidence)
select coalesce(statement_id, party_id), coalesce(record_id, party_id), content, sealed,
       (select daterange(%(today)s, %(valid_to)s)), (select tstzrange(%(at)s, null)),
       %(batch_id)s, row_no, %(account_id)s, %(reason)s, %(evidence)s
from said
"""


def _blocks(vault: Vault, lexicon: Lexicon, origin: Origin, placed: Sequence[Placed]) -> Iterator[bytes]:
    """The staged rows in COPY's text format, one block for all."""
    organisation = origin.source.organisation_id
    organisations = () if organisation is None else (organisation,)
    lines = []
    for one in placed:
        said = one.said
        content = said.content
        if one.covered:
            content = {name: value for name, value in content.items() if name not in COVERED}
        sealed = NULL
        if said.secrets:
            plain = orjson.dumps(said.secrets)
            sealed = _bytes(vault.seal(plain, key="secret", place=SEALED_PLACE + one.statement_id))
        word = content.get("turvakielto")
        golden = name = lexemes = NULL
        if one.born:
            survivor = single(content)
            golden = NULL if one.fresh_record else _json(survivor)
            name = _escape(words.shown_name(said.kind, survivor))
            found, spelled = words.of_party(survivor, organisations)
            lexemes = " ".join(found)
            lexicon.hear(spelled)
        codes = dict(one.blinds)
        hetu, ytunnus = (_bytes(codes.get(kind)) for kind in ("hetu", "ytunnus"))
        lines.append(
            f"{one.party_id}\t{one.record_id}\t{one.statement_id}\t{one.born:d}\t{one.fresh_record:d}\t{said.kind}\t{name}\t"
            f"{_escape(said.key)}\t{_bytes(said.digest)}\t{_json(content)}\t{golden}\t{sealed}\t"
            f"{NULL if word is None else word}\t{lexemes}\t{NULL if said.row_no is None else said.row_no}\t"
            f"{hetu}\t{ytunnus}\n"
        )
    yield "".join(lines).encode()


def _json(content: Content) -> str:
    return orjson.dumps(content).decode().replace("\\", "\\\\")


def _bytes(value: bytes | None) -> str:
    return NULL if value is None else "\\\\x" + value.hex()


def _escape(text: str) -> str:
    """A text for COPY; tabs and line ends can't be in a checked text."""
    return text.replace("\\", "\\\\")


def _judge(tx: Write, origin: Origin, placed: Iterable[Placed]) -> None:
    """A record placed with a party that others already speak of is a judgement, with its rule."""
    judged = [one for one in placed if one.rule is not None]
    if judged:
        tx.run(
            """
            insert into parties.judgement (id, record_id, party_id, former_party_id, verdict, rule, at, account_id, reason)
            select id, record_id, party_id, former, 'same', rule, %(at)s, %(account_id)s, %(reason)s
            from unnest(%(ids)s::uuid[], %(records)s::uuid[], %(parties)s::uuid[], %(formers)s::uuid[], %(rules)s::text[])
                as judged (id, record_id, party_id, former, rule)
            """,
            at=tx.at,
            account_id=origin.account_id,
            reason=origin.reason,
            ids=ids.batch(len(judged)),
            records=[one.record_id for one in judged],
            parties=[one.party_id for one in judged],
            formers=[one.moved_from for one in judged],
            rules=[one.rule for one in judged],
        )


def _protect(tx: Write, vault: Vault, placed: Iterable[Placed]) -> None:
    """Covered values of customers under a non-disclosure order go to their own table and key."""
    apart = []
    for one in placed:
        values = {name: value for name, value in one.said.content.items() if name in COVERED}
        if one.covered and values:
            place = PROTECTED_PLACE + one.statement_id
            apart.append((one, vault.seal(orjson.dumps(values), key="protected", place=place)))
    if apart:
        tx.run(
            """
            insert into parties.protected (record_id, statement_id, sealed)
            select * from unnest(%(records)s::uuid[], %(statements)s::uuid[], %(sealed)s::bytea[])
            """,
            records=[one.record_id for one, _ in apart],
            statements=[one.statement_id for one, _ in apart],
            sealed=[sealed for _, sealed in apart],
        )


def silence(tx: Write, origin: Origin, record_ids: Sequence[UUID], *, from_on: date | None = None) -> None:
    """The source falls silent about the records, from today or a later day: a statement without content."""
    if not record_ids:
        return
    today = day(tx.at)
    parameters = {"records": list(record_ids), "at": tx.at, "from_on": from_on or today}
    if from_on is None:
        tx.run(
            """
            update parties.statement set recorded = tstzrange(lower(recorded), %(at)s)
            where record_id = any (%(records)s) and upper_inf(recorded) and lower(recorded) < %(at)s
            """,
            **parameters,
        )
    tx.run(
        """
        insert into parties.statement (id, record_id, valid, recorded, batch_id, account_id, reason)
        select uuidv7(), record_id, daterange(%(from_on)s, null), tstzrange(%(at)s, null), %(batch_id)s,
               %(account_id)s, %(reason)s
        from unnest(%(records)s::uuid[]) as record_id
        """,
        **parameters,
        batch_id=origin.batch_id,
        account_id=origin.account_id,
        reason=origin.reason,
    )
    tx.run("update parties.record set ended_on = %(from_on)s, digest = '' where id = any (%(records)s)", **parameters)
