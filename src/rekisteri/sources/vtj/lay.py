"""A page of the change interface laid upon the register, in the caller's transaction.

Everybody of the page goes the same way at once: their last words are opened, the entries
folded in, what differs stated. One whose data does not hold is kept apart with everything
that comes later of the same person; the rest goes on.

Opening and folding change nothing, and may be done before the identity lock is held: whoever has the lock then asks
whether everything they rest on still stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Write
from rekisteri.catalogue import Rules, SourceKind
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict
from rekisteri.ground.keys import Vault
from rekisteri.parties import LastWord, Lexicon, Origin
from rekisteri.sources.vtj import fold, follow_store
from rekisteri.sources.vtj.client_changes import ChangesSetup
from rekisteri.sources.vtj.fold import State
from rekisteri.sources.vtj.follow_store import Held, Subscription
from rekisteri.sources.vtj.state import Utterance, Uttered, grounds, owners, remember, state, words_of
from rekisteri.sources.vtj.wire_changes import Page, Person, Poison
from rekisteri.sources.vtj.wire_entries import Recoding

CODE_PLACE = "sources.vtj_subscription|sealed|"
HELD_PLACE = "sources.vtj_held|sealed|"
AFTER = "after"
"""The reason of a change that holds but waits behind one that does not."""
BRAKED = ("deaths", "moves", "renames")


class Anomaly(Conflict):
    """More deaths, moves or renames came at once than a day brings; look at them, and let them in or ask VTJ."""


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    counts: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.counts + other.counts, self.dropped + other.dropped)


@dataclass(frozen=True, slots=True)
class Layer:
    """What laying needs besides the transaction."""

    vault: Vault
    lexicon: Lexicon
    setup: ChangesSetup
    rules: Rules


def codes_of(vault: Vault, subscriptions: Sequence[Subscription]) -> list[str]:
    """The identity code each followed person is asked by."""
    sealed, places = [one.sealed for one in subscriptions], [f"{CODE_PLACE}{one.id}" for one in subscriptions]
    return [code.decode() for code in vault.open_all(sealed, key="secret", places=places)]


def sealed_codes(vault: Vault, codes: Sequence[tuple[UUID, str]]) -> list[bytes]:
    """Codes sealed, each for its subscription; given as (subscription, code)."""
    places = [f"{CODE_PLACE}{subscription_id}" for subscription_id, _ in codes]
    return vault.seal_all([hetu.encode() for _, hetu in codes], key="secret", places=places)


def brake(tally: Tally, followed: int, setup: ChangesSetup) -> None:
    """Raise ``Anomaly`` where a run brings an unlikely share of deaths, moves or renames."""
    most = max(setup.brake_least, int(followed * setup.brake_share))
    for name in BRAKED:
        if tally.counts[name] > most:
            raise Anomaly(
                f"VTJ tells of {tally.counts[name]} {name} among {followed} persons followed, more than {most}. Nothing of "
                "this page was taken; look at what is coming, then run again and let it in."
            )


class Laying:
    """One page under way: whom it is about, their words, and what becomes of them.

    ``locked``: the identity lock is held.
    """

    def __init__(self, tx: Write, layer: Layer, *, locked: bool = True) -> None:
        self._tx = tx
        self._layer = layer
        self._source = parties.sole_source(tx, SourceKind.VTJ)
        self._subscriptions: dict[UUID, Subscription] = {}
        self._codes: dict[UUID, str] = {}
        self._before: dict[UUID, LastWord] = {}
        self._states: dict[UUID, State] = {}
        self._held: dict[UUID, list[Held]] = {}
        self._absent: set[UUID] = set()
        self._passive: set[UUID] = set()
        self._locked = locked
        self._grounds: str | None = None
        """What the opened words rest on; None while nothing has been opened."""
        self.recoded: dict[UUID, str] = {}
        """By which code customers are asked from now on, of those whose code changed."""
        self.tally = Tally()

    def basic(self, asked: Mapping[str, Subscription], page: Page) -> None:
        """Fold basic data of the persons asked for, by code; those not in the answer VTJ does not know.

        Of somebody nobody asked of nothing is taken: that is counted.
        """
        self._count(page)
        told = {person.hetu: person for person in page.persons}
        self.tally.counts["strangers"] += len(told.keys() - asked.keys())
        self._open(asked.values(), {one.party_id: hetu for hetu, one in asked.items()})
        for hetu, subscription in asked.items():
            person = told.get(hetu)
            if person is None:
                self._absent.add(subscription.party_id)
                continue
            current = self._states[subscription.party_id]
            if isinstance(person, Poison):
                self._hold(subscription, person.reason, person.raw, None)
                continue
            facts = fold.facts_of(person, self._layer.setup.groups)
            if facts.passive:
                self._passive.add(subscription.party_id)
            today = day(self._tx.at)
            fold.read(current, facts, self._layer.rules, today, absent_is_off=self._layer.setup.absent_is_off)
            current.doubt = False
            self.tally.counts["read"] += 1

    def changes(self, followed: Mapping[str, UUID], page: Page) -> None:
        """Fold a page of changes of followed persons, given as the customer of the code each is asked by.

        Where the register must be asked whose a code is, and the identity lock is not held, nothing is done.
        """
        found, strange = self._meet(followed, page.persons)
        if strange and not self._locked:
            return
        if strange:
            mine = set(followed.values())
            known = owners(self._tx, self._layer.vault, strange)
            found |= {code: party_id for code, party_id in known.items() if party_id in mine}
        self._count(page)
        met = [found.get(person.hetu) for person in page.persons]
        codes = {party_id: hetu for hetu, party_id in followed.items()}
        self._open(follow_store.of_parties(self._tx, {one for one in met if one is not None}), codes)
        for person, party_id in zip(page.persons, met, strict=True):
            self.tally.counts["changes"] += 1
            subscription = None if party_id is None else self._subscriptions.get(party_id)
            if subscription is None:
                self.tally.counts["strangers"] += 1
            elif isinstance(person, Poison):
                self._hold(subscription, person.reason, person.raw, person)
            elif subscription.party_id in self._held or subscription.state == "held":
                self._hold(subscription, AFTER, person.raw, person)
            else:
                fold.change(self._states[subscription.party_id], person, self._layer.rules)

    def holds(self) -> bool:
        """Whether the page is folded, and everything it was folded upon is as it was. The identity lock must be held."""
        return self._grounds == grounds(self._tx, self._source.id, self._subscriptions)

    def again(self, subscriptions: Iterable[Subscription], kept: Mapping[UUID, Sequence[Person]]) -> None:
        """Fold changes that were kept apart and hold now, of each person in the order they came."""
        listed = list(subscriptions)
        codes = codes_of(self._layer.vault, listed)
        self._open(listed, {one.party_id: code for one, code in zip(listed, codes, strict=True)})
        for subscription in listed:
            for person in kept[subscription.id]:
                self.tally.counts["changes"] += 1
                fold.change(self._states[subscription.party_id], person, self._layer.rules)
            # What waited may be long past: what is in force now is read anew.
            self._states[subscription.party_id].doubt = True

    def _count(self, page: Page) -> None:
        self.tally.dropped.update(page.dropped)
        self.tally.counts["dropped"] += sum(page.dropped.values())
        self.tally.counts["strangers"] += page.strangers

    def _meet(
        self, followed: Mapping[str, UUID], persons: Sequence[Person | Poison]
    ) -> tuple[dict[str, UUID], set[str]]:
        """Whose each code is, by the code in force or one renewed on this page; codes that are nobody's by these."""
        found = dict(followed)
        for person in persons:
            if isinstance(person, Person):
                for entry in person.entries:
                    if isinstance(entry.told, Recoding):
                        self._learn(found, person.hetu, entry.told)
        return found, {person.hetu for person in persons if person.hetu not in found}

    @staticmethod
    def _learn(found: dict[str, UUID], hetu: str, told: Recoding) -> None:
        every = [code for code in (hetu, told.active, *told.others) if code is not None]
        owner = next((found[code] for code in every if code in found), None)
        if owner is not None:
            for code in every:
                found.setdefault(code, owner)

    def _open(self, subscriptions: Iterable[Subscription], codes: Mapping[UUID, str]) -> None:
        """What VTJ said of these persons last. ``codes``: what each is asked by."""
        self._subscriptions = {one.party_id: one for one in subscriptions}
        self._codes = {party_id: codes[party_id] for party_id in self._subscriptions}
        # Asked first: what changes while the words are read is noticed.
        self._grounds = grounds(self._tx, self._source.id, self._subscriptions)
        self._before = words_of(self._tx, self._layer.vault, self._source.id, self._subscriptions)
        for party_id, subscription in self._subscriptions.items():
            before = self._before.get(party_id)
            content = {} if before is None else fold.opened(before.content, before.secrets)
            content.setdefault("hetu", self._codes[party_id])
            language = str(content.get("contact_language") or content.get("language") or "fi")
            # A doubt stays until the person is read anew, whatever comes before.
            doubt = subscription.state == "doubt"
            self._states[party_id] = State(content, dict(subscription.stamps), language, doubt)

    def _hold(self, subscription: Subscription, reason: str, raw: bytes, person: Person | Poison | None) -> None:
        vault, held_id = self._layer.vault, ids.fresh()
        on = None if person is None else person.on
        digest = vault.digest(b"vtj held" + str(on).encode() + raw)
        sealed = vault.seal(raw, key="protected", place=f"{HELD_PLACE}{held_id}")
        self._held.setdefault(subscription.party_id, []).append(
            Held(held_id, subscription.id, on, reason, digest, sealed)
        )

    def close(self) -> None:
        """State what differs, and write down how each person now stands. The identity lock must be held."""
        silent = self._absent
        spoken = [party_id for party_id in self._states if party_id not in silent]
        utterances = []
        for party_id in spoken:
            if party_id in self._held and party_id not in self._before:
                continue
            content, secrets = fold.closed(self._states[party_id].content)
            utterances.append(Utterance(party_id, self._before.get(party_id), content, secrets))
        origin = Origin(self._source, None, self._tx.act.viewer.account_id)
        done = state(self._tx, self._layer.vault, self._layer.lexicon, origin, utterances)
        self._also_known(done)
        rows = []
        for party_id in [*spoken, *silent]:
            subscription = self._subscriptions[party_id]
            rows.append((subscription.id, self._standing(party_id, done, silent), None, self._states[party_id].stamps))
        follow_store.update(self._tx, rows)
        self._recode(spoken, done)
        held = [one for every in self._held.values() for one in every]
        follow_store.hold(self._tx, held)
        self._open_tasks(done, silent)
        self._tell(done, len(held), len(silent))

    def _standing(self, party_id: UUID, done: Uttered, silent: set[UUID]) -> str:
        subscription, current = self._subscriptions[party_id], self._states[party_id]
        if party_id in silent:
            return "absent"
        if party_id in self._held or party_id in done.conflicts or subscription.state == "held":
            return "held"
        return "doubt" if current.doubt else "live"

    def _also_known(self, done: Uttered) -> None:
        """Codes that were a person's before stay findable as that person's."""
        known = [
            (code, party_id)
            for party_id, current in self._states.items()
            if party_id not in done.conflicts
            for code in current.recoded
        ]
        if known:
            remember(self._tx, self._layer.vault, known)

    def _recode(self, spoken: Iterable[UUID], done: Uttered) -> None:
        codes = []
        for party_id in spoken:
            hetu = str(self._states[party_id].content["hetu"])
            if party_id not in done.conflicts and self._codes[party_id] != hetu:
                codes.append((self._subscriptions[party_id].id, hetu))
                self.recoded[party_id] = hetu
        if codes:
            sealed = sealed_codes(self._layer.vault, codes)
            follow_store.recode(self._tx, [(one, code) for (one, _), code in zip(codes, sealed, strict=True)])
            self.tally.counts["recoded"] += len(codes)

    def _open_tasks(self, done: Uttered, silent: set[UUID]) -> None:
        tx = self._tx
        for kind, party_ids in (
            ("held", self._held.keys()), ("identity", done.conflicts.keys()), ("absent", silent), ("passive", self._passive),
        ):  # fmt: skip
            if party_ids:
                fresh = ids.batch(len(party_ids))
                follow_store.open_tasks(
                    tx, kind, [(UUID(one), party_id, None) for one, party_id in zip(fresh, party_ids, strict=True)]
                )
        ordered = {
            party_id: current.content
            for party_id, current in self._states.items()
            if current.content.get("turvakielto") is True
        }
        free = [party_id for party_id in done.changed if party_id not in ordered]
        reached = [party_id for party_id, content in ordered.items() if "contact_address" in content]
        unreached = [party_id for party_id in ordered if party_id not in reached]
        ends = [
            (ids.fresh(), party_id, day(tx.at).fromisoformat(str(content["turvakielto_until"])))
            for party_id, content in ordered.items()
            if "turvakielto_until" in content
        ]
        if unreached:
            follow_store.open_tasks(tx, "no_contact_address", [(ids.fresh(), one, None) for one in unreached])
        if ends:
            follow_store.open_tasks(tx, "order_ends", ends)
        if done.changed:
            follow_store.close_tasks(tx, "no_contact_address", [*free, *reached], "told by VTJ")
            follow_store.close_tasks(tx, "order_ends", free, "told by VTJ")

    def _tell(self, done: Uttered, held: int, absent: int) -> None:
        counts = self.tally.counts
        counts["changed"] += len(done.changed)
        counts["unchanged"] += done.unchanged
        counts["conflicts"] += len(done.conflicts)
        counts["held"] += held
        counts["absent"] += absent
        for party_id in done.changed:
            before = self._before.get(party_id)
            if before is None:
                continue
            after = self._states[party_id].content
            counts["deaths"] += after.get("deceased") is True and before.content.get("deceased") is not True
            moved = before.content.get("permanent_address") != after.get("permanent_address")
            counts["moves"] += moved and "permanent_address" in after
            counts["renames"] += before.content.get("surname") != after.get("surname")
        for current in self._states.values():
            counts["stale"] += current.stale
            counts["untaken"] += len(current.faults)
            counts["doubts"] += current.doubt
