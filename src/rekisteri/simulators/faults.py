"""Faults: a share of a file's rows spoilt, each with its entry in the answer key; whole files spoilt as bytes.

The key tells the row (1 = the first after the headings), the fault, the column, and what a register should
do with the row: refuse it, or hold it in doubt. Rows without an entry are exactly as they were.
"""

from __future__ import annotations

import enum
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

from rekisteri.simulators import codes
from rekisteri.simulators.draws import Draws, thrower
from rekisteri.simulators.files import Formula
from rekisteri.simulators.layouts import FULL_NAME, Layout, finnish, iso

SPOILING_DRAW_LIMIT: Final = 10_000
LONG_NAME_LETTERS: Final = 400


class Fault(enum.Enum):
    """What is wrong with a row."""

    HETU_CHECK = "wrong check character in a personal identity code"
    HETU_ORDINARY = "an ordinary (not artificial) personal identity code with a right check character"
    DATE_IMPOSSIBLE = "a date that no calendar has"
    BIRTH_FUTURE = "a birth date in the future"
    NUL_BYTE = "a NUL character in a name"
    FORMULA = "a formula in a cell"
    NUMBER_DUPLICATE = "a customer number that another row of the file has"
    CELLS_MANY = "more cells than headings"
    CELLS_FEW = "fewer cells than headings"
    NAME_LONG = "a name of hundreds of letters"
    NAME_MISSING = "no name"
    POSTCODE = "a Finnish postcode that cannot be one"
    IBAN = "wrong check digits in an account number"
    EMAIL = "an e-mail address that cannot be one"
    CODE_UNKNOWN = "a code value nobody knows"
    HETU_OTHERS = "another person's identity code on an existing customer"


@dataclass(frozen=True, slots=True)
class Spoilt:
    """An entry of the answer key. ``heading`` is the column at fault, empty when it is the whole row."""

    row: int
    customer_number: str
    fault: Fault
    heading: str


ALL_KINDS: Final = tuple(Fault)


class Spoiler:
    """Spoils ``percent`` of the rows of a layout; ``key`` fills as the rows are drawn.

    A fault that does not fit a row (no account, no code, no such column) gives way to the next kind that does.
    With ``nested`` (NDJSON) a row has no count of cells, so faults of count are left out.
    """

    def __init__(
        self,
        layout: Layout,
        seed: int,
        percent: float,
        kinds: Iterable[Fault] = ALL_KINDS,
        *,
        nested: bool = False,
    ) -> None:
        self.key: list[Spoilt] = []
        self._layout = layout
        self._throw = thrower(seed, f"faults:{layout.name}")
        self._limit = round(percent * SPOILING_DRAW_LIMIT / 100)
        countless = {Fault.CELLS_MANY, Fault.CELLS_FEW} if nested else set()
        self._kinds = tuple(kind for kind in kinds if kind not in countless)
        self._number = layout.position("asiakasnumero") or 0
        self._earlier_number: Any = None
        self._earlier_hetu = ""

    def spoil(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        """The rows, some of them spoilt."""
        hetu_at = self._layout.position("henkilotunnus")
        for nth, row in enumerate(rows, start=1):
            draws = self._throw(nth)
            spoilt = self._spoilt(nth, row, draws) if draws[0] % SPOILING_DRAW_LIMIT < self._limit else None
            if spoilt is None:
                self._earlier_number = row[self._number]
                if hetu_at is not None and row[hetu_at]:
                    self._earlier_hetu = str(row[hetu_at])
            yield row if spoilt is None else spoilt

    def _spoilt(self, nth: int, row: list[Any], draws: Draws) -> list[Any] | None:
        for turn in range(len(self._kinds)):
            kind = self._kinds[(draws[1] + turn) % len(self._kinds)]
            wrong = list(row)
            column = self._at_fault(kind, wrong, draws)
            if column is not None:
                heading = self._layout.columns[column] if column >= 0 else ""
                self.key.append(Spoilt(nth, str(row[self._number]), kind, heading))
                return wrong
        return None

    def _at_fault(self, kind: Fault, row: list[Any], draws: Draws) -> int | None:
        """Put the fault into the row; the column spoilt, -1 for the row as a whole, None where it does not fit."""
        if kind is Fault.CELLS_MANY:
            row.extend(["ylimääräinen"] * (1 + draws[2] % 3))
            return -1
        if kind is Fault.CELLS_FEW:
            del row[-(1 + draws[2] % (len(row) // 2)) :]
            return -1
        if kind is Fault.NUMBER_DUPLICATE:
            return self._set(row, self._number, self._earlier_number)
        if kind is Fault.NAME_MISSING:
            return self._blank_name(row)
        if kind in WHOLE_IDENTITIES:
            return self._other_identity(row, self._earlier_hetu if kind is Fault.HETU_OTHERS else ordinary_hetu(draws))
        for meaning, change in CELL_FAULTS[kind]:
            column = self._layout.position(meaning)
            if column is not None and row[column] not in ("", None):
                return self._set(row, column, change(row[column], draws))
        return None

    def _set(self, row: list[Any], column: int, value: Any) -> int | None:
        if value is None or value in ("", row[column]):
            return None
        row[column] = value
        return column

    def _other_identity(self, row: list[Any], hetu: str) -> int | None:
        """Another code, and the birth date that goes with it, so that the code alone is at fault."""
        column, birth = self._layout.position("henkilotunnus"), self._layout.position("syntymaaika")
        if column is None or not row[column]:
            return None
        if birth is not None and row[birth] and hetu:
            row[birth] = like(row[birth], codes.birth_of(hetu))
        return self._set(row, column, hetu)

    def _blank_name(self, row: list[Any]) -> int | None:
        names = [self._layout.position(meaning) for meaning in ("sukunimi", "etunimet", "nimi", FULL_NAME)]
        filled = [column for column in names if column is not None and row[column]]
        for column in filled:
            row[column] = ""
        return filled[0] if filled else None


def wrong_check(hetu: Any, draws: Draws) -> str:
    """The code with another check character."""
    code = str(hetu)
    at = codes.CHECK_CHARACTERS.index(code[-1])
    return code[:-1] + codes.CHECK_CHARACTERS[(at + 1 + draws[3] % 30) % 31]


def ordinary_hetu(draws: Draws) -> str:
    """An ordinary code (002-899) with a right check character that nobody can ever have had.

    Born in 1850 or 1851: identity codes were first given in the 1960s, to nobody of 113 years.
    """
    born_on = date.fromordinal(date(1850, 1, 1).toordinal() + draws[3] % 730)
    number = 2 + draws[4] % 898
    digits = born_on.strftime("%d%m%y")
    return f"{digits}+{number:03d}{codes.check_character(digits, number)}"


def impossible_date(draws: Draws, *, iso: bool) -> str:
    """31 February, 30 February, 31 April or the thirteenth month."""
    year = 1950 + draws[3] % 60
    month, day = ((2, 31), (2, 30), (4, 31), (13, 1))[draws[4] % 4]
    return f"{year}-{month:02d}-{day:02d}" if iso else f"{day}.{month}.{year}"


def like(old: Any, day: date) -> Any:
    """The day as the old cell writes days: a real date, YYYY-MM-DD or d.m.yyyy."""
    if isinstance(old, date):
        return day
    return finnish(day) if "." in str(old) else iso(day)


def _impossible(old: Any, draws: Draws) -> str:
    return impossible_date(draws, iso="." not in str(old))


def _future_birth(old: Any, draws: Draws) -> Any:
    return like(old, date(2091 + draws[3] % 8, 1 + draws[4] % 12, 1 + draws[5] % 28))


def _wrong_iban(old: Any, draws: Draws) -> str:
    check = int(str(old)[2:4])
    return f"FI{(check + 1 + draws[3] % 95) % 97 + 2:02d}{str(old)[4:]}" if check else ""


def _formula(old: Any, draws: Draws) -> Formula:
    texts = ("=1+1", '=HYPERLINK("http://example.org","x")', "=A1&B1", '=CONCATENATE("a","b")')
    return Formula(texts[draws[3] % len(texts)])


def _long(old: Any, draws: Draws) -> str:
    return (str(old) + "-") * (LONG_NAME_LETTERS // (len(str(old)) + 1) + 1)


def _with_nul(old: Any, draws: Draws) -> str:
    at = draws[3] % len(str(old))
    return f"{str(old)[:at]}\x00{str(old)[at:]}"


def _bad_postcode(old: Any, draws: Draws) -> str:
    return ("0012", "ABCDEF?!", "001000000000", "0O1-00*")[draws[3] % 4]


def _bad_email(old: Any, draws: Draws) -> str:
    local = str(old).split("@")[0]
    return (
        f"{local}(at)example.fi",
        f"{local}@",
        "@example.fi",
        f"{local}@@example.fi",
        f"{local}@example..fi",
    )[draws[3] % 5]


def _unknown_code(old: Any, draws: Draws) -> str:
    return ("savumerkki", "kyyhkynen", "9", "??")[draws[3] % 4]


WHOLE_IDENTITIES: Final = frozenset({Fault.HETU_ORDINARY, Fault.HETU_OTHERS})
NAMES: Final = ("sukunimi", "nimi", FULL_NAME)
CELL_FAULTS: Final[dict[Fault, tuple[tuple[str, Callable[[Any, Draws], Any]], ...]]] = {
    Fault.HETU_CHECK: (("henkilotunnus", wrong_check),),
    Fault.DATE_IMPOSSIBLE: (("syntymaaika", _impossible), ("kuollut_pvm", _impossible)),
    Fault.BIRTH_FUTURE: (("syntymaaika", _future_birth),),
    Fault.NUL_BYTE: tuple((name, _with_nul) for name in NAMES),
    Fault.FORMULA: (("osoite_katu", _formula), *((name, _formula) for name in NAMES)),
    Fault.NAME_LONG: tuple((name, _long) for name in NAMES),
    Fault.POSTCODE: (("osoite_postinumero", _bad_postcode),),
    Fault.IBAN: (("palautustili", _wrong_iban),),
    Fault.EMAIL: (("sahkoposti", _bad_email),),
    Fault.CODE_UNKNOWN: (
        ("laskutuskanava", _unknown_code),
        ("perintaeste", _unknown_code),
        ("asiointikieli", _unknown_code),
    ),
}
"""For each fault of one cell: the columns tried in turn, and how the cell is spoilt."""


# Whole files, as transforms of their bytes.


def truncated(content: bytes, keep_percent: int = 60) -> bytes:
    """The file cut off, as by a broken transfer."""
    return content[: len(content) * keep_percent // 100]


def in_other_encoding(content: bytes, written: str, real: str) -> bytes:
    """A file said to be in ``written`` encoding whose bytes are in ``real`` (letters missing there become ?)."""
    return content.decode(written).encode(real, errors="replace")


def utf16(content: bytes, written: str = "utf-8") -> bytes:
    """The text in UTF-16 with its byte order mark, as a spreadsheet's "Unicode text"."""
    return content.decode(written).encode("utf-16")


def huge_line(content: bytes, megabytes: int) -> Iterator[bytes]:
    """The file in pieces, with one line of ``megabytes`` after its heading; streams, for lines beyond memory."""
    heading, _, rest = content.partition(b"\n")
    yield heading + b"\n"
    for _nth in range(megabytes):
        yield b"x" * 1_000_000
    yield b"\n" + rest


def binary_garbage(seed: int, size: int) -> bytes:
    """Bytes that are no file of any kind."""
    throw = thrower(seed, "garbage")
    pieces = (b"".join(draw.to_bytes(2, "little") for draw in throw(nth)) for nth in range(size // 64 + 1))
    return b"".join(pieces)[:size]


def xlsx_without(content: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook that lacks one of its parts: it opens as a ZIP, and is no workbook."""
    spoilt = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as whole,
        zipfile.ZipFile(spoilt, "w", zipfile.ZIP_DEFLATED) as rest,
    ):
        for name in whole.namelist():
            if name != part:
                rest.writestr(name, whole.read(name))
    return spoilt.getvalue()


def other_layout(content: bytes, written: str = "utf-8") -> bytes:
    """The same rows under headings nobody knows: another system's export by mistake."""
    text = content.decode(written)
    heading, newline, rest = text.partition("\n")
    separator = "\t" if "\t" in heading else ";" if ";" in heading else ","
    unknown = separator.join(f"KENTTÄ{nth}" for nth in range(1, heading.count(separator) + 2))
    return f"{unknown}{newline}{rest}".encode(written)
