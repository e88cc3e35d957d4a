"""Who may knock at the server, at which of its addresses, and what every answer tells a browser."""
