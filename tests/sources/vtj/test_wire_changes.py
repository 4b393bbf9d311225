"""What the change interface may send that is no answer, or an answer that does not hold."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from rekisteri.simulators.serving import Answered, Misdeed, Tls
from rekisteri.sources.vtj import wire_changes
from rekisteri.sources.vtj.client_changes import opened
from rekisteri.sources.vtj.wire_changes import PAGE_BYTES_MAX, Page, Person, Poison
from rekisteri.sources.vtj.wire_soap import NoAnswer
from tests.builders import AAPO, AAPO_TWIN, BEA
from tests.certificates import a_certificate
from tests.sources.vtj.asking import a_citizen
from tests.sources.vtj.following import Bureau, a_bureau


def page(*changes: dict[str, Any]) -> Page:
    told = {"viimeisinKirjausavain": 1, "ajanTasalla": True, "muutokset": list(changes)}
    return wire_changes.parse_changes(orjson.dumps(told))


def a_change(hetu: object = AAPO, on: object = "2026-02-28T22:00:00.000Z", **group: Any) -> dict[str, Any]:
    named = {"tietoryhma": "HENKILON_NIMI", "muutosattribuutti": "LISATTY", "sukunimi": "Uusi", "etunimi": "Aapo"}
    return {"henkilotunnus": hetu, "muutospv": on, "tietoryhmat": [named | group]}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b'"viimeisinKirjausavain"', b"<html/>", b'{"muutokset": [', b'{"muutokset": []}',
        '{"viimeisinKirjausavain": 1, "ajanTasalla": true, "muutokset": [{"a": "ä"}]}'.encode("latin-1"),
        '{"viimeisinKirjausavain": 1, "ajanTasalla": true, "muutokset": []}'.encode("utf-16"),
        b'{"viimeisinKirjausavain": NaN, "ajanTasalla": true, "muutokset": []}',
        b'{"viimeisinKirjausavain": -1, "ajanTasalla": true, "muutokset": []}',
        b'{"viimeisinKirjausavain": 1e400, "ajanTasalla": true, "muutokset": []}',
        b'{"viimeisinKirjausavain": true, "ajanTasalla": true, "muutokset": []}',
        b'{"viimeisinKirjausavain": 9223372036854775808, "ajanTasalla": true, "muutokset": []}',
        b'{"viimeisinKirjausavain": "' + b"9" * 5000 + b'", "ajanTasalla": true, "muutokset": []}',
        b'{"viimeisinKirjausavain": "0x10", "ajanTasalla": true, "muutokset": []}',
        b'{"viimeisinKirjausavain": 1, "ajanTasalla": "joo", "muutokset": []}',
        b'{"viimeisinKirjausavain": 1, "ajanTasalla": true, "muutokset": {}}',
        b'{"viimeisinKirjausavain": 1, "muutokset": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_whole(content: bytes) -> None:
    with pytest.raises(NoAnswer):
        wire_changes.parse_changes(content)


@pytest.mark.parametrize("hetu", [None, 7, "", "240360-909X", AAPO.lower(), f" {AAPO}", "240360909P", [AAPO]])
def test_an_entry_without_a_code_that_holds_is_counted_and_no_more(hetu: object) -> None:
    found = page(a_change(hetu), a_change(BEA))
    assert (found.strangers, [one.hetu for one in found.persons]) == (1, [BEA])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (a_change(sukunimi=None), "HENKILON_NIMI.sukunimiUTF8"), (a_change(sukunimi=["Uusi"]), "HENKILON_NIMI.sukunimi"),
        (a_change(on="eilen"), "muutospv"), (a_change(on=None), "muutospv"), (a_change(on=20260301), "muutospv"),
        (a_change(on="9999-12-31T23:59:59Z"), "muutospv"), (a_change(on="0001-01-01T00:00:00+14:00"), "muutospv"),
        (a_change(muutosattribuutti=1), "HENKILON_NIMI.muutosattribuutti"),
        (a_change(voimassaolevatTiedot={}), "HENKILON_NIMI.voimassaolevatTiedot"),
        (a_change(tietoryhma="KUOLINPAIVA", kuollut="kyllä"), "KUOLINPAIVA.kuollut"),
        (a_change(tietoryhma="KUOLINPAIVA", kuollut=True, kuolinpv={"arvo": "2026-02-30"}), "KUOLINPAIVA.kuolinpv"),
        (a_change(tietoryhma="KUOLINPAIVA", kuollut=True, kuolinpv={"arvo": "2026-02-03", "tarkkuus": "TUNTI"}),
         "KUOLINPAIVA.kuolinpv"),
        (a_change(tietoryhma="TURVAKIELTO"), "TURVAKIELTO.turvakieltoAktiivinen"),
        (a_change(tietoryhma="HENKILOTUNNUS_KORJAUS", voimassaolo="AKTIIVI", aktiivinenHenkilotunnus="240360-909X"),
         "HENKILOTUNNUS_KORJAUS.aktiivinenHenkilotunnus"),
        (a_change(tietoryhma="VAKINAINEN_KOTIMAINEN_OSOITE", postinumero="00999"), "VAKINAINEN_KOTIMAINEN_OSOITE.katunimi"),
        ({"henkilotunnus": AAPO, "muutospv": "2026-02-28T22:00:00.000Z", "tietoryhmat": ["HENKILON_NIMI"]}, "tietoryhmat"),
        ({"henkilotunnus": AAPO, "muutospv": "2026-02-28T22:00:00.000Z"}, "tietoryhmat"),
    ],
)  # fmt: skip
def test_a_change_that_does_not_hold_is_told_by_its_field_and_the_others_are_read(
    change: dict[str, Any], reason: str
) -> None:
    wrong, right = page(change, a_change(BEA)).persons
    assert isinstance(wrong, Poison)
    assert wrong.reason == reason
    assert isinstance(right, Person)
    assert AAPO not in repr(wrong)


@pytest.mark.parametrize(
    "deep", [b"[" * 300 + b"]" * 300, b"[" * 900 + b"]" * 900, b'{"fi":' * 900 + b"1" + b"}" * 900]
)
@pytest.mark.parametrize("name", ["sukunimi", "katunimi", "voimassaolevatTiedot"])
def test_what_is_nested_without_end_is_its_persons_alone(name: str, deep: bytes) -> None:
    group = "VAKINAINEN_KOTIMAINEN_OSOITE" if name == "katunimi" else "HENKILON_NIMI"
    named: dict[str, Any] = {"tietoryhma": group, "sukunimi": None, name: "HERE"}
    wrong = orjson.dumps(a_change(**named)).replace(b'"HERE"', deep)
    answer = b'{"viimeisinKirjausavain": 1, "ajanTasalla": true, "muutokset": [%b, %b]}'
    found = wire_changes.parse_changes(answer % (wrong, orjson.dumps(a_change(BEA)))).persons
    assert [type(one) for one in found] == [Poison, Person]
    basic = (answer % (wrong, orjson.dumps(a_change(BEA)))).replace(b"muutokset", b"perustiedot")
    assert [type(one) for one in wire_changes.parse_basic(basic).persons] == [Poison, Person]


def test_codes_that_differ_by_the_century_sign_are_two_persons() -> None:
    assert [one.hetu for one in page(a_change(AAPO), a_change(AAPO_TWIN)).persons] == [AAPO, AAPO_TWIN]


def test_a_group_nobody_declared_is_dropped_by_name_and_a_name_that_is_none_is_not_told() -> None:
    found = page(
        a_change(tietoryhma="USKONTOKUNTA"),
        a_change(tietoryhma=f"Aapo {AAPO}"),
        a_change(tietoryhma=7),
        a_change(tietoryhma=["HENKILON_NIMI"]),
    )
    assert found.dropped == {"USKONTOKUNTA": 1, "?": 3}


def ask(bureau: Bureau, **changed: Any) -> Page:
    with opened(bureau.setup(**changed), "FI-testi") as interface:
        return interface.basic([AAPO])


def test_a_slow_server_is_waited_for_so_long_and_asked_again_so_often() -> None:
    with a_bureau(a_citizen()) as bureau:
        bureau.server.misbehave(*[Misdeed(delay_s=0.4)] * 3)
        with pytest.raises(NoAnswer, match=r"^VTJ's change interface, call .*: No answer came in time\."):
            ask(bureau, timeout_s=0.1)
        assert len(bureau.server.asked) == 3
        bureau.server.misbehave(Misdeed(delay_s=0.4))
        assert len(ask(bureau, timeout_s=0.1).persons) == 1


def test_a_server_that_drips_is_not_heard_to_its_end() -> None:
    with a_bureau(a_citizen()) as bureau:
        bureau.server.misbehave(*[Misdeed(drip_s=0.06)] * 3)
        with pytest.raises(NoAnswer, match=r"call .*: No answer came in time: it began, and dripped\."):
            ask(bureau, timeout_s=0.1)
        assert len(bureau.server.asked) == 3


def test_what_is_packed_and_does_not_unpack_is_told() -> None:
    torn = Answered(200, "application/json", b"{}", (("Content-Encoding", "gzip"),))
    with a_bureau(a_citizen()) as bureau:
        bureau.server.misbehave(*[Misdeed(instead=torn)] * 3)
        with pytest.raises(NoAnswer, match=r"call .*: An answer came that is packed and does not unpack"):
            ask(bureau)


def test_an_answer_without_end_is_not_read_to_its_end_packed_or_not() -> None:
    bomb = Answered(
        200, "application/json", gzip.compress(b" " * (PAGE_BYTES_MAX + 1)), (("Content-Encoding", "gzip"),)
    )
    with a_bureau(a_citizen()) as bureau:
        bureau.server.misbehave(*[Misdeed(instead=bomb)] * 3)
        with pytest.raises(NoAnswer, match="MiB"):
            ask(bureau)


def test_a_server_whose_certificate_is_not_the_one_we_know_is_not_asked(tmp_path: Path) -> None:
    shown, key = a_certificate(tmp_path, "localhost")
    known, _ = a_certificate(tmp_path, "muu")
    with a_bureau(a_citizen(), tls=Tls(shown, key)) as bureau:
        with pytest.raises(NoAnswer, match="certificates do not match"):
            ask(bureau, ca=known)
        assert bureau.server.asked == []
        assert len(ask(bureau, ca=shown).persons) == 1
