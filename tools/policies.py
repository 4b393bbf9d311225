"""Print the policies and grants of tables, as the page of tables (``access/tables.py``) has them.

    python -m tools.policies parties.record sources.batch
    python -m tools.policies                              every table

Paste them into the room's ``schema.sql`` and its migration. A law of the house
(``tests/house/test_policies.py``) compares the database with what this prints.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rekisteri.access.policies import grants, policies
from rekisteri.access.tables import TABLES


def main(arguments: Sequence[str]) -> int:
    """Print the tables named, or every one; 1 where one of them stands on no page."""
    known = {table.name: table for table in TABLES}
    for name in arguments or known:
        if name not in known:
            sys.stderr.write(f"{name} does not stand in src/rekisteri/access/tables.py\n")
            return 1
        lines = [*(one.sql for one in policies(known[name])), *grants(known[name])]
        sys.stdout.write("\n".join(f"{line};" for line in lines) + "\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
