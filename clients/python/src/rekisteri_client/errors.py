"""Problems of the register, as it tells them (RFC 9457), each of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any


class Problem(Exception):
    """The register has no answer, and says why. ``str()`` is what is wrong and what to do."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(str(told.get("detail") or told.get("title") or f"The register answered {status}."))
        self.status = status
        self.kind = str(told.get("type", "")).rpartition(":")[2]
        """The name of the problem's type, such as ``missing``."""
        self.field: str | None = told.get("field")
        self.instance: str | None = told.get("instance")
        """The id of the request: tell it to whoever looks after the register."""
        self.raw = told


class Rejected(Problem):
    """What was asked does not hold; ``field`` names what."""


class Unidentified(Problem):
    """Nobody is signed in, or the token has ended."""


class Refused(Problem):
    """Not permitted: the organisation, the act or the purpose is not yours."""


class Missing(Problem):
    """There is no such thing among what you may see."""


class Conflict(Problem):
    """It contradicts what there is: two candidates, a key used for something else."""


class Unavailable(Problem):
    """The register can't answer now; ask again later."""


KINDS: Mapping[int, type[Problem]] = {
    HTTPStatus.BAD_REQUEST: Rejected,
    HTTPStatus.UNAUTHORIZED: Unidentified,
    HTTPStatus.FORBIDDEN: Refused,
    HTTPStatus.NOT_FOUND: Missing,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Rejected,
    HTTPStatus.UNPROCESSABLE_ENTITY: Rejected,
    HTTPStatus.TOO_MANY_REQUESTS: Unavailable,
    HTTPStatus.BAD_GATEWAY: Unavailable,
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable,
    HTTPStatus.GATEWAY_TIMEOUT: Unavailable,
}


def problem(status: int, told: object) -> Problem:
    """The problem of an answer."""
    return KINDS.get(status, Problem)(status, told if isinstance(told, Mapping) else {})
