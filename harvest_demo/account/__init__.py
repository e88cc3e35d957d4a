"""The account of the demo: a seeded agency."""
