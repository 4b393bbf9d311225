"""What bad input gets: the file or the message is held with its reason, nothing is activated by guess, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.sources import banks
from rekisteri.sources.banks import Hold
from tests.builders import AAPO, BEA, CALLE, DIDRIK, EEVA, a_company, a_person, only
from tests.sources.banks.billing import NOTICE, Billing, a_billing, put_notice
from tests.sources.banks.writing import HOME, OTHER, Told

BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
WHOLE = Told().text()


def held(billing: Billing) -> list[banks.HeldLine]:
    world = billing.world
    with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
        found = banks.held_list(tx)
    return found


def detail(billing: Billing, message_id: UUID) -> banks.HeldDetail:
    world = billing.world
    with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
        found = banks.held(tx, world.register.vault, message_id)
    return found


def decide(billing: Billing, message_id: UUID, decision: str, party_id: UUID | None = None) -> None:
    world = billing.world
    with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
        banks.decide(tx, world.register.vault, message_id, decision, reason="kysytty maksajalta", party_id=party_id)


def release(billing: Billing, message_id: UUID) -> Hold | None:
    world = billing.world
    with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
        left = banks.release(tx, world.register.vault, message_id, reason="syy on korjattu")
    return left


SPOILT = {
    "leftover bytes": (WHOLE + "mita lie", Hold.LEFTOVER_BYTES),
    "half a frame": (WHOLE + WHOLE[:500], Hold.HALF_MESSAGE),
    "half a message": (WHOLE[:-40], Hold.HALF_MESSAGE),
    "a frame without a message": (Told().frame() + WHOLE, Hold.FRAME_WITHOUT_MESSAGE),
    "a message without a frame": (WHOLE + Told(message_id="A2").message(), Hold.MESSAGE_WITHOUT_FRAME),
    "an entity bomb": (Told().frame() + Told().message().replace("<Finv", BOMB + "<Finv"), Hold.DOCTYPE),
    "a frame without an identifier": (WHOLE.replace("<eb:MessageId>A1</eb:MessageId>", ""), Hold.FRAME_UNREADABLE),
    "a frame that is no XML": (WHOLE.replace("<eb:CPAId>", "<eb:CPA Id>"), Hold.NOT_XML),
    "nothing": (" \r\n ", Hold.EMPTY),
}


def test_a_file_that_does_not_hold_is_kept_whole_and_nothing_of_it_is_taken(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        world.take(world.town, a_person("1"))
        for told, (text, hold) in SPOILT.items():
            report = billing.take(text if hold is Hold.EMPTY else WHOLE.replace("A1", "A0") + text)
            assert (report.state, report.hold, report.messages, report.orders) == ("quarantined", hold, 0, 0), told
        assert billing.state() == []
        assert billing.take(Told("A0")).matched == 1
        assert billing.state() == [("A0", "matched", None, 3, ["03", "name"])]

        with world.register.door.read(world.maintainer, Action.BANK_READ, Purpose.UPKEEP) as tx:
            files = banks.bank_files(tx, state="quarantined")
        assert len(files) == len(SPOILT)
        kept = world.sql("select string_agg(sealed::text, '') from sources.bank_file_part")
        assert b"FinvoiceReceiverInfo".hex() not in str(kept)

        # Read again as it came it does not hold; a mended file comes, and the old one is set aside.
        half = next(one for one in files if one.hold is Hold.HALF_MESSAGE)
        with (
            pytest.raises(Conflict, match="does not hold yet"),
            world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx,
        ):
            banks.release_file(tx, world.register.vault, half.id, reason="koe")
        with world.register.door.write(world.maintainer, Action.WORK_DECIDE, Purpose.UPKEEP) as tx:
            banks.reject_file(tx, half.id, reason="ehjä tiedosto on tullut")
        assert world.sql("select state, decision_reason from sources.bank_file where id = %s", half.id) == [
            ("rejected", "ehjä tiedosto on tullut")
        ]


def test_a_message_that_does_not_hold_is_held_and_the_rest_of_its_file_goes_on(
    database_url: str, tmp_path: Path
) -> None:
    with a_billing(database_url, tmp_path, service="00") as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        bad = {
            Hold.VERSION_UNKNOWN: Told("B1", version="9.1"),
            Hold.NOTICE_UNKNOWN: Told("B2", notice="SI-WHO", address="FI01"),
            Hold.NOTICE_CONTRADICTS: Told("B3", reason="XX", address="FI02"),
            Hold.COMPANY: Told("B4", buyer_id="2769790-1", address="FI03"),
            Hold.BANK_UNKNOWN: Told("B5", bank="XXXXFIHH", address="FI04"),
            Hold.NOT_OFFERED: Told("B6", service="01", address="FI05"),
            Hold.FIELD_INVALID: Told("B7", action="REPLACE", address="FI06"),
            Hold.FIELD_MISSING: Told("B8", address="", sender="FI07"),
            Hold.NOT_XML: Told("B9", name="A<B", address="FI08"),
            Hold.MESSAGE_ID_REUSED: Told("A1", name="KUVITTEELLINEN A"),
        }
        report = billing.take(Told("A1"), *bad.values())
        assert (report.state, report.matched, report.held) == ("taken", 1, len(bad)), report
        assert dict(report.holds) == dict.fromkeys(bad, 1)
        assert [one.address for one in billing.orders(aapo)] == [HOME]
        waiting = {one.hold: one for one in held(billing)}
        assert waiting.keys() == bad.keys()
        assert waiting[Hold.FIELD_MISSING].field == "InvoiceRecipientAddress"

        # Released before its cause is mended it is held still; then it goes on.
        assert release(billing, waiting[Hold.NOTICE_UNKNOWN].id) is Hold.NOTICE_UNKNOWN
        with world.register.door.write(world.maintainer, Action.BANK_ANNOUNCE, Purpose.UPKEEP) as tx:
            banks.set_intermediator(tx, "XXXXFIHH", "Uusi Pankki", "bank", None)
        assert release(billing, waiting[Hold.BANK_UNKNOWN].id) is None
        assert release(billing, waiting[Hold.VERSION_UNKNOWN].id) is None
        assert release(billing, waiting[Hold.NOT_XML].id) is Hold.NOT_XML
        with pytest.raises(Rejected):
            decide(billing, waiting[Hold.COMPANY].id, "nonsense")
        decide(billing, waiting[Hold.FIELD_INVALID].id, "rejected")
        with pytest.raises(Conflict):
            decide(billing, waiting[Hold.FIELD_INVALID].id, "rejected")
        # Sent again it is known, whatever became of it.
        again = billing.take(*bad.values(), Told("A1"), encoding="utf-8")
        assert (again.repeated, again.orders) == (len(bad) + 1, 0)


def test_a_payer_who_is_not_certain_is_not_guessed(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        put_notice(world, world.water, NOTICE_OF_WATER)
        world.take(world.town, a_person("1"))
        world.take(world.town, a_person("2", BEA, surname="Mallikas", first_names="Bea", turvakielto="k"))
        world.take(world.town, a_person("3", CALLE, surname="Död", first_names="Calle", death_date="1.2.2026"))
        world.take(world.water, a_person("9", DIDRIK, surname="Vatten", first_names="Didrik"))
        world.take(world.town, a_company("7"))
        doubtful = {
            "two people": (Told("C1", number="2", address="FI01"), Hold.IDENTIFIERS_OF_TWO),
            "not a customer": (Told("C2", hetu=DIDRIK, name="VATTEN DIDRIK", address="FI02"), Hold.NOT_CUSTOMER),
            "dead": (Told("C3", hetu=CALLE, name="DÖD CALLE", address="FI03"), Hold.DEAD_PAYER),
            "protected": (Told("C4", hetu=BEA, name="MALLIKAS BEA", address="FI04"), Hold.PROTECTED_PAYER),
            "unknown": (Told("C5", hetu=EEVA, name="X", address="FI05"), Hold.IDENTIFIER_UNKNOWN),
            "mistyped": (Told("C6", hetu="240360-909X", address="FI06"), Hold.IDENTIFIER_INVALID),
            "nothing": (Told("C7", hetu=None, address="FI07"), Hold.IDENTIFIER_MISSING),
            "another's code": (Told("C8", name="ROISTO ROPE", address="FI08"), Hold.NAME_CONTRADICTS),
            "a company's number": (Told("C9", hetu=None, number="7", address="FI09"), Hold.COMPANY),
            "a number and half a name": (
                Told("D1", hetu=None, number="1", name="KUVITTEELLINEN", address="FI10"),
                Hold.NAME_CONTRADICTS,
            ),
        }
        report = billing.take(*(told for told, _ in doubtful.values()))
        assert (report.matched, report.held, report.orders) == (0, len(doubtful), 0)
        found = {row[0]: row[2] for row in billing.state()}
        assert found == {told.message_id: hold.value for told, hold in doubtful.values()}
        assert world.sql(
            "select count(*) from parties.record r join parties.source s on s.id = r.source_id where s.kind = 'bank'"
        ) == [(0,)]
        # The bank's address of the payer is evidence and stands nowhere else; nor does a code.
        everything = str(world.sql("select content, name from parties.party")) + str(held(billing))
        assert "PANKINTIE" not in everything.upper()
        assert AAPO not in str([detail(billing, one.id) for one in held(billing)])

        # A number with a full name, a code with a number, and a reference that carries the number are enough.
        certain = (
            Told("E1", hetu=None, number="1", name="Aapo Kuvitteellinen", address="FI11"),
            Told("E2", number="1", name="ROISTO ROPE", address="FI12", said="2026-03-02T07:00:00"),
        )
        assert billing.take(*certain).matched == 2
        assert [row[3:] for row in billing.state()[-2:]] == [(4, ["09", "name"]), (3, ["03", "09"])]


NOTICE_OF_WATER = NOTICE.__class__(
    **{name: getattr(NOTICE, name) for name in NOTICE.__dataclass_fields__}
    | {"si_identifier": "SI-VESI", "payment_reason": "VESI", "seller_id": "9999999-2"}
)


def test_an_officer_matches_or_rejects_and_later_messages_follow(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        aapo = only(world.take(world.town, a_person("1")))
        bea = only(world.take(world.town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        company = only(world.take(world.town, a_company("7")))
        add = Told("A1", name="LEHTONEN SANELMA")
        billing.take(add)
        (line,) = held(billing)
        assert line.deadline_on is not None
        shown = detail(billing, line.id)
        assert [(one.party_id, one.fors, one.againsts) for one in shown.candidates] == [(aapo, ("03",), ("name",))]
        assert shown.identifiers == [("03", "240360-****")]
        billing.take(Told("A0", hetu=None, name="MALLIKS BEA", address="FI55"))
        misspelt = next(one for one in held(billing) if one.id != line.id)
        assert [(one.party_id, one.fors) for one in detail(billing, misspelt.id).candidates] == [(bea, ("alike",))]
        decide(billing, misspelt.id, "rejected")
        with pytest.raises(Rejected):
            decide(billing, line.id, "matched", company)
        decide(billing, line.id, "matched", aapo)
        assert [one.address for one in billing.orders(aapo)] == [HOME]
        assert billing.state()[-1] == ("A1", "matched", None, 5, [])

        # The same order again by its identifiers; another's reference to it is held.
        assert billing.take(add.but(message_id="A2", action="CHANGE", said="2026-03-03T00:00:00")).matched == 1
        stray = Told("B1", action="CHANGE", address=OTHER, hetu=BEA, name="MALLIKAS BEA", ref="A1")
        assert dict(billing.take(stray).holds) == {Hold.CONTRADICTS_ORIGINAL: 1}
        assert billing.orders(bea) == []

        # A doubtful order that its payer has ended meanwhile waits for nobody.
        doubt = Told("D1", name="JOKU MUU", address="FI44")
        billing.take(doubt)
        ended = billing.take(doubt.but(message_id="D2", action="DELETE", said="2026-03-04T00:00:00"))
        assert ended.waiting + ended.matched == 1
        assert [one.hold for one in held(billing)] == [Hold.CONTRADICTS_ORIGINAL]

        # A company is none whose order it would be by its identifiers and an earlier message.
        company_says = add.but(message_id="A8", action="CHANGE", said="2026-03-08T00:00:00", buyer_id="2769790-1")
        assert dict(billing.take(company_says).holds) == {Hold.COMPANY: 1}
        decide(billing, held(billing)[-1].id, "rejected")
        decide(billing, held(billing)[0].id, "rejected")
        assert held(billing) == []
        assert [one.address for one in billing.orders(aapo)] == [HOME]


def test_letters_come_in_whatever_encoding_they_are_written(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        world = billing.world
        world.take(world.town, a_person("1", AAPO, surname="Äijö", first_names="Žana €"))
        right = Told("A1", name="ÄIJÖ ŽANA €")
        utf8 = right.but(message_id="A2", declaration='<?xml version="1.0" encoding="UTF-8"?>\n')
        bare = right.but(message_id="A3", declaration="")
        old = right.but(message_id="A4", version="1.0", service=None)
        report = billing.take(
            right.text().encode("iso-8859-15"), utf8.text().encode(), bare.text().encode("iso-8859-15"), old
        )
        assert (report.matched, report.redeclared) == (4, 0)
        lying = (
            b"\xef\xbb\xbf" + right.but(message_id="A5").text().encode(),
            utf8.but(message_id="A6").text().encode("iso-8859-15"),
        )
        report = billing.take(*lying)
        assert (report.matched, report.redeclared) == (2, 2)
        # In Latin-1 the sign of the euro is another sign, and the name would not be met.
        assert billing.take(right.but(message_id="A7", hetu=None, number="1", name="ŽANA ÄIJÖ")).matched == 1
