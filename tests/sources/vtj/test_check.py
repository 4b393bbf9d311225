"""Checking a customer against VTJ: what is asked in whose name, what is set side by side, what is taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import parties
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import Disclosure, Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected, Unavailable
from rekisteri.simulators.serving import Answered, Misdeed
from rekisteri.simulators.vtj_people import CANARY, Custodian
from rekisteri.simulators.vtj_query import FULL, soap_fault
from rekisteri.sources import vtj
from rekisteri.sources.vtj import Asker, Check, Comparison, Meaning
from rekisteri.sources.vtj.wire_soap import NoAnswer
from tests.builders import AAPO, AAPO_NEW, BEA, EEVA, World, a_company, a_person, a_viewer, a_world, only
from tests.sources.vtj.asking import Office, a_citizen, a_home, an_office


def check(world: World, office: Office, party_id: UUID, viewer: Viewer | None = None, **changed: object) -> Check:
    asker = Asker(viewer or world.maintainer, Purpose.UPKEEP, "PERINTA-2026-17", "osoite palautui")
    setup = office.setup(**changed)
    return vtj.run(world.register.door, world.register.vault, setup, world.register.rules, asker, party_id)


def apply(world: World, office: Office, done: Check, *items: str) -> None:
    with world.register.door.write(world.maintainer, Action.VTJ_APPLY, Purpose.UPKEEP) as tx:
        vtj.apply(tx, world.register.vault, office.setup(), done.id, items, "osoite palautui")


def events(world: World, action: str) -> list[tuple[str, str | None, dict[str, object]]]:
    rows = world.sql(
        "select outcome, case_reference, detail from audit.event where action = %s order by at, id", action
    )
    return [(str(outcome), case, detail) for outcome, case, detail in rows]  # type: ignore[misc]


def compared(done: Check) -> dict[str, Comparison]:
    return {one.item: one.comparison for one in done.differences}


def test_the_differences_stand_side_by_side_with_who_said_what(database_url: str, tmp_path: Path) -> None:
    with (
        a_world(database_url, tmp_path) as world,
        an_office(a_citizen(permanent=a_home("Uusikatu"), surname="KUVITTEELLINEN")) as office,
    ):
        party_id = only(world.take(world.town, a_person("K1", AAPO, phone="0401234567")))
        done = check(world, office, party_id)
        assert (done.meaning, done.code, done.renewed) == (Meaning.FOUND, "0000", False)
        assert compared(done) == {
            "hetu": Comparison.SAME, "surname": Comparison.SAME, "first_names": Comparison.SAME,
            "permanent_address": Comparison.DIFFERS, "language": Comparison.NEW, "contact_language": Comparison.NEW,
            "turvakielto": Comparison.SAME,
        }  # fmt: skip
        address = next(one for one in done.differences if one.item == "permanent_address")
        assert address.ours == {"street": "Esimerkkitie 7 A 12", "postcode": "00999", "town": "HELSINKI"}
        assert address.theirs == {
            "street": "Uusikatu 7 A 12", "postcode": "00999", "town": "HELSINKI", "valid_from": "2019-05-01",
        }  # fmt: skip
        assert address.said is not None
        assert (address.said.saying.organisation_id, address.wins) == (world.town.id, True)
        assert AAPO not in repr(done.differences)


def test_only_what_is_chosen_is_taken_and_the_card_says_vtj_said_it(database_url: str, tmp_path: Path) -> None:
    with (
        a_world(database_url, tmp_path) as world,
        an_office(a_citizen(permanent=a_home("Uusikatu"), mother_tongue="sv")) as office,
    ):
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        done = check(world, office, party_id)
        apply(world, office, done, "permanent_address")
        card = world.card(party_id)
        assert card.value("permanent_address") == {
            "street": "Uusikatu 7 A 12", "postcode": "00999", "town": "HELSINKI", "valid_from": "2019-05-01",
        }  # fmt: skip
        assert card.value("language") is None
        (said,) = world.sql(
            "select content from parties.statement s join parties.record r on r.id = s.record_id"
            " join parties.source c on c.id = r.source_id where c.kind = 'vtj'"
        )
        assert said == ({"permanent_address": card.value("permanent_address")},)
        again = check(world, office, party_id)
        assert compared(again)["permanent_address"] is Comparison.SAME
        apply(world, office, again, "language")
        kept = world.card(party_id)
        assert (kept.value("language"), kept.value("permanent_address")) == ("sv", card.value("permanent_address"))


def test_each_question_leaves_one_event_with_permission_end_user_reason_and_call(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen(permanent=a_home("Uusikatu"))) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        done = check(world, office, party_id)
        apply(world, office, done, "permanent_address", "language")
        ((outcome, case, asked),) = events(world, "vtj:check")
        ((_, _, compared_event),) = events(world, "vtj:compare")
        ((_, _, applied),) = events(world, "vtj:apply")
        assert (outcome, case) == ("done", "PERINTA-2026-17")
        assert asked == {
            "permission": "1125/410/14", "product": "ASIAKASREKISTERI 1", "end_user": "FI-test-maintainer",
            "message": done.call_id, "reason": "osoite palautui",
        }  # fmt: skip
        assert (compared_event["message"], compared_event["code"]) == (done.call_id, "0000")
        assert applied == {
            "permission": "1125/410/14", "end_user": "FI-test-maintainer", "message": done.call_id,
            "items": ["language", "permanent_address"], "reason": "osoite palautui",
        }  # fmt: skip
        (sent,) = office.server.asked
        assert f"<xrd:id>{done.call_id}</xrd:id>".encode() in sent.body
        assert b"<xrd:issue>PERINTA-2026-17</xrd:issue>" in sent.body
        assert b"<Loppukayttaja>FI-test-maintainer</Loppukayttaja>" in sent.body


@pytest.mark.parametrize("misdeed", [Misdeed(instead=soap_fault(500)), Misdeed(delay_s=0.3), Misdeed(cut=True), Misdeed(instead=Answered(502, "text/html", b"<html/>")), Misdeed(mend=lambda answered: replace(answered, body=answered.body.replace(AAPO.encode(), BEA.encode())))])  # fmt: skip
def test_whatever_goes_wrong_outside_leaves_the_customer_untouched_and_is_in_the_log(
    database_url: str, tmp_path: Path, misdeed: Misdeed
) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen(permanent=a_home("Uusikatu"))) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        before = world.card(party_id)
        office.server.misbehave(*[misdeed] * 3)
        with pytest.raises(NoAnswer) as refused:
            check(world, office, party_id, timeout_s=0.1)
        assert AAPO not in refused.value.message
        after = world.card(party_id)
        assert (after.version, after.values) == (before.version, before.values)
        assert world.sql("select count(*) from sources.vtj_answer") == [(0,)]
        assert [outcome for outcome, _, _ in events(world, "vtj:check")] == ["done"]
        assert [detail["code"] for _, _, detail in events(world, "vtj:compare")] == [""]


def test_nobody_is_asked_of_who_is_no_customer_has_no_code_or_is_no_person(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen()) as office:
        gone = only(world.take(world.town, a_person("K1", AAPO)))
        codeless = only(world.take(world.town, a_person("K2", None, birth_date="1.1.1980")))
        company = only(world.take(world.town, a_company("Y1")))
        world.end(world.town, "K1")
        for party_id, error in (
            (gone, Refused), (codeless, Rejected), (company, Rejected), (UUID(int=1), Missing),
        ):  # fmt: skip
            with pytest.raises(error):
                check(world, office, party_id)
        assert office.server.asked == []
        outcomes = [outcome for outcome, _, _ in events(world, "vtj:check")]
        assert outcomes == ["refused", "rejected", "rejected", "missing"]


@pytest.mark.parametrize("role", [Role.INVOICER, Role.COLLECTOR, Role.OFFICER, Role.INTEGRATION, Role.ADMINISTRATOR])
def test_no_role_but_the_maintainers_may_ask(database_url: str, tmp_path: Path, role: Role) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen()) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        with pytest.raises(Refused):
            check(world, office, party_id, a_viewer(role))
        assert office.server.asked == []


def test_nobody_is_asked_of_without_a_person_behind_the_viewer_a_reason_or_beyond_the_quota(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen()) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        with pytest.raises(Refused, match="in the name of a person"):
            check(world, office, party_id, replace(world.maintainer, account_id=None))
        for reason in (" ", f"osoite {AAPO}"):
            asker = Asker(world.maintainer, Purpose.UPKEEP, None, reason)
            with pytest.raises(Rejected):
                vtj.run(
                    world.register.door, world.register.vault, office.setup(), world.register.rules, asker, party_id
                )
        assert office.server.asked == []
        check(world, office, party_id, daily_most=1)
        with pytest.raises(Refused, match="quota"):
            check(world, office, party_id, daily_most=1)
        assert len(office.server.asked) == 1


def test_a_wrong_password_stops_the_interface_until_somebody_has_mended_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen()) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        office.service.returns[AAPO] = "0003"
        assert check(world, office, party_id).meaning is Meaning.STOP
        with pytest.raises(Unavailable, match="stopped"):
            check(world, office, party_id)
        assert len(office.server.asked) == 1
        del office.service.returns[AAPO]
        with world.register.door.write(world.maintainer, Action.VTJ_RESUME, Purpose.UPKEEP) as tx:
            assert vtj.resume(tx, "query") == 1
        assert check(world, office, party_id).meaning is Meaning.FOUND


def test_a_renewed_code_is_asked_by_once_more_and_becomes_one_more_code_of_the_same_customer(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen(AAPO_NEW, former_hetus=[AAPO])) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        done = check(world, office, party_id)
        assert done.renewed
        assert compared(done)["hetu"] is Comparison.DIFFERS
        apply(world, office, done, "hetu")
        with world.register.door.read(world.maintainer, Action.CUSTOMER_UNMASK, Purpose.UPKEEP) as tx:
            assert parties.unmask(tx, world.register.vault, party_id) == AAPO_NEW
        for code in (AAPO, AAPO_NEW):
            assert only(world.take(world.water, a_person(f"V-{code[7:10]}", code))) == party_id
        changes = world.sql(
            "select items from parties.change where %s = any (party_ids) and 'hetu' = any (items)", party_id
        )
        assert len(changes) == 1


def test_a_renewed_code_that_is_another_customers_is_told_and_nothing_is_taken(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen(AAPO_NEW, former_hetus=[AAPO])) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        world.take(world.town, a_person("K2", AAPO_NEW))
        done = check(world, office, party_id)
        with pytest.raises(Conflict, match="another customer's"):
            apply(world, office, done, "hetu")
        assert world.sql("select count(*) from parties.source where kind = 'vtj'") == [(0,)]


def test_an_order_that_vtj_tells_is_taken_at_once_with_its_end_apart(database_url: str, tmp_path: Path) -> None:
    person = a_citizen(protected=True, protected_until=date(2028, 2, 28), permanent=a_home("Salakatu"))
    with a_world(database_url, tmp_path) as world, an_office(person) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO, turvakielto="")))
        done = check(world, office, party_id)
        assert world.card(party_id).turvakielto is Disclosure.ON
        assert world.card(party_id).value("permanent_address") is None
        assert world.sql("select 1 from parties.statement where content::text like '%%Esimerkkitie%%' or content::text like '%%2028%%'") == []  # fmt: skip
        assert compared(done)["permanent_address"] is Comparison.DIFFERS
        apply(world, office, done, "permanent_address")
        assert world.sql("select 1 from parties.statement where content::text like '%%Salakatu%%'") == []
        with world.register.door.read(world.maintainer, Action.CUSTOMER_PROTECTED, Purpose.UPKEEP) as tx:
            shown = {one.item: one.value for one in parties.protected(tx, world.register.vault, party_id)}
        assert "Salakatu" in str(shown["permanent_address"])
        assert shown["turvakielto_until"] == "2028-02-28"
        assert "Salakatu" not in str(world.card(party_id))


@pytest.mark.parametrize(
    ("code", "turvakielto", "deceased"), [("0019", Disclosure.ON, None), ("0007", Disclosure.OFF, True)]
)
def test_data_kept_back_says_the_least_that_is_safe(
    database_url: str, tmp_path: Path, code: str, turvakielto: Disclosure, deceased: bool | None
) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen()) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        office.service.returns[AAPO] = code
        done = check(world, office, party_id)
        if done.takeable:
            apply(world, office, done, *(one.item for one in done.differences if one.choosable))
        card = world.card(party_id)
        assert (card.turvakielto, card.value("deceased"), card.value("death_date")) == (turvakielto, deceased, None)


def test_an_answer_is_its_askers_alone_lives_an_hour_and_holds_for_the_same_version(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen(permanent=a_home("Uusikatu"))) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        done = check(world, office, party_id)
        stranger = replace(world.maintainer, account_id=UUID(int=99))
        with (
            pytest.raises(Missing),
            world.register.door.read(stranger, Action.VTJ_COMPARE, Purpose.UPKEEP) as tx,
        ):
            vtj.look(tx, world.register.vault, done.id)
        world.correct(party_id, "email", value="a@example.fi")
        with pytest.raises(Conflict):
            apply(world, office, done, "permanent_address")
        later = check(world, office, party_id)
        with pytest.raises(Rejected):
            apply(world, office, later, "phone")
        world.clock.pass_days(0.05)
        with pytest.raises(Missing):
            apply(world, office, later, "permanent_address")
        with world.register.door.write(world.maintainer, Action.VTJ_COMPARE, Purpose.UPKEEP) as tx:
            assert vtj.forget_old(tx) == 2


def test_a_correction_in_force_is_told_to_stand_above_vtj(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen()) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        world.correct(party_id, "surname", value="Korjattu")
        surname = next(one for one in check(world, office, party_id).differences if one.item == "surname")
        assert (surname.comparison, surname.wins) == (Comparison.DIFFERS, False)


def test_custodians_come_with_their_codes_sealed(database_url: str, tmp_path: Path) -> None:
    child = a_citizen(
        EEVA,
        custodians=[
            Custodian(BEA, "Keksitty", "Bea", date(1990, 2, 2), date(2006, 6, 6), None),
            Custodian(None, "Smith", "John", date(1980, 5, 1), date(2006, 6, 6), None),
        ],
    )
    with a_world(database_url, tmp_path) as world, an_office(child) as office:
        party_id = only(world.take(world.town, a_person("K1", EEVA)))
        done = check(world, office, party_id)
        told = next(one for one in done.differences if one.item == "custodian")
        assert told.theirs == [
            {"name": "Smith John", "birth_date": "1980-05-01"}, {"name": "Keksitty Bea", "hetu": "020290-****"},
        ]  # fmt: skip
        apply(world, office, done, "custodian")
        assert world.card(party_id).value("custodian") == told.theirs
        with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
            related = parties.relations(tx, world.register.vault, [party_id])
        assert sorted(one.name for one in related[party_id]) == ["Keksitty Bea", "Smith John"]


def test_what_vtj_sends_beyond_need_is_nowhere_in_the_database(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, an_office(a_citizen(permanent=a_home("Uusikatu"))) as office:
        party_id = only(world.take(world.town, a_person("K1", AAPO)))
        done = check(world, office, party_id, product=FULL)
        assert CANARY.encode() in office.service.answer(office.server.asked[0]).body
        apply(world, office, done, *(one.item for one in done.differences if one.choosable))
        tables = world.sql(
            "select schemaname, tablename from pg_tables where schemaname in ('parties', 'sources', 'audit')"
        )
        for schema, table in tables:
            assert world.sql(f"select 1 from {schema}.{table} as one where one::text like '%%{CANARY}%%'") == []
        assert all(CANARY not in path.read_text(errors="ignore") for path in tmp_path.rglob("*") if path.is_file())
