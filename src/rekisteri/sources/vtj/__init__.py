"""VTJ: the wing of the Population Information System.

Lives here: its query interface (``wire_soap``, ``wire_query``, ``client_query``) and what its
answers state (``facts``, ``observe``). Tables owned: none yet of its own. Called by the faces
through ``wiring``.
"""

from rekisteri.sources.vtj.client_query import Call, QuerySetup, ask

__all__ = ["Call", "QuerySetup", "ask"]
