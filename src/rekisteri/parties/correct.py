"""Correction by hand: one more statement, of a source that ranks above the others.

A correction carries its reason, what it rests on, and if need be the day it ends. The
wrong value stays in history, and withdrawing the correction lets the sources speak again
(GDPR art. 16; register description § 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rekisteri.access import Write
from rekisteri.catalogue import (
    BY_NAME,
    BY_PATH,
    EXPLANATIONS,
    Choice,
    Content,
    Fault,
    Item,
    PartyKind,
    Reason,
    Rules,
    Scalar,
    SourceKind,
    find_path,
    judge,
    objects,
    placed_path,
)
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.parties import store
from rekisteri.parties.laid import Origin
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import Placed, Said, record, silence
from rekisteri.parties.refresh import refresh
from rekisteri.parties.renewing import renew_codes

REASON_MAX = 500
EVIDENCE_MAX = 500


@dataclass(frozen=True, slots=True)
class Target:
    """The customer whose card is changed, held until the act ends."""

    kind: PartyKind
    turvakielto: str
    version: int


def correct(
    tx: Write,
    vault: Vault,
    party_id: UUID,
    item_name: str,
    parts: Mapping[str, str],
    *,
    rules: Rules,
    reason: str,
    evidence: str | None = None,
    until: date | None = None,
    version: int | None = None,
) -> None:
    """State a corrected value of one item; ``parts`` are raw texts by part name (empty: its only part).

    Of an item declared ``many`` several values may be stated: ``[1].name`` is the part of the
    second, as in a path. Together they are the correction.

    Raises ``Rejected`` naming the part for a value that does not hold, a missing reason or an
    item no maintainer may state; ``Conflict`` where the card changed since ``version``;
    ``Missing`` for no such customer.
    """
    item = _correctable(item_name)
    _grounds(reason, evidence)
    if until is not None and until <= day(tx.at):
        raise Rejected("The correction would end before it begins; choose a later day.", field="until")
    whose = target(tx, party_id, version)
    if whose.kind not in item.kinds:
        raise Rejected(EXPLANATIONS[Reason.WRONG_KIND].what.en, field=item_name)
    content, secrets = checked(item, parts, rules)
    if "hetu" in secrets:
        store.lock_identity(tx)
    key = f"{party_id}:{item_name}"
    source = store.sole_source(tx, SourceKind.MAINTAINER)
    known = store.known_records(tx, source.id, [key]).get(key)
    statement_id = str(ids.fresh())
    covered = whose.turvakielto == "on" or content.get("turvakielto") is True
    placed = Placed(
        said=Said(key, whose.kind, content, secrets, vault.digest(key.encode())),
        party_id=str(party_id),
        record_id=str(known.id) if known else statement_id,
        statement_id=statement_id,
        blinds=_codes(tx, vault, party_id, content, secrets),
        born=False,
        fresh_record=known is None,
        covered=covered,
    )
    origin = Origin(source, None, tx.act.viewer.account_id, reason.strip(), evidence, until)
    lexicon = Lexicon()
    record(tx, vault, lexicon, origin, [placed])
    if until is not None:
        silence(tx, origin, [UUID(placed.record_id)], from_on=until)
    refresh(tx, vault, lexicon, [party_id])
    tx.saw(party_id)
    tx.note(item=item_name)


def withdraw(tx: Write, vault: Vault, party_id: UUID, item_name: str, *, reason: str) -> None:
    """Take a correction back: from today the sources speak again. Raises ``Missing`` for none."""
    _grounds(reason, None)
    target(tx, party_id, None)
    source = store.sole_source(tx, SourceKind.MAINTAINER)
    standing = _standing(tx, source.id, party_id, item_name)
    if not standing:
        raise Missing("There is no correction of that item in force.")
    origin = Origin(source, None, tx.act.viewer.account_id, reason.strip())
    silence(tx, origin, standing)
    refresh(tx, vault, Lexicon(), [party_id])
    tx.saw(party_id)
    tx.note(item=item_name)


def _standing(tx: Write, source_id: int, party_id: UUID, item_name: str) -> list[UUID]:
    """The records of corrections in force of an item: after a merge also those that were made under another id."""
    rows = tx.tuples(
        """
        select id from parties.record
        where source_id = %(source)s and party_id = %(party)s and split_part(key, ':', 2) = %(item)s
          and (ended_on is null or ended_on > %(today)s)
        order by id
        """,
        source=source_id,
        party=party_id,
        item=item_name,
        today=day(tx.at),
    )
    return [record_id for (record_id,) in rows]


def _correctable(item_name: str) -> Item:
    item = BY_NAME.get(item_name)
    if item is None:
        raise Rejected("The catalogue declares no such item; see the list of items.", field="item")
    if SourceKind.MAINTAINER not in item.ranks or item.choice is Choice.OWN:
        raise Rejected("That item is stated by each client organisation for itself.", field="item")
    return item


def _grounds(reason: str, evidence: str | None) -> None:
    if not reason.strip():
        raise Rejected("Say why; the reason is kept with the correction.", field="reason")
    if len(reason) > REASON_MAX or len(evidence or "") > EVIDENCE_MAX:
        raise Rejected(f"At most {REASON_MAX} characters.", field="reason")


def target(tx: Write, party_id: UUID, version: int | None) -> Target:
    """The customer, held. Raises ``Missing``, and ``Conflict`` where the card changed since ``version``."""
    found = tx.find(
        Target,
        "select kind, turvakielto, version from parties.party where id = %(id)s for update",
        id=party_id,
    )
    if found is None:
        raise Missing("There is no such customer among those you may see; check the identifier.")
    if version is not None and version != found.version:
        raise Conflict("The customer changed since you opened the card; look again and decide.", field="version")
    return found


def checked(item: Item, parts: Mapping[str, str], rules: Rules) -> tuple[Content, dict[str, str]]:
    """The item's content and secrets from raw texts. Raises ``Rejected`` for the first fault."""
    said = [
        _value(item, raw, place, rules) for place, raw in sorted(_by_place(item, parts).items()) if any(raw.values())
    ]
    if not said:
        raise Rejected("Give the value; to take a correction back, withdraw it.", field=item.name)
    if not item.many or item.scalar:
        return said[0]
    secrets = {placed_path(path, place): code for place, (_, one) in enumerate(said) for path, code in one.items()}
    return {item.name: [one for content, _ in said for one in objects(content.get(item.name))]}, secrets


def _by_place(item: Item, parts: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """Raw texts by path, of each value apart. Raises ``Rejected`` for a part that is none of the item's."""
    found: dict[int, dict[str, str]] = {}
    for name, raw in parts.items():
        path = item.name + ("" if not name or name.startswith("[") else ".") + name
        meant = find_path(path)
        if meant is None or meant[0] is not item:
            raise Rejected("The item has no such part; see the list of items.", field=item.name)
        _, part, place = meant
        found.setdefault(place, {})[item.path(part)] = raw.strip()
    return found


def _value(item: Item, raw: Mapping[str, str], place: int, rules: Rules) -> tuple[Content, dict[str, str]]:
    """The content and secrets of the value at a place, from raw texts by path."""
    scalars: dict[str, Scalar] = {}
    for path, text in raw.items():
        if not text:
            continue
        verdict = BY_PATH[path][1].kind.parse(text)
        if isinstance(verdict, Reason):
            raise _rejected(Fault(verdict, placed_path(path, place)))
        scalars[path] = verdict
    judged = judge(item, scalars, rules)
    if isinstance(judged, Fault):
        raise _rejected(Fault(judged.reason, placed_path(judged.field, place)))
    content, secrets = judged
    if secrets and not item.scalar and item.name not in content:
        missing = f"{item.name}.{item.required_parts[0]}"
        raise _rejected(Fault(Reason.INCOMPLETE, placed_path(missing, place)))
    return judged


def _rejected(fault: Fault) -> Rejected:
    explanation = EXPLANATIONS[fault.reason]
    return Rejected(f"{explanation.what.en}. {explanation.mend.en}.", field=fault.field, reason=fault.reason)


def _codes(
    tx: Write, vault: Vault, party_id: UUID, content: Content, secrets: Mapping[str, str]
) -> list[tuple[str, bytes]]:
    """Blind indexes of corrected codes. Raises ``Conflict`` where a code is another customer's."""
    said = [("hetu", secrets["hetu"])] if "hetu" in secrets else []
    if "ytunnus" in content:
        said.append(("ytunnus", str(content["ytunnus"])))
    renew_codes(tx, vault, said)
    codes = [(kind, vault.blind(kind, code)) for kind, code in said]
    for known in store.known_identities(tx, [blind for _, blind in codes]):
        if known.party_id != party_id:
            raise Conflict("That code already belongs to another customer in the register.", field=known.kind)
    return codes
