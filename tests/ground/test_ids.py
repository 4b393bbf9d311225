"""Identifiers: of version 7, and the later one greater, within a millisecond and across batches too."""

from __future__ import annotations

from uuid import UUID

from rekisteri.ground import ids


def test_what_is_made_later_is_greater() -> None:
    one_by_one = [ids.fresh() for _ in range(5_000)]
    assert one_by_one == sorted(one_by_one)
    assert len(set(one_by_one)) == len(one_by_one)
    together = ids.batch(40_000)
    assert together == sorted(together), "more than one batch's count"
    assert str(one_by_one[-1]) < together[0] < together[-1] < str(ids.fresh())
    assert {UUID(one).version for one in together[::999]} == {7}
