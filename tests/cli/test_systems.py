"""Systems on the command line, and one that proves itself by its certificate to the register's own TLS."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import httpx2
import pytest
from joserfc.jwk import ECKey

from tests.certificates import a_certificate
from tests.cli.terminal import HOME, OTHER, a_staffed_terminal
from tests.cli.test_listening import EVERYWHERE, served


def test_a_system_is_registered_listed_and_given_other_keys(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    key = ECKey.generate_key("P-256")
    keys = tmp_path / "laskutus.jwks"
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    added = terminal.types(
        "admin", "system", "add", "laskutus", "--name", "Laskutus", "--organisation", HOME, "--organisation", OTHER,
        "--keys", str(keys), "--for-purpose", "invoicing", "--act", "customer:read", "--json",
    )  # fmt: skip
    assert added.code == 0, added.err
    added = terminal.types(
        "admin", "system", "add", "maksut", "--name", "Maksut", "--organisation", HOME, "--keys", str(keys), "--json"
    )
    (made,) = added.json
    assert (made["handle"], made["actions"], len(made["keys"])) == ("maksut", None, 1)
    assert "maksut" in terminal.types("admin", "system", "list").out
    (changed,) = terminal.types("admin", "system", "keys", "maksut", "--keys", str(keys), "--json").json
    assert changed["keys"] == made["keys"]
    keys.write_text("no json")
    assert terminal.types("admin", "system", "keys", "maksut", "--keys", str(keys)).code == 2
    assert terminal.types("admin", "system", "keys", "maksut").code == 2
    assert "maksut" in terminal.types("admin", "account", "list").out


def test_a_callers_certificate_binds_its_token_where_the_register_does_tls_itself(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    certificate, key = a_certificate(tmp_path, "localhost")
    caller, caller_key = a_certificate(tmp_path, "laskutus")
    told = terminal.types(
        "admin", "system", "add", "laskutus", "--name", "Laskutus", "--organisation", HOME, "--certificate", str(caller)
    )
    assert told.code == 0, told.err
    environment = {
        "REKISTERI_DATABASE_URL": database_url, "REKISTERI_HOME": str(tmp_path),
        "REKISTERI_HOST": EVERYWHERE, "REKISTERI_TLS_CERT": str(certificate), "REKISTERI_TLS_KEY": str(key),
        "REKISTERI_TLS_CLIENT_CA": str(caller), "REKISTERI_TLS_CLIENT_OPTIONAL": "true",
    }  # fmt: skip
    form = {"grant_type": "client_credentials", "client_id": "laskutus"}
    with served(environment) as address:
        url = address.replace(EVERYWHERE, "localhost")
        plain, knowing = (ssl.create_default_context(cafile=str(certificate)) for _ in range(2))
        knowing.load_cert_chain(caller, caller_key)
        with (
            httpx2.Client(verify=plain, trust_env=False, base_url=url) as stranger,
            httpx2.Client(verify=knowing, trust_env=False, base_url=url) as system,
        ):
            assert stranger.post("/oauth/token", data=form).json()["error"] == "invalid_client"
            given = system.post("/oauth/token", data=form)
            assert (given.status_code, given.json()["token_type"]) == (200, "Bearer"), given.text
            bearer = {"Authorization": f"Bearer {given.json()['access_token']}"}
            assert system.get("/api/v1/session", headers=bearer).json()["account"] == "laskutus"
            stolen = stranger.get("/api/v1/session", headers=bearer | {"Client-Cert": "x"})
            assert (stolen.status_code, "invalid_token" in stolen.headers["WWW-Authenticate"]) == (401, True)
