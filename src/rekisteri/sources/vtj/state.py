"""Stating as VTJ: the words of one or of thousands of persons, appended where they say anything new.

A person's record keeps its party, whatever the identity code: a new code is one more of the
same customer's. A code that is another customer's is told and nothing of that person is stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.catalogue import Content, Disclosure, PartyKind, Value
from rekisteri.ground import ids, packed
from rekisteri.ground.keys import Vault
from rekisteri.parties import LastWord, Lexicon, Origin, PartyHead, Placed, Said
from rekisteri.sources.vtj.observe import SECRET_ITEMS


@dataclass(frozen=True, slots=True)
class Utterance:
    """What VTJ says of a customer, whole, and its last word before, if it has one."""

    party_id: UUID
    before: LastWord | None
    content: Content
    secrets: dict[str, str]


@dataclass(slots=True)
class Uttered:
    """What became of utterances: parties that changed, that were as said, and whose code is another's."""

    changed: list[UUID] = field(default_factory=list)
    unchanged: int = 0
    conflicts: dict[UUID, UUID] = field(default_factory=dict)
    """Party to the customer that bears its code already."""


def state(tx: Write, vault: Vault, lexicon: Lexicon, origin: Origin, utterances: Sequence[Utterance]) -> Uttered:
    """State every utterance that differs from the last word. The identity lock must be held."""
    done = Uttered()
    parties.renew_codes(tx, vault, [("hetu", one.secrets["hetu"]) for one in utterances])
    fresh = _fresh(vault, utterances)
    done.unchanged = len(utterances) - len(fresh)
    owners = {known.blind: known.party_id for known in parties.known_identities(tx, [blind for *_, blind in fresh])}
    heads = parties.heads(tx, [one.party_id for one, *_ in fresh])
    placed = []
    statement_ids = iter(ids.batch(len(fresh)))
    secret_items: dict[UUID, list[str]] = {}
    for one, digest, blind in fresh:
        owner = owners.setdefault(blind, one.party_id)
        if owner != one.party_id:
            done.conflicts[one.party_id] = owner
            continue
        placed.append(_placed(one, digest, blind, heads[one.party_id], next(statement_ids)))
        done.changed.append(one.party_id)
        secret_items[one.party_id] = secrets_changed({} if one.before is None else one.before.secrets, one.secrets)
    parties.record(tx, vault, lexicon, origin, placed)
    parties.refresh(tx, vault, lexicon, done.changed, secret_items)
    tx.gather([str(party_id) for party_id in done.changed])
    return done


def _fresh(vault: Vault, utterances: Sequence[Utterance]) -> list[tuple[Utterance, bytes, bytes]]:
    """Those that differ from the last word, each with its digest and the blind index of its code."""
    words = [orjson.dumps([one.content, one.secrets], option=orjson.OPT_SORT_KEYS) for one in utterances]
    digests = vault.digest_all(b"vtj", words)
    known = {str(place): one.before.digest for place, one in enumerate(utterances) if one.before is not None}
    lifted = vault.lift_all(known)
    differing = [
        (one, digest)
        for place, (one, digest) in enumerate(zip(utterances, digests, strict=True))
        if one.before is None or lifted[str(place)] != digest or one.before.ended_on is not None
    ]
    blinds = vault.blind_all("hetu", [one.secrets["hetu"] for one, _ in differing])
    return [(one, digest, blind or b"") for (one, digest), blind in zip(differing, blinds, strict=True)]


def secrets_changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Names of the items whose sealed values differ."""
    if before == after:
        return []
    return [name for name in SECRET_ITEMS if _of(name, before) != _of(name, after)]


def _of(name: str, secrets: Mapping[str, str]) -> dict[str, str]:
    return {path: code for path, code in secrets.items() if path == name or path.startswith((f"{name}.", f"{name}["))}


def _placed(one: Utterance, digest: bytes, blind: bytes, head: PartyHead, statement_id: str) -> Placed:
    before = one.before
    record_id = UUID(statement_id) if before is None else before.record_id
    key = str(one.party_id) if before is None else before.key
    return Placed(
        said=Said(key, PartyKind.PERSON, one.content, one.secrets, digest),
        party_id=str(one.party_id),
        record_id=str(record_id),
        statement_id=statement_id,
        blinds=[("hetu", blind)],
        born=False,
        fresh_record=before is None,
        covered=_covered(one.content, head, record_id),
    )


def _covered(content: Mapping[str, Value], head: PartyHead, record_id: UUID) -> bool:
    """Whether a non-disclosure order covers the customer, this word heard: only whoever said on may end it."""
    if content.get("turvakielto") is True:
        return True
    if head.turvakielto is not Disclosure.ON:
        return False
    return not (content.get("turvakielto") is False and head.covering == [record_id])


def words_of(tx: Write, vault: Vault, source_id: int, party_ids: Iterable[UUID]) -> dict[UUID, LastWord]:
    """VTJ's last word of each customer; of several records of one (customers once merged), the one that lives."""
    found: dict[UUID, LastWord] = {}
    for word in parties.last_words(tx, vault, source_id, party_ids):
        other = found.get(word.party_id)
        if other is None or (other.ended_on is not None and word.ended_on is None):
            found[word.party_id] = word
    return found


def grounds(tx: Read, source_id: int, party_ids: Iterable[UUID]) -> str:
    """What the words of followed customers rest on, as a digest of its rows' versions: another one once any of it changed."""
    return str(
        tx.value(
            """
            select coalesce(encode(sha256(convert_to(string_agg(
                concat_ws(' ', f.id, f.xmin, r.id, r.xmin, s.id, s.xmin), '|' order by f.id, r.id), 'UTF8')), 'hex'), '')
            from sources.vtj_subscription f
            left join parties.record r on r.party_id = f.party_id and r.source_id = %(source_id)s
            left join lateral (
                select id, xmin from parties.statement
                where record_id = r.id and content is not null order by lower(recorded) desc, id desc limit 1
            ) s on true
            where f.party_id = any (%(ids)s::uuid[])
            """,
            source_id=source_id,
            ids=packed.uuid_bytes([one.bytes for one in party_ids]),
        )
    )


def owners(tx: Write, vault: Vault, codes: Iterable[str]) -> dict[str, UUID]:
    """Whose each identity code is, old ones too; one nobody bears is not there. The identity lock must be held."""
    listed = list(codes)
    parties.renew_codes(tx, vault, [("hetu", code) for code in listed])
    blinds = {vault.blind("hetu", code): code for code in listed}
    return {blinds[one.blind]: one.party_id for one in parties.known_identities(tx, blinds)}


def remember(tx: Write, vault: Vault, codes: Sequence[tuple[str, UUID]]) -> None:
    """Codes that were a customer's before stay findable as that customer's. The identity lock must be held."""
    parties.renew_codes(tx, vault, [("hetu", code) for code, _ in codes])
    parties.also_known(tx, "hetu", [(vault.blind("hetu", code), party_id) for code, party_id in codes])
