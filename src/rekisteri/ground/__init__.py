"""Ground: what every room stands on and nothing of the domain.

Lives here: settings (the only reader of the environment), the clock, the family of
errors, identifiers, keys and field encryption, the embedded PostgreSQL, the database
capabilities ``Read`` and ``Write``, migrations, number checks (thin over libraries) and what spares long acts memory.
Tables owned: ``ground.migration``. Called by every room; calls none.
"""
