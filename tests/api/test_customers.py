"""Customers over the API: found, read, explained, created, corrected; each refusal as one shape."""

from __future__ import annotations

from pathlib import Path

import orjson

from rekisteri.api.customer_shapes import CardAnswer
from rekisteri.catalogue import Purpose, Role
from tests.api.world import HOME, OTHER, a_world, row, with_codes


def test_a_customer_is_found_in_spite_of_a_typing_error_and_by_each_identifier(
    database_url: str, tmp_path: Path
) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        world.bring([row(4711, person)])
        headers = world.headers(Role.INVOICER)
        party = world.customer(person.hetu)
        slip = person.surname[:-2] + person.surname[-1]
        for text in (f"{slip} {person.first_names.split()[0]}", person.hetu, "4711", party):
            found = world.client.post("/customers/search", json={"text": text}, headers=headers).json()
            assert [hit["id"] for hit in found["hits"]] == [party], text
        hit = found["hits"][0]
        assert hit["customerships"] == [{"organisation": HOME, "customer_number": "4711"}]
        by_number = {"organisation": HOME, "customer_number": "4711"}
        card = world.client.post("/customers/lookup", json=by_number, headers=headers)
        assert (card.json()["id"], card.headers["ETag"]) == (party, '"1"')


def test_pages_of_a_search_follow_by_cursor_and_meet_everyone_once(database_url: str, tmp_path: Path) -> None:
    persons = with_codes(7)
    with a_world(database_url, tmp_path) as world:
        world.bring([row(number, person, sukunimi="Mallikas") for number, person in enumerate(persons)])
        headers, seen, cursor = world.headers(Role.INVOICER), [], None
        while True:
            question = {"text": "mallikas", "limit": 3, "cursor": cursor}
            page = world.client.post("/customers/search", json=question, headers=headers).json()
            seen += [hit["id"] for hit in page["hits"]]
            cursor = page["cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 7


def test_what_is_told_of_a_card_is_in_the_shape_that_is_declared(database_url: str, tmp_path: Path) -> None:
    persons = with_codes(2)
    with a_world(database_url, tmp_path) as world:
        world.bring([row(number, person, laskun_viite="Sopimus 1") for number, person in enumerate(persons)])
        world.bring([row(7, persons[0], sukunimi="Mallikas")], OTHER)
        party = world.customer(persons[0].hetu)
        corrected = world.client.post(
            f"/customers/{party}/corrections",
            json={"item": "called_name", "parts": {"": "Maija"}, "reason": "Asiakas soitti"},
            headers=world.headers(Role.MAINTAINER) | {"If-Match": "*"},
        )
        assert corrected.status_code == 204
        for role in (Role.INVOICER, Role.COLLECTOR, Role.MAINTAINER, Role.OFFICER):
            for person in persons:
                sent = world.client.get(f"/customers/{world.customer(person.hetu)}", headers=world.headers(role))
                declared = CardAnswer.model_validate_json(sent.content, strict=True)
                assert orjson.loads(declared.model_dump_json()) == sent.json()
                assert list(sent.json()) == list(CardAnswer.model_fields)


def test_a_card_masks_the_code_tells_its_sources_and_labels_in_the_language_asked_for(
    database_url: str, tmp_path: Path
) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        world.bring([row(1, person)])
        headers = world.headers(Role.INVOICER) | {"Accept-Language": "sv;q=0.9, de"}
        card = world.client.get(f"/customers/{world.customer(person.hetu)}", headers=headers).json()
        shown = {value["item"]: value for value in card["values"]}
        assert shown["hetu"]["value"] == f"{person.hetu[:7]}****"
        assert shown["surname"]["label"] == "Efternamn"
        assert shown["surname"]["source"]["organisation"] == HOME
        assert shown["surname"]["rule"] == "best"
        assert person.hetu not in str(card)


def test_the_code_is_told_in_full_only_by_an_act_of_its_own_which_the_log_holds(
    database_url: str, tmp_path: Path
) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        world.bring([row(1, person)])
        party = world.customer(person.hetu)
        headers = world.headers(Role.INVOICER) | {"Rekisteri-Case": "KUU/7/2026"}
        assert world.client.post(f"/customers/{party}/unmask", headers=headers).json() == {"hetu": person.hetu}
        officer = world.headers(Role.OFFICER)
        events = world.client.get(f"/audit/customers/{party}", headers=officer).json()["events"]
        unmasking = [event for event in events if event["action"] == "customer:unmask"]
        assert [(event["account"], event["case_reference"]) for event in unmasking] == [("invoicer", "KUU/7/2026")]
        assert world.client.post(f"/customers/{party}/unmask", headers=officer).status_code == 403


def test_another_organisations_customer_is_missing_and_not_refused(database_url: str, tmp_path: Path) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        world.bring([row(1, person)], organisation=OTHER)
        party = world.customer(person.hetu)
        headers = world.headers(Role.INVOICER)
        answers = [
            world.client.get(f"/customers/{party}", headers=headers),
            world.client.get("/customers/01890000-0000-7000-8000-000000000000", headers=headers),
        ]
        told = [{key: value for key, value in one.json().items() if key != "instance"} for one in answers]
        assert [one.status_code for one in answers] == [404, 404]
        assert told[0] == told[1]


def test_a_correction_wins_waits_for_the_right_etag_and_can_be_withdrawn(database_url: str, tmp_path: Path) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        world.bring([row(1, person)])
        place = f"/customers/{world.customer(person.hetu)}"
        headers = world.headers(Role.MAINTAINER)

        def surname() -> tuple[str, str]:
            card = world.client.get(place, headers=headers)
            return next(one["value"] for one in card.json()["values"] if one["item"] == "surname"), card.headers["ETag"]

        before, etag = surname()
        correction = {"item": "surname", "parts": {"": "Korjattu"}, "reason": "Asiakas ilmoitti"}
        done = world.client.post(f"{place}/corrections", json=correction, headers=headers | {"If-Match": etag})
        assert (done.status_code, surname()[0]) == (204, "Korjattu")
        stale = world.client.post(f"{place}/corrections", json=correction, headers=headers | {"If-Match": etag})
        assert (stale.status_code, stale.json()["type"]) == (412, "urn:rekisteri:problem:changed")
        blind = world.client.post(f"{place}/corrections", json=correction, headers=headers)
        assert (blind.status_code, blind.json()["field"]) == (422, "If-Match")
        history = world.client.get(f"{place}/history", headers=headers).json()["entries"]
        assert (history[0]["kind"], history[0]["reason"], history[0]["account"]) == (
            "correction", "Asiakas ilmoitti", "maintainer",
        )  # fmt: skip
        back = world.client.post(f"{place}/corrections/surname/withdraw", json={"reason": "Erehdys"}, headers=headers)
        assert (back.status_code, surname()[0]) == (204, before)


def test_a_correction_that_does_not_hold_names_its_part_and_mend(database_url: str, tmp_path: Path) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        world.bring([row(1, person)])
        question = {
            "item": "permanent_address",
            "parts": {"street": "Mallikuja 1", "postcode": "1", "town": "Helsinki"},
            "reason": "Muutto",
        }
        answer = world.client.post(
            f"/customers/{world.customer(person.hetu)}/corrections",
            json=question,
            headers=world.headers(Role.MAINTAINER) | {"If-Match": "*", "Accept-Language": "en"},
        )
        assert answer.status_code == 422
        assert answer.json()["field"] == "permanent_address.postcode"
        assert answer.json()["faults"][0]["reason"] == "postcode_invalid"


def test_creating_twice_with_one_idempotency_key_makes_one_customer(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INVOICER) | {"Idempotency-Key": "entry-1"}
        question = {"organisation": HOME, "parts": {"surname": "Mallikas", "first_names": "Maija"}}
        first, again = (world.client.post("/customers", json=question, headers=headers) for _ in range(2))
        assert (first.status_code, first.json()["outcome"]) == (201, "new")
        assert (again.status_code, again.json()["outcome"]) == (201, "known")
        assert first.json()["customer"] == again.json()["customer"]
        other = world.client.post("/customers", json=question | {"organisation": OTHER}, headers=headers)
        assert other.status_code == 403


def test_every_fault_of_an_entry_is_told_at_once(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        parts = {"surname": "Mallikas", "birth_date": "31.2.1980", "email": "not-an-address"}
        answer = world.client.post(
            "/customers", json={"organisation": HOME, "parts": parts}, headers=world.headers(Role.INVOICER)
        )
        faults = {fault["field"]: fault["reason"] for fault in answer.json()["faults"]}
        assert (answer.status_code, faults) == (422, {"birth_date": "not_a_date", "email": "email_invalid"})


def test_a_purpose_is_named_each_time_and_must_be_ones_own(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INVOICER)
        del headers["Rekisteri-Purpose"]
        question = {"text": "mallikas"}
        unnamed = world.client.post("/customers/search", json=question, headers=headers)
        assert (unnamed.status_code, unnamed.json()["field"]) == (422, "Rekisteri-Purpose")
        assert unnamed.json()["allowed"] == ["invoicing"]
        invented = headers | {"Rekisteri-Purpose": "curiosity"}
        assert world.client.post("/customers/search", json=question, headers=invented).status_code == 422
        another = headers | {"Rekisteri-Purpose": Purpose.COLLECTION.value}
        refused = world.client.post("/customers/search", json=question, headers=another)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:rekisteri:problem:refused")
        assert "invoicing" in refused.json()["detail"]


def test_the_card_of_an_earlier_day_takes_the_right_of_history(database_url: str, tmp_path: Path) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        world.bring([row(1, person)])
        place = f"/customers/{world.customer(person.hetu)}"
        keeper, invoicer = world.headers(Role.MAINTAINER), world.headers(Role.INVOICER)
        assert world.client.get(f"{place}?on=2999-01-01", headers=keeper).status_code == 200
        assert world.client.get(f"{place}?on=2000-01-01", headers=keeper).status_code == 404
        assert world.client.get(f"{place}?on=2999-01-01", headers=invoicer).status_code == 403
        assert world.client.get(place, headers=invoicer).status_code == 200
