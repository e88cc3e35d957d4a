"""Settings, calendar, currencies and errors."""
