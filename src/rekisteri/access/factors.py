"""The second factor of accounts with passwords: time-based codes (RFC 6238), and recovery codes for a lost device.

A code is taken once: the step it belongs to is remembered, and no earlier or equal one is
taken again. Recovery codes are kept as hashes, and each serves once.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
import segno

from rekisteri.access.door import Read, Write
from rekisteri.ground import database
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.ground.keys import Vault

ISSUER = "Rekisteri"
STEP_S = 30
DRIFT_STEPS = 1
"""How many steps a device's clock may be off, either way."""
RECOVERY_CODES = 10
RECOVERY_GROUPS = 4
"""A recovery code is so many groups of five characters of an alphabet of 31: 99 bits."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_PLACE = "access.factor|secret|"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a device is shown once: the secret as text and as an address, which a QR code carries."""

    secret: str
    address: str

    def picture(self) -> str:
        """The QR code as the address of an SVG picture."""
        return segno.make(self.address).svg_data_uri(scale=5, border=2)

    def blocks(self) -> str:
        """The QR code as a terminal shows it."""
        out = io.StringIO()
        segno.make(self.address).terminal(out, compact=True)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Factor:
    secret: bytes
    confirmed_at: datetime | None
    last_step: int


def enrol(tx: database.Write, vault: Vault, account_id: UUID, handle: str) -> Enrolment:
    """A fresh secret for an account that has no confirmed one; it counts when a code of it is given.

    Raises ``Conflict`` where there is a confirmed one: it is removed first.
    """
    secret = pyotp.random_base32()
    sealed = vault.seal(secret.encode(), key="secret", place=f"{_PLACE}{account_id}")
    made = tx.run(
        """
        insert into access.factor (account_id, secret, last_step) values (%(account_id)s, %(secret)s, 0)
        on conflict (account_id) do update set secret = excluded.secret, last_step = 0
        where factor.confirmed_at is null
        """,
        account_id=account_id,
        secret=sealed,
    )
    if not made:
        raise Conflict("The account has a second factor; remove it before enrolling another.")
    return _enrolment(secret, handle)


def pending(tx: database.Write, vault: Vault, account_id: UUID, handle: str) -> Enrolment | None:
    """The enrolment under way, or None: shown again after a wrong code."""
    factor = _factor(tx, account_id)
    if factor is None or factor.confirmed_at is not None:
        return None
    return _enrolment(_open(vault, factor, account_id), handle)


def confirm(tx: database.Write, vault: Vault, account_id: UUID, code: str) -> list[str]:
    """The first code of a device: from now on one is asked for. Recovery codes, shown this once.

    Raises ``Rejected`` for a code that is not right now, ``Missing`` where nothing was enrolled.
    """
    factor = _factor(tx, account_id)
    if factor is None or factor.confirmed_at is not None:
        raise Missing("No second factor is being enrolled; begin again.")
    step = _step(_open(vault, factor, account_id), code, tx.at)
    if step is None:
        raise Rejected("The code is not right; give the one your device shows now.", field="code")
    tx.run(
        "update access.factor set confirmed_at = %(at)s, last_step = %(step)s where account_id = %(id)s",
        at=tx.at,
        step=step,
        id=account_id,
    )
    tx.run("delete from access.recovery where account_id = %(id)s", id=account_id)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    tx.run(
        """
        insert into access.recovery (code_hash, account_id, made_at)
        select unnest(%(hashes)s::bytea[]), %(id)s, %(at)s
        """,
        hashes=[_recovery_hash(account_id, one) for one in codes],
        id=account_id,
        at=tx.at,
    )
    return codes


def confirmed(tx: database.Write, account_id: UUID) -> bool:
    """Whether a code is asked for at sign-in."""
    factor = _factor(tx, account_id)
    return factor is not None and factor.confirmed_at is not None


def take(tx: database.Write, vault: Vault, account_id: UUID, code: str) -> str | None:
    """Take a code: ``code`` for a device's, ``recovery`` for a recovery code, None for neither.

    What was taken once is not taken again, be it tried from two places at the same moment.
    """
    factor = _factor(tx, account_id)
    if factor is None or factor.confirmed_at is None:
        return None
    step = _step(_open(vault, factor, account_id), code, tx.at)
    if step is not None:
        first = tx.run(
            "update access.factor set last_step = %(step)s where account_id = %(id)s and last_step < %(step)s",
            step=step,
            id=account_id,
        )
        return "code" if first else None
    used = tx.run(
        """
        update access.recovery set used_at = %(at)s
        where code_hash = %(hash)s and account_id = %(id)s and used_at is null
        """,
        at=tx.at,
        hash=_recovery_hash(account_id, code),
        id=account_id,
    )
    return "recovery" if used else None


def enrol_for(tx: Write, vault: Vault, handle: str) -> Enrolment:
    """A fresh secret for somebody's account, shown to them once. Raises ``Missing``, ``Conflict`` as ``enrol``."""
    tx.note(account=handle)
    return enrol(tx, vault, _account_id(tx, handle), handle)


def pending_for(tx: Write, vault: Vault, handle: str) -> Enrolment:
    """The enrolment under way, shown again. Raises ``Missing``."""
    under_way = pending(tx, vault, _account_id(tx, handle), handle)
    if under_way is None:
        raise Missing("No second factor is being enrolled; begin again.")
    return under_way


def has_factor(tx: Read, handle: str) -> bool:
    """Whether an account has a second factor."""
    return bool(
        tx.value(
            """
            select exists (
                select from access.factor f join access.account a on a.id = f.account_id
                where a.handle = %(handle)s and f.confirmed_at is not null
            )
            """,
            handle=handle,
        )
    )


def confirm_for(tx: Write, vault: Vault, handle: str, code: str) -> list[str]:
    """The first code of the device: recovery codes, shown this once. Raises as ``confirm``."""
    tx.note(account=handle)
    return confirm(tx, vault, _account_id(tx, handle), code)


def remove_factor(tx: Write, handle: str) -> None:
    """Take somebody else's second factor away: a lost device. Every session of the account ends.

    Raises ``Missing``, and ``Refused`` for the viewer's own.
    """
    account_id = _account_id(tx, handle)
    if account_id == tx.act.viewer.account_id:
        raise Refused("Your own second factor is taken away by another administrator.")
    if not tx.run("delete from access.factor where account_id = %(id)s", id=account_id):
        raise Missing("The account has no second factor.")
    tx.run("delete from access.recovery where account_id = %(id)s", id=account_id)
    ended = tx.run("delete from access.session where account_id = %(id)s", id=account_id)
    tx.note(account=handle, ended=ended)


def _account_id(tx: Write, handle: str) -> UUID:
    account_id = tx.value("select id from access.account where handle = %(handle)s", handle=handle)
    if account_id is None:
        raise Missing("There is no account of that name; see the list of accounts.")
    return UUID(str(account_id))


def _factor(tx: database.Write, account_id: UUID) -> _Factor | None:
    return tx.find(
        _Factor,
        "select secret, confirmed_at, last_step from access.factor where account_id = %(id)s",
        id=account_id,
    )


def _open(vault: Vault, factor: _Factor, account_id: UUID) -> str:
    return vault.open(factor.secret, key="secret", place=f"{_PLACE}{account_id}").decode()


def _enrolment(secret: str, handle: str) -> Enrolment:
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=handle, issuer_name=ISSUER))


def _step(secret: str, code: str, at: datetime) -> int | None:
    """The step a code is right for, near an instant."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_S
    given = "".join(code.split())
    near = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    right = [step for step in near if hmac.compare_digest(totp.at(step * STEP_S).encode(), given.encode())]
    return max(right, default=None)


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(RECOVERY_GROUPS))


def _recovery_hash(account_id: UUID, code: str) -> bytes:
    """A code has 99 bits of chance, so no key is needed, and none that turns could make it worthless."""
    plain = "".join(one for one in code.lower() if one in _ALPHABET)
    return hashlib.sha256(f"recovery|{account_id}|{plain}".encode()).digest()
