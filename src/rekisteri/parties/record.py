"""Recording: new words of a source appended, set-based; one row takes the same road as a million."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from rekisteri.access import Write
from rekisteri.catalogue import COVERED, Content, PartyKind
from rekisteri.ground import ids, packed
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import laid, words
from rekisteri.parties.laid import Born, Codes, Named, Origin, Stated
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.named import note_named
from rekisteri.parties.survive import single

SEALED_PLACE = "parties.statement|sealed|"
PROTECTED_PLACE = "parties.protected|sealed|"


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


def record(tx: Write, vault: Vault, lexicon: Lexicon, origin: Origin, placed: Sequence[Placed]) -> None:
    """Append every saying: parties born, records named, statements, identity codes, judgements.

    Existing parties' golden records are left to ``refresh``; a born party's is its one
    statement's content, and is not written again.
    """
    if not placed:
        return
    contents = [_clear(one) for one in placed]
    _bear(tx, lexicon, origin, [(one, content) for one, content in zip(placed, contents, strict=True) if one.born])
    _name(tx, origin, placed)
    laid.state(
        tx,
        origin,
        Stated(
            packed.uuids([one.statement_id for one in placed]),
            packed.uuids([one.record_id for one in placed]),
            packed.documents([orjson.dumps(content) for content in contents]),
            packed.blobs(_sealed(vault, placed)),
            packed.numbers([one.said.row_no for one in placed]),
        ),
    )
    codes = [(kind, blind, one.party_id) for one in placed for kind, blind in one.blinds]
    if codes:
        kinds, blinds, bearers = zip(*codes, strict=True)
        laid.identify_new(tx, Codes(packed.texts(kinds), packed.blobs(blinds), packed.uuids(bearers)))
    note_named(tx, vault, origin, [(one.record_id, one.said.secrets.items(), one.fresh_record) for one in placed])
    _judge(tx, origin, placed)
    _protect(tx, vault, placed)
    lexicon.learn(tx)


def _clear(one: Placed) -> Content:
    """What stands in the statement in clear."""
    if not one.covered:
        return one.said.content
    return {name: value for name, value in one.said.content.items() if name not in COVERED}


def _sealed(vault: Vault, placed: Sequence[Placed]) -> list[bytes | None]:
    """The secrets of each statement, sealed together: keys for many come at one go."""
    bearing = [one for one in placed if one.said.secrets]
    plains = [orjson.dumps(one.said.secrets) for one in bearing]
    made = iter(vault.seal_all(plains, key="secret", places=[SEALED_PLACE + one.statement_id for one in bearing]))
    return [next(made) if one.said.secrets else None for one in placed]


def _bear(tx: Write, lexicon: Lexicon, origin: Origin, born: Sequence[tuple[Placed, Content]]) -> None:
    if not born:
        return
    organisation = origin.source.organisation_id
    organisations = () if organisation is None else (organisation,)
    names, lexemes, goldens = [], [], []
    for one, content in born:
        survivor = single(content)
        found, spelled = words.of_party(survivor, organisations)
        lexicon.hear(spelled)
        names.append(words.shown_name(one.said.kind, survivor))
        lexemes.append(" ".join(found))
        goldens.append(None if one.fresh_record else orjson.dumps(survivor))
    laid.bear(
        tx,
        origin,
        Born(
            packed.uuids([one.party_id for one, _ in born]),
            packed.texts(one.said.kind for one, _ in born),
            packed.texts(names),
            packed.flags(_order(one) for one, _ in born),
            packed.texts(lexemes),
            packed.documents(goldens),
        ),
    )


def _name(tx: Write, origin: Origin, placed: Iterable[Placed]) -> None:
    fresh: list[Placed] = []
    known: list[Placed] = []
    for one in placed:
        (fresh if one.fresh_record else known).append(one)
    if fresh:
        laid.name(tx, origin, _named(fresh))
    if known:
        laid.rename(tx, origin, _named(known))


def _named(placed: Sequence[Placed]) -> Named:
    return Named(
        packed.uuids([one.record_id for one in placed]),
        packed.uuids([one.party_id for one in placed]),
        packed.texts(one.said.key for one in placed),
        packed.blobs([one.said.digest for one in placed]),
        packed.flags(_order(one) for one in placed),
    )


def _order(one: Placed) -> bool | None:
    """The word on non-disclosure, if there is one."""
    word = one.said.content.get("turvakielto")
    return word if isinstance(word, bool) else None


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
            ids=packed.uuids(ids.batch(len(judged))),
            records=packed.uuids([one.record_id for one in judged]),
            parties=packed.uuids([one.party_id for one in judged]),
            formers=[one.moved_from for one in judged],
            rules=packed.texts(one.rule for one in judged),
        )


def _protect(tx: Write, vault: Vault, placed: Iterable[Placed]) -> None:
    """Covered values of customers under a non-disclosure order go to their own table and key."""
    apart = []
    for one in placed:
        if one.covered and not COVERED.isdisjoint(one.said.content):
            apart.append((one, {name: value for name, value in one.said.content.items() if name in COVERED}))
    if apart:
        places = [PROTECTED_PLACE + one.statement_id for one, _ in apart]
        sealed = vault.seal_all([orjson.dumps(values) for _, values in apart], key="protected", places=places)
        tx.run(
            """
            insert into parties.protected (record_id, statement_id, sealed)
            select * from unnest(%(records)s::uuid[], %(statements)s::uuid[], %(sealed)s::bytea[])
            """,
            records=[one.record_id for one, _ in apart],
            statements=[one.statement_id for one, _ in apart],
            sealed=sealed,
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
