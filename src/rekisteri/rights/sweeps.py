"""What leaves of each table beside the words of customers: one statement a table, by the last day that is due.

Each is given the last day such that what ended on it leaves, and the customers under a legal hold; it answers
how many rows went and the sealed values in them, whose one-time keys are then condemned.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.rights.going import Gone, Sweep, sealed
from rekisteri.rights.sweep_banks import BANK_SWEEPS


def _receipts(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return sealed(
        tx.tuples(
            """
            delete from payers.receipt
            where (made_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_ids && %(held)s
            returning body
            """,
            last=last,
            held=held,
        )
    )


def _reports(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from payers.report
            where (reported_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _payer_tasks(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from payers.task
            where (settled_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _faults(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return sealed(
        tx.tuples(
            """
            delete from sources.fault f using sources.batch b
            where b.id = f.batch_id and (b.finished_at at time zone 'Europe/Helsinki')::date <= %(last)s
            returning f.raw
            """,
            last=last,
        )
    )


def _batches(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            "delete from sources.batch where (finished_at at time zone 'Europe/Helsinki')::date <= %(last)s", last=last
        )
    )


def _directory_faults(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return sealed(
        tx.tuples(
            """
            delete from sources.directory_fault f using sources.directory_run r
            where r.id = f.run_id and (r.finished_at at time zone 'Europe/Helsinki')::date <= %(last)s
            returning f.raw
            """,
            last=last,
        )
    )


def _directory_runs(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            "delete from sources.directory_run where (finished_at at time zone 'Europe/Helsinki')::date <= %(last)s",
            last=last,
        )
    )


def _work(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return sealed(
        tx.tuples(
            """
            delete from parties.work
            where (decided_at at time zone 'Europe/Helsinki')::date <= %(last)s
              and (party_id is null or not party_id = any (%(held)s))
            returning payload
            """,
            last=last,
            held=held,
        )
    )


def _vtj_tasks(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from sources.vtj_task
            where (closed_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _vtj_runs(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            "delete from sources.vtj_run where (finished_at at time zone 'Europe/Helsinki')::date <= %(last)s",
            last=last,
        )
    )


def _news(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run("delete from parties.change where (at at time zone 'Europe/Helsinki')::date <= %(last)s", last=last)
    )


def _notices_shown(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from rights.notice_shown
            where (shown_at at time zone 'Europe/Helsinki')::date <= %(last)s
              and (party_id is null or not party_id = any (%(held)s))
            """,
            last=last,
            held=held,
        )
    )


def _exemptions(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from access.exemption e using access.restriction r
            where r.id = e.restriction_id and (r.lifted_at at time zone 'Europe/Helsinki')::date <= %(last)s
              and not r.party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _restrictions(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from access.restriction
            where (lifted_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _holds(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from rights.hold
            where coalesce((ended_at at time zone 'Europe/Helsinki')::date, until_on) <= %(last)s
              and not party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _conflicts(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from rights.conflict
            where (decided_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _disclosed(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from rights.disclosed c using rights.disclosure d
            where d.id = c.disclosure_id and not c.party_id = any (%(held)s)
              and (coalesce(d.given_at, d.withdrawn_at) at time zone 'Europe/Helsinki')::date <= %(last)s
            """,
            last=last,
            held=held,
        )
    )


def _disclosures(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from rights.disclosure d
            where (coalesce(d.given_at, d.withdrawn_at) at time zone 'Europe/Helsinki')::date <= %(last)s
              and not exists (select from rights.disclosed c where c.disclosure_id = d.id)
            """,
            last=last,
        )
    )


def _steps(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from rights.step s using rights.request r
            where r.id = s.request_id and (r.closed_at at time zone 'Europe/Helsinki')::date <= %(last)s
              and (r.party_id is null or not r.party_id = any (%(held)s))
            """,
            last=last,
            held=held,
        )
    )


def _requests(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return sealed(
        tx.tuples(
            """
            delete from rights.request
            where (closed_at at time zone 'Europe/Helsinki')::date <= %(last)s
              and (party_id is null or not party_id = any (%(held)s))
            returning asked
            """,
            last=last,
            held=held,
        )
    )


def _signals(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from oversight.signal
            where day <= %(last)s and (party_id is null or not party_id = any (%(held)s))
            """,
            last=last,
            held=held,
        )
    )


def _canaries(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            """
            delete from oversight.canary
            where (ended_at at time zone 'Europe/Helsinki')::date <= %(last)s and not party_id = any (%(held)s)
            """,
            last=last,
            held=held,
        )
    )


def _sessions(tx: Write, last: date, held: Sequence[UUID]) -> Gone:
    return Gone(
        tx.run(
            "delete from access.session where (expires_at at time zone 'Europe/Helsinki')::date <= %(last)s", last=last
        )
    )


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
    Sweep("receipt", "payers.receipt", _receipts, "protected"),
    Sweep("collection", "payers.report", _reports),
    Sweep("collection", "payers.task", _payer_tasks),
    Sweep("intake", "sources.fault", _faults),
    Sweep("intake", "sources.batch", _batches),
    Sweep("intake", "sources.directory_fault", _directory_faults),
    Sweep("intake", "sources.directory_run", _directory_runs),
    Sweep("intake", "parties.work", _work),
    Sweep("intake", "sources.vtj_task", _vtj_tasks),
    Sweep("intake", "sources.vtj_run", _vtj_runs),
    Sweep("news", "parties.change", _news),
    *BANK_SWEEPS,
    Sweep("request", "rights.notice_shown", _notices_shown),
    Sweep("request", "access.exemption", _exemptions),
    Sweep("request", "access.restriction", _restrictions),
    Sweep("request", "rights.hold", _holds),
    Sweep("intake", "rights.conflict", _conflicts),
    Sweep("request", "rights.disclosed", _disclosed),
    Sweep("request", "rights.disclosure", _disclosures),
    Sweep("request", "rights.step", _steps),
    Sweep("request", "rights.request", _requests),
    Sweep("log", "oversight.signal", _signals),
    Sweep("log", "oversight.canary", _canaries),
    Sweep("session", "access.session", _sessions),
    Sweep("account", "access.account", _accounts),
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
          and not exists (select from rights.notice_shown x where x.party_id = p.id)
          and not exists (select from rights.request x where x.party_id = p.id)
          and not exists (select from rights.conflict x where x.party_id = p.id)
          and not exists (select from rights.disclosed x where x.party_id = p.id)
        """
    )
