"""Mutation testing of the rules of who pays: each operator changed alone, and the share of changes the tests notice.

    python -m tools.mutants            exit code 1 where less than 90 % are noticed

Which modules are changed and which tests must notice stands in ``pyproject.toml`` under ``tool.mutmut``. It takes some
twenty minutes of processor; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path("mutants")
STATS = FOLDER / "mutmut-cicd-stats.json"
NOTICED_LEAST = 0.90


def main() -> int:
    """Change, try, count; 1 where too few changes are noticed."""
    for command in (["run"], ["export-cicd-stats"]):
        done = subprocess.run([sys.executable, "-m", "mutmut", *command], check=False)
        if done.returncode:
            return done.returncode
    told = json.loads(STATS.read_text("utf-8"))
    noticed, total = told["killed"] + told.get("timeout", 0), told["total"]
    share = noticed / total if total else 0.0
    sys.stdout.write(f"{noticed} of {total} changes noticed: {share:.1%}; at least {NOTICED_LEAST:.0%}\n")
    return 0 if share >= NOTICED_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
