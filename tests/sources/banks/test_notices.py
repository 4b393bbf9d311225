"""Notices to the banks: checked, versioned, one message a bank; their answers; their endings and whom those concern."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from rekisteri.access import Action, Read, Write
from rekisteri.catalogue import Purpose, Role, Text
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.sources import banks
from rekisteri.sources.banks import Account, Asked, Means, Notice
from tests.builders import AAPO, BEA, a_person, a_viewer, only
from tests.sources.banks.billing import NOTICE, Billing, a_billing, put_notice, send_all
from tests.sources.banks.writing import OTHER, Told, an_ack

SI_ORDER = [
    "MessageDetails", "SellerPartyDetails", "SellerOrganisationUnitNumber", "InvoiceSenderInformationDetails",
    "SellerAccountDetails", "SellerInvoiceDetails", "ProposedDueDateAccepted", "ProposedInvoicePeriodAccepted",
]  # fmt: skip


@contextmanager
def announcing(billing: Billing) -> Iterator[Write]:
    world = billing.world
    with world.register.door.write(world.maintainer, Action.BANK_ANNOUNCE, Purpose.UPKEEP) as tx:
        yield tx


@contextmanager
def looking(billing: Billing, *, own: bool = False) -> Iterator[Read]:
    world = billing.world
    viewer = a_viewer(Role.INVOICER, world.water) if own else world.maintainer
    with world.register.door.read(viewer, Action.BANK_NOTICES, viewer.purposes()[0]) as tx:
        yield tx


def parted(message: banks.Outgoing) -> tuple[etree._Element, etree._Element]:
    """Frame and message of what goes out, read by nobody of ours."""
    frame, _, body = message.content.partition(b"<?xml")
    return etree.fromstring(frame), etree.fromstring(b"<?xml" + body)


def test_a_version_goes_to_each_bank_and_each_bank_has_a_state_of_its_own(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        with announcing(billing) as tx:
            euro = replace(
                NOTICE, free_text=Text("Hinta 5 € Åbo", "Pris 5 €", "Price 5 €"), banks=("NDEAFIHH", "SBANFIHH")
            )
            assert banks.draft(tx, billing.world.town.id, euro) == billing.notice_id
        with announcing(billing) as tx:
            ready = banks.issue(tx, billing.notice_id)
            assert [(one.bank, one.action, one.state) for one in ready] == [
                ("NDEAFIHH", "change", "ready"),
                ("SBANFIHH", "add", "ready"),
            ]
        out = send_all(billing.world)
        changed, added = out
        frame, message = parted(changed)
        assert [one.text for one in frame.iter("{*}PartyId")] == ["003712345671", "DABAFIHH", "SENDERINFO", "NDEAFIHH"]
        assert [one.tag for one in message] == SI_ORDER
        assert message.findtext("MessageDetails/MessageActionCode") == "CHANGE"
        assert message.findtext("SellerAccountDetails/NewSellerAccountID") == NOTICE.accounts[0].iban
        assert b"5 \xa4" in changed.content, "the sign of the euro in ISO-8859-15"
        assert all(line.startswith(b"<") and line.endswith(b">") for line in changed.content.splitlines())
        assert parted(added)[1].find("SellerAccountDetails/NewSellerAccountID") is None

        refused = next(one for one in ready if one.bank == "SBANFIHH")
        report = billing.take(an_ack(refused.message_id, "803", "On jo"), an_ack("SI-unknown", "7", message_id="K2"))
        assert (report.answers, report.messages, report.repeated) == (2, 0, 0)
        assert billing.take(an_ack(refused.message_id, "803", "On jo")).repeated == 1
        with looking(billing) as tx:
            states = {(one.version, one.bank): (one.state, one.code) for one in banks.deliveries(tx, billing.notice_id)}
            assert states[2, "SBANFIHH"] == ("refused", "803")
            assert states[2, "NDEAFIHH"] == ("sent", None)
            assert [one.version for one in banks.versions(tx, billing.notice_id)] == [2, 1]
        with looking(billing, own=True) as tx:
            assert banks.notices(tx) == [], "another organisation's notices are its own"
            with pytest.raises(Missing):
                banks.versions(tx, billing.notice_id)


WRONG: dict[str, Notice] = {
    "payment_reason": replace(NOTICE, payment_reason="OUTO"),
    "names": replace(NOTICE, names=Text("K", "K", "K")),
    "seller_id": replace(NOTICE, seller_id="1234567-2"),
    "service": replace(NOTICE, service="03"),
    "banks": replace(NOTICE, banks=("OUTOFIHH",)),
    "accounts": replace(NOTICE, accounts=(Account("FI49", "OKOYFIHH", "FI49", "OKOYFIHH"),)),
    "asked": replace(
        NOTICE,
        invoice_types=(
            replace(
                NOTICE.invoice_types[0], asked=(Asked("03", Means.CUSTOMER_NUMBER, Text("Numero", "Nummer", "Number")),)
            ),
        ),
    ),
    "notice": replace(NOTICE, street="Я-tie 1"),
    "new_sender_address": replace(NOTICE, new_sender_address="0037999"),
}


def test_what_the_banks_would_refuse_is_told_before_it_is_sent(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        for field, notice in WRONG.items():
            with pytest.raises(Rejected) as told, announcing(billing) as tx:
                banks.draft(tx, billing.world.town.id, notice)
            assert told.value.field == field
        with pytest.raises(Rejected), announcing(billing) as tx:
            banks.issue(tx, billing.notice_id)
        assert banks.from_json(banks.to_json(NOTICE)) == NOTICE


def test_an_ending_tells_whom_it_concerns_ends_their_orders_and_is_void_if_the_bank_refuses(
    database_url: str, tmp_path: Path
) -> None:
    with a_billing(database_url, tmp_path) as billing:
        town = billing.world.town
        aapo = only(billing.world.take(town, a_person("1")))
        bea = only(billing.world.take(town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        billing.take(
            Told("A1", hetu=AAPO),
            Told("B1", hetu=BEA, name="MALLIKAS BEA", address=OTHER, bank="OKOYFIHH"),
        )
        put_notice(billing.world, town, replace(NOTICE, payment_reason="P_", si_identifier="SI-P_"))
        with looking(billing) as tx:
            counts = {one.payment_reason: one.orders for one in banks.notices(tx)}
            assert counts == {"PH": 2, "P_": 0}, "a payment reason is met to the letter"
        with announcing(billing) as tx:
            hit = banks.affected(tx, billing.notice_id, ["NDEAFIHH"])
            assert [(one.party_id, one.bank) for one in hit] == [(aapo, "NDEAFIHH")]
        with pytest.raises(Conflict), announcing(billing) as tx:
            banks.end(tx, billing.notice_id, ["NDEAFIHH"], confirmed=2)
        with announcing(billing) as tx:
            (ending,) = banks.end(tx, billing.notice_id, ["NDEAFIHH"], confirmed=1)
        assert len(billing.orders(aapo)) == 1, "nothing ends before it is sent"
        (out,) = send_all(billing.world)
        assert parted(out)[1].findtext("MessageDetails/MessageActionCode") == "DELETE"
        assert billing.orders(aapo) == []
        assert len(billing.orders(bea)) == 1, "the other bank's orders stand"

        billing.world.clock.pass_days(1)
        report = billing.take(an_ack(ending.message_id, "804"))
        assert (report.answers, report.orders) == (1, 1)
        assert len(billing.orders(aapo)) == 1, "what the bank refused ended nothing"

        # Ended at both, the notice itself has ended: a later order is held.
        with announcing(billing) as tx:
            banks.end(tx, billing.notice_id, ["NDEAFIHH", "OKOYFIHH"], confirmed=2)
        send_all(billing.world)
        assert (billing.orders(aapo), billing.orders(bea)) == ([], [])
        late = Told("A9", said="2026-03-09T00:00:00")
        assert dict(billing.take(late).holds) == {banks.Hold.NOTICE_ENDED: 1}


def test_a_proposal_goes_to_the_payers_bank_and_its_order_is_known_by_it(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        aapo = only(billing.world.take(billing.world.town, a_person("1")))
        vault = billing.world.register.vault
        with pytest.raises(Rejected), announcing(billing) as tx:
            banks.propose(tx, vault, billing.notice_id, aapo, bank="SBANFIHH", address=OTHER)
        with announcing(billing) as tx:
            banks.propose(tx, vault, billing.notice_id, aapo, bank="NDEAFIHH", address="FI49 5000 9420 0287 30")
        (out,) = send_all(billing.world)
        frame, message = parted(out)
        assert frame.findall(".//{*}PartyId")[2].text == "PROPOSAL"
        assert message.tag == "ReceiverProposal"
        said = {one.get("SellerInvoiceIdentifierType"): one.text for one in message.iter("SellerInvoiceIdentifier")}
        assert said == {"03": AAPO, "09": "1"}
        assert message.findtext("InvoiceRecipientDetails/InvoiceRecipientAddress") == OTHER

        # The payer accepts: neither a name nor an identifier is needed, for the order refers to the proposal.
        accepted = Told("A1", hetu=None, name="X", address=OTHER, ref=out.name)
        assert billing.take(accepted).matched == 1
        assert billing.state() == [("A1", "matched", None, 1, [])]
        assert [one.address for one in billing.orders(aapo)] == [OTHER]


def test_files_go_by_folders_whole_or_not_at_all(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        (tmp_path / "banks.toml").write_text(
            '[nordea]\nkind = "folder"\nbanks = ["NDEAFIHH"]\nin = "n/in"\nout = "n/out"\nquiet_s = 0\n'
        )
        with announcing(billing) as tx:
            banks.draft(tx, world.town.id, NOTICE)
            banks.issue(tx, billing.notice_id)
        incoming = tmp_path / "n" / "in"
        incoming.mkdir(parents=True)
        (incoming / "RI1.dat").write_bytes(Told().text().encode("iso-8859-15"))
        (incoming / "RI2.dat.part").write_bytes(b"<SOAP")
        (incoming / ".RI3").write_bytes(b"<SOAP")
        (incoming / "taking").mkdir()
        (incoming / "taking" / "RI0.dat").write_bytes(
            Told("A0", address=OTHER, said="2026-03-01T00:00:00").text().encode()
        )

        def opened() -> object:
            return world.register.door.write(world.maintainer, Action.BANK_EXCHANGE, Purpose.UPKEEP)

        (found,) = banks.exchange(banks.ways(tmp_path), world.register.vault, opened)  # type: ignore[arg-type]
        assert [(one.file_name, one.state, one.matched) for one in found.files] == [
            ("RI0.dat", "taken", 1),
            ("RI1.dat", "taken", 1),
        ]
        assert found.sent == 1, "the other bank's message goes another way"
        assert len(billing.orders(aapo)) == 1
        assert sorted(one.name for one in incoming.rglob("*") if one.is_file()) == [".RI3", "RI2.dat.part"]
        (sent,) = (tmp_path / "n" / "out").iterdir()
        assert sent.name.startswith("SI-") and b"<FinvoiceSenderInfo" in sent.read_bytes()
        assert sent.stat().st_mode & 0o077 == 0
        (again,) = banks.exchange(banks.ways(tmp_path), world.register.vault, opened)  # type: ignore[arg-type]
        assert (again.files, again.sent) == ([], 0)
