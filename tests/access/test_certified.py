"""The certified OpenID provider `oidc-provider` of npm, spoken to for real: over HTTP, by the clock on the wall.

Skipped where set-up could not have it: no Node.js and no wheel of it, or no npm registry.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey, RSAKey

from rekisteri import access, simulators, wiring
from rekisteri.access import Action, Arrival
from rekisteri.access.openid import Doubt
from rekisteri.catalogue import Purpose, Role
from rekisteri.cli.serve import together
from rekisteri.ground.errors import Unidentified
from rekisteri.ground.settings import Settings
from rekisteri.simulators import Issuer, Somebody
from rekisteri.wiring import Register
from tests.builders import WEAK_HASHER
from tests.web.serving import served

NAME = "kunta"
SECRET = "a-secret-that-is-long-enough-for-everybody"
LEVEL = "http://eidas.europa.eu/LoA/substantial"
BACK = "http://rekisteri.test/kirjaudu/palvelu/{}/paluu"
NAMES = ("secret", "key", "sealed", "asked")


@dataclass(frozen=True, slots=True)
class Town:
    """The register with the certified provider declared four times over: each time another client of it."""

    register: Register
    issuer: str
    address: str

    def arrives(self, name: str, who: str = "maija", browser: httpx2.Client | None = None) -> Arrival:
        """Out and back, as a browser goes, by the provider's page of people."""
        errand = self.register.arrivals.begin(name, back=BACK.format(name), target="/haku", language="sv")
        client, place = browser or httpx2.Client(), errand.address
        while not place.startswith(BACK.format(name)):
            answer = client.get(place)
            if answer.status_code == 200:
                assert "<h1>Vem är du?</h1>" in answer.text
                answer = client.post(place, data={"who": who})
            assert answer.status_code in (302, 303), answer.text
            place = str(httpx2.URL(place).join(answer.headers["location"]))
        told = dict(parse_qsl(urlsplit(place).query))
        return self.register.arrivals.finish(name, told, browser=errand.browser, back=BACK.format(name))


@contextmanager
def a_town(database_url: str, home: Path) -> Iterator[Town]:
    """A register of its own clock, and the provider started beside it."""
    if not simulators.certified_provider_installed():
        pytest.skip("the certified provider is not installed: ./rekisteri-dev setup")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    issuer = f"http://localhost:{port}/{NAME}"
    keys = {"key": ECKey.generate_key("P-256"), "sealed": RSAKey.generate_key(2048)}
    _declare(home, issuer, keys)
    settings = Settings(database_url=database_url, home=home, pool_size=4)
    with (
        wiring.opened(settings, hasher=WEAK_HASHER) as register,
        served(together(register)) as address,
        simulators.certified_providers([_issuer(address, keys)], port) as url,
    ):
        assert url == f"http://localhost:{port}"
        with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
            access.add_account(
                tx, WEAK_HASHER, handle="maija", name="Maija", password=None, roles=[Role.MAINTAINER],
                every_organisation=True,
            )  # fmt: skip
            for name in NAMES:
                access.link(tx, "maija", name, "maija")
        yield Town(register, issuer, address)


def _declare(home: Path, issuer: str, keys: dict[str, Any]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    files = {"secret.txt": SECRET.encode()} | {f"{name}.pem": key.as_pem(private=True) for name, key in keys.items()}
    for file, content in files.items():
        (home / file).write_bytes(content)
        (home / file).chmod(0o600)
    proofs = {
        "secret": 'client_secret_file = "secret.txt"',
        "key": 'client_key_file = "key.pem"',
        "sealed": 'client_secret_file = "secret.txt"\ndecryption_key_file = "sealed.pem"',
        "asked": 'client_secret_file = "secret.txt"\nuserinfo = true',
    }
    (home / "oidc.toml").write_text(
        "\n".join(
            f'[[provider]]\nname = "{name}"\nfor = "staff"\nissuer = "{issuer}"\nclient_id = "{name}"\n'
            f'country = "FI"\nlevels = ["{LEVEL}"]\n{proof}\n'
            for name, proof in proofs.items()
        )
    )


def _issuer(address: str, keys: dict[str, Any]) -> Issuer:
    signing = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})
    curve = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"})
    clients: list[dict[str, Any]] = [
        {
            "client_id": name, "client_secret": SECRET, "redirect_uris": [BACK.format(name)],
            "backchannel_logout_uri": f"{address}/oauth/logout/{name}", "backchannel_logout_session_required": True,
            "id_token_signed_response_alg": "RS256" if name == "secret" else "ES256",
        }
        for name in NAMES
    ]  # fmt: skip
    for public in keys.values():
        public.ensure_kid()
    clients[1] |= {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [keys["key"].as_dict(private=False)]},
    }
    clients[1].pop("client_secret")
    clients[2] |= {
        "id_token_encrypted_response_alg": "RSA-OAEP-256",
        "id_token_encrypted_response_enc": "A256GCM",
        "jwks": {"keys": [keys["sealed"].as_dict(private=False)]},
    }
    people = (
        Somebody("maija", "Maija Mallikas", {"name": "Maija Mallikas"}),
        Somebody("onni", "Onni Esimerkki", {"name": "Onni Esimerkki"}),
    )
    signers = [signing.as_dict(private=True), curve.as_dict(private=True)]
    return Issuer(NAME, {"fi": "Kunta", "sv": "Kommun", "en": "Town"}, people, clients, signers, LEVEL)


def test_the_certified_provider_lets_in_by_secret_by_key_and_with_sealed_tokens_and_ends_what_it_began(
    database_url: str, tmp_path: Path
) -> None:
    with a_town(database_url, tmp_path) as town:
        for name in NAMES:
            arrival = town.arrives(name)
            assert (arrival.session.viewer.handle, arrival.session.provider) == ("maija", name)
            assert arrival.session.viewer.authenticated_at is not None
        with pytest.raises(Unidentified):
            town.arrives("secret", "onni")
        # Another client's decryption key opens nothing of ours, and a plain token is not taken for a sealed one.
        sealed = town.register.arrivals.every_provider["sealed"]
        with pytest.raises(Doubt):
            town.register.arrivals._openid._opened(sealed, "a.b.c")
        with httpx2.Client() as browser:
            token = town.arrives("secret", browser=browser).token
            form = browser.get(f"{town.issuer}/session/end", params={"client_id": "secret"})
            (xsrf,) = re.findall(r'name="xsrf" value="([^"]+)"', form.text)
            ended = browser.post(f"{town.issuer}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"})
            assert ended.status_code in (302, 303), ended.text
        with pytest.raises(Unidentified):
            town.register.sessions.resume(token)
        keys = httpx2.get(f"{town.address}/oauth/jwks").json()["keys"]
        assert len(keys) == 2
        assert all("d" not in key for key in keys)
