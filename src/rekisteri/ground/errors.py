"""The one family of errors. A face turns each branch into one answer, everywhere alike.

    RekisteriError
    ├── Rejected      the input is wrong: say what, where and how to mend it   (422, exit 2)
    ├── Refused       the viewer may not: say which right is missing           (403, exit 3)
    │   ├── Unidentified   nobody, or nobody any more, is signed in            (401, exit 3)
    │   └── Unproven       the act asks for a fresh proof of who acts          (401, exit 3)
    ├── Missing       nothing is there, or nothing this viewer may know of     (404, exit 4)
    ├── Conflict      the world changed meanwhile, or two facts contradict     (409, exit 5)
    └── Unavailable   something outside did not answer                         (503, exit 6)

No message ever carries a personal identity code. Programmer errors are assertions.
"""

from __future__ import annotations

from collections.abc import Sequence


class RekisteriError(Exception):
    """Something went wrong; the message names it and its cure."""

    slug = "error"
    status = 500
    exit_code = 1

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip().split("\n\n")[0])
        self.field = field

    @property
    def message(self) -> str:
        """The sentence to show; free of personal data by construction of its raisers."""
        return str(self.args[0])


class Rejected(RekisteriError):
    """The input does not hold; mend the named field and send it again.

    ``reason`` is the code of a known reason, ``faults`` every fault where there are several;
    a face tells them in the viewer's language.
    """

    slug = "rejected"
    status = 422
    exit_code = 2

    def __init__(
        self,
        message: str | None = None,
        *,
        field: str | None = None,
        reason: str | None = None,
        faults: Sequence[object] = (),
    ) -> None:
        super().__init__(message, field=field)
        self.reason = reason
        self.faults = tuple(faults)


class Refused(RekisteriError):
    """Your role does not carry this right; ask your administrator for it."""

    slug = "refused"
    status = 403
    exit_code = 3


class Unidentified(Refused):
    """Nobody is signed in; sign in and try again."""

    slug = "unidentified"
    status = 401


class Unproven(Refused):
    """This act asks that you have proved who you are in the last few minutes; sign in again, then repeat it."""

    slug = "unproven"
    status = 401


class Missing(RekisteriError):
    """There is no such thing in what you may see; check the identifier."""

    slug = "missing"
    status = 404
    exit_code = 4


class Conflict(RekisteriError):
    """Two facts contradict or somebody was quicker; read again and decide."""

    slug = "conflict"
    status = 409
    exit_code = 5


class Unavailable(RekisteriError):
    """Something outside did not answer; try again later."""

    slug = "unavailable"
    status = 503
    exit_code = 6
