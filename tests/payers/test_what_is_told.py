"""What an answer tells of the words it rests on, and of whom nothing may be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from rekisteri.access import Limit
from rekisteri.catalogue import SourceKind
from rekisteri.ground.keys import Ring, Versions
from rekisteri.parties import Mandate, MandateTerms
from rekisteri.payers.answer import Answer, Blocks, Doubt, Why
from rekisteri.payers.decide import decide
from rekisteri.payers.facts import Facts, Told
from rekisteri.payers.forms import Address, Limits, place_lines
from rekisteri.payers.marks import Marker
from rekisteri.payers.reasons import Channel
from tests.payers.lives import (
    ASKING,
    CUSTOMER,
    FIRST,
    GUARDIAN,
    HEARD,
    HOMES,
    MARKER,
    ON,
    ORDERED,
    OTHER,
    SECOND,
    Life,
    _order,
    _spoken,
    facts_of,
)
from tests.payers.test_explaining import COMPANY, KIN, PLAIN

CHILD = replace(PLAIN, born=14, channels=(Channel.LETTER,), custodians=(KIN,))
WARD = replace(PLAIN, guardian=replace(KIN, span="firstday", matters="Taloudelliset asiat"))


def answer(facts: Facts) -> Answer:
    found = decide(facts, Limits())
    assert isinstance(found, Answer)
    return found


def limited(facts: Facts, party_id: UUID, limit: Limit = Limit.WITHHELD) -> Facts:
    if party_id == CUSTOMER:
        return replace(facts, customer=replace(facts.customer, limit=limit))
    return replace(facts, people={**facts.people, party_id: replace(facts.people[party_id], limit=limit)})


def test_where_data_is_stored_and_not_used_the_answer_tells_that_and_nothing_else() -> None:
    for life, party_id in ((PLAIN, CUSTOMER), (CHILD, FIRST), (WARD, GUARDIAN)):
        told = answer(limited(facts_of(life), party_id))
        assert told.customer_id == CUSTOMER
        assert (told.liable, told.deliveries, told.refund, told.doubts, told.withheld) == ((), (), None, (), ())
        (stop,) = told.stops
        assert stop == ("restricted", (Blocks.INVOICING, Blocks.COLLECTION), None, None, Why("stop.restricted"))
        assert not told.may(Blocks.INVOICING)
        assert not told.may(Blocks.COLLECTION)
        flagged, other = answer(limited(facts_of(life), party_id, Limit.FLAGGED)), answer(facts_of(life))
        about = "customer" if party_id == CUSTOMER else facts_of(life).people[party_id].name
        assert flagged.doubts[-1] == Doubt("restricted", about, "ask_exception")
        assert flagged._replace(doubts=other.doubts) == other, "who may go on is answered as any other"
    # A guardian for other matters neither pays nor is sent the bill.
    aside = facts_of(replace(PLAIN, guardian=replace(KIN, matters="Henkilöä koskevat asiat")))
    assert answer(limited(aside, GUARDIAN)) == answer(aside)


def test_a_relation_is_told_by_its_own_word_and_whose_that_is() -> None:
    facts = facts_of(CHILD)

    def why(organisation_id: int | None, source: SourceKind) -> Why:
        relations = tuple(replace(one, organisation_id=organisation_id, source=source) for one in facts.relations)
        told = answer(replace(facts, relations=relations))
        assert told.liable[0].why.told == told.deliveries[0].why_recipient.told
        return told.deliveries[0].why_recipient

    statement = facts.relations[0].statement_id
    for organisation_id, source, own in (
        (None, SourceKind.VTJ, False),
        (ASKING, SourceKind.ORGANISATION, True),
        (OTHER, SourceKind.ORGANISATION, False),
    ):
        told = Told("Suku Yksi", source, own, HEARD.date(), HEARD.date(), statement)
        assert why(organisation_id, source) == Why("recipient.custodian", told)
    ward = facts_of(replace(WARD, channels=(Channel.LETTER,)))
    (relation,) = ward.relations
    own_word = replace(ward, relations=(replace(relation, organisation_id=ASKING, source=SourceKind.ORGANISATION),))
    told = Told("Suku Valvoja", SourceKind.ORGANISATION, True, HEARD.date(), HEARD.date(), relation.statement_id)
    assert answer(own_word).deliveries[0].why_recipient == Why("recipient.guardian", told)


def test_custodians_of_one_household_share_a_bill_and_what_either_has_ordered() -> None:
    both = replace(PLAIN, born=14, custodians=(KIN, replace(KIN, order=True)), channels=(Channel.CONSUMER_EINVOICE,))
    (bill,) = answer(facts_of(both)).deliveries
    assert (bill.names, bill.party_ids) == (("Yksi Suku", "Kaksi Suku"), (FIRST, SECOND))
    assert (bill.channel, bill.routing["address"]) == (Channel.CONSUMER_EINVOICE, f"FI{SECOND.int}")
    apart = facts_of(replace(both, custodians=(KIN, replace(KIN, where="away")), channels=(Channel.LETTER,)))
    assert [one.party_ids for one in answer(apart).deliveries] == [(FIRST,), (SECOND,)]


def test_a_guardians_address_is_the_one_in_force_on_the_day() -> None:
    facts = facts_of(replace(WARD, channels=(Channel.LETTER,)))
    word = facts.people[GUARDIAN].words[0]
    stays = {**HOMES["away"], "valid_from": ON.isoformat(), "valid_to": ON.isoformat()}
    for day, town in ((0, "20100 TURKU"), (1, "00100 HELSINKI")):
        party = replace(
            facts.people[GUARDIAN], words=(word._replace(content={**word.content, "temporary_address": stays}),)
        )
        told = answer(replace(facts, on=ON + timedelta(days=day), people={GUARDIAN: party}))
        assert told.deliveries[0].lines[-1] == town


def test_what_is_said_of_a_company_stops_no_person() -> None:
    facts = facts_of(PLAIN)
    odd = _spoken(CUSTOMER, SourceKind.ORGANISATION, OTHER, {"dissolution_date": "2020-01-01"}, 74)
    customer = replace(facts.customer, words=(*facts.customer.words, odd))
    assert answer(replace(facts, customer=customer)).stops == ()


def test_an_order_at_a_bank_is_told_by_its_days_and_statement_and_a_guardians_ward_orders_from_the_orders_day_on() -> (
    None
):
    facts = facts_of(replace(PLAIN, order="consumer_einvoice"))
    (bill,) = answer(facts).deliveries
    statement = _order("consumer_einvoice", CUSTOMER).statement_id
    assert bill.why_channel == Why(
        "channel.consumer_einvoice", Told("consumer_einvoice", SourceKind.BANK, True, ORDERED, ORDERED, statement)
    )
    ward = facts_of(replace(WARD, order="consumer_einvoice"))
    for days, channel in ((0, Channel.CONSUMER_EINVOICE), (-1, Channel.MAILBOX), (1, Channel.CONSUMER_EINVOICE)):
        orders = {CUSTOMER: [replace(_order("consumer_einvoice", CUSTOMER), ordered_on=ON + timedelta(days=days))]}
        assert [one.channel for one in answer(replace(ward, orders=orders)).deliveries] == [channel]


def a_mandate(reference: str, given_days_ago: int, payment_reason: str = "PH") -> Mandate:
    given = ON - timedelta(days=given_days_ago)
    terms = MandateTerms(
        reference,
        "FI02ZZZ12345678",
        payment_reason,
        "FI2112345600000785",
        "NDEAFIHH",
        "recurring",
        given,
        None,
        None,
    )
    return Mandate(ASKING, terms, given + timedelta(days=1), UUID(int=700 + given_days_ago))


def test_a_bill_may_be_collected_by_the_newest_mandate_for_its_payment_reason_of_the_living_alone() -> None:
    older, newer, foreign = a_mandate("M1", 30), a_mandate("M2", 20), a_mandate("M3", 1, "VESI")
    facts = replace(facts_of(PLAIN), mandates={CUSTOMER: [older, newer, foreign]})
    debit = answer(facts).deliveries[0].direct_debit
    assert debit is not None
    assert debit[:5] == ("M2", "FI02ZZZ12345678", "FI2112345600000785", "NDEAFIHH", "recurring")
    given = newer.terms.given_on
    told = Told("M2", SourceKind.BANK, True, given + timedelta(days=1), given, newer.statement_id)
    assert debit.why == Why("debit.mandate", told)
    assert answer(replace(facts, mandates={CUSTOMER: [foreign]})).deliveries[0].direct_debit is None
    assert answer(replace(facts, mandates={})).deliveries[0].direct_debit is None
    dead = replace(facts_of(replace(PLAIN, died=-10)), mandates={CUSTOMER: [newer]})
    assert answer(dead).deliveries[0].direct_debit is None
    # Who gets the bill has it collected; so does the one it is about.
    ward = replace(facts_of(WARD), mandates={GUARDIAN: [older], CUSTOMER: [newer]})
    debit = answer(ward).deliveries[0].direct_debit
    assert debit is not None
    assert debit.mandate == "M2"
    alone = answer(replace(ward, mandates={GUARDIAN: [older]})).deliveries[0].direct_debit
    assert alone is not None
    assert alone.mandate == "M1"


def test_a_unit_is_named_by_the_asking_organisations_own_record_of_that_number_alone() -> None:
    facts = facts_of(replace(COMPANY, unit="Varasto*", languages=(("invoice_language", "sv"),)))
    own = next(word for word in facts.customer.words if word.organisation_id == ASKING)

    def bill(number: str | None, *words: object) -> tuple[str, ...]:
        customer = replace(facts.customer, words=(*words, *facts.customer.words))  # type: ignore[arg-type]
        return answer(replace(facts, number=number, customer=customer)).deliveries[0].names

    assert bill("7") == ("Keksitty Oy", "Varasto")
    assert bill("8") == bill(None) == ("Keksitty Oy",)
    bank = _spoken(CUSTOMER, SourceKind.BANK, ASKING, {"organisation_name": "Pankin"}, 70)
    other = _spoken(CUSTOMER, SourceKind.ORGANISATION, OTHER, {"organisation_name": "Toisen"}, 71)
    elsewhere = own._replace(key="9", content={"organisation_name": "Muualla"})
    assert bill("7", bank, other, elsewhere) == ("Keksitty Oy", "Varasto")
    nameless = own._replace(content={"postal_address": HOMES["away"]})
    assert bill("7", nameless) == ("Keksitty Oy",)
    # A unit writes in its own language, else in the company's.
    (unit,) = answer(facts).deliveries
    assert (unit.language, unit.why_language.rule) == ("sv", "language.invoice_language")
    company = _spoken(CUSTOMER, SourceKind.MAINTAINER, None, {"organisation_name": "Keksitty Oy", "language": "en"}, 72)
    silent = own._replace(content={"organisation_name": "Varasto"})
    customer = replace(facts.customer, words=(company, silent))
    (unit,) = answer(replace(facts, customer=customer)).deliveries
    assert (unit.language, unit.why_language) == ("en", Why("language.organisation"))


def test_each_channel_is_passed_over_with_its_own_reason() -> None:
    def passed(life: Life) -> dict[str, str]:
        (bill,) = answer(facts_of(life)).deliveries
        return {one.channel.value: one.reason for one in bill.passed}

    bankrupt = replace(COMPANY, bankrupt="always", einvoice="ok", channels=(Channel.EINVOICE, Channel.LETTER))
    assert passed(bankrupt) == {"einvoice": "not_electronic"}
    child = replace(CHILD, channels=(Channel.EINVOICE, Channel.LETTER))
    assert passed(child) == {"einvoice": "no_einvoice_address"}
    electronic = (Channel.CONSUMER_EINVOICE, Channel.EINVOICE, Channel.MAILBOX, Channel.EMAIL, Channel.LETTER)
    # The wish is tried first, whatever the order.
    nothing = replace(PLAIN, code=False, wish="email", channels=electronic)
    assert passed(nothing) == {
        "email": "no_email", "consumer_einvoice": "no_order", "einvoice": "no_einvoice_address", "mailbox": "no_code",
    }  # fmt: skip
    facts = facts_of(replace(COMPANY, einvoice="ok", channels=(Channel.EINVOICE, Channel.LETTER)))
    long = _spoken(CUSTOMER, SourceKind.MAINTAINER, None, {"organisation_name": "Ylipitkä" * 9}, 73)
    customer = replace(facts.customer, words=(*facts.customer.words, long))
    (bill,) = answer(replace(facts, customer=customer)).deliveries
    assert [tuple(one) for one in bill.passed] == [(Channel.EINVOICE, "unfit"), (Channel.LETTER, "unfit")]


def test_a_guardian_not_understood_is_a_stop_since_the_orders_first_day() -> None:
    (stop,) = answer(facts_of(replace(PLAIN, guardian=replace(KIN, span="lastday", matters="Koirat")))).stops
    assert (stop.code, stop.since, stop.blocks) == ("guardian_unclear", ON - timedelta(days=30), (Blocks.INVOICING,))


def test_of_equally_believed_words_the_one_that_holds_later_stands_and_then_the_one_heard_later() -> None:
    facts = facts_of(PLAIN)

    def email(*holding: tuple[int | None, int]) -> object:
        words = [
            _spoken(CUSTOMER, SourceKind.ORGANISATION, OTHER, {"email": f"{place}@example.fi"}, place)._replace(
                holds_from=None if held is None else ON - timedelta(days=held),
                recorded_at=HEARD - timedelta(days=heard),
            )
            for place, (held, heard) in enumerate(holding)
        ]
        best = replace(facts.customer, words=tuple(words)).best("email")
        assert best is not None
        return best.value

    assert email((10, 0), (5, 9)) == "1@example.fi"
    assert email((5, 9), (5, 3)) == "1@example.fi"
    assert email((None, 0), (900, 5)) == "1@example.fi"
    assert email((5, 3), (5, 3)) == "1@example.fi", "and then by the statement's id"


def test_a_postcode_written_with_its_space_is_written_so_once() -> None:
    assert place_lines(Address("Storgatan 1", "111 22", "Stockholm", "SE", ""), "sv")[1] == "111 22 Stockholm"
    assert place_lines(Address("Storgatan 1", "1 1122", "Stockholm", "SE", ""), "sv")[1] == "111 22 Stockholm"
    assert place_lines(Address("Gatan 1", "1112", "Oslo", "NO", ""), "sv")[1] == "1112 Oslo"


def test_many_fingerprints_by_the_current_key_are_those_made_one_by_one() -> None:
    mark = MARKER.current()
    for value in HOMES.values():
        address = Address(value["street"], value["postcode"], value["town"], value.get("country", "FI"), "")
        assert mark(address) == MARKER.of_address(value)


def test_a_fingerprint_is_met_by_every_key_of_the_ring_there_is_and_made_by_the_current_one() -> None:
    class Turning:
        versions = Versions(1, {1: b"a" * 32})
        asked = 0

        def stamp(self) -> object:
            return self.versions.current

        def ring(self) -> Ring:
            self.asked += 1
            return Ring(MappingProxyType({"mark": self.versions}))

    keys = Turning()
    marker = Marker(keys)  # type: ignore[arg-type]
    old = marker.of_address(HOMES["home"])
    assert marker.every_of_address(HOMES["home"]) == [old]
    keys.versions = Versions(2, {1: b"a" * 32, 2: b"b" * 32})
    new = marker.of_address(HOMES["home"])
    assert marker.every_of_address(HOMES["home"]) == [new, old]
    assert new != old
    assert keys.asked == 2, "once for each ring"
    assert marker.of_address({**HOMES["home"], "postcode": "00 100"}) == new
    assert marker.of_channel("mailbox", "A") == marker.of_channel("mailbox", "a") != marker.of_channel("email", "a")
