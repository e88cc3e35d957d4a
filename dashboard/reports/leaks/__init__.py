"""Kinds of leaks: what was worked or spent, and may never be paid.

Each kind is a function of a snapshot and a scope. Its rows have a stable `id`, the `hours` where it
is about time, and `at_stake` in `currency`; what no rate tells is null, never 0.
"""
