"""The demo's two identity providers: the service centre's own sign-in, and strong identification of customers.

Both are the certified provider where the environment has it, else our own simulation.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import ECKey

from rekisteri.simulators.certified_provider import Issuer, certified_providers
from rekisteri.simulators.identity_provider import Customer, IdentityProvider, Somebody
from rekisteri.simulators.population import Person
from rekisteri.simulators.serving import Answered, Asked, Outsider, serving

STAFF: Final = "kunta"
SUBJECTS: Final = "vahva"
LEVEL: Final = "http://ftn.ficora.fi/2017/loa3"
FILE: Final = "oidc.toml"
SECRET: Final = "oidc.secret"  # noqa: S105 - the name of a file
CLIENT: Final = "rekisteri"
ANYWHERE: Final = ("http://127.0.0.1:*", "http://localhost:*")
HEAD: Final = "# Written by `rekisteri demo` at each start: its invented identity providers.\n"
ONE: Final = """
[[provider]]
name = "{name}"
for = "{whom}"
issuer = "{url}/{name}"
client_id = "{client}"
client_secret_file = "{secret}"
country = "FI"
label = {{ fi = "{fi}", sv = "{sv}", en = "{en}" }}
"""
TITLES: Final = {
    STAFF: {
        "fi": "Palvelukeskuksen tunnuksella",
        "sv": "Med servicecentralens konto",
        "en": "With the service centre's account",
    },
    SUBJECTS: {"fi": "Tunnistaudu vahvasti", "sv": "Identifiera dig starkt", "en": "Identify yourself strongly"},
}


@contextmanager
def identity_providers(
    home: Path, staff: Sequence[tuple[str, Mapping[str, str]]], people: Sequence[Person], addresses: Sequence[str]
) -> Iterator[bool]:
    """The providers answer until the end, and ``oidc.toml`` in ``home`` declares them; whether the certified ones do.

    ``staff`` are names of accounts and what they are called by language; ``people`` customers with identity codes;
    ``addresses`` where the register will be open.
    """
    home.mkdir(parents=True, exist_ok=True)
    secret = _secret(home / SECRET)
    own = tuple(_own(handle, names) for handle, names in staff)
    strong = tuple(_strong(person) for person in people if person.hetu)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True)
    key.ensure_kid()
    issuers = [
        Issuer(name, TITLES[name], known, (_client(name, secret, addresses),), (key.as_dict(private=True),), level)
        for name, known, level in ((STAFF, own, None), (SUBJECTS, strong, LEVEL))
    ]
    with certified_providers(issuers) as url:
        if url is not None:
            _declare(home, url)
            yield True
            return
    with _simulated(issuers, secret) as url:
        _declare(home, url)
        yield False


@contextmanager
def _simulated(issuers: Sequence[Issuer], secret: str) -> Iterator[str]:
    providers: list[IdentityProvider] = []
    outsider = Outsider(lambda asked: _dispatch(providers, asked))
    with serving(outsider):
        customer = (Customer(CLIENT, ANYWHERE, secret),)
        providers += [
            IdentityProvider(f"{outsider.url}/{one.name}", tuple(one.people), customer, level=one.level)
            for one in issuers
        ]
        yield outsider.url


def _declare(home: Path, url: str) -> None:
    whom = {STAFF: "staff", SUBJECTS: "subject"}
    declared = (
        ONE.format(name=name, whom=whom[name], url=url, client=CLIENT, secret=SECRET, **titles)
        for name, titles in TITLES.items()
    )
    (home / FILE).write_text(HEAD + "".join(declared), "utf-8")


def _client(name: str, secret: str, addresses: Sequence[str]) -> dict[str, Any]:
    """The register, as it would be registered at a provider; see how-to/connect-openid."""
    return {
        "client_id": CLIENT,
        "client_secret": secret,
        "redirect_uris": [f"{address}/kirjaudu/palvelu/{name}/paluu" for address in addresses],
        "post_logout_redirect_uris": [f"{address}/kirjaudu" for address in addresses],
        "backchannel_logout_uri": f"{addresses[0]}/oauth/logout/{name}",
        "backchannel_logout_session_required": True,
        "id_token_signed_response_alg": "ES256",
        "require_auth_time": True,
    }


def _own(handle: str, names: Mapping[str, str]) -> Somebody:
    labels = {language: f"{handle} ({name})" for language, name in names.items()}
    return Somebody(handle, labels["fi"], {"name": names["fi"]}, labels)


def _strong(person: Person) -> Somebody:
    name = f"{person.surname} {person.first_names}"
    claims = {"urn:oid:1.2.246.21": person.hetu, "urn:oid:2.5.4.3": name}
    return Somebody(f"person-{person.index}", f"{name} ({person.born_on.year})", claims)


def _secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), "utf-8")
    return path.read_text("utf-8")


def _dispatch(providers: Sequence[IdentityProvider], asked: Asked) -> Answered:
    for provider in providers:
        if asked.path.startswith(f"/{provider.issuer.rpartition('/')[2]}/"):
            return provider.answer(asked)
    return Answered(404, "text/plain", b"")
