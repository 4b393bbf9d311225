"""Deliveries over the API: tried, taken, told, mended; killed by no row and leaving nothing half done."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import orjson
import pytest

from rekisteri.catalogue import Role
from tests.api.world import HOME, OTHER, a_world, row, with_codes


def test_a_dry_run_tells_what_would_happen_and_stores_nothing(database_url: str, tmp_path: Path) -> None:
    persons = with_codes(3)
    body = b"\n".join(orjson.dumps(row(number, person)) for number, person in enumerate(persons))
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INTEGRATION)
        question = {"organisation": HOME, "mode": "full", "dry_run": "true"}
        report = world.client.post(
            "/imports", files={"file": ("a.ndjson", body)}, data=question, headers=headers
        ).json()
        assert (report["dry_run"], report["new"], report["rows"]) == (True, 3, 3)
        assert world.client.get("/imports", headers=headers).json() == {"imports": [], "cursor": None}
        found = world.client.post("/customers/search", json={"text": persons[0].surname}, headers=headers)
        assert found.json()["hits"] == []
        assert list((tmp_path / "incoming").iterdir()) == []


def test_a_dry_run_names_the_rows_it_would_not_take(database_url: str, tmp_path: Path) -> None:
    rows = [row(1, with_codes(1)[0], osoite_postinumero="1")]
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INTEGRATION)
        body = b"\n".join(map(orjson.dumps, rows))
        question = {"organisation": HOME, "mode": "delta", "dry_run": "true"}
        report = world.client.post(
            "/imports", files={"file": ("a.ndjson", body)}, data=question, headers=headers
        ).json()
        assert [(one["row_no"], one["field"], one["reason"]) for one in report["faults"]] == [
            (1, "osoite_postinumero", "postcode_invalid")
        ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rikki.xlsx", "rikki.xlsx"), ("C:\\lasku\\010190-900P.xlsx", "***.xlsx"), ("...", "delivery"), ("../..", "delivery"),
        ("客" * 200 + ".xlsx", "客.xlsx"), ("\r\n.rikki.xlsx", "rikki.xlsx"),
    ],
)  # fmt: skip
def test_a_file_refused_whole_is_named_as_it_was_sent(database_url: str, tmp_path: Path, name: str, told: str) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INTEGRATION) | {"Accept-Language": "en"}
        question = {"organisation": HOME, "mode": "delta"}
        files = {"file": (name, b"PK\x03\x04 cut off")}
        answer = world.client.post("/imports", files=files, data=question, headers=headers)
        assert answer.status_code == 422
        assert f"{told}: the workbook is broken" in answer.json()["detail"]
        assert list((tmp_path / "incoming").iterdir()) == []


def test_the_same_delivery_again_changes_nothing_and_a_full_one_ends_who_is_missing(
    database_url: str, tmp_path: Path
) -> None:
    rows = [row(number, person) for number, person in enumerate(with_codes(3))]
    with a_world(database_url, tmp_path) as world:
        assert world.bring(rows)["new"] == 3
        assert world.bring(rows)["unchanged"] == 3
        report = world.bring(rows[:2], mode="full")
        assert (report["unchanged"], report["ended"]) == (2, 1)


def test_faults_name_row_field_reason_and_mend_and_the_mended_file_is_taken(database_url: str, tmp_path: Path) -> None:
    persons = with_codes(3)
    rows = [row(number, person) for number, person in enumerate(persons)]
    rows[1] |= {"osoite_postinumero": "1", "henkilotunnus": "010190-9990"}
    with a_world(database_url, tmp_path) as world:
        report = world.bring(rows)
        assert (report["new"], report["rejected"]) == (2, 1)
        headers = world.headers(Role.INTEGRATION) | {"Accept-Language": "en"}
        place = f"/imports/{report['id']}"
        faults = world.client.get(f"{place}/faults", headers=headers).json()["faults"]
        assert {(fault["row_no"], fault["field"], fault["reason"]) for fault in faults} >= {
            (2, "henkilotunnus", "hetu_invalid")
        }
        assert all(fault["what"] and fault["mend"] for fault in faults)
        told = world.client.get(place, headers=headers).json()
        assert {one["reason"] for one in told["reasons"]} >= {"hetu_invalid"}
        mend = world.client.get(f"{place}/mend", headers=headers)
        assert mend.headers["Content-Type"].startswith("text/csv")
        lines = list(csv.DictReader(io.StringIO(mend.content.decode("utf-8-sig")), delimiter=";"))
        lines[0] |= {"osoite_postinumero": "00100", "henkilotunnus": persons[1].hetu or ""}
        mended = io.StringIO()
        writer = csv.DictWriter(mended, lines[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(lines)
        again = world.client.post(
            "/imports",
            files={"file": ("mended.csv", mended.getvalue().encode())},
            data={"organisation": HOME, "mode": "delta"},
            headers=headers,
        ).json()
        assert (again["new"], again["rejected"]) == (1, 0)


def test_a_rows_faults_are_paged_without_being_cut(database_url: str, tmp_path: Path) -> None:
    rows = [
        row(number, person, osoite_postinumero="1", sahkoposti="not-an-address")
        for number, person in enumerate(with_codes(3))
    ]
    with a_world(database_url, tmp_path) as world:
        place = f"/imports/{world.bring(rows)['id']}/faults"
        headers, seen, cursor = world.headers(Role.INTEGRATION), [], 0
        while cursor is not None:
            page = world.client.get(place, params={"limit": 3, "cursor": cursor}, headers=headers).json()
            seen += [(fault["row_no"], fault["reason"]) for fault in page["faults"]]
            cursor = page["cursor"]
        whole = world.client.get(place, headers=headers).json()["faults"]
        assert seen == [(fault["row_no"], fault["reason"]) for fault in whole]
        assert len(seen) >= 6


def test_a_file_that_is_none_and_an_unknown_organisation_are_refused_whole(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INTEGRATION)

        def send(content: bytes, organisation: str) -> int:
            return world.client.post(
                "/imports",
                files={"file": ("a.csv", content)},
                data={"organisation": organisation, "mode": "delta"},
                headers=headers,
            ).status_code

        assert send(b"%PDF-1.7 ...", HOME) == 422
        assert send(b"", HOME) == 422
        assert send(b"asiakasnumero;sukunimi\n1;Mallikas\n", "nobody") == 404
        assert send(b"asiakasnumero;sukunimi\n1;Mallikas\n", OTHER) == 403
        assert send(b"asiakasnumero;sukunimi\n1;Mallikas\n", HOME) == 200


def test_rows_can_be_pushed_as_lines_of_json(database_url: str, tmp_path: Path) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INTEGRATION) | {"Content-Type": "application/x-ndjson"}
        report = world.client.post(
            "/imports/rows", params={"organisation": HOME}, content=orjson.dumps(row(1, person)), headers=headers
        ).json()
        assert (report["mode"], report["new"]) == ("delta", 1)


def test_deliveries_are_paged_from_the_newest(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        sent = [world.bring([row(number, person)])["id"] for number, person in enumerate(with_codes(5))]
        headers, seen, cursor = world.headers(Role.INTEGRATION), [], None
        while True:
            question = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = world.client.get("/imports", params=question, headers=headers).json()
            seen += [one["id"] for one in page["imports"]]
            cursor = page["cursor"]
            if cursor is None:
                break
        assert seen == sent[::-1]


def test_a_delivery_is_seen_by_its_own_organisation_alone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        batch = world.bring([row(1, with_codes(1)[0])], organisation=OTHER)["id"]
        headers = world.headers(Role.INTEGRATION)
        assert world.client.get("/imports", headers=headers).json() == {"imports": [], "cursor": None}
        for path in ("", "/faults", "/mend"):
            assert world.client.get(f"/imports/{batch}{path}", headers=headers).status_code == 404
