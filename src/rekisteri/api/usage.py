"""Who used my data, in the form of the Estonian data tracker's findUsage, version 3 (e-gov/AJ, dumonitor-openapi-v3).

The form is kept: categories, fields, paging, bulk processing left out unless asked for. Two things differ, for the
house's laws: no identity code travels (whose data it is, is whose session it is), and no employee is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from rekisteri import access, audit, parties
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Answer, Desk, told
from rekisteri.catalogue import BASES, PURPOSES, ROLES, Purpose, Role, Text
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing

desk = Desk("audit")
LIMIT_USUAL = 1000
LIMIT_MOST = 10_000
FOREIGN = "NEE"
"""What the tracker's form calls an organisation that is not Estonian."""
VTJ = "Väestötietojärjestelmä"
REPRESENTATIVE = Text("Edustaja", "Företrädare", "Representative")
ASKED = frozenset({"vtj:check", "vtj:follow"})
"""Acts in which the register asked another for the data."""
ANSWERED = frozenset({"payer:resolve", "feed:read", "feed:deliver", "disclosure:give"})
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
    with caller.read(Action.AUDIT_OWN) as tx:
        party_id = tx.act.viewer.self_id
        if party_id is None:
            raise Missing
        tx.saw(party_id)
        found = audit.looks(tx, party_id, guises=parties.guises(tx, party_id), limit=None)
        names = {one.id: one.name for one in access.organisations(tx)}
    house = caller.register.declared().house.controller.name
    since, until = _instant(period_start), _instant(period_end)
    chosen = [
        one
        for one in found
        if kind_of(one) in processing_type
        and (include_bulk or one.customers <= 1)
        and (since is None or one.at >= since)
        and (until is None or one.at <= until)
    ]
    return told(_answer(len(chosen), chosen[offset : offset + limit], names, house, caller.language))


def kind_of(look: audit.Look) -> ProcessingType:
    """What a look is in the form's words: asked of another, given to another, or used within the register."""
    if look.action in ASKED:
        return ProcessingType.DATA_REQUEST
    return ProcessingType.DATA_RESPONSE if look.action in ANSWERED else ProcessingType.INTERNAL_PROCESSING


def _answer(
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
