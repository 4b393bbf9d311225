"""Restriction of processing: what each act may do with a customer whose data may be stored and nothing else.

A restriction stops use, not storage (GDPR art. 18(2)). ``STANDING`` says of every act which of the two it is;
an act that stands nowhere is taken to be use, so that a new one is refused until somebody has decided. The door
asks here before it writes the event, so no act need remember; acts that show many customers at once withhold
the restricted ones themselves (``limits``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from rekisteri import audit
from rekisteri.access.actions import Action
from rekisteri.access.viewers import Act
from rekisteri.catalogue import Purpose
from rekisteri.ground import packed
from rekisteri.ground.database import Connection
from rekisteri.ground.errors import Refused
from rekisteri.ground.transactions import Transaction

USE = frozenset({Purpose.INVOICING, Purpose.COLLECTION})
"""The purposes that are use; upkeep verifies, and data protection serves the person."""


class Standing(StrEnum):
    """What an act is to a customer whose processing is restricted."""

    NOBODY = "nobody"
    """It touches no customer."""
    KEEPS = "keeps"
    """It stores: takes in, seals, orders. Allowed."""
    SERVES = "serves"
    """It serves the person's rights, their protection or the oversight of the register. Allowed."""
    FLAGS = "flags"
    """It tells of many at once, or before all else: for a purpose of use it tells that the customer is restricted,
    and nothing more but where an exception is recorded."""
    USES = "uses"
    """It is use where its purpose is: then refused but where an exception is recorded. For upkeep it verifies."""
    CHANGES = "changes"
    """It would change the data by hand, or send it out: refused until the restriction is lifted, whatever the purpose."""


class Limit(StrEnum):
    """How an act meets a restricted customer."""

    FLAGGED = "flagged"
    """It may go on, and says that the customer is restricted."""
    WITHHELD = "withheld"
    """It tells that the customer is restricted, and nothing more."""


_S = Standing
STANDING: Mapping[Action, Standing] = MappingProxyType(
    {
        Action.CUSTOMER_SEARCH: _S.FLAGS,
        Action.CUSTOMER_READ: _S.FLAGS,
        Action.CUSTOMER_HISTORY: _S.USES,
        Action.CUSTOMER_UNMASK: _S.USES,
        Action.CUSTOMER_PROTECTED: _S.USES,
        Action.CUSTOMER_CREATE: _S.KEEPS,
        Action.CUSTOMER_CORRECT: _S.CHANGES,
        Action.CUSTOMER_MERGE: _S.CHANGES,
        Action.WORK_READ: _S.KEEPS,
        Action.WORK_DECIDE: _S.KEEPS,
        Action.IMPORT_RUN: _S.KEEPS,
        Action.IMPORT_READ: _S.KEEPS,
        Action.VTJ_CHECK: _S.SERVES,
        Action.VTJ_COMPARE: _S.SERVES,
        Action.VTJ_APPLY: _S.SERVES,
        Action.VTJ_FOLLOW: _S.KEEPS,
        Action.VTJ_WORK: _S.KEEPS,
        Action.VTJ_DECIDE: _S.KEEPS,
        Action.VTJ_STATUS: _S.NOBODY,
        Action.VTJ_RESUME: _S.NOBODY,
        Action.BANK_IMPORT: _S.KEEPS,
        Action.BANK_READ: _S.KEEPS,
        Action.BANK_NOTICES: _S.NOBODY,
        Action.BANK_ANNOUNCE: _S.CHANGES,
        Action.BANK_EXCHANGE: _S.KEEPS,
        Action.BANK_FORGET: _S.KEEPS,
        Action.AUDIT_SEARCH: _S.SERVES,
        Action.AUDIT_EXTRACT: _S.SERVES,
        Action.AUDIT_OWN: _S.SERVES,
        Action.AUDIT_TELL: _S.SERVES,
        Action.AUDIT_PROOF: _S.NOBODY,
        Action.AUDIT_VERIFY: _S.NOBODY,
        Action.AUDIT_WITNESS: _S.NOBODY,
        Action.CATALOGUE_READ: _S.NOBODY,
        Action.NOTICE_READ: _S.NOBODY,
        Action.NOTICE_PUBLISH: _S.NOBODY,
        Action.NOTICE_VERIFY: _S.SERVES,
        Action.RIGHTS_REQUEST: _S.SERVES,
        Action.RIGHTS_ASK: _S.SERVES,
        Action.RIGHTS_RECTIFY: _S.SERVES,
        Action.RIGHTS_PACKAGE: _S.SERVES,
        Action.RIGHTS_RESTRICT: _S.SERVES,
        Action.RIGHTS_HOLD: _S.SERVES,
        Action.RIGHTS_ERASE: _S.SERVES,
        Action.RETENTION_READ: _S.NOBODY,
        Action.RETENTION_RUN: _S.SERVES,
        Action.ORGANISATION_READ: _S.NOBODY,
        Action.ORGANISATION_MANAGE: _S.NOBODY,
        Action.REGISTER_UPKEEP: _S.KEEPS,
        Action.REASON_READ: _S.NOBODY,
        Action.REASON_MANAGE: _S.NOBODY,
        Action.ACCOUNT_MANAGE: _S.NOBODY,
        Action.ACCOUNT_OWN: _S.NOBODY,
        Action.ACCOUNT_PROOF: _S.NOBODY,
        Action.PAYER_RESOLVE: _S.FLAGS,
        Action.PAYER_BATCH: _S.FLAGS,
        Action.PAYER_REPORT: _S.KEEPS,
        Action.PAYER_RECEIPT: _S.USES,
        Action.PAYER_RECEIPT_COVERED: _S.USES,
        Action.FEED_READ: _S.FLAGS,
        Action.FEED_DELIVER: _S.FLAGS,
        Action.FEED_GATHER: _S.KEEPS,
        Action.FEED_STATE: _S.KEEPS,
        Action.FEED_AGAIN: _S.KEEPS,
        Action.FEED_SECRET: _S.KEEPS,
        Action.DIRECTORY_IMPORT: _S.KEEPS,
        Action.DIRECTORY_READ: _S.NOBODY,
        Action.GRANT_REVIEW: _S.NOBODY,
        Action.REVIEW_READ: _S.NOBODY,
        Action.EMERGENCY_ASK: _S.NOBODY,
        Action.EMERGENCY_DECIDE: _S.NOBODY,
        Action.EMERGENCY_READ: _S.USES,
        Action.EMERGENCY_REVIEW: _S.NOBODY,
        Action.CONNECTION_READ: _S.NOBODY,
        Action.CONNECTION_OPEN: _S.NOBODY,
        Action.SUBJECT_IDENTIFY: _S.SERVES,
        Action.SELF_ASK: _S.SERVES,
        Action.SELF_PACKAGE: _S.SERVES,
        Action.SELF_REPRESENT: _S.SERVES,
        Action.SELF_READ: _S.SERVES,
        Action.SELF_STATE: _S.SERVES,
        Action.SELF_PROTECTED: _S.SERVES,
        Action.DISCLOSURE_READ: _S.SERVES,
        Action.DISCLOSURE_ENTER: _S.KEEPS,
        Action.DISCLOSURE_AGREE: _S.KEEPS,
        Action.DISCLOSURE_GIVE: _S.CHANGES,
        Action.CORRECTION_COMPARE: _S.KEEPS,
        Action.KEYS_READ: _S.KEEPS,
        Action.KEYS_TURN: _S.KEEPS,
        Action.REGISTER_BACKUP: _S.NOBODY,
        Action.REGISTER_RESTORE: _S.NOBODY,
        Action.SIGNAL_READ: _S.SERVES,
        Action.SIGNAL_CLOSE: _S.SERVES,
        Action.SIGNAL_SWEEP: _S.SERVES,
        Action.SIGNAL_TUNE: _S.SERVES,
        Action.INCIDENT_ASSESS: _S.SERVES,
        Action.SESSION_OPEN: _S.NOBODY,
        Action.SESSION_CLOSE: _S.NOBODY,
    }
)
"""Every act there is. A law of the house holds this to ``Action``."""


def standing(action: Action) -> Standing:
    """What an act is; one that nobody has decided on is use."""
    return STANDING.get(action, Standing.USES)


def stopped(action: Action, purpose: Purpose) -> bool:
    """Whether the door refuses the act on a restricted customer, as long as no exception is recorded."""
    match standing(action):
        case Standing.CHANGES:
            return True
        case Standing.USES:
            return purpose in USE
        case _:
            return False


def excepted(action: Action) -> bool:
    """Whether a recorded exception opens the act: of use alone."""
    return standing(action) in (Standing.USES, Standing.FLAGS)


def limit_of(act: Act, *, by_exception: bool) -> Limit:
    """How an act that flags meets a restricted customer."""
    if act.purpose in USE and standing(act.action) in (Standing.FLAGS, Standing.USES) and not by_exception:
        return Limit.WITHHELD
    return Limit.FLAGGED


def refuse_restricted(
    transaction: Transaction, act: Act, subjects: Collection[UUID], gathered: audit.Gathered | None
) -> None:
    """Raise ``Refused`` where the act has told a restricted customer and may not."""
    if not stopped(act.action, act.purpose) or (not subjects and gathered is None):
        return
    found = met(transaction.connection, act, None if gathered is not None else subjects)
    bound = [party for party, by_exception in found.items() if not (by_exception and excepted(act.action))]
    if any(party in subjects for party in bound) or (gathered is not None and gathered.holds(bound)):
        raise Refused(RESTRICTED)


RESTRICTED = (
    "The processing of this customer's data is restricted: it is stored and not used. Have an exception recorded by "
    "the data protection officer, or wait until the restriction is lifted."
)


def met(
    connection: Connection, act: Act, party_ids: Iterable[UUID] | None, organisation_id: int | None = None
) -> dict[UUID, bool]:
    """Which of these customers (of all, for None) are restricted, and whether an exception lets this act use them.

    An exception for one client organisation serves whoever acts for it; ``organisation_id`` names the one asked for.
    """
    rows = connection.execute(
        """
        select r.party_id, bool_and(exists (
                   select from access.exemption e
                   where e.restriction_id = r.id and e.purpose = %(purpose)s and e.ended_at is null
                     and (e.until_on is null or e.until_on >= %(today)s)
                     and (e.organisation_id is null or e.organisation_id = %(organisation)s
                          or %(organisation)s::integer is null
                             and (%(every)s or e.organisation_id = any (%(organisations)s))))) as excepted
        from access.restriction r
        where r.lifted_at is null and (%(every_party)s or r.party_id = any (%(parties)s::uuid[]))
        group by r.party_id
        """,
        {
            "purpose": act.purpose.value,
            "today": act.today,
            "organisation": organisation_id,
            "every": act.every_organisation,
            "organisations": sorted(act.organisations),
            "every_party": party_ids is None,
            "parties": packed.uuid_bytes([] if party_ids is None else [one.bytes for one in party_ids]),
        },
    ).fetchall()
    return {party_id: bool(by_exception) for party_id, by_exception in rows}
