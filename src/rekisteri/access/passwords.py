"""Passwords of our own accounts: which will do, and how they are changed.

Length is asked for, and that a password is not guessed: it is held against the passwords, names and words people use
most (as leaks told them) and the patterns of keyboards and dates (zxcvbn, Wheeler 2016), against the words of the place, and
against a list of leaked passwords where the operator keeps one. Which letters it
is made of is nobody's business (ASVS 6.2.5).
"""

from __future__ import annotations

from uuid import UUID

from argon2 import PasswordHasher
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from rekisteri.access.door import Write
from rekisteri.access.leaked import Leaked
from rekisteri.access.sessions import end_other_sessions
from rekisteri.access.viewers import UNTIL_CHANGED
from rekisteri.ground.errors import Missing, Refused, Rejected

PASSWORD_MIN = 12
PASSWORD_MAX = 200
JUDGED_MAX = 72
"""Letters that are judged: whoever begins with so many good ones needs no more."""
SCORE_LEAST = 3
"""Of 4: a hundred million guesses and more."""
HOUSE_WORDS = (
    "rekisteri", "asiakasrekisteri", "register", "kundregister", "asiakas", "kund", "laskutus", "perintä",
    "fakturering", "indrivning", "salasana", "lösenord", "ylläpito", "palvelukeskus", "servicecenter",
)  # fmt: skip
"""Words of this register that a guesser tries first; the operator adds those of the place (password_words)."""


def check_password(password: str, *about: str, leaked: Leaked | None = None) -> None:
    """Raise ``Rejected`` for a password that is too short, too long, easily guessed, or known to have leaked.

    ``about`` are words a guesser would try: of whom the password is, and of the place.
    """
    if len(password) < PASSWORD_MIN:
        raise Rejected(f"A password has at least {PASSWORD_MIN} characters.", field="password")
    if len(password) > PASSWORD_MAX:
        raise Rejected(f"A password has at most {PASSWORD_MAX} characters.", field="password")
    words = [
        *HOUSE_WORDS,
        *(word for said in about for word in (said, *said.replace(".", " ").replace("-", " ").split())),
    ]
    if zxcvbn(password[:JUDGED_MAX], user_inputs=words)["score"] < SCORE_LEAST:
        raise Rejected(
            "The password is easily guessed; choose several words that have nothing to do with each other or with you.",
            field="password",
        )
    if leaked is not None and password in leaked:
        raise Rejected("This password has leaked from some service, and stands on guessers' lists.", field="password")


def change_own_password(tx: Write, hasher: PasswordHasher, password: str, session_id: UUID) -> None:
    """Another password for the viewer's account; every session of it but this one ends. Raises ``Rejected``.

    The session of a password that somebody else made carries the account's whole rights from now on.
    """
    viewer = tx.act.viewer
    check_password(password, viewer.handle, viewer.name, *tx.terms.password_words, leaked=tx.terms.leaked_passwords)
    tx.run(
        """
        update access.session s set scope = null from access.account a
        where s.id = %(session_id)s and s.account_id = %(id)s and a.id = %(id)s and a.password_given
          and s.scope = %(until_changed)s
        """,
        session_id=session_id,
        id=viewer.account_id,
        until_changed=list(UNTIL_CHANGED),
    )
    tx.run(
        "update access.account set password_hash = %(hash)s, password_given = false where id = %(id)s",
        hash=hasher.hash(password),
        id=viewer.account_id,
    )
    tx.note(ended=end_other_sessions(tx, session_id))


def reset_password(tx: Write, hasher: PasswordHasher, handle: str, password: str) -> None:
    """Another password for somebody else's account; it is unlocked, every session of it ends, and a person changes it.

    Raises ``Missing``, ``Rejected`` for a weak one, ``Refused`` for the viewer's own account.
    """
    check_password(password, handle, *tx.terms.password_words, leaked=tx.terms.leaked_passwords)
    account_id = tx.value("select id from access.account where handle = %(handle)s", handle=handle)
    if account_id is None:
        raise Missing("There is no account of that name; see the list of accounts.")
    if account_id == tx.act.viewer.account_id:
        raise Refused("Your own password is changed on your own page, with the old one.")
    tx.run(
        """
        update access.account a
        set password_hash = %(hash)s, failures = 0, locked_until = null,
            password_given = exists (select from access.grant g where g.account_id = a.id and g.ended_at is null
                                     and g.role <> 'integration')
        where id = %(id)s
        """,
        hash=hasher.hash(password),
        id=account_id,
    )
    ended = tx.run("delete from access.session where account_id = %(id)s", id=account_id)
    tx.note(account=handle, ended=ended)
