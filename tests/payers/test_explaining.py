"""Answers in words, and whole: a handful of stories as readers see them, in Finnish, Swedish and English.

``PAYER_GOLDEN=write`` in the environment writes the golden files anew; read the difference before it is kept.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from rekisteri.payers import words
from rekisteri.payers.answer import Answer
from rekisteri.payers.decide import decide
from rekisteri.payers.explain import explain
from rekisteri.payers.forms import Limits
from rekisteri.payers.reasons import Channel, Households, LastResort
from rekisteri.payers.shape import body
from tests.payers.lives import MARKER, Dwelling, Kin, Life, facts_of

GOLDEN = Path(__file__).parent / "golden"
MADE_AT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
HOME = ("permanent_address", Dwelling("home", "vtj", "always", returned=False))
PLAIN = Life(
    company=False, own_ytunnus=False, code=True, born=44, birthday=-1, died=None, dead_without_date=False,
    turvakielto="off", dwellings=(HOME,), languages=(("contact_language", "sv"),), bankrupt=None, stopped=(),
    disputed=None, misdirected=None, dissolved=None, einvoice=None, email=None, mailbox_refused=False, wish=None,
    order=None, order_refused=None, custodians=(), guardian=None, contact=None, unit=None, long_name=False,
    channels=tuple(Channel), last_resort=LastResort.LETTER, households=Households.EVERY,
)  # fmt: skip
KIN = Kin(known=True, turvakielto="off", where="home", order=False, code=True)
COMPANY = replace(PLAIN, company=True, own_ytunnus=True, languages=())
LETTER = (Channel.LETTER,)

STORIES = {
    "einvoice_ordered": replace(PLAIN, order="consumer_einvoice"),
    "direct_payment": replace(PLAIN, order="direct_payment", languages=(("language", "ru"),)),
    "order_refused": replace(PLAIN, order="consumer_einvoice", order_refused=1, mailbox_refused=True, email="refused",
                             wish="email"),
    "email_wished": replace(PLAIN, wish="email", email="own", languages=(("invoice_language", "en"),)),
    "child_of_two": replace(
        PLAIN, born=14, channels=LETTER, custodians=(KIN, replace(KIN, where="away")), households=Households.CHILDS
    ),
    "child_one_protected": replace(
        PLAIN, born=14, channels=LETTER, custodians=(KIN, replace(KIN, turvakielto="on")), dwellings=()
    ),
    "child_unresolved": replace(PLAIN, born=14, code=False, channels=LETTER, custodians=(replace(KIN, known=False),)),
    "childs_home_unknown": replace(
        PLAIN, born=14, channels=LETTER, dwellings=(), custodians=(KIN, replace(KIN, where="away")),
        households=Households.CHILDS,
    ),
    "orphan": replace(PLAIN, born=3),
    "guardian": replace(PLAIN, guardian=replace(KIN, span="firstday", matters="Taloudelliset asiat"), channels=LETTER),
    "guardian_care_of": replace(
        PLAIN, guardian=replace(KIN, known=False), channels=LETTER,
        dwellings=(("postal_address", Dwelling("careof", "own", "always", returned=False)),),
    ),
    "guardian_unclear": replace(PLAIN, guardian=replace(KIN, matters="Koirat")),
    "guardian_unreachable": replace(PLAIN, guardian=replace(KIN, known=False), channels=LETTER),
    "estate": replace(PLAIN, died=-10, contact=replace(KIN, where="away"), order="consumer_einvoice"),
    "estate_contact_by_name": replace(PLAIN, died=0, contact=replace(KIN, known=False), languages=(("language", "fi"),)),
    "estate_alone": replace(PLAIN, dead_without_date=True, bankrupt="always"),
    "protected": replace(PLAIN, turvakielto="on", channels=(Channel.EMAIL, Channel.LETTER)),
    "unsettled": replace(
        PLAIN, turvakielto="unknown", born=None, code=False, channels=LETTER, wish="letter", own_ytunnus=True
    ),
    "mail_returned": replace(
        PLAIN, channels=LETTER, dwellings=(("permanent_address", Dwelling("home", "own", "always", returned=True)),)
    ),
    "stopped": replace(
        PLAIN, channels=(Channel.EINVOICE,), last_resort=LastResort.BY_HAND, disputed="firstday",
        stopped=(("ban", "lastday"), ("payment_plan", "always"), ("estate", "past")), misdirected=("own", "always"),
    ),
    "company": replace(COMPANY, einvoice="ok", misdirected=("other", "always")),
    "company_unit": replace(COMPANY, einvoice="refused", unit="Varasto*", channels=(Channel.EINVOICE, Channel.LETTER)),
    "company_bankrupt": replace(COMPANY, bankrupt="firstday", einvoice="ok"),
    "company_gone": replace(COMPANY, dissolved=-5, dwellings=(), channels=LETTER),
    "abroad": replace(PLAIN, channels=LETTER, dwellings=(
        ("temporary_address", Dwelling("abroad", "maintainer", "always", returned=False)),)),
    "unfit": replace(PLAIN, long_name=True, dwellings=(
        ("contact_address", Dwelling("endless", "own", "always", returned=False)),)),
    "last_resort": replace(
        PLAIN, channels=(Channel.EMAIL, Channel.MAILBOX), wish="email", code=False,
        stopped=(("complaint", "always"), ("limitation", "firstday")),
    ),
    "email_covered": replace(
        PLAIN, channels=(Channel.EMAIL, Channel.LETTER), wish="email", email="own", turvakielto="on",
        stopped=(("debt_adjustment", "always"), ("restructuring", "always"), ("estate", "always")),
    ),
    "long_street": replace(PLAIN, channels=LETTER, dwellings=(
        ("contact_address", Dwelling("endless", "own", "always", returned=False)),)),
}  # fmt: skip


def bytes_of(life: Life) -> bytes:
    facts = facts_of(life)
    answer = decide(facts, Limits())
    assert isinstance(answer, Answer)
    return body(answer, facts, "kuusilahti", MADE_AT, MARKER.current())


def told(life: Life) -> str:
    """The answer whole, and in words in each language."""
    found = bytes_of(life)
    pieces = [orjson.dumps(orjson.loads(found), option=orjson.OPT_INDENT_2).decode()]
    for language in ("fi", "sv", "en"):
        lines = [f"--- {language}"]
        for chapter in explain(found, language):
            lines += [chapter.heading, *(f"  {sentence}" for sentence in chapter.sentences)]
        pieces.append("\n".join(lines))
    return "\n".join(pieces) + "\n"


@pytest.mark.parametrize("name", STORIES)
def test_each_story_is_told_as_it_was(name: str) -> None:
    path, text = GOLDEN / f"{name}.txt", told(STORIES[name])
    if os.environ.get("PAYER_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def test_the_golden_files_are_those_of_the_stories_and_they_meet_every_sentence() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.txt")) == sorted(STORIES)
    texts = "\n".join(path.read_text("utf-8") for path in GOLDEN.glob("*.txt"))
    unmet = [
        code
        for table in (words.RULES, words.PASSED, words.DOUBTS, words.STOPS)
        for code in table
        if f'"{code}"' not in texts
    ]
    assert unmet == UNMET


UNMET = ["debit.mandate", "newer_address_elsewhere", "restricted", "company_name", "restricted"]
"""A mandate's sentence is met by ``tests/sources/banks/test_mandates.py``, those of a restriction by ``tests/rights``;
doubts of words that contradict each other by ``test_doubts.py``."""
