"""Transport, retries, rate limit and errors of HTTP requests."""
