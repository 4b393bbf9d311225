"""A mapping drafted from a sample: headings recognised, values asked, every line with its why.

A draft is for a person to read and mend; it loads as it stands.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from rekisteri import catalogue
from rekisteri.catalogue import Text
from rekisteri.sources.organisations.evidence import (
    SURE,
    Column,
    by_values,
    is_key,
    is_organisations,
    is_persons,
    is_post_line,
    order_of,
)
from rekisteri.sources.organisations.headings import FULL_NAME, KNOWN, Guess, recognise
from rekisteri.sources.organisations.mapping import IGNORE, KEY
from rekisteri.sources.organisations.wire import open_delivery
from rekisteri.sources.organisations.wire_rows import Delivery

SAMPLE_ROWS = 2_000
NEAR = 88
NEAR_LETTERS_MIN = 5
DOUBTFUL = 0.5
CODES_SHOWN = 20
POSTCODE_DIGITS = 5
SHORT_POSTCODES = 0.01

_TITLE = Text(
    "Luonnos tiedostosta {file}: {rows} riviä luettu. Tarkista rivit ja korjaa; polut luettelee vakioasettelun ohje.",
    "Utkast av filen {file}: {rows} rader lästa. Granska och rätta raderna; sökvägarna finns i standardlayouten.",
    "Draft from the file {file}: {rows} rows read. Check the lines and mend them; the standard layout lists the paths.",
)
_OPTIONAL = Text(
    "Havaittu; poista # jos jokaisen tiedoston on oltava tällainen",
    "Upptäckt; ta bort # om varje fil ska vara sådan",
    "As found; remove the # if every file must be so",
)
_MODE = Text(
    '"full" = tiedostossa ovat kaikki asiakkaat, "delta" = vain muuttuneet',
    '"full" = filen har alla kunder, "delta" = bara ändrade',
    '"full" = the file has all customers, "delta" = only the changed ones',
)
_ORDER = Text(
    "kokonimen järjestys arvoista", "namnets ordning enligt värdena", "the order of whole names, from the values"
)
_BY_HEADING = Text("otsikko tunnetaan", "känd rubrik", "known heading")
_BY_NEAR = Text("otsikko muistuttaa: {known}", "rubriken liknar: {known}", "heading is like: {known}")
_BY_VALUES = Text("arvoista päätelty", "slutet av värdena", "concluded from the values")
_PASS = Text(
    "{share} % {count} arvosta kelpaa", "{share} % av {count} värden duger", "{share} % of {count} values pass"
)
_DOUBT = Text("TARKISTA", "GRANSKA", "CHECK")
_NO_VALUES = Text("ei arvoja näytteessä", "inga värden i urvalet", "no values in the sample")
_NO_KEY = Text(
    "PUUTTUU: mikä sarake on organisaation oma asiakasnumero (customer_number)?",
    "SAKNAS: vilken kolumn är organisationens eget kundnummer (customer_number)?",
    "MISSING: which column is the organisation's own customer number (customer_number)?",
)
_PART = Text(
    "rivi hylätään, jos tässä on arvo eikä mikään sarake ole {lacks}; muuten ignore",
    "en rad med värde här avvisas när ingen kolumn är {lacks}; annars ignore",
    "a row that states it is rejected while no column is {lacks}; else ignore",
)
_UNKNOWN = Text(
    "ei tunnistettu, ei tallenneta; {count} arvoa", "okänd, sparas inte; {count} värden",
    "not recognised, not kept; {count} values",
)  # fmt: skip
_CODES = Text(
    "Koodit, joita rekisteri ei tunne; anna vastineet: {known}", "Koder som registret inte känner; ange motsvarighet: {known}",
    "Codes unknown to the register; give what they mean: {known}",
)  # fmt: skip
_SHORT = Text(
    "etunollansa menettäneet postinumerot täydennetään", "postnummer som tappat sina nollor kompletteras",
    "postcodes that lost their leading zeros are completed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """What one column is taken for, and why."""

    column: Column
    path: str
    why: str
    known: str = ""


def draft(path: Path, language: str = "fi") -> str:
    """The text of a drafted mapping (TOML). Raises ``Rejected`` for a file that can't be read."""
    with open_delivery(path) as delivery:
        rows = next(delivery.chunks(SAMPLE_ROWS), None)
        cells = rows.rows if rows is not None else []
    columns = [
        Column(index, heading, [row[index].strip() for row in cells if row[index].strip()], len(cells))
        for index, heading in enumerate(delivery.columns)
    ]
    lines = _judged(columns, language)
    return "\n".join(_written(path, delivery, lines, len(cells), language)) + "\n"


def _judged(columns: list[Column], language: str) -> list[_Line]:
    """What each column is: by its heading where the values do not speak against it, else by its values."""
    lines: dict[int, _Line] = {}
    guesses = recognise([column.heading for column in columns])
    for index, guess in guesses.items():
        column = columns[index]
        if guess.path.endswith(".street") and is_post_line(column):
            # "Postiosoite" may be the street or the line below it: then its values decide.
            continue
        if not column.values or column.passes(guess.path) >= DOUBTFUL or _is_coded(guess.path):
            path = guess.path
            if path == FULL_NAME and is_organisations(column):
                path = "organisation_name"
            lines[index] = _Line(column, path, _BY_HEADING.in_(language), guess.known)
    _key_is_no_name(lines)
    _near(columns, lines, language)
    for column in columns:
        if column.index not in lines:
            before = lines.get(column.index - 1)
            taken = frozenset(line.path for line in lines.values())
            found = by_values(column, taken, before.path if before else None)
            if found is not None:
                lines[column.index] = _Line(column, found, _BY_VALUES.in_(language))
    _doubted(columns, guesses, lines, language)
    if not any(line.path == KEY for line in lines.values()):
        key = next((column for column in columns if column.index not in lines and is_key(column)), None)
        if key is not None:
            lines[key.index] = _Line(key, KEY, _BY_VALUES.in_(language))
    unknown = _UNKNOWN.in_(language)
    return [
        lines.get(column.index) or _Line(column, IGNORE, unknown.format(count=len(column.values))) for column in columns
    ]


def _doubted(columns: list[Column], guesses: Mapping[int, Guess], lines: dict[int, _Line], language: str) -> None:
    """Headings that are known but whose values do not pass, where the values say nothing else: a person must look."""
    taken = {line.path for line in lines.values()}
    for index, guess in guesses.items():
        if index not in lines and guess.path not in taken and not is_persons(columns[index]):
            lines[index] = _Line(columns[index], guess.path, _BY_HEADING.in_(language), guess.known)


def _key_is_no_name(lines: dict[int, _Line]) -> None:
    """A column headed "customer" may hold customers' names: then its values decide."""
    for index, line in list(lines.items()):
        if line.path == KEY and is_persons(line.column):
            del lines[index]


def _near(columns: list[Column], lines: dict[int, _Line], language: str) -> None:
    """Headings that are almost known, as long as their values pass."""
    for column in columns:
        folded = catalogue.heading(column.heading)
        if column.index in lines or len(folded) < NEAR_LETTERS_MIN:
            continue
        found = process.extractOne(folded, KNOWN.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
        if found is None:
            continue
        taken = {line.path for line in lines.values()}
        path = next((path for path in KNOWN[found[0]] if path not in taken), None)
        if path is not None and path.endswith(".street") and is_post_line(column):
            continue
        if path is not None and _lacks(path, taken):
            # A part alone of what has a needed part would cost every row that states it.
            continue
        if path is not None and column.values and column.passes(path) >= SURE:
            why = _BY_NEAR.in_(language).format(known=found[0])
            lines[column.index] = _Line(column, path, why, found[0])


def _lacks(path: str, paths: Collection[str]) -> list[str]:
    """The parts without which a path's item is incomplete, of those that no column is."""
    if path not in catalogue.BY_PATH:
        return []
    item = catalogue.BY_PATH[path][0]
    needed = (f"{item.name}.{part}" for part in item.required_parts)
    return [one for one in needed if one != path and one not in paths]


def _is_coded(path: str) -> bool:
    return path in catalogue.BY_PATH and bool(catalogue.BY_PATH[path][1].kind.codes)


def _written(path: Path, delivery: Delivery, lines: list[_Line], row_count: int, language: str) -> list[str]:
    text = ["# " + _TITLE.in_(language).format(file=path.name, rows=row_count), 'organisation = ""']
    whole = next((line for line in lines if line.path == FULL_NAME), None)
    if whole is not None:
        order = order_of(whole.column, whole.known)
        text.append(f"name_order = {_quoted(order)}  # {_ORDER.in_(language)}")
    text += ["", "[file]", f"# {_OPTIONAL.in_(language)}", f"# format = {_quoted(delivery.format)}"]
    if delivery.format == "csv":
        text += [
            f"# encoding = {_quoted(delivery.encoding.removesuffix('-sig'))}",
            f"# separator = {_quoted(delivery.separator)}",
        ]
    text += [f'mode = "full"  # {_MODE.in_(language)}', "", "[columns]"]
    paths = {line.path for line in lines}
    text += [
        f"{_quoted(line.column.heading)} = {_quoted(line.path)}  # {_why(line, paths, language)}" for line in lines
    ]
    if not any(line.path == KEY for line in lines):
        text.append("# " + _NO_KEY.in_(language))
    for line in lines:
        text += _code_lines(line, language)
    text += _pad_lines(lines, delivery, language)
    return text


def _why(line: _Line, paths: Collection[str], language: str) -> str:
    if line.path == IGNORE:
        return line.why
    if lacks := _lacks(line.path, paths):
        return f"{_DOUBT.in_(language)}: {line.why}; {_PART.in_(language).format(lacks=', '.join(lacks))}"
    values = line.column.values
    if not values:
        return f"{line.why}; {_NO_VALUES.in_(language)}"
    share = line.column.passes(line.path)
    said = f"{line.why}; {_PASS.in_(language).format(share=int(100 * share), count=len(values))}"
    return said if share >= SURE else f"{_DOUBT.in_(language)}: {said}"


def _code_lines(line: _Line, language: str) -> list[str]:
    """A table of the codes that no check knows, for the administrator to fill in."""
    if not _is_coded(line.path):
        return []
    kind = catalogue.BY_PATH[line.path][1].kind
    counts = Counter(value for value in line.column.values if isinstance(kind.parse(value), catalogue.Reason))
    if not counts:
        return []
    known = ", ".join(kind.codes)
    text = ["", f"[values.{_quoted(line.path)}]", "# " + _CODES.in_(language).format(known=known)]
    return text + [f'# {_quoted(code)} = ""  # {count}' for code, count in counts.most_common(CODES_SHOWN)]


def _pad_lines(lines: list[_Line], delivery: Delivery, language: str) -> list[str]:
    """Postcodes that lost their zeros on the way through a spreadsheet, where no country tells otherwise."""
    if delivery.format == "xlsx":
        return []
    paths = {line.path for line in lines}
    text = []
    for line in lines:
        if line.path.endswith(".postcode") and line.path.removesuffix("postcode") + "country" not in paths:
            lost = line.column.share(lambda value: value.isdecimal() and len(value) < POSTCODE_DIGITS)
            if lost >= SHORT_POSTCODES:
                text.append(f"{_quoted(line.path)} = {POSTCODE_DIGITS}  # {_SHORT.in_(language)}")
    return ["", "[pad]", *text] if text else []


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, with DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
