"""The key file's keys wrapped by a key that never leaves a hardware token (PKCS #11).

The token holds one AES-256 key; the file holds the register's keys wrapped by it with AES-GCM, each bound
to its name and version. The token is asked when the file is read, not at each value, so it need not be fast.
Whenever a version of a key is destroyed the token's key is replaced too: then no older copy of the
file opens, whoever has it. Needs the package ``python-pkcs11`` (``rekisteri[pkcs11]``).
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rekisteri.ground.errors import Rejected, Unavailable

try:
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
    from pkcs11.mechanisms import GCMParams
except ImportError:
    pkcs11 = None  # type: ignore[assignment]

KEY_LABEL = "rekisteri"
KEY_BITS = 256
ID_BYTES = 4
NONCE_BYTES = 12
TAG_BITS = 128


@dataclass(frozen=True)
class Token:
    """The token of a label behind a vendor's PKCS #11 library; its PIN stands in a file of its own."""

    module: Path
    token_label: str
    pin_file: Path
    _open: list[Any] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __reduce__(self) -> tuple[type[Token], tuple[Path, str, Path]]:
        """As another process gets it: it opens a session of its own."""
        return Token, (self.module, self.token_label, self.pin_file)

    @property
    def label(self) -> str:
        """How the key file names what it is wrapped by."""
        return f"PKCS #11 token '{self.token_label}'"

    def wrap(self, plain: bytes, bound: bytes) -> bytes:
        """``plain`` wrapped by the token's newest key; the key's number stands before it."""
        with self._lock:
            key = self._keys()[-1]
            nonce = os.urandom(NONCE_BYTES)
            made = self._asked(key.encrypt, plain, nonce, bound)
            return bytes(key.id) + nonce + bytes(made)

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """What was wrapped. Raises ``Unavailable`` for another token, binding or any changed byte."""
        number, nonce = wrapped[:ID_BYTES], wrapped[ID_BYTES : ID_BYTES + NONCE_BYTES]
        with self._lock:
            key = next((one for one in self._keys() if one.id == number), None)
            if key is None:
                raise Unavailable(
                    f"The {self.label} has no more the key this key file was wrapped by: it is an old copy."
                )
            return bytes(self._asked(key.decrypt, wrapped[ID_BYTES + NONCE_BYTES :], nonce, bound))

    def renew(self) -> None:
        """Make another key in the token; from now on it wraps."""
        with self._lock:
            self._make(int.from_bytes(self._keys()[-1].id) + 1)

    def settle(self) -> None:
        """Destroy every key of the token but the newest: nothing wrapped by them opens any more."""
        with self._lock:
            for key in self._keys()[:-1]:
                key.destroy()

    def _keys(self) -> list[Any]:
        """The token's keys of ours, the oldest first; one is made where there is none."""
        found = self._found()
        if not found:
            self._make(1)
            found = self._found()
        return found

    def _found(self) -> list[Any]:
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: KEY_LABEL}
        try:
            return sorted(self._session().get_objects(wanted), key=lambda key: bytes(key.id))
        except pkcs11.PKCS11Error:
            # The token was away for a moment: once more, from the beginning.
            self._open.clear()
            return sorted(self._session().get_objects(wanted), key=lambda key: bytes(key.id))

    def _make(self, number: int) -> None:
        self._session().generate_key(
            KeyType.AES,
            KEY_BITS,
            id=number.to_bytes(ID_BYTES),
            label=KEY_LABEL,
            store=True,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )

    def _asked(self, act: Any, data: bytes, nonce: bytes, bound: bytes) -> Any:
        try:
            return act(data, mechanism=Mechanism.AES_GCM, mechanism_param=GCMParams(nonce, bound, TAG_BITS))
        except pkcs11.PKCS11Error as error:
            raise Unavailable(
                f"The {self.label} does not open the key file: it was wrapped by another one, or is damaged."
            ) from error

    def _session(self) -> Any:
        if self._open:
            return self._open[0]
        if pkcs11 is None:
            raise Unavailable("A token needs the package python-pkcs11; install rekisteri[pkcs11].")
        pin = self._pin()
        try:
            token = pkcs11.lib(str(self.module)).get_token(token_label=self.token_label)
            try:
                session = token.open(rw=True, user_pin=pin)
            except pkcs11.UserAlreadyLoggedIn:
                session = token.open(rw=True)
        except (pkcs11.PKCS11Error, OSError, RuntimeError) as error:
            raise Unavailable(
                f"The {self.label} does not let us in ({type(error).__name__}); see REKISTERI_KEY_TOKEN_MODULE, "
                "REKISTERI_KEY_TOKEN_LABEL and REKISTERI_KEY_TOKEN_PIN_FILE."
            ) from error
        self._open.append(session)
        return session

    def _pin(self) -> str:
        try:
            if self.pin_file.stat().st_mode & 0o077:
                raise Rejected(f"The file of the token's PIN is readable by others; run chmod 600 on {self.pin_file}.")
            return self.pin_file.read_text().strip()
        except OSError as error:
            raise Unavailable(
                f"The file of the token's PIN cannot be read: {self.pin_file} ({error.strerror})."
            ) from error
