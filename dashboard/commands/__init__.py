"""The command line: the same work and the same numbers as the pages, headless."""
