"""The command line: the register for operators and scripts. A thin face; no rule lives here.

Lives here: one module a topic, the frame all commands stand in, the demo, the server of both
other faces. Tables owned: none. Public: ``main``. Called by the ``rekisteri`` command.
"""

from rekisteri.cli.commands import main

__all__ = ["main"]
