"""Search: one box for any identifier, name, address or number, typing errors forgiven.

Exact identifiers are met first. Words are met by the full-text index: exactly, by their
beginning, or one slip apart (through the dictionary of variants); if that is too little,
all words but one must be met. Candidates are then ranked by likeness to what was typed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from rapidfuzz.distance import OSA

from rekisteri.access import Act, Limit, Read, may_see
from rekisteri.catalogue import BY_NAME, Content, Disclosure, PartyKind
from rekisteri.ground import numbers
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.ground.ids import PartyId
from rekisteri.ground.keys import Vault
from rekisteri.parties import store, words
from rekisteri.parties.codes import find_code

LIMIT_MAX = 200
TEXT_MAX = 200
WORDS_MAX = 8
CANDIDATES_MAX = 400
SPELLINGS_MAX = 24
PREFIX_MIN = 3
ENOUGH = 10
ADDRESSES = ("permanent_address", "postal_address", "contact_address")

_FINNISH_DAY = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_PHONE = re.compile(r"\+?[\d ()-]{7,20}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One customer found, as a line of a list."""

    party_id: UUID
    kind: PartyKind
    name: str
    birth_date: str | None
    ytunnus: str | None
    address: str | None
    turvakielto: Disclosure
    customerships: list[tuple[int, str]]
    ended: bool
    score: float
    limit: Limit | None = None
    """The processing is restricted, and how this act meets that."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits, the best first, and how to go on."""

    hits: list[Hit]
    cursor: str | None
    query_class: str
    capped: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    id: UUID
    kind: PartyKind
    name: str
    turvakielto: Disclosure
    organisations: list[int]
    lexemes: list[str]


@dataclass(frozen=True, slots=True)
class _Key:
    party_id: UUID
    organisation_id: int
    key: str
    ended: bool


def search(tx: Read, vault: Vault, text: str, *, limit: int = 10, cursor: str | None = None) -> SearchPage:
    """Customers that fit ``text`` among those the viewer may see, the best first.

    Raises ``Rejected`` for a text that is empty or over ``TEXT_MAX`` characters.
    """
    typed = " ".join(text.split())
    if not typed or len(text) > TEXT_MAX:
        raise Rejected(f"Type something to search for, at most {TEXT_MAX} characters.", field="text")
    query_class, candidates, capped = _identified(tx, vault, typed)
    ranked = [(1.0, candidate) for candidate in candidates]
    if query_class == "none":
        query_class, ranked, capped = _by_words(tx, typed)
    start = _offset(cursor)
    limit = max(1, min(limit, LIMIT_MAX))
    page = ranked[start : start + limit]
    found = [candidate.id for _, candidate in page]
    keys, contents, limits = _keys(tx, found), store.contents(tx, found), tx.limits(found)
    hits = [
        _hit(tx.act, candidate, score, keys, contents[candidate.id], limits.get(candidate.id))
        for score, candidate in page
    ]
    tx.saw(*(hit.party_id for hit in hits))
    tx.note(query=query_class, hits=len(hits), found=len(ranked))
    more = _cursor(start + limit) if len(ranked) > start + limit else None
    return SearchPage(hits, more, query_class, capped)


def lookup(
    tx: Read,
    vault: Vault,
    *,
    hetu: str | None = None,
    ytunnus: str | None = None,
    organisation_id: int | None = None,
    customer_number: str | None = None,
) -> PartyId:
    """The one customer of an exact identifier. Raises ``Missing``, ``Rejected`` for a bad code."""
    found: UUID | None
    if hetu is not None or ytunnus is not None:
        found = find_code(tx, vault, *sound(tx, hetu=hetu, ytunnus=ytunnus))
    elif organisation_id is not None and customer_number is not None:
        tx.note(query="customer_number")
        found = tx.value(
            """
            select r.party_id from parties.record r
            join parties.source src on src.id = r.source_id
            where src.kind = 'organisation' and src.organisation_id = %(organisation_id)s and r.key = %(key)s
            """,
            organisation_id=organisation_id if tx.act.reaches(organisation_id) else None,
            key=customer_number,
        )
    else:
        raise Rejected("Name an identity code, a business ID, or an organisation and its customer number.")
    if found is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")
    return PartyId(found)


def sound(tx: Read, *, hetu: str | None = None, ytunnus: str | None = None) -> tuple[str, str]:
    """The kind of an exact code that is asked for, noted in the event, and the code as written. Raises ``Rejected``."""
    kind, code = ("hetu", numbers.hetu(hetu)) if hetu is not None else ("ytunnus", numbers.ytunnus(ytunnus or ""))
    tx.note(query=kind)
    if code is None:
        raise Rejected("The identifier is not valid; check it with the customer.", field=kind)
    return kind, code


def _identified(tx: Read, vault: Vault, typed: str) -> tuple[str, list[_Candidate], bool]:
    """Candidates by an exact identifier, and the class of the query."""
    if code := numbers.hetu(typed):
        return "hetu", _candidates_by_id(tx, [find_code(tx, vault, "hetu", code)]), False
    ytunnus = numbers.ytunnus(typed)
    if ytunnus and "-" in typed:
        return "ytunnus", _candidates_by_id(tx, [find_code(tx, vault, "ytunnus", ytunnus)]), False
    try:
        return "party", _candidates_by_id(tx, [UUID(typed)]), False
    except ValueError:
        pass
    found = tx.tuples(
        """
        select r.party_id from parties.record r
        join parties.source src on src.id = r.source_id
        where r.key = %(key)s and src.kind = 'organisation'
          and (%(every)s or src.organisation_id = any (%(organisations)s))
        limit 20
        """,
        key=typed,
        every=tx.act.every_organisation,
        organisations=sorted(tx.act.organisations),
    )
    if found:
        return "customer_number", _candidates_by_id(tx, [party_id for (party_id,) in found]), False
    if ytunnus and (owner := find_code(tx, vault, "ytunnus", ytunnus)):
        # Bare figures, or a VAT number: a customer number goes before, for it may have the same form.
        return "ytunnus", _candidates_by_id(tx, [owner]), False
    return "none", [], False


def _by_words(tx: Read, typed: str) -> tuple[str, list[tuple[float, _Candidate]], bool]:
    query_class, terms = _terms(typed)
    if not terms:
        return query_class, [], False
    spellings, slips = _spellings(tx, terms)
    # As it was typed a slip meets nobody: half the time of a search would go into learning that.
    found = {} if slips else {one.id: one for one in _candidates(tx, [[_exactly(term) for term in terms]])}
    if len(found) < ENOUGH:
        loose = [_loosely(term, spellings) for term in terms]
        found |= {one.id: one for one in _candidates(tx, [loose])}
        if not found:
            found = {one.id: one for one in _candidates(tx, _but_one(terms, loose))}
    limits = tx.limits(list(found))
    met = [one for one in found.values() if limits.get(one.id) is not Limit.WITHHELD or _named(terms, one)]
    ranked = [(_score(tx.act, terms, candidate), candidate) for candidate in met]
    ranked.sort(key=lambda pair: (-pair[0], words.sort_key(pair[1].name), pair[1].id))
    return query_class, ranked, len(found) >= CANDIDATES_MAX


def _terms(typed: str) -> tuple[str, list[str]]:
    """The folded words of a query; dates, telephone numbers and e-mail addresses are one word each."""
    if "@" in typed and " " not in typed:
        return "email", [words.email_word(typed)]
    if _PHONE.fullmatch(typed) and (number := numbers.phone(typed)):
        return "phone", [words.phone_word(number)]
    days: list[str] = []
    for found in _FINNISH_DAY.finditer(typed):
        days.append(words.birth_word(f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"))
    for found in _ISO_DAY.finditer(typed):
        days.append(words.birth_word(found[0]))
    rest = _ISO_DAY.sub(" ", _FINNISH_DAY.sub(" ", typed))
    return "words", list(dict.fromkeys([*words.fold(rest), *days]))[:WORDS_MAX]


def _but_one(terms: Sequence[str], loose: list[list[str]]) -> list[list[list[str]]]:
    """Every way to leave one word out that leaves something telling."""
    return [
        loose[:left_out] + loose[left_out + 1 :]
        for left_out in range(len(terms))
        if any(_telling(term) for term in [*terms[:left_out], *terms[left_out + 1 :]])
    ]


def _telling(term: str) -> bool:
    """Whether a word alone says something of a customer: a house number or a letter does not."""
    return len(term) >= PREFIX_MIN and not term.isdigit()


def _exactly(term: str) -> list[str]:
    """The lexemes a term meets as typed: as a whole, or as the beginning of a word."""
    tail = ":*" if len(term) >= PREFIX_MIN and term.isalpha() else ""
    return [f"{classed}{term}{tail}" for classed in "na"] + [f"i{term}", f"iid{term}"]


def _loosely(term: str, spellings: dict[str, list[str]]) -> list[str]:
    return _exactly(term) + [f"{classed}{word}" for word in spellings.get(term, ()) for classed in "na"]


def _spellings(tx: Read, terms: Iterable[str]) -> tuple[dict[str, list[str]], frozenset[str]]:
    """Dictionary words one slip from each term, and the terms that begin no word of it."""
    asked = {term: words.variants(term) for term in terms if words.may_be_misspelt(term)}
    if not asked:
        return {}, frozenset()
    rows = tx.tuples(
        """
        select distinct asked.term, v.word
        from unnest(%(variants)s::text[], %(variant_terms)s::text[]) as asked (variant, term)
        join parties.word_variant v on v.variant = asked.variant
        union all
        select asked.term, null
        from unnest(%(terms)s::text[]) as asked (term)
        left join lateral (select word from parties.word where word >= asked.term order by word limit 1) next on true
        where not coalesce(starts_with(next.word, asked.term), false)
        """,
        variants=[variant for found in asked.values() for variant in found],
        variant_terms=[term for term, found in asked.items() for _ in found],
        terms=list(asked),
    )
    near: dict[str, list[tuple[int, str]]] = {}
    slips = set[str]()
    for term, word in rows:
        if word is None:
            slips.add(term)
            continue
        distance = OSA.distance(term, word, score_cutoff=2)
        if 0 < distance <= (1 if len(term) < 6 else 2):
            near.setdefault(term, []).append((distance, word))
    return {term: _nearest(found) for term, found in near.items()}, frozenset(slips)


def _nearest(found: Sequence[tuple[int, str]]) -> list[str]:
    """The words fewest slips away: a word two slips away is meant only where none is nearer."""
    fewest = min(distance for distance, _ in found)
    return sorted(word for distance, word in found if distance == fewest)[:SPELLINGS_MAX]


def _candidates(tx: Read, ways: Sequence[Sequence[list[str]]]) -> list[_Candidate]:
    """Customers that in one of the ways meet every term in one of its lexemes.

    For a viewer bound to organisations the index itself is narrowed to their customers, and
    words of addresses count only where the viewer may know the address, or the name alone would do.
    """
    if not ways:
        return []
    act = tx.act
    query = _any([_all([_any(lexemes) for lexemes in terms]) for terms in ways])
    named = _any([_all([_any([one for one in lexemes if one[0] != "a"]) for lexemes in terms]) for terms in ways])
    if not act.every_organisation:
        query = _all([query, _any([f"o{number}" for number in sorted(act.organisations)])])
    return tx.all(
        _Candidate,
        """
        select id, kind, name, turvakielto, organisations, lexemes
        from parties.find(%(query)s::tsquery, %(named)s::tsquery, %(limit)s::integer)
        """,
        query=query,
        named=named,
        limit=CANDIDATES_MAX,
    )


def _any(pieces: Sequence[str]) -> str:
    return "(" + " | ".join(pieces) + ")"


def _all(pieces: Sequence[str]) -> str:
    return "(" + " & ".join(pieces) + ")"


def _candidates_by_id(tx: Read, party_ids: Iterable[UUID | None]) -> list[_Candidate]:
    return tx.all(
        _Candidate,
        """
        select id, kind, name, turvakielto, organisations, tsvector_to_array(words) as lexemes
        from parties.party where id = any (%(ids)s) order by name, id
        """,
        ids=[party_id for party_id in party_ids if party_id is not None],
    )


def _score(act: Act, terms: Sequence[str], candidate: _Candidate) -> float:
    """Mean likeness of the typed words to the customer's, names unmet weighing a little against."""
    names = {lexeme[1:] for lexeme in candidate.lexemes if lexeme[0] == "n"}
    pool = names | {lexeme[1:] for lexeme in candidate.lexemes if lexeme[0] in "ai"}
    if not _open(act, candidate):
        pool = names | {lexeme[1:] for lexeme in candidate.lexemes if lexeme[0] == "i"}
    met: set[str] = set()
    total = 0.0
    for term in terms:
        best, word = max(((_likeness(term, word), word) for word in pool), default=(0.0, ""))
        total += best
        met.add(word)
    unmet = len(names - met) / (len(names) or 1)
    return round(total / len(terms) - 0.05 * unmet, 4)


def _named(terms: Sequence[str], candidate: _Candidate) -> bool:
    """Whether name and numbers alone meet every term: by nothing else is a customer found whose data is not used."""
    pool = [lexeme[1:] for lexeme in candidate.lexemes if lexeme[0] == "n" or lexeme.startswith("iid")]
    return all(any(_likeness(term, word) > 0 for word in pool) for term in terms)


def _likeness(term: str, word: str) -> float:
    if term == word or word == "id" + term:
        return 1.0
    if len(term) >= PREFIX_MIN and word.startswith(term):
        return 0.9
    if term.isdigit() or word.isdigit():
        return 0.0
    return 0.95 * OSA.normalized_similarity(term, word, score_cutoff=0.6)


def _keys(tx: Read, party_ids: list[UUID]) -> dict[UUID, list[_Key]]:
    act = tx.act
    found: dict[UUID, list[_Key]] = {}
    for key in tx.all(
        _Key,
        """
        select r.party_id, src.organisation_id, r.key, r.ended_on is not null as ended
        from parties.record r join parties.source src on src.id = r.source_id
        where r.party_id = any (%(ids)s) and src.kind = 'organisation'
        order by r.ended_on nulls first, src.organisation_id, r.key
        """,
        ids=party_ids,
    ):
        if act.reaches(key.organisation_id):
            found.setdefault(key.party_id, []).append(key)
    return found


def _hit(
    act: Act,
    candidate: _Candidate,
    score: float,
    keys: dict[UUID, list[_Key]],
    content: Content,
    limit: Limit | None,
) -> Hit:
    own = keys.get(candidate.id, [])
    if limit is Limit.WITHHELD:
        content = {}
    return Hit(
        party_id=candidate.id,
        kind=candidate.kind,
        name=candidate.name,
        birth_date=_seen(act, "birth_date", content),
        ytunnus=_seen(act, "ytunnus", content),
        address=one_line(_addresses(act, content)) if _open(act, candidate) else None,
        turvakielto=candidate.turvakielto,
        customerships=[(key.organisation_id, key.key) for key in own if not key.ended],
        ended=not candidate.organisations,
        score=score,
        limit=limit,
    )


def _open(act: Act, candidate: _Candidate) -> bool:
    """Whether the viewer may know where the customer lives: while non-disclosure is unknown,
    only who alone speaks of the customer does."""
    match candidate.turvakielto:
        case Disclosure.OFF:
            return True
        case Disclosure.UNKNOWN:
            return act.every_organisation or act.organisations.issuperset(candidate.organisations)
        case Disclosure.ON:
            return False


def _seen(act: Act, name: str, content: Content) -> str | None:
    value = content.get(name)
    return None if value is None or not may_see(act, BY_NAME[name]) else str(value)


def _addresses(act: Act, content: Content) -> Content:
    return {name: content[name] for name in ADDRESSES if name in content and may_see(act, BY_NAME[name])}


def one_line(content: Content) -> str | None:
    """The address a list shows: the permanent one, else the postal one."""
    for name in ADDRESSES:
        address = content.get(name)
        if isinstance(address, dict):
            tail = " ".join(str(address[part]) for part in ("postcode", "town") if part in address)
            return ", ".join(piece for piece in (str(address["street"]), tail) if piece)
    return None


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps({"o": offset})).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        offset = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["o"]
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected("The cursor is not one of ours; begin again without it.", field="cursor") from error
    if not isinstance(offset, int) or not 0 <= offset <= CANDIDATES_MAX * WORDS_MAX:
        raise Rejected("The cursor is not one of ours; begin again without it.", field="cursor")
    return offset
