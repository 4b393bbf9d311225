"""The API: the register for other systems, at ``/api/v1``. A thin face; no rule lives here.

Lives here: the desks (routes by topic, each naming one action), their shapes (the only Pydantic of
the house), problems, the edge. Tables owned: none. Public: ``application``, ``PREFIX``, ``of_http``. Called by
the command line, which serves it.
"""

from rekisteri.api.application import PREFIX, application, of_http
from rekisteri.api.authority import PREFIX as AUTHORITY_PREFIX
from rekisteri.api.authority import authority, well_known

__all__ = ["AUTHORITY_PREFIX", "PREFIX", "application", "authority", "of_http", "well_known"]
