"""What leaves of banks' messages, mandates and files: counted from the end of the order they are of."""

from __future__ import annotations

from rekisteri.rights.going import Sweep

BANK_SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "bank_message",
        "sources.bank_evidence",
        """
        delete from sources.bank_evidence e using sources.bank_message m
        left join parties.record r on r.id = m.record_id
        where m.id = e.message_id and m.outcome <> 'held'
          and case when m.record_id is null then (coalesce(m.decided_at, m.said_at) at time zone 'Europe/Helsinki')::date
                   else r.ended_on end <= %(last)s
          and (r.party_id is null or not r.party_id = any (%(held)s))
        returning e.sealed
        """,
        key="secret",
    ),
    Sweep(
        "bank_message",
        "sources.bank_message",
        """
        delete from sources.bank_message m
        where m.id in (
            select d.id from sources.bank_message d left join parties.record r on r.id = d.record_id
            where d.outcome <> 'held'
              and case when d.record_id is null
                       then (coalesce(d.decided_at, d.said_at) at time zone 'Europe/Helsinki')::date
                       else r.ended_on end <= %(last)s
              and (r.party_id is null or not r.party_id = any (%(held)s)))
        returning m.sealed
        """,
        key="secret",
    ),
    Sweep(
        "bank_message",
        "sources.bank_answer",
        """
        delete from sources.bank_answer a
        where (a.framed_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and not exists (select from sources.proposal p join parties.record r on r.id = p.record_id
                          where p.id = a.proposal_id and r.party_id = any (%(held)s))
        """,
    ),
    Sweep(
        "bank_message",
        "sources.proposal",
        """
        delete from sources.proposal p using parties.record r
        where r.id = p.record_id and not r.party_id = any (%(held)s)
          and (greatest(p.framed_at, p.sent_at, p.answered_at) at time zone 'Europe/Helsinki')::date <= %(last)s
          and not exists (select from sources.bank_answer a where a.proposal_id = p.id)
        returning p.sealed
        """,
        key="secret",
    ),
    Sweep(
        "bank_message",
        "sources.mandate_message",
        """
        delete from sources.mandate_message m
        where m.id in (
            select d.id from sources.mandate_message d
            left join sources.mandate x on x.id = d.mandate_id
            left join parties.record r on r.id = x.record_id
            where case when x.record_id is null
                       then (coalesce(d.decided_at, d.created_at) at time zone 'Europe/Helsinki')::date
                       else r.ended_on end <= %(last)s
              and (r.party_id is null or not r.party_id = any (%(held)s)))
        returning m.sealed
        """,
        key="secret",
    ),
    Sweep(
        "bank_message",
        "sources.mandate",
        """
        delete from sources.mandate m
        where m.id in (
            select d.id from sources.mandate d left join parties.record r on r.id = d.record_id
            where case when d.record_id is null
                       then (coalesce(d.decided_at, d.since_at) at time zone 'Europe/Helsinki')::date
                       else r.ended_on end <= %(last)s
              and (r.party_id is null or not r.party_id = any (%(held)s)))
          and not exists (select from sources.mandate_message w where w.mandate_id = m.id)
        """,
    ),
    Sweep(
        "bank_message",
        "sources.bank_file_part",
        """
        delete from sources.bank_file_part t using sources.bank_file f
        where f.id = t.file_id and (f.received_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and not exists (select from sources.mandate_message m where m.file_id = f.id)
        returning t.sealed
        """,
        key="secret",
    ),
    Sweep(
        "bank_message",
        "sources.bank_file",
        """
        delete from sources.bank_file f
        where (f.received_at at time zone 'Europe/Helsinki')::date <= %(last)s
          and not exists (select from sources.bank_message m where m.file_id = f.id)
          and not exists (select from sources.bank_answer a where a.file_id = f.id)
          and not exists (select from sources.mandate_message x where x.file_id = f.id)
        """,
    ),
)
"""In an order that leaves nothing pointing at what has gone."""
