"""A crowd: customers nobody has spoken of before, recorded together from columns.

``draw`` renders their sayings to the columns that ``record`` would make of one after the other; it needs
no database and can run beside one. ``bear`` stores them by the same statements (``laid``). Nobody in a
crowd is under a non-disclosure order and no two share an identity code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
import polars.selectors as cs
from psycopg.errors import UniqueViolation

from rekisteri.access import Write
from rekisteri.catalogue import NO, SECRETS, YES, Columns, PartyKind
from rekisteri.ground import ids, packed
from rekisteri.ground.keys import Vault
from rekisteri.parties import laid, lines
from rekisteri.parties.codes import renew_blinds
from rekisteri.parties.laid import Born, Codes, Named, Origin, Stated
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import SEALED_PLACE

IDENTITIES = ("hetu", "ytunnus")


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

    lines: pl.DataFrame
    heard: list[str]
    turned: list[tuple[bytes, bytes]] = field(default_factory=list)
    """While the key of indexes turns: what each code may still stand under, and what it stands under now."""

    def __len__(self) -> int:
        return self.lines.height

    def without(self, row_nos: Iterable[int]) -> Drawn:
        """The crowd without some of its rows."""
        return replace(self, lines=self.lines.filter(~self.lines["row_no"].is_in(list(row_nos))))

    def bearing(self, blinds: Iterable[bytes]) -> list[int]:
        """The numbers of rows that bear one of the identity codes, blind indexes."""
        codes = self._codes()
        return codes["row_no"].filter(codes["blind"].is_in(list(blinds))).unique().sort().to_list()

    def twins(self, others: Iterable[bytes]) -> list[int]:
        """The numbers of rows that share an identity code with each other or with ``others``, blind indexes."""
        codes = self._codes()
        shared = codes["blind"].is_duplicated()
        if known := list(others):
            shared = shared | codes["blind"].is_in(known)
        return codes["row_no"].filter(shared).unique().sort().to_list()

    def _codes(self) -> pl.DataFrame:
        return pl.concat(self.lines.select("row_no", blind=name).drop_nulls() for name in IDENTITIES)

    def pack(self) -> Laid:
        """The crowd as it goes to the server."""
        lines = self.lines.select(pl.col(pl.String).cast(pl.Binary), ~cs.string()).to_dict(as_series=False)
        born = packed.uuids(self.lines["party_id"].to_list())
        orders = packed.flags(map(_ORDERS.__getitem__, lines["turvakielto"]))
        bearing = [self.lines.select("party_id", blind=kind).drop_nulls() for kind in IDENTITIES]
        codes = pl.concat(bearing)
        kinds = [kind for kind, of_kind in zip(IDENTITIES, bearing, strict=True) for _ in range(of_kind.height)]
        return Laid(
            Born(born, packed.utf8(lines["kind"]), packed.utf8(lines["name"]), orders, packed.utf8(lines["words"])),
            Named(born, born, packed.utf8(lines["key"]), packed.blobs(lines["digest"]), orders),
            Stated(
                born,
                born,
                packed.documents(lines["content"]),
                packed.blobs(lines["sealed"]),
                packed.numbers(lines["row_no"]),
            ),
            Codes(
                packed.texts(kinds), packed.blobs(codes["blind"].to_list()), packed.uuids(codes["party_id"].to_list())
            ),
        )


@dataclass(frozen=True, slots=True)
class Laid:
    """A crowd laid out as columns; party, record and statement bear one identifier."""

    born: Born
    named: Named
    stated: Stated
    codes: Codes


def draw(vault: Vault, origin: Origin, crowd: Crowd) -> Drawn:
    """The lines of a crowd, one customer each: party, record and statement are born of one identifier."""
    frame = pl.DataFrame(dict(crowd.columns))
    paths = frame.columns
    born = ids.batch(len(crowd.row_nos))
    folded = lines.folded(frame)
    clear = lines.escaped(frame.drop(SECRETS, strict=False))
    marks = pl.DataFrame(
        {
            "party_id": pl.Series(born, dtype=pl.String),
            "organisation": crowd.organisations,
            "key": crowd.keys,
            "row_no": pl.Series(crowd.row_nos, dtype=pl.Int64),
            "digest": pl.Series(crowd.digests, dtype=pl.Binary),
            "sealed": pl.Series(_sealed(vault, lines.secrets(frame).to_list(), born), dtype=pl.Binary),
            "content": clear.select(lines.content(clear.columns)).to_series(),
            **{
                kind: pl.Series(
                    vault.blind_all(kind, crowd.columns[kind].to_list()) if kind in paths else [None] * len(born),
                    dtype=pl.Binary,
                )
                for kind in IDENTITIES
            },
        }
    )
    drawn = pl.concat([frame.drop(IDENTITIES, strict=False), folded, marks], how="horizontal").select(
        "party_id",
        "key",
        "digest",
        "content",
        "sealed",
        "row_no",
        *IDENTITIES,
        kind=pl.when("organisation")
        .then(pl.lit(PartyKind.ORGANISATION.value))
        .otherwise(pl.lit(PartyKind.PERSON.value)),
        name=lines.shown(paths, pl.col("organisation")),
        turvakielto=pl.col("turvakielto") if "turvakielto" in paths else pl.lit(None, dtype=pl.String),
        words=lines.lexemes(paths, origin.source.organisation_id),
    )
    turned = [pair for kind in IDENTITIES if kind in paths for pair in vault.former_blinds(kind, crowd.columns[kind])]
    return Drawn(drawn, lines.spelled(folded), turned)


def bear(tx: Write, lexicon: Lexicon, origin: Origin, drawn: Drawn, whole: Laid) -> list[int]:
    """Record a crowd and the words heard, and note it in the evidence of the act.

    ``whole`` is the crowd packed. Returns the numbers of the rows whose code somebody bears already: those are not
    recorded.
    """
    renew_blinds(tx, drawn.turned)
    met, rest, whole = _identified(tx, drawn, whole)
    if len(rest):
        laid.bear(tx, origin, whole.born)
        laid.name(tx, origin, whole.named)
        laid.state(tx, origin, whole.stated)
        tx.gather(rest.lines["party_id"].to_list())
    lexicon.hear(drawn.heard)
    lexicon.learn(tx)
    return met


def _identified(tx: Write, drawn: Drawn, whole: Laid) -> tuple[list[int], Drawn, Laid]:
    """Note the identity codes; the rows whose code somebody bears already, and the crowd without them, packed too."""
    # Hardly ever does anybody bear a code of a crowd: asking for each first would cost as much as noting it.
    tx.run("savepoint codes")
    try:
        laid.identify(tx, whole.codes)
    except UniqueViolation:
        tx.run("rollback to savepoint codes")
    else:
        tx.run("release savepoint codes")
        return [], drawn, whole
    known = tx.tuples(
        "select blind from parties.identifier where blind = any (%(blinds)s::bytea[])", blinds=whole.codes.blinds
    )
    met = drawn.bearing(blind for (blind,) in known)
    rest = drawn.without(met)
    whole = rest.pack()
    laid.identify(tx, whole.codes)
    return met, rest, whole


_ORDERS = {YES.encode(): True, NO.encode(): False, None: None}


def _sealed(vault: Vault, plain: Sequence[str | None], statement_ids: Sequence[str]) -> list[bytes | None]:
    """Each customer's identity codes, sealed for its statement."""
    said = [place for place, text in enumerate(plain) if text is not None]
    boxes = vault.seal_all(
        [text.encode() for text in plain if text is not None],
        key="secret",
        places=[SEALED_PLACE + statement_ids[place] for place in said],
    )
    if len(said) == len(plain):
        return list(boxes)
    sealed: list[bytes | None] = [None] * len(plain)
    for place, box in zip(said, boxes, strict=True):
        sealed[place] = box
    return sealed
