"""A crowd: customers nobody has spoken of before, recorded together from columns.

``draw`` renders their sayings to the columns that ``record`` would make of one after the other; it needs
no database and can run beside one. ``bear`` pours them in (``poured``). Nobody in a crowd is under a
non-disclosure order and no two share an identity code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl
from psycopg.errors import UniqueViolation

from rekisteri.access import Write
from rekisteri.catalogue import NO, YES, Columns
from rekisteri.ground import ids, packed, rows
from rekisteri.ground.keys import Vault
from rekisteri.parties import lines, poured
from rekisteri.parties.laid import Origin
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.poured import Lines, Rows
from rekisteri.parties.record import SEALED_PLACE
from rekisteri.parties.renewing import renew_blinds

IDENTITIES = ("hetu", "ytunnus")
RELATED = {"custodian.hetu": True, "guardian.hetu": False}
"""Paths of codes of whom a row names; whether as a custodian. Named as both, somebody is a custodian: they come first."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Sayings of one source as columns of equal length: keys, row numbers, digests, checked values."""

    keys: pl.Series
    row_nos: Sequence[int]
    digests: Sequence[bytes]
    organisations: pl.Series
    columns: Columns


@dataclass(frozen=True, slots=True)
class Drawn:
    """A crowd as it will be stored: a line each, and the words heard in it."""

    lines: Lines
    heard: list[str]
    turned: list[tuple[bytes, bytes]] = field(default_factory=list)
    """While the key of indexes turns: what each code may still stand under, and what it stands under now."""

    def twins(self, others: Iterable[bytes]) -> list[int]:
        """The numbers of rows that share an identity code with each other or with ``others``, blind indexes."""
        shared = set(others)
        met: set[bytes | None] = set()
        for blinds in self.lines.codes.values():
            there = [blind for blind in blinds if blind is not None]
            before = len(met)
            met.update(there)
            if len(met) != before + len(there):
                return self._rows_of(shared | self._twice())
        return [] if shared.isdisjoint(met) else self._rows_of(shared)

    def pack(self, origin: Origin, at: datetime) -> Parcel:
        """The crowd as it goes to the server."""
        return Parcel(poured.laid_out(origin, at, self.lines), self.heard, self.turned)

    def _twice(self) -> set[bytes]:
        """The codes that more than one row bears."""
        counted = Counter(blind for blinds in self.lines.codes.values() for blind in blinds if blind is not None)
        return {blind for blind, count in counted.items() if count > 1}

    def _rows_of(self, wanted: Collection[bytes]) -> list[int]:
        found = {
            row_no
            for blinds in self.lines.codes.values()
            for row_no, blind in zip(self.lines.row_nos, blinds, strict=True)
            if blind in wanted
        }
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A crowd on its way to the server: nothing but bytes and words, so that another process can hand it over."""

    rows: Rows
    heard: list[str]
    turned: list[tuple[bytes, bytes]]

    def without(self, row_nos: Iterable[int]) -> Parcel:
        """All but the rows of some numbers."""
        return replace(self, rows=self.rows.without(row_nos))

    def unheard(self, known: Collection[str]) -> Parcel:
        """With such words alone as have not been told already, in any order."""
        return replace(self, heard=list(set(self.heard).difference(known)))


def draw(vault: Vault, origin: Origin, crowd: Crowd) -> Drawn:
    """The lines of a crowd, one customer each: party, record and statement are born of one identifier."""
    frame = pl.DataFrame(dict(crowd.columns))
    paths = frame.columns
    born = ids.batch(len(crowd.row_nos))
    folded = lines.folded(frame)
    told = pl.concat(
        [frame.drop(IDENTITIES, strict=False), folded, crowd.organisations.alias("organisation").to_frame()],
        how="horizontal",
    ).select(
        name=lines.shown(paths, pl.col("organisation")),
        words=lines.lexemes(paths, origin.source.organisation_id),
    )
    drawn = Lines(
        ids=born,
        row_nos=crowd.row_nos,
        keys=_utf8(crowd.keys),
        digests=crowd.digests,
        organisations=crowd.organisations.to_list(),
        orders=[_ORDERS[word] for word in frame["turvakielto"].to_list()]
        if "turvakielto" in paths
        else [None] * len(born),
        names=_utf8(told["name"]),
        word_counts=told["words"].list.len().to_list(),
        words=_utf8(told["words"].list.join(rows.BETWEEN.decode())),
        contents=_utf8(lines.contents(frame)),
        sealed=_sealed(vault, lines.secrets(frame), born),
        codes={kind: vault.blind_all(kind, crowd.columns[kind].to_list()) for kind in IDENTITIES if kind in paths},
        named=_named(vault, crowd.columns, born),
    )
    turned = [pair for kind in IDENTITIES if kind in paths for pair in vault.former_blinds(kind, crowd.columns[kind])]
    turned += [pair for path in RELATED if path in paths for pair in vault.former_blinds("hetu", crowd.columns[path])]
    return Drawn(drawn, lines.spelled(folded), turned)


def bear(tx: Write, lexicon: Lexicon, origin: Origin, crowd: Parcel) -> list[int]:
    """Record a crowd and the words heard, and note it in the evidence of the act.

    Returns the numbers of the rows whose code somebody bears already: those are not recorded. Whether an order of their
    households covers any of them is left to ``settle_households``.
    """
    renew_blinds(tx, crowd.turned)
    poured.allow(tx, origin)
    met, whole = _identified(tx, crowd.rows)
    if whole.born:
        poured.bear(tx, origin, whole)
        tx.gather_bytes(whole.born)
    lexicon.hear(crowd.heard)
    lexicon.learn(tx)
    return met


def _identified(tx: Write, whole: Rows) -> tuple[list[int], Rows]:
    """Note the identity codes; the rows whose code somebody bears already, and the crowd without them."""
    # Hardly ever does anybody bear a code of a crowd: asking for each first would cost as much as noting it.
    tx.run("savepoint codes")
    try:
        poured.identify(tx, whole)
    except UniqueViolation:
        tx.run("rollback to savepoint codes")
    else:
        tx.run("release savepoint codes")
        return [], whole
    known = tx.tuples(
        "select blind from parties.identifier where blind = any (%(blinds)s::bytea[])",
        blinds=packed.blobs(whole.blinds()),
    )
    met = whole.bearing(blind for (blind,) in known)
    whole = whole.without(met)
    poured.identify(tx, whole)
    return met, whole


_ORDERS = {YES: True, NO: False, None: None}


def _named(vault: Vault, columns: Columns, born: Sequence[str]) -> dict[tuple[str, bytes], bool]:
    """Whom customers name, by the customer and the blind index of the code; whether as a custodian."""
    named: dict[tuple[str, bytes], bool] = {}
    for path, custodian in RELATED.items():
        if path in columns:
            there = columns[path].is_not_null().arg_true().to_list()
            for place, blind in zip(there, vault.blind_all("hetu", columns[path].drop_nulls()), strict=True):
                if blind is not None:
                    named.setdefault((born[place], blind), custodian)
    return named


def _utf8(texts: pl.Series) -> list[bytes]:
    """Texts, none of them null, as they go to the server."""
    return texts.cast(pl.Binary).to_list()


def _sealed(vault: Vault, secrets: pl.Series, statement_ids: Sequence[str]) -> list[bytes | None]:
    """Each customer's identity codes, sealed for its statement."""
    plain = secrets.cast(pl.Binary).to_list()
    said = [place for place, text in enumerate(plain) if text is not None]
    boxes = vault.seal_all(
        [plain[place] for place in said],
        key="secret",
        places=[SEALED_PLACE + statement_ids[place] for place in said],
    )
    if len(said) == len(plain):
        return list(boxes)
    sealed: list[bytes | None] = [None] * len(plain)
    for place, box in zip(said, boxes, strict=True):
        sealed[place] = box
    return sealed
