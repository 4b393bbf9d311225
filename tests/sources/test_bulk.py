"""The columns' way and the row's way are one: the same words of the same rows, whatever is wrong with them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rekisteri.catalogue import ITEMS, Kind, PartyKind, Rules, Sayings, SourceKind, as_text, plainly
from rekisteri.catalogue import values as kinds
from rekisteri.ground.keys import KeyFile, Vault
from rekisteri.ground.rows import BETWEEN
from rekisteri.parties import Crowd, Origin, Source, draw, words
from rekisteri.parties.record import SEALED_PLACE
from rekisteri.parties.survive import single
from rekisteri.simulators import DAYCARE, STANDARD, Form, Layout, Spoiler, clientele_of, rows, write_rows
from rekisteri.sources.organisations.mapping import FULL_NAME, Mapping, plan, standard
from rekisteri.sources.organisations.observe import Observer
from rekisteri.sources.organisations.wire import open_delivery
from rekisteri.sources.organisations.wire_encoding import BLOCK_BYTES
from rekisteri.sources.organisations.wire_rows import CELL_MARK, Sheet
from rekisteri.sources.organisations.wire_sheet import sheets

RULES = Rules(date(2026, 3, 2), artificial_hetu=True, ordinary_hetu=False)
ORIGIN = Origin(Source(1, SourceKind.ORGANISATION, 7))
CUSTOMERS = 3000
FILLED = 40_000
HETU_MARKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
KINDS = {kind.name: kind for item in ITEMS for part in item.parts if (kind := part.kind).plain}


@pytest.mark.parametrize("name", KINDS)
def test_a_plain_text_is_its_own_checked_value(name: str) -> None:
    kind = KINDS[name]

    @settings(
        max_examples=20 if name == "email" else 80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
    )
    @given(st.from_regex(kind.plain, fullmatch=True).filter(lambda text: len(text.encode()) <= kind.longest))
    def holds(text: str) -> None:
        assert kind.parse(text) in (text, [text])
        assert pl.Series([text]).str.contains(f"^(?:{kind.plain})$").all()

    holds()


def codes_by_the_thousand() -> dict[str, list[str]]:
    """Official numbers of the right form, their check digits right and wrong."""
    chance = random.Random(4)
    days = [f"{day:02}{month:02}" for day in range(33) for month in range(14)]
    births = [f"{day}{chance.randrange(100):02}{chance.choice('-+ABCDEFYXWVUGZ')}" for day in days]
    hetus = [f"{birth}{number:03}" for birth in births for number in (0, 1, 2, chance.randrange(1000), 999)]
    firms = [f"{number:07}" for number in (0, 1, 10, *(chance.randrange(10**7) for _ in range(300)))]
    accounts = [f"{chance.randrange(10**14):014}" for _ in range(20)]
    return {
        "hetu": [
            text + mark
            for text in hetus
            for mark in (HETU_MARKS[int(text[:6] + text[7:]) % 31], chance.choice(HETU_MARKS + "GIOQZ"))
        ],
        "ytunnus": [f"{text}-{figure}" for text in firms for figure in range(10)],
        "iban": [f"FI{figures:02}{text}" for text in accounts for figures in range(100)],
    }


@pytest.mark.parametrize("kind", [kinds.HETU, kinds.YTUNNUS, kinds.IBAN], ids=lambda kind: str(kind.name))
def test_official_numbers_are_told_in_columns_as_the_libraries_tell_them(kind: Kind) -> None:
    texts = codes_by_the_thousand()[kind.name]
    spoilt = [None, "", " ", texts[0].lower(), texts[0] + " ", texts[0][:-1], texts[0] + "1", "ä" + texts[0][1:]]
    column = pl.Series("texts", [*texts, *spoilt], dtype=pl.String)
    plain = plainly("texts", kind)
    assert plain is not None
    told = column.to_frame().select(plain).to_series().to_list()
    held = [None if text is None else kind.parse(text) == text for text in column.to_list()]
    assert [told_one for told_one in told if told_one is None] == [None]
    for text, beyond_doubt, holds in zip(column.to_list(), told, held, strict=True):
        leap_day = kind is kinds.HETU and str(text).startswith("2902")
        assert beyond_doubt == (False if leap_day and holds else holds), text
    assert sum(map(bool, held)) > len(texts) / 200


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_many_texts_fold_as_each_does(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert words.fold_all(pl.Series(texts, dtype=pl.String)).to_list() == [" ".join(words.fold(text)) for text in texts]


def test_every_letter_there_is_folds_alike() -> None:
    letters = [f"a{chr(code)}b {chr(code)}" for code in range(0x2100)]
    assert words.fold_all(pl.Series(letters)).to_list() == [" ".join(words.fold(text)) for text in letters]
    found = list(dict.fromkeys(word for text in letters for word in words.fold(text)))
    told = pl.Series(found).str.contains(words.MISSPELT).to_list()
    assert told == [words.may_be_misspelt(word) for word in found]


@dataclass(frozen=True, slots=True)
class Both:
    """An observer of a file and its sheets."""

    observer: Observer
    key_index: int
    sheets: list[Sheet]


def both_of(path: Path, mapping: Mapping, size: int = 700) -> Both:
    delivery = open_delivery(path)
    found = plan(mapping, delivery.columns)
    return Both(Observer(found, mapping, RULES), found.key_index, list(sheets(delivery, size)))


def flat(said: Sayings) -> dict[str, str]:
    """What is said, as columns hold it."""
    found: dict[str, str | None] = dict(said.secrets)
    for name, value in said.content.items():
        parts = {f"{name}.{part}": one for part, one in value.items()} if isinstance(value, dict) else {name: value}
        found |= {path: as_text(one) for path, one in parts.items()}  # type: ignore[arg-type]
    return {path: text for path, text in found.items() if text is not None}


def surveyed(both: Both) -> Iterator[tuple[list[str], bool, bool, dict[str, str]]]:
    """Each row: its cells, whether it is odd, whether an organisation, and what the columns say."""
    for sheet in both.sheets:
        found = both.observer.survey(sheet.cells[str(both.key_index)].str.strip_chars(), sheet.cells)
        columns = {path: column.to_list() for path, column in found.columns.items()}
        for place in range(len(sheet.row_nos)):
            said = {path: text for path, column in columns.items() if (text := column[place]) is not None}
            yield sheet.row(place), found.odd[place], found.organisations[place], said


@pytest.mark.parametrize("layout", [STANDARD, DAYCARE], ids=lambda layout: layout.name)
@pytest.mark.parametrize("percent", [0.0, 40.0])
def test_columns_say_what_rows_say(layout: Layout, percent: float, tmp_path: Path) -> None:
    path = tmp_path / "asiakkaat.csv"
    a_spoilt_file(path, layout, percent, Form())
    odd = 0
    both = both_of(path, a_mapping(layout))
    for cells, is_odd, is_organisation, said in surveyed(both):
        odd += is_odd
        if not is_odd:
            alone = both.observer.row(cells)
            assert isinstance(alone, Sayings)
            assert said == flat(alone)
            assert is_organisation == (alone.kind == PartyKind.ORGANISATION)
    assert odd < CUSTOMERS * (percent / 100 + 0.1)


def test_what_is_drawn_of_many_is_what_is_written_of_one(tmp_path: Path) -> None:
    path = tmp_path / "asiakkaat.csv"
    a_spoilt_file(path, STANDARD, 20.0, Form())
    vault = Vault(KeyFile.ensure(tmp_path / "keys.json"))
    both = both_of(path, standard())
    for sheet in both.sheets:
        keys = sheet.cells[str(both.key_index)].str.strip_chars()
        found = both.observer.survey(keys, sheet.cells)
        plain = ~found.odd
        places = plain.arg_true().to_list()
        crowd = Crowd(
            keys.filter(plain), [sheet.row_nos[place] for place in places], [bytes(16)] * len(places),
            found.organisations.filter(plain), {path: column.filter(plain) for path, column in found.columns.items()},
        )  # fmt: skip
        drawn = draw(vault, ORIGIN, crowd).lines
        for at, place in enumerate(places):
            said = both.observer.row(sheet.row(place))
            assert isinstance(said, Sayings)
            survivor = single(said.content)
            assert orjson.loads(drawn.contents[at]) == said.content
            assert drawn.names[at].decode() == words.shown_name(said.kind, survivor)
            assert drawn.word_counts[at] == len(drawn.words[at].split(BETWEEN))
            assert sorted(drawn.words[at].decode().split(BETWEEN.decode())) == sorted(
                set(words.of_party(survivor, [7])[0])
            )
            assert (drawn.codes["hetu"][at] is not None) == ("hetu" in said.secrets)
            if said.secrets:
                opened = vault.open(drawn.sealed[at] or b"", key="secret", place=SEALED_PLACE + drawn.ids[at])
                assert orjson.loads(opened) == said.secrets


@pytest.mark.parametrize(
    "form",
    [Form(), Form(line_ending="\n", separator=","), Form(encoding="iso-8859-15", separator="\t"), Form(quote_all=True)],
    ids=["usual", "comma", "latin", "quoted"],
)
def test_sheets_hold_the_rows_of_chunks(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "asiakkaat.csv"
    a_spoilt_file(path, STANDARD, 30.0, form)
    delivery = open_delivery(path)
    by_row = list(delivery.chunks(500))
    by_column = list(sheets(delivery, 700))
    expected = [(row_no, row) for chunk in by_row for row_no, row in zip(chunk.row_nos, chunk.rows, strict=True)]
    found = [(row_no, sheet.row(place)) for sheet in by_column for place, row_no in enumerate(sheet.row_nos)]
    assert found == expected
    assert [raw for sheet in by_column for raw in sheet.raw] == [CELL_MARK.join(row).encode() for _, row in expected]
    assert [bad for sheet in by_column for bad in sheet.bad] == [bad for chunk in by_row for bad in chunk.bad]


@settings(max_examples=4, deadline=None)
@given(
    lines=st.lists(st.text(alphabet='ab;"\n\r\x1f\x00 ä=', max_size=14), max_size=12),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_sheets_hold_the_rows_of_chunks_whatever_the_file(lines: list[str], ending: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "asiakkaat.csv"
        # The first piece goes by the reader of rows; what is to be tried comes after it.
        filling = "x;y;z\n" * (BLOCK_BYTES // 6 + 1)
        path.write_bytes(f"eka;toka;kolmas\n{filling}".encode() + ending.join(lines).encode())
        delivery = open_delivery(path, encoding="utf-8")
        expected = [
            (row_no, row) for chunk in delivery.chunks(90_000) for row_no, row in zip(chunk.row_nos, chunk.rows, strict=True)
        ]  # fmt: skip
        found = [
            (row_no, sheet.row(place)) for sheet in sheets(delivery, 90_000)
            for place, row_no in enumerate(sheet.row_nos) if row_no > FILLED
        ]  # fmt: skip
        assert found == [(row_no, row) for row_no, row in expected if row_no > FILLED]
        assert [one for sheet in sheets(delivery, 90_000) for one in sheet.bad] == [
            one for chunk in delivery.chunks(90_000) for one in chunk.bad
        ]


def a_mapping(layout: Layout) -> Mapping:
    """What a layout's headings mean."""
    paths = {part.column: item.path(part) for item in ITEMS for part in item.parts}
    return Mapping(
        columns={
            heading: paths.get(meaning, FULL_NAME)
            for heading, meaning in zip(layout.columns, layout.meanings, strict=True)
        }
    )


def a_spoilt_file(path: Path, layout: Layout, percent: float, form: Form) -> None:
    spoiler = Spoiler(layout, 11, percent)
    write_rows(path, layout.columns, spoiler.spoil(rows(layout, clientele_of(3, "kunta", CUSTOMERS))), form)
