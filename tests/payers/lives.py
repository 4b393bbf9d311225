"""Life stories: what may befall a payer, in the words of the trade; and the facts a register would hold of each.

The oracle (``oracle.py``) reads the story itself and knows nothing of facts, words or rules; the rules read the facts
and know nothing of stories.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any
from uuid import UUID

from rekisteri.catalogue import Disclosure, PartyKind, SourceKind, Text
from rekisteri.ground.keys import Ring, Versions
from rekisteri.parties import Order, Relation, RelationKind, Spoken
from rekisteri.payers.facts import Facts, PartyFacts
from rekisteri.payers.marks import Marker, marked
from rekisteri.payers.reasons import Channel, Households, LastResort, PaymentReason, Policy

ON = date(2026, 3, 2)
HEARD = datetime(2026, 2, 1, 10, 0, tzinfo=UTC)
ASKING, OTHER = 1, 2
CUSTOMER, FIRST, SECOND, GUARDIAN, CONTACT = (UUID(int=number) for number in range(1, 6))

HOMES = {
    "home": {"street": "Kotikuja 2 B 3", "postcode": "00100", "town": "Helsinki"},
    "away": {"street": "Muutie 7", "postcode": "20100", "town": "Turku"},
    "abroad": {"street": "Storgatan 1", "postcode": "11122", "town": "Stockholm", "country": "SE"},
    "endless": {"street": "Pitkäsanainenosoiterivijokaeimahduikkunaan 1", "postcode": "00100", "town": "Helsinki"},
    "careof": {"street": "Toimistokuja 4", "postcode": "00200", "town": "Helsinki", "care_of": "Toimisto Tiina"},
}
"""Places of the stories. The street of ``endless`` has a word longer than 35 characters; its envelope takes it."""
SPANS: dict[str, tuple[int | None, int | None]] = {
    "always": (None, None), "past": (-30, -1), "lastday": (-30, 0), "firstday": (0, 30), "future": (1, 30)
}  # fmt: skip
NOW = frozenset({"always", "lastday", "firstday"})


@dataclass(frozen=True)
class Dwelling:
    """An address as one source tells it: where, by whom, for which days, and whether mail came back from it."""

    where: str
    by: str
    span: str
    returned: bool


@dataclass(frozen=True)
class Kin:
    """Somebody who stands for the customer. ``where`` None: known by name alone, or without a home."""

    known: bool
    turvakielto: str
    where: str | None
    order: bool
    code: bool
    span: str = "always"
    matters: str | None = None


@dataclass(frozen=True)
class Life:
    """One story."""

    company: bool
    own_ytunnus: bool
    code: bool
    born: int | None
    """Years and some days ago; None: nobody knows."""
    birthday: int
    """Days to the birthday: 0 is today."""
    died: int | None
    """Days after the day asked for; None: alive."""
    dead_without_date: bool
    turvakielto: str
    dwellings: tuple[tuple[str, Dwelling], ...]
    """By item, each item once."""
    languages: tuple[tuple[str, str], ...]
    bankrupt: str | None
    stopped: tuple[tuple[str, str], ...]
    disputed: str | None
    misdirected: tuple[str, str] | None
    dissolved: int | None
    einvoice: str | None
    email: str | None
    mailbox_refused: bool
    wish: str | None
    order: str | None
    order_refused: int | None
    """Days after the order a bill to it was refused; None: never."""
    custodians: tuple[Kin, ...]
    guardian: Kin | None
    contact: Kin | None
    unit: str | None
    """Of a company asked by its number: the unit's own name; with an address of its own where it ends in a star."""
    long_name: bool
    channels: tuple[Channel, ...]
    last_resort: LastResort | None
    households: Households

    @property
    def born_on(self) -> date | None:
        """The date of birth."""
        if self.born is None or self.company:
            return None
        return date(ON.year - self.born, ON.month, ON.day) + timedelta(days=self.birthday)


SPAN_NAMES = ("always", "always", *SPANS)
ITEMS = ("postal_address", "temporary_address", "permanent_address", "contact_address")
STOP_REASONS = ("estate", "debt_adjustment", "bankruptcy", "payment_plan", "complaint", "ban", "limitation")
MATTERS = (None, "Taloudelliset asiat", "Henkilöä koskevat asiat", "Koirat")


def a_life(draw: Random) -> Life:
    """One story, drawn."""
    one = draw.choice

    def rarely(tell: Callable[[], Any], one_in: int = 4) -> Any:
        return tell() if draw.randrange(one_in) == 0 else None

    channels = draw.sample(list(Channel), len(Channel))
    return Life(
        company=one((False, False, True)),
        own_ytunnus=one((False, True)),
        code=one((True, True, False)),
        born=one((None, 3, 14, 17, 18, 18, 19, 44, 90)),
        birthday=one((-200, -1, 0, 1, 200)),
        died=rarely(lambda: one((-10, 0, 1, 10))),
        dead_without_date=draw.randrange(10) == 0,
        turvakielto=one(("off", "off", "off", "on", "unknown")),
        dwellings=tuple((item, a_dwelling(draw)) for item in ITEMS if one((True, False))),
        languages=tuple(
            (item, one(("fi", "sv", "en", "ru")))
            for item in ("contact_language", "invoice_language", "language")
            if one((True, False))
        ),
        bankrupt=rarely(lambda: one(SPAN_NAMES), 6),
        stopped=tuple((reason, one(SPAN_NAMES)) for reason in draw.sample(STOP_REASONS, draw.randrange(3))),
        disputed=rarely(lambda: one(SPAN_NAMES)),
        misdirected=rarely(lambda: (one(("own", "other")), one(SPAN_NAMES)), 6),
        dissolved=rarely(lambda: one((-5, 0, 5)), 6),
        einvoice=one((None, "ok", "refused")),
        email=one((None, "own", "other", "refused")),
        mailbox_refused=draw.randrange(6) == 0,
        wish=one((None, None, "email", "letter", "mailbox")),
        order=one((None, "consumer_einvoice", "direct_payment")),
        order_refused=rarely(lambda: one((-1, 0, 1))),
        custodians=tuple(a_kin(draw) for _ in range(one((0, 1, 1, 2, 2, 2)))),
        guardian=rarely(lambda: a_kin(draw, span=one(SPAN_NAMES), matters=one(MATTERS)), 3),
        contact=rarely(lambda: a_kin(draw), 2),
        unit=rarely(lambda: one(("Varasto", "Varasto*", "Keksitty Oy")), 2),
        long_name=draw.randrange(10) == 0,
        channels=tuple(channels[: 1 + draw.randrange(len(channels))]),
        last_resort=one((LastResort.LETTER, LastResort.LETTER, LastResort.BY_HAND, None)),
        households=one(tuple(Households)),
    )


def a_dwelling(draw: Random) -> Dwelling:
    """An address as somebody tells it."""
    return Dwelling(
        where=draw.choice(tuple(HOMES)),
        by=draw.choice(("own", "own", "other", "vtj", "maintainer")),
        span=draw.choice(SPAN_NAMES),
        returned=draw.randrange(3) == 0,
    )


def a_kin(draw: Random, *, span: str = "always", matters: str | None = None) -> Kin:
    """Somebody who stands for the customer."""
    return Kin(
        known=draw.choice((True, True, False)),
        turvakielto=draw.choice(("off", "off", "on", "unknown")),
        where=draw.choice(("home", "home", "away", "endless", None)),
        order=draw.choice((True, False)),
        code=draw.choice((True, False)),
        span=span,
        matters=matters,
    )


class _Keys:
    """A provider of one fingerprint key."""

    def stamp(self) -> object:
        return "ever the same"

    def ring(self) -> Ring:
        return Ring(MappingProxyType({"mark": Versions(1, {1: b"m" * 32})}))


MARKER = Marker(_Keys())  # type: ignore[arg-type]
LONG = "Ylipitkä" * 9
ORDERED = ON - timedelta(days=20)


def facts_of(life: Life) -> Facts:
    """What a register would hold of the story."""
    words = _words(life)
    people = {CUSTOMER: _party(CUSTOMER, life.company, life.turvakielto, words, code=life.code)}
    relations: list[Relation] = []
    if not life.company:
        for party_id, one, name in zip((FIRST, SECOND), life.custodians, ("Yksi", "Kaksi"), strict=False):
            relations.append(_relation(RelationKind.CUSTODIAN, party_id, one, name))
        if life.guardian is not None:
            relations.append(_relation(RelationKind.GUARDIAN, GUARDIAN, life.guardian, "Valvoja"))
        if life.contact is not None:
            relations.append(_relation(RelationKind.ESTATE_CONTACT, CONTACT, life.contact, "Pesä"))
    relations = [one for one in relations if one.holds(ON)]
    everybody = (
        *zip((FIRST, SECOND), life.custodians, strict=False),
        (GUARDIAN, life.guardian),
        (CONTACT, life.contact),
    )
    orders = {CUSTOMER: [_order(life.order, CUSTOMER)]} if life.order and not life.company else {}
    for party_id, kin_ in everybody:
        if kin_ is not None and kin_.known and not life.company:
            people[party_id] = _kin_party(party_id, kin_)
            if kin_.order:
                orders[party_id] = [_order("consumer_einvoice", party_id)]
    people = marked(MARKER, people, orders)
    policy = Policy(life.channels, life.last_resort, life.households)
    return Facts(
        on=ON,
        today=ON,
        organisation_id=ASKING,
        organisation_language="fi",
        reason=PaymentReason(ASKING, "PH", Text("a", "b", "c"), policy, None, None, HEARD),
        customer=people.pop(CUSTOMER),
        number="7" if life.unit is not None else None,
        relations=tuple(relations),
        people=people,
        orders=orders,
    )


def _party(
    party_id: UUID, company: bool, turvakielto: str, words: list[Spoken], *, code: bool, ytunnus: bool = False
) -> PartyFacts:
    kind = PartyKind.ORGANISATION if company else PartyKind.PERSON
    codes = frozenset({"ytunnus" if company else "hetu"} if code else ())
    state = Disclosure.OFF if company else Disclosure(turvakielto)
    return PartyFacts(party_id, kind, state, tuple(words), codes, ASKING)


def _kin_party(party_id: UUID, one: Kin) -> PartyFacts:
    name = {FIRST: "Yksi", SECOND: "Kaksi", GUARDIAN: "Valvoja", CONTACT: "Pesä"}[party_id]
    content: dict[str, Any] = {"surname": "Suku", "first_names": name}
    if one.where is not None:
        content["permanent_address"] = HOMES[one.where]
    word = _spoken(party_id, SourceKind.VTJ, None, content, 1)
    return _party(party_id, False, one.turvakielto, [word], code=one.code)


def _words(life: Life) -> list[Spoken]:
    """The words of every source of the story."""
    said: dict[str, dict[str, Any]] = {"own": {}, "other": {}, "vtj": {}, "maintainer": {}}
    own = said["own"]
    (_of_company if life.company else _of_person)(life, said)
    if life.company or life.own_ytunnus:
        own["ytunnus"] = "1234567-1"
    for item, one in life.dwellings:
        if not (life.company and item in ("temporary_address", "contact_address")):
            said[one.by][item] = {**HOMES[one.where], **_dated(one.span)}
    own |= dict(life.languages)
    own["refund_account"] = "FI2112345600000785"
    if life.email is not None:
        said["other" if life.email == "other" else "own"]["email"] = "etu@example.fi"
    if life.wish is not None:
        own["invoice_channel"] = life.wish
    _claims(life, own)
    if life.company and life.unit == "Varasto*":
        own["postal_address"] = HOMES["away"]
    sources = {"own": (SourceKind.ORGANISATION, ASKING), "other": (SourceKind.ORGANISATION, OTHER),
               "vtj": (SourceKind.VTJ, None), "maintainer": (SourceKind.MAINTAINER, None)}  # fmt: skip
    words = [
        _spoken(CUSTOMER, *sources[by], content, place)
        for place, (by, content) in enumerate(said.items(), 10)
        if content
    ]
    return [*words, *_ledgers(life)]


def _of_company(life: Life, said: dict[str, dict[str, Any]]) -> None:
    own = said["own"]
    own["organisation_name"] = "Keksitty Oy"
    if life.unit is not None:
        said["maintainer"]["organisation_name"] = "Keksitty Oy"
        own["organisation_name"] = life.unit.removesuffix("*")
    if life.dissolved is not None:
        own["dissolution_date"] = (ON + timedelta(days=life.dissolved)).isoformat()
    if life.einvoice is not None:
        own["einvoice_address"] = {"address": "003712345671", "operator": "003721291126"}


def _of_person(life: Life, said: dict[str, dict[str, Any]]) -> None:
    own = said["own"]
    own |= {"surname": LONG if life.long_name else "Suku", "first_names": "Etu"}
    if life.born_on is not None:
        own["birth_date"] = life.born_on.isoformat()
    if life.died is not None:
        own["death_date"] = (ON + timedelta(days=life.died)).isoformat()
    if life.dead_without_date:
        said["vtj"]["deceased"] = True


def _claims(life: Life, own: dict[str, Any]) -> None:
    if life.bankrupt is not None:
        own["insolvency"] = [{"kind": "bankruptcy", **_dated(life.bankrupt)}]
    if life.stopped:
        own["collection_stop"] = [{"reason": reason, **_dated(span)} for reason, span in life.stopped]
    if life.disputed is not None:
        own["dispute"] = {"valid_from": (ON - timedelta(days=400)).isoformat(), **_dated(life.disputed)}


def _ledgers(life: Life) -> list[Spoken]:
    """What invoicing has told back."""
    told: list[tuple[int, dict[str, Any]]] = []
    for item, one in life.dwellings:
        if one.returned and not (life.company and item in ("temporary_address", "contact_address")):
            mark = MARKER.of_address(HOMES[one.where])
            told.append((OTHER, {"returned_mail": {"fingerprint": mark, "returned_on": "2026-02-20"}}))
    refused = []
    if life.einvoice == "refused":
        refused.append(("einvoice", "003712345671", "2026-02-20"))
    if life.email == "refused":
        refused.append(("email", "etu@example.fi", "2026-02-20"))
    if life.mailbox_refused:
        refused.append(("mailbox", "", "2026-02-20"))
    if life.order is not None and life.order_refused is not None:
        day = ORDERED + timedelta(days=life.order_refused)
        refused.append((life.order, f"FI{CUSTOMER.int}", day.isoformat()))
    for channel, address, day_ in refused:
        mark = MARKER.of_channel(channel, address)
        told.append((ASKING, {"refused_channel": {"channel": channel, "fingerprint": mark, "refused_on": day_}}))
    if life.misdirected is not None:
        by, span = life.misdirected
        dated = {"valid_from": (ON - timedelta(days=400)).isoformat(), **_dated(span)}
        told.append((ASKING if by == "own" else OTHER, {"wrong_person": dated}))
    return [
        _spoken(CUSTOMER, SourceKind.LEDGER, organisation, content, place)
        for place, (organisation, content) in enumerate(told, 50)
    ]


def _spoken(
    party_id: UUID, source: SourceKind, organisation: int | None, content: dict[str, Any], place: int
) -> Spoken:
    statement = UUID(int=party_id.int * 1000 + place)
    return Spoken(
        party_id=party_id, record_id=statement, key="7", source_kind=source, organisation_id=organisation,
        since_on=HEARD.date(), silent_from=None, statement_id=statement, content=content, sealed=None, protected=None,
        holds_from=HEARD.date(), recorded_at=HEARD,
    )  # fmt: skip


def _dated(span: str) -> dict[str, str]:
    start, end = SPANS[span]
    found = {}
    if start is not None:
        found["valid_from"] = (ON + timedelta(days=start)).isoformat()
    if end is not None:
        found["valid_to"] = (ON + timedelta(days=end)).isoformat()
    return found


def _relation(kind: RelationKind, party_id: UUID, one: Kin, name: str) -> Relation:
    start, end = SPANS[one.span]
    return Relation(
        kind=kind, name=f"Suku {name}", party_id=party_id if one.known else None, phone=None, matters=one.matters,
        valid_from=None if start is None else ON + timedelta(days=start),
        valid_to=None if end is None else ON + timedelta(days=end),
        source=SourceKind.VTJ, organisation_id=None, holds_from=HEARD.date(), recorded_at=HEARD,
        statement_id=UUID(int=900 + party_id.int),
    )  # fmt: skip


def _order(kind: str, party_id: UUID) -> Order:
    return Order(
        kind=kind, organisation_id=ASKING, payment_reason="PH", address=f"FI{party_id.int}", operator="NDEAFIHH",  # type: ignore[arg-type]
        language=None, due_day=None, times_a_year=None, ordered_on=ORDERED, valid_from=ORDERED, valid_to=None,
        statement_id=UUID(int=800 + party_id.int),
    )  # fmt: skip
