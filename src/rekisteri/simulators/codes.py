"""Codes with right check characters, invented: hetu, Y-tunnus, IBAN, phone.

Libraries check such codes; none makes them. What is made here is artificial by construction:

- hetu: individual numbers 900-999 only (DVV's artificial range); parity tells the sex (odd male).
  Within one birth date the pairs (century sign, number) are dealt to disjoint hands, so codes made
  from distinct (hand, date, number) never meet. Spec: Finnish decree on the population information system,
  with the century signs added in 2023 (Y X W V U beside -, B C D E F beside A).
- Y-tunnus: from 8000000 up, a range not in use.
- IBAN: Finnish, branch digits all zero.
"""

from __future__ import annotations

import enum
from datetime import date, timedelta
from typing import Final

from stdnum import luhn

CHECK_CHARACTERS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SIGNS: Final = {18: "++++++", 19: "-YXWVU", 20: "ABCDEF"}
FIRST_ARTIFICIAL: Final = 900
NUMBERS_PER_HAND: Final = 50
"""A hand holds numbers 900-949 (low) or 950-999 (high) of a date."""

FIRST_DAY: Final = date(1800, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)

FIRST_YTUNNUS: Final = 800_000
YTUNNUS_DECADES: Final = 200_000
YTUNNUS_PER_DECADE: Final = 9
YTUNNUS_CAPACITY: Final = YTUNNUS_DECADES * YTUNNUS_PER_DECADE
_YTUNNUS_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2)

BANK_CODES: Final = (
    "100000",
    "200000",
    "310000",
    "360000",
    "405000",
    "420000",
    "500000",
    "600000",
    "710000",
    "800000",
)


class Hand(enum.Enum):
    """Which of the disjoint deals of one birth date a code comes from."""

    FIRST = 0
    SECOND = 1
    SPARE_FIRST = 2
    SPARE_SECOND = 3


def century_sign(century: int, hand: Hand, number: int) -> str:
    """The sign that this hand deals with this individual number: mostly the old sign in the first hand."""
    signs = SIGNS[century]
    old = number % 10 < 7
    if hand is Hand.FIRST:
        return signs[0] if old else signs[1 + number % 5]
    if hand is Hand.SECOND:
        return signs[1 + (number + 1) % 5] if old else signs[0]
    return signs[1 + (number + (3 if hand is Hand.SPARE_FIRST else 4)) % 5]


def hetu(born_on: date, hand: Hand, number: int) -> str:
    """The artificial identity code of a birth date; ``number`` in 900-999."""
    assert FIRST_ARTIFICIAL <= number <= 999, "only artificial identity codes are made"
    sign = century_sign(born_on.year // 100, hand, number)
    digits = born_on.strftime("%d%m%y")
    return f"{digits}{sign}{number}{check_character(digits, number)}"


def check_character(digits: str, number: int) -> str:
    """Remainder of DDMMYYNNN by 31, as a character."""
    return CHECK_CHARACTERS[int(f"{digits}{number:03d}") % 31]


def century_of(code: str) -> int:
    """18, 19 or 20, from the code's sign."""
    return next(century for century, signs in SIGNS.items() if code[6] in signs)


def birth_of(code: str) -> date:
    """The birth date in a hetu."""
    return date(century_of(code) * 100 + int(code[4:6]), int(code[2:4]), int(code[:2]))


def spare_hetu(code: str) -> str:
    """A code for the same birth date and sex that no person of the population holds: for a changed hetu.

    Each code has a spare of its own, but for those of the '+' sign, of which there is one only.
    """
    century, number = century_of(code), int(code[7:10])
    first = code[6] == century_sign(century, Hand.FIRST, number)
    hand = Hand.SPARE_FIRST if first else Hand.SPARE_SECOND
    return code[:6] + century_sign(century, hand, number) + code[7:]


def ytunnus(slot: int) -> str:
    """Business ID for a slot in [0, YTUNNUS_CAPACITY); distinct slots give distinct IDs."""
    decade, nth = divmod(slot, YTUNNUS_PER_DECADE)
    head = f"{FIRST_YTUNNUS + decade}"
    total = sum(int(digit) * weight for digit, weight in zip(head, _YTUNNUS_WEIGHTS, strict=False))
    valid = [last for last in range(10) if (total + 2 * last) % 11 != 1]
    last = valid[nth]
    remainder = (total + 2 * last) % 11
    return f"{head}{last}-{11 - remainder if remainder else 0}"


def iban(bank: int, account: int) -> str:
    """Finnish IBAN: a bank's code, zero branch, a 7-digit account, national and international check digits."""
    bban = f"{BANK_CODES[bank % len(BANK_CODES)]}{account % 10_000_000:07d}"
    bban += luhn.calc_check_digit(bban)
    return f"FI{98 - int(bban + '151800') % 97:02d}{bban}"


def phone(prefix: int, number: int) -> str:
    """An invented Finnish mobile number in international form, no spaces."""
    return f"+358{('40', '50', '45', '44', '41', '46')[prefix % 6]}{number % 10_000_000:07d}"


def day(ordinal: int) -> date:
    """The date ``ordinal`` days after FIRST_DAY."""
    return FIRST_DAY + timedelta(days=ordinal)
