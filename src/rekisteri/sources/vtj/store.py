"""The wing's queries, one small function each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground.clock import day


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer that waits for a decision."""

    id: UUID
    party_id: UUID
    account_id: UUID
    version: int
    sealed: bytes
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """An interface that is not called, why, and since when."""

    interface: str
    reason: str
    stopped_at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """How many persons were asked of by one way on a day."""

    interface: str
    count: int


def insert_answer(tx: Write, answer: AnswerRow) -> None:
    """Keep an answer until it is decided."""
    tx.run(
        """
        insert into sources.vtj_answer (id, party_id, account_id, version, sealed, asked_at)
        values (%(id)s, %(party_id)s, %(account_id)s, %(version)s, %(sealed)s, %(asked_at)s)
        """,
        id=answer.id,
        party_id=answer.party_id,
        account_id=answer.account_id,
        version=answer.version,
        sealed=answer.sealed,
        asked_at=answer.asked_at,
    )


def find_answer(tx: Read, answer_id: UUID, account_id: UUID, life: timedelta) -> AnswerRow | None:
    """The answer, while it lives and to whom it was given; None otherwise."""
    return tx.find(
        AnswerRow,
        """
        select id, party_id, account_id, version, sealed, asked_at from sources.vtj_answer
        where id = %(id)s and account_id = %(account_id)s and asked_at > %(since)s
        """,
        id=answer_id,
        account_id=account_id,
        since=tx.at - life,
    )


def delete_answer(tx: Write, answer_id: UUID) -> None:
    """Forget an answer that is decided."""
    tx.run("delete from sources.vtj_answer where id = %(id)s", id=answer_id)


def delete_old_answers(tx: Write, life: timedelta) -> int:
    """Forget answers nobody has decided in their time; how many."""
    return tx.run("delete from sources.vtj_answer where asked_at <= %(since)s", since=tx.at - life)


def use(tx: Write, interface: str, count: int) -> int:
    """Note so many persons asked of today by one way; how many they are now."""
    return int(
        tx.value(
            """
            insert into sources.vtj_use (day, interface, count) values (%(day)s, %(interface)s, %(count)s)
            on conflict (day, interface) do update set count = vtj_use.count + excluded.count
            returning count
            """,
            day=day(tx.at),
            interface=interface,
            count=count,
        )
    )


def used_today(tx: Read) -> list[Use]:
    """How many persons were asked of today, by each way."""
    return tx.all(
        Use, "select interface, count from sources.vtj_use where day = %(day)s order by interface", day=day(tx.at)
    )


def used(tx: Read, interface: str) -> int:
    """How many persons an interface was asked of today."""
    return next((one.count for one in used_today(tx) if one.interface == interface), 0)


def find_stop(tx: Read, interface: str) -> Stop | None:
    """Why an interface is not called, or None."""
    return tx.find(
        Stop,
        "select interface, reason, stopped_at from sources.vtj_stop where interface = %(interface)s",
        interface=interface,
    )


def stops(tx: Read) -> list[Stop]:
    """Every interface that is not called."""
    return tx.all(Stop, "select interface, reason, stopped_at from sources.vtj_stop order by interface")


def stop(tx: Write, interface: str, reason: str) -> None:
    """Call an interface no more before an operator says so."""
    tx.run(
        """
        insert into sources.vtj_stop (interface, reason, stopped_at) values (%(interface)s, %(reason)s, %(at)s)
        on conflict (interface) do nothing
        """,
        interface=interface,
        reason=reason,
        at=tx.at,
    )


def resume(tx: Write, interface: str) -> int:
    """Call an interface again; whether it was stopped."""
    return tx.run("delete from sources.vtj_stop where interface = %(interface)s", interface=interface)
