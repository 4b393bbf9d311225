"""While the key of indexes turns: codes in the index, and whom records name by them, brought under its current version.

Both at once, so that whoever is named and whoever bears the code are met under one index at any moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rekisteri.ground import database
from rekisteri.ground.keys import Vault


def renew_codes(tx: database.Write, vault: Vault, codes: Iterable[tuple[str, str | None]]) -> None:
    """While the key of indexes turns: bring what stands of these codes, given as (kind, code), under the current version.

    Whoever records codes calls it first; then a code is met, and clashes, under its current index alone.
    """
    if vault.turning("blind"):
        by_kind: dict[str, list[str | None]] = {}
        for kind, code in codes:
            by_kind.setdefault(kind, []).append(code)
        renew_blinds(tx, [pair for kind, found in by_kind.items() for pair in vault.former_blinds(kind, found)])


def renew_blinds(tx: database.Write, pairs: Sequence[tuple[bytes, bytes]]) -> int:
    """As ``renew_codes``, of indexes made before: pairs of what a code stood under and what it stands under now.

    How many codes were brought under the current version.
    """
    if not pairs:
        return 0
    codes = {"then": [then for then, _ in pairs], "now": [now for _, now in pairs]}
    tx.run(
        """
        update parties.named n set blind = pair.now
        from unnest(%(then)s::bytea[], %(now)s::bytea[]) as pair (before, now)
        where n.blind = pair.before and pair.before <> pair.now
        """,
        **codes,
    )
    return tx.run(
        """
        update parties.identifier i set blind = pair.now
        from unnest(%(then)s::bytea[], %(now)s::bytea[]) as pair (before, now)
        where i.blind = pair.before and pair.before <> pair.now
        """,
        **codes,
    )
