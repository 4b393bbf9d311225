"""Systems: accounts that prove themselves by a key or a certificate, for named acts, organisations and purposes.

A client is an account with the role ``integration`` and without a password. What it may is its grants, as
anybody's; the acts its tokens may be asked for are limited here besides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from argon2 import PasswordHasher
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from rekisteri.access.accounts import add_account, organisation
from rekisteri.access.actions import NAMED_PURPOSES, PURPOSES_OF_ROLE, Action
from rekisteri.access.door import Read, Write
from rekisteri.access.grants import Wish, close, grant, grants
from rekisteri.access.proofs import RSA_BITS_MIN, certificate_in
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Missing, Rejected

KEYS_MAX = 5
CERTIFICATES_MAX = 5
IMPLIED = frozenset(action for action in Action if action.policy.implied)
"""What every token carries: without these nothing else can be done."""
OFFERED: tuple[Action, ...] = tuple(
    action for action in Action if Role.INTEGRATION in action.policy.roles and action not in IMPLIED
)
"""The acts a system's tokens may be asked for: scopes are the names of acts."""


@dataclass(frozen=True, slots=True)
class Client:
    """A system: its key identifiers and certificate thumbprints, and the acts its tokens may carry (None: each)."""

    handle: str
    name: str
    keys: list[str]
    certificates: list[str]
    actions: list[str] | None
    organisations: list[int]
    purposes: list[Purpose]
    made_at: datetime
    expires_on: date | None
    disabled_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Registration:
    """A system to register. ``keys`` is a JWK set (public keys), ``certificates`` are PEM."""

    handle: str
    name: str
    organisation_codes: Collection[str]
    purposes: Collection[Purpose] = ()
    actions: Collection[str] | None = None
    keys: Mapping[str, Any] | None = None
    certificates: Collection[bytes] = ()
    expires_on: date | None = None


def add_client(tx: Write, hasher: PasswordHasher, wish: Registration) -> Client:
    """Register a system.

    Raises ``Rejected`` without a key or certificate, for a private or weak key, an act systems do
    not do, or a purpose that is not theirs; and what ``add_account`` raises.
    """
    keys, thumbprints = _public(wish.keys), _thumbprints(wish.certificates)
    if not keys and not thumbprints:
        raise Rejected("Give the system's public key (a JWK set) or its certificate.", field="keys")
    actions = None if wish.actions is None else _acts(wish.actions)
    purposes = frozenset(wish.purposes) or frozenset(PURPOSES_OF_ROLE[Role.INTEGRATION])
    _hold_to_purposes(purposes, actions)
    add_account(
        tx,
        hasher,
        handle=wish.handle,
        name=wish.name,
        password=None,
        roles=[Role.INTEGRATION],
        organisation_codes=wish.organisation_codes,
        expires_on=wish.expires_on,
    )
    if purposes != frozenset(PURPOSES_OF_ROLE[Role.INTEGRATION]):
        _narrow(tx, wish, purposes)
    tx.run(
        """
        insert into access.client (account_id, keys, thumbprints, actions, made_at, made_by)
        select id, %(keys)s::jsonb, %(thumbprints)s, %(actions)s, %(at)s, %(by)s
        from access.account where handle = %(handle)s
        """,
        keys=orjson.dumps(keys).decode(),
        thumbprints=thumbprints,
        actions=actions,
        at=tx.at,
        by=tx.act.viewer.handle,
        handle=wish.handle,
    )
    tx.note(account=wish.handle)
    return client(tx, wish.handle)


def _hold_to_purposes(purposes: Collection[Purpose], actions: Collection[str] | None) -> None:
    """A system handles customers' bills, or tells people how their data is used, and never both."""
    if set(purposes) <= set(PURPOSES_OF_ROLE[Role.INTEGRATION]):
        return
    if set(purposes) != set(NAMED_PURPOSES[Role.INTEGRATION]):
        raise Rejected(
            "Systems serve invoicing and collection; one that tells people how their data is used serves data "
            "protection and nothing else.",
            field="purposes",
        )
    if set(actions or ()) != {Action.AUDIT_TELL.policy.name}:
        raise Rejected("For data protection a system carries audit:tell and nothing else.", field="actions")


def change_keys(
    tx: Write, handle: str, *, keys: Mapping[str, Any] | None = None, certificates: Collection[bytes] = ()
) -> Client:
    """Give a system other keys and certificates; every token of it ends. Raises ``Missing``, ``Rejected``."""
    public, thumbprints = _public(keys), _thumbprints(certificates)
    if not public and not thumbprints:
        raise Rejected("Give the system's public key (a JWK set) or its certificate.", field="keys")
    changed = tx.run(
        """
        update access.client c set keys = %(keys)s::jsonb, thumbprints = %(thumbprints)s
        from access.account a where a.id = c.account_id and a.handle = %(handle)s
        """,
        keys=orjson.dumps(public).decode(),
        thumbprints=thumbprints,
        handle=handle,
    )
    if not changed:
        raise Missing("There is no system of that name; see the list of systems.")
    tx.run(
        """
        delete from access.session s using access.account a where a.id = s.account_id and a.handle = %(handle)s
        """,
        handle=handle,
    )
    tx.note(account=handle)
    return client(tx, handle)


def clients(tx: Read) -> list[Client]:
    """Every system, by name; their public keys by identifier alone."""
    return tx.all(
        Client,
        """
        select a.handle, a.name, c.actions, c.made_at, a.expires_on, a.disabled_at, a.used_at,
               array(select k->>'kid' from jsonb_array_elements(c.keys) as k) as keys,
               array(select encode(t, 'hex') from unnest(c.thumbprints) as t) as certificates,
               array(select distinct g.organisation_id from access.grant g
                     where g.account_id = a.id and g.ended_at is null and g.ends_at > %(at)s
                       and g.organisation_id is not null order by 1) as organisations,
               array(select distinct coalesce(g.purpose, p) from access.grant g
                     cross join unnest(%(purposes)s::text[]) as p
                     where g.account_id = a.id and g.ended_at is null and g.ends_at > %(at)s order by 1) as purposes
        from access.client c join access.account a on a.id = c.account_id
        order by a.handle
        """,
        at=tx.at,
        purposes=[*PURPOSES_OF_ROLE[Role.INTEGRATION]],
    )


def client(tx: Read, handle: str) -> Client:
    """One system. Raises ``Missing``."""
    found = next((one for one in clients(tx) if one.handle == handle), None)
    if found is None:
        raise Missing("There is no system of that name; see the list of systems.")
    return found


def _narrow(tx: Write, wish: Registration, purposes: Collection[Purpose]) -> None:
    """Instead of a grant for each purpose of the role, one for each purpose wanted."""
    made = grants(tx, wish.handle)
    close(tx, [one.id for one in made])
    for code in wish.organisation_codes:
        number = organisation(tx, code).id
        for purpose in sorted(purposes):
            grant(tx, wish.handle, Wish(Role.INTEGRATION, number, purpose, ends_on=wish.expires_on))


def _acts(names: Collection[str]) -> list[str]:
    offered = {action.policy.name for action in OFFERED}
    unknown = sorted(set(names) - offered)
    if unknown or not names:
        raise Rejected(f"A system's tokens carry acts among these: {', '.join(sorted(offered))}.", field="actions")
    return sorted(set(names))


def _public(keys: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The keys as they are kept: public, with an identifier each."""
    if keys is None:
        return []
    listed = keys.get("keys")
    if not isinstance(listed, list) or not 0 < len(listed) <= KEYS_MAX:
        raise Rejected(f"Keys come as a JWK set of at most {KEYS_MAX} keys.", field="keys")
    try:
        read = KeySet.import_key_set({"keys": listed}).keys
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise Rejected("The key set can't be read; see RFC 7517.", field="keys") from None
    for key in read:
        if key.key_type not in ("EC", "RSA", "OKP") or key.is_private:
            raise Rejected("Only public keys are kept here: keep the private one where it was made.", field="keys")
        if isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS_MIN:
            raise Rejected(f"An RSA key has at least {RSA_BITS_MIN} bits.", field="keys")
        key.ensure_kid()
    return [dict(key.as_dict(private=False)) for key in read]


def _thumbprints(certificates: Collection[bytes]) -> list[bytes]:
    if len(certificates) > CERTIFICATES_MAX:
        raise Rejected(f"At most {CERTIFICATES_MAX} certificates.", field="certificates")
    try:
        return [certificate_in(one) for one in certificates]
    except ValueError:
        raise Rejected("The certificate can't be read; give it as PEM.", field="certificates") from None
