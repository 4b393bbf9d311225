"""Web: the register's pages for people; server-rendered, keyboard first, in fi, sv and en.

Lives here: routes and their pages, the templates and files they answer with, the texts of the
face. No rule lives here: every decision is a room's. Tables owned: none. Public:
``application``, which the serving command mounts at ``/``; ``PAGES``, each with its action.
Called by the command line's ``serve`` and ``demo``.
"""

from rekisteri.web.application import PAGES, application

__all__ = ["PAGES", "application"]
