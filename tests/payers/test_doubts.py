"""Doubts of words that contradict each other, and facts of the days that decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from rekisteri.catalogue import Disclosure, SourceKind
from rekisteri.parties import Spoken
from rekisteri.payers.answer import Answer
from rekisteri.payers.decide import decide
from rekisteri.payers.facts import Facts
from rekisteri.payers.forms import Limits
from rekisteri.payers.reasons import Channel
from tests.payers.lives import ASKING, CUSTOMER, HEARD, HOMES, ON, OTHER, Dwelling, Life, _spoken, facts_of
from tests.payers.test_explaining import COMPANY, KIN, PLAIN


def codes(facts: Facts) -> dict[str, str]:
    answer = decide(facts, Limits())
    return {doubt.code: doubt.settle for doubt in answer.doubts}  # type: ignore[union-attr]


def said(source: SourceKind, organisation: int | None, place: int, heard: datetime = HEARD, **content: Any) -> Spoken:
    word = _spoken(CUSTOMER, source, organisation, content, place)
    return word._replace(recorded_at=heard, holds_from=heard.date())


def with_words(facts: Facts, *words: Spoken, turvakielto: Disclosure = Disclosure.OFF) -> Facts:
    return replace(facts, customer=replace(facts.customer, words=words, turvakielto=turvakielto))


def test_a_later_and_different_home_told_by_somebody_less_believed_is_a_doubt() -> None:
    facts = facts_of(PLAIN)
    vtj = said(SourceKind.VTJ, None, 1, surname="Suku", birth_date="1980-01-01", permanent_address=HOMES["home"])
    later = HEARD + timedelta(days=3)
    moved = said(SourceKind.ORGANISATION, OTHER, 2, later, permanent_address=HOMES["away"])
    same = said(
        SourceKind.ORGANISATION, OTHER, 3, later, permanent_address={**HOMES["home"], "street": "KOTIKUJA 2 b3"}
    )
    gone = said(SourceKind.ORGANISATION, OTHER, 4, later, permanent_address={**HOMES["away"], "valid_to": "2026-01-31"})
    assert codes(with_words(facts, vtj, moved)) == {"newer_address_elsewhere": "check_address"}
    assert codes(with_words(facts, vtj, same)) == {}
    for part in ({"street": "Toinen 1"}, {"postcode": "00101"}, {"town": "Espoo"}, {"country": "SE"}):
        other = said(SourceKind.ORGANISATION, OTHER, 5, later, permanent_address={**HOMES["home"], **part})
        assert codes(with_words(facts, vtj, other)) == {"newer_address_elsewhere": "check_address"}, part
    assert codes(with_words(facts, vtj, gone)) == {}
    assert codes(with_words(facts, vtj, moved._replace(recorded_at=HEARD))) == {}
    # Nothing is told of what may not be known.
    on = codes(with_words(facts, vtj, moved, turvakielto=Disclosure.ON))
    assert "newer_address_elsewhere" not in on


def test_organisations_that_name_a_company_differently_are_a_doubt_until_a_directory_speaks() -> None:
    facts = facts_of(COMPANY)
    one = said(SourceKind.ORGANISATION, ASKING, 1, organisation_name="Keksitty Oy", ytunnus="1234567-1")
    other = said(SourceKind.ORGANISATION, OTHER, 2, organisation_name="Keksitty Yhtiö Oy")
    alike = said(SourceKind.ORGANISATION, OTHER, 3, organisation_name="KEKSITTY OY")
    directory = said(SourceKind.DIRECTORY, None, 4, organisation_name="Keksitty Oy")
    assert codes(with_words(facts, one, other)) == {"company_name": "check_directory"}
    assert codes(with_words(facts, one, alike)) == {}
    assert codes(with_words(facts, one, other, directory)) == {}


def test_what_would_settle_a_recipient_that_is_not_reached_depends_on_why() -> None:
    def settle(**kin: Any) -> str | None:
        facts = facts_of(replace(PLAIN, born=14, channels=PLAIN.channels[-1:], custodians=(KIN, replace(KIN, **kin))))
        return codes(facts).get("recipient_unreached")

    assert settle(turvakielto="on") == "ask_contact_address"
    assert settle(turvakielto="unknown") == "check_vtj"
    assert settle(where=None) == "check_address"
    assert settle(where="away") is None


def test_majority_comes_on_the_birthday_and_on_the_first_of_march_for_a_leap_day() -> None:
    facts = facts_of(PLAIN)

    def age(born: str, on: date) -> tuple[int | None, bool]:
        customer = replace(facts.customer, words=(said(SourceKind.VTJ, None, 1, surname="S", birth_date=born),))
        asked = replace(facts, customer=customer, on=on)
        return asked.age, asked.minor

    assert age("2008-03-03", date(2026, 3, 2)) == (17, True)
    assert age("2008-03-02", date(2026, 3, 2)) == (18, False)
    assert age("2008-02-29", date(2026, 2, 28)) == (17, True)
    assert age("2008-02-29", date(2026, 3, 1)) == (18, False)
    assert age("2026-03-02", ON) == (0, True)
    leap = replace(
        facts,
        on=date(2026, 2, 1),
        customer=replace(facts.customer, words=(said(SourceKind.VTJ, None, 1, surname="S", birth_date="2008-02-29"),)),
    )
    answer = decide(leap, Limits())
    (stop,) = [one for one in answer.stops if one.code == "minor"]  # type: ignore[union-attr]
    assert (stop.since, stop.until) == (None, date(2026, 2, 28))


def test_what_is_not_for_the_purpose_is_neither_used_nor_told_and_that_is_said_of_each() -> None:
    hidden = frozenset({"bank_order", "einvoice_address", "invoice_channel", "invoice_language"})

    def asked(life: Life) -> Answer:
        facts = facts_of(life)
        people = {party_id: replace(party, hidden=hidden) for party_id, party in facts.people.items()}
        answer = decide(replace(facts, customer=replace(facts.customer, hidden=hidden), people=people), Limits())
        assert isinstance(answer, Answer)
        return answer

    company = asked(replace(COMPANY, einvoice="ok", channels=(Channel.EINVOICE, Channel.LETTER)))
    assert [(one.item, one.about, one.rule) for one in company.withheld] == [
        ("einvoice_address", "customer", "purpose"),
        ("invoice_channel", "customer", "purpose"),
        ("invoice_language", "customer", "purpose"),
    ]
    assert [passed.reason for passed in company.deliveries[0].passed] == ["no_einvoice_address"]
    child = asked(replace(PLAIN, born=14, custodians=(KIN,)))
    assert [(one.item, one.about) for one in child.withheld if one.item == "bank_order"] == [
        ("bank_order", "customer"),
        ("bank_order", "Yksi Suku"),
    ]


def test_a_units_own_address_goes_before_the_companys_better_believed_one() -> None:
    life = replace(
        COMPANY, unit="Varasto*", channels=(Channel.LETTER,), languages=(("invoice_language", "sv"),),
        dwellings=(("postal_address", Dwelling("home", "maintainer", "always", returned=False)),),
    )  # fmt: skip
    answer = decide(facts_of(life), Limits())
    assert isinstance(answer, Answer)
    (bill,) = answer.deliveries
    assert bill.lines == ("Keksitty Oy", "Varasto", "Muutie 7", "20100 TURKU")
    assert bill.language == "sv"


def test_a_form_that_cannot_hold_the_name_passes_the_electronic_channels_over_with_that_reason() -> None:
    for life, reasons in (
        (replace(PLAIN, long_name=True, order="consumer_einvoice"), {"consumer_einvoice": "unfit"}),
        (replace(PLAIN, long_name=True, order="direct_payment"), {"direct_payment": "unfit"}),
    ):
        answer = decide(facts_of(replace(life, code=False)), Limits())
        assert isinstance(answer, Answer)
        passed = {one.channel.value: one.reason for one in answer.deliveries[0].passed}
        assert passed.items() >= reasons.items()
        assert passed["letter"] == "unfit"
        assert [stop.why.rule for stop in answer.stops] == ["stop.unfit"]
