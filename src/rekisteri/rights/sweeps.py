"""What leaves of each table beside the words of customers: one statement a table, by the last day that is due.

Each is given the last day such that what ended on it leaves, and the customers of whom nothing does; the one-time keys of sealed values
that go are then condemned.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.rights.going import Gone, Sweep, sealed
from rekisteri.rights.sweep_banks import BANK_SWEEPS


def _accounts(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    """Accounts closed so long ago that nothing of theirs is in the log, with all that hangs on them."""
    gone = [
        account_id
        for (account_id,) in tx.tuples(
            """
            select id from access.account a where (disabled_at at time zone 'Europe/Helsinki')::date <= %(last)s
              and not exists (select from oversight.signal s where s.account_id = a.id)
            """,
            last=last,
        )
    ]
    boxes = tx.tuples("delete from access.factor where account_id = any (%(gone)s) returning secret", gone=gone)
    tx.run("delete from access.recovery where account_id = any (%(gone)s)", gone=gone)
    tx.run("delete from access.identity where account_id = any (%(gone)s)", gone=gone)
    tx.run("delete from access.session where account_id = any (%(gone)s)", gone=gone)
    tx.run("delete from access.client where account_id = any (%(gone)s)", gone=gone)
    tx.run(
        "delete from access.review where grant_id in (select id from access.grant where account_id = any (%(gone)s))",
        gone=gone,
    )
    tx.run("delete from access.emergency where account_id = any (%(gone)s)", gone=gone)
    tx.run("delete from access.grant where account_id = any (%(gone)s)", gone=gone)
    count = tx.run("delete from access.account where id = any (%(gone)s)", gone=gone)
    return Gone(count, sealed(boxes).boxes)


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "receipt",
        "payers.receipt",
        """
        delete from payers.receipt
        where (made_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_ids && %(held)s
        returning body
        """,
        key="protected",
    ),
    Sweep(
        "collection",
        "payers.report",
        """
        delete from payers.report
        where (reported_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "collection",
        "payers.task",
        """
        delete from payers.task
        where (settled_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "intake",
        "sources.fault",
        """
        delete from sources.fault f using sources.batch b
        where b.id = f.batch_id and (b.finished_at at time zone 'Europe/Helsinki')::date <= %(last)s
        returning f.raw
        """,
        key="secret",
    ),
    Sweep(
        "intake",
        "sources.batch",
        """
        delete from sources.batch where (finished_at at time zone 'Europe/Helsinki')::date <= %(last)s
        """,
    ),
    Sweep(
        "intake",
        "sources.directory_fault",
        """
        delete from sources.directory_fault f using sources.directory_run r
        where r.id = f.run_id and (r.finished_at at time zone 'Europe/Helsinki')::date <= %(last)s
        returning f.raw
        """,
        key="secret",
    ),
    Sweep(
        "intake",
        "sources.directory_run",
        """
        delete from sources.directory_run where (finished_at at time zone 'Europe/Helsinki')::date <= %(last)s
        """,
    ),
    Sweep(
        "intake",
        "parties.work",
        """
        delete from parties.work
        where (decided_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and (party_id is null or not party_id = any (%(held)s))
        returning payload
        """,
        key="secret",
    ),
    Sweep(
        "intake",
        "sources.vtj_task",
        """
        delete from sources.vtj_task
        where (closed_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "intake",
        "sources.vtj_run",
        """
        delete from sources.vtj_run where (finished_at at time zone 'Europe/Helsinki')::date <= %(last)s
        """,
    ),
    Sweep(
        "news",
        "parties.change",
        "delete from parties.change where (at at time zone 'Europe/Helsinki')::date <= %(last)s",
    ),
    *BANK_SWEEPS,
    Sweep(
        "request",
        "rights.notice_shown",
        """
        delete from rights.notice_shown
        where (shown_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and (party_id is null or not party_id = any (%(held)s))
        """,
    ),
    Sweep(
        "request",
        "access.exemption",
        """
        delete from access.exemption e using access.restriction r
        where r.id = e.restriction_id and (r.lifted_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and not r.party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "request",
        "access.restriction",
        """
        delete from access.restriction
        where (lifted_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "request",
        "rights.hold",
        """
        delete from rights.hold
        where coalesce((ended_at at time zone 'Europe/Helsinki')::date, until_on) <= %(last)s
          and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "intake",
        "rights.conflict",
        """
        delete from rights.conflict
        where (decided_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "request",
        "rights.disclosed",
        """
        delete from rights.disclosed c using rights.disclosure d
        where d.id = c.disclosure_id and not c.party_id = any (%(held)s)
          and (coalesce(d.given_at, d.withdrawn_at) at time zone 'Europe/Helsinki')::date <= %(last)s
        """,
    ),
    Sweep(
        "request",
        "rights.disclosure",
        """
        delete from rights.disclosure d
        where (coalesce(d.given_at, d.withdrawn_at) at time zone 'Europe/Helsinki')::date <= %(last)s
          and not exists (select from rights.disclosed c where c.disclosure_id = d.id)
        """,
    ),
    Sweep(
        "request",
        "rights.step",
        """
        delete from rights.step s using rights.request r
        where r.id = s.request_id and (r.closed_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and (r.party_id is null or not r.party_id = any (%(held)s))
        """,
    ),
    Sweep(
        "request",
        "rights.request",
        """
        delete from rights.request
        where (closed_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and (party_id is null or not party_id = any (%(held)s))
        returning asked
        """,
        key="secret",
    ),
    Sweep(
        "log",
        "oversight.signal",
        """
        delete from oversight.signal
        where day <= %(last)s and (party_id is null or not party_id = any (%(held)s))
        """,
    ),
    Sweep(
        "log",
        "oversight.canary",
        """
        delete from oversight.canary
        where (ended_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
        """,
    ),
    Sweep(
        "session",
        "access.session",
        """
        delete from access.session where (expires_at at time zone 'Europe/Helsinki')::date <= %(last)s
        """,
    ),
    Sweep("account", "access.account", _accounts, key="secret"),
)
"""In an order that leaves nothing pointing at what has gone. ``access.account`` takes what hangs on it along."""


def referred_records(tx: Read, party_ids: Sequence[UUID]) -> list[UUID]:
    """Records of these customers that a bank's message or a proposal still refers to."""
    rows = tx.tuples(
        """
        select r.id from parties.record r
        where r.party_id = any (%(ids)s)
          and (exists (select from sources.bank_message m where m.record_id = r.id)
               or exists (select from sources.mandate m where m.record_id = r.id)
               or exists (select from rights.conflict c where c.record_id = r.id)
               or exists (select from sources.proposal p where p.record_id = r.id))
        """,
        ids=list(party_ids),
    )
    return [record_id for (record_id,) in rows]


def remove_shells(tx: Write) -> int:
    """Remove customers of whom nothing is known and to whom nothing refers any more; how many.

    One who is being written at the same time has a record by then, for both hold the identity lock.
    """
    return tx.run(
        """
        delete from parties.party p
        where p.words = '' and p.content = '{}' and p.organisations = '{}'
          and not exists (select from parties.record r where r.party_id = p.id)
          and not exists (select from parties.identifier i where i.party_id = p.id)
          and not exists (select from parties.judgement j where j.party_id = p.id or j.former_party_id = p.id)
          and not exists (select from parties.work w where w.party_id = p.id)
          and not exists (select from payers.report x where x.party_id = p.id)
          and not exists (select from payers.task x where x.party_id = p.id)
          and not exists (select from sources.vtj_answer x where x.party_id = p.id)
          and not exists (select from sources.vtj_subscription x where x.party_id = p.id)
          and not exists (select from sources.vtj_task x where x.party_id = p.id)
          and not exists (select from sources.vtj_checked x where x.party_id = p.id)
          and not exists (select from rights.notice_shown x where x.party_id = p.id)
          and not exists (select from rights.request x where x.party_id = p.id)
          and not exists (select from rights.conflict x where x.party_id = p.id)
          and not exists (select from rights.disclosed x where x.party_id = p.id)
        """
    )
