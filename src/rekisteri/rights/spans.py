"""Spans: the same value said by the same source in several words on end is told once, from the first to the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rekisteri.catalogue import Value
from rekisteri.parties import Uttered
from rekisteri.rights import words


@dataclass(slots=True)
class Span:
    """One value of an item, from the word that first told it to the last that did before another."""

    item: str
    value: Value
    first: Uttered
    last: Uttered

    def goes_on(self, word: Uttered) -> bool:
        """Whether a word of the same record tells the same, on the same grounds and with the same mark."""
        return (
            word.content is not None
            and word.content[self.item] == self.value
            and (word.reason, word.evidence) == (self.last.reason, self.last.evidence)
            and word.corrected.get(self.item) == self.last.corrected.get(self.item)
        )


def spans(uttered: Iterable[Uttered]) -> dict[str, list[Span]]:
    """By item every span, in the order in which they began. A silence, or a word without the item, ends one."""
    found: dict[str, list[Span]] = defaultdict(list)
    open_: dict[UUID, dict[str, Span]] = {}
    for word in uttered:
        before, now = open_.get(word.record_id, {}), {}
        for name in words.names(word.content):
            assert word.content is not None
            span = before.get(name)
            if span is not None and span.goes_on(word):
                span.last = word
            else:
                span = Span(name, word.content[name], word, word)
                found[name].append(span)
            now[name] = span
        open_[word.record_id] = now
    return found
