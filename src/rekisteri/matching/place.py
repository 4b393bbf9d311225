"""Placing: an exact identity code links at once, a contradiction goes to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rekisteri.access import Read
from rekisteri.catalogue import Disclosure, PartyKind, Reason
from rekisteri.ground import ids
from rekisteri.ground.keys import Vault
from rekisteri.parties import (
    KnownRecord,
    PartyHead,
    Placed,
    Said,
    Source,
    heads,
    identity_kinds,
    known_identities,
    words,
)

RULE_IDENTITY = "exact_identity"
RULE_FIRST_CODE = "first_identity_code"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A saying that contradicts what is known: why, and whose card it is about."""

    said: Said
    reason: Reason
    party_id: UUID | None


@dataclass(frozen=True, slots=True)
class Placing:
    """What became of a set of sayings."""

    placed: list[Placed]
    doubts: list[Doubt]

    def touched(self) -> list[UUID]:
        """Parties that were there before and must be refreshed."""
        found: dict[str, None] = {}
        for one in self.placed:
            if not one.born:
                found[one.party_id] = None
            if one.moved_from is not None:
                found[one.moved_from] = None
        return [UUID(party_id) for party_id in found]


def codes(sayings: Iterable[Said]) -> list[tuple[str, str]]:
    """Every identity code said, by kind: what ``identities`` makes indexes of."""
    found = [("hetu", said.secrets["hetu"]) for said in sayings if "hetu" in said.secrets]
    return found + [("ytunnus", str(said.content["ytunnus"])) for said in sayings if "ytunnus" in said.content]


def identities(vault: Vault, said: Said) -> list[tuple[str, bytes]]:
    """The blind indexes of the identity codes a saying carries."""
    found = []
    if "hetu" in said.secrets:
        found.append(("hetu", vault.blind("hetu", said.secrets["hetu"])))
    if "ytunnus" in said.content:
        found.append(("ytunnus", vault.blind("ytunnus", str(said.content["ytunnus"]))))
    return found


def place(tx: Read, vault: Vault, source: Source, sayings: Sequence[Said], known: dict[str, KnownRecord]) -> Placing:
    """Decide for each saying its party and record.

    A code seen before links at once, old codes too. In doubt, and left to a person: codes
    of two customers on one row; a customer number whose code changed; a code whose owner
    bears quite another name; a code's owner or a number's customer that is of the other kind.
    """
    blinds = [identities(vault, said) for said in sayings]
    owners = {
        (row.kind, row.blind): row.party_id
        for row in known_identities(tx, {blind for found in blinds for _, blind in found})
    }
    world = _World(tx, owners, known, sayings)
    placed: list[Placed] = []
    doubts: list[Doubt] = []
    fresh = iter(ids.batch(len(sayings)))
    for said, codes in zip(sayings, blinds, strict=True):
        verdict = world.judge(said, codes)
        if isinstance(verdict, Doubt):
            doubts.append(verdict)
            continue
        one = _placed(said, codes, verdict, known.get(said.key), next(fresh))
        one.covered = one.covered or world.covered(verdict.party_id, one)
        world.learn(one)
        placed.append(one)
    return Placing(placed, doubts)


@dataclass(frozen=True, slots=True)
class _Head:
    kind: PartyKind
    names: list[str]
    covering: frozenset[str] | None
    """Records that hold the non-disclosure order on; None where there is no order."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    party_id: UUID | str | None
    rule: str | None = None
    moved_from: UUID | None = None


def _placed(
    said: Said, codes: list[tuple[str, bytes]], verdict: _Verdict, record: KnownRecord | None, statement_id: str
) -> Placed:
    """The saying with its place: a record's first statement bears the record's id, a party's first record the party's."""
    born = verdict.party_id is None
    return Placed(
        said=said,
        party_id=statement_id if born else str(verdict.party_id),
        record_id=statement_id if record is None else str(record.id),
        statement_id=statement_id,
        blinds=codes,
        born=born,
        fresh_record=record is None,
        covered=said.content.get("turvakielto") is True,
        moved_from=None if verdict.moved_from is None else str(verdict.moved_from),
        rule=verdict.rule,
    )


class _World:
    """What is known while one set of sayings is placed; learns as it goes, so that the
    second row of a new customer meets the first."""

    def __init__(
        self,
        tx: Read,
        owners: dict[tuple[str, bytes], UUID],
        known: dict[str, KnownRecord],
        sayings: Sequence[Said],
    ) -> None:
        self._owners: dict[tuple[str, bytes], UUID | str] = dict(owners)
        self._known = known
        named = {known[said.key].party_id for said in sayings if said.key in known}
        self._heads: dict[str, _Head] = {
            str(head.id): _Head(head.kind, _names_of(head), _covering(head))
            for head in heads(tx, {*owners.values(), *named}).values()
        }
        self._kinds = identity_kinds(tx, named)

    def judge(self, said: Said, codes: list[tuple[str, bytes]]) -> _Verdict | Doubt:
        found = dict.fromkeys(self._owners[code] for code in codes if code in self._owners)
        record = self._known.get(said.key)
        if len(found) > 1:
            return Doubt(said, Reason.MIXED_IDENTITY, _uuid(next(iter(found))))
        owner = next(iter(found), None)
        if record is None:
            return self._meet(said, owner) if owner is not None else _Verdict(None)
        if owner is not None and str(owner) == str(record.party_id):
            return self._stay(said, record)
        if any((record.party_id, kind) in self._kinds for kind, _ in codes):
            return Doubt(said, Reason.CHANGED_IDENTITY, record.party_id)
        if owner is None:
            return self._stay(said, record)
        met = self._meet(said, owner)
        if isinstance(met, Doubt):
            return met
        return _Verdict(owner, RULE_FIRST_CODE, record.party_id)

    def _stay(self, said: Said, record: KnownRecord) -> _Verdict | Doubt:
        """The customer the number has been, unless a person has become an organisation or the other way round."""
        if self._heads[str(record.party_id)].kind is not said.kind:
            return Doubt(said, Reason.KIND_CONTRADICTS, record.party_id)
        return _Verdict(record.party_id)

    def _meet(self, said: Said, owner: UUID | str) -> _Verdict | Doubt:
        head = self._heads[str(owner)]
        if head.kind is not said.kind:
            return Doubt(said, Reason.KIND_CONTRADICTS, _uuid(owner))
        if head.kind is PartyKind.PERSON and not words.names_agree(_names(said), head.names):
            return Doubt(said, Reason.NAME_CONTRADICTS, _uuid(owner))
        return _Verdict(owner, RULE_IDENTITY)

    def learn(self, one: Placed) -> None:
        for code in one.blinds:
            self._owners.setdefault(code, one.party_id)
        if one.blinds and one.born:
            self._heads[one.party_id] = _Head(
                one.said.kind, _names(one.said), frozenset({one.record_id}) if one.covered else None
            )

    def covered(self, party_id: UUID | str | None, one: Placed) -> bool:
        """Whether a non-disclosure order covers the customer, this saying heard.

        Only the record that said on can end the order, and only by saying off.
        """
        head = self._heads.get(str(party_id))
        if head is None or head.covering is None:
            return False
        ends = one.said.content.get("turvakielto") is False and head.covering == {one.record_id}
        return not ends


def _covering(head: PartyHead) -> frozenset[str] | None:
    return frozenset(map(str, head.covering)) if head.turvakielto is Disclosure.ON else None


def _uuid(party_id: UUID | str) -> UUID:
    return party_id if isinstance(party_id, UUID) else UUID(party_id)


def _names(said: Said) -> list[str]:
    text = words.shown_name(said.kind, said.content)
    former = words.texts(said.content.get("former_surnames"))
    return [*words.fold(text), *(word for name in former for word in words.fold(name))]


def _names_of(head: PartyHead) -> list[str]:
    return [*words.fold(head.name), *(word for name in head.former_surnames or () for word in words.fold(name))]
