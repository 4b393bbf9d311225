"""The query interface: what is asked and how, every kind of answer, and everything that can go wrong."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from rekisteri.catalogue import Rules
from rekisteri.ground import numbers
from rekisteri.ground.errors import Rejected
from rekisteri.simulators.serving import Answered, Misdeed, Tls
from rekisteri.simulators.vtj_people import CANARY, Abroad, Custodian, Guardian
from rekisteri.simulators.vtj_query import BASIC, FULL, soap_fault
from rekisteri.sources.vtj import client_query, codes, wire_query
from rekisteri.sources.vtj.codes import Meaning
from rekisteri.sources.vtj.facts import (
    HIDDEN,
    SILENT,
    Address,
    Both,
    Day,
    Death,
    Facts,
    FormerName,
    Mandate,
    Order,
    Someone,
)
from rekisteri.sources.vtj.observe import Stated, observe
from rekisteri.sources.vtj.wire_query import Answer, Question
from rekisteri.sources.vtj.wire_soap import Header, NoAnswer
from tests.builders import AAPO, AAPO_NEW, AAPO_TWIN, BEA, CALLE, EEVA
from tests.sources.vtj.asking import CALL, TODAY, Office, a_citizen, an_office

RULES = Rules(TODAY, artificial_hetu=True, ordinary_hetu=False)


def ask(office: Office, hetu: str = AAPO, **changed: object) -> Answer:
    return client_query.ask(office.setup(**changed), hetu, CALL, TODAY)


def found(office: Office, hetu: str = AAPO, **changed: object) -> Facts:
    answer = ask(office, hetu, **changed)
    assert answer.facts is not None, answer
    return answer.facts


def refused(office: Office, hetu: str = AAPO, **changed: object) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        ask(office, hetu, **changed)
    message = caught.value.message
    assert message.startswith("VTJ's query interface, call 5b0f4c1e-0000-4000-8000-000000000001")
    assert numbers.without_hetu(message) == message
    return caught.value


def test_an_answer_tells_names_addresses_language_and_that_no_order_is_on() -> None:
    with an_office(a_citizen()) as office:
        facts = found(office)
    assert (facts.hetu, facts.surname, facts.first_names) == (AAPO, "Kuvitteellinen", "Aapo Testi")
    assert facts.permanent == Address(
        Both("Esimerkkitie 7 A 12", "Exempelvägen 7 A 12"), "00999", Both("HELSINKI", "HELSINGFORS"),
        valid_from=Day(2019, 5, 1),
    )  # fmt: skip
    assert (facts.temporary, facts.postal, facts.contact) == (None, None, None)
    assert (facts.language, facts.contact_language) == ("fi", "fi")
    assert (facts.death, facts.order) == (Death(dead=False), Order(on=False))
    assert (facts.custodies, facts.guardianships, facts.former_surnames) == ((), (), ())


def test_the_question_carries_the_whole_header_the_end_user_and_the_product_in_the_order_of_the_schema() -> None:
    with an_office(a_citizen()) as office:
        ask(office, billing="lasku-1")
        (asked,) = office.server.asked
    text = asked.body.decode()
    assert asked.headers["soapaction"] == '""'
    for name, value in (
        ("xrd:id", CALL.id), ("xrd:userId", CALL.end_user), ("xrd:issue", CALL.issue), ("xrd:protocolVersion", "4.0"),
        ("SoSoNimi", "ASIAKASREKISTERI 1"), ("Loppukayttaja", CALL.end_user), ("Laskutustiedot", "lasku-1"),
        ("Henkilotunnus", AAPO),
    ):  # fmt: skip
        assert f"<{name}>{value}</{name}>" in text
    children = re.findall(r"<(\w+)>", text.partition("<request>")[2])
    assert children == ["SoSoNimi", "Kayttajatunnus", "Salasana", "Loppukayttaja", "Laskutustiedot", "Henkilotunnus"]


def test_custodians_guardians_former_names_death_and_an_order_with_its_end_are_told() -> None:
    child = a_citizen(
        EEVA,
        custodians=[
            Custodian(BEA, "Keksitty", "Bea Turva", date(1990, 2, 2), date(2006, 6, 6), date(2024, 6, 6)),
            Custodian(None, "Smith", "John", date(1980, 5, 1), date(2006, 6, 6), None),
        ],
    )
    ward = a_citizen(
        CALLE,
        guardians=[
            Guardian(BEA, "Keksitty", "Bea Turva", date(2020, 1, 1)),
            Guardian(None, "Edunvalvonta Oy", "", date(2021, 1, 1), date(2030, 1, 1), ytunnus="9999999-2"),
            Guardian(None, "", "", date(2022, 1, 1), office_fi="Keksitty oikeusaputoimisto", office_sv="Påhittad byrå"),
            Guardian(AAPO, "Kuvitteellinen", "Aapo", date(2023, 1, 1), authorised=True),
        ],
        restriction="2",
        former_surnames=[("Entinen", date(1999, 12, 31), date(2010, 1, 1))],
    )
    guarded = a_citizen(BEA, protected=True, protected_until=date(2028, 2, 28), dead=True)
    with an_office(child, ward, guarded) as office:
        custodies = found(office, EEVA).custodies
        told = found(office, CALLE)
        dead = found(office, BEA)
    assert [one.custodian for one in custodies if custodies is not SILENT] == [  # type: ignore[union-attr]
        Someone("Keksitty", "Bea Turva", BEA, Day(1990, 2, 2)),
        Someone("Smith", "John", None, Day(1980, 5, 1)),
    ]
    assert told.former_surnames == (FormerName("Entinen", Day(1999, 12, 31), Day(2010, 1, 1)),)
    assert not isinstance(told.guardianships, type(SILENT))
    assert [(one.guardian.hetu, one.guardian.ytunnus, one.mandate, one.restriction) for one in told.guardianships] == [
        (BEA, None, Mandate.ORDER, "partial"),
        (None, "9999999-2", Mandate.ORDER, "partial"),
        (None, None, Mandate.ORDER, "partial"),
        (AAPO, None, Mandate.AUTHORISATION, None),
    ]
    assert told.guardianships[0].matters == Both("taloudelliset asiat", "ekonomiska ärenden")
    assert dead.death == Death(dead=True)
    assert dead.order == Order(on=True, until=Day(2028, 2, 28))


def test_what_a_permit_hides_is_told_hidden_and_a_product_without_the_order_is_silent_of_it() -> None:
    with an_office(a_citizen(protected=True)) as office:
        assert isinstance(found(office).permanent, Address)
        office.service.hides = True
        assert found(office).permanent is HIDDEN
        basic = found(office, product=BASIC)
        assert (basic.order, basic.permanent) == (SILENT, HIDDEN)
        assert (basic.custodies, basic.contact, basic.contact_language) == (SILENT, SILENT, SILENT)


def test_addresses_abroad_tell_their_country_by_code_or_by_name() -> None:
    with an_office(
        a_citizen(permanent=Abroad("Storgatan 1", "111 22 STOCKHOLM", "752", "Ruotsi", date(2020, 1, 1))),
        a_citizen(CALLE, temporary=Abroad("Kadun varsi", "NIMETÖN", "998", "Jokuvaan")),
    ) as office:
        permanent, temporary = found(office).permanent, found(office, CALLE).temporary
    assert isinstance(permanent, Address)
    assert (permanent.country, permanent.town.fi) == ("SE", "111 22 STOCKHOLM RUOTSI")
    assert isinstance(temporary, Address)
    assert (temporary.country, temporary.town.fi) == (None, "NIMETÖN JOKUVAAN")


def test_swedish_forms_are_written_to_those_who_are_written_to_in_swedish() -> None:
    with an_office(a_citizen(contact_language="sv"), a_citizen(CALLE)) as office:
        swede, finn = observe(found(office), RULES), observe(found(office, CALLE), RULES)
    assert swede.items["permanent_address"].value == {
        "street": "Exempelvägen 7 A 12", "postcode": "00999", "town": "HELSINGFORS", "valid_from": "2019-05-01",
    }  # fmt: skip
    assert "Esimerkkitie 7 A 12" in str(finn.items["permanent_address"].value)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None), ("20260301", Day(2026, 3, 1)), ("19500000", Day(1950)), ("19500500", Day(1950, 5)),
        ("20240229", Day(2024, 2, 29)),
    ],
)  # fmt: skip
def test_dates_known_in_part_keep_what_is_known(text: str, day: Day | None) -> None:
    assert wire_query.day(text, "x") == day


@pytest.mark.parametrize("text", ["20230229", "20261301", "2026", "abcdefgh", "2026030１", "00000000", "20260301x"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NoAnswer):
        wire_query.day(text, "x")


def test_a_date_known_in_part_begins_first_and_ends_last_and_makes_no_death_date() -> None:
    assert (Day(1950).first(), Day(1950, 2).last(), Day(1950, 5).whole()) == (date(1950, 1, 1), date(1950, 2, 28), None)
    facts = Facts(AAPO, death=Death(dead=True, on=Day(2026, 2)), order=Order(on=True, until=Day(2028)))
    items = observe(facts, RULES).items
    assert items["deceased"] == Stated(value=True)
    assert items["death_date"] == Stated(None)
    assert items["turvakielto_until"] == Stated("2028-12-31")


def test_a_code_no_longer_in_force_tells_the_one_that_is() -> None:
    with an_office(a_citizen(AAPO_NEW, former_hetus=[AAPO]), a_citizen(AAPO_TWIN)) as office:
        answer = ask(office)
        assert (answer.meaning, answer.renewed, answer.facts) == (Meaning.PASSIVE, AAPO_NEW, None)
        assert found(office, AAPO_NEW).hetu == AAPO_NEW
        # Two codes that differ by their century sign alone are two people.
        assert found(office, AAPO_TWIN).hetu == AAPO_TWIN


def test_nobody_found_comes_as_a_fault_code_and_is_no_error() -> None:
    with an_office() as office:
        answer = ask(office, BEA)
    assert (answer.code, answer.meaning, answer.facts) == ("0001", Meaning.NOT_FOUND, None)


@pytest.mark.parametrize(
    "code", sorted(set(codes.RETURN_CODES) - {"0000", "-1800", "-1906", "0016", "0008", "0009", "0017", "0018"})
)
def test_every_return_code_has_its_meaning(code: str) -> None:
    with an_office() as office:
        office.service.returns[AAPO] = code
        answer = ask(office)
    assert (answer.code, answer.meaning, answer.facts) == (code, codes.RETURN_CODES[code], None)


def test_codes_that_come_with_a_person_are_answers() -> None:
    with an_office(a_citizen(EEVA, born_on=date(2020, 6, 6))) as office:
        answer = ask(office, EEVA)
    assert (answer.code, answer.meaning) == ("0018", Meaning.FOUND)
    assert answer.facts is not None


@pytest.mark.parametrize("code", ["-1800", "-1906", "0016"])
def test_trouble_that_may_pass_is_asked_again_under_a_new_id_and_at_last_told(code: str) -> None:
    with an_office() as office:
        office.service.returns[AAPO] = code
        error = refused(office)
        ids = [re.search(r"<xrd:id>(.+?)</xrd:id>", asked.body.decode()) for asked in office.server.asked]
    assert f"code {code}" in error.message
    assert [found.group(1) for found in ids if found] == [CALL.id, f"{CALL.id}-2", f"{CALL.id}-3"]


def test_a_wrong_password_is_told_at_once_and_never_tried_again() -> None:
    with an_office(a_citizen()) as office:
        office.service.password = "changed"
        answer = ask(office, password=SecretStr("old"))
        assert (answer.code, answer.meaning) == ("-1500", Meaning.STOP)
        assert len(office.server.asked) == 1


def html(status: int) -> Answered:
    return Answered(status, "text/html", b"<html><body>Huoltokatko</body></html>")


def sent_back(change: Callable[[str], str]) -> Misdeed:
    return Misdeed(mend=lambda answered: replace(answered, body=change(answered.body.decode()).encode()))


XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("misdeed", "told", "calls"),
    [
        (Misdeed(instead=soap_fault(500)), "SOAP fault came: Server.ServerProxy.NetworkError", 3),
        (Misdeed(instead=soap_fault(200)), "SOAP fault came", 3),
        (Misdeed(instead=soap_fault(500, "Client.AccessDenied", "Not allowed")), "Client.AccessDenied: Not allowed", 1),
        (Misdeed(instead=html(502)), "answered 502 with text/html", 3),
        (Misdeed(instead=html(200)), "answered 200 with text/html", 1),
        (Misdeed(cut=True), "broke off in the middle", 3),
        (Misdeed(delay_s=0.4), "No answer came in time", 3),
        (Misdeed(drip_s=0.06), "No answer came in time: it began, and dripped", 3),
        (Misdeed(instead=Answered(200, "text/xml", b"<x/>", (("Content-Encoding", "gzip"),))), "packed and does not", 3),
        (Misdeed(instead=Answered(200, "text/xml", XXE.encode())), "document type of its own", 1),
        (Misdeed(instead=Answered(200, "text/xml", BOMB.encode())), "document type of its own", 1),
        (Misdeed(instead=Answered(200, "text/xml", "<x>å</x>".encode("latin-1"))), "not UTF-8", 1),
        (Misdeed(instead=Answered(200, "text/xml", b"<x/>")), "no SOAP message but <x>", 1),
        (Misdeed(instead=Answered(200, "text/xml", b"<x>" + b"y" * (3 << 20) + b"</x>")), "more than 2 MiB", 1),
        (sent_back(lambda text: text[: len(text) // 2]), "broken or no XML", 3),
        (sent_back(lambda text: text.replace(CALL.id, "another")), "whose id is not that of the question", 3),
        (sent_back(lambda text: text.replace(AAPO, BEA)), "about another person than asked", 1),
        (sent_back(lambda text: text.replace('voimassaolokoodi="1">' + AAPO, '>' + BEA)), "about another person than asked", 1),
        (sent_back(lambda text: text.replace("20190501", "20191350")), "AsuminenAlkupvm is no date", 1),
        (sent_back(lambda text: text.replace("<TurvakieltoTieto/>", "<TurvakieltoTieto>7</TurvakieltoTieto>")), "neither on nor off", 1),
    ],
)  # fmt: skip
def test_whatever_comes_instead_of_an_answer_is_a_clear_error_naming_the_call(
    misdeed: Misdeed, told: str, calls: int
) -> None:
    with an_office(a_citizen()) as office:
        office.server.misbehave(*[misdeed] * 3)
        error = refused(office, timeout_s=0.15)
        assert told in error.message
        assert len(office.server.asked) == calls


def test_a_trouble_that_passes_is_not_noticed() -> None:
    with an_office(a_citizen()) as office:
        office.server.misbehave(Misdeed(instead=soap_fault(500)), Misdeed(cut=True))
        assert found(office).surname == "Kuvitteellinen"
        assert len(office.server.asked) == 3


def test_a_server_that_is_not_there_is_told() -> None:
    with an_office() as office:
        setup = office.setup()
    with pytest.raises(NoAnswer, match="cannot be reached"):
        client_query.ask(setup, AAPO, CALL, TODAY)


def test_what_the_catalogue_does_not_declare_is_nowhere_in_the_facts() -> None:
    with an_office(a_citizen()) as office:
        facts = found(office, product=FULL)
        assert CANARY in office.service.answer(office.server.asked[0]).body.decode()
    assert CANARY not in repr(facts)


def test_a_question_shows_neither_code_nor_password() -> None:
    question = Question(AAPO, "X", "user", "secret-word", "FI-k")
    assert AAPO not in repr(question)
    assert "secret-word" not in repr(question)


@pytest.mark.parametrize("client", ["FI-TEST/GOV/9999999-2", "FI-TEST/GOV//asiakasrekisteri"])
def test_an_identifier_of_wrong_parts_is_refused_before_anything_is_sent(client: str) -> None:
    with an_office() as office, pytest.raises(Rejected):
        ask(office, client=client)


def certificates(folder: Path) -> tuple[Tls, Path, Path]:
    """The server's and the caller's certificate, each its own authority."""
    made = []
    for name in ("server", "caller"):
        key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True,
        )  # fmt: skip
        key.chmod(0o600)
        made.append((key, certificate))
    (server_key, server), (caller_key, caller) = made
    return Tls(server, server_key, callers=caller), caller, caller_key


def test_both_ends_prove_who_they_are_and_certificates_that_do_not_match_are_told(tmp_path: Path) -> None:
    tls, certificate, key = certificates(tmp_path)
    with an_office(a_citizen(), tls=tls) as office:
        ours = {"ca": tls.certificate, "certificate": certificate, "key": key}
        assert found(office, **ours).hetu == AAPO
        error = refused(office, **(ours | {"ca": certificate}))
        assert "certificates do not match" in error.message
        without = refused(office, ca=tls.certificate)
        assert "certificates do not match" in without.message or "broke off" in without.message


def test_the_header_must_be_whole_for_the_server_to_answer() -> None:
    with an_office(a_citizen()) as office:
        error = refused(office, client="FI-TEST/GOV/9999999-2/toinen")
        assert "Client.InvalidRequest" in error.message
    header = Header("a/b/c/d", "a/b/c/d/e/f", "1", "FI-x")
    assert wire_query.render(header, Question(AAPO, "P", "u", "p", "FI-x")).startswith(b"<?xml")
