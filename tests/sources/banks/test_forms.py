"""A message read by its form says what the parser says of it, whatever stands in it; what has no known form is parsed."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri.sources.banks.forms import FORMS_MOST, Forms, Texts
from rekisteri.sources.banks.holds import Hold, Unfit
from rekisteri.sources.banks.split import Pair
from rekisteri.sources.banks.wire import Reader
from tests.sources.banks.writing import DECLARATION, OTHER, Told

EXAMPLES = int(os.environ.get("FORMS_EXAMPLES", "400"))
"""Many more are worth their time after a change: FORMS_EXAMPLES=100000."""
UTF8 = '<?xml version="1.0" encoding="UTF-8"?>\n'
WRITTEN = (
    (Told(), "iso-8859-15"),
    (Told(name="MÄKELÄ ÅKE Š€", due_day="15", reference="12344"), "iso-8859-15"),
    (Told(name="MÄKELÄ ÅKE Š€", declaration=UTF8), "utf-8"),
    (Told(name="MÄKELÄ ÅKE", declaration=UTF8), "iso-8859-15"),
    (Told(name="MÄKELÄ ÅKE", declaration=DECLARATION), "utf-8"),
    (Told(name="MÄKELÄ", declaration=""), "iso-8859-15"),
    (Told(action="DELETE", ref="A0", number="1", buyer_id="240360-909P", service=None, version="1.0"), "ascii"),
)
NASTY = (
    b"<", b">", b"&", b"&amp;", b"&#x20AC;", b"&bad;", b"]]>", b"<!-- x -->", b"<![CDATA[x]]>", b"<?a b?>", b"<x/>", b"<x>", b"</x>",
    b"\x00", b"\x0b", b"\x1f", b"\x7f", b"\x85", b"\xa0", b"\xa4", b"\xe4", b"\xff", b"\r\n", b"\r", b"\n", b"\t", b" ",
    b"\xc3\xa4", b"\xef\xbf\xbf", b"\xef\xbf\xbd", b"\xed\xa0\x80", b'"', b"'", b"/", b"=", b"a", b"Role", b"<!DOCTYPE x>",
    b'" xmlns:eb="', b"\xef\xbb\xbf",
)  # fmt: skip


def pair(told: Told, encoding: str) -> Pair:
    # As they are cut from a file, without what stands between them.
    frame, message = (text.strip().encode(encoding) for text in (told.frame(), told.message()))
    return Pair(1, 0, frame, message, "FinvoiceReceiverInfo")


def outcome(reader: Reader, one: Pair) -> object:
    """What reading comes to, a refusal included."""
    try:
        return reader.read(one)
    except Unfit as unfit:
        return unfit.hold


changes = st.lists(
    st.tuples(st.booleans(), st.floats(0, 1, exclude_max=True), st.integers(0, 3), st.sampled_from(NASTY) | st.just(b"")),
    min_size=1, max_size=3,
)  # fmt: skip


def changed(one: Pair, made: list[tuple[bool, float, int, bytes]]) -> Pair:
    """The pair with some bytes cut out and others put in, in the frame or in the message."""
    for in_frame, where, cut, put in made:
        text = one.frame if in_frame else one.message
        at = int(where * len(text))
        text = text[:at] + put + text[at + cut :]
        one = one._replace(frame=text) if in_frame else one._replace(message=text)
    return one


@settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(st.sampled_from(WRITTEN), changes)
def test_whatever_stands_in_a_message_its_form_and_the_parser_say_the_same(
    written: tuple[Told, str], made: list[tuple[bool, float, int, bytes]]
) -> None:
    reader = Reader()
    for number in range(3):
        told = written[0].but(message_id=f"M{number}", address=OTHER, said=f"2026-03-0{number + 1}T01:01:01")
        reader.read(pair(told, written[1]))
    other = changed(pair(*written), made)
    assert outcome(reader, other) == outcome(Reader(), other)
    assert outcome(reader, other) == outcome(Reader(), other), "also where it was learned from"


def test_messages_written_alike_are_read_by_form_from_the_third_on() -> None:
    reader, parsed = Reader(), Reader()
    for number in range(40):
        told = WRITTEN[number % 2][0].but(message_id=f"M{number}", name=f"NIMI Ö{number}")
        assert reader.read(pair(told, "iso-8859-15")) == parsed.read(pair(told, "iso-8859-15"))
    forms, one = Forms(), pair(*WRITTEN[0]).message
    asked: list[bytes] = []

    def parse(document: bytes) -> Texts:
        asked.append(document)
        return Texts((document.split(b"<MessageActionCode>")[1].split(b"<")[0].decode(), ""))

    for _ in range(2):
        assert forms.texts(one, "iso-8859-15") is None
        forms.learn(one, "iso-8859-15", parse)
    assert len(asked) == 1, "the second alone is looked into"
    found = forms.texts(one.replace(b">ADD<", b"> CHANGE\n<"), "iso-8859-15")
    assert found == Texts(("CHANGE", ""))
    assert forms.texts(one, "ebcdic") is None


def test_no_more_forms_are_learned_than_a_file_has() -> None:
    forms = Forms()

    def parse(document: bytes) -> Texts:
        return Texts((document[document.index(b">") + 1 : document.index(b"</")].decode(), ""))

    for number in range(2 * FORMS_MOST):
        for text in (b"one", b"two"):
            forms.learn(b"<a%d>%s</a%d>" % (number, text, number), "utf-8", parse)
    known = [forms.texts(b"<a%d> three </a%d>" % (number, number), "utf-8") for number in range(2 * FORMS_MOST)]
    assert sum(one is not None for one in known) >= 1
    assert all(one is None or one.fields == ("three", "") for one in known)
    assert forms.texts(b"<a>three</a>", "utf-8") is None


def test_a_frame_that_lacks_its_time_is_refused_by_form_too() -> None:
    reader = Reader()
    for number in range(3):
        reader.read(pair(Told(message_id=f"M{number}"), "ascii"))
    assert outcome(reader, pair(Told(framed=""), "ascii")) is Hold.FRAME_UNREADABLE
