"""What is held of me: the data subject's own view, item by item, with who says so and since when.

Read within reach ``self``: row-level security shows the one customer and nobody else. While a non-disclosure
order is on or not known to be off, covered values are left out: somebody may look over the shoulder, and they
have an act of their own, with a fresh proof (Act 661/2009 § 36). Of other people the relation alone is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read
from rekisteri.catalogue import (
    BY_NAME,
    COVERED,
    ITEMS,
    OWN,
    Choice,
    Content,
    Disclosure,
    Item,
    PartyKind,
    SourceKind,
    Value,
    each,
    masked,
)
from rekisteri.ground.clock import day
from rekisteri.ground.keys import Vault
from rekisteri.parties import Dossier, Uttered

OTHERS = frozenset({"custodian", "guardian", "estate_contact", "contact_person"})
"""Items whose values are other people."""
ABOUT_OTHERS = frozenset({"valid_from", "valid_to", "mandate", "matters", "restriction"})
"""Parts of these that tell of the relation and not of the other person."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What one source says, or said: ``until`` is when a newer word took its place, None for one in force."""

    value: Value | None
    source: SourceKind
    organisation_id: int | None
    since: date | None
    recorded_at: datetime
    until: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One item: the word that is used first, other sources' words, and what was said before, the newest first."""

    item: Item
    used: tuple[Saying, ...]
    others: tuple[Saying, ...]
    former: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """A client organisation's customership, with the items that are that organisation's own."""

    organisation_id: int
    key: str
    since: date | None
    ended: bool
    values: tuple[tuple[Item, Value], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Held:
    """Everything held of one customer, as the customer sees it. ``covered``: covered values were left out.

    ``mine`` are the items the person has told and not taken back, with the value where it may be shown.
    """

    party_id: UUID
    kind: PartyKind
    name: str
    turvakielto: Disclosure
    items: tuple[HeldItem, ...]
    memberships: tuple[Membership, ...]
    covered: bool
    mine: Mapping[str, Value | None]

    def item(self, name: str) -> HeldItem | None:
        """One item, if anything is held of it."""
        return next((one for one in self.items if one.item.name == name), None)


def held(tx: Read, vault: Vault, party_id: UUID, *, hidden: frozenset[str] = frozenset()) -> Held:
    """What is held, less what a non-disclosure order covers unless it is known to be off. Raises ``Missing``.

    ``hidden`` are further items not to be told of, where somebody else looks for the customer.
    """
    dossier = parties.dossier(tx, vault, party_id)
    covered = dossier.turvakielto is not Disclosure.OFF
    without = hidden | COVERED if covered else hidden
    return _view(dossier, day(tx.at), frozenset(BY_NAME) - without, covered=covered)


def held_covered(tx: Read, vault: Vault, party_id: UUID) -> Held:
    """What a non-disclosure order covers, and nothing else: for the person alone. Raises ``Missing``."""
    dossier = parties.dossier(tx, vault, party_id)
    tx.note(items=sorted(COVERED))
    return _view(dossier, day(tx.at), COVERED, covered=False)


def _view(dossier: Dossier, today: date, shown: Iterable[str], *, covered: bool) -> Held:
    by_record: dict[UUID, list[Uttered]] = defaultdict(list)
    for word in dossier.words:
        by_record[word.record_id].append(word)
    told = {record: _Told.of(words, today) for record, words in by_record.items()}
    counting = _counting(told.values())
    items = tuple(
        found
        for item in ITEMS
        if item.name in shown and item.choice is not Choice.OWN
        if (found := _item(item, dossier.words, counting)) is not None
    )
    members = tuple(one.membership(shown) for one in told.values() if one.organisation)
    own = [word for word in counting.values() if word.source is SourceKind.PERSON and word.corrects is not None]
    mine = {str(word.corrects): (word.content or {}).get(str(word.corrects)) for word in own}
    return Held(
        dossier.party_id, dossier.kind, dossier.name, dossier.turvakielto, items,
        tuple(sorted(members, key=lambda one: (one.ended, one.organisation_id, one.key))), covered,
        {name: value if name in shown else None for name, value in mine.items()},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """One record: its last word, and whether its source still speaks."""

    last: Uttered
    first: Uttered
    speaks: bool

    @classmethod
    def of(cls, words: list[Uttered], today: date) -> _Told:
        said = [word for word in words if word.content is not None]
        standing = [word for word in words if word.superseded_at is None and (word.valid_from or today) <= today]
        return cls(said[-1], words[0], bool(standing) and standing[-1].content is not None)

    @property
    def organisation(self) -> bool:
        return self.last.source is SourceKind.ORGANISATION

    def membership(self, shown: Iterable[str]) -> Membership:
        last = self.last
        assert last.organisation_id is not None
        content: Content = last.content or {}
        values = tuple((BY_NAME[name], content[name]) for name in sorted(OWN & content.keys()) if name in shown)
        return Membership(last.organisation_id, last.key, self.first.valid_from, not self.speaks, values)


ADDED = frozenset({SourceKind.MAINTAINER, SourceKind.PERSON, SourceKind.LEDGER})
"""Sources whose words count only while they are in force."""


def _counting(told: Iterable[_Told]) -> Mapping[UUID, Uttered]:
    """The words that count, by statement: those in force; where no customership is, the last words of all."""
    every = list(told)
    sources = [one for one in every if one.last.source not in ADDED]
    living = [one for one in sources if one.speaks] or sources
    added = [one for one in every if one.last.source in ADDED and one.speaks]
    return {one.last.statement_id: one.last for one in (*living, *added)}


def _item(item: Item, words: list[Uttered], counting: Mapping[UUID, Uttered]) -> HeldItem | None:
    said = [word for word in words if word.content is not None and item.name in word.content]
    if not said:
        return None
    ranks = {source: rank for rank, source in enumerate(item.ranks)}
    now = [word for word in reversed(said) if word.statement_id in counting]
    now.sort(key=lambda word: word.valid_from or date.min, reverse=True)
    now.sort(key=lambda word: ranks.get(word.source, len(ranks)))
    every = item.choice in (Choice.ALL, Choice.STRICTEST)
    used, others = (now, []) if every else (now[:1], now[1:])
    former = [word for word in reversed(said) if word.statement_id not in counting]
    return HeldItem(
        item,
        tuple(_saying(item, word) for word in used),
        tuple(_saying(item, word) for word in others),
        tuple(_saying(item, word) for word in former),
    )


def _saying(item: Item, word: Uttered) -> Saying:
    assert word.content is not None
    return Saying(
        _told_value(item, word.content[item.name]), word.source, word.organisation_id, word.valid_from,
        word.recorded_at, word.superseded_at, word.reason,
    )  # fmt: skip


def _told_value(item: Item, value: Value) -> Value | None:
    """The value with codes masked; of another person only the relation, None where nothing is left to tell."""
    if item.name not in OTHERS:
        return masked(item.name, value)
    told = [
        {name: part for name, part in one.items() if name in ABOUT_OTHERS}
        for one in each(value)
        if isinstance(one, dict)
    ]
    kept = [one for one in told if one]
    return kept or None
