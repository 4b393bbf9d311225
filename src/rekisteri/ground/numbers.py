"""Official numbers: thin over python-stdnum, phonenumbers and email-validator.

Each function returns the canonical form or None. Where a library is slow and the verdict
depends only on a number's head, the library's verdict is remembered by head.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from stdnum import iban as _iban
from stdnum import iso11649 as _rf
from stdnum.eu import at_02 as _creditor
from stdnum.exceptions import ValidationError
from stdnum.fi import hetu as _hetu
from stdnum.fi import ytunnus as _ytunnus
from stdnum.iso7064 import mod_97_10

# Invented people have addresses in the domains that RFC 2606 sets apart; of those the library bars this one alone.
SPECIAL_USE_DOMAIN_NAMES.remove("invalid")

REMEMBERED = 65_536
TAIL_DIGITS = 4
HOME_TAIL_DIGITS = 6
HOME_LENGTH = 10
"""In Finland only the length and what stands first decide whether a number can be dialled."""
YTUNNUS_DIGITS_MIN = 7
REFERENCE_MIN, REFERENCE_MAX = 4, 20
ARTIFICIAL_FROM = 900
_CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
_HETU_LIKE = re.compile(r"(?<![0-9A-Za-z])\d{6}[-+A-Fa-fU-Yu-y]\d{3}[0-9A-Za-z](?![0-9A-Za-z])")
_CREDITOR = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{3}[0-9A-Z]{1,28}")
_PLAIN_IBAN = re.compile(r"FI[0-9]{16}")
PLAIN_EMAIL = r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*\.[a-z]{2,6}"
"""E-mail addresses that need no library: of at most ``PLAIN_EMAIL_MAX`` characters."""
PLAIN_EMAIL_MAX = 64
_EMAIL = re.compile(PLAIN_EMAIL)
PLAIN_PHONE = r"\+358[1-9][0-9]{4,11}"
"""Finnish numbers of every length that can be dialled, whatever they begin with: the library asks no more."""
PLAIN_PHONE_MAX = 16
_SPACES = str.maketrans("", "", " \t\u00a0-\u2010\u2011\u2013()/.")
_MOBILE_TAIL = re.compile(r"(?:4|50)\d+")
MOBILE_TAIL_DIGITS = 9
"""A Finnish mobile number whose zero a spreadsheet took; shorter ones may be of a local network, longer ones of another country."""


def hetu(text: str) -> str | None:
    """A personal identity code in canonical form, artificial ones too (Decree 690/2022 signs).

    The century sign is kept: two codes that differ by it alone are two people.
    """
    try:
        return str(_hetu.validate(text, allow_temporary=True))
    except ValidationError:
        return None


def without_hetu(text: str) -> str:
    """The text with stars for whatever looks like an identity code, its check character right or wrong."""
    return _HETU_LIKE.sub("***", text)


def artificial(code: str) -> bool:
    """Whether a valid code is artificial: individual number 900-999."""
    return int(code[7:10]) >= ARTIFICIAL_FROM


def born_on(code: str) -> date:
    """The date of birth a valid code carries."""
    return date(_CENTURIES[code[6]] + int(code[4:6]), int(code[2:4]), int(code[0:2]))


def masked(code: str) -> str:
    """A code with its individual number hidden: ``131052-****``."""
    return code[:7] + "****"


def ytunnus(text: str) -> str | None:
    """A business ID as ``1234567-8``; old six-digit ones get their leading zero."""
    compact = text.strip().replace("-", "").replace(" ", "").upper().removeprefix("FI")
    if len(compact) < YTUNNUS_DIGITS_MIN or not compact.strip("0"):
        return None  # zeros have the right check digit and are nobody's
    try:
        return str(_ytunnus.format(_ytunnus.validate(compact.zfill(8))))
    except ValidationError:
        return None


def iban(text: str) -> str | None:
    """An account number without spaces (ISO 13616; its check digits: ISO 7064 mod 97-10)."""
    if _PLAIN_IBAN.fullmatch(text):  # the form is right: what the library does beyond is look the country up, slowly
        return text if mod_97_10.is_valid(text[4:] + text[:4]) else None
    try:
        return str(_iban.validate(text))
    except ValidationError:
        return None


def creditor_id(text: str) -> str | None:
    """A SEPA creditor identifier (AT-02: country, check digits mod 97, business code, national part) without spaces.

    The business code is outside the check and names a branch of the creditor's own: it is kept.
    """
    compact = text.replace(" ", "").upper()
    return compact if _CREDITOR.fullmatch(compact) and _creditor.is_valid(compact) else None


def reference(text: str) -> str | None:
    """A reference number in national form, without leading zeros: of an international one what it carries.

    National: 4-20 digits, the last a check digit by the weights 7, 3, 1. International: RF
    (ISO 11649) around a national one.
    """
    compact = text.replace(" ", "").upper()
    if compact.startswith("RF"):
        if not _rf.is_valid(compact):
            return None
        compact = compact[4:]
    digits = compact.lstrip("0")
    if not (compact.isascii() and compact.isdigit() and REFERENCE_MIN <= len(digits) <= REFERENCE_MAX):
        return None
    weighted = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits[:-1])))
    return digits if int(digits[-1]) == -weighted % 10 else None


def phone(text: str) -> str | None:
    """A telephone number in E.164 form; without a country code it is Finnish."""
    compact = text if text[1:].isdecimal() else text.translate(_SPACES)
    if compact.startswith("00"):
        compact = "+" + compact[2:]
    elif compact.startswith("0"):
        compact = "+358" + compact[1:]
    elif compact.startswith("358"):
        compact = "+" + compact
    elif len(compact) == MOBILE_TAIL_DIGITS and _MOBILE_TAIL.fullmatch(compact):
        compact = "+358" + compact
    if not (compact[:1] == "+" and compact[1:].isascii() and compact[1:].isdigit()):
        return None
    tail = HOME_TAIL_DIGITS if compact.startswith("+358") and len(compact) > HOME_LENGTH else TAIL_DIGITS
    return compact if _dialable(compact[:-tail], len(compact)) else None


@lru_cache(maxsize=REMEMBERED)
def _dialable(head: str, length: int) -> bool:
    """The library's verdict on a number of this head and length, its last digits being any."""
    try:
        number = phonenumbers.parse(head + "2" * (length - len(head)))
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


def email(text: str) -> str | None:
    """An e-mail address, its domain in lower case; whether it is reachable is not asked."""
    address = text.strip()
    if len(address) <= PLAIN_EMAIL_MAX and _EMAIL.fullmatch(address):
        return address
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None
