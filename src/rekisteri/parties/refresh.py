"""Refreshing golden records from the last words of their records: the same function, kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

import orjson

from rekisteri.access import Write
from rekisteri.catalogue import COVERED, Disclosure, PartyKind, SourceKind
from rekisteri.ground import packed
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import store, words
from rekisteri.parties.household import sheltered, tied, unsettled, unsettled_anywhere
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import PROTECTED_PLACE
from rekisteri.parties.store import PartyRow, SpokenRow
from rekisteri.parties.survive import Golden, Word, changed_items, heard, strictest, survive

LONG_AGO = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A golden record as it now is, beside what it was."""

    before: PartyRow
    golden: Golden
    turvakielto: Disclosure
    organisations: list[int]
    secret_items: Collection[str] = ()

    def changes(self) -> list[str]:
        """What changed: item names; ``customership`` and ``turvakielto`` where those did."""
        changed = sorted({*changed_items(self.before.content, self.golden.content), *self.secret_items})
        if self.organisations != sorted(self.before.organisations):
            changed.append("customership")
        if self.turvakielto != self.before.turvakielto:
            changed.append("turvakielto")
        return changed


def refresh(
    tx: Write,
    vault: Vault,
    lexicon: Lexicon,
    party_ids: Iterable[UUID],
    secret_items: Mapping[UUID, Collection[str]] = MappingProxyType({}),
) -> int:
    """Recompute the golden records of the parties, append what changed; how many changed.

    ``secret_items``: items of which a sealed value changed, which no clear content shows.

    Where a non-disclosure order has come on, the covered values of every statement of the
    party, old ones too, are moved apart in this same transaction (Act 661/2009 § 37); and
    those of everybody whom custody ties to the party, for they may live together.
    """
    wanted = list(dict.fromkeys(party_ids))
    if not wanted:
        return 0
    changed, ordered = _refresh(tx, vault, lexicon, wanted, secret_items)
    # Shelter goes no further than from who is under an order: one step is all.
    near = tied(tx, ordered).difference(wanted) if ordered else ()
    return changed + _settle(tx, vault, lexicon, unsettled(tx, near) if near else [])


def settle_tied(tx: Write, vault: Vault, lexicon: Lexicon, party_ids: Iterable[UUID]) -> int:
    """Bring these customers, and those custody ties to them, under or out from under each other's orders; how many.

    Whoever brings in customers without a ``refresh`` calls it of them.
    """
    ours = set(party_ids)
    return _settle(tx, vault, lexicon, unsettled(tx, ours | tied(tx, ours)) if ours else [])


def settle_households(tx: Write, vault: Vault, lexicon: Lexicon) -> int:
    """As ``settle_tied``, of the whole register: after a crowd, and in the nightly run."""
    return _settle(tx, vault, lexicon, unsettled_anywhere(tx))


def _settle(tx: Write, vault: Vault, lexicon: Lexicon, found: Sequence[UUID]) -> int:
    return _refresh(tx, vault, lexicon, found, {})[0] if found else 0


def _refresh(
    tx: Write,
    vault: Vault,
    lexicon: Lexicon,
    wanted: Sequence[UUID],
    secret_items: Mapping[UUID, Collection[str]],
) -> tuple[int, list[UUID]]:
    """How many golden records changed, and whose order may have come over others or left them."""
    today = day(tx.at)
    before = store.parties(tx, wanted)
    spoken: dict[UUID, list[SpokenRow]] = defaultdict(list)
    for row in store.spoken(tx, wanted):
        spoken[row.party_id].append(row)
    own = {party_id: _own(row, spoken[party_id]) for party_id, row in before.items()}
    persons = [party_id for party_id, row in before.items() if row.kind is PartyKind.PERSON]
    states = own | dict.fromkeys(sheltered(tx, persons), Disclosure.ON)
    was = {party_id for party_id, row in before.items() if row.turvakielto is Disclosure.ON}
    left = {party_id for party_id in was if states[party_id] is not Disclosure.ON}
    states |= dict.fromkeys(_let_out(tx, vault, left), Disclosure.ON)
    came = [party_id for party_id, state in states.items() if state is Disclosure.ON and party_id not in was]
    if came:
        cover(tx, vault, came)
    for party_id in {*came, *left}:
        spoken[party_id] = []
    for row in store.spoken(tx, [*came, *left]) if came or left else ():
        spoken[row.party_id].append(row)
    done = [
        Refreshed(
            before[party_id],
            golden(spoken[party_id], today),
            states[party_id],
            customers_of(spoken[party_id], today),
            secret_items.get(party_id, ()),
        )
        for party_id in before
    ]
    changed = [(one, items) for one in done if (items := one.changes())]
    _write(tx, lexicon, changed)
    return len(changed), [one for one, state in own.items() if state is Disclosure.ON or one in left]


def _let_out(tx: Write, vault: Vault, party_ids: Collection[UUID]) -> list[UUID]:
    """Put back what another's order alone had covered of customers whom it covers no more; who has to stay.

    An act that opens no covered values can't: then they stay covered until one that does, the nightly run at the latest.
    """
    if not party_ids:
        return []
    rows = tx.tuples(
        """
        select r.party_id, r.id from parties.record r
        where r.party_id = any (%(ids)s) and not exists (
            select from parties.record other join parties.statement s on s.record_id = other.id
            where other.party_id = r.party_id and s.content::jsonb @> '{"turvakielto": true}')
        """,
        ids=list(party_ids),
    )
    if not tx.act.action.policy.protected:
        return [party_id for party_id, _ in rows]
    uncover(tx, vault, [record_id for _, record_id in rows])
    return []


def _own(before: PartyRow, spoken: Iterable[SpokenRow]) -> Disclosure:
    """The state of the customer's own order: the law gives it to persons alone (Act 661/2009 § 36)."""
    if before.kind is PartyKind.ORGANISATION:
        return Disclosure.OFF
    return strictest(row.turvakielto for row in spoken)


def golden(spoken: Sequence[SpokenRow], today: date) -> Golden:
    """The golden record of the records that still speak; of all of them when none does."""
    return survive(
        heard(
            (
                Word(row.statement_id, row.source_kind, row.organisation_id,
                     (row.holds_from or LONG_AGO).isoformat(), row.recorded_at, row.content),
                _lives(row, today),
            )
            for row in spoken
        )
    )  # fmt: skip


def customers_of(spoken: Iterable[SpokenRow], today: date) -> list[int]:
    """The client organisations with a live customership, in order."""
    return sorted(
        {
            row.organisation_id
            for row in spoken
            if row.source_kind == SourceKind.ORGANISATION and row.organisation_id is not None and _lives(row, today)
        }
    )


def _lives(row: SpokenRow, today: date) -> bool:
    return row.ended_on is None or row.ended_on > today


def cover(tx: Write, vault: Vault, party_ids: Iterable[UUID]) -> None:
    """Move the covered values of every statement of the parties to the protected table."""
    rows = tx.tuples(
        # Whose they are first: to look into everybody's content instead takes seconds, and no statistics warn of it.
        """
        select record_id, id, content from (
            select s.record_id, s.id, s.content from parties.record r
            join lateral (select * from parties.statement s where s.record_id = r.id offset 0) s on true
            where r.party_id = any (%(ids)s)
        ) s
        where content::jsonb ?| %(covered)s::text[]
        """,
        ids=list(party_ids),
        covered=sorted(COVERED),
    )
    record_ids = [record_id for record_id, _, _ in rows]
    statement_ids = [statement_id for _, statement_id, _ in rows]
    sealed = vault.seal_all(
        [orjson.dumps({name: value for name, value in content.items() if name in COVERED}) for _, _, content in rows],
        key="protected",
        places=[f"{PROTECTED_PLACE}{statement_id}" for statement_id in statement_ids],
    )
    tx.run(
        """
        insert into parties.protected (record_id, statement_id, sealed)
        select * from unnest(%(records)s::uuid[], %(ids)s::uuid[], %(sealed)s::bytea[])
        """,
        records=record_ids,
        ids=statement_ids,
        sealed=sealed,
    )
    tx.run(
        """
        update parties.statement s set content = (s.content::jsonb - %(covered)s::text[])::json
        from unnest(%(records)s::uuid[], %(ids)s::uuid[]) as uncovered (record_id, id)
        where s.record_id = uncovered.record_id and s.id = uncovered.id
        """,
        records=record_ids,
        ids=statement_ids,
        covered=sorted(COVERED),
    )


def uncover(tx: Write, vault: Vault, record_ids: Iterable[UUID]) -> None:
    """Put the covered values of records that never spoke of a non-disclosure order back where they were said."""
    rows = tx.tuples(
        """
        select s.record_id, s.id, p.sealed from parties.protected p
        join parties.statement s on s.record_id = p.record_id and s.id = p.statement_id
        where s.record_id = any (%(records)s)
          and not exists (select from parties.statement said
                          where said.record_id = s.record_id and said.content::jsonb @> '{"turvakielto": true}')
        """,
        records=list(record_ids),
    )
    statement_ids = [statement_id for _, statement_id, _ in rows]
    tx.run(
        """
        update parties.statement s set content = (s.content::jsonb || opened.covered)::json
        from unnest(%(records)s::uuid[], %(ids)s::uuid[], %(contents)s::jsonb[]) as opened (record_id, id, covered)
        where s.record_id = opened.record_id and s.id = opened.id
        """,
        records=[record_id for record_id, _, _ in rows],
        ids=statement_ids,
        contents=[
            vault.open(sealed, key="protected", place=f"{PROTECTED_PLACE}{statement_id}").decode()
            for _, statement_id, sealed in rows
        ],
    )
    tx.run("delete from parties.protected where statement_id = any (%(ids)s)", ids=statement_ids)


def _write(tx: Write, lexicon: Lexicon, changed: Sequence[tuple[Refreshed, list[str]]]) -> None:
    if not changed:
        return
    ids = packed.ids(one.before.id for one, _ in changed)
    organisations = packed.texts(_array(one.organisations) for one, _ in changed)
    lexemes = []
    for one, _ in changed:
        found, spelled = words.of_party(one.golden.content, one.organisations)
        lexicon.hear(spelled)
        lexemes.append(" ".join(found))
    tx.run(
        """
        update parties.party p
        set name = r.name, content = r.content::jsonb, winners = r.winners::jsonb, turvakielto = r.turvakielto,
            organisations = r.organisations::integer[], words = r.words::tsvector, version = p.version + 1
        from unnest(%(ids)s::uuid[], %(names)s::text[], %(contents)s::json[], %(winners)s::json[], %(orders)s::text[],
                    %(organisations)s::text[], %(words)s::text[])
            as r (id, name, content, winners, turvakielto, organisations, words)
        where p.id = r.id
        """,
        ids=ids,
        names=packed.texts(_name(one) for one, _ in changed),
        contents=packed.documents([orjson.dumps(one.golden.content) for one, _ in changed]),
        winners=packed.documents([orjson.dumps(one.golden.winners) for one, _ in changed]),
        orders=packed.texts(one.turvakielto.value for one, _ in changed),
        organisations=organisations,
        words=packed.texts(lexemes),
    )
    reached = [{*one.organisations, *one.before.organisations} for one, _ in changed]
    tx.run(
        """
        insert into parties.change (party_ids, kind, items, organisations, at)
        select array[id], case when organisations = '{}' then 'ended' else 'changed' end, items::text[],
               reached::integer[], %(at)s
        from unnest(%(ids)s::uuid[], %(organisations)s::text[], %(items)s::text[], %(reached)s::text[])
            as r (id, organisations, items, reached)
        """,
        at=tx.at,
        ids=ids,
        organisations=organisations,
        items=packed.texts(_array(items) for _, items in changed),
        reached=packed.texts(_array(sorted(numbers)) for numbers in reached),
    )
    lexicon.learn(tx)


def _name(one: Refreshed) -> str:
    """The name shown; a party whose records all moved elsewhere keeps the one it had."""
    content = one.golden.content
    named = "surname" in content or "organisation_name" in content
    return words.shown_name(PartyKind(one.before.kind), content) if named else one.before.name


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(str(value) for value in values) + "}"
