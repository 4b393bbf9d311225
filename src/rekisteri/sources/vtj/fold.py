"""Entries of the change interface to facts, and changes upon what was known. Pure.

Basic data is the whole of a person. A change is laid upon VTJ's last word of the person,
item by item, by the day VTJ made it: what is older than what is known is passed over, what
is newer takes its place, and where the two contradict on one day, or the change does not say
what is in force now, the person is *in doubt* and read anew as basic data. So the end is the
same in whatever order, and however often, changes come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rekisteri.catalogue import BY_NAME, Content, Fault, Rules, Scalar, Value, objects, with_secrets, without_secrets
from rekisteri.sources.vtj.facts import (
    HIDDEN,
    SILENT,
    Address,
    Custody,
    Death,
    Facts,
    FormerName,
    Guardianship,
    Mandate,
    Order,
)
from rekisteri.sources.vtj.observe import SECRET_ITEMS, Observed, in_order, observe, observe_told
from rekisteri.sources.vtj.wire_changes import Person
from rekisteri.sources.vtj.wire_entries import CALLED, Entry, Names, Naming, Recoding, former_name

ADDED, CHANGED, REMOVED = "LISATTY", "MUUTETTU", "POISTETTU"
WRONG, RIGHT, BESIDE = "KORJATTAVA", "KORJATTU", "LISATIETO"
_WEIGHT = {"": 3, RIGHT: 3, ADDED: 2, CHANGED: 1}
"""Of several entries of one fact in one change, the one that tells what is in force."""
WHOLE = "*"
"""The stamp of everything that has none of its own: the day basic data was read."""

FACTS: Mapping[str, str] = {
    "HENKILON_NIMI": "names",
    "KUTSUMANIMI": "called_name",
    "HENKILOTUNNUS_KORJAUS": "hetu",
    "SYNTYMAPAIVA": "born",
    "KUOLINPAIVA": "death",
    "KUOLLEEKSIJULISTAMISPAIVA": "death",
    "TURVAKIELTO": "order",
    "AIDINKIELI": "language",
    "ASIOINTIKIELI": "contact_language",
    "VAKINAINEN_KOTIMAINEN_OSOITE": "permanent",
    "VAKINAINEN_ULKOMAINEN_OSOITE": "permanent",
    "TILAPAINEN_KOTIMAINEN_OSOITE": "temporary",
    "TILAPAINEN_ULKOMAINEN_OSOITE": "temporary",
    "KOTIMAINEN_POSTIOSOITE": "postal",
    "ULKOMAINEN_POSTIOSOITE": "postal",
    "KOTIMAINEN_YHTEYSOSOITE": "contact",
    "ULKOMAINEN_YHTEYSOSOITE": "contact",
    "SAHKOPOSTIOSOITE": "email",
    "HUOLTAJA": "custodies",
    "HUOLTAJA_SUPPEA": "custodies",
    "EDUNVALVONTA": "orders",
    "EDUNVALVONTAVALTUUTUS": "attorneys",
}
ADDRESSES = ("permanent", "temporary", "postal", "contact")
_ITEM_OF = {name: f"{name}_address" for name in ADDRESSES}


def fact_of(entry: Entry) -> str:
    """The fact an entry tells of: two groups may tell of one, and the history of names of two."""
    if isinstance(entry.told, Naming):
        return "called_name" if entry.told.kind == CALLED else "former_surnames"
    return FACTS.get(entry.group, "former_surnames")


def facts_of(person: Person, told: Iterable[str]) -> Facts:
    """The facts of basic data. Of the groups that were asked for (``told``), one that is absent means *none*.

    But not of the non-disclosure order, and never where it would end one: absence is no news of it.
    """
    facts = frozenset(FACTS[name] for name in told if name in FACTS)
    by_fact: dict[str, list[Entry]] = defaultdict(list)
    for entry in person.entries:
        by_fact[fact_of(entry)].append(entry)
    found: dict[str, Any] = {"hetu": person.hetu}
    for fact, entries in by_fact.items():
        found |= _told(fact, entries)
    for fact in facts - by_fact.keys():
        found |= _none(fact)
    if any(entry.hidden for entry in person.entries):
        found.setdefault("order", Order(on=True))
    if "NIMENMUUTOS" in told:
        found.setdefault("former_surnames", ())
        found.setdefault("called_name", None)
    guardianships = (*found.pop("orders", ()), *found.pop("attorneys", ()))
    if guardianships or {"orders", "attorneys"} & facts:
        found["guardianships"] = guardianships
    return Facts(**found)


def _none(fact: str) -> dict[str, Any]:
    """What the absence of a fact that was asked for means."""
    match fact:
        case "hetu" | "order" | "names":
            return {}
        case "death":
            return {"death": Death(dead=False)}
        case "custodies" | "orders" | "attorneys":
            return {fact: ()}
        case _:
            return {fact: None}


def _told(fact: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """The value of a fact from its entries, every one of which is in force."""
    tolds = [entry.told for entry in entries]
    match fact:
        case "names":
            names = next((one for one in tolds if isinstance(one, Names)), None)
            return {} if names is None else {"surname": names.surname, "first_names": names.first_names}
        case "hetu":
            recoding = next((one for one in tolds if isinstance(one, Recoding)), None)
            if recoding is None:
                return {}
            active = {} if recoding.active is None else {"hetu": recoding.active}
            return {**active, "former_hetus": recoding.others, "passive": recoding.active is None}
        case "former_surnames":
            names_ = (former_name(one) for one in tolds if isinstance(one, Naming))
            return {fact: tuple(one for one in names_ if one is not None)}
        case "called_name":
            current = [one.name for one in tolds if isinstance(one, Naming) and one.valid_to is None]
            return {fact: current[0] if current else None}
        case "custodies":
            return {fact: tuple(one for one in tolds if isinstance(one, Custody))}
        case "orders" | "attorneys":
            return {fact: tuple(one for told in tolds if isinstance(told, tuple) for one in told)}
        case "permanent" | "temporary" | "postal" | "contact":
            best = best_address(one for one in tolds if isinstance(one, Address))
            return {fact: HIDDEN if best is None and any(entry.hidden for entry in entries) else best}
        case "email":
            return {fact: HIDDEN if entries[0].hidden else tolds[0]}
        case _:
            return {fact: tolds[0]}


def best_address(addresses: Iterable[Address]) -> Address | None:
    """Of several addresses of one kind the one that lasts longest, and of those the one that began last."""
    return max(
        addresses,
        key=lambda one: (
            one.valid_to.last() if one.valid_to else date.max,
            one.valid_from.first() if one.valid_from else date.min,
            one.country == "FI",
        ),
        default=None,
    )


@dataclass(slots=True)
class State:
    """VTJ's word of a person with its codes in place, the day each fact is known of, and what became of changes."""

    content: Content
    stamps: dict[str, str]
    language: str = "fi"
    doubt: bool = False
    stale: int = 0
    recoded: tuple[str, ...] = ()
    """Codes that were the person's before."""
    faults: list[Fault] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    """Facts that changed."""

    def stamp(self, fact: str) -> str:
        """The day a fact is known of."""
        return self.stamps.get(fact, self.stamps.get(WHOLE, ""))


def opened(content: Mapping[str, Value], secrets: Mapping[str, str]) -> Content:
    """VTJ's word with its codes in place."""
    return with_secrets(content, secrets)


def closed(content: Mapping[str, Value]) -> tuple[Content, dict[str, str]]:
    """VTJ's word taken apart again: clear content, and codes by path."""
    clear = {name: value for name, value in content.items() if name not in SECRET_ITEMS}
    secrets: dict[str, str] = {"hetu": str(content["hetu"])} if "hetu" in content else {}
    for name in ("custodian", "guardian"):
        if values := objects(content.get(name)):
            clear[name], codes = without_secrets(values, BY_NAME[name])
            secrets |= codes
    return clear, secrets


def read(state: State, facts: Facts, rules: Rules, on: date, *, absent_is_off: bool) -> None:
    """Lay basic data, read on a day, upon what was known.

    ``absent_is_off``: the permit opens the non-disclosure order, so that whoever has none told, and had none, has none.
    """
    observed = observe(facts, rules, language=state.language)
    _lay(state, observed)
    if absent_is_off and facts.order is SILENT and "turvakielto" not in state.content:
        state.content["turvakielto"] = False
    if facts.former_hetus:
        state.recoded = facts.former_hetus
    state.stamps = {WHOLE: on.isoformat()}
    state.language = _language_of(state)


def change(state: State, person: Person, rules: Rules) -> None:
    """Lay one change upon what was known."""
    assert person.on is not None, "a change has a day"
    by_fact: dict[str, list[Entry]] = defaultdict(list)
    for entry in person.entries:
        if entry.attribute != BESIDE:
            by_fact[fact_of(entry)].append(entry)
    if any(entry.hidden for entry in person.entries):
        by_fact.setdefault("order", []).append(Entry("TURVAKIELTO", Order(on=True), ADDED))
    # The order before the addresses, whatever came first.
    for fact in sorted(by_fact, key=lambda name: (name != "order", name)):
        _Change(state, person.on, rules, fact, by_fact[fact]).lay()


def _lay(state: State, observed: Observed) -> None:
    """Put what is stated in the place of what was; an item that does not hold stays as it was."""
    state.faults += observed.faults
    _put(state.content, observed)


def _put(content: Content, observed: Observed) -> None:
    for name, stated in observed.items.items():
        if stated.value is None and not stated.secrets:
            content.pop(name, None)
        elif not stated.secrets and stated.value is not None:
            content[name] = stated.value
        else:
            content |= with_secrets({} if stated.value is None else {name: stated.value}, stated.secrets)


def _language_of(state: State) -> str:
    return str(state.content.get("contact_language") or state.content.get("language") or "fi")


class _Change:
    """One fact of one change of one person."""

    def __init__(self, state: State, on: date, rules: Rules, fact: str, entries: Sequence[Entry]) -> None:
        self._state = state
        self._on = on
        self._rules = rules
        self._fact = fact
        self._entries = entries

    def lay(self) -> None:
        attributes = {entry.attribute for entry in self._entries}
        told = [entry for entry in self._entries if entry.attribute != WRONG]
        unclear = not attributes <= {ADDED, CHANGED, REMOVED, WRONG, RIGHT}
        if unclear or (WRONG in attributes and RIGHT not in attributes):
            self._state.doubt = True
            return
        removed = [entry for entry in told if entry.attribute == REMOVED]
        if any(entry.now is None for entry in removed):
            self._state.doubt = True
            return
        if removed:
            now = [entry for one in removed for entry in one.now or () if fact_of(entry) == self._fact]
            self._set(_told(self._fact, now) if now else self._nothing())
        elif self._fact == "hetu":
            self._recode(told)
        elif self._fact in ("custodies", "former_surnames"):
            self._lay_several(told)
        else:
            self._lay_single(told)

    def _nothing(self) -> dict[str, Any]:
        return {"former_surnames": ()} if self._fact == "former_surnames" else _none(self._fact)

    def _lay_single(self, told: Sequence[Entry]) -> None:
        standing = [entry for entry in told if entry.ends is None or entry.ends.last() >= self._on]
        if standing:
            heaviest = max(_WEIGHT[entry.attribute] for entry in standing)
            self._set(_told(self._fact, [entry for entry in standing if _WEIGHT[entry.attribute] == heaviest]))
        elif self._ends_current(told):
            self._set(_none(self._fact))
        elif self._fact in ADDRESSES and _ITEM_OF[self._fact] not in self._state.content:
            # Its beginning, if it comes later, is older than its end.
            self._state.stamps[self._fact] = max(self._on.isoformat(), self._state.stamp(self._fact))
        else:
            self._state.doubt = self._state.doubt or not self._began_later(told)

    def _ends_current(self, told: Sequence[Entry]) -> bool:
        """Whether an entry that ends is the one that is known, but for its end."""
        known = self._known()
        return known is not None and any(self._alike(entry, known) for entry in told)

    def _known(self) -> Value | None:
        name = _ITEM_OF.get(self._fact, self._fact)
        return self._state.content.get(name)

    def _alike(self, entry: Entry, known: Value) -> bool:
        observed = observe_told(_told(self._fact, [entry]), self._rules, language=self._state.language).items
        name = _ITEM_OF.get(self._fact, self._fact)
        stated = observed.get(name)
        return stated is not None and _without_end(stated.value) == _without_end(known)

    def _began_later(self, told: Sequence[Entry]) -> bool:
        """Whether what is known began after whatever ends here, and is not what ends here itself."""
        known = self._known()
        since = known.get("valid_from") if isinstance(known, dict) else None
        ended = [entry.ends.last().isoformat() for entry in told if entry.ends is not None]
        begun = [entry.told.valid_from for entry in told if isinstance(entry.told, Address)]
        # What begins and ends on one day may be told to end on its eve.
        itself = any(one is not None and one.first().isoformat() == since for one in begun)
        return isinstance(since, str) and bool(ended) and since >= max(ended) and not itself

    def _set(self, facts: Mapping[str, Any]) -> None:
        """Take the new value, if it is newer; the same is no news; another of the same day is a doubt."""
        if self._fact in ("orders", "attorneys"):
            self._set_guardians(facts[self._fact])
            return
        observed = observe_told(facts, self._rules, language=self._state.language)
        self._state.faults += observed.faults
        before = {name: self._state.content[name] for name in _ITEMS_OF[self._fact] if name in self._state.content}
        after = dict(before)
        _put(after, observed)
        if before == after:
            self._take(before, after, self._state.content)
            return
        content = dict(self._state.content)
        for name in before:
            del content[name]
        self._take(before, after, content | after)

    def _take(self, before: Mapping[str, Any], after: Mapping[str, Any], content: Content) -> None:
        state, day, stamp = self._state, self._on.isoformat(), self._state.stamp(self._fact)
        if day < stamp:
            state.stale += 1
            return
        if before == after:
            state.stamps[self._fact] = day
            return
        if day == stamp:
            state.doubt = True
            if self._fact != "order" or not after.get("turvakielto"):
                return
        state.content = content
        state.stamps[self._fact] = day
        state.touched.add(self._fact)
        if self._fact == "order":
            # With an order what the permit shows changes too: read anew, be it on or off.
            state.doubt = True
        if self._fact in ("language", "contact_language"):
            language = _language_of(state)
            state.doubt = state.doubt or (language == "sv") != (state.language == "sv")
            state.language = language

    def _set_guardians(self, guardianships: Sequence[Guardianship]) -> None:
        """The guardians of this mandate are told; those of the other stay."""
        mandate = Mandate.ORDER if self._fact == "orders" else Mandate.AUTHORISATION
        current: tuple[Guardianship, ...] = tuple(
            one for one in guardianships if one.valid_to is None or one.valid_to.last() >= self._on
        )
        values = objects(self._state.content.get("guardian"))
        kept = [value for value in values if value.get("mandate") != mandate]
        observed = observe_told({"guardianships": current}, self._rules, language=self._state.language)
        self._state.faults += observed.faults
        stated = observed.items.get("guardian")
        if stated is None:
            return
        told = objects(with_secrets({"guardian": stated.value or []}, stated.secrets).get("guardian"))
        after = in_order([*kept, *told])
        self._take(
            {"guardian": self._state.content.get("guardian")},
            {"guardian": after or None},
            _with(self._state.content, "guardian", after),
        )

    def _recode(self, told: Sequence[Entry]) -> None:
        """A new identity code: it takes the place of the one it says it came after."""
        state, current = self._state, str(self._state.content.get("hetu", ""))
        recodings = [entry.told for entry in told if isinstance(entry.told, Recoding)]
        actives = list(dict.fromkeys(one.active for one in recodings if one.active is not None))
        others = dict.fromkeys(code for one in recodings for code in one.others)
        if len(actives) != 1:
            state.doubt = True
            return
        active = actives[0]
        others.pop(active, None)
        if active == current:
            state.recoded = tuple(dict.fromkeys((*state.recoded, *others)))
        elif current in others:
            state.content["hetu"] = active
            state.recoded = tuple(dict.fromkeys((*state.recoded, *others)))
            state.touched.add("hetu")
        elif self._on.isoformat() < state.stamp("hetu"):
            state.stale += 1
        else:
            state.doubt = True
        state.stamps["hetu"] = max(self._on.isoformat(), state.stamp("hetu"))

    def _lay_several(self, told: Sequence[Entry]) -> None:
        """Custodians and former names: each is added, changed or ended by itself."""
        if self._on.isoformat() < self._state.stamps.get(WHOLE, ""):
            self._state.stale += 1
            return
        for entry in [entry for entry in self._entries if entry.attribute == WRONG]:
            self._lay_one(entry, gone=True)
        for entry in told:
            self._lay_one(entry, gone=entry.ends is not None and entry.ends.last() < self._on)

    def _lay_one(self, entry: Entry, *, gone: bool) -> None:
        if self._fact == "former_surnames":
            self._lay_name(entry)
            return
        if not isinstance(entry.told, Custody):
            self._state.doubt = True
            return
        observed = observe_told({"custodies": (entry.told,)}, self._rules, language=self._state.language)
        stated = observed.items.get("custodian")
        self._state.faults += observed.faults
        if stated is None or stated.value is None:
            return
        (told,) = objects(with_secrets({"custodian": stated.value}, stated.secrets)["custodian"])
        values = objects(self._state.content.get("custodian"))
        rest = [value for value in values if _key(value) != _key(told)]
        known = next((value for value in values if _key(value) == _key(told)), None)
        after = rest if gone else in_order([*rest, told])
        self._lay_value("custodian", known, None if gone else told, after)

    def _lay_name(self, entry: Entry) -> None:
        former = former_name(entry.told) if isinstance(entry.told, Naming) else None
        if not isinstance(former, FormerName):
            return
        observed = observe_told({"former_surnames": (former,)}, self._rules)
        self._state.faults += observed.faults
        stated = observed.items.get("former_surnames")
        if stated is None or not isinstance(stated.value, list):
            return
        for name in map(str, stated.value):
            listed = self._state.content.get("former_surnames")
            names = [str(one) for one in listed] if isinstance(listed, list) else []
            gone = entry.attribute == WRONG
            known = name if name in names else None
            after = sorted({*names, name} - ({name} if gone else set()))
            self._lay_value("former_surnames", known, None if gone else name, after)

    def _lay_value(self, item: str, known: object, told: object, after: Sequence[Any]) -> None:
        """One value of several: a new one is added, another of its key is replaced if newer, else in doubt."""
        state, day = self._state, self._on.isoformat()
        stamp = state.stamps.get(self._fact, "")
        if known == told:
            if told is None:
                state.stamps[self._fact] = max(day, stamp)
            return
        if day < stamp or (known is not None and day == stamp):
            state.doubt = True
            return
        state.content = _with(state.content, item, list(after))
        state.touched.add(self._fact)
        if known is not None:
            state.stamps[self._fact] = day


def _with(content: Mapping[str, Value], item: str, values: list[Any]) -> Content:
    return {name: value for name, value in content.items() if name != item} | ({item: values} if values else {})


def _key(value: Mapping[str, Scalar]) -> tuple[object, ...]:
    """What tells one custodian from another: the code, or for one without it the name and the date of birth."""
    return (value["hetu"],) if "hetu" in value else (value.get("name"), value.get("birth_date"))


def _without_end(value: Value | None) -> Value | None:
    return {name: one for name, one in value.items() if name != "valid_to"} if isinstance(value, dict) else value


_ITEMS_OF: Mapping[str, tuple[str, ...]] = {
    "names": ("surname", "first_names"),
    "called_name": ("called_name",),
    "born": ("birth_date",),
    "death": ("deceased", "death_date"),
    "order": ("turvakielto", "turvakielto_until"),
    "language": ("language",),
    "contact_language": ("contact_language",),
    "permanent": ("permanent_address",),
    "temporary": ("temporary_address",),
    "postal": ("postal_address",),
    "contact": ("contact_address",),
    "email": ("email",),
    "custodies": ("custodian",),
    "former_surnames": ("former_surnames",),
    "orders": ("guardian",),
    "attorneys": ("guardian",),
}
