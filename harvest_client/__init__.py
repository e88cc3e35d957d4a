"""A connector to Harvest (getharvest.com): 18 entities, read over HTTP."""
