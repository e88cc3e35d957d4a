"""Whether our numbers are Harvest's: compared with its own reports, and explained where not."""
