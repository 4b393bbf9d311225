"""Rekisteri: the customer register of a public service centre, for invoicing and debt collection.

The rooms and the one order in which they may know each other are in `docs/architecture.md`.
"""

__version__ = "0.1.0"
