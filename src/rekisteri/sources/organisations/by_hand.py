"""A customer brought in by hand, and a row in doubt decided: the same road as a file's row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson

from rekisteri import matching, parties
from rekisteri.access import Write, decide_organisation
from rekisteri.catalogue import (
    BY_PATH,
    EXPLANATIONS,
    STATED_BY_CLIENTS,
    Fault,
    Reason,
    Rules,
    Sayings,
    Scalar,
    assemble,
)
from rekisteri.ground import ids
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.parties import Lexicon, Origin, Placed, Said
from rekisteri.sources.organisations import store
from rekisteri.sources.take import take

PROVISIONAL = "H-"
RULE_DECIDED = "decided_by_maintainer"


@dataclass(frozen=True, slots=True)
class Created:
    """The customer an entry by hand ended in; ``doubt`` when a person must decide first."""

    party_id: UUID | None
    customer_number: str
    new: bool
    doubt: Reason | None


def create(
    tx: Write,
    vault: Vault,
    *,
    organisation_id: int,
    parts: Mapping[str, str],
    customer_number: str | None,
    rules: Rules,
    idempotency_key: str | None = None,
) -> Created:
    """Take a customer entered by hand; ``parts`` are raw texts by path.

    Without a customer number a provisional one is given, the same for the same
    ``idempotency_key``. A known identity code leads to the existing customer. Raises
    ``Rejected`` with every fault, ``Conflict`` for a customer number in use.
    """
    decide_organisation(tx.act, organisation_id)
    parties.lock_identity(tx)
    source = parties.organisation_source(tx, organisation_id)
    said = _checked(parts, rules)
    key = _key(customer_number, idempotency_key)
    digest = vault.digest(b"by hand" + orjson.dumps([said.content, said.secrets], option=orjson.OPT_SORT_KEYS))
    known = parties.known_records(tx, source.id, [key])
    if key in known:
        if vault.lift(known[key].digest) == digest:
            tx.saw(known[key].party_id)
            return Created(known[key].party_id, key, new=False, doubt=None)
        raise Conflict("The customer number is in use; open that customer instead.", field="customer_number")
    saying = Said(key, said.kind, said.content, said.secrets, digest)
    origin = Origin(source, None, tx.act.viewer.account_id)
    taken = take(tx, vault, Lexicon(), origin, [saying], known)
    if taken.doubts:
        store.open_work(tx, vault, organisation_id, None, taken.doubts)
        return Created(None, key, new=False, doubt=taken.doubts[0].reason)
    party_id = UUID(taken.party_ids[key])
    tx.saw(party_id)
    return Created(party_id, key, new=party_id not in taken.linked, doubt=None)


def _key(customer_number: str | None, idempotency_key: str | None) -> str:
    if customer_number:
        verdict = BY_PATH["customer_number"][1].kind.parse(customer_number)
        if isinstance(verdict, Reason):
            raise Rejected(EXPLANATIONS[verdict].what.en, field="customer_number", reason=verdict)
        return str(verdict)
    if idempotency_key:
        return PROVISIONAL + hashlib.blake2b(idempotency_key.encode(), digest_size=8).hexdigest()
    return PROVISIONAL + ids.fresh().hex[-16:]


def _checked(parts: Mapping[str, str], rules: Rules) -> Sayings:
    """Raises ``Rejected`` with every fault of the entry."""
    scalars: dict[str, Scalar] = {}
    faults: list[Fault] = []
    for path, raw in parts.items():
        if path not in STATED_BY_CLIENTS or path == "customer_number":
            raise Rejected("The catalogue declares no such item; see the list of items.", field="parts")
        if not raw.strip():
            continue
        verdict = BY_PATH[path][1].kind.parse(raw)
        if isinstance(verdict, Reason):
            faults.append(Fault(verdict, path))
        else:
            scalars[path] = verdict
    said = faults or assemble(scalars, rules)
    if isinstance(said, list):
        first = said[0]
        raise Rejected(
            f"{EXPLANATIONS[first.reason].what.en}. {EXPLANATIONS[first.reason].mend.en}.",
            field=first.field, reason=first.reason, faults=said,
        )  # fmt: skip
    return said


def decide_work(tx: Write, vault: Vault, work_id: UUID, decision: str, *, reason: str) -> None:
    """Decide a row in doubt: ``linked`` to the known customer, ``separate``, or ``rejected``.

    Linked: the row is the customer the card shows, and a code that contradicted becomes one
    more of its codes. Separate: the row is a customer of its own, without the code that is
    another's. Rejected: the row is not taken. A person and an organisation are never linked. Raises ``Conflict`` when somebody was quicker.
    """
    if decision not in ("linked", "separate", "rejected"):
        raise Rejected("Decide linked, separate or rejected.", field="decision")
    if not reason.strip():
        raise Rejected("Say why; the reason is kept with the decision.", field="reason")
    parties.lock_identity(tx)
    item = parties.open_item(tx, work_id)
    if decision == "linked" and item.party_id is None:
        raise Rejected("There is no known customer to link to; decide separate or rejected.", field="decision")
    if decision == "linked" and item.reason is Reason.KIND_CONTRADICTS:
        raise Rejected(
            "A person and an organisation are never the same customer; decide separate or rejected.", field="decision"
        )
    if decision != "rejected":
        _take_decided(tx, vault, item, decision, reason)
    parties.close_item(tx, work_id, decision, reason.strip())
    tx.note(work=str(work_id), decision=decision)
    if item.party_id is not None:
        tx.saw(item.party_id)


def _take_decided(tx: Write, vault: Vault, item: parties.WorkItem, decision: str, reason: str) -> None:
    said = parties.work_said(tx, vault, item)
    source = parties.organisation_source(tx, item.organisation_id)
    known = parties.known_records(tx, source.id, [said.key]).get(said.key)
    codes = matching.identities(vault, said)
    taken = {(row.kind, row.blind): row.party_id for row in parties.known_identities(tx, [b for _, b in codes])}
    statement_id = ids.batch(1)[0]
    if decision == "linked":
        party_id = str(item.party_id)
        mine = [code for code in codes if str(taken.get(code, party_id)) == party_id]
    else:
        party_id = statement_id
        mine = [code for code in codes if code not in taken]
    said = _without_others_codes(said, {kind for kind, _ in mine})
    moved_from = str(known.party_id) if known is not None and str(known.party_id) != party_id else None
    placed = Placed(
        said=said,
        party_id=party_id,
        record_id=str(known.id) if known else statement_id,
        statement_id=statement_id,
        blinds=mine,
        born=decision == "separate",
        fresh_record=known is None,
        covered=parties.covered(tx, party_id) or said.content.get("turvakielto") is True,
        moved_from=moved_from,
        rule=RULE_DECIDED,
    )
    origin = Origin(source, item.batch_id, tx.act.viewer.account_id, reason.strip())
    lexicon = Lexicon()
    parties.record(tx, vault, lexicon, origin, [placed])
    touched = [UUID(party_id)] if decision == "linked" else []
    if moved_from is not None:
        touched.append(UUID(moved_from))
    parties.refresh(tx, vault, lexicon, touched)
    parties.settle_tied(tx, vault, lexicon, [UUID(party_id)])
    tx.saw(UUID(party_id))


def _without_others_codes(said: Said, mine: set[str]) -> Said:
    """A code that is another customer's is not stated of this one, nor a date of birth read from it."""
    secrets = {path: code for path, code in said.secrets.items() if path != "hetu" or "hetu" in mine}
    content = {name: value for name, value in said.content.items() if name != "ytunnus" or "ytunnus" in mine}
    if "hetu" in said.secrets and "hetu" not in secrets:
        content.pop("birth_date", None)
    return Said(said.key, said.kind, content, secrets, said.digest, said.row_no)
