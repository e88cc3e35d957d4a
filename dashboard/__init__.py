"""How the numbers are made and shown."""
