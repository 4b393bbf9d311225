"""Systems: tokens by key or certificate, bound to who asked; whatever is stolen, replayed or bent serves nobody."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from rekisteri import access, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.cli.serve import together
from rekisteri.ground import migrations
from rekisteri.ground.errors import Rejected
from tests.api.calling_system import BASE, OTHER, System, a_key, a_system_world, register
from tests.api.world import HOME, PASSWORD, row, with_codes


def test_a_system_gets_a_token_by_its_key_and_calls_with_proofs(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (world, system):
        given = system.gets_in()
        assert given.status_code == 200, given.text
        told = given.json()
        assert (told["token_type"], told["expires_in"]) == ("DPoP", 600)
        assert given.headers["cache-control"] == "no-store"
        (code,) = with_codes(1)
        world.bring([row(1, code)])
        found = system.calls("POST", "/customers/lookup", json={"hetu": code.hetu})
        assert found.status_code == 200, found.text
        assert system.calls("GET", "/organisations").status_code == 200
        assert system.calls("POST", f"/customers/{found.json()['id']}/unmask").json()["hetu"] == code.hetu
        assert system.calls("DELETE", "/session").status_code == 204
        assert system.calls("GET", "/organisations").status_code == 401


def test_what_the_metadata_tells_is_where_things_are(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (_, system):
        server = system.client.get("/.well-known/oauth-authorization-server").json()
        resource = system.client.get("/.well-known/oauth-protected-resource").json()
        assert (server["issuer"], server["token_endpoint"]) == (BASE, f"{BASE}/oauth/token")
        assert resource["authorization_servers"] == [server["issuer"]]
        assert "customer:read" in server["scopes_supported"]
        assert "account:manage" not in server["scopes_supported"]
        assert "none" not in server["token_endpoint_auth_signing_alg_values_supported"]


def test_a_token_without_its_key_serves_nobody(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (_, system):
        system.gets_in()
        thief = System(system.client, nonce=system.nonce, token=system.token)
        for answer, word in (
            (system.calls("GET", "/session", kind="Bearer", proof=""), "invalid_token"),
            (system.calls("GET", "/session", proof=""), "invalid_dpop_proof"),
            (thief.calls("GET", "/session"), "invalid_token"),
            (thief.calls("GET", "/session", kind="Bearer"), "invalid_token"),
        ):
            assert answer.status_code == 401
            assert f'error="{word}"' in answer.headers["WWW-Authenticate"], answer.headers
            assert answer.headers["WWW-Authenticate"].startswith("DPoP ")
        assert system.calls("GET", "/session").status_code == 200
        nobody = system.client.get("/api/v1/session")
        assert nobody.headers["WWW-Authenticate"].startswith('Bearer realm="rekisteri", DPoP ')


def test_a_proof_serves_once_and_for_its_own_request_alone(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (world, system):
        system.gets_in()
        token, now = system.token, int(time.time())
        used = system.proof("GET", "/api/v1/session", token=token)
        assert system.calls("GET", "/session", proof=used).status_code == 200
        wrong: dict[str, dict[str, Any]] = {
            "another method": {"htm": "POST"},
            "another address": {"htu": f"{BASE}/api/v1/sessions"},
            "another host": {"htu": "http://evil.test/api/v1/session"},
            "another token": {"ath": "AAAA"},
            "no token": {"ath": None},
            "yesterday": {"iat": now - 86_400},
            "tomorrow": {"iat": now + 86_400},
            "no moment": {"iat": None},
            "a moment in words": {"iat": "now"},
            "no identifier": {"jti": None},
            "an empty identifier": {"jti": ""},
            "a long identifier": {"jti": "x" * 300},
        }
        bent = {name: system.proof("GET", "/api/v1/session", **({"token": token} | one)) for name, one in wrong.items()}
        bent |= {
            "again": used,
            "not signed": used.rpartition(".")[0] + ".",
            "no proof": "x",
            "too long": "x" * 5000,
        }
        for name, proof in bent.items():
            answer = system.calls("GET", "/session", proof=proof)
            assert (answer.status_code, 'error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"]) == (
                401,
                True,
            ), name
        for nonce in (None, "", "x", "AAAAAAAAAAAAAAAAAAAAAAAA"):
            stale = system.calls(
                "GET", "/session", proof=system.proof("GET", "/api/v1/session", token=token, nonce=nonce)
            )
            assert 'error="use_dpop_nonce"' in stale.headers["WWW-Authenticate"]
            assert stale.headers["dpop-nonce"]
        twice = system.client.get(
            "/api/v1/session",
            headers=[
                ("authorization", f"DPoP {token}"),
                ("dpop", system.proof("GET", "/api/v1/session", token=token)),
                ("dpop", system.proof("GET", "/api/v1/session", token=token)),
            ],
        )
        assert twice.status_code == 401
        # An address is compared without its query, and a request that resumes its session twice spends one proof.
        assert system.calls("GET", "/work?limit=1", headers={"Rekisteri-Purpose": "upkeep"}).status_code == 403
        assert system.calls("GET", "/session").status_code == 200
        assert world.register is not None


def test_a_proof_by_a_private_or_shared_key_or_of_no_algorithm_is_none(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (_, system):
        system.gets_in()
        right = system.proof("GET", "/api/v1/session", token=system.token)
        body = right.split(".")[1]

        def headed(**head: Any) -> str:
            told = {"typ": "dpop+jwt", "alg": "ES256", "jwk": system.proof_key.as_dict(private=False)} | head
            return f"{_part(told)}.{body}.{right.rpartition('.')[2]}"

        for proof in (
            headed(alg="none"),
            headed(alg="HS256"),
            headed(typ="jwt"),
            headed(jwk=system.proof_key.as_dict(private=True)),
            headed(jwk={"kty": "oct", "k": "AAAA"}),
            headed(jwk="x"),
            headed(jwk=None),
            headed(crit=["b64"]),
            headed(jwk=a_key().as_dict(private=False)),
        ):
            answer = system.calls("GET", "/session", proof=proof)
            assert answer.status_code == 401
            assert 'error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"]


def _part(told: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def test_an_assertion_that_does_not_hold_gets_no_token_and_one_that_does_serves_once(
    database_url: str, tmp_path: Path
) -> None:
    with a_system_world(database_url, tmp_path) as (world, system):
        system.gets_in()
        now = int(time.time())
        stranger = System(system.client, nonce=system.nonce)
        for name, answer in {
            "another audience": system.asks(aud="https://evil.test"),
            "no audience": system.asks(aud=None),
            "another subject": system.asks(sub="another"),
            "another issuer": system.asks(iss="another"),
            "nobody": System(system.client, name="nobody-at-all", nonce=system.nonce).asks(),
            "another's key": stranger.asks(),
            "expired": system.asks(exp=now - 120),
            "no end": system.asks(exp=None),
            "too long": system.asks(exp=now + 86_400),
            "no identifier": system.asks(jti=None),
            "another client": system.asks(form={"client_id": "another"}),
            "unsigned": system.asks(
                form={"client_assertion": f"{_part({'alg': 'none'})}.{system.assertion().split('.')[1]}."}
            ),
            "no assertion": system.asks(form={"client_assertion": ""}),
            "rubbish": system.asks(form={"client_assertion": "x.y.z"}),
            "a password": system.asks(
                form={"client_assertion_type": "", "client_id": "laskutus", "client_secret": PASSWORD}
            ),
        }.items():
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), name
            assert answer.headers["WWW-Authenticate"].startswith("DPoP ")
        once = {"client_assertion": system.assertion()}
        assert system.asks(form=once).status_code == 200
        assert system.asks(form=once).status_code == 401
        assert system.asks(aud=f"{BASE}/oauth/token").status_code == 200
        with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.disable_account(tx, "laskutus")
        assert system.asks().status_code == 401
        assert system.calls("GET", "/session").status_code == 401


def test_a_token_is_asked_for_by_the_standard(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (_, system):
        system.gets_in()
        assert system.asks(form={"grant_type": "password"}).json()["error"] == "unsupported_grant_type"
        assert system.asks(proof="").json()["error"] == "invalid_request"
        assert system.asks(proof="x").json()["error"] == "invalid_dpop_proof"
        proof = system.proof("POST", "/oauth/token")
        assert system.asks(proof=proof).status_code == 200
        assert system.asks(proof=proof).json()["error"] == "invalid_dpop_proof"
        assert system.asks(proof=system.proof("POST", "/api/v1/session")).json()["error"] == "invalid_dpop_proof"
        assert system.client.get("/oauth/token").status_code == 405
        assert (
            system.client.post("/oauth/token", json={"grant_type": "client_credentials"}).json()["error"]
            == "unsupported_grant_type"
        )


def test_a_token_carries_the_acts_it_was_asked_for_and_no_system_asks_for_more_than_it_may(
    database_url: str, tmp_path: Path
) -> None:
    acts = ["customer:read", "customer:search"]
    with a_system_world(database_url, tmp_path, actions=acts, purposes=[Purpose.INVOICING]) as (world, system):
        (code,) = with_codes(1)
        world.bring([row(1, code)])
        assert system.gets_in().json()["scope"] == " ".join(acts)
        looked = {"hetu": code.hetu}
        assert system.calls("POST", "/customers/lookup", json=looked).status_code == 200
        assert system.gets_in("customer:search").json()["scope"] == "customer:search"
        assert system.calls("POST", "/customers/lookup", json=looked).status_code in (200, 403)
        party = world.customer(code.hetu)
        refused = system.calls("GET", f"/customers/{party}")
        assert refused.status_code == 403
        assert "(customer:read)" in refused.json()["detail"]
        assert system.calls("GET", "/organisations").status_code == 200
        for scope in ("customer:unmask", "account:manage", "customer:read nothing", "*"):
            assert system.gets_in(scope).json()["error"] == "invalid_scope", scope
        system.gets_in()
        other = system.calls("POST", "/customers/lookup", json=looked, headers={"Rekisteri-Purpose": "collection"})
        assert other.status_code == 403


def a_certificate(name: str = "laskutus") -> tuple[bytes, bytes]:
    """A certificate that vouches for itself, in PEM and DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM), made.public_bytes(serialization.Encoding.DER)


def test_a_system_behind_a_proxy_proves_itself_by_its_certificate_and_the_token_is_bound_to_it(
    database_url: str, tmp_path: Path
) -> None:
    pem, der = a_certificate()
    other_pem, other_der = a_certificate()
    with a_system_world(database_url, tmp_path) as (world, system):
        register(world, System(system.client, name="varmenne"), keys=None, certificates=[pem])
        settings = world.register.settings.model_copy(
            update={"behind_proxy": True, "hosts": "localhost", "client_certificate_header": "Client-Cert"}
        )
        one = world.register
        behind = type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"settings": settings})
        form = {"grant_type": "client_credentials", "client_id": "varmenne"}

        def told(certificate: bytes) -> dict[str, str]:
            return {"Client-Cert": f":{base64.b64encode(certificate).decode()}:"}

        with TestClient(together(behind), base_url=BASE) as client:
            given = client.post("/oauth/token", data=form, headers=told(der))
            assert (given.status_code, given.json()["token_type"]) == (200, "Bearer"), given.text
            bearer = {"Authorization": f"Bearer {given.json()['access_token']}"}
            assert client.get("/api/v1/session", headers=bearer | told(der)).status_code == 200
            assert (
                client.get("/api/v1/session", headers=bearer | {"Client-Cert": quote(pem.decode())}).status_code == 200
            )
            for held in ({}, told(other_der), {"Client-Cert": quote(other_pem.decode())}, {"Client-Cert": "x"}):
                stolen = client.get("/api/v1/session", headers=bearer | held)
                assert (stolen.status_code, "invalid_token" in stolen.headers["WWW-Authenticate"]) == (401, True)
            for held in ({}, told(other_der), {"Client-Cert": "::"}, {"Client-Cert": ":AAAA:"}):
                assert client.post("/oauth/token", data=form, headers=held).json()["error"] == "invalid_client"
        # Without a declared proxy the header is anybody's word.
        assert system.client.post("/oauth/token", data=form, headers=told(der)).json()["error"] == "invalid_client"


def rsa_of(bits: int) -> dict[str, Any]:
    key = rsa.generate_private_key(65537, bits).public_key()
    return dict(
        RSAKey.import_key(
            key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        ).as_dict()
    )


def test_a_system_proves_itself_by_no_key_of_less_than_128_bits_of_security(database_url: str, tmp_path: Path) -> None:
    """RSA of 3072 bits is worth 128, and one of 2048 is not (NIST SP 800-57); wherever a key of a system's comes in."""
    short, long = RSAKey.generate_key(2048), RSAKey.generate_key(3072)
    with a_system_world(database_url, tmp_path) as (world, system):
        system.gets_in()
        for key, status in ((short, 400), (long, 200)):
            told = {"htm": "POST", "htu": f"{BASE}/oauth/token", "iat": int(time.time()), "jti": f"r{status}"}
            head = {"typ": "dpop+jwt", "alg": "PS256", "jwk": key.as_dict(private=False)}
            proof = jwt.encode(head, told | {"nonce": system.nonce}, key, algorithms=["PS256"])
            answer = system.asks(proof=proof)
            assert answer.status_code == status, answer.text
            if status == 400:
                assert answer.json()["error"] == "invalid_dpop_proof"
        with pytest.raises(Rejected, match="3072"):
            register(world, System(system.client, name="short-key"), keys={"keys": [short.as_dict(private=False)]})
        with pytest.raises(Rejected, match="3072"):
            register(world, System(system.client, name="short-paper"), keys=None, certificates=[a_paper(2048)])
        register(world, System(system.client, name="long-key"), keys={"keys": [long.as_dict(private=False)]})
        register(world, System(system.client, name="long-paper"), keys=None, certificates=[a_paper(3072)])


def a_paper(bits: int) -> bytes:
    """A certificate of an RSA key of so many bits, in PEM."""
    key, name = rsa.generate_private_key(65537, bits), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    return made.public_bytes(serialization.Encoding.PEM)


def test_a_system_is_registered_with_public_keys_alone(database_url: str, tmp_path: Path) -> None:
    weak = rsa_of(2048)
    with a_system_world(database_url, tmp_path) as (world, system):
        private = {"keys": [a_key().as_dict(private=True)]}
        for number, wish in enumerate(
            (
                {"keys": None},
                {"keys": private},
                {"keys": {"keys": [{"kty": "oct", "k": "AAAA"}]}},
                {"keys": {"keys": []}},
                {"keys": {"keys": ["x"]}},
                {"keys": {}},
                {"keys": {"keys": [weak]}},
                {"keys": {"keys": [a_key().as_dict(private=False)] * 6}},
                {"certificates": [b"no certificate"]},
                {"actions": ["account:manage"]},
                {"actions": []},
                {"purposes": [Purpose.UPKEEP]},
                {"organisation_codes": []},
            )
        ):
            with pytest.raises(Rejected):
                register(world, System(system.client, name=f"wrong-{number}"), **wish)
        assert (
            world.client.get("/systems", headers=world.headers(Role.ADMINISTRATOR)).json()["systems"][0]["handle"]
            == "laskutus"
        )


@pytest.mark.parametrize("closed", ["disabled_at = now()", "expires_on = '2026-03-01'", "locked_until = '2099-01-01'"])
def test_a_system_whose_account_is_closed_gets_no_token_and_its_token_serves_no_more(
    database_url: str, tmp_path: Path, closed: str
) -> None:
    with a_system_world(database_url, tmp_path) as (_, system), psycopg.connect(database_url, autocommit=True) as owner:
        assert system.gets_in().status_code == 200
        assert system.calls("GET", "/session").status_code == 200
        owner.execute(f"update access.account set {closed} where handle = 'laskutus'".encode())
        assert system.calls("GET", "/session").status_code == 401
        refused = system.gets_in()
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_an_administrator_registers_a_system_over_the_api_and_changes_its_keys(
    database_url: str, tmp_path: Path
) -> None:
    with a_system_world(database_url, tmp_path) as (world, first):
        admin = world.headers(Role.ADMINISTRATOR)
        system = System(first.client, name="maksut")
        question = {
            "handle": "maksut", "name": "Maksut", "organisations": [HOME, OTHER], "purposes": ["invoicing"],
            "keys": {"keys": [system.key.as_dict(private=False)]}, "actions": ["customer:read"],
        }  # fmt: skip
        made = world.client.post("/systems", json=question, headers=admin)
        assert (made.status_code, made.json()["organisations"], made.json()["purposes"]) == (
            201, [HOME, OTHER], ["invoicing"],
        )  # fmt: skip
        assert system.gets_in().status_code == 200
        assert system.calls("GET", "/session").json()["purposes"] == ["invoicing"]
        fresh = a_key()
        changed = world.client.post(
            "/systems/maksut/keys", json={"keys": {"keys": [fresh.as_dict(private=False)]}}, headers=admin
        )
        assert changed.status_code == 200
        assert system.calls("GET", "/session").status_code == 401
        assert system.gets_in().status_code == 401
        system.key = fresh
        assert system.gets_in().status_code == 200
        assert (
            world.client.post("/systems/nobody/keys", json={"keys": question["keys"]}, headers=admin).status_code == 404
        )


def test_passwords_of_integrations_are_turned_off_by_a_setting(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (world, system):
        one = world.register
        strict = access.SignIn(
            one.database, one.vault, one.sessions, one.hasher, access.Terms(system_passwords=False), one.now
        )
        one.sign_in.open("integration", PASSWORD, "api")
        with pytest.raises(Exception, match="Sign-in name, password or code is wrong"):
            strict.open("integration", PASSWORD, "api")
        strict.open("invoicer", PASSWORD, "api")
        assert system.gets_in().status_code == 200


def test_refusals_of_systems_stand_in_the_log_by_code_word(database_url: str, tmp_path: Path) -> None:
    with a_system_world(database_url, tmp_path) as (world, system):
        system.gets_in()
        system.asks(aud="https://evil.test")
        system.gets_in("account:manage")
        found = world.client.get(
            "/audit/events",
            params={"action": "session:open", "outcome": "refused"},
            headers=world.headers(Role.AUDITOR),
        )
        assert [one["detail"].get("why") for one in found.json()["events"]][:2] == ["invalid_scope", "invalid_client"]


def test_a_system_registered_to_resolve_goes_on_making_batches(database_url: str, tmp_path: Path) -> None:
    """Registered before batches were an act of their own: the migration, again, changes nothing."""
    migration = Path(migrations.__file__).parent.parent / "migrations" / "0411_access_batches.sql"
    with a_system_world(database_url, tmp_path, actions=["payer:resolve", "customer:read"]) as (world, system):
        register(world, System(system.client, name="kortit"), actions=["customer:read"])
        with psycopg.connect(database_url, autocommit=True) as owner:
            for _ in range(2):
                owner.execute(migration.read_bytes())
                found = owner.execute(
                    "select a.handle, c.actions from access.client c join access.account a on a.id = c.account_id"
                ).fetchall()
                assert dict(found) == {
                    "laskutus": ["customer:read", "payer:batch", "payer:resolve"], "kortit": ["customer:read"],
                }  # fmt: skip
        system.gets_in()
        answer = system.calls(
            "POST", "/payers/bulk", params={"organisation": HOME, "payment_reason": "X"}, content=b"{}",
            headers={"content-type": "application/x-ndjson"}, proof=system.proof("POST", "/api/v1/payers/bulk", token=system.token),
        )  # fmt: skip
        assert answer.status_code != 403, answer.text
