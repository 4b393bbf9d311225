"""The answer in words, in Finnish, Swedish or English: from its own bytes, so an old receipt is explained alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from babel import Locale

from rekisteri.catalogue import BY_NAME, BY_PATH, SOURCES, SourceKind, Text
from rekisteri.payers import words

LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
CHANNEL_NAMES = BY_PATH["invoice_channel"][1].kind.codes
OF_SOURCES = frozenset({SourceKind.ORGANISATION, SourceKind.LEDGER})
"""Sources that are a client organisation: one's own is called so, and another's is not named."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the explanation: its heading and its sentences."""

    key: str
    heading: str
    sentences: tuple[str, ...]


def explain(body: bytes, language: str) -> list[Chapter]:
    """An answer in words; every chapter that has something to say."""
    answer = orjson.loads(body)
    teller = _Teller(language)
    found = []
    for key, tell in (
        ("liable", teller.liable),
        ("delivery", teller.deliveries),
        ("may", teller.may),
        ("refund", teller.refund),
        ("uncertain", teller.doubts),
        ("withheld", teller.withheld),
    ):
        sentences = tuple(tell(answer))
        if sentences:
            found.append(Chapter(key, words.HEADINGS[key].in_(language), sentences))
    return found


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells in one language."""

    language: str

    def liable(self, answer: Mapping[str, Any]) -> Iterator[str]:
        age = answer["customer"].get("age", "")
        for one in answer["liable"]:
            sentence = self._rule(one["why"], age=age)
            yield f"{one['name']}. {sentence}{self._heard(one['why'])}."
        if not answer["liable"] and all(one["code"] != "restricted" for one in answer["stops"]):
            yield f"{self._say(words.PHRASES['none_liable'])}."

    def deliveries(self, answer: Mapping[str, Any]) -> Iterator[str]:
        for one in answer["deliveries"]:
            attention = [one["attention"]] if "attention" in one else []
            who = ", ".join(one.get("lines") or [*one["names"], *attention])
            yield f"{self._rule(one['why'])}: {who}{self._heard(one['why'])}."
            yield from self._channel(one["channel"])
            if "direct_debit" in one:
                debit = one["direct_debit"]
                day = self._day(debit["why"]["heard_on"])
                yield f"{self._rule(debit['why'], mandate=debit['mandate'], day=day)}."
            if "address" in one:
                why = one["address"]["why"]
                yield f"{self._rule(why)}{self._heard(why)}."
            name = str(Locale.parse(LOCALES[self.language]).languages.get(one["language"]["code"], ""))
            yield f"{self._rule(one['language']['why'], name=name)}."
            for bad in one.get("unfit", ()):
                yield self._unfit(bad)

    def _channel(self, channel: Mapping[str, Any]) -> Iterator[str]:
        routing = channel.get("routing", {})
        day = self._day(routing.get("ordered_on"))
        yield f"{self._rule(channel['why'], day=day, operator=routing.get('operator', ''))}."
        for code, reason in channel.get("passed", {}).items():
            name = self._say(CHANNEL_NAMES[code])
            told = self._say(words.PASSED[reason])
            yield f"{self._say(words.PHRASES['not_used'], name=name, reason=told)}."

    def _unfit(self, bad: Mapping[str, Any]) -> str:
        phrases = words.PHRASES
        return (
            self._say(
                phrases["unfit"],
                name=self._say(phrases[bad["field"]]),
                form=self._say(phrases[bad["form"]]),
                length=bad["length"],
                least=bad["least"],
                most=bad["most"],
            )
            + "."
        )

    def may(self, answer: Mapping[str, Any]) -> Iterator[str]:
        for what in ("invoicing", "collection"):
            yield f"{self._say(words.PHRASES[f'{what}_yes' if answer['may'][what] else f'{what}_no'])}."
        for stop in answer["stops"]:
            pieces = [self._say(words.STOPS[stop["code"]])]
            if "since" in stop and stop["code"] in words.HAPPENINGS:
                pieces[0] += " " + self._say(words.PHRASES["happened"], day=self._day(stop["since"]))
            elif "since" in stop:
                pieces.append(self._say(words.PHRASES["since"], day=self._day(stop["since"])))
            if "until" in stop:
                pieces.append(self._say(words.PHRASES["until"], day=self._day(stop["until"])))
            yield f"{', '.join(pieces)}{self._heard(stop['why'])}."

    def refund(self, answer: Mapping[str, Any]) -> Iterator[str]:
        if "refund" in answer:
            why = answer["refund"]["why"]
            yield f"{answer['refund']['iban']}. {self._rule(why)}{self._heard(why)}."

    def doubts(self, answer: Mapping[str, Any]) -> Iterator[str]:
        for one in answer["uncertain"]:
            about = "" if one["about"] == "customer" else f" ({one['about']})"
            yield f"{self._say(words.DOUBTS[one['code']])}{about}. {self._say(words.SETTLES[one['settle']])}."

    def withheld(self, answer: Mapping[str, Any]) -> Iterator[str]:
        told: dict[tuple[str, str], list[str]] = {}
        for one in answer["withheld"]:
            told.setdefault((one["about"], one["rule"]), []).append(BY_NAME[one["item"]].label.in_(self.language))
        for (about, rule), items in told.items():
            whose = "" if about == "customer" else f"{about}: "
            yield f"{whose}{', '.join(items)} ({self._say(words.WITHHELD[rule])})."

    def _rule(self, why: Mapping[str, Any], **values: object) -> str:
        return self._say(words.RULES[why["rule"]], **values)

    def _heard(self, why: Mapping[str, Any]) -> str:
        """Where a word came from and when it was heard, in brackets."""
        if "source" not in why:
            return ""
        kind = SourceKind(why["source"])
        source = SOURCES[kind].in_(self.language)
        if kind in OF_SOURCES:
            source = self._say(words.PHRASES["own" if why.get("own") else "another"])
        return f" ({self._say(words.PHRASES['heard'], source=source, day=self._day(why['heard_on']))})"

    def _say(self, text: Text, **values: object) -> str:
        said = text.in_(self.language)
        return said.format(**values) if values else said

    def _day(self, text: str | None) -> str:
        if text is None:
            return ""
        when = date.fromisoformat(text)
        if self.language == "en":
            return f"{when.day} {when:%B} {when.year}"
        return f"{when.day}.{when.month}.{when.year}"
