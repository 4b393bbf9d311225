"""Who used my data, in the form of the Estonian data tracker's findUsage, version 3 (e-gov/AJ, dumonitor-openapi-v3).

The form is kept: categories, fields, paging, bulk processing left out unless asked for. Two things differ, for the
house's laws: no identity code travels in an address (whose data it is, is whose session it is; another system sends the
code in the body), and no employee is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access, audit, parties, rights
from rekisteri.access import Action, Read, Viewer
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Answer, Desk, Question, told
from rekisteri.catalogue import BASES, PURPOSES, ROLES, Disclosure, Purpose, Role, Text
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing
from rekisteri.wiring import Register

desk = Desk("audit")
LIMIT_USUAL = 1000
LIMIT_MOST = 10_000
FOREIGN = "NEE"
"""What the tracker's form calls an organisation that is not Estonian."""
VTJ = "Väestötietojärjestelmä"
REPRESENTATIVE = Text("Edustaja", "Företrädare", "Representative")
ASKED = frozenset({"vtj:check", "vtj:follow"})
"""Acts in which the register asked another for the data."""
ANSWERED = frozenset({"audit:tell", "payer:resolve", "payer:batch", "feed:read", "feed:deliver", "disclosure:give"})
"""Acts in which the register gave the data to another."""


class ProcessingType(StrEnum):
    """The kinds of use the form tells apart."""

    DATA_REQUEST = "DATA_REQUEST"
    DATA_RESPONSE = "DATA_RESPONSE"
    DATA_PROCESSING = "DATA_PROCESSING"
    INTERNAL_PROCESSING = "INTERNAL_PROCESSING"


class UsageOrganisation(Answer):
    """An organisation, by its name."""

    type: str = FOREIGN
    name: str


class UsagePerson(Answer):
    """Somebody who used the data as themselves: the data subject, or who acted for them; in what capacity alone."""

    name: str


class UsageTransfer(Answer):
    """Data asked of, or given to, another: ``initiatorOrg`` asked, ``target`` answered."""

    logTime: datetime  # noqa: N815 - the form's own names
    purpose: str
    legalBasis: str | None  # noqa: N815
    bulkProcessing: bool  # noqa: N815
    queryId: UUID  # noqa: N815
    initiatorOrg: UsageOrganisation | None  # noqa: N815
    initiatorPerson: UsagePerson | None = None  # noqa: N815
    target: UsageOrganisation


class UsageProcessing(Answer):
    """Data used within the register: ``source`` holds it."""

    logTime: datetime  # noqa: N815
    purpose: str
    legalBasis: str | None  # noqa: N815
    bulkProcessing: bool  # noqa: N815
    queryId: UUID  # noqa: N815
    initiatorOrg: UsageOrganisation | None  # noqa: N815
    initiatorPerson: UsagePerson | None = None  # noqa: N815
    source: UsageOrganisation


class FindUsageAnswer(Answer):
    """Uses of one's data by kind, each the newest first."""

    totalUsages: int = Field(description="Of every kind asked for, whatever the page.")  # noqa: N815
    returnedUsages: int  # noqa: N815
    dataRequests: list[UsageTransfer]  # noqa: N815
    dataResponses: list[UsageTransfer]  # noqa: N815
    dataProcessings: list[UsageProcessing]  # noqa: N815
    internalProcessings: list[UsageProcessing]  # noqa: N815


class FindUsageQuestion(Question):
    """Of whom, and which uses."""

    personalCode: str = Field(min_length=11, max_length=11, examples=["240360-909P"])  # noqa: N815 - the form's own names
    processingType: list[ProcessingType] = Field(default=list(ProcessingType), min_length=1, max_length=4)  # noqa: N815
    includeBulkProcessing: bool = False  # noqa: N815
    periodStart: datetime | None = None  # noqa: N815
    periodEnd: datetime | None = None  # noqa: N815
    limit: int = Field(default=LIMIT_USUAL, ge=1, le=LIMIT_MOST)
    offset: int = Field(default=0, ge=0, le=2**31 - 1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which uses are asked for."""

    kinds: tuple[ProcessingType, ...]
    bulk: bool
    since: datetime | None
    until: datetime | None
    limit: int
    offset: int

    def wants(self, one: audit.Look) -> bool:
        """Whether a look is one of them."""
        since, until = _instant(self.since), _instant(self.until)
        return (
            kind_of(one) in self.kinds
            and (self.bulk or one.customers <= 1)
            and (since is None or one.at >= since)
            and (until is None or one.at <= until)
        )


@desk.get("/own/findUsage", Action.AUDIT_OWN, FindUsageAnswer)
def find_usage(
    caller: Calling,
    processing_type: Annotated[list[ProcessingType], Query(alias="processingType")] = list(ProcessingType),  # noqa: B006
    include_bulk: Annotated[bool, Query(alias="includeBulkProcessing")] = False,
    period_start: Annotated[datetime | None, Query(alias="periodStart")] = None,
    period_end: Annotated[datetime | None, Query(alias="periodEnd")] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MOST)] = LIMIT_USUAL,
    offset: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Response:
    """Who used my data, in the form of the Estonian data tracker's findUsage (version 3). For a data subject, of their own.

    Whose data it is, is whose session it is: no identity code is sent. No employee is named (C-579/21).
    """
    wanted = Wanted(tuple(processing_type), include_bulk, period_start, period_end, limit, offset)
    with caller.read(Action.AUDIT_OWN) as tx:
        found, names = _looks(tx)
    return told(_answer(wanted, found, names, caller.register, caller.language))


@desk.post("/usage/findUsage", Action.AUDIT_TELL, FindUsageAnswer)
def find_usage_of(question: FindUsageQuestion, caller: Calling) -> Response:
    """Who used a person's data, told to another system: a declared client registered for ``audit:tell``, for data protection.

    The system has identified the person strongly and asks in their name. The identity code comes in the body, never in an
    address. Of a person under a non-disclosure order nothing is told here: they see it in their own pages.
    """
    viewer, purpose, case = caller.acting(Action.AUDIT_TELL)
    return told(answer_of(caller.register, viewer, purpose, case, question, caller.language))


def answer_of(
    register: Register,
    viewer: Viewer,
    purpose: Purpose,
    case: str | None,
    question: FindUsageQuestion,
    language: str,
) -> FindUsageAnswer:
    """The answer to a system, as an act of it upon the person. Raises ``Refused``, ``Missing``."""
    wanted = Wanted(
        tuple(question.processingType), question.includeBulkProcessing, question.periodStart, question.periodEnd,
        question.limit, question.offset,
    )  # fmt: skip
    find = rights.finder(register.settings, register.door, register.vault)
    who = rights.asked_of(find, viewer, Action.AUDIT_TELL, purpose, question.personalCode)
    with register.door.read(who, Action.AUDIT_TELL, purpose, case=case) as tx:
        found, names = _looks(tx, protected=False)
    return _answer(wanted, found, names, register, language)


def _looks(tx: Read, *, protected: bool = True) -> tuple[list[audit.Look], Mapping[int, str]]:
    """Every look at the person of the act, and the names of organisations. Raises ``Missing`` for nobody."""
    party_id = tx.act.viewer.self_id
    head = None if party_id is None else parties.heads(tx, [party_id]).get(party_id)
    if party_id is None or head is None or (head.turvakielto is Disclosure.ON and not protected):
        raise Missing("There is nobody of whom this can be told.")
    tx.saw(party_id)
    found = audit.looks(tx, party_id, guises=parties.guises(tx, party_id), limit=None)
    return found, {one.id: one.name for one in access.organisations(tx)}


def kind_of(look: audit.Look) -> ProcessingType:
    """What a look is in the form's words: asked of another, given to another, or used within the register."""
    if look.action in ASKED:
        return ProcessingType.DATA_REQUEST
    return ProcessingType.DATA_RESPONSE if look.action in ANSWERED else ProcessingType.INTERNAL_PROCESSING


def _answer(
    wanted: Wanted, found: Iterable[audit.Look], names: Mapping[int, str], register: Register, language: str
) -> FindUsageAnswer:
    chosen = [one for one in found if wanted.wants(one)]
    page = chosen[wanted.offset : wanted.offset + wanted.limit]
    return _page(len(chosen), page, names, register.declared().house.controller.name, language)


def _page(
    total: int, page: Iterable[audit.Look], names: Mapping[int, str], house: str, language: str
) -> FindUsageAnswer:
    controller = UsageOrganisation(name=house)
    requests: list[UsageTransfer] = []
    responses: list[UsageTransfer] = []
    internal: list[UsageProcessing] = []
    for one in page:
        who = UsageOrganisation(name=", ".join(names.get(number, str(number)) for number in one.organisations) or house)
        purpose = None if one.purpose is None else Purpose(one.purpose)
        said = one.action if purpose is None else f"{one.action}: {PURPOSES[purpose].in_(language)}"
        basis = None if purpose is None else BASES[purpose].in_(language)
        bulk = one.customers > 1
        match kind_of(one):
            case ProcessingType.DATA_REQUEST:
                requests.append(
                    UsageTransfer(
                        logTime=one.at, purpose=said, legalBasis=basis, bulkProcessing=bulk, queryId=one.event_id,
                        initiatorOrg=controller, target=UsageOrganisation(name=VTJ),
                    )
                )  # fmt: skip
            case ProcessingType.DATA_RESPONSE:
                responses.append(
                    UsageTransfer(
                        logTime=one.at, purpose=said, legalBasis=basis, bulkProcessing=bulk, queryId=one.event_id,
                        initiatorOrg=who, target=controller,
                    )
                )  # fmt: skip
            case _:
                person = _person(one, language)
                internal.append(
                    UsageProcessing(
                        logTime=one.at, purpose=said, legalBasis=basis, bulkProcessing=bulk, queryId=one.event_id,
                        initiatorOrg=None if person else who, initiatorPerson=person, source=controller,
                    )
                )  # fmt: skip
    return FindUsageAnswer(
        totalUsages=total,
        returnedUsages=len(requests) + len(responses) + len(internal),
        dataRequests=requests,
        dataResponses=responses,
        dataProcessings=[],
        internalProcessings=internal,
    )


def _person(look: audit.Look, language: str) -> UsagePerson | None:
    if look.represented:
        return UsagePerson(name=REPRESENTATIVE.in_(language))
    return UsagePerson(name=ROLES[Role.SUBJECT].in_(language)) if look.own else None


def _instant(moment: datetime | None) -> datetime | None:
    """A moment without a zone is Finnish time."""
    return moment.replace(tzinfo=clock.HELSINKI) if moment is not None and moment.tzinfo is None else moment
