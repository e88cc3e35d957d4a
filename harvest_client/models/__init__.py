"""Records, their fields and the results of requests."""
