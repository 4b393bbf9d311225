"""The invented population: the same for the same seed, artificial in every code, like Finland in its shape."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban
from stdnum.fi import hetu, ytunnus

from rekisteri.ground import numbers
from rekisteri.simulators import REFERENCE_DAY, Companies, Population, companies, people
from rekisteri.simulators.codes import spare_hetu
from rekisteri.simulators.draws import Permutation

COUNT = 25_000


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert list(people(3, 500)) == list(people(3, 500))
    assert list(people(3, 500)) != list(people(4, 500))
    assert list(companies(3, 100)) == list(companies(3, 100))


def test_a_person_is_the_same_whether_met_alone_or_in_the_crowd() -> None:
    crowd = list(people(5, 200))
    assert [Population(5).person(index) for index in (0, 7, 8, 123)] == [crowd[index] for index in (0, 7, 8, 123)]
    assert list(Population(5).people(50, 130)) == crowd[50:130]
    assert Companies(5).company(42) == next(islice(companies(5, 43), 42, None))


def test_every_hetu_is_valid_artificial_unique_and_agrees_with_birth_date_and_sex() -> None:
    held = [person for person in people(1, COUNT) if person.hetu]
    codes = [person.hetu for person in held if person.hetu]
    assert all(hetu.is_valid(code, allow_temporary=True) for code in codes)
    assert not any(hetu.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert all(numbers.born_on(person.hetu or "") == person.born_on for person in held)
    assert all((int((person.hetu or "")[7:10]) % 2 == 1) == (person.sex == "m") for person in held)
    assert {code[6] for code in codes} == set("+-YXWVUABCDEF")


def test_a_changed_hetu_is_nobodys_and_keeps_birth_date_and_sex() -> None:
    codes = {person.hetu for person in people(1, COUNT) if person.hetu}
    spares = [spare_hetu(code) for code in codes if "+" not in code]
    assert len(set(spares)) == len(spares)
    assert not codes & set(spares)
    assert all(hetu.is_valid(code, allow_temporary=True) for code in spares)


def test_no_code_meets_another_far_apart_in_a_great_population() -> None:
    population = Population(9)
    far = [p.hetu for start in (0, 700_000, 1_780_000) for p in population.people(start, start + 20_000) if p.hetu]
    assert len(set(far)) == len(far)


def test_accounts_phones_and_mail_addresses_are_well_formed() -> None:
    crowd = list(people(2, COUNT))
    assert all(iban.is_valid(person.refund_account) for person in crowd if person.refund_account)
    assert all(numbers.phone(person.phone) == person.phone for person in crowd if person.phone)
    mails = [person.email for person in crowd if person.email]
    assert all(numbers.email(mail) == mail for mail in mails)
    assert all(mail.endswith(("@example.fi", "@example.org")) for mail in mails)


def test_nobody_is_born_moves_or_dies_after_the_reference_day() -> None:
    for person in people(2, COUNT):
        assert date(1880, 1, 1) < person.born_on <= (person.died_on or REFERENCE_DAY) <= REFERENCE_DAY
        assert person.address.since is None or person.born_on <= person.address.since <= REFERENCE_DAY


def test_minors_and_nobody_else_have_a_custodian_of_the_same_household() -> None:
    crowd = list(people(2, COUNT))
    by_hetu = {person.hetu: person for person in crowd if person.hetu}
    minors = [person for person in crowd if person.custodian_name]
    assert 0.10 < len(minors) / len(crowd) < 0.20
    for minor in minors:
        assert REFERENCE_DAY.year - minor.born_on.year < 18
        if minor.custodian_hetu:
            custodian = by_hetu[minor.custodian_hetu]
            assert custodian.household == minor.household
            assert custodian.born_on.year + 18 <= minor.born_on.year


def test_names_fall_as_in_life_few_common_ones_and_a_long_tail() -> None:
    names = Counter(person.surname for person in people(1, 50_000))
    assert len(names) >= 8_000
    assert {name for name, _ in names.most_common(40)} >= {"Korhonen", "Virtanen", "Mäkinen", "Nieminen"}
    assert 0.001 < names["Virtanen"] / 50_000 < 0.02


def test_languages_and_rare_conditions_have_their_share() -> None:
    crowd = list(people(1, COUNT))
    tongues = Counter(person.mother_tongue for person in crowd)
    assert 0.82 < tongues["fi"] / COUNT < 0.92
    assert 0.04 < tongues["sv"] / COUNT < 0.07
    assert {"se", "ru", "so", "vi", "et", "ar", "de"} <= tongues.keys()
    assert 0.001 < sum(person.turvakielto is True for person in crowd) / COUNT < 0.01
    assert 0.005 < sum(person.died_on is not None for person in crowd) / COUNT < 0.04
    assert 0.002 < sum(bool(person.guardian_name) for person in crowd) / COUNT < 0.01
    assert 0.003 < sum(person.hetu is None for person in crowd) / COUNT < 0.02
    assert all(person.foreign_id for person in crowd if person.hetu is None)
    letters = set("".join(person.surname + person.first_names for person in crowd))
    assert set("åäöáčđŋšžßü") <= letters


def test_towns_and_postcodes_agree() -> None:
    homes = [person.address for person in people(1, COUNT)]
    assert all("00100" <= home.postcode <= "00999" for home in homes if home.town in {"Helsinki", "Helsingfors"})
    assert all(home.postcode.startswith("65") for home in homes if home.town in {"Vaasa", "Vasa"})
    swedish = [person for person in people(1, COUNT) if person.mother_tongue == "sv"]
    assert sum(person.address.town in {"Helsinki", "Vaasa", "Kirkkonummi"} for person in swedish) == 0


def test_companies_have_valid_business_ids_and_small_associations_none() -> None:
    made = list(companies(1, 20_000))
    ids = [company.ytunnus for company in made if company.ytunnus]
    assert all(ytunnus.is_valid(code) for code in ids)
    assert len(set(ids)) == len(ids)
    without = {company.form for company in made if company.ytunnus is None}
    assert without == {"ry", "rf"}
    assert all(company.einvoice_address[:4] == "0037" for company in made if company.einvoice_address)
    assert all(company.einvoice_operator for company in made if company.einvoice_address)
    assert all(numbers.email(company.email) for company in made if company.email)


@given(seed=st.integers(0, 10**9), capacity=st.integers(5, 400))
def test_a_permutation_meets_every_number_once(seed: int, capacity: int) -> None:
    shuffled = Permutation(seed, "test", capacity)
    assert sorted(map(shuffled, range(shuffled.size))) == list(range(shuffled.size))
