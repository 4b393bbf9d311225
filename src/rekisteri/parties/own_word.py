"""The person's own word: contact details, languages and the wished channel, stated by who they are about.

One more statement of a source of its own, one record an item: the catalogue says which sources it outranks.
It is no customership, and taken back it leaves the other sources to speak (register description § 6 c).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from rekisteri.access import Write
from rekisteri.catalogue import BY_NAME, EXPLANATIONS, Reason, Rules, SourceKind
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.parties import store
from rekisteri.parties.correct import checked, target
from rekisteri.parties.laid import Origin
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.record import Placed, Said, record, silence
from rekisteri.parties.refresh import refresh

TELLABLE = ("phone", "email", "contact_address", "contact_language", "invoice_language", "invoice_channel")
"""Items a person states of themself, in the order they are asked for; each believes the person as a source."""
WISHED_CHANNELS = frozenset({"letter", "email", "mailbox"})
"""Channels a person may wish for here; the others are ordered at a bank, or are an organisation's."""


@dataclass(frozen=True, slots=True)
class _Own:
    id: UUID
    digest: bytes
    ended_on: date | None

    def speaks(self, today: date) -> bool:
        return self.ended_on is None or self.ended_on > today


def tell(
    tx: Write,
    vault: Vault,
    party_id: UUID,
    item_name: str,
    parts: Mapping[str, str],
    *,
    rules: Rules,
    reason: str | None = None,
) -> bool:
    """State one item as the person; ``parts`` are raw texts by part name. Whether it was news.

    ``reason`` says on whose behalf, where somebody acts for the person. Raises ``Rejected`` naming the
    part for a value that does not hold or an item a person may not state, ``Missing`` for no such customer.
    """
    if item_name not in TELLABLE:
        raise Rejected("That item is not stated by the person; ask for a correction instead.", field="item")
    item = BY_NAME[item_name]
    whose = target(tx, party_id, None)
    if whose.kind not in item.kinds:
        raise Rejected(EXPLANATIONS[Reason.WRONG_KIND].what.en, field=item_name)
    content, _ = checked(item, parts, rules)
    if item_name == "invoice_channel" and content[item_name] not in WISHED_CHANNELS:
        raise Rejected("An e-invoice or direct payment is ordered at your own bank.", field=item_name)
    source = store.sole_source(tx, SourceKind.PERSON)
    every = _own(tx, source.id, party_id, item_name)
    known = every[0] if every else None
    said = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    tx.saw(party_id)
    tx.note(item=item_name)
    if known is not None and known.speaks(day(tx.at)) and known.digest in vault.digests(said):
        return False
    origin = Origin(source, reason=reason)
    statement_id = str(ids.fresh())
    placed = Placed(
        said=Said(f"{party_id}:{item_name}", whose.kind, content, {}, vault.digest(said)),
        party_id=str(party_id),
        record_id=str(known.id) if known else statement_id,
        statement_id=statement_id,
        blinds=[],
        born=False,
        fresh_record=known is None,
        covered=whose.turvakielto == "on",
    )
    lexicon = Lexicon()
    record(tx, vault, lexicon, origin, [placed])
    silence(tx, origin, [one.id for one in every[1:] if one.speaks(day(tx.at))])
    refresh(tx, vault, lexicon, [party_id])
    return True


def take_back(tx: Write, vault: Vault, party_id: UUID, item_name: str, *, reason: str | None = None) -> None:
    """Take the person's own word back: from today the other sources speak again. Raises ``Missing`` for none."""
    target(tx, party_id, None)
    source = store.sole_source(tx, SourceKind.PERSON)
    speaking = [one.id for one in _own(tx, source.id, party_id, item_name) if one.speaks(day(tx.at))]
    if not speaking:
        raise Missing("You have stated nothing of that kind that is in force.")
    silence(tx, Origin(source, reason=reason), speaking)
    refresh(tx, vault, Lexicon(), [party_id])
    tx.saw(party_id)
    tx.note(item=item_name)


def _own(tx: Write, source_id: int, party_id: UUID, item_name: str) -> list[_Own]:
    """The person's records of an item, the newest first: of two where two customers were found to be one."""
    return tx.all(
        _Own,
        """
        select id, digest, ended_on from parties.record
        where party_id = %(party_id)s and source_id = %(source_id)s and split_part(key, ':', 2) = %(item)s
        order by id desc
        """,
        party_id=party_id,
        source_id=source_id,
        item=item_name,
    )
