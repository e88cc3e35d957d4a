"""HTTP security: allowed hosts, paths and methods, and security response headers."""
