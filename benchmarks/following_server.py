"""VTJ's change interface in a process of its own: an invented nation that lives on when it is told to.

Its lines on standard input: ``live DAYS ACTS`` lets time go by. Its lines on standard output: where it listens, then
the number of changes each time brought.
"""

from __future__ import annotations

import sys

from rekisteri.ground import clock
from rekisteri.simulators.serving import serving
from rekisteri.simulators.vtj_changes import PREFIX, ChangeService
from rekisteri.simulators.vtj_life import Nation
from rekisteri.simulators.vtj_people import citizens

SEED = 7
PAGE = 2000


def main(count: int) -> None:
    """Serve the nation of the population's first ``count`` persons until the input ends."""
    nation = nation_of(count)
    outsider = ChangeService(nation, page=PAGE).outsider()
    with serving(outsider):
        told(f"{outsider.url}{PREFIX}")
        for line in sys.stdin:
            outsider.asked.clear()
            _, days, acts = line.split()
            told(str(nation.pass_days(int(days), int(acts))))


def nation_of(count: int) -> Nation:
    """The population's first ``count`` persons, as they are today: what changes is newer than what was read."""
    return Nation(citizens(SEED, count), clock.day(clock.now()))


def told(text: str) -> None:
    """One line to whoever started the process."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
