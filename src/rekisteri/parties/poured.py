"""A crowd on its way to the server: rows of five tables, each poured in at one go.

The same rows as ``laid`` writes of sayings one by one. COPY, at half the cost of a statement, knows no policies:
that the act may bring in customers, and of this source, is asked of the database beforehand, and the tables
themselves refuse rows of an act that may not.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress

from rekisteri.access import Write
from rekisteri.catalogue import Disclosure, PartyKind
from rekisteri.ground import ids, packed, rows
from rekisteri.ground.clock import day
from rekisteri.parties import laid
from rekisteri.parties.laid import Origin

_KINDS = {
    True: rows.framed(PartyKind.ORGANISATION.value.encode()),
    False: rows.framed(PartyKind.PERSON.value.encode()),
}
_KEY = 2
"""The place of the key in a record's row."""
_BLIND, _BEARER = 1, 2
"""The places of blind index and party in an identity code's row."""
_NAMING = 0
"""The place of the record in the row of whom it names."""
_FLAGS = {True: rows.framed(b"\1"), False: rows.framed(b"\0"), None: rows.framed(None)}
_STATES = {
    (organisation, word): rows.framed(
        (Disclosure.OFF if organisation or word is False else Disclosure.ON if word else Disclosure.UNKNOWN).encode()
    )
    for organisation in (True, False)
    for word in (True, False, None)
}


@dataclass(frozen=True, slots=True)
class Lines:
    """New customers as columns of equal length; party, record and statement of each bear one identifier."""

    ids: Sequence[str]
    row_nos: Sequence[int]
    keys: Sequence[bytes]
    digests: Sequence[bytes]
    organisations: Sequence[bool]
    """Which of them are organisations."""
    orders: Sequence[bool | None]
    """The word on non-disclosure."""
    names: Sequence[bytes]
    word_counts: Sequence[int]
    words: Sequence[bytes]
    """Its different lexemes, ``rows.BETWEEN`` between them."""
    contents: Sequence[bytes]
    sealed: Sequence[bytes | None]
    codes: Mapping[str, Sequence[bytes | None]] = field(default_factory=dict)
    """Blind indexes by kind."""
    named: Mapping[tuple[str, bytes], bool] = field(default_factory=dict)
    """Whom they name, given as (who names, blind index of the code); whether as a custodian."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of the five tables; ``born`` and ``row_nos`` tell whose they are and where each came from."""

    born: Sequence[bytes]
    row_nos: Sequence[int]
    parties: bytes
    records: bytes
    statements: bytes
    identifiers: bytes
    named: bytes

    def __len__(self) -> int:
        return len(self.born)

    def __reduce__(self) -> tuple[Callable[..., Rows], tuple[object, ...]]:
        """As another process gets it: thousands of small objects would take longer to hand over than all the rest."""
        tables = (self.parties, self.records, self.statements, self.identifiers, self.named)
        return _handed_over, (b"".join(self.born), array("q", self.row_nos), *tables)

    def keys(self) -> list[str]:
        """What the source calls each of them."""
        return [(rows.value(row, _KEY) or b"").decode() for row in rows.apart(self.records)]

    def blinds(self) -> list[bytes]:
        """The blind indexes of all their identity codes."""
        return [rows.value(row, _BLIND) or b"" for row in rows.apart(self.identifiers)]

    def bearing(self, blinds: Iterable[bytes]) -> list[int]:
        """The row numbers of those who bear one of the identity codes, blind indexes."""
        wanted = frozenset(blinds)
        codes = rows.apart(self.identifiers) if wanted else []
        bearers = {rows.value(row, _BEARER) for row in codes if rows.value(row, _BLIND) in wanted}
        return [row_no for row_no, born in zip(self.row_nos, self.born, strict=True) if born in bearers]

    def without(self, row_nos: Iterable[int]) -> Rows:
        """All but those of some row numbers."""
        gone = frozenset(row_nos)
        kept = [row_no not in gone for row_no in self.row_nos]
        born = list(compress(self.born, kept))
        left = frozenset(born)

        def some(table: bytes) -> bytes:
            return rows.together(compress(rows.apart(table), kept))

        def theirs(table: bytes, place: int) -> bytes:
            return rows.together(row for row in rows.apart(table) if rows.value(row, place) in left)

        return Rows(
            born,
            list(compress(self.row_nos, kept)),
            some(self.parties),
            some(self.records),
            some(self.statements),
            theirs(self.identifiers, _BEARER),
            theirs(self.named, _NAMING),
        )


def _handed_over(born: bytes, row_nos: array[int], *tables: bytes) -> Rows:
    return Rows(ids.apart(born), row_nos, *tables)


def laid_out(origin: Origin, at: datetime, lines: Lines) -> Rows:
    """The rows of new customers a source brings at a moment."""
    count = len(lines.ids)
    born = ids.as_bytes(lines.ids)
    id_field = rows.fixed(born)
    today = rows.day(day(at))
    until = None if origin.valid_to is None else rows.day(origin.valid_to)
    kinds = list(map(_KINDS.__getitem__, lines.organisations))
    states = list(map(_STATES.__getitem__, zip(lines.organisations, lines.orders, strict=True)))
    orders = list(map(_FLAGS.__getitem__, lines.orders))
    code_kinds: list[bytes] = []
    codes: list[bytes] = []
    bearers: list[bytes] = []
    for kind, blinds in lines.codes.items():
        there = [blind is not None for blind in blinds]
        codes += compress(blinds, there)  # type: ignore[arg-type]  # there are no others
        bearers += compress(born, there)
        code_kinds += [rows.framed(kind.encode())] * sum(there)
    return Rows(
        born,
        lines.row_nos,
        rows.table(
            count, id_field, rows.chosen(kinds), rows.sized(lines.names), rows.chosen(states),
            rows.same(rows.integer_array(laid.organisations(origin))), rows.lexemes(lines.word_counts, lines.words),
        ),
        rows.table(
            count, id_field, rows.same(rows.integer(origin.source.id)), rows.sized(lines.keys), id_field,
            rows.sized(lines.digests), rows.chosen(orders), rows.same(today), rows.same(until),
        ),
        rows.table(
            count, id_field, id_field, rows.sized(lines.contents), rows.sized(lines.sealed),
            rows.same(rows.span(today, until)), rows.same(rows.span(rows.instant(at), None)),
            rows.same(rows.identifier(origin.batch_id)), rows.fixed(rows.integers(lines.row_nos)),
            rows.same(rows.identifier(origin.account_id)), rows.same(rows.text(origin.reason)),
            rows.same(rows.text(origin.evidence)),
        ),
        rows.table(
            len(codes), rows.chosen(code_kinds), rows.sized(codes), rows.fixed(bearers),
        ),
        rows.table(
            len(lines.named), rows.fixed(ids.as_bytes(one for one, _ in lines.named)), rows.sized([blind for _, blind in lines.named]),
            rows.chosen(list(map(_FLAGS.__getitem__, lines.named.values()))),
        ),
    )  # fmt: skip


def allow(tx: Write, origin: Origin) -> None:
    """Ask the database whether this act may bring in customers of this source."""
    tx.value("select parties.allow_pouring(%(source_id)s)", source_id=origin.source.id)


def identify(tx: Write, poured: Rows) -> None:
    """Remember identity codes and whose they are. Raises ``UniqueViolation`` where somebody bears one already."""
    tx.pour("copy parties.identifier (kind, blind, party_id) from stdin (format binary)", poured.identifiers)


def bear(tx: Write, origin: Origin, poured: Rows) -> None:
    """Parties, their records and statements, whom these name, and the news of them."""
    tx.pour(
        "copy parties.party (id, kind, name, turvakielto, organisations, words) from stdin (format binary)",
        poured.parties,
    )
    tx.pour(
        """
        copy parties.record (id, source_id, key, party_id, digest, turvakielto, since_on, ended_on)
        from stdin (format binary)
        """,
        poured.records,
    )
    tx.pour(
        """
        copy parties.statement (id, record_id, content, sealed, valid, recorded, batch_id, row_no, account_id, reason, evidence)
        from stdin (format binary)
        """,
        poured.statements,
    )
    tx.pour("copy parties.named (record_id, blind, custodian) from stdin (format binary)", poured.named)
    laid.tell_births(tx, origin, packed.uuid_bytes(poured.born))
