"""A sheet made ready to be taken: everything that needs no database, done beside it.

``read`` finds each row's key and digest; ``ready`` divides the rows: unchanged, rejected, customers nobody has spoken
of before (a crowd, on its way as bytes), and the rest, said row by row. Needs the vault and no database but for its lots
of keys, so that it can be done by another thread or another process (``beside``).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress
from typing import NamedTuple

import polars as pl

from rekisteri import matching, parties
from rekisteri.catalogue import Fault, Muster, Reason, Rules
from rekisteri.ground.keys import Vault
from rekisteri.parties import Crowd, Drawn, Origin, Parcel, Said
from rekisteri.sources.organisations.mapping import FULL_NAME, Plan
from rekisteri.sources.organisations.mapping import Mapping as ColumnMapping
from rekisteri.sources.organisations.observe import Observer
from rekisteri.sources.organisations.wire_rows import BadRow, Delivery, Sheet, cells_in
from rekisteri.sources.organisations.wire_sheet import sheets


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be made ready, and as what: all that whoever makes it ready must be told."""

    delivery: Delivery
    plan: Plan
    mapping: ColumnMapping
    rules: Rules
    origin: Origin
    at: datetime
    sheet_rows: int
    sheets_kept: int
    """How many sheets made ready may still be asked of: see ``Preparer.alone``."""
    all_new: bool
    """Whether the source has not spoken before: then nobody asks for the keys."""


@dataclass(slots=True)
class Ready:
    """What is to be done with the rows of a sheet: ``crowd`` are customers nobody has spoken of."""

    rows: int
    bad: list[BadRow]
    unchanged: int = 0
    crowd: Parcel | None = None
    sayings: list[Said] = field(default_factory=list)
    rejected: list[tuple[int, list[Fault]]] = field(default_factory=list)
    """Row numbers, and what is wrong."""
    cells: dict[int, list[str]] = field(default_factory=dict)
    """Of rows said alone or rejected, by row number."""
    dropped: Counter[str] = field(default_factory=Counter)


class Speaker:
    """Says rows one by one, or notes everything wrong with them."""

    def __init__(self, errand: Errand, vault: Vault) -> None:
        self._key_index = errand.plan.key_index
        self._mark = errand.plan.signature.encode()
        self._vault = vault
        self._all_new = errand.all_new
        self._observer = Observer(errand.plan, errand.mapping, errand.rules)

    def survey(self, keys: pl.Series, cells: pl.DataFrame) -> Muster:
        """What many rows say, as columns."""
        return self._observer.survey(keys, cells)

    def keyed(self, sheet: Sheet) -> _Read:
        """A sheet with each row's key and digest; of a source that has not spoken before, surveyed already."""
        keys = sheet.cells[str(self._key_index)].str.strip_chars().replace("", None)
        survey = self.survey(keys, sheet.cells) if self._all_new else None
        return _Read(sheet, keys, self._digests(sheet.raw), survey)

    def _digests(self, raw: Iterable[bytes]) -> list[bytes]:
        return self._vault.digest_all(self._mark, raw)

    def say(self, ready: Ready, row: _Row, wrong: Sequence[Fault] = ()) -> None:
        """Add a row's saying, or its faults; ``wrong`` are such as are known already."""
        said = list(wrong) or self._observer.key(row.key) or self._observer.row(row.cells)
        ready.cells[row.row_no] = row.cells
        if isinstance(said, list):
            ready.rejected.append((row.row_no, said))
        else:
            ready.sayings.append(Said(row.key, said.kind, said.content, said.secrets, row.digest, row.row_no))

    def say_again(self, ready: Ready, texts: Mapping[int, bytes]) -> None:
        """Say rows of the crowd alone, given by row number, each in its place among the others said."""
        for (row_no, text), digest in zip(texts.items(), self._digests(texts.values()), strict=True):
            cells = cells_in(text)
            self.say(ready, _Row(row_no, cells[self._key_index].strip(), cells, digest))
        ready.sayings.sort(key=lambda said: said.row_no or 0)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is said alone."""

    row_no: int
    key: str
    cells: list[str]
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Read:
    """A sheet with each row's key and digest."""

    sheet: Sheet
    keys: pl.Series
    digests: list[bytes]
    survey: Muster | None
    """What its rows say, where nothing is known that would spare the look."""


def _ahead(read: Iterator[_Read]) -> Iterator[_Read]:
    """The same sheets, the next one read meanwhile by another thread: most of what is done with a sheet is native code."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sheets") as thread:
        coming = thread.submit(next, read, None)
        while (one := coming.result()) is not None:
            coming = thread.submit(next, read, None)
            yield one


_Texts = tuple[Sequence[int], Sequence[bytes]]
"""A sheet's row numbers and the texts of its rows."""


class _Seen:
    """The keys of the sheets so far, as columns: of a million, a set took some 50 MiB more."""

    def __init__(self) -> None:
        self._keys = pl.Series(dtype=pl.String)
        self._hashes = pl.Series(dtype=pl.UInt64)
        self._last = _Rank(0, "")

    def among(self, keys: pl.Series) -> set[str]:
        """Which of the keys there are: with every one of them, hardly ever, a key that hashes as one does."""
        keys = keys.drop_nulls()
        if keys.len() == 0 or self._last < _ranks(keys)[0]:
            # As all through a file that is sorted by customer number.
            return set()
        self._hashes.append(self._keys.slice(self._hashes.len()).hash())
        return set(self._keys.filter(self._hashes.is_in(keys.hash().implode())))

    def add(self, keys: pl.Series) -> None:
        """Those too; none of them is there."""
        if keys.len():
            self._keys.append(keys)
            self._last = max(self._last, _ranks(keys)[1])


class _Rank(NamedTuple):
    """Where a key stands when the shorter ones come first."""

    size: int
    key: str


def _ranks(keys: pl.Series) -> tuple[_Rank, _Rank]:
    """Of the first and the last of some keys, of which there is one."""
    key, size = pl.col("key"), pl.col("key").str.len_bytes()
    first = size.min(), key.filter(size == size.min()).min().alias("first")
    last = size.max().alias("longest"), key.filter(size == size.max()).max().alias("last")
    found = keys.to_frame("key").select(*first, *last).row(0)
    return _Rank(*found[:2]), _Rank(*found[2:])


class Preparer:
    """Makes the sheets of one delivery ready, in order: ``read`` and then ``ready`` of each."""

    def __init__(self, errand: Errand, vault: Vault) -> None:
        self._errand = errand
        self._vault = vault
        self._speaker = Speaker(errand, vault)
        restore = errand.plan.restore_zeros if errand.delivery.format == "xlsx" else None
        self._coming = _ahead(map(self._speaker.keyed, sheets(errand.delivery, errand.sheet_rows, restore)))
        self._read = deque[tuple[_Read, dict[int, Reason]]]()
        self._kept = deque[_Texts](maxlen=errand.sheets_kept)
        self._seen = _Seen()
        self._heard = set[str]()

    def read(self) -> list[str] | None:
        """The next sheet's keys, to be looked up; None where there is none. Remembers them."""
        read = next(self._coming, None)
        if read is None:
            return None
        self._read.append((read, self._remembered(read.keys)))
        return [] if self._errand.all_new else read.keys.drop_nulls().to_list()

    def _remembered(self, keys: pl.Series) -> dict[int, Reason]:
        """Remember keys; the places of those that can't be used."""
        met = self._seen.among(keys)
        if not met and keys.null_count() == 0 and keys.n_unique() == keys.len():
            self._seen.add(keys)
            return {}
        keyless: dict[int, Reason] = {}
        fresh: list[str] = []
        for place, key in enumerate(keys.to_list()):
            if key is None:
                keyless[place] = Reason.EMPTY_KEY
            elif key in met:
                keyless[place] = Reason.DUPLICATE_KEY
            else:
                met.add(key)
                fresh.append(key)
        self._seen.add(pl.Series(fresh, dtype=pl.String))
        return keyless

    def unseen(self, keys: Sequence[str]) -> list[bool]:
        """Of each key whether no sheet has held it."""
        met = self._seen.among(pl.Series(keys, dtype=pl.String))
        return [key not in met for key in keys]

    def alone(self, row_nos: Sequence[int]) -> Ready:
        """Rows of one crowd among the sheets kept, said alone: somebody has spoken of their customers after all."""
        ready = Ready(0, [])
        kept = next(kept for kept in self._kept if row_nos[0] in kept[0])
        self._speaker.say_again(ready, _texts(kept, row_nos))
        return ready

    def ready(self, known: Mapping[str, bytes]) -> Ready:
        """Divide the rows of the sheet read first; ``known`` are the digests of the source's records among its keys."""
        read, keyless = self._read.popleft()
        sheet = read.sheet
        self._kept.append((sheet.row_nos, sheet.raw))
        ready = Ready(len(sheet.row_nos), sheet.bad)
        for index, column in self._errand.plan.dropped:
            cells = sheet.cells[str(index)]
            ready.dropped[column] = cells.len() - cells.null_count()
        wanted = [place not in keyless for place in range(read.keys.len())]
        fresh = wanted
        if known:
            before = [known.get(key) for key in read.keys.to_list()]
            changed = [old != digest for old, digest in zip(before, read.digests, strict=True)]
            ready.unchanged = sum(compress([not change for change in changed], wanted))
            wanted = [want and change for want, change in zip(wanted, changed, strict=True)]
            fresh = [want and old is None for want, old in zip(wanted, before, strict=True)]
        formulas = self._formulas(sheet)
        left, drawn = self._drawn(read, fresh, formulas)
        others = pl.Series(wanted, dtype=pl.Boolean) & (left | ~pl.Series(fresh, dtype=pl.Boolean))
        for place in others.arg_true():
            row_no = sheet.row_nos[place]
            row = _Row(row_no, read.keys[place], sheet.row(place), read.digests[place])
            self._speaker.say(ready, row, formulas.get(row_no, ()))
        if drawn is not None:
            self._pack(ready, sheet, drawn)
        for place, reason in keyless.items():
            row_no = sheet.row_nos[place]
            ready.cells[row_no] = sheet.row(place)
            ready.rejected.append((row_no, [Fault(reason, "customer_number")]))
        return ready

    def _drawn(
        self, read: _Read, fresh: list[bool], formulas: Mapping[int, list[Fault]]
    ) -> tuple[pl.Series, Drawn | None]:
        """Draw the plain ones of rows whose keys are new; which of all rows are left to be said alone."""
        among = pl.Series(fresh, dtype=pl.Boolean)
        if not any(fresh):
            return among, None
        sheet, places = read.sheet, among.arg_true()
        survey = self._surveyed(read, among)
        odd = survey.odd
        if apart := sheet.marked.union(formulas):
            odd = odd | pl.Series(sheet.row_nos).filter(among).is_in(list(apart))
        left = pl.repeat(False, among.len(), dtype=pl.Boolean, eager=True).scatter(places, odd)
        plain = ~odd
        kept = places.filter(plain).to_list()
        if not kept:
            return left, None
        said = survey.among(plain)
        crowd = Crowd(
            read.keys.gather(kept),
            [sheet.row_nos[place] for place in kept],
            [read.digests[place] for place in kept],
            said.organisations,
            said.columns,
        )
        return left, parties.draw(self._vault, self._errand.origin, crowd)

    def _surveyed(self, read: _Read, among: pl.Series) -> Muster:
        """What some rows of a sheet say."""
        if among.all():
            return read.survey or self._speaker.survey(read.keys, read.sheet.cells)
        if read.survey is not None:
            return read.survey.among(among)
        return self._speaker.survey(read.keys.filter(among), read.sheet.cells.filter(among))

    def _pack(self, ready: Ready, sheet: Sheet, drawn: Drawn) -> None:
        """Pack a crowd but for those who share an identity code with another row: they are said alone."""
        crowd = drawn.pack(self._errand.origin, self._errand.at)
        codes = [blind for said in ready.sayings for _, blind in matching.identities(self._vault, said)]
        twins = drawn.twins(codes)
        if twins:
            crowd = crowd.without(twins)
            self._speaker.say_again(ready, _texts((sheet.row_nos, sheet.raw), twins))
        ready.crowd = crowd.unheard(self._heard)
        self._heard.update(ready.crowd.heard)

    def _formulas(self, sheet: Sheet) -> dict[int, list[Fault]]:
        """The faults of computed cells, by row number."""
        targets = dict(self._errand.plan.targets)
        if self._errand.plan.full_name_index is not None:
            targets[self._errand.plan.full_name_index] = FULL_NAME
        found: dict[int, list[Fault]] = {}
        for row_no, index in sorted(sheet.formulas):
            if index in targets:
                found.setdefault(row_no, []).append(Fault(Reason.FORMULA, targets[index]))
        return found


def _texts(kept: _Texts, row_nos: Iterable[int]) -> dict[int, bytes]:
    """The texts of some rows, by row number."""
    wanted = frozenset(row_nos)
    return {row_no: text for row_no, text in zip(*kept, strict=True) if row_no in wanted}
