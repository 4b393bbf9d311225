"""What of each table goes with a customer who is erased whole, beside the words said of the customer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from rekisteri.access import Write
from rekisteri.rights.going import Gone, sealed


def _work_of(tx: Write, party_id: UUID) -> Gone:
    return sealed(tx.tuples("delete from parties.work where party_id = %(id)s returning payload", id=party_id))


def _answers_of_vtj(tx: Write, party_id: UUID) -> Gone:
    rows = tx.tuples("delete from sources.vtj_answer where party_id = %(id)s returning sealed", id=party_id)
    return Gone(len(rows), sealed(rows).boxes, "protected")


def _held_of_vtj(tx: Write, party_id: UUID) -> Gone:
    rows = tx.tuples(
        """
        delete from sources.vtj_held h using sources.vtj_subscription s
        where s.id = h.subscription_id and s.party_id = %(id)s returning h.sealed
        """,
        id=party_id,
    )
    return Gone(len(rows), sealed(rows).boxes, "protected")


def _followed(tx: Write, party_id: UUID) -> Gone:
    return sealed(
        tx.tuples("delete from sources.vtj_subscription where party_id = %(id)s returning sealed", id=party_id)
    )


def _tasks_of_vtj(tx: Write, party_id: UUID) -> Gone:
    return Gone(tx.run("delete from sources.vtj_task where party_id = %(id)s", id=party_id))


def _checks_of_vtj(tx: Write, party_id: UUID) -> Gone:
    return Gone(tx.run("delete from sources.vtj_checked where party_id = %(id)s", id=party_id))


def _tasks_of_payers(tx: Write, party_id: UUID) -> Gone:
    return Gone(tx.run("delete from payers.task where party_id = %(id)s", id=party_id))


def _shown_to(tx: Write, party_id: UUID) -> Gone:
    return Gone(tx.run("delete from rights.notice_shown where party_id = %(id)s", id=party_id))


def _restricted(tx: Write, party_id: UUID) -> Gone:
    tx.run(
        """
        delete from access.exemption e using access.restriction r
        where r.id = e.restriction_id and r.party_id = %(id)s
        """,
        id=party_id,
    )
    return Gone(tx.run("delete from access.restriction where party_id = %(id)s", id=party_id))


def _conflicts_of(tx: Write, party_id: UUID) -> Gone:
    return Gone(tx.run("delete from rights.conflict where party_id = %(id)s", id=party_id))


OF_CUSTOMER: tuple[tuple[str, Callable[[Write, UUID], Gone]], ...] = (
    ("parties.work", _work_of),
    ("sources.vtj_answer", _answers_of_vtj),
    ("sources.vtj_held", _held_of_vtj),
    ("sources.vtj_subscription", _followed),
    ("sources.vtj_task", _tasks_of_vtj),
    ("sources.vtj_checked", _checks_of_vtj),
    ("rights.conflict", _conflicts_of),
    ("payers.task", _tasks_of_payers),
    ("rights.notice_shown", _shown_to),
    ("access.restriction", _restricted),
)
"""What of each table goes with a customer who is erased whole. Receipts, reports and banks' messages bind, so there are none."""
