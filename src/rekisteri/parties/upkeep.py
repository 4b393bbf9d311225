"""What time alone changes: a correction whose last day has passed lets the sources speak again.

A card is always worked out from statements; lists and searches read the kept record, which
this run brings up to date.
"""

from __future__ import annotations

import orjson

from rekisteri.access import Write
from rekisteri.ground.clock import day
from rekisteri.ground.database import Database
from rekisteri.ground.keys import Vault
from rekisteri.parties.lexicon import Lexicon
from rekisteri.parties.named import NAMES_NOBODY, named_in, note_custody
from rekisteri.parties.record import SEALED_PLACE
from rekisteri.parties.refresh import refresh, settle_households

PORTION = 1000


def settle(database: Database) -> None:
    """Sort the words of a delivery that has committed into the index, so that searching is quick again.

    Touches no customer and may be left out: the server's own upkeep comes to it in a minute.
    """
    with database.statement() as connection:
        connection.execute("select parties.settle()")


def refresh_due(tx: Write, vault: Vault) -> int:
    """Refresh every customer with a correction that has ended; how many records changed by it.

    Run again it changes nothing. For the nightly run.
    """
    rows = tx.tuples(
        """
        select distinct r.party_id from parties.record r
        join parties.source src on src.id = r.source_id
        where src.kind = 'maintainer' and r.ended_on <= %(today)s
        order by r.party_id
        """,
        today=day(tx.at),
    )
    due = [party_id for (party_id,) in rows]
    lexicon = Lexicon()
    changed = 0
    for start in range(0, len(due), PORTION):
        some = due[start : start + PORTION]
        changed += refresh(tx, vault, lexicon, some)
        tx.gather([str(party_id) for party_id in some])
    tx.note(due=len(due), changed=changed)
    return changed


def note_former(tx: Write, vault: Vault) -> int:
    """Bring into the index of those named the words that stood before there was one; how many records.

    Then whom another's order covers by custody comes under it, and who is covered no more comes out. For the nightly run.
    """
    rows = tx.tuples(
        """
        select r.id, s.id, s.sealed from parties.record r
        join parties.source src on src.id = r.source_id
        cross join lateral (
            select id, content, sealed from parties.statement
            where record_id = r.id and content is not null order by lower(recorded) desc, id desc limit 1
        ) s
        where src.kind <> all (%(kinds)s) and s.sealed is not null
          and s.content::jsonb ?| array['custodian', 'guardian']
          and not exists (select from parties.named n where n.record_id = r.id)
        """,
        kinds=sorted(NAMES_NOBODY),
    )
    noted = 0
    for record_id, statement_id, sealed in rows:
        secrets = orjson.loads(vault.open(sealed, key="secret", place=f"{SEALED_PLACE}{statement_id}"))
        if named := [(str(record_id), *one) for one in named_in(secrets.items())]:
            note_custody(tx, vault, named)
            noted += 1
    tx.note(sheltered=settle_households(tx, vault, Lexicon()))
    return noted
