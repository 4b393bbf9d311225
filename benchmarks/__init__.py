"""Benchmarks: each figure is a ratio against a floor measured in the same run, never a timed test.

``python -m benchmarks`` runs them all and prints one table; ``--help`` tells the rest.
"""
