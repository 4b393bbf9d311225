"""Who pays, at which address, by which channel, and may we: one call, for one question or for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground import clock
from rekisteri.ground.keys import KeyProvider, Vault
from rekisteri.payers import marks, receipts, shape, signing, tasks
from rekisteri.payers.answer import Answer, Problem
from rekisteri.payers.decide import decide
from rekisteri.payers.facts import Facts
from rekisteri.payers.fetch import fetch
from rekisteri.payers.forms import Limits
from rekisteri.payers.marks import Marker
from rekisteri.payers.problems import error
from rekisteri.payers.question import Question
from rekisteri.payers.receipts import Draft, Receipt
from rekisteri.payers.signing import Signer


@dataclass(frozen=True, slots=True)
class Office:
    """What answering takes beside the database: the keys, the signature, the fingerprints, the printer's limits."""

    vault: Vault
    signer: Signer
    marker: Marker
    limits: Limits = field(default_factory=Limits)


OFFICE_KEY_NAMES = (signing.KEY_NAME, marks.KEY_NAME)
"""Keys of answering's own: they sign receipts and make fingerprints, and open nothing."""


def office(vault: Vault, provider: KeyProvider, limits: Limits) -> Office:
    """The office whose own keys come from a provider."""
    return Office(vault, Signer(provider), Marker(provider), limits)


class Receipted(NamedTuple):
    """An answer with its receipt, and the bytes the receipt is of."""

    answer: Answer
    body: bytes
    receipt: Receipt


def resolve(tx: Write, office: Office, question: Question) -> Receipted:
    """The answer to one question, receipted. The act has seen the customer and whoever stands for it.

    Raises ``Missing``, ``Rejected`` or ``Conflict`` where there is no answer: never a guess.
    """
    (found,) = resolve_all(tx, office, [question])
    if isinstance(found, Problem):
        raise error(found)
    return found


class Made(NamedTuple):
    """What answers leave to be kept: their receipts, everybody they tell of, the tasks they call for."""

    sheet: receipts.Sheet | None
    told_of: frozenset[bytes]
    tasks: Sequence[tasks.Wanted]


def resolve_all(tx: Write, office: Office, questions: Sequence[Question]) -> list[Receipted | Problem]:
    """The answers to many questions, in order; a question without an answer gets its problem and the rest go on."""
    found, made = prepare(tx, office, questions)
    keep(tx, made)
    return found


def prepare(tx: Read, office: Office, questions: Sequence[Question]) -> tuple[list[Receipted | Problem], Made]:
    """The answers with their receipts, and what is to be kept of them before anybody sees them (``keep``)."""
    decided = [_decided(one, office.limits) for one in fetch(tx, office.vault, office.marker, questions)]
    codes = _codes(tx, questions)
    answers = [
        (answer, facts, codes[question.organisation_id])
        for question, (answer, facts) in zip(questions, decided, strict=True)
        if isinstance(answer, Answer) and facts is not None
    ]
    if not answers:
        return [answer for answer, _ in decided if isinstance(answer, Problem)], Made(None, frozenset(), ())
    mark = office.marker.current()
    made_at = tx.at.astimezone(clock.HELSINKI)
    drafts = [_draft(answer, facts, code, made_at, mark) for answer, facts, code in answers]
    given, sheet = receipts.make(office.vault, office.signer, tx.at, drafts)
    made = zip(drafts, given, strict=True)
    found: list[Receipted | Problem] = []
    for answer, _ in decided:
        if isinstance(answer, Problem):
            found.append(answer)
        else:
            draft, receipt = next(made)
            found.append(Receipted(answer, draft.body, receipt))
    told_of = frozenset([party_id.bytes for draft in drafts for party_id in draft.party_ids])
    wanted = tasks.called_for((facts.organisation_id, answer) for answer, facts, _ in answers if answer.stops)
    return found, Made(sheet, told_of, wanted)


def keep(tx: Write, made: Made) -> None:
    """Write down what answers leave. The act has seen the customers and whoever stands for them."""
    if made.sheet is None:
        return
    receipts.keep(tx, made.sheet)
    tx.gather_bytes(made.told_of)
    tasks.open_tasks(tx, made.tasks)


def _decided(found: Facts | Problem, limits: Limits) -> tuple[Answer | Problem, Facts | None]:
    return (found, None) if isinstance(found, Problem) else (decide(found, limits), found)


def _codes(tx: Read, questions: Sequence[Question]) -> dict[int, str]:
    wanted = {question.organisation_id for question in questions}
    rows = tx.tuples("select id, code from access.organisation where id = any (%(ids)s)", ids=list(wanted))
    return dict(rows)


def _draft(answer: Answer, facts: Facts, organisation: str, made_at: datetime, mark: shape.Mark) -> Draft:
    everybody: tuple[UUID, ...] = (answer.customer_id,)
    if facts.relations:
        liable = [one.party_id for one in answer.liable if one.party_id is not None]
        told = [party_id for one in answer.deliveries for party_id in one.party_ids]
        everybody = tuple(dict.fromkeys((*everybody, *liable, *told, *facts.people)))
    body = shape.body(answer, facts, organisation, made_at, mark)
    return Draft(facts.organisation_id, answer.customer_id, everybody, body)
