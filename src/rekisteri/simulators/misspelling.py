"""Misspelling: a search text as a clerk in a hurry types it; seeded, so that a benchmark repeats."""

from __future__ import annotations

from typing import Final

from rekisteri.simulators.draws import Thrower, thrower

KINDS: Final = ("swap", "drop", "double", "neighbour", "flatten", "alike")
MAX_ERRORS: Final = 8

# Keys beside each other on a Finnish keyboard.
_ROWS: Final = ("qwertyuiopå", "asdfghjklöä", "zxcvbnm")
NEIGHBOURS: Final = {
    key: tuple(row[max(0, at - 1) : at] + row[at + 1 : at + 2]) for row in _ROWS for at, key in enumerate(row)
}
FLATTENED: Final = str.maketrans("åäöÅÄÖéáčšžüßø", "aaoAAOeacszuso")
ALIKE: Final = (
    ("v", "w"),
    ("w", "v"),
    ("c", "k"),
    ("kv", "qv"),
    ("ck", "k"),
    ("ph", "f"),
    ("z", "ts"),
    ("x", "ks"),
    ("t", "th"),
    ("j", "i"),
)


class Misspeller:
    """Typing errors of one seed: ``misspell(text, number)`` always makes the same error of the same text."""

    def __init__(self, seed: int) -> None:
        self._throw: Thrower = thrower(seed, "misspelling")

    def misspell(self, text: str, number: int, errors: int = 1) -> str:
        """The text with ``errors`` typing errors, never back at the text itself unless it has no letter.

        A second error may mend the first; then one more is made.
        """
        assert 0 < errors < MAX_ERRORS, f"between one and {MAX_ERRORS - 1} errors"
        spoilt = text
        for turn in range(errors):
            spoilt = self._once(spoilt, self._throw(number * MAX_ERRORS + turn))
        return spoilt if spoilt != text else self._once(text, self._throw(number * MAX_ERRORS + errors))

    def _once(self, text: str, draws: tuple[int, ...]) -> str:
        places = [at for at, letter in enumerate(text) if letter.isalpha()]
        if not places:
            return text
        for turn in range(len(KINDS)):
            kind = KINDS[(draws[0] + turn) % len(KINDS)]
            at = places[draws[1 + turn] % len(places)]
            spoilt = typed_wrong(text, kind, at, draws[10])
            if spoilt != text:
                return spoilt
        return text + text[-1]


def typed_wrong(text: str, kind: str, at: int, draw: int) -> str:
    """The text with one error of a kind at a letter; unchanged where that error cannot be made there."""
    letter = text[at]
    if kind == "swap":
        return text[:at] + text[at + 1 : at + 2] + letter + text[at + 2 :] if text[at + 1 : at + 2].isalpha() else text
    if kind == "drop":
        return text[:at] + text[at + 1 :] if len(text) > 2 else text
    if kind == "double":
        return text[:at] + letter + text[at:]
    if kind == "neighbour":
        keys = NEIGHBOURS.get(letter.lower(), ())
        wrong = keys[draw % len(keys)] if keys else letter
        return text[:at] + (wrong.upper() if letter.isupper() else wrong) + text[at + 1 :]
    if kind == "flatten":
        return text.translate(FLATTENED)
    for offset in range(len(ALIKE)):
        sound, other = ALIKE[(draw + offset) % len(ALIKE)]
        if sound in text:
            return text.replace(sound, other, 1)
    return text
