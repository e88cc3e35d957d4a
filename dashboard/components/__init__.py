"""Parts of pages: filters, charts, tables, cards, and the one cache of queries."""
