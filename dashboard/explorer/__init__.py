"""Explorer: requests for the 18 entities, links to them, and their results."""
