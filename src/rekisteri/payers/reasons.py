"""Payment reasons (laskutusaihe): what a client organisation bills for, and the channel policy of each.

The policy is the organisation's data: the order in which channels are tried, and what is left when none will
do. It is appended, never changed, and asked as of any day and moment like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rekisteri.access import Read, Write, decide_organisation
from rekisteri.catalogue import Purpose, Text
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Missing, Rejected

CODE_MAX = 35
"""Finvoice notification messages: a payment reason has at most 35 characters (EpiPaymentInstructionId)."""
NAME_MAX = 100
_CODE = re.compile(r"[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö ._-]{0,34}")


class Channel(StrEnum):
    """A way a bill travels; the words are those of the catalogue's ``invoice_channel``."""

    CONSUMER_EINVOICE = "consumer_einvoice"
    DIRECT_PAYMENT = "direct_payment"
    EINVOICE = "einvoice"
    MAILBOX = "mailbox"
    EMAIL = "email"
    LETTER = "letter"


class LastResort(StrEnum):
    """What is left when no channel of the order will do."""

    LETTER = "letter"
    BY_HAND = "by_hand"


class Households(StrEnum):
    """Where the custodians of a child live in two households: whom a bill goes to."""

    EVERY = "every"
    CHILDS = "childs"


@dataclass(frozen=True, slots=True)
class Policy:
    """How bills of one payment reason travel."""

    channels: tuple[Channel, ...]
    last_resort: LastResort | None
    households: Households = Households.EVERY


@dataclass(frozen=True, slots=True)
class PaymentReason:
    """A payment reason as it is on a day; ``valid_to`` is the first day it no longer is so."""

    organisation_id: int
    code: str
    name: Text
    policy: Policy
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    organisation_id: int
    code: str
    name_fi: str
    name_sv: str
    name_en: str
    channels: list[str]
    last_resort: LastResort | None
    households: Households
    ended: bool
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime


def payment_reasons(
    tx: Read,
    organisation_ids: Iterable[int] | None = None,
    *,
    code: str | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
) -> list[PaymentReason]:
    """The payment reasons in use on a day, as known at a moment, by organisation and code.

    Of the named organisations, else of every one; of one code, else of all.
    """
    rows = tx.all(
        _Row,
        """
        select distinct on (organisation_id, code)
               organisation_id, code, name_fi, name_sv, name_en, channels, last_resort, households, ended,
               lower(valid) as valid_from, upper(valid) as valid_to, recorded_at
        from payers.payment_reason
        where recorded_at <= %(known_at)s and valid @> %(on)s::date
          and (%(organisations)s::integer[] is null or organisation_id = any (%(organisations)s))
          and (%(code)s::text is null or code = %(code)s)
        order by organisation_id, code, recorded_at desc, id desc
        """,
        on=on or day(tx.at),
        known_at=known_at or tx.at,
        organisations=None if organisation_ids is None else list(organisation_ids),
        code=code,
    )
    return [_reason(row) for row in rows if not row.ended]


def set_reason(
    tx: Write,
    organisation_id: int,
    code: str,
    name: Text,
    policy: Policy,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> PaymentReason:
    """A payment reason as it is from a day on (today), and until a day if one is given. Raises ``Rejected``.

    A policy without a last resort is taken: whether its organisation will have one is its own affair, and an answer
    that comes to the end of such an order says so.
    """
    _decide(tx, organisation_id)
    _check(code, name, policy)
    starts = valid_from or day(tx.at)
    if valid_to is not None and valid_to <= starts:
        raise Rejected("The payment reason would end before it begins; choose a later day.", field="valid_to")
    _append(tx, organisation_id, code, name, policy, starts, valid_to, ended=False)
    tx.note(organisation=organisation_id, payment_reason=code)
    return PaymentReason(organisation_id, code, name, policy, starts, valid_to, tx.at)


def end_reason(tx: Write, organisation_id: int, code: str, *, from_on: date | None = None) -> None:
    """The payment reason is not in use from a day on (today). Raises ``Missing`` where there is none."""
    _decide(tx, organisation_id)
    starts = from_on or day(tx.at)
    found = payment_reasons(tx, [organisation_id], code=code, on=starts)
    if not found:
        raise Missing("The organisation has no such payment reason on that day; see the list of payment reasons.")
    _append(tx, organisation_id, code, found[0].name, found[0].policy, starts, None, ended=True)
    tx.note(organisation=organisation_id, payment_reason=code)


def _decide(tx: Write, organisation_id: int) -> None:
    """Raise ``Refused`` for an organisation out of scope; whoever sets the register up sets up each."""
    if tx.act.purpose is not Purpose.ADMINISTRATION:
        decide_organisation(tx.act, organisation_id)


def _check(code: str, name: Text, policy: Policy) -> None:
    if not _CODE.fullmatch(code):
        raise Rejected("A payment reason's code has at most 35 letters, digits and . _ - signs.", field="code")
    for field, text in (("name_fi", name.fi), ("name_sv", name.sv), ("name_en", name.en)):
        if not text.strip() or len(text) > NAME_MAX or not text.isprintable():
            raise Rejected("Name the payment reason in Finnish, Swedish and English, in at most 100 characters each.",
                           field=field)  # fmt: skip
    if not policy.channels:
        raise Rejected("Name at least one channel.", field="channels")
    if len(set(policy.channels)) < len(policy.channels):
        raise Rejected("Each channel stands in the order once.", field="channels")


def _append(
    tx: Write,
    organisation_id: int,
    code: str,
    name: Text,
    policy: Policy,
    starts: date,
    ends: date | None,
    *,
    ended: bool,
) -> None:
    tx.run(
        """
        insert into payers.payment_reason (id, organisation_id, code, name_fi, name_sv, name_en, channels, last_resort,
                                           households, ended, valid, recorded_at, account_id)
        values (%(id)s, %(organisation_id)s, %(code)s, %(name_fi)s, %(name_sv)s, %(name_en)s, %(channels)s,
                %(last_resort)s, %(households)s, %(ended)s, daterange(%(starts)s, %(ends)s), %(at)s, %(account_id)s)
        """,
        id=ids.fresh(),
        organisation_id=organisation_id,
        code=code,
        name_fi=name.fi.strip(),
        name_sv=name.sv.strip(),
        name_en=name.en.strip(),
        channels=[channel.value for channel in policy.channels],
        last_resort=policy.last_resort,
        households=policy.households,
        ended=ended,
        starts=starts,
        ends=ends,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
    )


def _reason(row: _Row) -> PaymentReason:
    policy = Policy(tuple(map(Channel, row.channels)), row.last_resort, row.households)
    name = Text(row.name_fi, row.name_sv, row.name_en)
    return PaymentReason(row.organisation_id, row.code, name, policy, row.valid_from, row.valid_to, row.recorded_at)
