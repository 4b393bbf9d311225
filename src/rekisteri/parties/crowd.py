"""A crowd: customers nobody has spoken of before, recorded together from columns.

``draw`` renders their sayings to the lines that ``record`` would stage one by one; it needs
no database and can run beside one. ``stage`` and ``bear`` take the lines in, on the same
road and by the same statements as ``record``. Nobody in a crowd is under a non-disclosure
order and no two share an identity code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import polars as pl
from psycopg.errors import UniqueViolation

from rekisteri import audit
from rekisteri.access import Write
from rekisteri.catalogue import SECRETS, Columns, PartyKind
from rekisteri.ground import ids
from rekisteri.ground.keys import Vault
from rekisteri.parties import lines
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import NULL, SEALED_PLACE, STAGE, Origin, append_staged

IDENTITIES = ("hetu", "ytunnus")
BLOCK_BYTES = 1 << 20
NOTHING = pl.lit(None, dtype=pl.String)


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
    """A crowd as it will be staged: a line each, and the words heard in it."""

    lines: pl.DataFrame
    heard: list[str]

    def __len__(self) -> int:
        return self.lines.height

    def without(self, row_nos: Iterable[int]) -> Drawn:
        """The crowd without some of its rows."""
        return replace(self, lines=self.lines.filter(~self.lines["row_no"].is_in(list(row_nos))))

    def text(self) -> memoryview:
        """The lines in COPY's text format."""
        text = BytesIO()
        self.lines.write_csv(
            text, include_header=False, separator="\t", line_terminator="\n", null_value=NULL, quote_style="never"
        )
        return text.getbuffer()

    def twins(self, others: Iterable[bytes]) -> list[int]:
        """The numbers of rows that share an identity code with each other or with ``others``, blind indexes."""
        codes = pl.concat(self.lines.select("row_no", blind=name).drop_nulls() for name in IDENTITIES)
        shared = codes["blind"].is_duplicated()
        if known := [f"\\\\x{code.hex()}" for code in others]:
            shared = shared | codes["blind"].is_in(known)
        return codes["row_no"].filter(shared).unique().sort().to_list()


def draw(vault: Vault, origin: Origin, crowd: Crowd) -> Drawn:
    """The lines of a crowd, one customer each: party, record and statement are born of one identifier."""
    frame = pl.DataFrame(dict(crowd.columns))
    paths = frame.columns
    born = ids.batch(len(crowd.row_nos))
    folded = lines.folded(frame)
    clear, special = lines.escaped(frame.drop(SECRETS, strict=False))
    marks = pl.DataFrame(
        {
            "party_id": pl.Series(born, dtype=pl.String),
            "organisation": crowd.organisations,
            "key": crowd.keys,
            "row_no": pl.Series(crowd.row_nos, dtype=pl.Int64),
            "digest": pl.Series(crowd.digests, dtype=pl.Binary),
            "sealed": pl.Series(_sealed(vault, lines.secrets(frame).to_list(), born), dtype=pl.Binary),
            **{
                kind: pl.Series(vault.blind_all(kind, crowd.columns[kind].to_list()), dtype=pl.Binary)
                for kind in IDENTITIES
                if kind in paths
            },
        }
    )
    content = clear.select(content=lines.content(clear.columns))
    staged = pl.concat([frame.drop(IDENTITIES, strict=False), folded, marks, content], how="horizontal").select(
        party_id="party_id",
        kind=pl.when("organisation")
        .then(pl.lit(PartyKind.ORGANISATION.value))
        .otherwise(pl.lit(PartyKind.PERSON.value)),
        name=_escaped(lines.shown(paths, pl.col("organisation")), special),
        key=_escaped(pl.col("key"), True),
        digest=_bytes("digest"),
        content=_escaped(pl.col("content"), special),
        sealed=_bytes("sealed"),
        turvakielto=pl.col("turvakielto") if "turvakielto" in paths else NOTHING,
        words=lines.lexemes(paths, origin.source.organisation_id),
        row_no="row_no",
        hetu=_bytes("hetu") if "hetu" in paths else NOTHING,
        ytunnus=_bytes("ytunnus") if "ytunnus" in paths else NOTHING,
    )
    return Drawn(staged, lines.spelled(folded))


def stage(tx: Write, text: memoryview) -> list[int]:
    """Lay a crowd's text out and note its identity codes; the numbers of the rows whose code somebody bears already.

    Those rows are not laid out.
    """
    tx.run(STAGE)
    tx.copy(_STAGE_COPY, (text[at : at + BLOCK_BYTES] for at in range(0, len(text), BLOCK_BYTES)))
    # Hardly ever does anybody bear a code of a crowd: asking for each first would cost as much as noting it.
    tx.run("savepoint codes")
    try:
        tx.run(_IDENTIFY)
    except UniqueViolation:
        tx.run("rollback to savepoint codes")
    else:
        tx.run("release savepoint codes")
        return []
    met = [row_no for (row_no,) in tx.tuples(_MET)]
    tx.run("delete from said where row_no = any (%(met)s)", met=met)
    tx.run(_IDENTIFY)
    return met


def bear(tx: Write, lexicon: Lexicon, origin: Origin, heard: Iterable[str]) -> None:
    """Record the customers laid out and the words heard, and note them in the evidence of the act."""
    append_staged(tx, origin, spoken_of=False)
    lexicon.hear(heard)
    lexicon.learn(tx)
    tx.run(audit.TOUCHED)
    tx.run("insert into touched select party_id from said")
    tx.evidence.gathered = True
    tx.run("truncate said")


_STAGE_COPY = """
copy said (party_id, kind, name, key, digest, content, sealed, turvakielto, words, row_no, hetu, ytunnus)
from stdin
"""

_IDENTIFY = """
insert into parties.identifier (kind, blind, party_id)
select 'hetu', hetu, party_id from said where hetu is not null
union all
select 'ytunnus', ytunnus, party_id from said where ytunnus is not null
"""

# Probed code by code: the planner would rather read every code there is.
_MET = """
select code.row_no
from (
    select hetu as blind, row_no from said where hetu is not null
    union all
    select ytunnus, row_no from said where ytunnus is not null
) as code
cross join lateral (select from parties.identifier i where i.blind = code.blind limit 1) as known
"""


def _bytes(column: str) -> pl.Expr:
    """Bytes as COPY reads them."""
    return pl.lit("\\\\x") + pl.col(column).bin.encode("hex")


def _escaped(texts: pl.Expr, special: bool) -> pl.Expr:
    """Texts for COPY; ``special``: some may hold a backslash. Tabs and line ends can't be in checked texts."""
    return texts.str.replace_all("\\", "\\\\", literal=True) if special else texts


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
