"""A closed environment: loopback, or TLS; the register's own names; safe headers on every answer."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from rekisteri import wiring
from rekisteri.cli.listening import check_listening, names, tls
from rekisteri.cli.serve import together
from rekisteri.ground import egress
from rekisteri.ground.errors import Refused, Rejected
from rekisteri.ground.settings import Settings
from tests.builders import a_world
from tests.certificates import a_certificate
from tests.cli.terminal import a_terminal

EVERYWHERE = "0.0.0.0"  # noqa: S104 - to see it refused, and served over TLS
COMMAND = [sys.executable, "-c", "from rekisteri.cli import main; main()"]


@pytest.mark.parametrize(
    ("host", "settings", "field"),
    [
        (EVERYWHERE, {}, "host"),
        ("", {}, "host"),
        ("::", {}, "host"),
        ("10.0.0.5", {}, "host"),
        ("rekisteri.example.fi", {}, "host"),
        ("10.0.0.5", {"behind_proxy": True}, "hosts"),
        ("127.0.0.1", {"tls_cert": Path("a.crt")}, "tls_cert"),
        ("127.0.0.1", {"tls_cert": Path("a.crt"), "tls_key": Path("a.key")}, "tls_cert"),
        ("127.0.0.1", {"tls_client_ca": Path("a.crt")}, None),
    ],
)
def test_what_would_open_the_register_without_tls_does_not_start(
    host: str, settings: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(Rejected) as caught:
        check_listening(Settings(**settings), host)
    assert caught.value.field == field
    assert "REKISTERI_" in caught.value.message or "no file" in caught.value.message


def test_loopback_a_declared_proxy_and_a_certificate_may_listen(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "::1", "localhost", "127.0.0.2"):
        check_listening(Settings(), host)
    behind = Settings(behind_proxy=True, hosts="Rekisteri.example.fi, asiakkaat.example.fi")
    check_listening(behind, EVERYWHERE)
    assert names(behind) == {"rekisteri.example.fi", "asiakkaat.example.fi"}
    assert behind.over_tls
    certificate, key = a_certificate(tmp_path, "rekisteri.example.fi")
    own = Settings(tls_cert=certificate, tls_key=key)
    check_listening(own, EVERYWHERE)
    assert names(own) == {"rekisteri.example.fi"}
    assert own.over_tls and not Settings().over_tls
    key.chmod(0o644)
    with pytest.raises(Rejected):
        check_listening(own, EVERYWHERE)


def test_the_command_refuses_and_says_how_to_be_safe(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_terminal(database_url, tmp_path, monkeypatch, capsys)
    told = terminal.types("serve", "--host", EVERYWHERE)
    assert told.code == 2
    assert "REKISTERI_TLS_CERT" in told.err


def test_only_the_registers_own_names_are_answered(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, TestClient(together(world.register), "http://localhost") as faces:
        for host in ("localhost", "127.0.0.1:8420", "[::1]:8420", "LOCALHOST."):
            assert faces.get("/api/v1/health", headers={"host": host}).status_code == 200
        for host in ("evil.example", "localhost.evil.example", "", "[::1", "127.0.0.1.evil.example:80"):
            answer = faces.get("/api/v1/health", headers={"host": host})
            assert answer.status_code == 421
            assert "evil" not in answer.text


def test_every_answer_bears_the_headers_of_a_closed_house(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world, TestClient(together(world.register), "http://localhost") as faces:
        paths = (
            "/",
            "/kirjaudu",
            "/nowhere",
            "/static/nowhere",
            "/api/v1/health",
            "/api/v1/nowhere",
            "/api/v1/session",
        )
        for path in paths:
            headers = faces.get(path, follow_redirects=False).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, path
            # No word of the policy names another origin, a scheme but pictures' own data, or inline code.
            sources = {word for rule in policy.split(";") for word in rule.split()[1:]}
            assert sources <= {"'none'", "'self'", "data:"}, path
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["referrer-policy"] in ("no-referrer", "same-origin")
            assert headers["cache-control"] == "no-store", path
            assert "server" not in headers
            assert "access-control-allow-origin" not in headers


def test_pages_and_styles_name_no_other_origin() -> None:
    web = Path(wiring.__file__).parent / "web"
    # A name in the licence of a vendored file, and the names of XML vocabularies, load nothing.
    loads = re.compile(
        r"""(?:(?:src|href|action|poster|srcset)\s*=\s*["']|url\(\s*["']?|@import\s+["'])(?:https?:)?//"""
    )
    read = [path for path in web.rglob("*") if path.suffix in {".html", ".css", ".svg"}]
    assert len(read) > 20
    assert [path.name for path in read if loads.search(path.read_text("utf-8"))] == []
    assert loads.search('<script src="https://cdn.example/x.js">') and loads.search("url(//cdn.example/a.woff)")


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The real command in a process of its own; its address."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], env=os.environ | environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        line = next((line for line in process.stderr if " open at " in line), "")
        assert line, process.poll()
        yield re.findall(r"open at (\S+)/ ", line)[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait(20) == 130


def test_only_recommended_suites_are_spoken_at_either_end_the_strongest_first(tmp_path: Path) -> None:
    certificate, key = a_certificate(tmp_path, "rekisteri.example.fi")
    served = tls(Settings(tls_cert=certificate, tls_key=key))
    assert served is not None
    assert served.options & ssl.OP_CIPHER_SERVER_PREFERENCE
    calling = egress.tls(egress.Connection("out", "https://x.example.fi", "FI", "test"))
    for context in (served, calling):
        suites = context.get_ciphers()
        assert {one["name"].partition("-")[0].partition("_")[0] for one in suites} == {"TLS", "ECDHE"}
        assert all(one["aead"] and one["strength_bits"] >= 128 for one in suites)
        for version in ("TLSv1.3", "TLSv1.2"):
            assert next(one["strength_bits"] for one in suites if one["protocol"] == version) == 256
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_over_tls_callers_prove_who_they_are_and_cookies_stay_on_tls(database_url: str, tmp_path: Path) -> None:
    certificate, key = a_certificate(tmp_path, "localhost")
    caller, caller_key = a_certificate(tmp_path, "laskutus")
    environment = {
        "REKISTERI_DATABASE_URL": database_url, "REKISTERI_HOME": str(tmp_path),
        "REKISTERI_HOST": EVERYWHERE, "REKISTERI_TLS_CERT": str(certificate), "REKISTERI_TLS_KEY": str(key),
        "REKISTERI_TLS_CLIENT_CA": str(caller),
    }  # fmt: skip
    with served(environment) as address:
        assert address.startswith(f"https://{EVERYWHERE}:")
        url = address.replace(EVERYWHERE, "localhost")
        knowing = ssl.create_default_context(cafile=str(certificate))
        with httpx2.Client(verify=knowing, trust_env=False) as stranger, pytest.raises(httpx2.TransportError):
            stranger.get(f"{url}/api/v1/health")
        knowing.load_cert_chain(caller, caller_key)
        with httpx2.Client(verify=knowing, trust_env=False, base_url=url) as client:
            answers = [client.get(path) for path in ("/kirjaudu", "/api/v1/health")]
            for answer in answers:
                assert answer.status_code == 200
                assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
            cookies = answers[0].headers.get_list("set-cookie")
            assert cookies
            for cookie in cookies:
                assert cookie.startswith("__Host-")
                assert {"secure", "httponly", "samesite=strict", "path=/"} <= {
                    part.strip().lower() for part in cookie.split(";")
                }
            forged = client.get("/api/v1/health", headers={"host": "localhost", "x-forwarded-host": "evil.example"})
            assert forged.status_code == 200
            assert client.get("/api/v1/health", headers={"host": "evil.example"}).status_code == 421
        for suites, met in (("ECDHE-ECDSA-AES256-GCM-SHA384", True), ("ECDHE-ECDSA-AES256-SHA384", False)):
            choosy = ssl.create_default_context(cafile=str(certificate))
            choosy.load_cert_chain(caller, caller_key)
            choosy.maximum_version = ssl.TLSVersion.TLSv1_2
            choosy.set_ciphers(suites)
            with httpx2.Client(verify=choosy, trust_env=False) as client:
                if met:
                    assert client.get(f"{url}/api/v1/health").status_code == 200
                else:
                    with pytest.raises(httpx2.ConnectError):
                        client.get(f"{url}/api/v1/health")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(certificate)
        old.load_cert_chain(caller, caller_key)
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with httpx2.Client(verify=old, trust_env=False) as client, pytest.raises(httpx2.ConnectError):
            client.get(f"{url}/api/v1/health")


@pytest.mark.parametrize(
    ("url", "country", "field"),
    [
        ("postgresql://r@db.example.fi/r", "FI", "database_url"),
        ("postgresql://r@db.example.fi/r?sslmode=require", "FI", "database_url"),
        ("postgresql://r@localhost,db.example.fi/r", "FI", "database_url"),
        ("postgresql://r@db.example.fi/r?sslmode=verify-full", None, "database_country"),
        ("postgresql://r@db.example.com/r?sslmode=verify-full", "US", "country"),
    ],
)
def test_a_database_elsewhere_proves_who_it_is_in_a_declared_country_of_the_eea(
    url: str, country: str | None, field: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=url, database_country=country, home=tmp_path)
    with pytest.raises(Rejected) as caught, wiring.opened(settings):
        pass
    assert caught.value.field == field


def test_declared_connections_are_told_and_what_is_not_declared_is_refused_and_in_the_log(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = Settings(
        database_url="postgresql://r@db1.example.fi,db2.example.fi/r?port=5433&sslmode=verify-full",
        database_country="FI",
        home=tmp_path,
    )
    assert [(one.name, one.host, one.port) for one in wiring.connections(remote)] == [
        ("database-1", "db1.example.fi", 5433),
        ("database-2", "db2.example.fi", 5433),
    ]
    terminal = a_terminal(database_url, tmp_path, monkeypatch, capsys)
    assert terminal.types("connection", "list", "--json").json == []
    assert terminal.types("connection", "try", "vtj").code == 4
    with a_world(database_url, tmp_path) as world:
        with pytest.raises(Refused):
            httpx2.get("https://elsewhere.example.com/", trust_env=False)
        undeclared = egress.Connection("feed", "https://elsewhere.example.com/", "US", "to see it refused")
        with pytest.raises(Rejected):
            egress.client(undeclared)
        (event,) = world.sql(
            "select account, outcome, detail->>'host' from audit.event where action = 'connection:open' order by at desc"
        )
        assert event == ("rekisteri", "refused", "elsewhere.example.com")
