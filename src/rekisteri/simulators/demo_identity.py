"""The demo's two identity providers: the service centre's own sign-in, and strong identification of customers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rekisteri.simulators.identity_provider import Customer, IdentityProvider, Somebody
from rekisteri.simulators.population import Person
from rekisteri.simulators.serving import Answered, Asked, Outsider, serving

STAFF: Final = "kunta"
SUBJECTS: Final = "vahva"
LEVEL: Final = "http://ftn.ficora.fi/2017/loa3"
FILE: Final = "oidc.toml"
SECRET: Final = "oidc.secret"  # noqa: S105 - the name of a file
ANYWHERE: Final = ("http://127.0.0.1:*", "http://localhost:*")
HEAD: Final = "# Written by `rekisteri demo` at each start: its invented identity providers.\n"
ONE: Final = """
[[provider]]
name = "{name}"
for = "{whom}"
issuer = "{issuer}"
client_id = "rekisteri"
client_secret_file = "{secret}"
country = "FI"
label = {{ fi = "{fi}", sv = "{sv}", en = "{en}" }}
"""


@contextmanager
def identity_providers(home: Path, staff: Sequence[tuple[str, str]], people: Sequence[Person]) -> Iterator[str]:
    """The providers answer until the end, and ``oidc.toml`` in ``home`` declares them; where they answer.

    ``staff`` are names of accounts and what the page calls them; ``people`` customers with identity codes.
    """
    home.mkdir(parents=True, exist_ok=True)
    secret = _secret(home / SECRET)
    providers: list[IdentityProvider] = []
    outsider = Outsider(lambda asked: _dispatch(providers, asked))
    with serving(outsider):
        customer = (Customer("rekisteri", ANYWHERE, secret),)
        own = tuple(Somebody(handle, f"{handle} ({name})", {"name": name}) for handle, name in staff)
        strong = tuple(_strong(person) for person in people if person.hetu)
        providers += [
            IdentityProvider(f"{outsider.url}/{STAFF}", own, customer),
            IdentityProvider(f"{outsider.url}/{SUBJECTS}", strong, customer, level=LEVEL),
        ]
        (home / FILE).write_text(HEAD + _declared(providers), "utf-8")
        yield outsider.url


def _declared(providers: Sequence[IdentityProvider]) -> str:
    texts = (
        (
            STAFF,
            "staff",
            "Palvelukeskuksen tunnuksella",
            "Med servicecentralens konto",
            "With the service centre's account",
        ),
        (SUBJECTS, "subject", "Tunnistaudu vahvasti", "Identifiera dig starkt", "Identify yourself strongly"),
    )
    return "".join(
        ONE.format(name=name, whom=whom, issuer=provider.issuer, secret=SECRET, fi=fi, sv=sv, en=en)
        for provider, (name, whom, fi, sv, en) in zip(providers, texts, strict=True)
    )


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
