"""The notices that messages answer, and the records that payers' orders stand under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.ground import ids
from rekisteri.ground.clock import day
from rekisteri.parties import Source
from rekisteri.sources.banks import store
from rekisteri.sources.banks.holds import Hold
from rekisteri.sources.banks.match import KnownNotice
from rekisteri.sources.banks.notice import from_json
from rekisteri.sources.banks.wire import ReceiverInfo

ROUTES_REMEMBERED = 4_096
NO_DIRECT_PAYMENT = "00"
NO_NEW_DIRECT_PAYMENT = "02"


@dataclass(frozen=True, slots=True)
class _Version:
    """What one version of a notice was sent as: messages may answer an old one."""

    si_identifier: str
    sender_address: str
    sender_operator: str


class Notices:
    """Every notice ever issued, and which of them a message answers."""

    def __init__(self, tx: Read) -> None:
        self._by_id: dict[UUID, KnownNotice] = {}
        self._versions: dict[UUID, set[_Version]] = {}
        self._named: dict[str, UUID] = {}
        self._routes: dict[tuple[str, ...], tuple[KnownNotice | None, Hold | None]] = {}
        """Where messages that say the same of biller, bank and order went: most of a file's."""
        for row in store.known_notices(tx):
            content = from_json(cast("dict[str, Any]", row.content))
            self._by_id[row.id] = KnownNotice(row.id, row.organisation_id, row.customers, row.ended, content)
            self._versions.setdefault(row.id, set()).add(
                _Version(row.si_identifier, row.sender_address, row.sender_operator)
            )
            if content.new_sender_address:
                self._versions[row.id].add(
                    _Version(row.si_identifier, content.new_sender_address, content.new_sender_operator)
                )
            self._named[row.si_identifier] = row.id
        self._banks = store.known_banks(tx, day(tx.at))

    def __getitem__(self, notice_id: UUID) -> KnownNotice:
        return self._by_id[notice_id]

    def route(self, info: ReceiverInfo) -> tuple[KnownNotice | None, Hold | None]:
        """The notice a message answers, and why it may not be acted on, if it may not.

        By the notice's own identifier; biller, sending address and payment reason must be those
        of a version that was sent.
        """
        said = (
            info.si_identifier, info.seller_id, info.sender_address, info.sender_operator, info.payment_reason,
            info.operator, info.action, info.kind,
        )  # fmt: skip
        route = self._routes.get(said)
        if route is None:
            if len(self._routes) >= ROUTES_REMEMBERED:
                self._routes.clear()
            route = self._routes[said] = self._route(info)
        return route

    def _route(self, info: ReceiverInfo) -> tuple[KnownNotice | None, Hold | None]:
        found = self._named.get(info.si_identifier)
        if found is None:
            return None, Hold.NOTICE_UNKNOWN
        known = self._by_id[found]
        return known, self._hold(known, info)

    def _hold(self, known: KnownNotice, info: ReceiverInfo) -> Hold | None:
        notice = known.notice
        same_seller = info.seller_id in ("", notice.seller_id)
        sent = any(
            info.sender_address in ("", one.sender_address) and info.sender_operator in ("", one.sender_operator)
            for one in self._versions[known.id]
        )
        if not (same_seller and sent and info.payment_reason == notice.payment_reason):
            return Hold.NOTICE_CONTRADICTS
        if info.operator not in self._banks:
            return Hold.BANK_UNKNOWN
        if info.action == "delete":
            return None
        if known.ended:
            return Hold.NOTICE_ENDED
        direct = info.kind == "direct_payment"
        refused = (NO_DIRECT_PAYMENT,) if info.action == "change" else (NO_DIRECT_PAYMENT, NO_NEW_DIRECT_PAYMENT)
        return Hold.NOT_OFFERED if direct and notice.service in refused else None


class Book:
    """Under which record each payer's orders of a payment reason stand; one is begun where there is none."""

    def __init__(self, tx: Write) -> None:
        self._tx = tx
        self._sources: dict[int, Source] = {}
        self._records: dict[tuple[int, str], dict[UUID, UUID]] = {}
        self._payers: dict[UUID, UUID] = {}

    def source(self, organisation_id: int) -> Source:
        """The banks, as a source to the organisation."""
        if organisation_id not in self._sources:
            self._sources[organisation_id] = parties.bank_source(self._tx, organisation_id)
        return self._sources[organisation_id]

    def look_up(self, wanted: Iterable[tuple[KnownNotice, UUID]]) -> None:
        """Learn the records of these payers at one go."""
        unknown: dict[tuple[int, str], dict[UUID, None]] = {}
        for known, party_id in wanted:
            place = known.organisation_id, known.notice.payment_reason
            if party_id not in self._records.setdefault(place, {}):
                unknown.setdefault(place, {})[party_id] = None
        for place, party_ids in unknown.items():
            records = self._records[place]
            for one in parties.order_records(self._tx, self.source(place[0]).id, party_ids):
                if one.payment_reason == place[1] and one.party_id not in records:
                    records[one.party_id] = one.id
            for party_id, record_id in zip(party_ids, ids.batch(len(party_ids)), strict=True):
                if party_id not in records:
                    records[party_id] = UUID(record_id)
                    self._payers[records[party_id]] = party_id

    def record(self, known: KnownNotice, party_id: UUID) -> UUID:
        """The record of a payer that was looked up."""
        return self._records[known.organisation_id, known.notice.payment_reason][party_id]

    def payer(self, record_id: UUID) -> UUID | None:
        """The payer of a record that this act has begun; None for any other."""
        return self._payers.get(record_id)
