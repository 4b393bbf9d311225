"""Identity providers: who may say who somebody is, as the operator declares it in ``oidc.toml``.

A provider serves either the staff, by accounts made beforehand, or data subjects, by strong
identification. It is of a country of the EU or EEA, spoken to over TLS unless it is of this
machine, and reached through ``ground.egress`` alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from rekisteri.catalogue import Text
from rekisteri.ground.egress import Connection
from rekisteri.ground.errors import Rejected

FILE = "oidc.toml"
SIGNATURES = ("PS256", "ES256", "EdDSA", "RS256")
"""Signatures a token may bear: none that needs a shared secret, and never none at all."""
STRONG_LEVELS = (
    "http://eidas.europa.eu/LoA/substantial",
    "http://eidas.europa.eu/LoA/high",
    "http://ftn.ficora.fi/2017/loa2",
    "http://ftn.ficora.fi/2017/loa3",
)
"""Levels of strong identification, where the operator names none (Act 617/2009; eIDAS 910/2014 art. 8)."""
HETU_CLAIM = "urn:oid:1.2.246.21"
"""The personal identity code among the attributes of Finnish strong identification."""
NAME_CLAIMS = ("urn:oid:2.5.4.3", "name")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")
_ROOM = 2**16

PrivateKey = RSAKey | ECKey


class Whom(StrEnum):
    """Whom a provider lets in."""

    STAFF = "staff"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Provider:
    """One identity provider. ``levels`` are the ``acr`` values that will do; empty: any.

    ``secret`` or ``key`` is how the register proves itself to it (a shared secret, or a signing
    key: ``private_key_jwt``); ``opener`` opens ID tokens that come encrypted. ``origins`` are
    further addresses its metadata may name, beside the issuer's own.
    """

    name: str
    whom: Whom
    issuer: str
    client_id: str
    country: str
    label: Text
    secret: str | None = None
    key: PrivateKey | None = None
    opener: PrivateKey | None = None
    scope: str = "openid profile"
    levels: tuple[str, ...] = ()
    subject_claim: str = "sub"
    hetu_claim: str = HETU_CLAIM
    userinfo: bool = False
    create_accounts: bool = False
    origins: tuple[str, ...] = ()
    ca: Path | None = None

    def connections(self) -> tuple[Connection, ...]:
        """The ways out it needs: one an origin."""
        every = (origin(self.issuer), *self.origins)
        return tuple(
            Connection(
                f"oidc-{self.name}" if place == 0 else f"oidc-{self.name}-{place}",
                url,
                self.country,
                "sign-in: who somebody is",
                ca=self.ca,
            )
            for place, url in enumerate(dict.fromkeys(every))
        )


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def load(path: Path) -> dict[str, Provider]:
    """The providers of a file, by name; none where there is no file.

    Raises ``Rejected``, naming the provider and the field, for what does not hold.
    """
    if not path.exists():
        return {}
    if path.stat().st_size > _ROOM:
        raise Rejected(f"{path.name} is larger than a list of providers can be.")
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Rejected(f"{path.name} is no TOML: {error}.") from None
    found: dict[str, Provider] = {}
    for one in told.get("provider", []):
        made = _provider(one, path.parent)
        if made.name in found:
            raise Rejected(f"{path.name} names the provider '{made.name}' twice.", field="name")
        found[made.name] = made
    return found


_TEXTS = frozenset(
    {
        "name", "for", "issuer", "client_id", "country", "scope", "subject_claim", "hetu_claim",
        "client_secret_file", "client_key_file", "decryption_key_file", "ca_file",
    }
)  # fmt: skip
_FLAGS = frozenset({"userinfo", "create_accounts"})
_LISTS = frozenset({"levels", "origins"})


def _provider(told: Mapping[str, Any], folder: Path) -> Provider:
    name = str(told.get("name", ""))
    _check_shape(name, told)
    if not _NAME.fullmatch(name):
        raise Rejected(f"The provider '{name}' needs a name of small letters, digits and hyphens.", field="name")
    for field in ("issuer", "client_id", "country"):
        if not told.get(field):
            raise Rejected(f"The provider '{name}' does not say its {field}.", field=field)
    if told.get("for") not in set(Whom):
        raise Rejected(f"The provider '{name}' must be for 'staff' or for 'subject'.", field="for")
    whom = Whom(told["for"])
    label = told.get("label", {})
    secret, key = _secret(name, told, folder), _key(name, told, folder, "client_key_file")
    if (secret is None) == (key is None):
        raise Rejected(
            f"The provider '{name}' needs either client_secret_file or client_key_file.", field="client_key_file"
        )
    levels = tuple(told.get("levels", STRONG_LEVELS if whom is Whom.SUBJECT else ()))
    if whom is Whom.SUBJECT and not levels:
        raise Rejected(f"The provider '{name}' identifies data subjects and must name its levels.", field="levels")
    if whom is Whom.SUBJECT and told.get("create_accounts"):
        raise Rejected(f"The provider '{name}' is for data subjects, who have no accounts.", field="create_accounts")
    return Provider(
        name=name,
        whom=whom,
        issuer=str(told["issuer"]),
        client_id=str(told["client_id"]),
        country=str(told["country"]),
        label=Text(label.get("fi") or name, label.get("sv") or name, label.get("en") or name),
        secret=secret,
        key=key,
        opener=_key(name, told, folder, "decryption_key_file"),
        scope=str(told.get("scope", "openid profile")),
        levels=levels,
        subject_claim=str(told.get("subject_claim", "sub")),
        hetu_claim=str(told.get("hetu_claim", HETU_CLAIM)),
        userinfo=bool(told.get("userinfo", False)),
        create_accounts=bool(told.get("create_accounts", False)),
        origins=tuple(map(origin, told.get("origins", ()))),
        ca=folder / told["ca_file"] if "ca_file" in told else None,
    )


def _check_shape(name: str, told: Mapping[str, Any]) -> None:
    for field, value in told.items():
        right = (
            (field in _TEXTS and isinstance(value, str))
            or (field in _FLAGS and isinstance(value, bool))
            or (field in _LISTS and isinstance(value, list) and all(isinstance(one, str) for one in value))
            or (field == "label" and isinstance(value, dict) and value.keys() <= {"fi", "sv", "en"})
        )
        if not right:
            raise Rejected(f"The provider '{name}' says '{field}' that is not known, or not in its form.", field=field)


def _secret(name: str, told: Mapping[str, Any], folder: Path) -> str | None:
    path = _private_file(name, told, folder, "client_secret_file")
    return None if path is None else path.read_text("utf-8").strip()


def _key(name: str, told: Mapping[str, Any], folder: Path, field: str) -> PrivateKey | None:
    path = _private_file(name, told, folder, field)
    if path is None:
        return None
    for kind in (ECKey, RSAKey):
        try:
            return kind.import_key(path.read_bytes(), {"use": "sig"} if field == "client_key_file" else {"use": "enc"})
        except (JoseError, ValueError):
            continue
    raise Rejected(f"The provider '{name}' has a {field} that is no private key in PEM.", field=field)


def _private_file(name: str, told: Mapping[str, Any], folder: Path, field: str) -> Path | None:
    if field not in told:
        return None
    path = folder / str(told[field])
    if not path.is_file():
        raise Rejected(f"The provider '{name}' names a file that is not there: {told[field]}.", field=field)
    if path.stat().st_mode & 0o077:
        raise Rejected(
            f"The provider '{name}' has a secret that others may read; run chmod 600 on {path}.", field=field
        )
    return path


def public_keys(providers: Mapping[str, Provider]) -> Iterator[dict[str, Any]]:
    """The public halves of our own keys, for the providers to fetch or be given."""
    for provider in providers.values():
        for key in (provider.key, provider.opener):
            if key is not None:
                key.ensure_kid()
                yield dict(key.as_dict(private=False))
