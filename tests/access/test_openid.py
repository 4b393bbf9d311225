"""OpenID Connect: who is proved comes in, once, and nothing that does not hold to the letter lets anybody in."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from rekisteri import access, wiring
from rekisteri.access import Action
from rekisteri.access.openid import Doubt, _key_set
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Conflict, Missing, Rejected, Unavailable, Unidentified, Unproven
from rekisteri.ground.ids import PartyId
from rekisteri.simulators.serving import Answered, Misdeed
from tests.access.provider_world import (
    AAPO_HIMSELF,
    BACK,
    LEVEL,
    MAIJA,
    NOBODY_HERE,
    ONNI,
    ProviderWorld,
    a_provider_world,
)
from tests.builders import AAPO, a_person, only

Claims = dict[str, Any]


def test_whoever_the_provider_proves_comes_in_as_the_account_linked_beforehand(
    database_url: str, tmp_path: Path
) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        arrival = town.arrives()
        viewer = arrival.session.viewer
        assert (viewer.handle, viewer.roles, arrival.target, arrival.session.provider) == (
            "maija", {Role.MAINTAINER}, "/haku", "kunta",
        )  # fmt: skip
        assert town.world.register.sessions.resume(arrival.token).viewer == viewer
        assert town.world.sql(
            "select account, detail->>'method', detail->>'provider' from audit.event where action = 'session:open'"
        ) == [("maija", "provider", "kunta")]
        (seen,) = town.world.sql("select used_at from access.identity")
        assert seen == (town.world.clock.at,)
        # The account has no password, and nobody comes in with none.
        for password in ("", "x", "None"):
            with pytest.raises(Unidentified):
                town.world.register.sign_in.open("maija", password, "web")


@pytest.mark.parametrize(
    "closed", ["disabled_at = now()", "expires_on = '2026-03-01'", "locked_until = '2026-03-03T00:00Z'"]
)
def test_nobody_comes_in_to_an_account_that_is_closed(database_url: str, tmp_path: Path, closed: str) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        town.world.sql(f"update access.account set {closed} where handle = 'maija' returning id")
        with pytest.raises(Unidentified):
            town.arrives()
        town.world.sql(
            "update access.account set disabled_at = null, expires_on = null, locked_until = null returning id"
        )
        assert town.arrives().session.viewer.handle == "maija"


def test_nobody_comes_in_whom_no_account_is_linked_to_and_roles_are_never_taken_from_claims(
    database_url: str, tmp_path: Path
) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        town.staff.mend = lambda claims: claims | {"roles": ["administrator"], "groups": ["administrator"]}
        with pytest.raises(Unidentified):
            town.arrives(ONNI)
        assert town.arrives().session.viewer.roles == {Role.MAINTAINER}
        assert town.refusals() == ["unknown_account"]


def test_where_the_operator_says_so_an_account_is_made_without_a_single_right(
    database_url: str, tmp_path: Path
) -> None:
    with a_provider_world(database_url, tmp_path, "create_accounts = true", accounts=False) as town:
        for _ in range(2):
            with pytest.raises(Unidentified, match=r"account was made|closed for now"):
                town.arrives(ONNI)
        ((handle, name),) = town.world.sql("select handle, name from access.account")
        assert str(handle).startswith("onni-at-town-")
        assert name == "Onni Esimerkki"
        with town.world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.grant(tx, str(handle), access.Wish(Role.COLLECTOR))
        assert town.arrives(ONNI).session.viewer.roles == {Role.COLLECTOR}


def test_an_answer_serves_once_in_the_browser_it_was_asked_in(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        first, second = town.out(), town.out()
        answer = town.chosen(first)
        for browser in ("", second.browser, "x" * 43):
            with pytest.raises(Doubt):
                town.back(first, answer, browser=browser)
        town.back(first, answer)
        with pytest.raises(Doubt):
            town.back(first, answer)
        # The code alone, in an errand of one's own: PKCE and the nonce bind it to the other one.
        stolen = town.chosen(town.out())
        with pytest.raises(Doubt):
            town.back(second, {"code": stolen["code"], "state": town.chosen(second)["state"], "iss": town.staff.issuer})
        assert town.refusals() == ["no_errand"] * 4 + ["code_refused"]


def test_an_errand_is_over_in_ten_minutes_and_serves_its_own_provider_alone(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        errand = town.out()
        answer = town.chosen(errand)
        town.world.clock.at += timedelta(minutes=10)
        with pytest.raises(Doubt):
            town.back(errand, answer)
        errand = town.out()
        with pytest.raises(Doubt):
            town.back(errand, town.chosen(errand), "vahva")
        assert town.refusals() == ["no_errand", "another_provider"]


def _other_key() -> ECKey:
    key = ECKey.generate_key("P-256")
    key.ensure_kid()
    return key


def _unsigned(token: str) -> str:
    head, body, _ = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(head + "=="))
    return f"{_part(told | {'alg': 'none'})}.{body}."


def _signed_with_public_key(town: ProviderWorld, token: str) -> str:
    """The confusion of algorithms: the provider's public key taken for a shared secret."""
    public = town.staff.keys[0].as_pem(private=False)
    head = _part({"alg": "HS256", "kid": town.staff.keys[0].kid})
    signed = f"{head}.{token.split('.')[1]}"
    seal = hmac.digest(public, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def _part(told: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def _claims(token: str) -> Claims:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def _signed_by_a_stranger(town: ProviderWorld, token: str, kid: str | None) -> str:
    key = _other_key()
    return jwt.encode({"alg": "ES256", "kid": kid or key.kid}, _claims(token), key, algorithms=["ES256"])


def _with_key_of_its_own(town: ProviderWorld, token: str) -> str:
    """A token that brings its key along in its own head."""
    key = _other_key()
    head = {"alg": "ES256", "jwk": key.as_dict(private=False)}
    return jwt.encode(head, _claims(token), key, algorithms=["ES256"])


BENT_CLAIMS: dict[str, tuple[Callable[[ProviderWorld, Claims], Claims], str]] = {
    "another nonce": (lambda town, one: one | {"nonce": "another"}, "nonce"),
    "no nonce": (lambda town, one: {k: v for k, v in one.items() if k != "nonce"}, "nonce"),
    "another issuer": (lambda town, one: one | {"iss": town.subject.issuer}, "claim_iss"),
    "no issuer": (lambda town, one: {k: v for k, v in one.items() if k != "iss"}, "claim_iss"),
    "another audience": (lambda town, one: one | {"aud": "another"}, "claim_aud"),
    "no audience": (lambda town, one: {k: v for k, v in one.items() if k != "aud"}, "claim_aud"),
    "two audiences": (lambda town, one: one | {"aud": ["rekisteri", "another"]}, "authorised_party"),
    "another party": (lambda town, one: one | {"azp": "another"}, "authorised_party"),
    "expired": (lambda town, one: one | {"exp": one["iat"] - 60}, "claim_exp"),
    "no expiry": (lambda town, one: {k: v for k, v in one.items() if k != "exp"}, "claim_exp"),
    "not yet made": (lambda town, one: one | {"iat": one["iat"] + 120}, "claim_iat"),
    "made long ago": (lambda town, one: one | {"iat": one["iat"] - 400}, "old_token"),
    "no subject": (lambda town, one: {k: v for k, v in one.items() if k != "sub"}, "subject"),
    "empty subject": (lambda town, one: one | {"sub": ""}, "subject"),
    "another access token": (lambda town, one: one | {"at_hash": "AAAA"}, "access_token"),
    "proved in the future": (lambda town, one: one | {"auth_time": one["iat"] + 600}, "proof_time"),
}
BENT_TOKENS: dict[str, Callable[[ProviderWorld, str], str]] = {
    "unsigned": lambda town, token: _unsigned(token),
    "signed with the public key": _signed_with_public_key,
    "signed by a stranger": lambda town, token: _signed_by_a_stranger(town, token, None),
    "signed by a stranger in the provider's name": lambda town, token: _signed_by_a_stranger(
        town, token, town.staff.keys[0].kid
    ),
    "with a key of its own": _with_key_of_its_own,
    "one letter changed": lambda town, token: token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1],
    "no signature": lambda town, token: token.rpartition(".")[0] + ".",
    "no token": lambda town, token: "",
    "no token at all": lambda town, token: "x.y.z",
}


def test_a_token_that_does_not_hold_lets_nobody_in_and_the_log_says_why_without_a_value(
    database_url: str, tmp_path: Path
) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        whys = []
        for name, (bend, why) in BENT_CLAIMS.items():
            town.staff.mend = lambda claims, bend=bend: bend(town, claims)
            with pytest.raises(Doubt):
                town.arrives()
            whys.append(why)
            assert town.refusals() == whys, name
        town.staff.mend = lambda claims: claims
        for name, forge in BENT_TOKENS.items():
            town.staff.mend_token = lambda token, forge=forge: forge(town, token)
            with pytest.raises(Doubt):
                town.arrives()
            whys.append("signature")
            assert town.refusals() == whys, name
        assert town.world.sql("select count(*) from access.session") == [(0,)]
        town.staff.mend_token = lambda token: token
        town.arrives()


def test_an_answer_of_another_issuer_or_a_refusal_lets_nobody_in(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        bends: list[Callable[[dict[str, str]], dict[str, str]]] = [
            lambda answer: answer | {"iss": "https://evil.test"},
            lambda answer: {name: value for name, value in answer.items() if name != "iss"},
            lambda answer: answer | {"error": "access_denied"},
            lambda answer: answer | {"code": ""},
            lambda answer: answer | {"code": "x"},
            lambda answer: answer | {"state": "x"},
        ]
        for bend in bends:
            town.staff.mend_answer = bend
            with pytest.raises(Doubt):
                town.arrives()
        assert town.refusals() == [
            "issuer_of_answer", "issuer_of_answer", "provider_refused", "no_code", "code_refused", "no_errand",
        ]  # fmt: skip


def test_a_provider_that_changes_its_keys_is_believed_and_its_old_key_is_not(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        town.arrives()
        old = town.staff.keys[0]
        openid = town.arrivals._openid
        openid._known["kunta"].keys_at -= 60
        town.staff.rotate()
        town.arrives()
        town.staff.mend_token = lambda token: jwt.encode(
            {"alg": "ES256", "kid": old.kid}, _claims(token), old, algorithms=["ES256"]
        )
        openid._known["kunta"].keys_at -= 60
        with pytest.raises(Doubt):
            town.arrives()
        # Forged tokens by the hundred ask the provider for its keys no oftener than twice a minute.
        asked = sum("/jwks" in one.path for one in town.outsider.asked)
        for _ in range(3):
            with pytest.raises(Doubt):
                town.arrives()
        assert sum("/jwks" in one.path for one in town.outsider.asked) == asked


def test_a_providers_short_keys_are_not_believed() -> None:
    listed = [RSAKey.generate_key(bits).as_dict(private=False) for bits in (1024, 2048)]
    assert [key.public_key.key_size for key in _key_set(listed).keys] == [2048]
    assert _key_set([{"kty": "unheard-of"}, *listed[1:]]).keys


def test_a_provider_that_does_not_answer_as_it_should_is_unavailable(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        for misdeed in (
            Misdeed(Answered(500, "text/html", b"<html>")),
            Misdeed(Answered(200, "application/json", b"[]")),
            Misdeed(Answered(200, "application/json", b'{"issuer": "https://evil.test"}')),
            Misdeed(Answered(200, "application/json", b'{"a": "' + b"x" * 300_000 + b'"}')),
            Misdeed(cut=True),
        ):
            town.outsider.misbehave(misdeed)
            with pytest.raises(Unavailable):
                town.out()
        town.arrives()


def test_metadata_that_points_at_another_origin_is_not_followed(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        town.out()
        metadata = town.arrivals._openid._known["kunta"].metadata
        metadata["token_endpoint"] = "https://evil.test/token"
        errand = town.out()
        with pytest.raises(Exception, match="no connection is declared"):
            town.back(errand, town.chosen(errand))


def test_a_data_subject_comes_in_as_themselves_and_the_code_stays_nowhere(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        party_id = only(town.world.take(town.world.town, a_person("K1")))
        arrival = town.arrives(AAPO_HIMSELF, "vahva")
        viewer = arrival.session.viewer
        assert (viewer.party_id, viewer.account_id, viewer.roles, viewer.name) == (
            party_id, None, {Role.SUBJECT}, "Kuvitteellinen Aapo",
        )  # fmt: skip
        assert viewer.purposes() == (Purpose.DATA_PROTECTION,)
        assert arrival.session.expires_at - town.world.clock.at == timedelta(minutes=60)
        with town.world.register.door.read(viewer, Action.SELF_READ, Purpose.DATA_PROTECTION) as tx:
            assert tx.tuples("select id from parties.party") == [(party_id,)]
        with pytest.raises(Exception, match="do not carry"), town.world.register.door.read(
            viewer, Action.CUSTOMER_READ, Purpose.DATA_PROTECTION
        ):  # fmt: skip
            pass
        events = town.world.sql(
            "select action, account, outcome, subject_count from audit.event "
            "where action in ('subject:identify', 'session:open') order by id"
        )
        assert events == [
            ("subject:identify", "subject", "done", 1),
            ("session:open", f"subject:{party_id}", "done", 0),
        ]
        for table in ("access.session", "access.errand", "access.spent", "audit.event"):
            assert AAPO not in str(town.world.sql(f"select t::text from {table} t"))


def test_who_is_not_in_the_register_is_told_so_and_gets_no_session(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        town.world.take(town.world.town, a_person("K1"))
        with pytest.raises(Missing, match="nothing of you"):
            town.arrives(NOBODY_HERE, "vahva")
        for claims in ({"urn:oid:1.2.246.21": "no code"}, {"urn:oid:1.2.246.21": 5}, {}):
            town.subject.mend = lambda told, claims=claims: {
                **{name: value for name, value in told.items() if not name.startswith("urn")}, **claims,
            }  # fmt: skip
            with pytest.raises(Missing):
                town.arrives(AAPO_HIMSELF, "vahva")
        assert town.world.sql("select count(*) from access.session") == [(0,)]
        assert town.world.sql(
            "select count(*) from audit.event where action = 'subject:identify' and outcome = 'missing'"
        ) == [(1,)]


def test_a_data_subject_must_be_identified_strongly(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        town.world.take(town.world.town, a_person("K1"))
        for level in (None, "http://eidas.europa.eu/LoA/low", "substantial"):
            town.subject.level = level
            with pytest.raises(Doubt):
                town.arrives(AAPO_HIMSELF, "vahva")
        assert town.refusals() == ["level"] * 3
        town.subject.level = LEVEL
        town.arrives(AAPO_HIMSELF, "vahva")


def test_a_data_subject_acts_for_those_alone_whom_the_register_knows_them_to_represent(
    database_url: str, tmp_path: Path
) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        town.world.take(town.world.town, a_person("K1"))
        child = PartyId(only(town.world.take(town.world.town, a_person("K2", "050505A905R", first_names="Lapsi"))))
        sessions = town.world.register.sessions
        token = town.arrives(AAPO_HIMSELF, "vahva").token
        with pytest.raises(Missing):
            sessions.represent(token, child, [])
        fresh = sessions.represent(token, child, [child])
        with pytest.raises(Unidentified):
            sessions.resume(token)
        viewer = sessions.resume(fresh).viewer
        assert (viewer.acts_for, viewer.self_id) == (child, child)
        with town.world.register.door.read(viewer, Action.SELF_READ, Purpose.DATA_PROTECTION) as tx:
            assert tx.tuples("select id from parties.party") == [(child,)]
        back = sessions.resume(sessions.represent(fresh, None, [child])).viewer
        assert back.self_id == back.party_id != child
        staff = town.arrives().token
        with pytest.raises(Missing):
            sessions.represent(staff, child, [child])


def test_a_fresh_proof_is_the_providers_of_the_same_person_and_of_now(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        party_id = only(town.world.take(town.world.town, a_person("K1")))
        town.staff.proved_ago_s = 3600

        def unmask(token: str) -> None:
            viewer = town.world.register.sessions.resume(token).viewer
            with town.world.register.door.read(viewer, Action.CUSTOMER_UNMASK, Purpose.UPKEEP) as tx:
                tx.saw(party_id)

        first = town.arrives()
        # The provider remembered her from an hour ago: no fresh proof.
        with pytest.raises(Unproven):
            unmask(first.token)
        again = town.arrives(session=first.session)
        assert again.session.id == first.session.id
        unmask(again.token)
        with pytest.raises(Unidentified):
            town.world.register.sessions.resume(first.token)
        with pytest.raises(Doubt):
            town.arrives(ONNI, session=again.session)
        town.staff.mend = lambda claims: claims | {"auth_time": claims["iat"] - 3600}
        with pytest.raises(Doubt):
            town.arrives(session=again.session)
        town.staff.mend = lambda claims: {name: value for name, value in claims.items() if name != "auth_time"}
        with pytest.raises(Doubt):
            town.arrives(session=again.session)
        with pytest.raises(Unproven):
            unmask(town.arrives().token)
        assert town.refusals() == ["somebody_else", "stale_proof", "no_proof_time"]


def test_a_provider_ends_its_sessions_here_too(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        sessions = town.world.register.sessions
        by_session, by_subject = town.arrives().token, town.arrives().token
        town.staff.mend = lambda claims: claims | {"sid": "another"}
        other = town.arrives().token
        token = town.staff.logout_token("rekisteri", sid=f"session-of-{MAIJA.subject}")
        assert town.arrivals.end("kunta", token) == 2
        for ended in (by_session, by_subject):
            with pytest.raises(Unidentified):
                sessions.resume(ended)
        sessions.resume(other)
        with pytest.raises(Doubt):
            town.arrivals.end("kunta", token)
        assert town.arrivals.end("kunta", town.staff.logout_token("rekisteri", sub=MAIJA.subject)) == 1
        with pytest.raises(Unidentified):
            sessions.resume(other)


def test_a_logout_that_does_not_hold_ends_nothing(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        kept = town.arrives().token
        errand = town.out()
        town.chosen(errand)
        make = town.staff.logout_token
        subject = MAIJA.subject
        for forged in (
            make("another", sub=subject),
            make("rekisteri", sub=subject, nonce="x"),
            make("rekisteri", sub=subject, events=None),
            make("rekisteri", sub=subject, events={"another": {}}),
            make("rekisteri", sub=subject, jti=None),
            make("rekisteri"),
            make("rekisteri", sub=subject, exp=1),
            make("rekisteri", sub=subject, iss=town.subject.issuer),
            _unsigned(make("rekisteri", sub=subject)),
            town.subject.logout_token("rekisteri", sub=subject),
            "",
        ):
            with pytest.raises(Doubt):
                town.arrivals.end("kunta", forged)
        with pytest.raises(Missing):
            town.arrivals.end("nowhere", make("rekisteri", sub=subject))
        town.world.register.sessions.resume(kept)


def test_a_link_is_made_once_and_taken_back_with_its_sessions(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        token = town.arrives().token

        def administer(change: Callable[[access.Write], object]) -> None:
            with town.world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
                change(tx)

        for wrong, error in (
            (("maija", "kunta", MAIJA.subject), Conflict), (("nobody", "kunta", "x"), Missing), (("maija", "kunta", ""), Rejected),
        ):  # fmt: skip
            with pytest.raises(error):
                administer(lambda tx, wrong=wrong: access.link(tx, *wrong))
        administer(lambda tx: access.unlink(tx, "maija", "kunta", MAIJA.subject))
        with pytest.raises(Unidentified):
            town.world.register.sessions.resume(token)
        with pytest.raises(Unidentified):
            town.arrives()
        with pytest.raises(Missing):
            administer(lambda tx: access.unlink(tx, "maija", "kunta", MAIJA.subject))


def test_the_way_back_is_the_one_that_was_asked_for(database_url: str, tmp_path: Path) -> None:
    with a_provider_world(database_url, tmp_path) as town:
        errand = town.out()
        answer = town.chosen(errand)
        with pytest.raises(Doubt):
            town.arrivals.finish("kunta", answer, browser=errand.browser, back=BACK.format("vahva"))
        with pytest.raises(Missing):
            town.out("nowhere")
