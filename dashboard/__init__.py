"""Dashboard: storage, metrics, reports and screens."""
