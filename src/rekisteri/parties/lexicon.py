"""The dictionary that typing errors are mended by: every word once, with its variants."""

from __future__ import annotations

from collections.abc import Iterable

from rekisteri.access import Write
from rekisteri.ground import packed
from rekisteri.parties.words import variants


class Lexicon:
    """Words heard in one act; each new one is learned once, whatever the size of the act."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._heard: set[str] = set()

    def hear(self, words: Iterable[str]) -> None:
        """Note words that may be new."""
        self._heard.update(words)

    def learn(self, tx: Write) -> None:
        """Write the words not yet in the dictionary, and their variants."""
        fresh = sorted(self._heard - self._known)
        self._known |= self._heard
        self._heard = set()
        if not fresh:
            return
        new = [
            word
            for (word,) in tx.tuples(
                """
                insert into parties.word (word) select unnest(%(words)s::text[])
                on conflict (word) do nothing returning word
                """,
                words=packed.texts(fresh),
            )
        ]
        pairs = sorted((variant, word) for word in new for variant in variants(word))
        tx.run(
            """
            insert into parties.word_variant (variant, word)
            select unnest(%(variants)s::text[]), unnest(%(words)s::text[])
            """,
            variants=packed.texts(variant for variant, _ in pairs),
            words=packed.texts(word for _, word in pairs),
        )
