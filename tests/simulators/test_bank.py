"""The simulated bank: refuses what banks refuse, answers failures alone, and remembers between starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rekisteri.simulators import Announced, Bank, Payer
from rekisteri.simulators.demo import ORGANISATIONS
from rekisteri.simulators.demo_banks import BANKS, STATE, DemoTown, keep, remember

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOTICE = Announced(
    "SI-1", ORGANISATIONS[0].ytunnus, ("Kuusilahti",), "003799000122", "DABAFIHH", "LASKUT", "01", ("03",)
)
PAYER = Payer("KUVITTEELLINEN AAPO", "FI2112345600000785", (("03", "240360-909P"),))


def frame(message_id: str, receiver: str = "SENDERINFO") -> str:
    """The frame of a biller's message."""
    sides = "".join(
        f"<eb:{side}><eb:PartyId>{party}</eb:PartyId><eb:Role>{role}</eb:Role></eb:{side}>"
        for side, party, role in (
            ("From", NOTICE.address, "Sender"), ("From", NOTICE.operator, "Intermediator"),
            ("To", receiver, "Receiver"), ("To", "NDEAFIHH", "Intermediator"),
        )
    )  # fmt: skip
    return (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:eb="urn:eb"><S:Header>'
        f"<eb:MessageHeader>{sides}<eb:MessageData><eb:MessageId>{message_id}</eb:MessageId>"
        "<eb:Timestamp>2026-03-02T08:00:00+02:00</eb:Timestamp></eb:MessageData></eb:MessageHeader>"
        "</S:Header></S:Envelope>\n"
    )


def sender_info(action: str) -> str:
    """A sender info with what the bank looks at."""
    return (
        '<?xml version="1.0" encoding="ISO-8859-15"?>\n<FinvoiceSenderInfo Version="2.0">'
        f"<MessageActionCode>{action}</MessageActionCode><SenderInfoIdentifier>SI-1</SenderInfoIdentifier>"
        f"<SellerPartyIdentifier>{NOTICE.seller}</SellerPartyIdentifier>"
        '<SellerOrganisationNames LanguageCode="FI"><SellerOrganisationName>Kuusilahti</SellerOrganisationName>'
        f"</SellerOrganisationNames><InvoiceSenderAddress>{NOTICE.address}</InvoiceSenderAddress>"
        "<InvoiceSenderIntermediatorAddress>DABAFIHH</InvoiceSenderIntermediatorAddress>"
        "<PaymentInstructionIdentifier>LASKUT</PaymentInstructionIdentifier><SellerServiceCode>01</SellerServiceCode>"
        '<SellerInvoiceIdentifierText SellerInvoiceIdentifierType="03">Hetu</SellerInvoiceIdentifierText>'
        "</FinvoiceSenderInfo>\n"
    )


def codes(bank: Bank) -> list[bytes]:
    """The codes of the newest file of answers."""
    return [part.split(b"<")[0] for part in bank.parcels[-1].content.split(b"<tns:Code>")[1:]]


def test_a_bank_answers_failures_alone_and_an_ended_notice_takes_its_orders_along() -> None:
    bank = Bank("NDEAFIHH", lambda: AT)
    bank.hear((frame("1") + sender_info("ADD")).encode())
    assert (list(bank.notices), bank.parcels) == ([NOTICE.key], [])

    bad = frame("1") + sender_info("ADD") + frame("2") + sender_info("ADD") + frame("3", "NOBODY") + sender_info("ADD")
    bank.hear(bad.encode())
    assert codes(bank) == [b"5", b"803", b"2"]

    bank.order(PAYER, NOTICE)
    bank.hear((frame("4") + sender_info("DELETE")).encode())
    assert (bank.notices, bank.orders) == ({}, {})
    bank.hear((frame("5") + sender_info("CHANGE")).encode())
    assert codes(bank) == [b"804"]


def test_what_an_old_system_cannot_write_it_writes_barely() -> None:
    bank = Bank("NDEAFIHH", lambda: AT)
    bank.order(Payer("NGUYỄN ŽOFIA Ж", PAYER.account, PAYER.identifiers), NOTICE)
    parcel = bank.close()
    assert parcel is not None
    assert "NGUYEN ŽOFIA ?" in parcel.content.decode("iso-8859-15")


def test_the_demos_payers_act_once_a_day_and_are_known_after_a_start(tmp_path: Path) -> None:
    now = [AT]
    banks = {code: Bank(code, lambda: now[0]) for code in BANKS}
    bank = banks["NDEAFIHH"]
    town = DemoTown(1, 300)
    town.a_day(bank)
    assert bank.parcels == [], "nobody can order where nobody is announced"
    bank.notices[NOTICE.key] = NOTICE
    town.a_day(bank)
    ordered = len(bank.orders)
    assert (ordered > 5, len(bank.parcels)) == (True, 1)
    now[0] += timedelta(hours=1)
    town.a_day(bank)
    assert len(bank.parcels) == 1, "a file waits: nobody acts before it is fetched"
    bank.parcels[0].fetched = True
    town.a_day(bank)
    assert len(bank.parcels) == 2

    keep(tmp_path / STATE, banks)
    again = {code: Bank(code, lambda: now[0]) for code in BANKS}
    remember(tmp_path / STATE, again)
    assert (again["NDEAFIHH"].orders, again["NDEAFIHH"].notices) == (bank.orders, bank.notices)
