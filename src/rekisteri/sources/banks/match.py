"""Whose order a message is, by the identifiers that the biller's own notice asked for.

Certain, or a doubt that a person settles. Two things must agree: an identifier that leads to
one customer, and something else that bears it out (another identifier, the reference, the
name the bank knows the payer by), for whoever types in another's code would otherwise have
another's invoices sent to his bank. The bank's name and address are compared and never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read
from rekisteri.catalogue import Disclosure, PartyKind
from rekisteri.ground import numbers
from rekisteri.ground.keys import Vault
from rekisteri.parties import Orderer, words
from rekisteri.sources.banks.holds import Hold
from rekisteri.sources.banks.notice import Means, Notice
from rekisteri.sources.banks.standing import Certain, Doubt, Own, Rule
from rekisteri.sources.banks.wire import Wish

NAME, REFERENCE, BUYER, PHONE = "name", "epi", "buyer", "phone"
"""What else may bear an identifier out, as it stands in the evidence beside the types of identifiers."""
FULL_NAME_WORDS = 2
NAMES_REMEMBERED = 32_768


@dataclass(frozen=True, slots=True)
class KnownNotice:
    """A notice as the matching needs it. ``customers`` is the organisation's own source, None for one without any."""

    id: UUID
    organisation_id: int
    customers: int | None
    ended: bool
    notice: Notice
    means: Mapping[str, Means] = field(init=False)
    """What each type of identifier that is asked for means."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "means", {one.type: one.means for one in self.notice.asked})


@dataclass(slots=True)
class Typed:
    """What one message says of its payer, in canonical form.

    ``numbers`` are customer numbers by the type of identifier they came as.
    """

    hetu: str | None = None
    ytunnus: str | None = None
    customer_numbers: dict[str, str] = field(default_factory=dict)
    phone: str | None = None
    buyer_hetu: str | None = None
    company: bool = False
    invalid: bool = False

    @property
    def leads(self) -> bool:
        """Whether anything of it can lead to a customer."""
        return self.hetu is not None or self.ytunnus is not None or bool(self.customer_numbers)


class Sought(NamedTuple):
    """Somebody sought: of which client organisation and its source, by what name, with which identifiers.

    ``companies``: it may be a company, as with a direct debit mandate.
    """

    organisation_id: int
    customers: int | None
    name: str
    typed: Typed
    companies: bool = False


def typed(known: KnownNotice, wish: Wish) -> Typed:
    """The identifiers of a message that its notice asked for; what was not asked for is not looked at."""
    notice, asked = known.notice, known.means
    found = Typed()
    for kind, text in wish.identifiers:
        type_ = kind or (next(iter(asked)) if len(asked) == 1 else "")
        if type_ not in asked:
            continue
        _put(found, notice, type_, asked[type_], text)
    if notice.reference_prefix is not None and wish.reference:
        customer = _customer_of(wish.reference, notice.reference_prefix)
        if customer is not None:
            found.customer_numbers[REFERENCE] = customer
    if wish.buyer_id:
        found.buyer_hetu = numbers.hetu(wish.buyer_id)
        found.company = found.company or (found.buyer_hetu is None and numbers.ytunnus(wish.buyer_id) is not None)
    return found


def _put(found: Typed, notice: Notice, type_: str, means: Means, text: str) -> None:
    match means:
        case Means.HETU:
            code = numbers.hetu(text)
            if code is None:
                found.invalid = True
            else:
                found.hetu = code
        case Means.YTUNNUS:
            found.company = found.company or numbers.ytunnus(text) is not None
        case Means.CUSTOMER_NUMBER:
            found.customer_numbers[type_] = text
        case Means.REFERENCE:
            customer = _customer_of(text, notice.reference_prefix or "")
            if customer is None:
                found.invalid = True
            else:
                found.customer_numbers[type_] = customer
        case Means.PHONE:
            found.phone = numbers.phone(text)
        case Means.OTHER:
            pass


def _customer_of(reference: str, prefix: str) -> str | None:
    """The customer number within a reference number; None for one that does not hold or begins otherwise."""
    digits = numbers.reference(reference)
    if digits is None or not digits.startswith(prefix):
        return None
    return digits[len(prefix) : -1] or None


class Finder:
    """Finds the payers of messages, many at once."""

    def __init__(self, tx: Read, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    def find(self, asked: Sequence[tuple[KnownNotice, Wish]]) -> list[Own]:
        """Of each message: the payer beyond doubt, or the doubt."""
        return self.seek([_sought(known, wish) for known, wish in asked])

    def seek(self, sought: Sequence[Sought]) -> list[Own]:
        """Of each that is sought: the customer beyond doubt, or the doubt."""
        by_code = self._by_code("hetu", (one.typed.hetu for one in sought))
        by_code |= self._by_code("hetu", (one.typed.buyer_hetu for one in sought))
        by_code |= self._by_code("ytunnus", (one.typed.ytunnus for one in sought))
        by_number = self._by_number(sought)
        led = [_led(one, by_code, by_number) for one in sought]
        orderers = parties.orderers(self._tx, {party for found in led for party in found.values()})
        return [_judged(one, found, by_code, orderers) for one, found in zip(sought, led, strict=True)]

    def leads(self, known: KnownNotice, wish: Wish) -> dict[str, UUID]:
        """Whom each identifier of one message leads to, by its type: for the person who decides."""
        return self.lead(_sought(known, wish))

    def lead(self, sought: Sought) -> dict[str, UUID]:
        """The same of one who is sought."""
        by_code = self._by_code("hetu", [sought.typed.hetu]) | self._by_code("ytunnus", [sought.typed.ytunnus])
        return _led(sought, by_code, self._by_number([sought]))

    def _by_code(self, kind: str, codes: Iterable[str | None]) -> dict[str, UUID]:
        blinds = self._vault.blinds_of(kind, {code for code in codes if code is not None})
        if not blinds:
            return {}
        return {blinds[row.blind]: row.party_id for row in parties.known_identities(self._tx, blinds)}

    def _by_number(self, sought: Sequence[Sought]) -> dict[tuple[int, str], UUID]:
        wanted: dict[int, dict[str, None]] = {}
        for one in sought:
            if one.customers is not None and one.typed.customer_numbers:
                wanted.setdefault(one.customers, {}).update(dict.fromkeys(one.typed.customer_numbers.values()))
        return {
            (source_id, key): record.party_id
            for source_id, keys in wanted.items()
            for key, record in parties.known_records(self._tx, source_id, list(keys)).items()
        }


def _sought(known: KnownNotice, wish: Wish) -> Sought:
    return Sought(known.organisation_id, known.customers, wish.buyer_name, typed(known, wish))


def _led(sought: Sought, by_code: Mapping[str, UUID], by_number: Mapping[tuple[int, str], UUID]) -> dict[str, UUID]:
    one = sought.typed
    found = {}
    if one.hetu is not None and one.hetu in by_code:
        found["03"] = by_code[one.hetu]
    if one.ytunnus is not None and one.ytunnus in by_code:
        found["04"] = by_code[one.ytunnus]
    for type_, number in one.customer_numbers.items():
        if sought.customers is not None and (sought.customers, number) in by_number:
            found[type_] = by_number[sought.customers, number]
    return found


def _judged(
    sought: Sought, led: Mapping[str, UUID], by_code: Mapping[str, UUID], orderers: Mapping[UUID, Orderer]
) -> Own:
    one = sought.typed
    if one.company:
        return Doubt(Hold.COMPANY)
    if len(set(led.values())) > 1:
        return Doubt(Hold.IDENTIFIERS_OF_TWO)
    if not led:
        return Doubt(_why_nobody(one))
    party_id = next(iter(led.values()))
    orderer = orderers[party_id]
    if orderer.kind is not PartyKind.PERSON and not sought.companies:
        return Doubt(Hold.COMPANY)
    if orderer.death_date is not None:
        return Doubt(Hold.DEAD_PAYER, party_id)
    if sought.organisation_id not in orderer.organisations:
        return Doubt(Hold.NOT_CUSTOMER, party_id)
    if orderer.turvakielto is Disclosure.ON:
        return Doubt(Hold.PROTECTED_PAYER, party_id)
    rule = Rule.CUSTOMER_NUMBER
    if "03" in led or "04" in led:
        rule = Rule.IDENTITY_CODE if "03" in led else Rule.BUSINESS_ID
    evidence = _borne_out(rule, sought.name, one, led, by_code, orderer)
    return Certain(party_id, rule, evidence) if evidence else Doubt(Hold.NAME_CONTRADICTS, party_id)


def _why_nobody(one: Typed) -> Hold:
    if one.invalid:
        return Hold.IDENTIFIER_INVALID
    return Hold.IDENTIFIER_UNKNOWN if one.leads else Hold.IDENTIFIER_MISSING


def _borne_out(
    rule: Rule,
    name: str,
    one: Typed,
    led: Mapping[str, UUID],
    by_code: Mapping[str, UUID],
    orderer: Orderer,
) -> tuple[str, ...]:
    """The evidence, the identifiers that lead there first; empty where nothing else bears them out.

    Any other identifier that leads to the same customer does. Of names, an identity code or a
    business ID needs one that shares a word; a customer number, which a slip of the finger makes another's, a full one.
    """
    leading = {Rule.IDENTITY_CODE: "03", Rule.BUSINESS_ID: "04"}.get(rule) or min(led)
    others = [type_ for type_ in sorted(led) if type_ != leading]
    if one.buyer_hetu is not None and by_code.get(one.buyer_hetu) == orderer.id:
        others.append(BUYER)
    if one.phone is not None and one.phone == orderer.phone:
        others.append(PHONE)
    if _name_bears_out(rule, name, orderer):
        others.append(NAME)
    return (leading, *others) if others else ()


def _name_bears_out(rule: Rule, text: str, orderer: Orderer) -> bool:
    said = _words(text)
    known = _words(orderer.name) | _words(orderer.called_name or "")
    if rule in (Rule.IDENTITY_CODE, Rule.BUSINESS_ID):
        for name in orderer.former_surnames:
            known |= _words(name)
        return bool(said) and words.names_agree(said, known)
    return len(known & said) >= FULL_NAME_WORDS


def _words(name: str) -> set[str]:
    """The folded words of a name; the same ones come again and again."""
    found: set[str] = set()
    for part in name.split():
        found.update(_folded(part))
    return found


_folded = lru_cache(maxsize=NAMES_REMEMBERED)(words.folded)
