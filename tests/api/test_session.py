"""Signing in and out over the API."""

from __future__ import annotations

from pathlib import Path

import psycopg

from rekisteri.catalogue import Role
from tests.api.world import PASSWORD, a_world, row, with_codes


def test_a_session_tells_purposes_and_roles_and_its_token_opens_the_door(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        answer = world.client.post("/session", json={"account": "maintainer", "password": PASSWORD})
        told = answer.json()
        assert (answer.status_code, told["purposes"], told["roles"]) == (
            201, ["upkeep", "invoicing", "collection"], ["maintainer"],
        )  # fmt: skip
        organisations = world.client.get("/organisations", headers={"Authorization": f"Bearer {told['token']}"})
        assert [one["code"] for one in organisations.json()["organisations"]] == ["granvikin-vesi", "kuusilahti"]


def test_a_wrong_password_and_an_unknown_account_are_told_alike(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        wrong = [
            world.client.post("/session", json={"account": account, "password": "not-the-right-one"})
            for account in ("maintainer", "nobody-at-all")
        ]
        bodies = [{key: value for key, value in one.json().items() if key != "instance"} for one in wrong]
        assert [one.status_code for one in wrong] == [401, 401]
        assert bodies[0] == bodies[1]
        assert wrong[0].headers["WWW-Authenticate"].startswith("Bearer")


def test_a_closed_session_is_worth_nothing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.MAINTAINER)
        assert world.client.delete("/session", headers=headers).status_code == 204
        assert world.client.delete("/session", headers=headers).status_code == 401
        assert world.client.get("/organisations", headers=headers).status_code == 401


def test_a_disabled_account_is_out_at_once(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.INVOICER)
        closed = world.client.post("/accounts/invoicer/disable", headers=world.headers(Role.ADMINISTRATOR))
        assert closed.json()["disabled_at"] is not None
        assert world.client.get("/catalogue", headers=headers).status_code == 401


def test_a_card_is_read_on_what_is_remembered_of_a_session_for_as_long_as_it_is_so(
    database_url: str, tmp_path: Path
) -> None:
    person = with_codes(1)[0]
    with a_world(database_url, tmp_path) as world, psycopg.connect(database_url, autocommit=True) as owner:
        world.bring([row(1, person)])
        headers = world.headers(Role.INVOICER)
        read = "select count(*) from audit.event where account = 'invoicer' and action = 'customer:read'"

        def looked_up() -> tuple[int, int]:
            """The answer, and how many reads the log tells of."""
            answer = world.client.post("/customers/lookup", json={"hetu": person.hetu}, headers=headers)
            return answer.status_code, owner.execute(read).fetchone()[0]  # type: ignore[index]

        assert [looked_up() for _ in range(3)] == [(200, 1), (200, 2), (200, 3)]
        # What is remembered is another's by now: the first question meets that, and the card is read again.
        owner.execute("update access.session set used_at = used_at - interval '61 seconds'")
        assert [looked_up() for _ in range(2)] == [(200, 4), (200, 5)]
        owner.execute("update access.account set name = 'Another' where handle = 'invoicer'")
        assert looked_up() == (200, 6)
        owner.execute("update access.grant set ended_at = now()")
        assert looked_up() == (401, 6)
        assert world.client.post("/customers/lookup", json={"hetu": "no code"}, headers=headers).status_code == 401


def test_who_is_signed_in_lists_ends_and_proves_their_sessions(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        first = {"account": "collector", "password": PASSWORD}
        here, there = (
            {"Authorization": f"Bearer {world.client.post('/session', json=first).json()['token']}"} for _ in range(2)
        )
        told = world.client.get("/session", headers=here).json()
        assert (told["account"], told["roles"], told["purposes"]) == ("collector", ["collector"], ["collection"])
        listed = world.client.get("/sessions", headers=here).json()["sessions"]
        assert [one["channel"] for one in listed] == ["api", "api"]
        (other,) = [one for one in listed if not one["this"]]
        assert world.client.delete(f"/sessions/{other['id']}", headers=here).status_code == 204
        assert world.client.delete(f"/sessions/{other['id']}", headers=here).status_code == 404
        assert world.client.get("/session", headers=there).status_code == 401
        proof = {"password": PASSWORD}
        fresh = world.client.post("/session/proof", json=proof, headers=here)
        assert fresh.status_code == 200
        assert world.client.get("/session", headers=here).status_code == 401
        now = {"Authorization": f"Bearer {fresh.json()['token']}"}
        assert world.client.post("/session/proof", json={"password": "wrong"}, headers=now).status_code == 401
        change = {"password": PASSWORD, "fresh": "another-long-password"}
        changed = world.client.post("/session/password", json=change, headers=now)
        assert changed.status_code == 200
        assert world.client.post("/session", json=first).status_code == 401
        assert world.client.post("/session", json=first | {"password": change["fresh"]}).status_code == 201


def test_a_stale_session_is_asked_for_a_proof_before_a_code_is_shown(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        headers = world.headers(Role.MAINTAINER)
        (code,) = with_codes(1)
        world.bring([row(1, code)])
        unmask = f"/customers/{world.customer(code.hetu)}/unmask"
        assert world.client.post(unmask, headers=headers).status_code == 200
        with psycopg.connect(database_url) as owner:
            owner.execute("update access.session set authenticated_at = now() - interval '16 minutes'")
        stale = world.client.post(unmask, headers=headers)
        assert (stale.status_code, stale.json()["type"]) == (401, "urn:rekisteri:problem:unproven")
        assert 'error="insufficient_user_authentication"' in stale.headers["WWW-Authenticate"]
        fresh = world.client.post("/session/proof", json={"password": PASSWORD}, headers=headers).json()["token"]
        assert world.client.post(unmask, headers=headers | {"Authorization": f"Bearer {fresh}"}).status_code == 200


def test_an_administrator_gives_an_account_another_password_and_takes_a_device_away(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        admin, invoicer = world.headers(Role.ADMINISTRATOR), world.headers(Role.INVOICER)
        given = {"password": "given-by-administrator"}
        assert world.client.post("/accounts/invoicer/password", json=given, headers=admin).status_code == 204
        assert world.client.get("/session", headers=invoicer).status_code == 401
        signed = world.client.post("/session", json={"account": "invoicer", "password": given["password"]})
        assert (signed.status_code, signed.json()["change_password"]) == (201, True)
        theirs = {"Authorization": f"Bearer {signed.json()['token']}", "Rekisteri-Purpose": "invoicing"}
        for language, told in (("en", "made by somebody else"), ("fi", "toisen tekemä"), ("sv", "av någon annan")):
            asked = theirs | {"Accept-Language": language}
            refused = world.client.post("/customers/search", json={"text": "Aapo"}, headers=asked)
            assert refused.status_code == 403 and told in refused.json()["detail"]
        own = {"password": given["password"], "fresh": "three-knives-and-a-pond"}
        changed = world.client.post("/session/password", json=own, headers=theirs)
        assert changed.status_code == 200
        theirs["Authorization"] = f"Bearer {changed.json()['token']}"
        assert world.client.post("/customers/search", json={"text": "Aapo"}, headers=theirs).status_code == 200
        again = world.client.post("/session", json={"account": "invoicer", "password": own["fresh"]})
        assert again.json()["change_password"] is False
        assert world.client.delete("/accounts/invoicer/factor", headers=admin).status_code == 404
        weak = world.client.post("/accounts/invoicer/password", json={"password": "short"}, headers=admin)
        assert (weak.status_code, weak.json()["field"]) == (422, "password")


def test_a_name_no_text_can_hold_is_nobodys(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        for name in ("invoicer\0", "\0", "«\0»"):
            answer = world.client.post("/session", json={"account": name, "password": PASSWORD, "code": "\0"})
            assert (answer.status_code, answer.json()["type"]) == (401, "urn:rekisteri:problem:unidentified")
