"""The benchmark's register: one client organisation, a maintainer, an integration that signs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rekisteri import wiring
from rekisteri.access import Action, Viewer, add_account, add_organisation, organisations
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.settings import Settings
from rekisteri.wiring import Register

CODE = "bench"
ACCOUNT = "bench-integration"
PASSWORD = "correct-horse-battery"
MAINTAINER = Viewer(
    account_id=None, handle="bench", name="Benchmark", roles=frozenset({Role.MAINTAINER}), organisations=frozenset(),
    every_organisation=True, channel="cli",
)  # fmt: skip


@contextmanager
def opened(home: Path) -> Iterator[Register]:
    """The register of a home, artificial codes only."""
    with wiring.opened(Settings(home=home, artificial_hetu=True, ordinary_hetu=False)) as register:
        yield register


def bench_organisation(register: Register) -> int:
    """The organisation's number; it and the integration's account are made at first use."""
    with register.door.write(wiring.operator(), Action.ORGANISATION_MANAGE, Purpose.ADMINISTRATION) as tx:
        known = {one.code: one.id for one in organisations(tx)}
        if CODE in known:
            return known[CODE]
        made = add_organisation(tx, code=CODE, name="Benchmark", ytunnus="0245437-2")
    with register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        add_account(
            tx, register.hasher, handle=ACCOUNT, name="Benchmark", password=PASSWORD, roles=[Role.INTEGRATION],
            organisation_codes=[CODE],
        )  # fmt: skip
    return made.id
