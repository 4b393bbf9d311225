"""A sheet made ready to be taken: everything that needs no database, done beside it.

``read`` finds each row's key and digest; ``ready`` divides the rows: unchanged, rejected,
customers nobody has spoken of before (a crowd, kept as columns), and the rest, said row by
row. Pure but for remembering the keys seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress

import polars as pl

from rekisteri import matching, parties
from rekisteri.catalogue import Fault, Reason
from rekisteri.ground.keys import Vault
from rekisteri.parties import Crowd, Drawn, Origin, Rows, Said
from rekisteri.sources.organisations.mapping import FULL_NAME, Plan
from rekisteri.sources.organisations.observe import Observer
from rekisteri.sources.organisations.wire_rows import Sheet


@dataclass(frozen=True, slots=True)
class Readable:
    """A sheet with each row's key and digest, and the rows whose key can't be used."""

    sheet: Sheet
    keys: pl.Series
    digests: list[bytes]
    keyless: dict[int, Reason]


@dataclass(slots=True)
class Ready:
    """What is to be done with the rows of a sheet: ``crowd`` are customers nobody has spoken of."""

    read: Readable
    unchanged: int = 0
    crowd: Drawn | None = None
    packed: Rows | None = None
    """The crowd as it goes to the database."""
    sayings: list[Said] = field(default_factory=list)
    rejected: list[tuple[int, list[Fault]]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


class Preparer:
    """Makes the sheets of one delivery ready, in order."""

    def __init__(self, plan: Plan, observer: Observer, vault: Vault, origin: Origin, at: datetime) -> None:
        self._plan = plan
        self._at = at
        self._observer = observer
        self._vault = vault
        self._origin = origin
        self._mark = plan.signature.encode()
        self.seen: set[str] = set()

    def read(self, sheet: Sheet) -> Readable:
        """The keys and digests of a sheet's rows; remembers the keys."""
        keys = sheet.cells[str(self._plan.key_index)].str.strip_chars().replace("", None)
        digests = self._vault.digest_all(self._mark, sheet.raw)
        texts = keys.to_list()
        keyless: dict[int, Reason] = {}
        if keys.null_count() == 0 and keys.n_unique() == keys.len() and self.seen.isdisjoint(texts):
            self.seen.update(texts)
            return Readable(sheet, keys, digests, keyless)
        for place, key in enumerate(texts):
            if key is None:
                keyless[place] = Reason.EMPTY_KEY
            elif key in self.seen:
                keyless[place] = Reason.DUPLICATE_KEY
            else:
                self.seen.add(key)
        return Readable(sheet, keys, digests, keyless)

    def ready(self, read: Readable, known: Mapping[str, bytes]) -> Ready:
        """Divide the rows; ``known`` are the digests of the source's records among the keys."""
        ready = Ready(read)
        for index, column in self._plan.dropped:
            cells = read.sheet.cells[str(index)]
            ready.dropped[column] = cells.len() - cells.null_count()
        wanted = [place not in read.keyless for place in range(read.keys.len())]
        fresh = wanted
        if known:
            before = [known.get(key) for key in read.keys.to_list()]
            changed = [old != digest for old, digest in zip(before, read.digests, strict=True)]
            ready.unchanged = sum(compress([not change for change in changed], wanted))
            wanted = [want and change for want, change in zip(wanted, changed, strict=True)]
            fresh = [want and old is None for want, old in zip(wanted, before, strict=True)]
        left = self._crowd(ready, fresh) if any(fresh) else pl.Series(fresh, dtype=pl.Boolean)
        others = pl.Series(wanted, dtype=pl.Boolean) & (left | ~pl.Series(fresh, dtype=pl.Boolean))
        self.say(ready, others.arg_true().to_list())
        if ready.crowd is not None:
            codes = [blind for said in ready.sayings for _, blind in matching.identities(self._vault, said)]
            if twins := ready.crowd.twins(codes):
                ready.crowd = ready.crowd.without(twins)
                self.say(ready, [bisect_left(read.sheet.row_nos, row_no) for row_no in twins])
                ready.sayings.sort(key=lambda said: said.row_no or 0)
            ready.packed = ready.crowd.pack(self._origin, self._at)
        for place, reason in read.keyless.items():
            ready.rejected.append((place, [Fault(reason, "customer_number")]))
        return ready

    def say(self, ready: Ready, places: Iterable[int]) -> None:
        """Say rows one by one, or note everything wrong with them."""
        read = ready.read
        formulas = self._formulas(read.sheet)
        for place in places:
            key, row_no = read.keys[place], read.sheet.row_nos[place]
            wrong = formulas.get(row_no) or self._observer.key(key)
            said = wrong or self._observer.row(read.sheet.row(place))
            if isinstance(said, list):
                ready.rejected.append((place, said))
            else:
                ready.sayings.append(Said(key, said.kind, said.content, said.secrets, read.digests[place], row_no))

    def _crowd(self, ready: Ready, fresh: list[bool]) -> pl.Series:
        """Draw the plain ones of rows whose keys are new; which of all rows are left to be said alone."""
        read = ready.read
        among = pl.Series(fresh, dtype=pl.Boolean)
        places = among.arg_true()
        keys, cells = read.keys, read.sheet.cells
        if not all(fresh):
            keys, cells = keys.filter(among), cells.filter(among)
        survey = self._observer.survey(keys, cells)
        odd = survey.odd
        if formulas := self._formulas(read.sheet):
            row_nos = pl.Series(read.sheet.row_nos).filter(among)
            odd = odd | row_nos.is_in(list(formulas))
        plain = ~odd
        kept = places.filter(plain).to_list()
        crowd = Crowd(
            read.keys.gather(kept),
            [read.sheet.row_nos[place] for place in kept],
            [read.digests[place] for place in kept],
            survey.organisations.filter(plain),
            {path: column.filter(plain) for path, column in survey.columns.items()},
        )
        ready.crowd = parties.draw(self._vault, self._origin, crowd) if kept else None
        return pl.repeat(False, among.len(), dtype=pl.Boolean, eager=True).scatter(places, odd)

    def _formulas(self, sheet: Sheet) -> dict[int, list[Fault]]:
        """The faults of computed cells, by row number."""
        targets = dict(self._plan.targets)
        if self._plan.full_name_index is not None:
            targets[self._plan.full_name_index] = FULL_NAME
        found: dict[int, list[Fault]] = {}
        for row_no, index in sorted(sheet.formulas):
            if index in targets:
                found.setdefault(row_no, []).append(Fault(Reason.FORMULA, targets[index]))
        return found
