"""Records, which the sync writes, and snapshots, which everybody reads."""
