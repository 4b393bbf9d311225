"""Next month: the key tells what happened to whom, and everybody else is as before."""

from __future__ import annotations

from stdnum.fi import hetu

from rekisteri.simulators import (
    REFERENCE_DAY,
    Clientele,
    Customer,
    Happening,
    Month,
    NextMonth,
    Person,
    clientele_of,
    customers,
)

CLIENTELE = clientele_of(2, "kunta", 12_000)


def both_months(clientele: Clientele) -> tuple[dict[str, Customer], dict[str, Customer], NextMonth]:
    month = NextMonth(clientele, Month(changed_percent=12.0))
    before = {customer.number: customer for customer in customers(clientele)}
    return before, {customer.number: customer for customer in month.customers()}, month


def test_the_key_names_exactly_those_who_changed_came_or_went() -> None:
    before, after, month = both_months(CLIENTELE)
    differing = {number for number in before.keys() | after.keys() if before.get(number) != after.get(number)}
    assert differing == {change.customer_number for change in month.key}
    assert {change.happening for change in month.key} == set(Happening)


def test_each_happening_shows_in_the_customer() -> None:
    before, after, month = both_months(CLIENTELE)
    for change in month.key:
        was, now = before.get(change.customer_number), after.get(change.customer_number)
        if change.happening is Happening.JOINED:
            assert was is None
        elif change.happening is Happening.LEFT:
            assert now is None
        else:
            assert was is not None
            assert now is not None
            assert change.happened_on > REFERENCE_DAY
            if change.happening is Happening.MOVED:
                assert now.party.address.since == change.happened_on
            if isinstance(was.party, Person) and isinstance(now.party, Person):
                if change.happening is Happening.DIED:
                    assert (was.party.died_on, now.party.died_on) == (None, change.happened_on)
                if change.happening is Happening.RENAMED:
                    assert was.party.surname in now.party.former_surnames


def test_a_new_hetu_is_valid_and_nobodys() -> None:
    before, after, month = both_months(CLIENTELE)
    held = {customer.party.hetu for customer in before.values() if isinstance(customer.party, Person)}
    changed = [change.customer_number for change in month.key if change.happening is Happening.NEW_HETU]
    assert changed
    for number in changed:
        party = after[number].party
        assert isinstance(party, Person)
        assert hetu.is_valid(party.hetu or "", allow_temporary=True)
        assert party.hetu not in held


def test_a_delta_file_has_the_changed_and_the_new_only() -> None:
    before, after, _ = both_months(CLIENTELE)
    month = NextMonth(CLIENTELE, Month(changed_percent=12.0))
    delta = {customer.number: customer for customer in month.changed()}
    assert delta == {number: customer for number, customer in after.items() if before.get(number) != customer}
